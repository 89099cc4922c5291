package lrs

import (
	"context"
	"errors"
	"io"
)

// Blobs keeps the bytes of attachments under their SHA-2 hashes, in lower-case
// hexadecimal digits. It is safe for concurrent use.
type Blobs interface {
	// Hold keeps blobs, be they there or not, from being removed until release is
	// called: from before a request sends them until its statements are
	// committed or refused.
	Hold(ctx context.Context, tenant string, hashes []string) (release func(), err error)
	// Put reads r to its end and makes the bytes durable before it returns nil.
	// Errors: ErrBlobMismatch, ErrBlobTooLarge (more than limit bytes), *Busy,
	// what r says, or something internal.
	Put(ctx context.Context, tenant, hash string, r io.Reader, limit int64) (size int64, err error)
	// Open reads a blob; the caller closes it. Errors: ErrNoBlob.
	Open(ctx context.Context, tenant, hash string) (r io.ReadCloser, size int64, err error)
	// Size is that of a blob. Errors: ErrNoBlob.
	Size(ctx context.Context, tenant, hash string) (int64, error)
}

var (
	// ErrBlobMismatch means that bytes do not have the hash they were sent under.
	ErrBlobMismatch = errors.New("the bytes have another hash")
	// ErrBlobTooLarge means that there are more bytes than were allowed.
	ErrBlobTooLarge = errors.New("there are too many bytes")
	// ErrNoBlob means that no bytes are kept under a hash.
	ErrNoBlob = errors.New("no bytes are kept under this hash")
)
