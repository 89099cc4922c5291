package lrs

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
)

const (
	// smallBody is the size up to which a body is not counted against
	// Options.MaxInFlight, and the least size of a buffer.
	smallBody = 64 << 10
	// keptBuffer is the size above which a buffer is not kept for the next
	// request.
	keptBuffer = 256 << 10
	// freeInflation is how much decompression may yield before its ratio
	// counts.
	freeInflation = 1 << 20
	// bodyPatience is how long a large body waits for room.
	bodyPatience = 2 * time.Second
)

var bufferPool = sync.Pool{New: func() any { return &body{data: make([]byte, 0, 8<<10)} }}

// body is the body of one request in a buffer that is used again after
// release: nothing may point into it then.
type body struct {
	data     []byte
	reserved int64 // bytes held of API.bodies
}

func (a *API) release(b *body) {
	if b.reserved > 0 {
		a.bodies.Release(b.reserved)
		b.reserved = 0
	}
	if cap(b.data) <= keptBuffer {
		b.data = b.data[:0]
		bufferPool.Put(b)
	}
}

// readBody reads and, if need be, decompresses a JSON body within the limits.
// The caller releases it.
func (a *API) readBody(ctx context.Context, x *exchange, r *http.Request) (*body, error) {
	if err := checkJSON(r.Header); err != nil {
		return nil, err
	}
	zipped, err := checkEncoding(r.Header)
	if err != nil {
		return nil, err
	}
	if r.ContentLength > a.opts.MaxBody {
		return nil, a.bodyTooLarge()
	}
	b := bufferPool.Get().(*body)
	if err := a.fill(ctx, b, x, r, zipped); err != nil {
		a.release(b)
		return nil, err
	}
	return b, nil
}

func (a *API) bodyTooLarge() error {
	return &failure{
		status:  http.StatusRequestEntityTooLarge,
		message: "the body is larger than " + byteCount(a.opts.MaxBody) + "; send the statements in smaller parts",
		hangUp:  true, // the rest of it is not read
	}
}

// fill reads the whole body into b.
func (a *API) fill(ctx context.Context, b *body, x *exchange, r *http.Request, zipped bool) error {
	counted := &countingReader{from: r.Body, n: &x.received}
	var from io.Reader = counted
	expect := r.ContentLength
	if zipped {
		unzip, err := newUnzipper(counted)
		if err != nil {
			return bodyError(err)
		}
		defer unzipPool.Put(unzip)
		from, expect = unzip, -1
	}
	if expect > smallBody {
		patience, cancel := context.WithTimeout(ctx, bodyPatience)
		defer cancel()
		if err := a.bodies.Acquire(patience, expect); err != nil {
			return errNoRoom
		}
		b.reserved = expect
	}
	// One byte more than expected, so that the end is seen without growing.
	if need := int(min(max(expect, 0), a.opts.MaxBody)) + 1; cap(b.data) < need {
		b.data = make([]byte, 0, need)
	}
	return a.pour(b, from, func(size int64) error {
		if zipped && a.inflated(size, x.received) {
			return errInflated
		}
		return nil
	})
}

// pour reads from a reader to its end into b; judge is asked about every size
// that is reached.
func (a *API) pour(b *body, from io.Reader, judge func(size int64) error) error {
	for {
		if len(b.data) == cap(b.data) {
			if err := a.grow(b); err != nil {
				return err
			}
		}
		n, err := from.Read(b.data[len(b.data):cap(b.data)])
		b.data = b.data[:len(b.data)+n]
		size := int64(len(b.data))
		if size > a.opts.MaxBody {
			return a.bodyTooLarge()
		}
		if err := judge(size); err != nil {
			return err
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return bodyError(err)
		}
	}
}

// inflated tells whether what was unpacked is out of proportion to what came.
func (a *API) inflated(size, received int64) bool {
	return size > freeInflation && size > a.opts.MaxRatio*received
}

var errInflated = &failure{status: http.StatusRequestEntityTooLarge, message: "the body is compressed beyond all measure", hangUp: true}

var errNoRoom = &Busy{Reason: "too many large bodies at one time"}

// grow doubles the buffer of a body whose size was not known.
func (a *API) grow(b *body) error {
	size := int64(min(max(2*cap(b.data), smallBody), int(a.opts.MaxBody)+1))
	if more := size - b.reserved; size > smallBody && more > 0 {
		if !a.bodies.TryAcquire(min(more, a.opts.MaxBody-b.reserved)) {
			return errNoRoom
		}
		b.reserved += min(more, a.opts.MaxBody-b.reserved)
	}
	data := make([]byte, len(b.data), size)
	copy(data, b.data)
	b.data = data
	return nil
}

// bodyError tells what a body that cannot be read means: it is the client's
// matter in every case.
func bodyError(err error) error {
	var known *failure
	if errors.As(err, &known) {
		return known
	}
	f := &failure{status: http.StatusBadRequest, message: "the body ended early", inner: err, hangUp: true}
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		f.message = "the body came too slowly"
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), isCorrupt(err):
		f.message = "the body is not valid gzip"
	}
	return f
}

// checkJSON accepts application/json in UTF-8 and nothing else.
func checkJSON(h http.Header) error {
	value := h.Get("Content-Type")
	if value == "application/json" { // what almost everybody sends
		return nil
	}
	media, params, err := mime.ParseMediaType(value)
	if err != nil || media != "application/json" {
		return badRequest("the Content-Type has to be application/json, or multipart/mixed with attachments, not %q", value)
	}
	for name, v := range params {
		if name != "charset" || !strings.EqualFold(v, "utf-8") {
			return badRequest("JSON is UTF-8 and has no other parameter: Content-Type %q", value)
		}
	}
	return nil
}

// checkEncoding tells whether the body is compressed.
func checkEncoding(h http.Header) (zipped bool, err error) {
	values := h["Content-Encoding"]
	if len(values) == 0 {
		return false, nil
	}
	if len(values) == 1 {
		switch strings.ToLower(values[0]) {
		case "", "identity":
			return false, nil
		case "gzip", "x-gzip":
			return true, nil
		}
	}
	return false, badRequest("the Content-Encoding can be gzip or identity")
}

// countingReader counts what it hands on.
type countingReader struct {
	from io.Reader
	n    *int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	*c.n += int64(n)
	return n, err
}
