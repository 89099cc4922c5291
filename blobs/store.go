package blobs

import (
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"
)

// Hash names a blob: the SHA-224, SHA-256, SHA-384 or SHA-512 of its bytes in
// lower-case hexadecimal digits. Its length tells which of them it is; the same
// bytes under two kinds of hashes are two blobs.
type Hash string

// ParseHash reads a hash in digits of either case.
func ParseHash(text string) (Hash, error) {
	h := Hash(strings.ToLower(text))
	if h.digest() == nil || strings.Trim(string(h), "0123456789abcdef") != "" {
		return "", fmt.Errorf("%q is not a SHA-2 hash in hexadecimal digits", text)
	}
	return h, nil
}

// digest computes hashes of this kind; nil when there is no such kind.
func (h Hash) digest() hash.Hash {
	switch len(h) {
	case 2 * sha256.Size224:
		return sha256.New224()
	case 2 * sha256.Size:
		return sha256.New()
	case 2 * sha512.Size384:
		return sha512.New384()
	case 2 * sha512.Size:
		return sha512.New()
	}
	return nil
}

var (
	// ErrMismatch means that the bytes do not have the hash that they were sent
	// under.
	ErrMismatch = errors.New("the bytes do not have this hash")
	// ErrTooLarge means that there are more bytes than were allowed.
	ErrTooLarge = errors.New("the blob is too large")
	// ErrFull means that there is no room; the same may succeed later.
	ErrFull = errors.New("there is no room for the blob")
	// ErrAway means that the store does not answer; the same may succeed later.
	ErrAway = errors.New("the store of blobs does not answer")
	// ErrNotFound means that there is no such blob.
	ErrNotFound = errors.New("there is no such blob")
	// ErrDamaged means that what is kept is not what its name says.
	ErrDamaged = errors.New("the blob is damaged")
)

// Store keeps blobs of tenants. All methods are safe for concurrent use. What an
// implementation promises:
//
//   - Whole or not at all. A blob is there, complete and under the hash of its
//     own bytes, or it is not there; no crash, error or concurrent writer leaves
//     anything in between that Stat, Open or List would see.
//   - Durable when acknowledged. When Put has returned nil, the blob outlives a
//     crash of the process, the system and the power. Until then it may be there
//     or not.
//   - Once. The same bytes put under the same hash by any number of writers, at
//     once or one after the other, are kept once, and all of them succeed.
//   - Young again. Put makes the blob as young as if it were new, also when it
//     was there (Info.Time).
//   - Apart. No tenant sees or changes the blobs of another.
//   - In one piece at a time. Neither Put nor Open hold more than a bounded piece
//     of a blob in memory, whatever its size.
//
// List may come page by page (Objects), so it is not promised to be one instant's
// picture. All methods but Put answer ErrAway, too.
type Store interface {
	// Put reads r to its end and keeps the bytes under h. It answers how many
	// there are. Errors: ErrMismatch, ErrTooLarge (more than limit bytes, of
	// which no more than one is read), ErrFull, ErrAway, what r says, or something
	// internal. After an error the blob may be there, whole, or not; after
	// ErrMismatch and ErrTooLarge nothing was kept.
	Put(ctx context.Context, tenant string, h Hash, r io.Reader, limit int64) (size int64, err error)
	// Open reads a blob; the caller closes it. Reading tells ErrDamaged where it
	// can be told that bytes are missing. Errors: ErrNotFound.
	Open(ctx context.Context, tenant string, h Hash) (io.ReadCloser, int64, error)
	// Stat tells about a blob. Errors: ErrNotFound.
	Stat(ctx context.Context, tenant string, h Hash) (Info, error)
	// List calls yield with every blob of a tenant, in no order, until it
	// returns false.
	List(ctx context.Context, tenant string, yield func(Hash, Info) bool) error
	// Remove removes a blob; one that is not there is no error. After a crash it
	// may be there again.
	Remove(ctx context.Context, tenant string, h Hash) error
}

// Info is what is known of a blob without reading it.
type Info struct {
	Size int64     // of its bytes; List may leave it at 0
	Time time.Time // of the last Put
}

// Check reads a blob and holds it against its name. Errors: ErrDamaged,
// ErrNotFound, others of reading.
func Check(ctx context.Context, s Store, tenant string, h Hash) error {
	r, size, err := s.Open(ctx, tenant, h)
	if err != nil {
		return err
	}
	defer r.Close()
	sum := h.digest()
	n, err := io.Copy(sum, r)
	switch {
	case err != nil:
		return err
	case n != size:
		return fmt.Errorf("%w: it has %d bytes and should have %d", ErrDamaged, n, size)
	case fmt.Sprintf("%x", sum.Sum(nil)) != string(h):
		return fmt.Errorf("%w: its bytes have another hash", ErrDamaged)
	}
	return nil
}
