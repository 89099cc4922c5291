package app

import (
	"errors"
	"net/http"
	"time"

	"lernspur/access"
	"lernspur/directory"
	"lernspur/lrs"
	"lernspur/progress"
	"lernspur/records"
	"lernspur/repairs"
	"lernspur/statements"
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

// refusal is how our own interface answers credentials that are neither right
// nor wrong; ok is false for other errors.
func refusal(err error) (status int, after time.Duration, ok bool) {
	var many *access.TooMany
	var away *access.Unavailable
	switch {
	case errors.Is(err, access.ErrOrigin):
		return http.StatusForbidden, 0, true
	case errors.As(err, &many):
		return http.StatusTooManyRequests, many.RetryAfter, true
	case errors.As(err, &away):
		return http.StatusServiceUnavailable, away.RetryAfter, true
	}
	return 0, 0, false
}

// identify tells package progress who sent a request.
func (a *App) identify(r *http.Request) (*progress.Identity, error) {
	who, err := a.access.Identify(r)
	if errors.Is(err, access.ErrWrong) {
		return nil, nil
	}
	if status, after, ok := refusal(err); ok {
		return nil, &progress.Refused{Status: status, RetryAfter: after, Reason: err.Error()}
	}
	if err != nil || who == nil {
		return nil, err
	}
	return &progress.Identity{Tenant: who.Tenant, Scopes: who.Scopes, Bound: boundsOf(who) != statements.Bounds{}}, nil
}

// identifyForRepairs tells package repairs who sent a request.
func identifyForRepairs(gate *access.Gate, r *http.Request) (*repairs.Identity, error) {
	who, err := gate.Identify(r)
	if errors.Is(err, access.ErrWrong) {
		return nil, nil
	}
	if status, after, ok := refusal(err); ok {
		return nil, &repairs.Refused{Status: status, RetryAfter: after, Reason: err.Error()}
	}
	if err != nil || who == nil {
		return nil, err
	}
	return &repairs.Identity{Tenant: who.Tenant, Scopes: who.Scopes, Bound: boundsOf(who) != statements.Bounds{}}, nil
}

// boundsOf are the statements that somebody has to do with.
func boundsOf(who *directory.Identity) statements.Bounds {
	return statements.Bounds{Actor: who.BoundActor, Registration: who.BoundRegistration, ActivityPrefix: who.BoundActivityPrefix}
}

// identifyRecords tells package records who sent a request.
func (a *App) identifyRecords(r *http.Request) (*records.Identity, error) {
	who, err := a.access.Identify(r)
	if errors.Is(err, access.ErrWrong) {
		return nil, nil
	}
	if status, after, ok := refusal(err); ok {
		return nil, &records.Refused{Status: status, RetryAfter: after, Reason: err.Error()}
	}
	if err != nil || who == nil {
		return nil, err
	}
	return &records.Identity{KeyID: who.KeyID, Tenant: who.Tenant, Scopes: who.Scopes, AuthorityIdentifier: who.AuthorityIdentifier, Bounds: boundsOf(who)}, nil
}
