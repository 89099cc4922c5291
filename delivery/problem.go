package delivery

import (
	"errors"
	"net/http"

	"lernspur/apiv1"
)

// ToProblem is the one place where errors of what is delivered become status codes.
func ToProblem(err error) *apiv1.Problem {
	var invalid *Invalid
	var conflict *Conflict
	var busy *Busy
	switch {
	case errors.As(err, &invalid):
		p := apiv1.BadRequest("%s", invalid)
		p.Field = invalid.Field
		return p
	case errors.As(err, &conflict):
		return apiv1.Problemf(http.StatusConflict, "%s", conflict.Message)
	case errors.Is(err, ErrNotFound):
		return apiv1.Problemf(http.StatusNotFound, "%s", ErrNotFound)
	case errors.As(err, &busy):
		return apiv1.Busy(busy.RetryAfter, busy.Reason)
	}
	return apiv1.ToProblem(err, "this could not be done in time; look whether it was done before you try again")
}
