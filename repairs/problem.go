package repairs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"go.uber.org/zap"
)

// Busy says that an answer can be had later.
type Busy struct{ Reason string }

func (e *Busy) Error() string { return e.Reason }

// problemBody is a problem document (RFC 9457) of the type about:blank: the
// status says what kind of problem it is.
type problemBody struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
}

func (p *problemBody) Error() string { return p.Detail }

// problem is an answer that is not a success.
func problem(status int, format string, args ...any) error {
	return &problemBody{Title: http.StatusText(status), Status: status, Detail: fmt.Sprintf(format, args...)}
}

// Refused is an answer to credentials other than that they are missing or wrong.
type Refused struct {
	Status     int           // 403, 429 or 503
	RetryAfter time.Duration // not with 403
	Reason     string        // for the client
}

func (e *Refused) Error() string { return e.Reason }

// statusGone is for the log: the client has left, nobody receives it.
const statusGone = 499

// toProblem is the one place where errors become status codes. What it does
// not know is internal: its text stays in the log.
func toProblem(err error) *problemBody {
	var known *problemBody
	var busy *Busy
	var refused *Refused
	status, detail := http.StatusInternalServerError, "internal error"
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &refused):
		status, detail = refused.Status, refused.Reason
	case errors.As(err, &busy):
		status, detail = http.StatusServiceUnavailable, busy.Reason
	case errors.Is(err, context.Canceled):
		status, detail = statusGone, "the client went away"
	case errors.Is(err, context.DeadlineExceeded):
		status, detail = http.StatusServiceUnavailable, "this took too long; narrow it by since and until"
	}
	return &problemBody{Title: http.StatusText(status), Status: status, Detail: detail}
}

// fail answers with a problem document.
func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := toProblem(err)
	var refused *Refused
	if errors.As(err, &refused) && refused.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(refused.RetryAfter.Seconds()))))
	}
	switch p.Status {
	case http.StatusInternalServerError:
		a.Logger.Error("repairs cannot be answered", zap.Error(err))
	case http.StatusServiceUnavailable:
		if refused == nil {
			w.Header().Set("Retry-After", "1")
		}
		a.Logger.Warn("repairs cannot be answered now", zap.Error(err))
	case statusGone:
		w.WriteHeader(p.Status)
		return
	}
	text, err := json.Marshal(p)
	if err != nil {
		text = []byte(`{"title":"Internal Server Error","status":500}`)
	}
	respond(w, r, p.Status, "application/problem+json", text)
}
