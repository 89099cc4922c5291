package forward

import (
	"context"
	"errors"
	"io"

	"github.com/google/uuid"
)

// Statement is one that is to be forwarded, as it is stored.
type Statement struct {
	ID      uuid.UUID
	Stored  int64
	Version string
	Raw     []byte
}

// Feed reads stored statements in order. It is safe for concurrent use.
type Feed interface {
	// Watermark is the instant at and before which nothing becomes visible any more.
	// It is asked often and waits for nothing.
	Watermark() int64
	// Next answers the next statements of a tenant with low < stored <= upto, n at
	// most, voided and voiding ones included, and how far it looked.
	Next(ctx context.Context, tenant string, f Filter, low, upto int64, n int) (list []Statement, reached int64, err error)
	// Count is about how many there are.
	Count(ctx context.Context, tenant string, f Filter, low, upto int64) (int64, error)
}

// ErrNoAttachment means that the bytes of an attachment are not here.
var ErrNoAttachment = errors.New("the bytes of this attachment are not here")

// Attachments has the bytes of attachments by their hash, sha2 of the statement.
type Attachments interface {
	// Size is how many bytes there are. ErrNoAttachment.
	Size(ctx context.Context, tenant, hash string) (int64, error)
	Open(ctx context.Context, tenant, hash string) (io.ReadCloser, int64, error)
}
