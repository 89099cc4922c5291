package apiv1

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

// Problem is a problem document (RFC 9457) of the type about:blank: the status
// says what kind of problem it is.
type Problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	// Field names the value that cannot be.
	Field string `json:"field,omitempty"`
	// SwitchedOff names the switch because of which this is not told.
	SwitchedOff string `json:"switched_off,omitempty"`
	// Findings are what is wrong with a file, one by one.
	Findings any `json:"findings,omitempty"`

	// RetryAfter is when the same request may succeed, with 429 and 503; a second
	// at least.
	RetryAfter time.Duration `json:"-"`
}

func (p *Problem) Error() string { return p.Detail }

// Problemf is an answer that is not a success.
func Problemf(status int, format string, args ...any) *Problem {
	return &Problem{Title: http.StatusText(status), Status: status, Detail: fmt.Sprintf(format, args...)}
}

// BadRequest is a 400 that says what is wrong with the request.
func BadRequest(format string, args ...any) *Problem {
	return Problemf(http.StatusBadRequest, format, args...)
}

// Busy is a 503.
func Busy(after time.Duration, reason string) *Problem {
	p := Problemf(http.StatusServiceUnavailable, "%s", reason)
	p.RetryAfter = after
	return p
}

// statusGone is for the log: the client has left, nobody receives it.
const statusGone = 499

// ToProblem turns errors that any resource can have into problems; late is what
// is said when time ran out. What it does not know is internal: its text stays in the
// log.
func ToProblem(err error, late string) *Problem {
	var known *Problem
	var refused *Refused
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &refused):
		p := Problemf(refused.Status, "%s", refused.Reason)
		p.RetryAfter = refused.RetryAfter
		return p
	case errors.As(err, &tooLarge):
		return Problemf(http.StatusRequestEntityTooLarge, "the body is larger than %d bytes", tooLarge.Limit)
	case errors.Is(err, context.Canceled):
		return Problemf(statusGone, "the client went away")
	case errors.Is(err, context.DeadlineExceeded):
		return Problemf(http.StatusServiceUnavailable, "%s", late)
	}
	return Problemf(http.StatusInternalServerError, "internal error")
}

// Fail answers with the problem that err was turned into. subject says in the log
// what the request was about.
func Fail(w http.ResponseWriter, r *http.Request, p *Problem, err error, logger *zap.Logger, subject string) {
	w.Header().Set("Cache-Control", "no-store")
	fields := []zap.Field{zap.String("path", r.URL.Path), zap.Error(err)}
	switch p.Status {
	case http.StatusInternalServerError:
		logger.Error("a request on "+subject+" failed", fields...)
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		w.Header().Set("Retry-After", strconv.Itoa(max(1, int((p.RetryAfter+time.Second-1)/time.Second))))
		logger.Warn("a request on "+subject+" was not answered now", fields...)
	case statusGone:
		w.WriteHeader(p.Status)
		return
	}
	_ = respond(w, r, p.Status, "application/problem+json", p) // it is always JSON
}

// Respond sends a success as JSON.
func Respond(w http.ResponseWriter, r *http.Request, status int, body any) error {
	return respond(w, r, status, "application/json", body)
}

func respond(w http.ResponseWriter, r *http.Request, status int, contentType string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	Write(w, r, status, contentType, text)
	return nil
}

// Write sends JSON that was made already, to the byte, and a line's end.
func Write(w http.ResponseWriter, r *http.Request, status int, contentType string, text []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(text)+1))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(append(text, '\n')) // a client that left is no error of ours
	}
}
