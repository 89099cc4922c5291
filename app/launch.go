package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.uber.org/zap"

	"lernspur/apiv1"
	"lernspur/catalog"
	"lernspur/commit"
	"lernspur/content/manifest"
	"lernspur/directory"
	"lernspur/documents"
	"lernspur/launch"
	"lernspur/lrs"
	"lernspur/player"
	"lernspur/schema"
	"lernspur/statements"
	"lernspur/store"
)

// LaunchParts are what launches are assembled from.
type LaunchParts struct {
	Committer *commit.Committer
	Store     *store.Store
	Keys      *directory.Keys
	Door      apiv1.Door
	Catalog   launch.Catalog
	// HomePage is that of the account in whose name our own statements are stored;
	// http://lernspur.local when it is empty.
	HomePage string
	// Limits bound our own statements, and Rules are those of tenants.
	Limits statements.Limits
	Rules  map[string]*schema.Extensions
	// Base is the public address of the server, FileURL that of a file; see
	// launch.Options.
	Base    func() string
	FileURL func(token, path string) string
	Logger  *zap.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// NewLaunch assembles what opens content of cmi5 and Tin Can.
func NewLaunch(p LaunchParts) *launch.Service {
	return launch.New(launch.Options{
		Records:    launchRecords{p.Committer},
		Statements: launchStatements{&ownStatements{p.Committer, p.HomePage, p.Limits, p.Rules}, p.Store, p.Logger},
		Keys:       launchKeys{p.Keys}, Catalog: p.Catalog,
		Door: p.Door, Base: p.Base, FileURL: p.FileURL, Logger: p.Logger, Now: p.Now,
	})
}

// startLaunch assembles what opens content that speaks xAPI itself.
func (a *App) startLaunch() {
	a.launches = NewLaunch(LaunchParts{
		Committer: a.committer, Store: a.store, Keys: a.keys, Door: a.door, Catalog: a.catalog,
		HomePage: a.opts.Catalog.Base, Limits: a.opts.LRS.Statements, Rules: a.schemas, Base: a.base,
		FileURL: func(token, path string) string { return a.opts.Catalog.LaunchBase + "/content/" + token + "/" + path },
		Logger:  a.log.Named("launch"),
	})
}

// base is the public address of the server, without a slash at its end.
func (a *App) base() string {
	if a.opts.Catalog.Base != "" {
		return a.opts.Catalog.Base
	}
	if addr := a.Addr(); addr != nil {
		return origin(addr, a.opts.TLS)
	}
	return "http://localhost"
}

// registered has what is satisfied by a registration alone said at once. A launch
// makes up for it where it could not be.
func (a *App) registered(ctx context.Context, tenant string, r *catalog.Registration) {
	a.told("a registration", tenant, r, a.launches.Registered(ctx, tenant, r.ID))
}

// wasReset ends the session that may be open: it is one of the time before.
func (a *App) wasReset(ctx context.Context, tenant string, r *catalog.Registration) {
	_, err := a.launches.Abandon(ctx, tenant, r.ID)
	a.told("a reset", tenant, r, err)
}

// told notes what keeps cmi5 from following the catalogue. Most registrations are
// none of its business.
func (a *App) told(what, tenant string, r *catalog.Registration, err error) {
	for _, expected := range []error{nil, launch.ErrNotCmi5, launch.ErrNotFound, launch.ErrNoAccount, launch.ErrNoSession} {
		if errors.Is(err, expected) {
			return
		}
	}
	a.log.Warn(what+" of cmi5 is not followed yet", zap.String("tenant", tenant), zap.Stringer("registration", r.ID), zap.Error(err))
}

// contentOrigin is the origin of learning content, as browsers send it; "" for
// none.
func (a *App) contentOrigin() string {
	return strings.ToLower(strings.Join(originOf(a.opts.Catalog.LaunchBase), ""))
}

// Content is the catalogue as whoever serves files sees it: beside the tokens of
// launches it knows those that open files only.
type Content struct {
	*catalog.Service
	Launches *launch.Service
}

// Launched is that of the launch of a token, of either kind.
func (c Content) Launched(ctx context.Context, token string) (*catalog.Launch, *catalog.Course, error) {
	l, course, err := c.Launches.Launched(ctx, token)
	if errors.Is(err, catalog.ErrNoLaunch) && !errors.Is(err, catalog.ErrExpired) {
		return c.Service.Launched(ctx, token)
	}
	return l, course, err
}

// opener is package launch as the player sees it.
type opener struct{ launches *launch.Service }

// URL implements player.Opener.
func (o opener) URL(ctx context.Context, l *catalog.Launch, course *catalog.Course, item *manifest.Item) (string, error) {
	address, err := o.launches.URL(ctx, l, course, item)
	var busy *launch.Busy
	switch {
	case errors.As(err, &busy):
		return "", fmt.Errorf("%w: %w", &catalog.Busy{RetryAfter: busy.RetryAfter, Reason: busy.Reason}, err)
	case errors.Is(err, launch.ErrUncertain):
		return "", fmt.Errorf("%w: %w", &catalog.Busy{RetryAfter: time.Second, Reason: launch.ErrUncertain.Error()}, err)
	case errors.Is(err, launch.ErrNoAccount):
		return "", fmt.Errorf("%w: %w", player.ErrNoAccount, err)
	case errors.Is(err, launch.ErrNotFound):
		return "", fmt.Errorf("%w: %w", catalog.ErrNotFound, err)
	}
	return address, err
}

// launchRecords is the log as package launch sees it.
type launchRecords struct{ committer *commit.Committer }

// Change implements launch.Records.
func (r launchRecords) Change(ctx context.Context, key documents.Key, change func(*documents.Document) (*documents.Document, error)) (*documents.Document, error) {
	d, err := r.committer.Change(ctx, key, change)
	return d, toLaunch(err)
}

// Document implements launch.Records.
func (r launchRecords) Document(ctx context.Context, key documents.Key) (*documents.Document, error) {
	d, err := r.committer.Document(ctx, key)
	return d, toLaunch(err)
}

// toLaunch gives an error of the commit path and the store the type that package
// launch knows.
func toLaunch(err error) error {
	if errors.Is(err, commit.ErrUnknown) {
		return fmt.Errorf("%w: %w", launch.ErrUncertain, err)
	}
	if wait, reason := later(err); reason != "" {
		return fmt.Errorf("%w: %w", &launch.Busy{RetryAfter: wait, Reason: reason}, err)
	}
	return err
}

// launchKeys makes the keys of launches.
type launchKeys struct{ keys *directory.Keys }

// Create implements launch.Keys.
func (k launchKeys) Create(ctx context.Context, t launch.Token) (string, error) {
	return k.keys.CreateAs(ctx, t.ID, directory.NewKey{
		Tenant: t.Tenant, Label: t.Label,
		Scopes: []string{
			directory.ScopeStatementsWrite, directory.ScopeStatementsRead, directory.ScopeState, directory.ScopeProfile, directory.ScopeDefine,
		},
		Binding: directory.Binding{Actor: t.Actor, Registration: t.Registration, Expires: t.Expires},
	})
}

// Guard is package launch as the endpoint sees it.
type Guard struct{ Service *launch.Service }

// Session implements lrs.Guard.
func (g Guard) Session(c *lrs.Credential) lrs.Session {
	if h := g.Service.Holder(c.KeyID, c.Tenant, c.BoundRegistration); h != nil {
		return guarded{h}
	}
	if f := g.Service.Follower(c.KeyID, c.Tenant, c.BoundRegistration); f != nil {
		return followed{f}
	}
	return nil
}

// followed is content of Tin Can as the endpoint sees it: it is asked nothing, and
// told what was stored.
type followed struct{ follower *launch.Follower }

// Alive implements lrs.Session.
func (followed) Alive(context.Context) error { return nil }

// Reading implements lrs.Session.
func (followed) Reading(context.Context, documents.Key) error { return nil }

// Writing implements lrs.Session.
func (followed) Writing(context.Context, documents.Key, *documents.Document) error { return nil }

// Commit implements lrs.Session.
func (f followed) Commit(ctx context.Context, sts []*statements.Statement, commit func(context.Context, []*statements.Statement) error) error {
	if err := commit(ctx, sts); err != nil {
		return err
	}
	f.follower.Stored(ctx, sts)
	return nil
}

// guarded is a session of cmi5 as the endpoint sees it.
type guarded struct{ holder *launch.Holder }

// Alive implements lrs.Session.
func (g guarded) Alive(ctx context.Context) error { return fromLaunch(g.holder.Alive(ctx)) }

// Reading implements lrs.Session.
func (g guarded) Reading(ctx context.Context, key documents.Key) error {
	return fromLaunch(g.holder.Reading(ctx, key))
}

// Writing implements lrs.Session.
func (g guarded) Writing(ctx context.Context, key documents.Key, content *documents.Document) error {
	return fromLaunch(g.holder.Writing(ctx, key, content))
}

// Commit implements lrs.Session.
func (g guarded) Commit(ctx context.Context, sts []*statements.Statement, commit func(context.Context, []*statements.Statement) error) error {
	return fromLaunch(g.holder.Commit(ctx, sts, func(ctx context.Context, sts []*statements.Statement) error {
		err := commit(ctx, sts)
		if errors.Is(err, lrs.ErrUncertain) {
			return fmt.Errorf("%w: %w", launch.ErrUncertain, err)
		}
		return err
	}))
}

// fromLaunch gives an error of package launch the type that the endpoint knows.
func fromLaunch(err error) error {
	var refused *launch.Refused
	var busy *launch.Busy
	var catalogBusy *catalog.Busy
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused):
		return &lrs.Refused{Reason: refused.Error(), Rule: "cmi5-" + refused.Section, Statement: refused.Statement}
	case errors.As(err, &busy):
		return &lrs.Busy{RetryAfter: busy.RetryAfter, Reason: busy.Reason}
	case errors.As(err, &catalogBusy):
		return &lrs.Busy{RetryAfter: catalogBusy.RetryAfter, Reason: catalogBusy.Reason}
	case errors.Is(err, launch.ErrUncertain):
		return fmt.Errorf("%w: %w", lrs.ErrUncertain, err)
	}
	return err
}
