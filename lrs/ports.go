package lrs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lernspur/statements"

	"github.com/google/uuid"
)

// Writer makes statements durable. It is safe for concurrent use.
type Writer interface {
	// Commit takes all statements of one request or none. When it returns nil
	// they are durable, and every read that begins later sees them. ctx bounds
	// how long the caller waits, not what happens to the statements. Errors:
	// *Conflict, *Busy, ErrUncertain, the error of ctx (the outcome is then
	// open), or something internal.
	Commit(ctx context.Context, tenant string, sts []*statements.Statement) error
	// Wait returns once everything acknowledged before the call is visible at
	// the watermark that it returns, in microseconds since the Unix epoch.
	Wait(ctx context.Context) (watermark int64, err error)
	// Watermark is the instant before which nothing becomes visible any more:
	// every statement with an earlier stored is visible now.
	Watermark() int64
}

// Reader finds stored statements. It is safe for concurrent use.
type Reader interface {
	// Find answers one page of a query.
	Find(ctx context.Context, tenant string, q statements.Query) (statements.Page, error)
	// Get finds one statement by id among those stored at or before upto, and
	// tells whether it is voided; ok is false when there is none.
	Get(ctx context.Context, tenant string, id uuid.UUID, upto int64) (f statements.Found, voided bool, ok bool, err error)
}

// Keys checks credentials. Check is called once per request: it must not ask
// anything slower than memory, and takes the same time for right and wrong.
type Keys interface {
	// Check returns whom a key and its secret stand for, or ErrCredentials.
	Check(ctx context.Context, key, secret string) (*Credential, error)
}

// Credential is what a verified key stands for. It may be shared between
// requests: nobody changes it.
type Credential struct {
	KeyID  string
	Tenant string
	Scopes []string // see scopes.go
	// Authority is the JSON of the Agent that statements of this key get as
	// their authority, and AuthorityIdentifier its canonical identifier.
	Authority           []byte
	AuthorityIdentifier string
}

// Explainer says in detail what is wrong with a body that the parser rejected
// under the same options. It is asked off the hot path, only about bodies of
// bounded size, and only by a few requests at one time.
type Explainer func(body []byte, opts statements.Options) []statements.Violation

// ErrCredentials means that a key is unknown or revoked, or its secret wrong.
var ErrCredentials = errors.New("unknown key or wrong secret")

// ErrUncertain means that statements may or may not have been kept. Sending
// them again with the same ids is safe.
var ErrUncertain = errors.New("it is not known whether the statements were kept")

// Conflict is a statement whose id is already stored with other content.
type Conflict struct {
	Index int // position in the request
	ID    uuid.UUID
}

func (e *Conflict) Error() string {
	return fmt.Sprintf("statement %d: another statement is already stored under the id %s, or was until it was deleted", e.Index, e.ID)
}

// Busy says that nothing of the request was taken and that the same request
// may succeed later.
type Busy struct {
	RetryAfter time.Duration // 0: a second
	Reason     string        // for the client; without inner matters
}

func (e *Busy) Error() string { return e.Reason }
