package admin

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"lernspur/signin"
	"lernspur/web/visitor"
)

// Accounts are those of people who sign in. *signin.Service has them.
type Accounts interface {
	Create(ctx context.Context, tenant, login, password string, p signin.Profile) (*signin.Account, string, error)
	Accounts(ctx context.Context, tenant, after string, n int) ([]*signin.Account, error)
	Edit(ctx context.Context, tenant, id, by string, p signin.Profile) (*signin.Account, error)
	Remove(ctx context.Context, tenant, id, by string) error
	Reset(ctx context.Context, tenant, id, by string) (*signin.Account, string, error)
}

// AccountRequest says what is to be of an account; nil stays as it is.
type AccountRequest struct {
	Tenant  string `json:"tenant"`
	Account string `json:"account"`
	// Password is for a new one; "" makes a one-time link.
	Password string          `json:"password,omitempty"`
	Name     *string         `json:"name,omitempty"`
	Roles    *[]visitor.Role `json:"roles,omitempty"`
	Groups   *[]string       `json:"groups,omitempty"`
	Person   *string         `json:"person,omitempty"`
	Language *string         `json:"language,omitempty"`
	Disabled *bool           `json:"disabled,omitempty"`
}

func (a AccountRequest) profile() signin.Profile {
	return signin.Profile{Name: a.Name, Roles: a.Roles, Groups: a.Groups, Person: a.Person, Language: a.Language, Disabled: a.Disabled}
}

// AccountInfo is an account without anything that opens it, but for the address of
// a one-time link that was just made.
type AccountInfo struct {
	Tenant string `json:"tenant"`
	signin.View
}

func accountInfo(a *signin.Account, link string) AccountInfo {
	info := AccountInfo{a.Tenant, a.View(time.Now())}
	info.Link = link
	return info
}

// accountPages is how many accounts are read together.
const accountPages = 1000

func (h *handler) listAccounts(w http.ResponseWriter, r *http.Request) error {
	tenant, list := r.URL.Query().Get("tenant"), []AccountInfo{}
	for after := ""; ; {
		page, err := h.services.Accounts.Accounts(r.Context(), tenant, after, accountPages)
		if err != nil {
			return accountProblem(err)
		}
		for _, a := range page {
			list = append(list, accountInfo(a, ""))
		}
		if len(page) < accountPages {
			return answer(w, list)
		}
		after = page[len(page)-1].ID
	}
}

// aboutAccount reads what is asked for, has it done, and answers what became of
// the account.
func (h *handler) aboutAccount(do func(ctx context.Context, ask AccountRequest) (*signin.Account, string, error)) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		var ask AccountRequest
		if err := asked(w, r, &ask); err != nil {
			return err
		}
		a, link, err := do(r.Context(), ask)
		if err != nil {
			return accountProblem(err)
		}
		if a == nil {
			w.WriteHeader(http.StatusNoContent)
			return nil
		}
		return answer(w, accountInfo(a, link))
	}
}

func (h *handler) createAccount(ctx context.Context, ask AccountRequest) (*signin.Account, string, error) {
	return h.services.Accounts.Create(ctx, ask.Tenant, ask.Account, ask.Password, ask.profile())
}

func (h *handler) editAccount(ctx context.Context, ask AccountRequest) (*signin.Account, string, error) {
	a, err := h.services.Accounts.Edit(ctx, ask.Tenant, ask.Account, "", ask.profile())
	return a, "", err
}

func (h *handler) resetAccount(ctx context.Context, ask AccountRequest) (*signin.Account, string, error) {
	return h.services.Accounts.Reset(ctx, ask.Tenant, ask.Account, "")
}

func (h *handler) removeAccount(ctx context.Context, ask AccountRequest) (*signin.Account, string, error) {
	return nil, "", h.services.Accounts.Remove(ctx, ask.Tenant, ask.Account, "")
}

// accountProblem gives an error its status.
func accountProblem(err error) error {
	var invalid *signin.Invalid
	var conflict *signin.Conflict
	var busy *signin.Busy
	switch {
	case errors.As(err, &invalid):
		return &failure{http.StatusBadRequest, err}
	case errors.As(err, &conflict):
		return &failure{http.StatusConflict, err}
	case errors.Is(err, signin.ErrNotFound):
		return &failure{http.StatusNotFound, err}
	case errors.As(err, &busy):
		return &Busy{RetryAfter: busy.RetryAfter, Reason: busy.Reason}
	}
	return err
}

// Accounts lists the accounts of a tenant.
func (c *Client) Accounts(ctx context.Context, tenant string) ([]AccountInfo, error) {
	var list []AccountInfo
	return list, c.call(ctx, http.MethodGet, "/v1/accounts", url.Values{"tenant": {tenant}}, nil, &list)
}

// CreateAccount makes an account.
func (c *Client) CreateAccount(ctx context.Context, ask AccountRequest) (AccountInfo, error) {
	var a AccountInfo
	return a, c.call(ctx, http.MethodPost, "/v1/accounts", nil, ask, &a)
}

// EditAccount changes one.
func (c *Client) EditAccount(ctx context.Context, ask AccountRequest) (AccountInfo, error) {
	var a AccountInfo
	return a, c.call(ctx, http.MethodPatch, "/v1/accounts", nil, ask, &a)
}

// ResetAccount takes the password of an account away and answers a one-time link.
func (c *Client) ResetAccount(ctx context.Context, ask AccountRequest) (AccountInfo, error) {
	var a AccountInfo
	return a, c.call(ctx, http.MethodPost, "/v1/accounts/reset", nil, ask, &a)
}

// RemoveAccount removes one.
func (c *Client) RemoveAccount(ctx context.Context, ask AccountRequest) error {
	return c.call(ctx, http.MethodDelete, "/v1/accounts", nil, ask, nil)
}
