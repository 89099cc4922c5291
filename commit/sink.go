package commit

import (
	"context"

	"lernspur/statements"

	"github.com/google/uuid"
)

// Row is one statement of one tenant.
type Row struct {
	Tenant string
	*statements.Statement
}

// Sink is where statements go behind the log.
type Sink interface {
	// Insert writes rows, look-ups first and the statements last: when it
	// returns nil, all of them are durable and visible. When it returns an
	// error the outcome is unknown: none, or all, of the statements may be
	// there, now or later, until Kill has returned. attempt names the try and
	// is never used twice. Rows come in ascending order of Stored.
	Insert(ctx context.Context, attempt string, rows []Row) error
	// Kill ends what Insert under this attempt may still be doing: when it
	// returns nil, nothing of the attempt can become visible any more.
	Kill(ctx context.Context, attempt string) error
	// Present tells which of the statements with first <= stored <= last are
	// there, by stored.
	Present(ctx context.Context, first, last int64) (map[int64]struct{}, error)
	// Known finds the stored statements of a tenant among ids. Ids that are not stored are
	// left out of the answer.
	Known(ctx context.Context, tenant string, ids []uuid.UUID) (map[uuid.UUID][16]byte, error)
	// IDs calls yield with every stored id. It is called once, at start.
	IDs(ctx context.Context, yield func(tenant string, id uuid.UUID)) error
	// LastStored is the highest stored instant there is, 0 if none.
	LastStored(ctx context.Context) (int64, error)
}
