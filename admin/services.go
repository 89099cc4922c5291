package admin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"time"

	"github.com/google/uuid"

	"lernspur/directory"
	"lernspur/statements"
	"lernspur/verify"
)

// Services are what the commands ask of the server.
type Services struct {
	Version string
	Keys    Keys
	Writer  Writer
	Reader  Reader
	Blobs   Blobs // nil: statements are imported without a look at their attachments
	Catalog Catalog
	// Attendance is nil where none is kept.
	Attendance Attendance
	// Directory answers what the interface /api/v1 does about people, units, groups,
	// headcounts and imports, and about what is sent to others, for a tenant, whoever asks.
	Directory func(tenant string) http.Handler
	// Accounts are those of people who sign in.
	Accounts Accounts
	// Evaluation is what may be evaluated about people.
	Evaluation Evaluation
	// Tools are what read published figures; nil where none can.
	Tools Tools
	// Verify re-reads everything up to the watermark.
	Verify func(ctx context.Context, opts verify.Options) (*verify.Report, error)
	// RebuildProgress throws the figures of progress away and returns when they
	// are computed anew.
	RebuildProgress func(ctx context.Context) error
	// Report writes the pilot report. ErrRequest when it was asked for wrongly.
	Report func(ctx context.Context, r ReportRequest, w io.Writer) error
	// Reports are the evaluation reports; nil where none are kept.
	Reports Reports
	// OwnRules finds what an imported statement breaks of the rules that its
	// tenant has of its own; nil: no tenant has any.
	OwnRules func(tenant string, raw []byte) []statements.Violation
	// Limits bound an imported statement.
	Limits statements.Limits
}

// Keys is the directory of API keys.
type Keys interface {
	Create(ctx context.Context, n directory.NewKey) (directory.KeyRecord, string, error)
	List(tenant string) []directory.KeyRecord
	Revoke(ctx context.Context, id string) error
}

// Writer makes statements durable.
type Writer interface {
	// Commit takes all statements or none. Errors: *Conflict, *Busy, others.
	Commit(ctx context.Context, tenant string, sts []*statements.Statement) error
	// Wait returns once everything acknowledged before is visible at the
	// watermark that it returns.
	Wait(ctx context.Context) (watermark int64, err error)
}

// Reader finds statements.
type Reader interface {
	Find(ctx context.Context, tenant string, q statements.Query) (statements.Page, error)
	// Rows reads every statement with low < stored <= high in order, voided
	// ones too.
	Rows(ctx context.Context, tenant string, low, high int64) iter.Seq2[*statements.Statement, error]
}

// ErrRequest means that what was asked for cannot be.
var ErrRequest = errors.New("this cannot be")

// Conflict is a statement whose id is stored with other content.
type Conflict struct {
	Index int // position in the request
	ID    uuid.UUID
}

func (e *Conflict) Error() string {
	return fmt.Sprintf("another statement is already stored under the id %s, or was until it was deleted", e.ID)
}

// Busy says that nothing was taken and that the same may succeed later.
type Busy struct {
	RetryAfter time.Duration
	Reason     string
}

func (e *Busy) Error() string { return e.Reason }
