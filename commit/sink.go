package commit

import (
	"context"

	"github.com/google/uuid"

	"lernspur/statements"
)

// Row is one statement of one tenant.
type Row struct {
	Tenant string
	*statements.Statement
}

// Place names a stored statement: stored is unique within a tenant.
type Place struct {
	Tenant string
	Stored int64
}

// Sink is where statements go behind the log.
type Sink interface {
	// Insert writes rows, look-ups first and the statements last: when it
	// returns nil, all of them are durable and visible. When it returns an
	// error the outcome is unknown: none, or all, of the statements may be
	// there, now or later, until Kill has returned. attempt names the try and
	// is never used twice. Rows come in ascending order of Stored. Rows that
	// were inserted before in part (look-ups without their statements) may be
	// inserted again.
	Insert(ctx context.Context, attempt string, rows []Row) error
	// Kill ends what Inserts whose attempt begins with prefix may still be
	// doing: when it returns nil, nothing of them can become visible any more.
	Kill(ctx context.Context, prefix string) error
	// Present tells which statements with first <= stored <= last are there.
	Present(ctx context.Context, first, last int64) (map[Place]struct{}, error)
	// Known finds the stored statements of a tenant among ids and answers their
	// digests. Ids that are not stored are left out.
	Known(ctx context.Context, tenant string, ids []uuid.UUID) (map[uuid.UUID][16]byte, error)
	// IDs calls yield with every stored id. It is called once, at start.
	IDs(ctx context.Context, yield func(tenant string, id uuid.UUID)) error
	// LastStored is the highest stored instant there is, 0 if none.
	LastStored(ctx context.Context) (int64, error)
}
