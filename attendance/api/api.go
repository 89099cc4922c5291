package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/gorilla/mux"
	"go.uber.org/zap"

	"lernspur/apiv1"
	"lernspur/attendance"
	"lernspur/catalog"
)

// The paths of the resources.
const (
	Base     = "/api/v1/attendance"
	Sessions = Base + "/sessions"
	Enter    = Base + "/enter"
)

// The scopes that matter here: those of the catalogue.
var (
	readScopes  = []string{"all", "all/read", "content"}
	writeScopes = []string{"all", "content"}
)

// Options are what an API needs.
type Options struct {
	// Door tells who asks.
	Door       apiv1.Door
	Attendance *attendance.Service
	// Learner is who has signed in at a page that sends a request, as a learner of
	// courses: that is who enters a code that is sent alone. An error for somebody who
	// is no learner. Nil: nobody ever signs in.
	Learner func(ctx context.Context) (tenant string, l catalog.Learner, signedIn bool, err error)
	// HomePage is that of the accounts in lists that name none.
	HomePage string
	Logger   *zap.Logger // may be nil
	// PathPrefix is the path of the public URL, put before the addresses in
	// answers: empty or "/lrs", without a slash at its end.
	PathPrefix string
}

// API is the endpoint. It is safe for concurrent use.
type API struct {
	opts      Options
	resources apiv1.Resources
}

// New makes an API that is ready to be registered.
func New(o Options) *API {
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
	if o.HomePage == "" {
		o.HomePage = "http://lernspur.local"
	}
	a := &API{opts: o}
	a.resources = apiv1.Resources{Door: o.Door, Read: readScopes, Write: writeScopes, Fail: a.fail,
		Bound: "this key is bound to an actor, a registration or activities, and attendance cannot be narrowed to that"}
	return a
}

// Register adds the resources.
func (a *API) Register(r *mux.Router) {
	one := Sessions + "/{session}"
	a.resources.Handle(r, Sessions, apiv1.Methods{"GET": a.list, "POST": a.create})
	a.resources.Handle(r, one, apiv1.Methods{"GET": a.get, "PATCH": a.edit, "DELETE": a.delete})
	a.resources.Handle(r, one+"/code", apiv1.Methods{"POST": a.makeCode, "DELETE": a.endCode})
	a.resources.Handle(r, one+"/records", apiv1.Methods{"GET": a.records, "POST": a.mark})
	a.resources.Handle(r, one+"/records/{learner}", apiv1.Methods{"DELETE": a.takeBack})
	r.HandleFunc(Enter, a.enter)
	a.resources.Rest(r, Base)
}

// toProblem is the one place where errors become status codes.
func toProblem(err error) *apiv1.Problem {
	var invalid *catalog.Invalid
	var conflict *catalog.Conflict
	var busy *catalog.Busy
	var many *attendance.TooMany
	switch {
	case errors.As(err, &invalid):
		p := apiv1.BadRequest("%s", invalid)
		p.Field = invalid.Field
		return p
	case errors.As(err, &conflict):
		return apiv1.Problemf(http.StatusConflict, "%s", conflict.Message)
	case errors.Is(err, attendance.ErrWrongCode):
		return apiv1.Problemf(http.StatusNotFound, "%s", attendance.ErrWrongCode)
	case errors.Is(err, attendance.ErrCodeClosed):
		return apiv1.Problemf(http.StatusConflict, "%s", attendance.ErrCodeClosed)
	case errors.As(err, &many):
		p := apiv1.Problemf(http.StatusTooManyRequests, "%s", many)
		p.RetryAfter = many.RetryAfter
		return p
	case errors.Is(err, catalog.ErrNotFound):
		return apiv1.Problemf(http.StatusNotFound, "there is no such course or session")
	case errors.As(err, &busy):
		return apiv1.Busy(busy.RetryAfter, busy.Reason)
	}
	return apiv1.ToProblem(err, "this could not be done in time; try again")
}

// fail answers with a problem document.
func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	apiv1.Fail(w, r, toProblem(err), err, a.opts.Logger, "attendance")
}
