package records

import (
	"context"
	"net/http"
	"time"

	"lernspur/statements"
)

// Identity is who asks.
type Identity struct {
	KeyID  string
	Tenant string
	Scopes []string
	// AuthorityIdentifier is that of the Agent in whose name the key stores.
	AuthorityIdentifier string
	// Bounds are what the key is bound to: no statement out of them is there for
	// it.
	Bounds statements.Bounds
}

// Identify finds out who sent a request: nil without an error when the
// credentials are missing or wrong. *Refused says why it could not, or that they
// are not for requests like this one.
type Identify func(*http.Request) (*Identity, error)

// Refused is an answer to credentials other than that they are missing or wrong.
type Refused struct {
	Status     int           // 403, 429 or 503
	RetryAfter time.Duration // not with 403
	Reason     string        // for the client
}

func (e *Refused) Error() string { return e.Reason }

// Reader finds stored statements. It is safe for concurrent use.
type Reader interface {
	// Find answers one page of a query.
	Find(ctx context.Context, tenant string, q statements.Query) (statements.Page, error)
	// CountFound counts the statements that Find would answer over all pages.
	CountFound(ctx context.Context, tenant string, q statements.Query) (int64, error)
}

// Writer is what there is to know of statements on their way.
type Writer interface {
	// Wait returns once everything acknowledged before the call is visible at
	// the watermark that it returns, in microseconds since the Unix epoch.
	Wait(ctx context.Context) (watermark int64, err error)
	// Watermark is the instant at and before which nothing becomes visible any
	// more: every statement stored by then is visible now.
	Watermark() int64
}

// Busy says that the same request may succeed later.
type Busy struct {
	RetryAfter time.Duration // 0: a second
	Reason     string        // for the client; without inner matters
}

func (e *Busy) Error() string { return e.Reason }
