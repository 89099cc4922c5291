package lrs

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"

	"github.com/klauspost/compress/gzip"

	"lernspur/pace"
)

const (
	// maxPartHeader bounds what stands between two parts: the headers of one, or
	// the text before the first.
	maxPartHeader = 64 << 10
	// maxBoundary is the length of the longest boundary (RFC 2046, 5.1.1).
	maxBoundary = 70
)

// isMultipart tells whether a request comes in parts of any kind.
func isMultipart(h http.Header) bool {
	const prefix = "multipart/"
	value := h.Get("Content-Type")
	return len(value) >= len(prefix) && strings.EqualFold(value[:len(prefix)], prefix)
}

// boundaryOf reads the Content-Type of a request in parts.
func boundaryOf(h http.Header) (string, error) {
	value := h.Get("Content-Type")
	media, params, err := mime.ParseMediaType(value)
	if err != nil || media != "multipart/mixed" {
		return "", badRequest("the Content-Type has to be application/json, or multipart/mixed with attachments, not %q", value)
	}
	boundary := params["boundary"]
	if boundary == "" || len(boundary) > maxBoundary {
		return "", badRequest("the Content-Type multipart/mixed needs a boundary of 1 to %d characters", maxBoundary)
	}
	return boundary, nil
}

// parts reads the parts of a request, one after the other, within the limits.
type parts struct {
	reader *multipart.Reader
	gap    *gapReader
	unzip  *gzip.Reader // nil when the body is not compressed
}

// openParts begins to read a request in parts. The caller closes it.
func (a *API) openParts(x *exchange, r *http.Request) (*parts, error) {
	boundary, err := boundaryOf(r.Header)
	if err != nil {
		return nil, err
	}
	zipped, err := checkEncoding(r.Header)
	if err != nil {
		return nil, err
	}
	var from io.Reader = &pace.Reader{From: &countingReader{from: r.Body, n: &x.received}, Pace: a.pace(x)}
	p := &parts{}
	if zipped {
		if p.unzip, err = newUnzipper(from); err != nil {
			return nil, bodyError(err)
		}
		from = &inflatedReader{api: a, from: p.unzip, received: &x.received}
	}
	p.gap = &gapReader{from: from}
	p.reader = multipart.NewReader(p.gap, boundary)
	return p, nil
}

func (p *parts) close() {
	if p.unzip != nil {
		unzipPool.Put(p.unzip)
	}
}

// errLastPart is the boundary that closes the request. It is not io.EOF, which an
// end that came too early wraps.
var errLastPart = errors.New("there is no further part")

// next is the next part; the one before has to be read to its end. errLastPart is
// the end of the request.
func (p *parts) next() (*multipart.Part, error) {
	p.gap.bounded, p.gap.left = true, maxPartHeader
	part, err := p.reader.NextRawPart()
	p.gap.bounded = false
	switch {
	case err == nil:
		return part, nil
	case err == io.EOF: //nolint:errorlint // wrapped it is the end of the body within a part
		return nil, errLastPart
	}
	var known *failure
	var protocol textproto.ProtocolError
	switch {
	case errors.As(err, &known):
		return nil, known
	case errors.As(err, &protocol), errors.Is(err, multipart.ErrMessageTooLarge):
		return nil, &failure{status: http.StatusBadRequest, message: "the headers of a part cannot be read", inner: err, hangUp: true}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, &failure{status: http.StatusBadRequest, message: "the body ended early: no boundary closes it", inner: err, hangUp: true}
	}
	return nil, bodyError(err)
}

// gapReader bounds what is read between two parts.
type gapReader struct {
	from    io.Reader
	bounded bool
	left    int
}

func (g *gapReader) Read(p []byte) (int, error) {
	if !g.bounded {
		return g.from.Read(p)
	}
	if g.left <= 0 {
		return 0, &failure{
			status:  http.StatusBadRequest,
			message: "between two parts, or before the first, stands more than " + byteCount(maxPartHeader), hangUp: true,
		}
	}
	n, err := g.from.Read(p[:min(len(p), g.left)])
	g.left -= n
	return n, err
}

// inflatedReader stops at a body that is compressed beyond all measure.
type inflatedReader struct {
	api      *API
	from     io.Reader
	received *int64
	size     int64
}

func (i *inflatedReader) Read(p []byte) (int, error) {
	n, err := i.from.Read(p)
	if i.size += int64(n); i.api.inflated(i.size, *i.received) {
		return 0, errInflated
	}
	return n, err
}

// readStatementPart reads the first part, which is the JSON of the statements.
func (a *API) readStatementPart(ctx context.Context, p *parts) (*body, error) {
	part, err := p.next()
	if errors.Is(err, errLastPart) {
		return nil, badRequest("the body has no part")
	}
	if err != nil {
		return nil, err
	}
	if err := checkJSON(http.Header(part.Header)); err != nil {
		return nil, badRequest("the first part holds the statements: %s", err.Error())
	}
	if encoding := part.Header.Get("Content-Transfer-Encoding"); !plainEncoding(encoding) {
		return nil, badRequest("the first part has the Content-Transfer-Encoding %q; it can only be binary", encoding)
	}
	b := bufferPool.Get().(*body)
	if err := a.pour(b, part, func(int64) error { return ctx.Err() }); err != nil {
		a.release(b)
		return nil, err
	}
	return b, nil
}

// plainEncoding tells whether JSON under this encoding is as it is.
func plainEncoding(encoding string) bool {
	switch strings.ToLower(encoding) {
	case "", "binary", "8bit", "7bit":
		return true
	}
	return false
}

// pace lets a request with attachments take longer than others as long as it
// moves on.
func (a *API) pace(x *exchange) *pace.Pace {
	return pace.New(x.ResponseWriter, a.opts.Patience, a.opts.LeastRate)
}
