package browse

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"lernspur/statements"
)

// Reader answers statements, see package store. It is safe for concurrent use.
type Reader interface {
	Find(ctx context.Context, tenant string, q statements.Query) (statements.Page, error)
	// Several are the statements with these ids that are visible at a watermark, and
	// which of them are voided.
	Several(ctx context.Context, tenant string, ids []uuid.UUID, upto int64) ([]statements.Found, map[uuid.UUID]bool, error)
	// RecentVerbs are the verbs of the newest statements, the most frequent first.
	RecentVerbs(ctx context.Context, tenant string, upto int64) ([]string, error)
}

// Marks say how far statements are visible, in microseconds since the Unix epoch.
type Marks interface {
	// Wait returns once everything acknowledged before is visible.
	Wait(ctx context.Context) (watermark int64, err error)
	// Watermark is the instant up to which everything is visible now. It hurries nobody.
	Watermark() int64
}

// Person is somebody whom the directory knows, or an identifier that is nobody's: ID
// is the identifier then, and there is no name.
type Person struct {
	ID, Name string
	// Identifiers are canonical (statements.AgentUse), those that others stand for
	// included.
	Identifiers []string
}

// People are the persons of the directory. Nobody waits for it.
type People interface {
	// Members are today's members of groups, each once.
	Members(ctx context.Context, tenant string, groups []string) []Person
	// Person is who has an id, Owner who has an identifier.
	Person(ctx context.Context, tenant, id string) (Person, bool)
	Owner(ctx context.Context, tenant, identifier string) (Person, bool)
	// Search are people with a text in a name, a staff number or an identifier, n at
	// most.
	Search(ctx context.Context, tenant, text string, n int) []Person
}

// Evaluated is what is evaluated about single people of a tenant.
type Evaluated struct {
	// Timelines: what one person did, in order.
	Timelines bool
	// Answers: how one person answered a question.
	Answers bool
}

// Options are what a Service needs.
type Options struct {
	Reader Reader
	Marks  Marks
	People People
	// Evaluated tells what is switched on; nil: nothing is.
	Evaluated func(ctx context.Context, tenant string) (Evaluated, error)
	// Now is the clock; nil: time.Now.
	Now func() time.Time
}

// Errors that callers tell apart.
var (
	// ErrForbidden: the roles do not let somebody see statements.
	ErrForbidden = errors.New("your roles do not let you see statements")
	// ErrOff: what single people did is not evaluated in this tenant.
	ErrOff = errors.New("what single people did is not evaluated here")
	// ErrNotFound: there is no such statement, or it is not for whoever asks.
	ErrNotFound = errors.New("there is no statement with this id")
	// ErrCrowded: too many look at what comes in.
	ErrCrowded = errors.New("too many look at what comes in already")
	// ErrTooMany: somebody's groups have more people than can be looked through.
	ErrTooMany = errors.New("these groups have more people than can be looked through")
)
