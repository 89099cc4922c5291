package app

import (
	"net/http"
	"time"

	"github.com/gorilla/mux"

	"lernspur/apiv1/openapi"
	"lernspur/lrs"
	"lernspur/progress"
)

// Handler is what network clients reach. It is there once Start has returned.
func (a *App) Handler() http.Handler {
	router := mux.NewRouter()
	o := a.opts.LRS
	o.Writer, o.Reader, o.Keys = Writer{a.committer}, Reader{a.store}, Keys{a.access}
	o.OwnRules = a.ownRules
	o.People = People{a.people}
	o.Blobs = Blobs{a.blobs}
	o.Challenges = a.access.Challenges()
	o.Documents = Documents{a.committer, a.store}
	o.Activities = Reader{a.store}
	o.Guard = Guard{a.launches}
	o.Foreign = a.foreign
	o.ContentOrigin = a.contentOrigin()
	o.Logger = a.log.Named("lrs")
	o.Registerer = a.registry
	h := &health{broken: a.committer.Broken, ping: a.store.Ping, now: time.Now}
	router.Use(a.signin.Middleware) // it leaves the endpoint alone
	router.Use(a.outgoing.refuseOwn)
	lrs.New(o).Register(router)
	lrs.RegisterOps(router, a.registry, h.ready)
	openapi.Register(router)
	a.progress = progress.NewAPI(progress.Options{
		Projector: a.projector, Door: a.door, Wait: a.waitForProgress, Evaluated: a.evaluatedFor,
		PathPrefix: o.PathPrefix, Logger: a.log.Named("progress"),
	})
	a.progress.Register(router)
	NewRepairs(a.store, a.committer, a.door, a.log.Named("repairs")).Register(router)
	a.records.Register(router)
	a.launches.Register(router) // before what takes all other paths of the catalogue
	a.catalogAPI.Register(router)
	a.newDirectoryAPI(a.door).Register(router)
	a.newAttendanceAPI().Register(router)
	a.newEvaluationAPI(a.door).Register(router)
	a.signin.NewAPI(a.door).Register(router)
	a.outgoing.register(router, a.door, a.opts.LRS.PathPrefix)
	pages := a.newPages()
	a.signin.SetLook(look{pages})
	a.signin.Routes(router)
	router.MatcherFunc(func(r *http.Request, _ *mux.RouteMatch) bool { return isPage(r.URL.Path) }).Handler(pages)
	return router
}
