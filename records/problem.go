package records

import (
	"errors"
	"net/http"

	"lernspur/apiv1"
)

// toProblem is the one place where errors become status codes.
func toProblem(err error) *apiv1.Problem {
	var busy *Busy
	if errors.As(err, &busy) {
		return apiv1.Busy(busy.RetryAfter, busy.Reason)
	}
	return apiv1.ToProblem(err, "this could not be answered in time; try again")
}

// fail answers with a problem document.
func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	apiv1.Fail(w, r, toProblem(err), err, a.opts.Logger, "statements")
}
