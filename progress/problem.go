package progress

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"lernspur/apiv1"
)

// toProblem is the one place where errors become status codes.
func toProblem(err error) *apiv1.Problem {
	var known *apiv1.Problem
	var exception *clickhouse.Exception
	var network net.Error
	switch {
	case errors.As(err, &known), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
	case errors.Is(err, ErrStopped):
		return apiv1.Busy(time.Second, "the server is stopping")
	case errors.As(err, &exception):
	case errors.As(err, &network), errors.Is(err, clickhouse.ErrAcquireConnTimeout):
		return apiv1.Busy(time.Second, "the database does not answer")
	}
	return apiv1.ToProblem(err, "progress could not be brought up to date in time; without wait=true it is answered as it is")
}

// fail answers with a problem document.
func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	apiv1.Fail(w, r, toProblem(err), err, a.Logger, "progress")
}
