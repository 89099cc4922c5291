package blobs

import (
	"context"
	"errors"
	"fmt"
	"hash"
	"io"
	"syscall"
)

// intake is what comes in: it counts, hashes and bounds it.
type intake struct {
	ctx  context.Context
	from io.Reader
	left int64
	sum  hash.Hash
	size int64
	end  bool
}

// Read implements io.Reader.
func (in *intake) Read(p []byte) (int, error) {
	if err := in.ctx.Err(); err != nil {
		return 0, err
	}
	// One byte more than is allowed tells that there are too many.
	if int64(len(p))-1 > in.left {
		p = p[:in.left+1]
	}
	n, err := in.from.Read(p)
	if int64(n) > in.left {
		return 0, ErrTooLarge
	}
	in.sum.Write(p[:n])
	in.left -= int64(n)
	in.size += int64(n)
	in.end = errors.Is(err, io.EOF)
	return n, err
}

// verify holds what came in against the name it came under.
func (in *intake) verify(h Hash) error {
	if !in.end {
		return errors.New("the bytes were not read to their end")
	}
	if have := fmt.Sprintf("%x", in.sum.Sum(nil)); have != string(h) {
		return fmt.Errorf("%w: it is %s", ErrMismatch, have)
	}
	return nil
}

// full names the error of a disk that takes no more.
func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}
