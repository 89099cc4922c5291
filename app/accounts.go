package app

import (
	"context"
	"errors"
	"time"

	"lernspur/catalog"
	"lernspur/signin"
	"lernspur/web"
)

// pageAccounts are the accounts as the pages see them.
type pageAccounts struct{ signin *signin.Service }

func (p pageAccounts) view(a *signin.Account) web.Account {
	v := web.Account{ID: a.ID, Login: a.Login, Name: a.Name, Roles: a.Roles, Person: a.Person, Groups: a.Groups, Language: a.Language, Issuer: a.Issuer,
		Disabled: a.Disabled, Password: a.Password != "", MustChange: a.MustChange, Created: a.Created}
	if v.Login == "" {
		v.Login = a.ID
	}
	if a.Waiting(time.Now()) {
		v.LinkExpires = a.Link.Expires
	}
	failures, until := p.signin.Failures(a.Tenant, a.ID)
	if v.Failures = failures; failures > 0 {
		v.FailuresEnd = until.UnixMicro()
	}
	return v
}

// List implements web.Accounts.
func (p pageAccounts) List(ctx context.Context, tenant, after string, n int) ([]web.Account, error) {
	list, err := p.signin.Accounts(ctx, tenant, after, n)
	views := make([]web.Account, len(list))
	for i, a := range list {
		views[i] = p.view(a)
	}
	return views, accountForPages(err)
}

// Account implements web.Accounts.
func (p pageAccounts) Account(ctx context.Context, tenant, id string) (web.Account, error) {
	a, err := p.signin.Account(ctx, tenant, id)
	if err != nil {
		return web.Account{}, accountForPages(err)
	}
	return p.view(a), nil
}

func profileOf(e web.AccountEdit) signin.Profile {
	return signin.Profile{Name: e.Name, Person: e.Person, Language: e.Language, Roles: e.Roles, Disabled: e.Disabled}
}

// Create implements web.Accounts.
func (p pageAccounts) Create(ctx context.Context, tenant, login string, oneTime bool, e web.AccountEdit) (a web.Account, link, password string, err error) {
	profile := profileOf(e)
	if oneTime {
		password, profile.MustChange = signin.OneTimePassword(), &oneTime
	}
	made, link, err := p.signin.Create(ctx, tenant, login, password, profile)
	if err != nil {
		return a, "", "", accountForPages(err)
	}
	return p.view(made), link, password, nil
}

// Edit implements web.Accounts.
func (p pageAccounts) Edit(ctx context.Context, tenant, id, by string, e web.AccountEdit) (web.Account, error) {
	a, err := p.signin.Edit(ctx, tenant, id, by, profileOf(e))
	if err != nil {
		return web.Account{}, accountForPages(err)
	}
	return p.view(a), nil
}

// Remove implements web.Accounts.
func (p pageAccounts) Remove(ctx context.Context, tenant, id, by string) error {
	return accountForPages(p.signin.Remove(ctx, tenant, id, by))
}

// Reset implements web.Accounts.
func (p pageAccounts) Reset(ctx context.Context, tenant, id, by string) (string, error) {
	_, link, err := p.signin.Reset(ctx, tenant, id, by)
	return link, accountForPages(err)
}

// SignOut implements web.Accounts.
func (p pageAccounts) SignOut(ctx context.Context, tenant, id, by string) error {
	_, err := p.signin.SignOut(ctx, tenant, id, by)
	return accountForPages(err)
}

// accountFields are the fields of forms by those of accounts.
var accountFields = map[string]string{"account": "login", "roles": "role", "groups": "person"}

// accountForPages gives an error of the accounts the type that the pages know.
func accountForPages(err error) error {
	var invalid *signin.Invalid
	var conflict *signin.Conflict
	var busy *signin.Busy
	switch {
	case err == nil:
		return nil
	case errors.Is(err, signin.ErrNotFound):
		return web.ErrNoAccount
	case errors.As(err, &invalid):
		refused := &web.AccountRefused{Field: invalid.Field, Why: invalid.Field, Detail: invalid.Reason}
		if field, ok := accountFields[invalid.Field]; ok {
			refused.Field = field
		}
		if refused.Why = refused.Field; invalid.Field == "roles" {
			refused.Why = "roles"
		}
		return refused
	case errors.As(err, &conflict):
		field := "act"
		if conflict.Why == signin.Taken {
			field = "login"
		}
		return &web.AccountRefused{Field: field, Why: conflict.Why, Detail: conflict.Message}
	case errors.As(err, &busy):
		return &catalog.Busy{RetryAfter: busy.RetryAfter, Reason: busy.Reason}
	}
	return err
}
