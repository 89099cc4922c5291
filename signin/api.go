package signin

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"lernspur/apiv1"
	"lernspur/directory"
	"lernspur/web/visitor"
)

// AccountsPath is where the accounts are.
const AccountsPath = "/api/v1/accounts"

// Accounts are for administrators alone: whoever makes accounts can make one that
// may do everything.
var (
	readScopes  = []string{directory.ScopeAll, directory.ScopeReadAll}
	writeScopes = []string{directory.ScopeAll}
)

const maxBody = 64 << 10 // bytes

// API is the accounts over HTTP.
type API struct {
	service *Service
	door    apiv1.Door
}

// NewAPI makes one; door tells who asks.
func (s *Service) NewAPI(door apiv1.Door) *API { return &API{s, door} }

// Register adds the resources to a router.
func (a *API) Register(r *mux.Router) {
	resources := apiv1.Resources{Door: a.door, Read: readScopes, Write: writeScopes, Fail: a.fail,
		Bound: "this key is bound to less than accounts are about"}
	one := AccountsPath + "/{account}"
	resources.Handle(r, AccountsPath, apiv1.Methods{"GET": a.list, "POST": a.create})
	resources.Handle(r, one, apiv1.Methods{"GET": a.get, "PATCH": a.edit, "DELETE": a.remove})
	resources.Handle(r, one+"/reset", apiv1.Methods{"POST": a.reset})
	resources.Handle(r, one+"/sessions", apiv1.Methods{"DELETE": a.signOut})
	resources.Rest(r, AccountsPath)
}

func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	apiv1.Fail(w, r, toProblem(err), err, a.service.log, "accounts")
}

// toProblem is the one place where errors become status codes.
func toProblem(err error) *apiv1.Problem {
	var invalid *Invalid
	var conflict *Conflict
	var busy *Busy
	switch {
	case errors.As(err, &invalid):
		p := apiv1.BadRequest("%s", invalid)
		p.Field = invalid.Field
		return p
	case errors.As(err, &conflict):
		return apiv1.Problemf(http.StatusConflict, "%s", conflict.Message)
	case errors.Is(err, ErrNotFound):
		return apiv1.Problemf(http.StatusNotFound, "%s", ErrNotFound)
	case errors.As(err, &busy):
		return apiv1.Busy(busy.RetryAfter, busy.Reason)
	}
	return apiv1.ToProblem(err, "this could not be done in time; try again")
}

// View is an account as it is answered: without anything that opens it.
type View struct {
	Account  string         `json:"account"`
	Login    string         `json:"login"`
	Name     string         `json:"name"`
	Roles    []visitor.Role `json:"roles"`
	Groups   []string       `json:"groups"`
	Person   string         `json:"person,omitempty"`
	Language string         `json:"language,omitempty"`
	Disabled bool           `json:"disabled"`
	// Issuer and Subject are whom an OpenID Connect issuer knows.
	Issuer  string `json:"issuer,omitempty"`
	Subject string `json:"subject,omitempty"`
	// Password tells that there is one.
	Password bool `json:"password"`
	// MustChange tells that another password has to be chosen first of all.
	MustChange bool      `json:"must_change,omitempty"`
	Created    time.Time `json:"created"`
	// Link is the address of a one-time link, which is answered once only;
	// LinkExpires is when the one that there is ends.
	Link        string    `json:"link,omitempty"`
	LinkExpires time.Time `json:"link_expires,omitzero"`
}

// View is an account as it is answered.
func (a *Account) View(now time.Time) View {
	v := View{
		Account: a.ID, Login: a.Login, Name: a.Name, Roles: append([]visitor.Role{}, a.Roles...), Groups: append([]string{}, a.Groups...), Person: a.Person,
		Language: a.Language, Disabled: a.Disabled, Issuer: a.Issuer, Subject: a.Subject, Password: a.Password != "", MustChange: a.MustChange, Created: time.UnixMicro(a.Created).UTC(),
	}
	if a.Waiting(now) {
		v.LinkExpires = time.UnixMicro(a.Link.Expires).UTC()
	}
	return v
}

// by is the account that asks; "" for a key.
func by(who *apiv1.Identity) string {
	id, _ := strings.CutPrefix(who.KeyID, accountKeyPrefix)
	if id == who.KeyID {
		return ""
	}
	return id
}

func (a *API) view(account *Account, link string) View {
	v := account.View(a.service.opts.Now())
	v.Link = link
	return v
}

func (a *API) list(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	values, err := apiv1.Parameters(r, "after", "limit")
	if err != nil {
		return err
	}
	n, err := apiv1.Limit(values)
	if err != nil {
		return err
	}
	list, err := a.service.Accounts(r.Context(), who.Tenant, values.Get("after"), n+1)
	if err != nil {
		return err
	}
	page := apiv1.Page[View]{Items: []View{}}
	for i, account := range list {
		if i == n {
			next := url.Values{"after": {list[n-1].ID}, "limit": {strconv.Itoa(n)}}
			page.More = a.service.prefix + AccountsPath + "?" + next.Encode()
			break
		}
		page.Items = append(page.Items, a.view(account, ""))
	}
	return apiv1.Respond(w, r, http.StatusOK, page)
}

func (a *API) get(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if _, err := apiv1.Parameters(r); err != nil {
		return err
	}
	account, err := a.service.Account(r.Context(), who.Tenant, mux.Vars(r)["account"])
	if err != nil {
		return err
	}
	return apiv1.Respond(w, r, http.StatusOK, a.view(account, ""))
}

func (a *API) create(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if _, err := apiv1.Parameters(r); err != nil {
		return err
	}
	var b struct {
		Account  string `json:"account"`
		Password string `json:"password"`
		Profile
	}
	if err := apiv1.LongBody(w, r, maxBody, &b); err != nil {
		return err
	}
	account, link, err := a.service.Create(r.Context(), who.Tenant, b.Account, b.Password, b.Profile)
	if err != nil {
		return err
	}
	w.Header().Set("Location", a.service.prefix+AccountsPath+"/"+url.PathEscape(account.ID))
	return apiv1.Respond(w, r, http.StatusCreated, a.view(account, link))
}

func (a *API) edit(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if _, err := apiv1.Parameters(r); err != nil {
		return err
	}
	var b Profile
	if err := apiv1.LongBody(w, r, maxBody, &b); err != nil {
		return err
	}
	account, err := a.service.Edit(r.Context(), who.Tenant, mux.Vars(r)["account"], by(who), b)
	if err != nil {
		return err
	}
	return apiv1.Respond(w, r, http.StatusOK, a.view(account, ""))
}

func (a *API) remove(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if _, err := apiv1.Parameters(r); err != nil {
		return err
	}
	if err := a.service.Remove(r.Context(), who.Tenant, mux.Vars(r)["account"], by(who)); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (a *API) signOut(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if _, err := apiv1.Parameters(r); err != nil {
		return err
	}
	if _, err := a.service.SignOut(r.Context(), who.Tenant, mux.Vars(r)["account"], by(who)); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (a *API) reset(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if _, err := apiv1.Parameters(r); err != nil {
		return err
	}
	account, link, err := a.service.Reset(r.Context(), who.Tenant, mux.Vars(r)["account"], by(who))
	if err != nil {
		return err
	}
	return apiv1.Respond(w, r, http.StatusOK, a.view(account, link))
}
