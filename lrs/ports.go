package lrs

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"lernspur/documents"
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
	// Consistent is the Watermark, or the present while nothing is on its way.
	// It is dearer.
	Consistent() int64
}

// Reader finds stored statements. It is safe for concurrent use.
type Reader interface {
	// Find answers one page of a query.
	Find(ctx context.Context, tenant string, q statements.Query) (statements.Page, error)
	// Get finds one statement by id among those stored at or before upto, and
	// tells whether it is voided; ok is false when there is none.
	Get(ctx context.Context, tenant string, id uuid.UUID, upto int64) (f statements.Found, voided bool, ok bool, err error)
}

// Documents keeps documents. It is safe for concurrent use.
type Documents interface {
	// Document answers a document as the last change that was acknowledged left
	// it, or a later one; nil when there is none.
	Document(ctx context.Context, key documents.Key) (*documents.Document, error)
	// Change replaces a document by what change makes of it, in one step: current
	// is nil for none, next is nil for no change, and an error of change is
	// returned as it is. When Change returns nil the answer, nil for no change, is
	// durable. Errors: *Busy, ErrUncertain, the error of ctx (the outcome is then
	// open), or something internal.
	Change(ctx context.Context, key documents.Key, change func(current *documents.Document) (next *documents.Document, err error)) (*documents.Document, error)
	// DeleteAll deletes the documents of a shelf that filter lets through, in one
	// step with respect to changes of single ones. Errors as those of Change.
	DeleteAll(ctx context.Context, shelf documents.Shelf, filter func(documents.Key) bool) error
	// DocumentIDs lists the ids of a shelf's documents stored after since, in the
	// order of their versions, each once, and answers the last of these versions.
	// registration narrows them unless it is uuid.Nil. Before it Writer.Wait has
	// to be called.
	DocumentIDs(ctx context.Context, shelf documents.Shelf, registration uuid.UUID, since int64) (ids []string, last int64, err error)
}

// Keys finds out who sends requests. It is safe for concurrent use.
type Keys interface {
	// Identify returns whom the credentials of a request stand for; nil without
	// an error when it comes without any. It is called once per request: it asks
	// nothing slower than memory, unless a token is signed with a key that was
	// never seen, and takes the same time for right and wrong. Errors:
	// ErrCredentials, ErrOrigin, *TooMany, *Busy.
	Identify(r *http.Request) (*Credential, error)
}

// Credential is what verified credentials stand for. It may be shared between
// requests: nobody changes it.
type Credential struct {
	KeyID  string
	Tenant string
	Scopes []string // see scopes.go
	// Authority is the JSON of the Agent that statements of this key get as
	// their authority, and AuthorityIdentifier its canonical identifier.
	Authority           []byte
	AuthorityIdentifier string
	// What the key is bound to; zero values bind to nothing. See bound.go. The
	// origin is held by Keys.
	BoundActor          string // identifier
	BoundAgent          []byte // JSON of the actor
	BoundRegistration   uuid.UUID
	BoundActivityPrefix string
	BoundOrigin         string
}

// Explainer says in detail what is wrong with a body that the parser rejected
// under the same options. It is asked off the hot path, only about bodies of
// bounded size, and only by a few requests at one time.
type Explainer func(body []byte, opts statements.Options) []statements.Violation

// OwnRules are what a tenant asks of statements beyond the specification.
type OwnRules interface {
	// Check finds what is wrong with one statement that keeps the
	// specification's rules; index is its place in the request.
	Check(index int, raw []byte) []statements.Violation
}

// ErrCredentials means that a key is unknown, revoked or past its time or its
// secret wrong, or that a token is not one that counts here.
var ErrCredentials = errors.New("unknown key or wrong secret")

// ErrOrigin means that a key is right, and bound to another origin than the one
// that the request names.
var ErrOrigin = errors.New("this key is bound to pages of another origin")

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

// TooMany says that too many wrong credentials came from where this request
// comes from: these are not looked at before some time has passed.
type TooMany struct {
	RetryAfter time.Duration
}

func (e *TooMany) Error() string { return "too many wrong credentials" }

// Busy says that nothing of the request was taken and that the same request
// may succeed later.
type Busy struct {
	RetryAfter time.Duration // 0: a second
	Reason     string        // for the client; without inner matters
}

func (e *Busy) Error() string { return e.Reason }
