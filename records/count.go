package records

import (
	"context"
	"errors"
	"net/http"

	"lernspur/apiv1"
	"lernspur/statements"
)

// countBody is the answer of /api/v1/statements/count.
type countBody struct {
	Count int64 `json:"count"`
	// Watermark: every statement stored up to here was looked at, and none
	// that was stored later.
	Watermark string `json:"watermark"`
}

// count answers GET /api/v1/statements/count: how many statements the same filters
// would find.
func (a *API) count(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	q, err := readQuery(who, r.URL.RawQuery, filterNames)
	if err != nil {
		return err
	}
	if q.Upto, err = a.wait(r.Context()); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), a.opts.CountTime)
	defer cancel()
	n, err := a.opts.Reader.CountFound(ctx, who.Tenant, q)
	if errors.Is(err, context.DeadlineExceeded) && r.Context().Err() == nil {
		return &Busy{Reason: "counting took longer than it may; narrow it by since and until, and add the counts up"}
	}
	if err != nil {
		return err
	}
	return apiv1.Respond(w, r, http.StatusOK, countBody{n, statements.FormatStored(q.Upto)})
}

// wait returns once everything acknowledged before is visible.
func (a *API) wait(ctx context.Context) (watermark int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, a.opts.ReadWait)
	defer cancel()
	watermark, err = a.opts.Writer.Wait(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return 0, &Busy{Reason: "statements acknowledged before are not readable yet; try again"}
	}
	return watermark, err
}
