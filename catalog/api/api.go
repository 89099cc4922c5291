package api

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"
	"go.uber.org/zap"

	"lernspur/apiv1"
	"lernspur/catalog"
	"lernspur/evaluation"
)

// The paths of the resources.
const (
	Packages      = "/api/v1/packages"
	Courses       = "/api/v1/courses"
	Registrations = "/api/v1/registrations"
	Launches      = "/api/v1/launches"
	Invitations   = "/api/v1/invitations"
)

// The scopes that matter here. The one of content is ours; the others have the
// names of xAPI (1.0.3 Part 3, 4.2).
const (
	scopeAll     = "all"
	scopeReadAll = "all/read"
	scopeContent = "content"
)

var (
	readScopes  = []string{scopeAll, scopeReadAll, scopeContent}
	writeScopes = []string{scopeAll, scopeContent}
)

// Options are what an API needs. Zero values of the limits stand for the defaults
// named there.
type Options struct {
	// Door tells who asks.
	Door    apiv1.Door
	Catalog *catalog.Service
	// Link is the address that opens a launch, by its token.
	Link func(token string) string
	// InvitationLink is the address of the page of an invitation, by its token; nil:
	// there is none.
	InvitationLink func(token string) string
	// Registered is told of a registration that was made or was there, WasReset of
	// one that was reset; nil for nobody.
	Registered, WasReset func(ctx context.Context, tenant string, r *catalog.Registration)

	// Calls answers what content called at run time in an attempt, 0 for the current
	// one, as JSON; nil: nobody knows.
	Calls func(ctx context.Context, tenant string, registration uuid.UUID, item string, attempt int) (any, error)

	// Evaluated answers what a tenant has switched on to be told about single people;
	// nil: nothing.
	Evaluated func(ctx context.Context, tenant string) (evaluation.Settings, error)

	Logger *zap.Logger // may be nil
	// PathPrefix is the path of the public URL, put before the addresses in
	// answers: empty or "/lrs", without a slash at its end.
	PathPrefix string
	// Patience is how long an upload may bring nothing, 1 min, beyond what Rate
	// allows: how many bytes a second it has to bring on average, 32 KiB.
	Patience time.Duration
	Rate     int64
	// Work is how long a package may take once it is there; 30 min.
	Work time.Duration
}

func (o *Options) defaults() {
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
	nobody := func(context.Context, string, *catalog.Registration) {}
	if o.Registered == nil {
		o.Registered = nobody
	}
	if o.WasReset == nil {
		o.WasReset = nobody
	}
	if o.Evaluated == nil {
		o.Evaluated = func(context.Context, string) (evaluation.Settings, error) { return evaluation.Settings{}, nil }
	}
	if o.Patience <= 0 {
		o.Patience = time.Minute
	}
	if o.Rate <= 0 {
		o.Rate = 32 << 10
	}
	if o.Work <= 0 {
		o.Work = 30 * time.Minute
	}
}

// API is the endpoint. It is safe for concurrent use.
type API struct{ opts Options }

// New makes an API that is ready to be registered.
func New(o Options) *API {
	o.defaults()
	return &API{o}
}

// Register adds the resources.
func (a *API) Register(r *mux.Router) {
	resources := apiv1.Resources{Door: a.opts.Door, Read: readScopes, Write: writeScopes, Fail: a.fail,
		Bound: "this key is bound to an actor, a registration or activities, and the catalogue cannot be narrowed to that"}
	resources.Handle(r, Packages, apiv1.Methods{"GET": a.listPackages, "POST": a.addPackage})
	resources.Handle(r, Packages+"/{course}", apiv1.Methods{"GET": a.getPackage, "PUT": a.replacePackage, "DELETE": a.deletePackage})
	resources.Handle(r, Packages+"/{course}/download", apiv1.Methods{"GET": a.download})
	resources.Handle(r, Courses, apiv1.Methods{"GET": a.listCourses, "POST": a.registerActivity})
	resources.Handle(r, Courses+"/{course}", apiv1.Methods{"GET": a.getCourse, "PATCH": a.editCourse, "DELETE": a.deleteCourse})
	resources.Handle(r, Registrations, apiv1.Methods{"GET": a.listRegistrations, "POST": a.register})
	resources.Handle(r, Registrations+"/{registration}", apiv1.Methods{"GET": a.getRegistration, "PATCH": a.editRegistration})
	resources.Handle(r, Registrations+"/{registration}/reset", apiv1.Methods{"POST": a.reset})
	resources.Handle(r, Registrations+"/{registration}/calls", apiv1.Methods{"GET": a.calls})
	resources.Handle(r, Launches, apiv1.Methods{"GET": a.history, "POST": a.open})
	resources.Handle(r, Invitations, apiv1.Methods{"GET": a.invitations, "POST": a.invite})
	resources.Handle(r, Invitations+"/accept", apiv1.Methods{"POST": a.accept})
	resources.Handle(r, Invitations+"/{invitation}", apiv1.Methods{"DELETE": a.revokeInvitation})
	resources.Rest(r, Packages, Courses, Registrations, Launches, Invitations)
}

func (a *API) next(r *http.Request, parts ...string) string {
	return apiv1.Next(a.opts.PathPrefix, r, parts...)
}
