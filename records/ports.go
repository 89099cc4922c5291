package records

import (
	"context"
	"time"

	"github.com/google/uuid"

	"lernspur/statements"
)

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

// Selected is what a deletion would do.
type Selected struct {
	Statements int64
	Voiding    int64 // of them
	// Restored are statements that would come back, since everything that voids
	// them would go and they would not.
	Restored int64
	// Pointing are statements that would point to nothing.
	Pointing int64
}

// State is how far a deletion is.
type State string

// The states of a deletion.
const (
	// Begun: its statements are being looked for. A deletion that a crash finds
	// here becomes Abandoned.
	Begun     State = "begun"
	Abandoned State = "abandoned"
	// Chosen: it is known durably which statements go, they are in no answer
	// any more, and nothing stops it.
	Chosen State = "chosen"
	// Done: they are gone, and all figures are as if they never had been.
	Done State = "done"
	// Purged: nothing of their bytes is in the files of the tables.
	Purged State = "purged"
)

// Deletion is one deletion as it is kept.
type Deletion struct {
	Tenant string
	ID     uuid.UUID
	State  State
	// Version rises with every change.
	Version int64
	Record  Record
}

// Record is the audit of a deletion. It does not say whom it was about, but who
// knows an identifier can try whether the digest was made of it.
type Record struct {
	Key       string `json:"key"`       // who
	At        int64  `json:"at"`        // when it began, microseconds
	Selection string `json:"selection"` // digest
	Count     int64  `json:"count"`
	Watermark int64  `json:"watermark"`
	Finished  int64  `json:"finished,omitempty"` // when it was Done, microseconds
}

// Remover removes statements. Every method may be called again after an error
// or a crash. It is safe for concurrent use.
type Remover interface {
	// CountSelected tells what deleting a selection would do.
	CountSelected(ctx context.Context, tenant string, sel statements.Selection, upto int64) (Selected, error)
	// Choose notes durably which statements a deletion is about, and answers
	// how many.
	Choose(ctx context.Context, tenant string, deletion uuid.UUID, sel statements.Selection, upto int64) (int64, error)
	// Hide keeps what was chosen out of all answers, until Forget or as long as this process lasts.
	Hide(tenant string, deletion uuid.UUID)
	// Remove removes what was chosen from the statements, from everything that
	// finds them and from all figures.
	Remove(ctx context.Context, tenant string, deletion uuid.UUID) error
	// Forget forgets what was chosen.
	Forget(ctx context.Context, tenant string, deletion uuid.UUID) error
	// Purge removes the bytes of everything that was removed.
	Purge(ctx context.Context) error
	// Put keeps a version of a deletion, durably.
	Put(ctx context.Context, d Deletion) error
	// Deletions lists those in one of some states, Deletion finds one.
	Deletions(ctx context.Context, states ...State) ([]Deletion, error)
	Deletion(ctx context.Context, tenant string, id uuid.UUID) (d Deletion, ok bool, err error)
}

// MaxDeletion is how many statements one deletion may choose.
const MaxDeletion = 1_000_000
