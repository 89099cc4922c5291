package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"go.uber.org/zap"

	"lernspur/catalog"
	"lernspur/content/archive"
	"lernspur/content/manifest"
)

// problemBody is a problem document (RFC 9457) of the type about:blank: the
// status says what kind of problem it is. Findings are there for a package that
// is refused, Field for a value that cannot be.
type problemBody struct {
	Title    string             `json:"title"`
	Status   int                `json:"status"`
	Detail   string             `json:"detail,omitempty"`
	Field    string             `json:"field,omitempty"`
	Findings []manifest.Finding `json:"findings,omitempty"`

	retryAfter time.Duration
}

func (p *problemBody) Error() string { return p.Detail }

// problem is an answer that is not a success.
func problem(status int, format string, args ...any) error {
	return &problemBody{Title: http.StatusText(status), Status: status, Detail: fmt.Sprintf(format, args...)}
}

func badRequest(format string, args ...any) error {
	return problem(http.StatusBadRequest, format, args...)
}

// statusGone is for the log: the client has left, nobody receives it.
const statusGone = 499

// toProblem is the one place where errors become status codes. What it does
// not know is internal: its text stays in the log.
func toProblem(err error) *problemBody {
	var known *problemBody
	var unknown *Refused
	var refused *catalog.Refused
	var invalid *catalog.Invalid
	var conflict *catalog.Conflict
	var busy *catalog.Busy
	var tooLarge *http.MaxBytesError
	p := &problemBody{Status: http.StatusInternalServerError, Detail: "internal error"}
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &unknown):
		p = &problemBody{Status: unknown.Status, Detail: unknown.Reason, retryAfter: unknown.RetryAfter}
	case errors.As(err, &refused):
		p = &problemBody{Status: http.StatusUnprocessableEntity, Detail: refused.Error(), Findings: refused.Findings}
		if slices.ContainsFunc(refused.Findings, func(f manifest.Finding) bool { return f.Rule == string(archive.TooLarge) }) {
			p.Status = http.StatusRequestEntityTooLarge
		}
	case errors.As(err, &invalid):
		p = &problemBody{Status: http.StatusBadRequest, Detail: invalid.Error(), Field: invalid.Field}
	case errors.As(err, &conflict):
		p = &problemBody{Status: http.StatusConflict, Detail: conflict.Message}
	case errors.Is(err, catalog.ErrClosed):
		p = &problemBody{Status: http.StatusConflict, Detail: catalog.ErrClosed.Error()}
	case errors.Is(err, catalog.ErrNotFound):
		p = &problemBody{Status: http.StatusNotFound, Detail: catalog.ErrNotFound.Error()}
	case errors.As(err, &busy):
		p = &problemBody{Status: http.StatusServiceUnavailable, Detail: busy.Reason, retryAfter: busy.RetryAfter}
	case errors.As(err, &tooLarge):
		p = &problemBody{Status: http.StatusRequestEntityTooLarge, Detail: fmt.Sprintf("the body is larger than %d bytes", tooLarge.Limit)}
	case errors.Is(err, context.Canceled):
		p = &problemBody{Status: statusGone, Detail: "the client went away"}
	case errors.Is(err, context.DeadlineExceeded):
		p = &problemBody{Status: http.StatusServiceUnavailable, Detail: "this could not be done in time; try again"}
	}
	p.Title = http.StatusText(p.Status)
	return p
}

// fail answers with a problem document.
func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := toProblem(err)
	switch p.Status {
	case http.StatusInternalServerError:
		a.opts.Logger.Error("a request on the catalogue failed", zap.String("path", r.URL.Path), zap.Error(err))
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		w.Header().Set("Retry-After", strconv.Itoa(max(1, int((p.retryAfter+time.Second-1)/time.Second))))
		a.opts.Logger.Warn("a request on the catalogue was not answered now", zap.String("path", r.URL.Path), zap.Error(err))
	case statusGone:
		w.WriteHeader(p.Status)
		return
	}
	_ = respond(w, r, p.Status, "application/problem+json", p) // it is always JSON
}

// answer sends a success as JSON.
func answer(w http.ResponseWriter, r *http.Request, status int, body any) error {
	return respond(w, r, status, "application/json", body)
}

func respond(w http.ResponseWriter, r *http.Request, status int, contentType string, body any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(b)+1))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(append(b, '\n')) // a client that left is no error of ours
	}
	return nil
}
