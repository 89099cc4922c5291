package progress

import (
	"context"
	"errors"
	"math"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"go.uber.org/zap"
)

// problemBody is a problem document (RFC 9457) of the type about:blank: the
// status says what kind of problem it is.
type problemBody struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
}

func (p *problemBody) Error() string { return p.Detail }

// problem is an answer that is not a success.
func problem(status int, detail string) error {
	return &problemBody{Title: http.StatusText(status), Status: status, Detail: detail}
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
	var refused *Refused
	var exception *clickhouse.Exception
	var network net.Error
	status, detail := http.StatusInternalServerError, "internal error"
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &refused):
		status, detail = refused.Status, refused.Reason
	case errors.Is(err, context.Canceled):
		status, detail = statusGone, "the client went away"
	case errors.Is(err, context.DeadlineExceeded):
		status, detail = http.StatusServiceUnavailable, "progress could not be brought up to date in time; without wait=true it is answered as it is"
	case errors.Is(err, ErrStopped):
		status, detail = http.StatusServiceUnavailable, "the server is stopping"
	case errors.As(err, &exception):
	case errors.As(err, &network), errors.Is(err, clickhouse.ErrAcquireConnTimeout):
		status, detail = http.StatusServiceUnavailable, "the database does not answer"
	}
	return &problemBody{Title: http.StatusText(status), Status: status, Detail: detail}
}

// fail answers with a problem document.
func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := toProblem(err)
	var refused *Refused
	switch {
	case errors.As(err, &refused) && refused.RetryAfter > 0:
		w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(refused.RetryAfter.Seconds())))))
	case p.Status == http.StatusInternalServerError:
		a.Logger.Error("progress cannot be answered", zap.String("path", r.URL.Path), zap.Error(err))
	case p.Status == http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "1")
		a.Logger.Warn("progress cannot be answered now", zap.String("path", r.URL.Path), zap.Error(err))
	}
	if p.Status == statusGone {
		w.WriteHeader(p.Status)
		return
	}
	_ = respond(w, r, p.Status, "application/problem+json", p) // it is always JSON
}
