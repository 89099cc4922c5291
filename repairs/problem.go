package repairs

import (
	"errors"
	"net/http"
	"time"

	"lernspur/apiv1"
)

// Busy says that an answer can be had later.
type Busy struct{ Reason string }

func (e *Busy) Error() string { return e.Reason }

// toProblem is the one place where errors become status codes.
func toProblem(err error) *apiv1.Problem {
	var busy *Busy
	if errors.As(err, &busy) {
		return apiv1.Busy(time.Second, busy.Reason)
	}
	return apiv1.ToProblem(err, "this took too long; narrow it by since and until")
}

// fail answers with a problem document.
func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	apiv1.Fail(w, r, toProblem(err), err, a.Logger, "repairs")
}
