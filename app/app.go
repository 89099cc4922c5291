package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gorilla/mux"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"go.uber.org/zap"

	"lernspur/access"
	"lernspur/admin"
	"lernspur/apiv1"
	"lernspur/apiv1/openapi"
	"lernspur/attendance"
	"lernspur/blobs"
	"lernspur/catalog"
	"lernspur/catalog/api"
	"lernspur/commit"
	"lernspur/directory"
	"lernspur/engine"
	"lernspur/launch"
	"lernspur/lrs"
	"lernspur/player"
	"lernspur/progress"
	"lernspur/records"
	"lernspur/schema"
	"lernspur/signin"
	"lernspur/store"
)

// App is the server, or the same without doors for one command. New makes it,
// Start starts it, Stop stops it; each is called once.
type App struct {
	opts     Options
	log      *zap.Logger
	registry *prometheus.Registry

	lock       *os.File
	engine     *engine.Engine // nil with a ClickHouse server
	store      *store.Store
	committer  *commit.Committer
	schemas    map[string]*schema.Extensions // of tenants that have some
	people     *directory.Directory
	blobs      *blobs.Keeper
	keys       *directory.Keys
	access     *access.Gate
	door       apiv1.Door // of our own interface
	projector  *progress.Projector
	progress   *progress.API
	records    *records.API
	packages   *blobs.Keeper // the files of packages
	catalog    *catalog.Service
	catalogAPI *api.API
	launches   *launch.Service
	attendance *attendance.Service
	signin     *signin.Service

	public      gate
	content     gate
	socket      gate
	player      *player.Player
	contentAddr net.Addr // nil when no content is served
	doors       []*door
	failed      chan error // a door that closed by itself

	background context.CancelFunc
	tasks      sync.WaitGroup
}

// New makes an App that does nothing yet.
func New(opts Options) *App {
	opts.defaults()
	a := &App{opts: opts, log: opts.Logger, registry: prometheus.NewRegistry(), failed: make(chan error, 3)}
	a.registry.MustRegister(collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return a
}

// Start takes the data folder, opens the doors (which answer "not ready"
// first), and starts everything behind them. It returns when statements can be
// taken and read. ctx bounds the start only. After an error nothing is left
// running.
func (a *App) Start(ctx context.Context) error {
	err := a.start(ctx)
	if err != nil {
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.opts.CommitGrace)
		defer cancel()
		if stopErr := a.Stop(stopping); stopErr != nil {
			a.log.Warn("stopping after a failed start", zap.Error(stopErr))
		}
	}
	return err
}

func (a *App) start(ctx context.Context) error {
	if err := privateDir(a.opts.DataDir); err != nil {
		return fmt.Errorf("the data folder: %w", err)
	}
	var err error
	if a.lock, err = lockDir(a.opts.DataDir, a.opts.Purpose); err != nil {
		return err
	}
	if err := a.readSchemas(); err != nil {
		return err
	}
	if err := a.openDoors(); err != nil {
		return err
	}
	if err := a.startStorage(ctx); err != nil {
		return err
	}
	running, cancel := context.WithCancel(context.Background())
	a.background = cancel
	if err := a.startKeys(ctx, running); err != nil {
		return err
	}
	a.projector = progress.New(progress.Dependencies{
		Conn: a.store.Conn(), Watermark: a.committer.Watermark, Logger: a.log.Named("progress"), Metrics: a.registry,
	})
	if err := a.projector.Start(ctx); err != nil {
		return fmt.Errorf("progress: %w", err)
	}
	a.task(func() { a.sweep(running) })
	if err := a.startDirectory(ctx); err != nil {
		return fmt.Errorf("the people of tenants: %w", err)
	}
	a.task(func() { a.people.Run(running) })
	if err := a.startCatalog(ctx); err != nil {
		return err
	}
	a.task(func() { a.catalog.Run(running, a.tenants) })
	if err := a.startAttendance(); err != nil {
		return fmt.Errorf("attendance: %w", err)
	}
	a.task(func() { a.attendance.Run(running, a.tenants) })
	a.startLaunch()
	if err := a.startSignin(ctx); err != nil {
		return fmt.Errorf("signing in: %w", err)
	}
	a.task(func() { a.signin.Run(running, a.tenants) })
	a.records = a.newRecords()
	if err := a.records.Start(ctx); err != nil {
		return fmt.Errorf("deletions: %w", err)
	}
	// Last: a key that is made by a start that fails would be shown to nobody.
	if err := a.firstKey(ctx); err != nil {
		return fmt.Errorf("the first key: %w", err)
	}
	a.socket.open(a.Admin())
	content, err := a.newContent()
	if err != nil {
		return fmt.Errorf("the origin of content: %w", err)
	}
	a.content.open(content)
	a.public.open(fenced(a.Handler(), cmp.Or(a.opts.Catalog.Base, a.opts.Pages), a.opts.Catalog.LaunchBase))
	return nil
}

// startStorage opens what statements, documents and attachments are kept in.
func (a *App) startStorage(ctx context.Context) (err error) {
	dsn := a.opts.DSN
	if dsn == "" {
		if dsn, err = a.startEngine(ctx); err != nil {
			return err
		}
	}
	if a.store, err = store.Open(ctx, dsn, a.log.Named("store")); err != nil {
		return fmt.Errorf("the database: %w", err)
	}
	if err := a.startCommit(ctx); err != nil {
		return err
	}
	files, err := a.openBlobs(ctx, "blobs")
	if err != nil {
		return fmt.Errorf("the blobs: %w", err)
	}
	a.blobs = blobs.NewKeeper(files)
	return nil
}

// firstKey makes a key when there is none, if that is asked for.
func (a *App) firstKey(ctx context.Context) error {
	if a.opts.FirstKey == nil {
		return nil
	}
	record, secret, err := a.keys.EnsureFirst(ctx)
	if err == nil && record.ID != "" {
		a.opts.FirstKey(record.ID, secret)
	}
	return err
}

func (a *App) startEngine(ctx context.Context) (dsn string, err error) {
	o := a.opts.Engine
	o.DataDir = filepath.Join(a.opts.DataDir, "engine")
	o.Logger = a.log.Named("engine")
	if a.engine, err = engine.Start(ctx, o); err != nil {
		return "", err
	}
	a.registry.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "lernspur", Subsystem: "engine", Name: "up",
			Help: "1 while the embedded database answers."}, func() float64 {
			if a.engine.Up() {
				return 1
			}
			return 0
		}),
		prometheus.NewCounterFunc(prometheus.CounterOpts{Namespace: "lernspur", Subsystem: "engine", Name: "restarts_total",
			Help: "How often the embedded database was started again after it had died."}, func() float64 {
			return float64(a.engine.Restarts())
		}))
	return a.engine.DSN(), nil
}

func (a *App) startCommit(ctx context.Context) (err error) {
	o := a.opts.Commit
	o.Dir = filepath.Join(a.opts.DataDir, "log")
	o.Sink = Sink{a.store}
	o.Logger = a.log.Named("commit")
	o.Registerer = a.registry
	a.committer, err = commit.Open(ctx, o)
	return err
}

func (a *App) startKeys(ctx, running context.Context) (err error) {
	o := a.opts.Keys
	o.Logger = a.log.Named("keys")
	if a.keys, err = directory.Open(ctx, directory.StoreKeys(a.store), o); err != nil {
		return err
	}
	if a.opts.Key != "" || a.opts.Secret != "" {
		if _, err := a.keys.Ensure(ctx, a.opts.Key, a.opts.Secret); err != nil {
			return fmt.Errorf("the key of the configuration: %w", err)
		}
	}
	gate := a.opts.Access
	gate.Keys, gate.Logger, gate.Registerer = a.keys, a.log.Named("access"), a.registry
	a.access = access.NewGate(gate)
	if a.door, err = NewDoor(a.access, a.opts.Catalog.Base); err != nil {
		return err
	}
	a.task(func() { a.keys.Run(running) })
	return nil
}

// task runs something until the background ends.
func (a *App) task(run func()) {
	a.tasks.Add(1)
	go func() {
		defer a.tasks.Done()
		run()
	}()
}

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
	lrs.New(o).Register(router)
	lrs.RegisterOps(router, a.registry, h.ready)
	openapi.Register(router)
	a.progress = progress.NewAPI(progress.Options{
		Projector: a.projector, Door: a.door, Wait: a.waitForProgress,
		PathPrefix: o.PathPrefix, Logger: a.log.Named("progress"),
	})
	a.progress.Register(router)
	NewRepairs(a.store, a.committer, a.door, a.log.Named("repairs")).Register(router)
	a.records.Register(router)
	a.launches.Register(router) // before what takes all other paths of the catalogue
	a.catalogAPI.Register(router)
	a.newDirectoryAPI(a.door).Register(router)
	a.newAttendanceAPI().Register(router)
	a.signin.NewAPI(a.door).Register(router)
	pages := a.newPages()
	a.signin.SetLook(look{pages})
	a.signin.Routes(router)
	router.MatcherFunc(func(r *http.Request, _ *mux.RouteMatch) bool { return isPage(r.URL.Path) }).Handler(pages)
	return router
}

// Failed yields the error of a door that closed by itself: the server should
// stop then.
func (a *App) Failed() <-chan error { return a.failed }

// Stop ends the doors, the requests under way, and everything behind them, in
// order. What was acknowledged is carried into the database, or stays in the
// log for the next start when that takes too long. ctx bounds all of it; its end
// hurries what is left.
func (a *App) Stop(ctx context.Context) error {
	a.public.open(nil)
	a.content.open(nil)
	a.socket.open(nil)
	if a.records != nil {
		a.records.Stop() // tails would keep the doors open
	}
	var errs []error
	errs = append(errs, a.closeDoors(ctx))
	if a.background != nil {
		a.background()
	}
	a.tasks.Wait()
	if a.records != nil {
		a.records.Close()
	}
	if a.committer != nil {
		errs = append(errs, within(ctx, a.opts.CommitGrace, a.committer.Close))
	}
	if a.projector != nil {
		a.projector.Stop()
	}
	if a.store != nil {
		errs = append(errs, a.store.Close())
	}
	if a.engine != nil {
		errs = append(errs, a.engine.Stop(ctx))
	}
	if a.lock != nil {
		errs = append(errs, a.lock.Close())
	}
	return errors.Join(errs...)
}

// within calls f with a context that ends after d.
func within(ctx context.Context, d time.Duration, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	return f(ctx)
}

// door is a listener and the server behind it.
type door struct {
	listener net.Listener
	server   *http.Server
	cancel   context.CancelFunc // ends what its long requests do
}

// openDoors listens where the options say.
func (a *App) openDoors() error {
	if a.opts.Addr != "" {
		listener, err := listen(a.opts.Addr)
		if err != nil {
			return err
		}
		if err := a.serveNetwork(listener, lrs.NewServer(&a.public, a.log.Named("http"), a.opts.Server), a.opts.TLS); err != nil {
			return err
		}
		if err := a.openContentDoor(); err != nil {
			return err
		}
	}
	if a.opts.Socket {
		listener, err := admin.Listen(a.opts.DataDir)
		if err != nil {
			return err
		}
		a.serve(listener, &http.Server{Handler: &a.socket, ReadHeaderTimeout: 10 * time.Second})
	}
	return nil
}

func listen(addr string) (net.Listener, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("the address %s: %w", addr, err)
	}
	return listener, nil
}

func (a *App) serve(listener net.Listener, server *http.Server) {
	ctx, cancel := context.WithCancel(context.Background())
	server.BaseContext = func(net.Listener) context.Context { return ctx }
	a.doors = append(a.doors, &door{listener, server, cancel})
	go func() {
		run := server.Serve
		if server.TLSConfig != nil {
			run = func(l net.Listener) error { return server.ServeTLS(l, "", "") }
		}
		if err := run(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			a.failed <- fmt.Errorf("%s: %w", listener.Addr(), err)
		}
	}()
}

// Addr is the network address that is listened on; nil without one.
func (a *App) Addr() net.Addr {
	for _, d := range a.doors {
		if d.listener.Addr().Network() == "tcp" {
			return d.listener.Addr()
		}
	}
	return nil
}

// ContentAddr is the network address that content is served at; nil without one.
func (a *App) ContentAddr() net.Addr { return a.contentAddr }

// closeDoors lets requests under way end within RequestGrace, then cuts them.
func (a *App) closeDoors(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, a.opts.RequestGrace)
	defer cancel()
	var wait sync.WaitGroup
	for _, d := range a.doors {
		wait.Go(func() {
			if d.listener.Addr().Network() == "unix" {
				d.cancel() // exports and verifications would take too long
			}
			if err := d.server.Shutdown(ctx); err != nil {
				a.log.Warn("requests under way were cut", zap.Error(err))
				d.server.Close()
			}
			d.cancel()
		})
	}
	wait.Wait()
	return nil
}
