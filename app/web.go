package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"lernspur/catalog"
	"lernspur/directory"
	"lernspur/signin"
	"lernspur/store"
	"lernspur/web"
	"lernspur/web/visitor"
)

// newPages assembles the pages.
func (a *App) newPages() *web.Site {
	return web.New(web.Dependencies{
		Forwards: a.outgoing.forwards, Webhooks: a.outgoing.hooks, Digests: pageDigests{a.outgoing.digests, a.opts.Outgoing},
		Directory: a.people, Accounts: pageAccounts{a.signin},
		Attendance: a.attendance, HomePage: a.opts.Catalog.Base, Learner: a.learnerOf,
		Calls: a.pageCalls, Evaluation: pageEvaluation{a.evaluation}, Progress: a.progress, Names: pageNames{a.people, a.store},
		Reports: a.desk, Address: a.addressOf,
		Statements: a.newBrowse(a.evaluatedForBrowsing),
		Catalog:    a.catalog, Transfer: a.catalogAPI, Keys: pageKeys{a.keys}, Link: a.link,
		Content: a.contentOrigin(), Base: a.pagesBase, Identifiers: a.identifiersOf, SetLanguage: a.setLanguage,
		MadeUp: a.madeUp, Now: a.opts.Now, Registered: a.registered, WasReset: a.wasReset, Logger: a.log.Named("web"),
	})
}

// madeUp tells whether the data of a tenant are made up.
func (a *App) madeUp(tenant string) bool { return slices.Contains(a.opts.MadeUp, tenant) }

// PagesURL is the address of the start page, as browsers reach it.
func (a *App) PagesURL() string { return a.pagesBase() + "/" }

// pagesBase is the public address of the pages, without a slash at its end.
func (a *App) pagesBase() string {
	if a.opts.Catalog.Base == "" && a.opts.Pages != "" {
		return a.opts.Pages
	}
	return a.base()
}

// identifiersOf are the identifiers that a visitor learns under: those of the
// person whose account it is.
func (a *App) identifiersOf(ctx context.Context, v *visitor.Visitor) ([]string, error) {
	if v.Person == "" {
		return nil, nil
	}
	person, ok := a.people.Person(ctx, v.Tenant, v.Person)
	if !ok {
		return nil, nil
	}
	return person.Identifiers, nil
}

// setLanguage notes a language; what is a matter of time is an error that pages know.
func (a *App) setLanguage(ctx context.Context, v *visitor.Visitor, language string) error {
	err := a.signin.SetLanguage(ctx, v, language)
	var busy *signin.Busy
	if errors.As(err, &busy) {
		return &catalog.Busy{RetryAfter: busy.RetryAfter, Reason: busy.Reason}
	}
	return err
}

// pageCalls are the calls of content at run time, for the pages.
func (a *App) pageCalls(ctx context.Context, tenant string, registration uuid.UUID, item string, number int) (*web.Calls, error) {
	found, err := a.player.Calls(ctx, tenant, registration, item, number)
	if err != nil {
		return nil, err
	}
	calls := &web.Calls{Started: found.Started}
	for _, c := range found.Calls {
		calls.Calls = append(calls.Calls, web.Call{At: c.At * 1000, Call: c.Call, Element: c.Element, Value: c.Value, Result: c.Result, Error: c.Error})
	}
	return calls, nil
}

// pageNames are what people call groups and activities, for the pages.
type pageNames struct {
	people *directory.Directory
	store  *store.Store
}

// Group implements web.Names.
func (n pageNames) Group(ctx context.Context, tenant, id string) string {
	if g, ok := n.people.Group(ctx, tenant, id); ok {
		return g.Name
	}
	return ""
}

// Unit implements web.Names.
func (n pageNames) Unit(ctx context.Context, tenant, id string) string {
	if u, ok := n.people.Unit(ctx, tenant, id); ok {
		return u.Name
	}
	return ""
}

// Definitions implements web.Names.
func (n pageNames) Definitions(ctx context.Context, tenant string, activities []string) (map[string][]byte, error) {
	definitions, err := n.store.Definitions(ctx, tenant, activities)
	return definitions, toCatalog(err) // whose errors pages know
}

// look shows the pages around signing in.
type look struct{ pages *web.Site }

func entry(c signin.Common, action string) web.Entry {
	return web.Entry{Status: c.Status, Language: c.Language, Guard: c.Guard, Message: c.Message, Action: action}
}

// SignIn implements signin.Look.
func (l look) SignIn(w http.ResponseWriter, r *http.Request, v signin.SignInView) {
	l.pages.SignIn(w, r, web.SignIn{Entry: entry(v.Common, v.Action), Next: v.Next, Tenant: v.Tenant, Account: v.Account,
		OIDC: v.OIDC, OIDCName: v.OIDCName, Other: v.Other, Out: v.Out})
}

// Password implements signin.Look.
func (l look) Password(w http.ResponseWriter, r *http.Request, v signin.PasswordView) {
	l.pages.Password(w, r, web.Password{Entry: entry(v.Common, v.Action), Account: v.Account, Old: v.Old, Hidden: v.Hidden, Gone: v.Gone, Done: v.Done})
}

// Notice implements signin.Look.
func (l look) Notice(w http.ResponseWriter, r *http.Request, v signin.NoticeView) {
	l.pages.Notice(w, r, web.Notice{Entry: entry(v.Common, ""), Back: v.SignIn})
}

// pageKeys are the API keys as the pages see them.
type pageKeys struct{ keys *directory.Keys }

// List implements web.Keys. Keys that launches make for themselves are left out.
func (k pageKeys) List(tenant string) []web.Key {
	var list []web.Key
	for _, r := range slices.Backward(k.keys.List(tenant)) {
		if r.Binding.Registration == uuid.Nil {
			list = append(list, pageKey(r))
		}
	}
	return list
}

func pageKey(r directory.KeyRecord) web.Key {
	return web.Key{ID: r.ID, Label: r.Label, Scopes: r.Scopes, Created: r.Created, Revoked: r.Revoked, Expires: r.Binding.Expires,
		Bound: r.Binding.Actor != "" || r.Binding.ActivityPrefix != "" || r.Binding.Origin != ""}
}

// Scopes implements web.Keys.
func (k pageKeys) Scopes() []string { return directory.Scopes() }

// Create implements web.Keys.
func (k pageKeys) Create(ctx context.Context, tenant, label string, scopes []string) (web.Key, string, error) {
	r, secret, err := k.keys.Create(ctx, directory.NewKey{Tenant: tenant, Label: label, Scopes: scopes})
	return pageKey(r), secret, forPages(err)
}

// Revoke implements web.Keys. A key of another tenant is not there.
func (k pageKeys) Revoke(ctx context.Context, tenant, id string) error {
	if !slices.ContainsFunc(k.keys.List(tenant), func(r directory.KeyRecord) bool { return r.ID == id }) {
		return web.ErrKey
	}
	return forPages(k.keys.Revoke(ctx, id))
}

// forPages gives an error of the keys the type that the pages know.
func forPages(err error) error {
	if errors.Is(err, directory.ErrNoKey) || errors.Is(err, directory.ErrInvalid) {
		return fmt.Errorf("%w: %w", web.ErrKey, err)
	}
	return toCatalog(err) // whose errors pages know
}
