package app

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/prometheus/client_golang/prometheus"

	"lernspur/blobs"
	"lernspur/commit"
	"lernspur/engine"
	"lernspur/store"
)

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
