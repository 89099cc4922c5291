package lrs

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"

	"lernspur/pace"
	"lernspur/statements"

	"go.uber.org/zap"
)

// attachedParts are the attachments that an answer has to bring along.
type attachedParts struct {
	list  []attachedPart
	count int // of the statements that they are those of
}

// attachedPart is one of them.
type attachedPart struct {
	hash, contentType string
	size              int64
}

// statements is how many statements an answer may have: fewer than there are
// when the attachments of all would be too many bytes.
func (p *attachedParts) statements() int {
	if p == nil {
		return math.MaxInt
	}
	return p.count
}

// attachedTo lists what is attached to statements, each hash once; nil when the
// request does not ask for it. Bytes belong to the tenant: an attachment that came
// with a fileUrl alone brings them along too when another statement has the same.
// It stops before the statement with which the
// attachments become too large for a page. An attachment of which there are no
// bytes is left out: it has only a fileUrl, or else something is lost, which is
// logged and must not take the statements away too.
func (a *API) attachedTo(ctx context.Context, x *exchange, req *statementsRequest, found []statements.Found) (*attachedParts, error) {
	if !req.attachments {
		return nil, nil
	}
	p := &attachedParts{}
	seen := make(map[string]bool)
	total := int64(0)
	for i, f := range found {
		list, err := statements.Attachments(f.Raw)
		if err != nil {
			return nil, err
		}
		before := len(p.list)
		for _, at := range list {
			if seen[at.SHA2] || a.opts.Blobs == nil {
				continue
			}
			seen[at.SHA2] = true
			size, err := a.opts.Blobs.Size(ctx, x.cred.Tenant, at.SHA2)
			if errors.Is(err, ErrNoBlob) {
				a.reportLost(x, f, at)
				continue
			}
			if err != nil {
				return nil, err
			}
			total += size
			p.list = append(p.list, attachedPart{at.SHA2, at.ContentType, size})
		}
		if total > a.opts.MaxAttachments && i > 0 {
			p.list = p.list[:before]
			break
		}
		p.count = i + 1
	}
	return p, nil
}

func (a *API) reportLost(x *exchange, f statements.Found, at statements.Attachment) {
	if at.FileURL == "" {
		a.opts.Logger.Error("the bytes of an attachment are not there",
			zap.String("request", x.id), zap.Stringer("statement", f.ID), zap.String("sha2", at.SHA2))
	}
}

// answer sends a JSON body of a known length, and behind it the attachments when
// they were asked for (xAPI 1.0.3 Part 3, 2.1.3): then the answer is
// multipart/mixed, also when there are none. write writes the JSON.
func (a *API) answer(ctx context.Context, x *exchange, r *http.Request, with *attachedParts, length int, write func(func([]byte))) error {
	if with == nil {
		return x.answer(r, length, write)
	}
	out := newPartWriter(a, x)
	total := int64(out.head("application/json", "", int64(length))) + int64(length)
	for _, p := range with.list {
		total += int64(out.head(p.contentType, p.hash, p.size)) + p.size
	}
	total += int64(len(out.tail()))
	h := x.Header()
	h.Set("Content-Type", "multipart/mixed; boundary="+out.boundary)
	h["Cache-Control"] = noStore
	h.Set("Content-Length", strconv.FormatInt(total, 10))
	x.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil
	}
	out.begun, out.sending = false, true
	out.head("application/json", "", int64(length))
	write(func(p []byte) { _, _ = out.Write(p) }) // a client that left is no error of ours
	for _, p := range with.list {
		out.head(p.contentType, p.hash, p.size)
		if err := a.sendBlob(ctx, x.cred.Tenant, p, out); err != nil {
			return err // the answer is cut
		}
	}
	_, _ = out.Write(out.tail())
	return nil
}

// sendBlob copies the bytes of an attachment.
func (a *API) sendBlob(ctx context.Context, tenant string, p attachedPart, out *partWriter) error {
	blob, size, err := a.opts.Blobs.Open(ctx, tenant, p.hash)
	if err != nil {
		return fmt.Errorf("the bytes of the attachment %s: %w", p.hash, err)
	}
	defer blob.Close()
	n, err := io.CopyBuffer(out, struct{ io.Reader }{blob}, make([]byte, 64<<10))
	if err == nil && (n != size || size != p.size) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return fmt.Errorf("the bytes of the attachment %s: %w", p.hash, err)
	}
	return nil
}

// partWriter writes the parts of an answer, at a pace.
type partWriter struct {
	x        *exchange
	pace     *pace.Pace
	boundary string
	begun    bool // a part was begun
	sending  bool // otherwise lengths are computed only
}

// newPartWriter chooses a boundary: hexadecimal digits, so many at random that
// it stands in nobody's bytes.
func newPartWriter(a *API, x *exchange) *partWriter {
	var random [24]byte
	rand.Read(random[:]) // never fails
	return &partWriter{x: x, pace: a.pace(x), boundary: hex.EncodeToString(random[:])}
}

// head writes a boundary and the headers of a part, and answers how long that
// is.
func (w *partWriter) head(contentType, hash string, size int64) int {
	text := "--" + w.boundary + "\r\nContent-Type: " + contentType + "\r\n"
	if w.begun {
		text = "\r\n" + text
	}
	w.begun = true
	if hash != "" {
		text += "Content-Transfer-Encoding: binary\r\nX-Experience-API-Hash: " + hash + "\r\n"
	}
	text += "Content-Length: " + strconv.FormatInt(size, 10) + "\r\n\r\n"
	if w.sending {
		_, _ = w.Write([]byte(text))
	}
	return len(text)
}

// tail closes the last part.
func (w *partWriter) tail() []byte { return []byte("\r\n--" + w.boundary + "--\r\n") }

// Write implements io.Writer.
func (w *partWriter) Write(p []byte) (int, error) {
	n, err := w.x.Write(p)
	w.pace.Move(n)
	return n, err
}
