package records

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"go.uber.org/zap"
)

// problemBody is a problem document (RFC 9457) of the type about:blank: the
// status says what kind of problem it is.
type problemBody struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`

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
	var busy *Busy
	var refused *Refused
	p := &problemBody{Status: http.StatusInternalServerError, Detail: "internal error"}
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &refused):
		p = &problemBody{Status: refused.Status, Detail: refused.Reason, retryAfter: refused.RetryAfter}
	case errors.As(err, &busy):
		p = &problemBody{Status: http.StatusServiceUnavailable, Detail: busy.Reason, retryAfter: busy.RetryAfter}
	case errors.Is(err, context.Canceled):
		p = &problemBody{Status: statusGone, Detail: "the client went away"}
	case errors.Is(err, context.DeadlineExceeded):
		p = &problemBody{Status: http.StatusServiceUnavailable, Detail: "this could not be answered in time; try again"}
	}
	p.Title = http.StatusText(p.Status)
	return p
}

// fail answers with a problem document.
func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := toProblem(err)
	w.Header().Set("Cache-Control", "no-store")
	switch p.Status {
	case http.StatusInternalServerError:
		a.opts.Logger.Error("a request on statements failed", zap.String("path", r.URL.Path), zap.Error(err))
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		w.Header().Set("Retry-After", strconv.Itoa(max(1, int((p.retryAfter+time.Second-1)/time.Second))))
		a.opts.Logger.Warn("a request on statements was not answered now", zap.String("path", r.URL.Path), zap.Error(err))
	case statusGone:
		w.WriteHeader(p.Status)
		return
	}
	_ = respond(w, r, p.Status, "application/problem+json", p) // it is always JSON
}

// respond sends a body as JSON.
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
