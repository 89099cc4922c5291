package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"go.uber.org/zap"

	"lernspur/access"
	"lernspur/apiv1"
	"lernspur/attendance"
	"lernspur/bi"
	"lernspur/blobs"
	"lernspur/catalog"
	"lernspur/catalog/api"
	"lernspur/commit"
	"lernspur/directory"
	"lernspur/engine"
	"lernspur/evaluation"
	"lernspur/launch"
	"lernspur/player"
	"lernspur/progress"
	"lernspur/records"
	reportdesk "lernspur/report/desk"
	"lernspur/report/runs"
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
	tools      *bi.Service
	signin     *signin.Service
	outgoing   outgoing
	evaluation *evaluation.Service
	reports    *runs.Service
	desk       *reportdesk.Desk

	public      gate
	content     gate
	socket      gate
	toolDoor    gate
	toolAddr    net.Addr // nil when tools have no door
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
	if err := a.startServices(ctx, running); err != nil {
		return err
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
	a.openTools(running)
	return nil
}

// startServices starts everything that lives on the storage. What each does beside
// its requests goes on until running ends.
func (a *App) startServices(ctx, running context.Context) error {
	if err := a.startKeys(ctx, running); err != nil {
		return err
	}
	a.projector = progress.New(progress.Dependencies{
		Now:  a.opts.Now,
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
	if err := a.startEvaluation(ctx); err != nil {
		return fmt.Errorf("what may be evaluated: %w", err)
	}
	if err := a.startCatalog(ctx); err != nil {
		return err
	}
	a.task(func() { a.catalog.Run(running, a.tenants) })
	if err := a.startAttendance(); err != nil {
		return fmt.Errorf("attendance: %w", err)
	}
	a.task(func() { a.attendance.Run(running, a.tenants) })
	if err := a.startReports(ctx); err != nil {
		return err
	}
	a.startDesk(running)
	a.startLaunch()
	if err := a.startSignin(ctx); err != nil {
		return fmt.Errorf("signing in: %w", err)
	}
	a.task(func() { a.signin.Run(running, a.tenants) })
	if err := a.startOutgoing(ctx, running); err != nil {
		return fmt.Errorf("what is sent to others: %w", err)
	}
	a.startTools()
	a.records = a.newRecords()
	if err := a.records.Start(ctx); err != nil {
		return fmt.Errorf("deletions: %w", err)
	}
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
	a.toolDoor.open(nil)
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
	a.outgoing.stop()
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
