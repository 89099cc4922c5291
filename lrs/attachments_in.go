package lrs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"lernspur/pace"
	"lernspur/statements"
)

// place is one attachment of one statement of a request.
type place struct {
	statement int
	statements.Attachment
}

// violation is a rule that an attachment breaks.
func (p place) violation(rule, message string) statements.Violation {
	return statements.Violation{Statement: p.statement, Pointer: p.Pointer, Rule: rule, Message: message}
}

// places lists the attachments of statements by the hash that names them.
func places(sts []*statements.Statement) (byHash map[string][]place, hashes []string) {
	byHash = make(map[string][]place)
	for i, st := range sts {
		for _, at := range st.Attachments {
			if byHash[at.SHA2] == nil {
				hashes = append(hashes, at.SHA2)
			}
			byHash[at.SHA2] = append(byHash[at.SHA2], place{i, at})
		}
	}
	return byHash, hashes
}

// missingParts are the attachments that came with neither a part nor a fileUrl.
// That the same bytes may be kept from an earlier request does not count: the
// request has to bring them (xAPI 1.0.3 Part 3, 1.5.2: "neither contain a
// fileUrl nor match a received Attachment part").
func missingParts(sts []*statements.Statement, received map[string]bool) []statements.Violation {
	var found []statements.Violation
	for i, st := range sts {
		for _, at := range st.Attachments {
			if at.FileURL == "" && !received[at.SHA2] {
				found = append(found, place{i, at}.violation(rulePartMissing, "this attachment came with neither a part of a multipart/mixed request nor a fileUrl"))
			}
		}
	}
	return found
}

// refuse makes the answer to violations, if there are any.
func (a *API) refuse(violations []statements.Violation) error {
	if len(violations) == 0 {
		return nil
	}
	violations = violations[:min(len(violations), maxViolations)]
	a.metrics.reject(violations)
	return &statements.Invalid{Violations: violations}
}

// delivery is one request with attachments on its way in.
type delivery struct {
	api    *API
	x      *exchange
	tenant string
	parts  *parts

	sts      []*statements.Statement
	places   map[string][]place
	received map[string]bool
	copies   map[string]int // of a part under one hash
	left     int64          // bytes that the attachments may still have
}

// receiveParts reads a request in parts (xAPI 1.0.3 Part 3, 1.5.2; 2.0, 4.1.3):
// the statements first, which are judged before anything else is read, then each
// attachment straight into the blobs. When it returns nil all of them are
// durable, and stay until done is called.
func (a *API) receiveParts(ctx context.Context, x *exchange, r *http.Request, opts statements.Options, one bool) (sts []*statements.Statement, done func(), err error) {
	if a.opts.Blobs == nil {
		return nil, nil, badRequest("nothing can be attached to statements here")
	}
	p, err := a.openParts(x, r)
	if err != nil {
		return nil, nil, err
	}
	defer p.close()
	b, err := a.readStatementPart(ctx, p)
	if err == nil {
		sts, err = a.parseBody(x, b, opts, one)
	}
	if err == nil { // commit asks again; what is not permitted need not be sent
		err = a.permit(ctx, x.cred, sts)
	}
	if err != nil {
		return nil, nil, hangUp(err)
	}
	d := &delivery{api: a, x: x, tenant: x.cred.Tenant, parts: p, sts: sts, left: a.opts.MaxAttachments,
		received: make(map[string]bool), copies: make(map[string]int)}
	var hashes []string
	d.places, hashes = places(sts)
	release, err := a.opts.Blobs.Hold(ctx, d.tenant, hashes)
	if err != nil {
		return nil, nil, hangUp(err)
	}
	if err := d.run(ctx, opts); err != nil {
		release()
		return nil, nil, hangUp(err)
	}
	// The body is read; the deadlines are those of the answer now.
	a.pace(x).Until(time.Now().Add(a.opts.CommitWait + pace.AnswerTime))
	return sts, release, nil
}

// hangUp ends the connection behind an answer: the rest of the body is not read.
func hangUp(err error) error {
	f := *toFailure(err, "")
	if f.status == http.StatusInternalServerError || f.status == statusGone {
		return err // its text comes with the request's id
	}
	f.hangUp = true
	if f.inner == nil {
		f.inner = err
	}
	return &f
}

// run takes all parts behind the first one.
func (d *delivery) run(ctx context.Context, opts statements.Options) error {
	for n := 2; ; n++ {
		part, err := d.parts.next()
		if errors.Is(err, errLastPart) {
			break
		}
		if err != nil {
			return err
		}
		if err := d.take(ctx, n, http.Header(part.Header), part); err != nil {
			return err
		}
	}
	if err := d.api.refuse(missingParts(d.sts, d.received)); err != nil {
		return err
	}
	return d.checkSignatures(ctx, opts)
}

// take keeps the bytes of the n-th part.
func (d *delivery) take(ctx context.Context, n int, h http.Header, from io.Reader) error {
	hash, at, err := d.match(n, h)
	if err != nil {
		return err
	}
	length, err := d.checkHeaders(n, h, at)
	if err != nil {
		return err
	}
	limit := min(d.api.opts.MaxAttachment, d.left)
	size, err := d.api.opts.Blobs.Put(ctx, d.tenant, hash, from, limit)
	switch {
	case errors.Is(err, ErrBlobMismatch):
		return d.refuseAll(at, ruleHashMismatch, "the bytes that came under this hash have another one")
	case errors.Is(err, ErrBlobTooLarge) && limit < d.api.opts.MaxAttachment:
		return tooLarge("the attachments of this request are larger than %s together", d.api.opts.MaxAttachments)
	case errors.Is(err, ErrBlobTooLarge):
		return tooLarge("an attachment is larger than %s", limit)
	case err != nil:
		return putError(err)
	case length >= 0 && length != size:
		return badRequest("part %d has the Content-Length %d and %d bytes", n, length, size)
	}
	d.left -= size
	d.received[hash] = true
	d.api.metrics.attached(size)
	return nil
}

// putError tells the client's errors from ours.
func putError(err error) error {
	var known *failure
	var busy *Busy
	if errors.As(err, &known) || errors.As(err, &busy) {
		return err
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || isReadError(err) {
		return bodyError(err)
	}
	return err
}

func tooLarge(format string, limit int64) error {
	return &failure{status: http.StatusRequestEntityTooLarge, message: fmt.Sprintf(format, byteCount(limit)), hangUp: true}
}

// match finds the attachments that a part is for.
func (d *delivery) match(n int, h http.Header) (hash string, at []place, err error) {
	values := h[headerHash]
	if len(values) != 1 {
		return "", nil, badRequest("part %d needs one header X-Experience-API-Hash", n)
	}
	hash = strings.ToLower(strings.TrimSpace(values[0]))
	if at = d.places[hash]; len(at) == 0 {
		return "", nil, badRequest("part %d has the X-Experience-API-Hash %.140q, which is the sha2 of no attachment of these statements", n, values[0])
	}
	// One copy is enough; a sender that sends one for each attachment is right
	// as well, and more than that is a mistake.
	if d.copies[hash]++; d.copies[hash] > len(at) {
		return "", nil, badRequest("part %d comes under the same X-Experience-API-Hash more often than there are attachments", n)
	}
	return hash, at, nil
}

// checkHeaders holds a part's headers against the attachments that it is for:
// what both say has to be the same ("parameters and properties MUST match"), for
// one of them at least when several have these bytes. The length that a
// statement tells is held against the part's Content-Length only, not against
// the bytes: the official suite sends a statement whose length is not that of
// its bytes and expects that it is stored. It answers the Content-Length, -1
// when there is none.
func (d *delivery) checkHeaders(n int, h http.Header, at []place) (length int64, err error) {
	if encoding := h.Get("Content-Transfer-Encoding"); encoding != "" && !strings.EqualFold(encoding, "binary") {
		return 0, badRequest("part %d has the Content-Transfer-Encoding %.40q; it can only be binary", n, encoding)
	}
	length = -1
	if value := h.Get("Content-Length"); value != "" {
		if length, err = strconv.ParseInt(value, 10, 64); err != nil || length < 0 {
			return 0, badRequest("part %d has the Content-Length %.40q", n, value)
		}
	}
	media := h.Get("Content-Type")
	typed := false
	for _, p := range at {
		sameType := media == "" || sameMediaType(media, p.ContentType)
		typed = typed || sameType
		if sameType && (length < 0 || length == p.Length) {
			return length, nil
		}
	}
	if !typed {
		return 0, d.refuseAll(at, ruleTypeMismatch, fmt.Sprintf("the part of this attachment has the Content-Type %.100q, not its contentType", media))
	}
	return 0, d.refuseAll(at, ruleLengthMismatch, fmt.Sprintf("the part of this attachment has the Content-Length %d, not its length", length))
}

// refuseAll refuses every attachment that a part is for.
func (d *delivery) refuseAll(at []place, rule, message string) error {
	violations := make([]statements.Violation, 0, len(at))
	for _, p := range at {
		violations = append(violations, p.violation(rule, message))
	}
	return d.api.refuse(violations)
}
