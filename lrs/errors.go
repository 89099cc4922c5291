package lrs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"lernspur/statements"
)

// statusGone is what is logged and counted when the client left before the
// answer; nobody receives it.
const statusGone = 499

// failure is an answer that is not a success, ready to be sent.
type failure struct {
	status     int
	message    string
	violations []statements.Violation
	retryAfter time.Duration // 429 and 503 only
	inner      error         // for the log, never for the client
	hangUp     bool          // the connection cannot be used any more
}

func (f *failure) Error() string { return f.message }
func (f *failure) Unwrap() error { return f.inner }

// badRequest is a 400 that says what is wrong with the request.
func badRequest(format string, args ...any) error {
	return &failure{status: http.StatusBadRequest, message: fmt.Sprintf(format, args...)}
}

// notFound is a 404.
func notFound(format string, args ...any) error {
	return &failure{status: http.StatusNotFound, message: fmt.Sprintf(format, args...)}
}

// toFailure is the one place where errors become status codes
// (xAPI 1.0.3 Part 3, 3.2). What it does not know is internal: its text stays
// in the log.
func toFailure(err error, requestID string) *failure {
	var known *failure
	var invalid *statements.Invalid
	var conflict *Conflict
	var busy *Busy
	var many *TooMany
	var refused *Refused
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &invalid):
		return fromInvalid(invalid)
	case errors.As(err, &conflict):
		return &failure{
			status:  http.StatusConflict,
			message: conflict.Error() + "; nothing of this request was stored",
			violations: []statements.Violation{{
				Statement: conflict.Index, Pointer: "/id", Rule: "id-conflict",
				Message: "another statement is already stored under the id " + conflict.ID.String() + ", or was until it was deleted",
			}},
		}
	case errors.As(err, &refused):
		return fromRefused(refused)
	case errors.As(err, &busy):
		return &failure{status: http.StatusServiceUnavailable, message: busy.Reason, retryAfter: busy.RetryAfter, inner: err}
	case errors.Is(err, ErrUncertain):
		return &failure{
			status:  http.StatusServiceUnavailable,
			message: "no verdict in time; sending the same statements with the same ids again is safe (request " + requestID + ")",
			inner:   err,
		}
	case errors.Is(err, ErrCredentials):
		return &failure{status: http.StatusUnauthorized, message: "these credentials are not known here"}
	case errors.Is(err, ErrOrigin):
		return &failure{status: http.StatusForbidden, message: ErrOrigin.Error()}
	case errors.As(err, &many):
		return &failure{
			status:     http.StatusTooManyRequests,
			message:    "too many wrong credentials; these are looked at again after Retry-After seconds",
			retryAfter: many.RetryAfter,
		}
	case errors.Is(err, context.Canceled):
		return &failure{status: statusGone, message: "the client went away", inner: err}
	case errors.Is(err, context.DeadlineExceeded):
		return &failure{status: http.StatusServiceUnavailable, message: "this took too long (request " + requestID + ")", inner: err}
	default:
		return &failure{status: http.StatusInternalServerError, message: "internal error (request " + requestID + ")", inner: err}
	}
}

// fromInvalid is 400, or 413 when nothing but a size is wrong.
func fromInvalid(invalid *statements.Invalid) *failure {
	f := &failure{status: http.StatusBadRequest, violations: invalid.Violations}
	bad := make(map[int]struct{})
	sizes := 0
	for _, v := range invalid.Violations {
		bad[v.Statement] = struct{}{}
		if v.Rule == "limit-bytes" || v.Rule == "limit-statements" {
			sizes++
		}
	}
	if sizes == len(invalid.Violations) && sizes > 0 {
		f.status = http.StatusRequestEntityTooLarge
	}
	f.message = "invalid statement"
	if len(bad) > 1 {
		f.message = fmt.Sprintf("%d invalid statements", len(bad))
	}
	if len(invalid.Violations) > 0 {
		v := invalid.Violations[0]
		f.message += ": " + strings.TrimPrefix(v.Pointer+": ", ": ") + v.Message
	}
	f.message += "; nothing of this request was stored"
	return f
}

// errorBody is the JSON of an answer that is not a success.
type errorBody struct {
	Error      string                 `json:"error"`
	Violations []statements.Violation `json:"violations,omitempty"`
}

// fail answers with what err maps to. When the answer has begun already, it
// can only be cut.
func (x *exchange) fail(r *http.Request, err error) {
	f := toFailure(err, x.id)
	x.failure = f
	if x.status != 0 {
		panic(http.ErrAbortHandler)
	}
	body, jsonErr := json.Marshal(errorBody{f.message, f.violations})
	if jsonErr != nil {
		body = []byte(`{"error":"internal error"}`)
	}
	h := x.Header()
	h["Content-Type"] = jsonContentType
	h["Cache-Control"] = noStore
	if x.consistent {
		// Who asks in vain, again and again, sees the time go on.
		h[headerConsistent] = x.api.consistent.at(x.api.opts.Writer.Consistent())
	}
	h.Del("Content-Encoding")
	h.Del("Last-Modified")
	h["Content-Length"] = []string{strconv.Itoa(len(body) + 1)}
	switch f.status {
	case http.StatusUnauthorized:
		h["Www-Authenticate"] = x.api.opts.Challenges
	case http.StatusTooManyRequests:
		h.Set("Retry-After", strconv.Itoa(max(1, int((f.retryAfter+time.Second-1)/time.Second))))
	case http.StatusServiceUnavailable:
		h.Set("Retry-After", strconv.Itoa(retrySeconds(f.retryAfter)))
	}
	if f.hangUp {
		h.Set("Connection", "close")
	}
	x.WriteHeader(f.status)
	if r.Method != http.MethodHead {
		_, _ = x.Write(append(body, '\n')) // a client that left is no error of ours
	}
}

// retrySeconds spreads the clients that were sent away over twice the time
// asked for, so that they do not come back all at once.
func retrySeconds(d time.Duration) int {
	least := max(1, int((d+time.Second-1)/time.Second))
	return least + rand.IntN(least+1)
}
