package api

import (
	"errors"
	"net/http"
	"slices"

	"lernspur/apiv1"
	"lernspur/catalog"
	"lernspur/content/archive"
	"lernspur/content/manifest"
)

// toProblem is the one place where errors become status codes.
func toProblem(err error) *apiv1.Problem {
	var refused *catalog.Refused
	var invalid *catalog.Invalid
	var conflict *catalog.Conflict
	var busy *catalog.Busy
	switch {
	case errors.As(err, &refused):
		p := apiv1.Problemf(http.StatusUnprocessableEntity, "%s", refused)
		if slices.ContainsFunc(refused.Findings, func(f manifest.Finding) bool { return f.Rule == string(archive.TooLarge) }) {
			p = apiv1.Problemf(http.StatusRequestEntityTooLarge, "%s", refused)
		}
		if len(refused.Findings) > 0 {
			p.Findings = refused.Findings
		}
		return p
	case errors.As(err, &invalid):
		p := apiv1.BadRequest("%s", invalid)
		p.Field = invalid.Field
		return p
	case errors.As(err, &conflict):
		return apiv1.Problemf(http.StatusConflict, "%s", conflict.Message)
	case errors.Is(err, catalog.ErrClosed):
		return apiv1.Problemf(http.StatusConflict, "%s", catalog.ErrClosed)
	case errors.Is(err, catalog.ErrInvitationOver):
		return apiv1.Problemf(http.StatusGone, "%s", catalog.ErrInvitationOver)
	case errors.Is(err, catalog.ErrNoInvitation):
		return apiv1.Problemf(http.StatusNotFound, "%s", catalog.ErrNoInvitation)
	case errors.Is(err, catalog.ErrNotFound):
		return apiv1.Problemf(http.StatusNotFound, "%s", catalog.ErrNotFound)
	case errors.As(err, &busy):
		return apiv1.Busy(busy.RetryAfter, busy.Reason)
	}
	return apiv1.ToProblem(err, "this could not be done in time; try again")
}

// fail answers with a problem document.
func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	apiv1.Fail(w, r, toProblem(err), err, a.opts.Logger, "the catalogue")
}
