package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"
	"go.uber.org/zap"

	"lernspur/apiv1"
	"lernspur/catalog"
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
		{Packages, map[string]method{"GET": read(a.listPackages), "POST": write(a.addPackage)}},
		{Packages + "/{course}", map[string]method{"GET": read(a.getPackage), "PUT": write(a.replacePackage), "DELETE": write(a.deletePackage)}},
		{Packages + "/{course}/download", map[string]method{"GET": read(a.download)}},
		{Courses, map[string]method{"GET": read(a.listCourses), "POST": write(a.registerActivity)}},
		{Courses + "/{course}", map[string]method{"GET": read(a.getCourse), "PATCH": write(a.editCourse), "DELETE": write(a.deleteCourse)}},
		{Registrations, map[string]method{"GET": read(a.listRegistrations), "POST": write(a.register)}},
		{Registrations + "/{registration}", map[string]method{"GET": read(a.getRegistration), "PATCH": write(a.editRegistration)}},
		{Registrations + "/{registration}/reset", map[string]method{"POST": write(a.reset)}},
		{Registrations + "/{registration}/calls", map[string]method{"GET": read(a.calls)}},
		{Launches, map[string]method{"GET": read(a.history), "POST": write(a.open)}},
		{Invitations, map[string]method{"GET": read(a.invitations), "POST": write(a.invite)}},
		{Invitations + "/accept", map[string]method{"POST": write(a.accept)}},
		{Invitations + "/{invitation}", map[string]method{"DELETE": write(a.revokeInvitation)}},
	} {
		r.Handle(resource.path, a.shell(resource.methods))
	}
	for _, base := range []string{Packages, Courses, Registrations, Launches, Invitations} {
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
		return nil, apiv1.Problemf(http.StatusForbidden, "this key is bound to an actor, a registration or activities, and the catalogue cannot be narrowed to that")
	}
	return who, nil
}
