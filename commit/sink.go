package commit

import (
	"context"

	"github.com/google/uuid"

	"lernspur/documents"
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
	// InsertDocuments writes versions of documents: when it returns nil, they are
	// durable and visible. The same versions may be inserted again, together with
	// others, in any order; the highest one of a document is what is there.
	InsertDocuments(ctx context.Context, attempt string, docs []*documents.Document) error
	// Document is the highest version of a document, which may be a deletion; nil
	// if there is none.
	Document(ctx context.Context, key documents.Key) (*documents.Document, error)
	// ShelfKeys lists the documents of a shelf that are not deleted.
	ShelfKeys(ctx context.Context, shelf documents.Shelf) ([]documents.Key, error)
	// DocumentKeys calls yield with the key of every document, deleted ones too,
	// maybe more than once. It is called once, at start.
	DocumentKeys(ctx context.Context, yield func(documents.Key)) error
	// LastStored is the highest stored instant or version there is, 0 if none.
	LastStored(ctx context.Context) (int64, error)
}
