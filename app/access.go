package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"lernspur/access"
	"lernspur/apiv1"
	"lernspur/directory"
	"lernspur/lrs"
	"lernspur/signin"
	"lernspur/statements"
	"lernspur/web/visitor"
)

// Keys is the one gate of all doors as the endpoint sees it.
type Keys struct{ *access.Gate }

// Identify implements lrs.Keys.
func (k Keys) Identify(r *http.Request) (*lrs.Credential, error) {
	identity, err := k.Gate.Identify(r)
	var many *access.TooMany
	var away *access.Unavailable
	switch {
	case err == nil:
		return (*lrs.Credential)(identity), nil
	case errors.Is(err, access.ErrWrong):
		return nil, lrs.ErrCredentials
	case errors.Is(err, access.ErrOrigin):
		return nil, lrs.ErrOrigin
	case errors.As(err, &many):
		return nil, &lrs.TooMany{RetryAfter: many.RetryAfter}
	case errors.As(err, &away):
		return nil, &lrs.Busy{RetryAfter: away.RetryAfter, Reason: away.Error()}
	}
	return nil, err
}

// startKeys opens the keys, and the gate that judges them.
func (a *App) startKeys(ctx, running context.Context) (err error) {
	o := a.opts.Keys
	o.Logger = a.log.Named("keys")
	if a.keys, err = directory.Open(ctx, directory.StoreKeys(a.store), o); err != nil {
		return err
	}
	if a.opts.Key != "" || a.opts.Secret != "" {
		if _, err := a.keys.Ensure(ctx, a.opts.Key, a.opts.Secret); err != nil {
			return fmt.Errorf("the key of the configuration: %w", err)
		}
	}
	gate := a.opts.Access
	gate.Keys, gate.Logger, gate.Registerer = a.keys, a.log.Named("access"), a.registry
	a.access = access.NewGate(gate)
	if a.door, err = NewDoor(a.access, a.opts.Catalog.Base); err != nil {
		return err
	}
	a.task(func() { a.keys.Run(running) })
	return nil
}

// firstKey makes a key when there is none, if that is asked for.
func (a *App) firstKey(ctx context.Context) error {
	if a.opts.FirstKey == nil {
		return nil
	}
	record, secret, err := a.keys.EnsureFirst(ctx)
	if err == nil && record.ID != "" {
		a.opts.FirstKey(record.ID, secret)
	}
	return err
}

// NewDoor is who comes in at our own interface, in terms of the gate. base is the
// public address, whose pages may use credentials that a browser remembers, also
// where a proxy hides it.
func NewDoor(gate *access.Gate, base string) (apiv1.Door, error) {
	pages := http.NewCrossOriginProtection()
	for _, origin := range originOf(base) {
		if err := pages.AddTrustedOrigin(origin); err != nil {
			return apiv1.Door{}, fmt.Errorf("the public address %q: %w", base, err)
		}
	}
	identify := func(r *http.Request) (*apiv1.Identity, error) {
		who, err := gate.Identify(r)
		if err != nil {
			return nil, refusal(err)
		}
		if who == nil { // then it may be a page of somebody who signed in
			return signin.Identity(visitor.From(r.Context())), nil
		}
		return &apiv1.Identity{KeyID: who.KeyID, Tenant: who.Tenant, Scopes: who.Scopes, AuthorityIdentifier: who.AuthorityIdentifier,
			Bounds: boundsOf(who), FromOrigin: who.BoundOrigin != ""}, nil
	}
	return apiv1.Door{Identify: identify, Challenges: gate.Challenges(), Pages: pages}, nil
}

// originOf is the origin of a base address, if there is one.
func originOf(base string) []string {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return nil
	}
	return []string{u.Scheme + "://" + u.Host}
}

// refusal is how our own interface answers credentials that are not right; nil
// for those that are missing or wrong.
func refusal(err error) error {
	var many *access.TooMany
	var away *access.Unavailable
	switch {
	case err == nil, errors.Is(err, access.ErrWrong):
		return nil
	case errors.Is(err, access.ErrOrigin):
		return &apiv1.Refused{Status: http.StatusForbidden, Reason: err.Error()}
	case errors.As(err, &many):
		return &apiv1.Refused{Status: http.StatusTooManyRequests, RetryAfter: many.RetryAfter, Reason: err.Error()}
	case errors.As(err, &away):
		return &apiv1.Refused{Status: http.StatusServiceUnavailable, RetryAfter: away.RetryAfter, Reason: err.Error()}
	}
	return err
}

// boundsOf are the statements that somebody has to do with.
func boundsOf(who *directory.Identity) statements.Bounds {
	return statements.Bounds{Actor: who.BoundActor, Registration: who.BoundRegistration, ActivityPrefix: who.BoundActivityPrefix}
}
