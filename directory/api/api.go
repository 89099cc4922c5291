package api

import (
	"errors"
	"net/http"

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

// Register adds the resources.
func (a *API) Register(r *mux.Router) {
	resources := apiv1.Resources{Door: a.opts.Door, Read: readScopes, Write: writeScopes, Fail: a.fail,
		Bound: "this key is bound to an actor, a registration or activities, and the directory cannot be narrowed to that"}
	resources.Handle(r, People, apiv1.Methods{"GET": a.listPeople, "POST": a.addPerson})
	resources.Handle(r, People+"/unassigned", apiv1.Methods{"GET": a.unassigned})
	resources.Handle(r, People+"/merges", apiv1.Methods{"GET": a.listMerges})
	resources.Handle(r, People+"/merges/{merge}/split", apiv1.Methods{"POST": a.split})
	resources.Handle(r, People+"/{person}", apiv1.Methods{"GET": a.getPerson, "PATCH": a.editPerson, "DELETE": a.deletePerson})
	resources.Handle(r, People+"/{person}/identifiers", apiv1.Methods{"POST": a.match})
	resources.Handle(r, People+"/{person}/merge", apiv1.Methods{"POST": a.merge})
	resources.Handle(r, Units, apiv1.Methods{"GET": a.listUnits, "POST": a.addUnit})
	resources.Handle(r, Units+"/{unit}", apiv1.Methods{"GET": a.getUnit, "PATCH": a.editUnit, "DELETE": a.deleteUnit})
	resources.Handle(r, Groups, apiv1.Methods{"GET": a.listGroups, "POST": a.addGroup})
	resources.Handle(r, Groups+"/{group}", apiv1.Methods{"GET": a.getGroup, "PATCH": a.editGroup, "DELETE": a.deleteGroup})
	resources.Handle(r, Groups+"/{group}/members/{person}", apiv1.Methods{"PUT": a.setMember, "DELETE": a.removeMember})
	resources.Handle(r, Headcounts, apiv1.Methods{"GET": a.listHeadcounts})
	resources.Handle(r, Headcounts+"/{unit}/{year}", apiv1.Methods{"PUT": a.setHeadcount, "DELETE": a.deleteHeadcount})
	resources.Handle(r, Imports, apiv1.Methods{"GET": a.listImports, "POST": a.takeOver})
	resources.Handle(r, Imports+"/preview", apiv1.Methods{"POST": a.preview})
	resources.Rest(r, People, Units, Groups, Headcounts, Imports)
}

// toProblem is the one place where errors become status codes.
func toProblem(err error) *apiv1.Problem {
	var invalid *directory.Invalid
	var conflict *directory.Conflict
	var busy *directory.Busy
	var file *directory.ImportErrors
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
	}
	return apiv1.ToProblem(err, "this could not be done in time; look whether it was done before you try again")
}

// fail answers with a problem document.
func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	apiv1.Fail(w, r, toProblem(err), err, a.opts.Logger, "the directory")
}
