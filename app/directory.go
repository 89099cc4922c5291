package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"time"

	"github.com/gorilla/mux"
	"go.uber.org/zap"

	"lernspur/apiv1"
	"lernspur/commit"
	"lernspur/directory"
	directoryapi "lernspur/directory/api"
	"lernspur/documents"
	"lernspur/store"
)

// startDirectory reads who there is, and takes over what lies in files.
func (a *App) startDirectory(ctx context.Context) (err error) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return err
	}
	a.people, err = directory.OpenDirectory(ctx, directory.Dependencies{
		Records: directoryRecords{a.committer, a.store}, Tables: a.store, Zone: zone, Logger: a.log.Named("directory"),
	})
	if err != nil {
		return err
	}
	if err := a.people.Seed(ctx, filepath.Join(a.opts.DataDir, "people")); err != nil {
		return err
	}
	if err := a.people.CatchUp(ctx); err != nil {
		// It is tried again behind the doors: what comes in does not need them.
		a.log.Warn("the tables of people are not brought up to date yet", zap.Error(err))
	}
	return nil
}

// newDirectoryAPI assembles what answers for the directory.
func (a *App) newDirectoryAPI(door apiv1.Door) *directoryapi.API {
	return directoryapi.New(directoryapi.Options{Door: door, Directory: a.people, Logger: a.log.Named("directory"), PathPrefix: a.opts.LRS.PathPrefix})
}

// tenantKey is where the command line's requests have their tenant.
type tenantKey struct{}

// directoryForCommands answers the command line about the directory of any tenant,
// and about what is sent to others.
func (a *App) directoryForCommands() func(tenant string) http.Handler {
	router := mux.NewRouter()
	door := apiv1.Door{Identify: func(r *http.Request) (*apiv1.Identity, error) {
		tenant, _ := r.Context().Value(tenantKey{}).(string)
		return &apiv1.Identity{KeyID: byCommand, Tenant: tenant, Scopes: []string{directory.ScopeAll}}, nil
	}}
	a.newDirectoryAPI(door).Register(router)
	a.outgoing.register(router, door, a.opts.LRS.PathPrefix)
	return func(tenant string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			router.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), tenantKey{}, tenant)))
		})
	}
}

// directoryRecords are the commit path and the store as the directory sees them.
type directoryRecords struct {
	committer *commit.Committer
	store     *store.Store
}

// Load implements directory.Records.
func (r directoryRecords) Load(ctx context.Context, yield func(*documents.Document) error) error {
	return r.load(ctx, documents.Directory, yield)
}

// load reads the records of a kind, with everything that was acknowledged before.
func (r directoryRecords) load(ctx context.Context, kind documents.Kind, yield func(*documents.Document) error) error {
	for {
		_, err := r.committer.Wait(ctx)
		var busy *commit.ErrBusy
		if errors.As(err, &busy) {
			continue // the log is being carried over after a start; ctx bounds it
		}
		if err != nil {
			return err
		}
		return r.store.DocumentsOfKind(ctx, kind, yield)
	}
}

// Replace implements directory.Records.
func (r directoryRecords) Replace(ctx context.Context, shelf documents.Shelf, docs []*documents.Document) error {
	err := r.committer.Replace(ctx, shelf, docs)
	if wait, reason := later(err); reason != "" {
		return fmt.Errorf("%w: %w", &directory.Busy{RetryAfter: wait, Reason: reason}, err)
	}
	return err
}
