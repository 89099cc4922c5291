package lrs

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"lernspur/statements"

	"github.com/google/uuid"
)

// A key can be bound to an actor, a registration and activities. This file is the
// one place that holds requests against that, and that decides who may void what.

// bounds are the statements that the credential has to do with.
func (c *Credential) bounds() statements.Bounds {
	return statements.Bounds{Actor: c.BoundActor, Registration: c.BoundRegistration, ActivityPrefix: c.BoundActivityPrefix}
}

// sees tells whether a stored statement is there for the credential.
func (c *Credential) sees(raw []byte) (bool, error) {
	own, bounds := c.onlyOwn(), c.bounds()
	if !own && bounds == (statements.Bounds{}) {
		return true, nil
	}
	st, err := statements.Reparse(raw)
	if err != nil {
		return false, err
	}
	return (!own || st.Authority == c.AuthorityIdentifier) && bounds.Hold(st), nil
}

func forbidden(format string, args ...any) error {
	return &failure{status: http.StatusForbidden, message: fmt.Sprintf(format, args...)}
}

// admitBound refuses a request of a bound credential on the document, person or
// activity of another. Requests on statements are held against the bounds where the
// statements are known: permit, sees, and the query.
//
// What a parameter says is judged here only where it is well-formed; the resource
// itself refuses what is not.
func (a *API) admitBound(c *Credential, act access, ed statements.Edition, r *http.Request) error {
	switch act {
	case accessReadState, accessWriteState, accessReadProfile, accessWriteProfile, accessReadThings:
	default:
		return nil
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return badRequest("the query string is malformed")
	}
	if c.BoundActor != "" {
		for _, agent := range query["agent"] {
			if identifier, err := statements.AgentIdentifier([]byte(agent), ed); err == nil && identifier != c.BoundActor {
				return forbidden("this key is bound to another agent")
			}
		}
	}
	for _, activity := range query["activityId"] {
		if !strings.HasPrefix(activity, c.BoundActivityPrefix) {
			return forbidden("this key is bound to other activities")
		}
	}
	if c.BoundRegistration != uuid.Nil && (act == accessReadState || act == accessWriteState) {
		// State without a registration is another document, and one that every
		// registration of the learner shares.
		list := query["registration"]
		if len(list) == 0 {
			return forbidden("this key is bound to a registration: the parameter registration has to name it")
		}
		for _, registration := range list {
			if id, err := uuid.Parse(registration); err == nil && id != c.BoundRegistration {
				return forbidden("this key is bound to another registration")
			}
		}
	}
	return a.admitCourse(r.Context(), c, act, query["activityId"])
}

// permit refuses statements that the credential must not store: those out of
// its bounds, and those that void what it may not void. Only the target of a
// voiding statement is looked up, and only where it decides.
func (a *API) permit(ctx context.Context, c *Credential, sts []*statements.Statement) error {
	bounds := c.bounds()
	bound := bounds != statements.Bounds{}
	for i, st := range sts {
		if !st.Voiding {
			if bound && !bounds.Hold(st) {
				return forbidden("statement %d (%s): %s; nothing of this request was stored", i, st.ID, outside(bounds, st))
			}
			if err := a.permitCourse(ctx, c, i, st); err != nil {
				return err
			}
			continue
		}
		if err := a.permitVoiding(ctx, c, i, st); err != nil {
			return err
		}
	}
	return nil
}

// outside says which of the bounds a statement does not keep.
func outside(b statements.Bounds, st *statements.Statement) string {
	switch {
	case b.Actor != "" && st.Actor != b.Actor:
		return "this key is bound to another actor"
	case b.Registration != uuid.Nil && st.Registration != b.Registration:
		return "this key is bound to another registration"
	}
	return "this key is bound to other activities"
}

// permitVoiding judges one voiding statement. A key that may void what it stored
// itself has to wait until that is stored: an id that nobody has used yet
// could become anybody's, and a statement of the same request could turn
// out to be one that another key stored before.
func (a *API) permitVoiding(ctx context.Context, c *Credential, i int, st *statements.Statement) error {
	every := c.holds(scopeAll, scopeVoid)
	if !every && !c.holds(scopeVoidMine) {
		return forbidden("statement %d (%s) voids another one, for which this key needs one of the scopes %q; nothing of this request was stored",
			i, st.ID, []string{scopeAll, scopeVoid, scopeVoidMine})
	}
	bounds := c.bounds()
	if every && bounds == (statements.Bounds{}) {
		return nil
	}
	// The object of a voiding statement is no Activity: the target's is what
	// has to fit.
	own := bounds
	own.ActivityPrefix = ""
	if !own.Hold(st) {
		return forbidden("statement %d (%s): %s; nothing of this request was stored", i, st.ID, outside(own, st))
	}
	target, err := a.target(ctx, c.Tenant, st.Ref)
	if err != nil {
		return err
	}
	if target == nil || !bounds.Hold(target) || !every && target.Authority != c.AuthorityIdentifier {
		return forbidden("statement %d (%s) voids %s, which is not a stored statement that this key may void: "+
			"it needs the scope %q, or has to store that statement itself, in an earlier request; nothing of this request was stored",
			i, st.ID, st.Ref, scopeVoid)
	}
	return nil
}

// target reads the statement that another one voids; nil when it is not stored.
func (a *API) target(ctx context.Context, tenant string, id uuid.UUID) (*statements.Statement, error) {
	watermark, err := a.wait(ctx)
	if err != nil {
		return nil, err
	}
	found, _, ok, err := a.opts.Reader.Get(ctx, tenant, id, watermark)
	if err != nil || !ok {
		return nil, err
	}
	return statements.Reparse(found.Raw)
}

// foreign tells whether an Activity is part of another course than the one that the
// credential was made for.
func (a *API) foreign(ctx context.Context, c *Credential, activity string) (bool, error) {
	if a.opts.Foreign == nil || c.BoundRegistration == uuid.Nil {
		return false, nil
	}
	return a.opts.Foreign(ctx, c, activity)
}

// permitCourse refuses a statement about another course of this server: content
// would say there what its own course decides. Other Activities are anybody's.
func (a *API) permitCourse(ctx context.Context, c *Credential, i int, st *statements.Statement) error {
	if st.ObjectKind != statements.ObjectActivity {
		return nil
	}
	foreign, err := a.foreign(ctx, c, st.Object)
	if err == nil && foreign {
		err = forbidden("statement %d (%s): this key belongs to another course than its object; nothing of this request was stored", i, st.ID)
	}
	return err
}

// definesForeign tells whether a statement defines Activities of another course.
func (a *API) definesForeign(ctx context.Context, c *Credential, st *statements.Statement) (bool, error) {
	if a.opts.Foreign == nil || c.BoundRegistration == uuid.Nil {
		return false, nil
	}
	for activity := range st.Definitions {
		if foreign, err := a.foreign(ctx, c, activity); err != nil || foreign {
			return foreign, err
		}
	}
	return false, nil
}

// admitCourse refuses to change the profile of an Activity of another course.
func (a *API) admitCourse(ctx context.Context, c *Credential, act access, activities []string) error {
	if act != accessWriteProfile {
		return nil
	}
	for _, activity := range activities {
		switch foreign, err := a.foreign(ctx, c, activity); {
		case err != nil:
			return err
		case foreign:
			return forbidden("this key belongs to another course than this activity")
		}
	}
	return nil
}
