package catalog

import (
	"context"
	"io"
	"time"

	"lernspur/documents"
)

// Records keeps small records durably, one change at a time for each. Errors:
// *Busy, and others that are internal.
type Records interface {
	// Change replaces a record by what change makes of it, as one durable step;
	// change is called once at most and waits for nothing. See commit.Change.
	Change(ctx context.Context, key documents.Key, change func(current *documents.Document) (*documents.Document, error)) (*documents.Document, error)
	// Document is the newest version of a record; nil when there is none.
	Document(ctx context.Context, key documents.Key) (*documents.Document, error)
	// List answers records of a shelf, with everything that was acknowledged
	// before.
	List(ctx context.Context, r documents.Range) ([]*documents.Document, error)
}

// Files keeps the files of packages by their hash (SHA-256, hexadecimal). Errors:
// ErrNotFound, *Busy when there is no room, and others that are internal.
type Files interface {
	// Hold keeps files, be they there or not, from being removed until release.
	Hold(ctx context.Context, tenant string, hashes []string) (release func(), err error)
	// Put keeps the bytes durably; limit is how many there may be.
	Put(ctx context.Context, tenant, hash string, r io.Reader, limit int64) (int64, error)
	// Open reads them. What it answers is an io.Seeker when they are kept as they
	// are, as those of films and pictures.
	Open(ctx context.Context, tenant, hash string) (io.ReadCloser, int64, error)
	// Sweep removes the files that nothing uses, of those last put before an
	// instant, and answers how many.
	Sweep(ctx context.Context, tenant string, before time.Time, used func(ctx context.Context, tenant string, hashes []string) (map[string]bool, error)) (int, error)
}

// Recorder takes statements that we make ourselves: they go through the same
// parsing, rules and commit as everybody's. app has it.
type Recorder interface {
	// Record stores a JSON array of statements, all or none, durably. A statement
	// that is there already with the same id and content is no error.
	Record(ctx context.Context, tenant string, statements []byte) error
}
