package lrs

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gorilla/mux"
	"golang.org/x/sync/semaphore"
)

// Base is the path under which the resources are.
const Base = "/xapi"

// API is the xAPI endpoint. It is made by New and reached through Register.
type API struct {
	opts     Options
	ids      *requestIDs
	metrics  *metrics
	bodies   *semaphore.Weighted // bytes of large bodies in flight
	explains chan struct{}       // one token per explanation under way

	consistent consistentHeader
	aboutBody  []byte
	crossSite  *http.CrossOriginProtection // for forms of the alternate request syntax
}

// New makes an endpoint that is ready to be registered. Writer, Reader and
// Keys must be set.
func New(opts Options) *API {
	opts = opts.withDefaults()
	return &API{
		opts:     opts,
		ids:      newRequestIDs(),
		metrics:  newMetrics(opts.Registerer),
		bodies:   semaphore.NewWeighted(opts.MaxInFlight),
		explains: make(chan struct{}, explainers()),

		crossSite: crossSite(opts.CORSOrigins),
	}
}

// action answers one method of one resource. An error becomes the answer as
// errors.go says; before the first byte is written an action may still fail.
type action struct {
	access access
	run    func(x *exchange, r *http.Request) error
}

// resource is one path of the endpoint. HEAD is answered wherever GET is.
type resource struct {
	path    string // template, and the label of its metrics
	methods map[string]action
	// consistent tells that every answer carries Consistent-Through.
	consistent bool
	// lenient tells that it belongs to the lenient endpoint.
	lenient bool
}

// resources lists what there is; everything else is 404.
func (a *API) resources() []resource {
	list := []resource{
		{path: Base + "/statements", consistent: true, methods: map[string]action{
			http.MethodGet:  {accessRead, a.getStatements},
			http.MethodPost: {accessWrite, a.postStatements},
			http.MethodPut:  {accessWrite, a.putStatement},
		}},
		{path: Base + "/agents", consistent: true, methods: map[string]action{
			http.MethodGet: {accessReadThings, a.getAgent},
		}},
		{path: Base + "/activities", consistent: true, methods: map[string]action{
			http.MethodGet: {accessReadThings, a.getActivity},
		}},
		{path: Base + "/about", methods: map[string]action{
			http.MethodGet: {accessOpen, a.getAbout},
		}},
	}
	return append(list, a.documentResources()...)
}

// Register adds the resources to a router. Routes are tried in the order of
// their registration, and each one tried costs a post some time: these come
// first.
func (a *API) Register(router *mux.Router) {
	// The router would answer a doubled slash with 301, and clients follow that
	// with GET: a statement that was posted would be lost without an error.
	router.SkipClean(true)
	a.aboutBody = a.about(a.resources())
	a.registerAt(router, Base)
	a.registerLenient(router) // before what takes everything that begins like it
	router.PathPrefix(Base).Handler(a.shell(resource{path: Base + "/*"}))
}

// registerAt adds the resources of an endpoint. Content that was given the
// address of the endpoint without a slash at its end, and that expects one
// there (iSpring), asks for "/xapistatements": it gets what it means, behind
// all others.
func (a *API) registerAt(router *mux.Router, base string) {
	handlers := make(map[string]http.Handler)
	for _, res := range a.resources() {
		name := strings.TrimPrefix(res.path, Base+"/")
		res.path, res.lenient = base+"/"+name, base == LenientBase
		if get, ok := res.methods[http.MethodGet]; ok {
			res.methods[http.MethodHead] = get
		}
		handlers[base+name] = a.shell(res)
		router.Handle(res.path, handlers[base+name])
	}
	for path, handler := range handlers {
		router.Handle(path, handler)
	}
}

// allowed lists the methods of a resource for the Allow header.
func (res resource) allowed() string {
	list := []string{http.MethodOptions}
	for m := range res.methods {
		list = append(list, m)
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}
