package lrs

import (
	"context"
	"fmt"
	"net/http"

	"lernspur/documents"
	"lernspur/statements"
)

// Guard knows which credentials belong to a session of a standard that has rules
// of its own, beyond those of xAPI. It is safe for concurrent use.
type Guard interface {
	// Session is what judges the requests of a credential; nil for one of no
	// session. It asks nobody.
	Session(c *Credential) Session
}

// Session judges requests. Errors: *Refused, *Busy, ErrUncertain, and others that
// are internal.
type Session interface {
	// Alive is asked about every request that stores no statements.
	Alive(ctx context.Context) error
	// Commit judges statements and has them stored by commit, which it may give
	// more of them; its error is returned as it is.
	Commit(ctx context.Context, sts []*statements.Statement, commit func(context.Context, []*statements.Statement) error) error
	// Reading is asked before a document is read, and Writing before one is
	// changed: content is nil when it is deleted. An empty ID stands for all of a
	// context.
	Reading(ctx context.Context, key documents.Key) error
	Writing(ctx context.Context, key documents.Key, content *documents.Document) error
}

// Refused is a request that breaks a rule of the session that it belongs to; it
// is answered with 403.
type Refused struct {
	Reason string
	// Rule names it, and Statement is the place in the request of the statement
	// that breaks it; −1 when the request itself does.
	Rule      string
	Statement int
}

func (e *Refused) Error() string { return e.Reason }

// fromRefused is 403 with what is wrong.
func fromRefused(e *Refused) *failure {
	f := &failure{status: http.StatusForbidden, message: e.Reason}
	if e.Statement >= 0 {
		f.violations = []statements.Violation{{Statement: e.Statement, Rule: e.Rule, Message: e.Reason}}
	}
	return f
}

// join finds the session of a request, and refuses what comes after its end.
// Statements are judged where they are known: one that was stored, and is sent
// again, is answered as the first time.
func (x *exchange) join(ctx context.Context, act access) error {
	if x.api.opts.Guard == nil {
		return nil
	}
	x.session = x.api.opts.Guard.Session(x.cred)
	if x.session == nil || act == accessWrite {
		return nil
	}
	return x.session.Alive(ctx)
}

// reading asks the session, if there is one, about a document that is read.
func (x *exchange) reading(ctx context.Context, key documents.Key) error {
	if x.session == nil {
		return nil
	}
	return x.session.Reading(ctx, key)
}

// writing asks the session, if there is one, about a document that is changed.
func (x *exchange) writing(ctx context.Context, key documents.Key, content *documents.Document) error {
	if x.session == nil {
		return nil
	}
	return x.session.Writing(ctx, key, content)
}

// store commits statements that may be stored.
func (a *API) store(ctx context.Context, x *exchange, sts []*statements.Statement) error {
	if x.session == nil {
		return a.write(ctx, x.cred.Tenant, sts)
	}
	err := x.session.Commit(ctx, sts, func(ctx context.Context, sts []*statements.Statement) error {
		return a.write(ctx, x.cred.Tenant, sts)
	})
	if err != nil {
		return fmt.Errorf("in a session: %w", err)
	}
	return nil
}
