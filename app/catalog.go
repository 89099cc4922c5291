package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"lernspur/blobs"
	"lernspur/catalog"
	"lernspur/catalog/api"
	"lernspur/commit"
	"lernspur/content/archive"
	"lernspur/documents"
	"lernspur/store"
)

// CatalogOptions are about packages, courses and launches.
type CatalogOptions struct {
	// Limits bound packages.
	Limits archive.Limits
	// Uploads is how many packages may be on their way in at one time.
	Uploads int
	// Lifetime is how long a launch can be used unless it is said otherwise,
	// MaxLifetime the longest that can be said.
	Lifetime, MaxLifetime time.Duration
	// Base is how the ids of our own Activities begin: the public address.
	Base string
	// LaunchBase is the address of learning content, without a slash at its end.
	LaunchBase string
	// Patience is how long an upload may bring nothing.
	Patience time.Duration
}

// startCatalog opens what courses are made of.
func (a *App) startCatalog(ctx context.Context) error {
	files, err := a.openBlobs(ctx, "packages")
	if err != nil {
		return fmt.Errorf("the packages: %w", err)
	}
	// What a crash left of uploads is of no use.
	spool := filepath.Join(a.opts.DataDir, "uploads")
	if err := errors.Join(os.RemoveAll(spool), os.Mkdir(spool, 0o700)); err != nil {
		return fmt.Errorf("the folder for uploads: %w", err)
	}
	o := a.opts.Catalog
	a.packages = blobs.NewKeeper(files)
	a.catalog = catalog.New(catalog.Dependencies{
		Records: catalogRecords{a.committer, a.store}, Files: packageFiles{a.packages}, Logger: a.log.Named("catalog"), Limits: o.Limits, Spool: spool,
		Uploads: o.Uploads, Base: o.Base, Lifetime: o.Lifetime, MaxLifetime: o.MaxLifetime,
	})
	a.catalogAPI = a.newCatalogAPI()
	return nil
}

// link is the address that opens a launch.
func (a *App) link(token string) string { return a.opts.Catalog.LaunchBase + "/launch/" + token }

// invitationLink is the address of the page of an invitation.
func (a *App) invitationLink(token string) string { return a.base() + "/invitation/" + token }

// newCatalogAPI assembles what answers for the catalogue.
func (a *App) newCatalogAPI() *api.API {
	return api.New(api.Options{
		Door: a.door, Catalog: a.catalog, Link: a.link, InvitationLink: a.invitationLink, Logger: a.log.Named("catalog"),
		PathPrefix: a.opts.LRS.PathPrefix, Patience: a.opts.Catalog.Patience,
		Registered: a.registered, WasReset: a.wasReset, Calls: a.calls, Evaluated: a.evaluatedFor,
	})
}

// catalogRecords are the commit path and the store as the catalogue sees them.
type catalogRecords struct {
	committer *commit.Committer
	store     *store.Store
}

// Change implements catalog.Records.
func (r catalogRecords) Change(ctx context.Context, key documents.Key, change func(*documents.Document) (*documents.Document, error)) (*documents.Document, error) {
	d, err := r.committer.Change(ctx, key, change)
	return d, toCatalog(err)
}

// Document implements catalog.Records.
func (r catalogRecords) Document(ctx context.Context, key documents.Key) (*documents.Document, error) {
	d, err := r.committer.Document(ctx, key)
	return d, toCatalog(err)
}

// List implements catalog.Records.
func (r catalogRecords) List(ctx context.Context, part documents.Range) ([]*documents.Document, error) {
	if _, err := r.committer.Wait(ctx); err != nil {
		return nil, toCatalog(err)
	}
	list, err := r.store.Documents(ctx, part)
	return list, toCatalog(err)
}

// toCatalog gives an error the type that the catalogue knows.
func toCatalog(err error) error {
	if wait, reason := later(err); reason != "" {
		return fmt.Errorf("%w: %w", &catalog.Busy{RetryAfter: wait, Reason: reason}, err)
	}
	return err
}

// packageFiles are the files of packages as the catalogue sees them: blobs in a
// folder of their own, which those who tidy up attachments do not know.
type packageFiles struct{ keeper *blobs.Keeper }

func hashesOf(names []string) []blobs.Hash {
	hashes := make([]blobs.Hash, len(names))
	for i, name := range names {
		hashes[i] = blobs.Hash(name)
	}
	return hashes
}

// Hold implements catalog.Files.
func (f packageFiles) Hold(ctx context.Context, tenant string, hashes []string) (release func(), err error) {
	return f.keeper.Hold(ctx, tenant, hashesOf(hashes))
}

// Put implements catalog.Files.
func (f packageFiles) Put(ctx context.Context, tenant, hash string, r io.Reader, limit int64) (int64, error) {
	n, err := f.keeper.Put(ctx, tenant, blobs.Hash(hash), r, limit)
	switch {
	case errors.Is(err, blobs.ErrFull):
		err = fmt.Errorf("%w: %w", &catalog.Busy{RetryAfter: time.Minute, Reason: "there is no room for packages now; try again later"}, err)
	case errors.Is(err, blobs.ErrAway):
		err = packagesAway(err)
	case errors.Is(err, blobs.ErrMismatch):
		err = fmt.Errorf("%w: %w", &catalog.Conflict{Message: "a file of the package changed while it was read"}, err)
	}
	return n, err
}

// Open implements catalog.Files.
func (f packageFiles) Open(ctx context.Context, tenant, hash string) (io.ReadCloser, int64, error) {
	r, size, err := f.keeper.Open(ctx, tenant, blobs.Hash(hash))
	switch {
	case errors.Is(err, blobs.ErrNotFound):
		err = catalog.ErrNotFound
	case errors.Is(err, blobs.ErrAway):
		err = packagesAway(err)
	}
	return r, size, err
}

func packagesAway(err error) error {
	return fmt.Errorf("%w: %w", &catalog.Busy{RetryAfter: awayPause, Reason: "the store of packages does not answer now; try again"}, err)
}

// Sweep implements catalog.Files.
func (f packageFiles) Sweep(ctx context.Context, tenant string, before time.Time,
	used func(ctx context.Context, tenant string, hashes []string) (map[string]bool, error)) (int, error) {
	return f.keeper.Sweep(ctx, tenant, before, func(ctx context.Context, tenant string, hashes []blobs.Hash) (map[blobs.Hash]bool, error) {
		names := make([]string, len(hashes))
		for i, h := range hashes {
			names[i] = string(h)
		}
		found, err := used(ctx, tenant, names)
		inUse := make(map[blobs.Hash]bool, len(found))
		for name := range found {
			inUse[blobs.Hash(name)] = true
		}
		return inUse, err
	})
}
