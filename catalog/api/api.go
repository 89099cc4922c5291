package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/mux"
	"go.uber.org/zap"

	"lernspur/catalog"
)

// The paths of the resources.
const (
	Packages      = "/api/v1/packages"
	Courses       = "/api/v1/courses"
	Registrations = "/api/v1/registrations"
	Launches      = "/api/v1/launches"
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

// Identity is who sent a request.
type Identity struct {
	KeyID  string
	Tenant string
	Scopes []string
	// Bound tells that the credential is bound to an actor, a registration or
	// activities.
	Bound bool
	// FromOrigin tells that it is bound to an origin, which is that of the request.
	FromOrigin bool
}

// Refused is the error of Identify for credentials that are neither right nor
// wrong.
type Refused struct {
	Status     int
	RetryAfter time.Duration
	Reason     string
}

func (e *Refused) Error() string { return e.Reason }

// Identify tells who sent a request; nil for nobody who is known. Errors:
// *Refused.
type Identify func(*http.Request) (*Identity, error)

// Options are what an API needs. Zero values of the limits stand for the defaults
// named there.
type Options struct {
	Identify Identify
	// Challenges are the values of WWW-Authenticate in answers that ask for
	// credentials.
	Challenges []string
	Catalog    *catalog.Service
	// Link is the address that opens a launch, by its token.
	Link func(token string) string
	// Registered is told of a registration that was made or was there, WasReset of
	// one that was reset; nil for nobody.
	Registered, WasReset func(ctx context.Context, tenant string, r *catalog.Registration)

	Logger *zap.Logger // may be nil
	// PathPrefix is the path of the public URL, put before the addresses in
	// answers: empty or "/lrs", without a slash at its end.
	PathPrefix string
	// Origins are those whose pages may change something with credentials that a
	// browser remembers, beside our own: the public one, where a proxy hides it.
	Origins []string
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
type API struct {
	opts  Options
	pages *http.CrossOriginProtection
}

// New makes an API that is ready to be registered. An origin that is none is an
// error.
func New(o Options) (*API, error) {
	o.defaults()
	pages := http.NewCrossOriginProtection()
	for _, origin := range o.Origins {
		if err := pages.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("the origin %q: %w", origin, err)
		}
	}
	return &API{o, pages}, nil
}

// serve answers a request that was admitted.
type serve func(http.ResponseWriter, *http.Request, *Identity) error

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
		{Launches, map[string]method{"GET": read(a.history), "POST": write(a.open)}},
	} {
		r.Handle(resource.path, a.shell(resource.methods))
	}
	for _, base := range []string{Packages, Courses, Registrations, Launches} {
		r.PathPrefix(base + "/").HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			a.fail(w, r, problem(http.StatusNotFound, "there is no such resource"))
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
		name := r.Method
		if name == http.MethodHead {
			name = http.MethodGet
		}
		m, ok := methods[name]
		if !ok {
			w.Header().Set("Allow", strings.Join(allowed, ", "))
			a.fail(w, r, problem(http.StatusMethodNotAllowed, "this resource answers %s", strings.Join(allowed, " and ")))
			return
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
func (a *API) admit(w http.ResponseWriter, r *http.Request, scopes []string) (*Identity, error) {
	who, err := a.opts.Identify(r)
	switch {
	case err != nil:
		return nil, err
	case who == nil:
		w.Header()["Www-Authenticate"] = a.opts.Challenges
		return nil, problem(http.StatusUnauthorized, "credentials are needed: HTTP Basic, with a key and its secret, or a token")
	case !slices.ContainsFunc(who.Scopes, func(s string) bool { return slices.Contains(scopes, s) }):
		return nil, problem(http.StatusForbidden, "this key may not do that; it needs one of the scopes %q", scopes)
	case !who.FromOrigin && a.pages.Check(r) != nil:
		// A form of any page can be sent here, and the browser adds what it remembers.
		return nil, problem(http.StatusForbidden, "pages of another origin may not do that, unless the key is bound to their origin")
	case who.Bound:
		return nil, problem(http.StatusForbidden, "this key is bound to an actor, a registration or activities, and the catalogue cannot be narrowed to that")
	}
	return who, nil
}
