package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"lernspur/documents"
)

// Records keeps small records durably. Every shelf has one writer, so what was
// read stays true until that writer changes it. Errors: *Busy, and others that
// are internal.
type Records interface {
	// Replace makes new versions of records of one shelf durable, all or none;
	// one that is Deleted goes.
	Replace(ctx context.Context, shelf documents.Shelf, docs []*documents.Document) error
	// Document is the newest version of a record; nil when there is none.
	Document(ctx context.Context, key documents.Key) (*documents.Document, error)
	// List answers records of a shelf in the order of their ids, with everything
	// that was acknowledged before.
	List(ctx context.Context, r documents.Range) ([]*documents.Document, error)
	// Load yields all records of a kind, those of all tenants.
	Load(ctx context.Context, kind documents.Kind, yield func(*documents.Document) error) error
	// Clear removes everything on a shelf.
	Clear(ctx context.Context, shelf documents.Shelf) error
}

// Errors that callers tell apart.
var (
	// ErrNotFound means that the tenant has no such thing.
	ErrNotFound = errors.New("there is no such thing here")
)

// Busy means that it cannot be done now; nothing was done.
type Busy struct {
	RetryAfter time.Duration
	Reason     string
}

func (e *Busy) Error() string { return e.Reason }

// Invalid means that what was asked for cannot be. Field names what is wrong, as
// the API does.
type Invalid struct{ Field, Message string }

func (e *Invalid) Error() string { return e.Field + ": " + e.Message }

// Conflict means that what was asked for does not fit what is there.
type Conflict struct{ Message string }

func (e *Conflict) Error() string { return e.Message }

// maxRecord bounds one record, in bytes.
const maxRecord = 256 << 10

// Record makes a record of v on a shelf.
func Record(shelf documents.Shelf, id string, v any) (*documents.Document, error) {
	content, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	if len(content) > maxRecord {
		return nil, &Conflict{fmt.Sprintf("this would make the record larger than %d bytes", maxRecord)}
	}
	return &documents.Document{Key: documents.Key{Shelf: shelf, ID: id}, ContentType: "application/json", Content: content}, nil
}

// Gone is the end of a record.
func Gone(shelf documents.Shelf, id string) *documents.Document {
	return &documents.Document{Key: documents.Key{Shelf: shelf, ID: id}, Deleted: true}
}

// Decode reads a record as a T; nil when there is none.
func Decode[T any](d *documents.Document) (*T, error) {
	if d == nil || d.Deleted {
		return nil, nil
	}
	v := new(T)
	if err := json.Unmarshal(d.Content, v); err != nil {
		return nil, fmt.Errorf("a record (%s, %q) cannot be read: %w", d.Kind, d.ID, err)
	}
	return v, nil
}

// Read reads a record as a T; nil when there is none.
func Read[T any](ctx context.Context, r Records, key documents.Key) (*T, error) {
	d, err := r.Document(ctx, key)
	if err != nil {
		return nil, err
	}
	return Decode[T](d)
}

// Below yields the records of a shelf whose ids begin with prefix and come after
// the id after, limit at most (0: all), in the order of their ids. prefix ends
// with a slash.
func Below[T any](ctx context.Context, r Records, shelf documents.Shelf, prefix, after string, limit int, yield func(id string, v *T) error) error {
	const page = 500
	if after < prefix {
		after = prefix
	}
	for n := 0; ; {
		list, err := r.List(ctx, documents.Range{Shelf: shelf, AfterID: after, Limit: page})
		if err != nil {
			return err
		}
		for _, d := range list {
			if len(d.ID) < len(prefix) || d.ID[:len(prefix)] != prefix {
				return nil // ids are in order: those that begin so are over
			}
			v, err := Decode[T](d)
			if err != nil {
				return err
			}
			if err := yield(d.ID[len(prefix):], v); err != nil {
				return err
			}
			if n++; n == limit {
				return nil
			}
			after = d.ID
		}
		if len(list) < page {
			return nil
		}
	}
}
