package lrs

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"

	"lernspur/documents"
	"lernspur/statements"

	"github.com/google/uuid"
)

// change makes the next version of a document out of the current one, nil for
// none; nil for no change.
type change = func(current *documents.Document) (next *documents.Document, err error)

// putDocument stores a document in the place of what is there.
func (a *API) putDocument(x *exchange, r *http.Request, target *documentTarget) error {
	p := readPreconditions(r.Header)
	next, release, err := a.readDocument(x, r)
	if err != nil {
		return err
	}
	defer release()
	if err := x.writing(r.Context(), target.Key, next); err != nil {
		return err
	}
	return a.changeDocument(x, r, target, func(current *documents.Document) (*documents.Document, error) {
		if err := p.allow(current); err != nil {
			return nil, err
		}
		return next, unconditional(target.Kind, x.edition, p, current)
	})
}

// unconditional is what becomes of a PUT without If-Match and If-None-Match
// (xAPI 1.0.3 Part 3, 3.1): State takes it under 1.0, where no client sends
// them; 2.0 takes it for what is new.
func unconditional(kind documents.Kind, ed statements.Edition, p preconditions, current *documents.Document) error {
	v1 := ed == statements.V1
	switch {
	case !p.none(), v1 && kind == documents.State:
		return nil
	case current != nil:
		return &failure{status: http.StatusConflict, message: "there is such a document already, and the request does not say which version of it is meant: " +
			"check its current state with GET, and set If-Match to the ETag of that answer; nothing was changed"}
	case v1:
		return badRequest("a PUT of a profile needs the header If-Match, or If-None-Match: * for one that is new")
	}
	return nil
}

// postDocument merges a JSON object with what is there (xAPI 1.0.3 Part 3, 2.2,
// "JSON Procedure").
func (a *API) postDocument(x *exchange, r *http.Request, target *documentTarget) error {
	p := readPreconditions(r.Header)
	posted, release, err := a.readDocument(x, r)
	if err != nil {
		return err
	}
	defer release()
	if err := x.writing(r.Context(), target.Key, posted); err != nil {
		return err
	}
	if !documents.IsJSON(posted.ContentType) {
		return badRequest("a document that is posted has the Content-Type application/json, not %q; PUT takes any", posted.ContentType)
	}
	if err := documents.CheckObject(posted.Content); err != nil {
		return badRequest("the body cannot be merged: %s", err)
	}
	return a.changeDocument(x, r, target, func(current *documents.Document) (*documents.Document, error) {
		if err := p.allow(current); err != nil || current == nil {
			return posted, err
		}
		if !documents.IsJSON(current.ContentType) {
			return nil, badRequest("the stored document has the Content-Type %q, so nothing can be merged with it; PUT replaces it", current.ContentType)
		}
		merged, err := documents.Merge(current.Content, posted.Content)
		if err != nil {
			return nil, badRequest("%s; nothing was changed", err)
		}
		if int64(len(merged)) > a.opts.MaxDocument {
			return nil, a.documentTooLarge(false)
		}
		return &documents.Document{ContentType: posted.ContentType, Content: merged}, nil
	})
}

// deleteDocument deletes one document, or those of a State's context. What is
// not there is deleted already.
func (a *API) deleteDocument(x *exchange, r *http.Request, target *documentTarget) error {
	p := readPreconditions(r.Header)
	if err := x.writing(r.Context(), target.Key, nil); err != nil {
		return err
	}
	if !target.many {
		return a.changeDocument(x, r, target, func(current *documents.Document) (*documents.Document, error) {
			if err := p.allow(current); err != nil || current == nil {
				return nil, err
			}
			return &documents.Document{Deleted: true}, nil
		})
	}
	if !p.none() {
		return badRequest("If-Match and If-None-Match are about one document; the parameter stateId names it")
	}
	ctx, cancel := context.WithTimeout(r.Context(), a.opts.CommitWait)
	defer cancel()
	err := a.opts.Documents.DeleteAll(ctx, target.Shelf, func(key documents.Key) bool {
		return target.Registration == uuid.Nil || key.Registration == target.Registration
	})
	if err != nil {
		return uncertain(err, x.id)
	}
	x.WriteHeader(http.StatusNoContent)
	return nil
}

// changeDocument makes a change and answers 204.
func (a *API) changeDocument(x *exchange, r *http.Request, target *documentTarget, change change) error {
	ctx, cancel := context.WithTimeout(r.Context(), a.opts.CommitWait)
	defer cancel()
	d, err := a.opts.Documents.Change(ctx, target.Key, change)
	if err != nil {
		return uncertain(err, x.id)
	}
	if d != nil && !d.Deleted {
		x.Header()["ETag"] = []string{`"` + d.ETag() + `"`}
	}
	x.WriteHeader(http.StatusNoContent)
	return nil
}

// uncertain says what is to be done when a change has no verdict.
func uncertain(err error, requestID string) error {
	if errors.Is(err, ErrUncertain) || errors.Is(err, context.DeadlineExceeded) {
		return &failure{
			status:  http.StatusServiceUnavailable,
			message: "no verdict in time; whether the change was made shows when the document is read again (request " + requestID + ")",
			inner:   err,
		}
	}
	return err
}

// maxContentType is the length of a Content-Type in bytes.
const maxContentType = 1 << 10

// readDocument reads a body of any type, which the caller releases when it is
// durable.
func (a *API) readDocument(x *exchange, r *http.Request) (d *documents.Document, release func(), err error) {
	d = &documents.Document{ContentType: "application/octet-stream"} // RFC 9110, 8.3, for one that is not said
	if types := r.Header.Values("Content-Type"); len(types) > 1 {
		return nil, nil, badRequest("the header Content-Type was sent more than once")
	} else if len(types) == 1 && types[0] != "" {
		d.ContentType = types[0]
	}
	if len(d.ContentType) > maxContentType || strings.ContainsFunc(d.ContentType, func(c rune) bool { return c < ' ' || c == 0x7f }) {
		return nil, nil, badRequest("the Content-Type is longer than %s, or has control characters", byteCount(maxContentType))
	}
	zipped, err := checkEncoding(r.Header)
	if err != nil {
		return nil, nil, err
	}
	if r.ContentLength > a.opts.MaxDocument {
		return nil, nil, a.documentTooLarge(true)
	}
	r.Body = http.MaxBytesReader(x.ResponseWriter, r.Body, a.opts.MaxDocument)
	b := bufferPool.Get().(*body)
	if err := a.fill(r.Context(), b, x, r, zipped); err != nil {
		a.release(b)
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			err = a.documentTooLarge(true)
		}
		return nil, nil, err
	}
	if int64(len(b.data)) > a.opts.MaxDocument {
		a.release(b)
		return nil, nil, a.documentTooLarge(false)
	}
	d.Content = b.data
	if cap(b.data) <= keptBuffer || cap(b.data)-len(b.data) > len(b.data)/4 {
		d.Content = bytes.Clone(b.data) // the buffer is used again, or mostly empty
	}
	return d, func() { a.release(b) }, nil
}

// documentTooLarge is a 413. unread tells that the rest of the body is not read.
func (a *API) documentTooLarge(unread bool) error {
	return &failure{
		status:  http.StatusRequestEntityTooLarge,
		message: "a document may have at most " + byteCount(a.opts.MaxDocument) + "; nothing was changed",
		hangUp:  unread,
	}
}
