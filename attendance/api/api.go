package api

import (
	"context"
	"errors"
	"net/http"
	"slices"

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
type API struct{ opts Options }

// New makes an API that is ready to be registered.
func New(o Options) *API {
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
	if o.HomePage == "" {
		o.HomePage = "http://lernspur.local"
	}
	return &API{o}
}

// serve answers a request that was admitted.
type serve func(http.ResponseWriter, *http.Request, *apiv1.Identity) error

// Register adds the resources.
func (a *API) Register(r *mux.Router) {
	one := Sessions + "/{session}"
	for path, methods := range map[string]map[string]serve{
		Sessions:                   {"GET": a.list, "POST": a.create},
		one:                        {"GET": a.get, "PATCH": a.edit, "DELETE": a.delete},
		one + "/code":              {"POST": a.makeCode, "DELETE": a.endCode},
		one + "/records":           {"GET": a.records, "POST": a.mark},
		one + "/records/{learner}": {"DELETE": a.takeBack},
	} {
		r.Handle(path, a.shell(methods))
	}
	r.HandleFunc(Enter, a.enter)
	r.PathPrefix(Base + "/").HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.fail(w, r, apiv1.Problemf(http.StatusNotFound, "there is no such resource"))
	})
}

// shell wraps a resource in what all have in common: methods, credentials, scopes
// and errors.
func (a *API) shell(methods map[string]serve) http.Handler {
	var allowed []string
	for name := range methods {
		allowed = append(allowed, name)
		if name == http.MethodGet {
			allowed = append(allowed, http.MethodHead)
		}
	}
	slices.Sort(allowed)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		err := apiv1.Allow(w, r, allowed...)
		if err == nil {
			err = a.answer(w, r, methods)
		}
		if err != nil {
			a.fail(w, r, err)
		}
	})
}

func (a *API) answer(w http.ResponseWriter, r *http.Request, methods map[string]serve) error {
	method, scopes := r.Method, writeScopes
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if method == http.MethodGet {
		scopes = readScopes
	}
	who, err := a.admit(w, r, scopes)
	if err != nil {
		return err
	}
	return methods[method](w, r, who)
}

// admit finds out who asks and whether they may.
func (a *API) admit(w http.ResponseWriter, r *http.Request, scopes []string) (*apiv1.Identity, error) {
	who, err := a.opts.Door.Admit(w, r, scopes)
	if err == nil && who.Bound() {
		err = apiv1.Problemf(http.StatusForbidden, "this key is bound to an actor, a registration or activities, and attendance cannot be narrowed to that")
	}
	return who, err
}

// toProblem is the one place where errors become status codes.
func toProblem(err error) *apiv1.Problem {
	var invalid *catalog.Invalid
	var conflict *catalog.Conflict
	var busy *catalog.Busy
	var many *attendance.TooMany
	var tooLarge *http.MaxBytesError
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
	case errors.As(err, &tooLarge):
		return apiv1.Problemf(http.StatusRequestEntityTooLarge, "the body is larger than %d bytes", tooLarge.Limit)
	}
	return apiv1.ToProblem(err, "this could not be done in time; try again")
}

// fail answers with a problem document.
func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	apiv1.Fail(w, r, toProblem(err), err, a.opts.Logger, "attendance")
}
