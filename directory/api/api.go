package api

import (
	"errors"
	"net/http"
	"slices"

	"github.com/gorilla/mux"
	"go.uber.org/zap"

	"lernspur/apiv1"
	"lernspur/directory"
	"lernspur/directory/sheet"
)

// The paths of the resources.
const (
	People     = "/api/v1/people"
	Units      = "/api/v1/units"
	Groups     = "/api/v1/groups"
	Headcounts = "/api/v1/headcounts"
	Imports    = "/api/v1/imports"
)

var (
	readScopes  = []string{directory.ScopeAll, directory.ScopeReadAll, directory.ScopeDirectory}
	writeScopes = []string{directory.ScopeAll, directory.ScopeDirectory}
)

// Options are what an API needs.
type Options struct {
	// Door tells who asks.
	Door      apiv1.Door
	Directory *directory.Directory
	Limits    sheet.Limits // of files
	Logger    *zap.Logger  // may be nil
	// PathPrefix is the path of the public URL, put before the addresses in
	// answers: empty or "/lrs", without a slash at its end.
	PathPrefix string
}

// API is the endpoint. It is safe for concurrent use.
type API struct {
	opts Options
	// importing is held by who reads a file: each takes memory.
	importing chan struct{}
}

// importsAtOnce is how many files are read at one time.
const importsAtOnce = 2

// New makes an API that is ready to be registered.
func New(o Options) *API {
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
	if o.Limits.Bytes <= 0 {
		o.Limits.Bytes = 16 << 20
	}
	return &API{o, make(chan struct{}, importsAtOnce)}
}

// serve answers a request that was admitted.
type serve func(http.ResponseWriter, *http.Request, *apiv1.Identity) error

// method is what a resource does for one method.
type method struct {
	scopes []string
	serve  serve
}

// Register adds the resources.
func (a *API) Register(r *mux.Router) {
	read := func(s serve) method { return method{readScopes, s} }
	write := func(s serve) method { return method{writeScopes, s} }
	for _, resource := range []struct {
		path    string
		methods map[string]method
	}{
		{People, map[string]method{"GET": read(a.listPeople), "POST": write(a.addPerson)}},
		{People + "/unassigned", map[string]method{"GET": read(a.unassigned)}},
		{People + "/merges", map[string]method{"GET": read(a.listMerges)}},
		{People + "/merges/{merge}/split", map[string]method{"POST": write(a.split)}},
		{People + "/{person}", map[string]method{"GET": read(a.getPerson), "PATCH": write(a.editPerson), "DELETE": write(a.deletePerson)}},
		{People + "/{person}/identifiers", map[string]method{"POST": write(a.match)}},
		{People + "/{person}/merge", map[string]method{"POST": write(a.merge)}},
		{Units, map[string]method{"GET": read(a.listUnits), "POST": write(a.addUnit)}},
		{Units + "/{unit}", map[string]method{"GET": read(a.getUnit), "PATCH": write(a.editUnit), "DELETE": write(a.deleteUnit)}},
		{Groups, map[string]method{"GET": read(a.listGroups), "POST": write(a.addGroup)}},
		{Groups + "/{group}", map[string]method{"GET": read(a.getGroup), "PATCH": write(a.editGroup), "DELETE": write(a.deleteGroup)}},
		{Groups + "/{group}/members/{person}", map[string]method{"PUT": write(a.setMember), "DELETE": write(a.removeMember)}},
		{Headcounts, map[string]method{"GET": read(a.listHeadcounts)}},
		{Headcounts + "/{unit}/{year}", map[string]method{"PUT": write(a.setHeadcount), "DELETE": write(a.deleteHeadcount)}},
		{Imports, map[string]method{"GET": read(a.listImports), "POST": write(a.takeOver)}},
		{Imports + "/preview", map[string]method{"POST": write(a.preview)}},
	} {
		r.Handle(resource.path, a.shell(resource.methods))
	}
	for _, base := range []string{People, Units, Groups, Headcounts, Imports} {
		r.PathPrefix(base + "/").HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			a.fail(w, r, apiv1.Problemf(http.StatusNotFound, "there is no such resource"))
		})
	}
}

// shell wraps a resource in what all have in common: methods, credentials,
// scopes and errors.
func (a *API) shell(methods map[string]method) http.Handler {
	allowed := make([]string, 0, len(methods)+1)
	for name := range methods {
		allowed = append(allowed, name)
		if name == http.MethodGet {
			allowed = append(allowed, http.MethodHead)
		}
	}
	slices.Sort(allowed)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if err := apiv1.Allow(w, r, allowed...); err != nil {
			a.fail(w, r, err)
			return
		}
		m, ok := methods[r.Method]
		if !ok { // HEAD is answered wherever GET is
			m = methods[http.MethodGet]
		}
		who, err := a.admit(w, r, m.scopes)
		if err == nil {
			err = m.serve(w, r, who)
		}
		if err != nil {
			a.fail(w, r, err)
		}
	})
}

// admit finds out who asks and whether they may.
func (a *API) admit(w http.ResponseWriter, r *http.Request, scopes []string) (*apiv1.Identity, error) {
	who, err := a.opts.Door.Admit(w, r, scopes)
	if err != nil {
		return nil, err
	}
	if who.Bound() {
		return nil, apiv1.Problemf(http.StatusForbidden, "this key is bound to an actor, a registration or activities, and the directory cannot be narrowed to that")
	}
	return who, nil
}

// toProblem is the one place where errors become status codes.
func toProblem(err error) *apiv1.Problem {
	var invalid *directory.Invalid
	var conflict *directory.Conflict
	var busy *directory.Busy
	var file *directory.ImportErrors
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &file):
		p := apiv1.Problemf(http.StatusUnprocessableEntity, "nothing was taken over: %s", file)
		p.Findings = file.List
		return p
	case errors.As(err, &invalid):
		p := apiv1.BadRequest("%s", invalid)
		p.Field = invalid.Field
		return p
	case errors.As(err, &conflict):
		return apiv1.Problemf(http.StatusConflict, "%s", conflict.Message)
	case errors.Is(err, directory.ErrNotFound):
		return apiv1.Problemf(http.StatusNotFound, "%s", directory.ErrNotFound)
	case errors.Is(err, directory.ErrChanged):
		return apiv1.Problemf(http.StatusPreconditionFailed, "%s", directory.ErrChanged)
	case errors.As(err, &busy):
		return apiv1.Busy(busy.RetryAfter, busy.Reason)
	case errors.As(err, &tooLarge):
		return apiv1.Problemf(http.StatusRequestEntityTooLarge, "the body is larger than %d bytes", tooLarge.Limit)
	}
	return apiv1.ToProblem(err, "this could not be done in time; look whether it was done before you try again")
}

// fail answers with a problem document.
func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	apiv1.Fail(w, r, toProblem(err), err, a.opts.Logger, "the directory")
}
