package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"time"

	"go.uber.org/zap"

	"lernspur/admin"
	"lernspur/blobs"
	"lernspur/catalog"
	"lernspur/commit"
	"lernspur/lrs"
	"lernspur/store"
)

// openBlobs opens a store of blobs: a folder of this name in the data folder, or a
// part of the bucket.
func (a *App) openBlobs(ctx context.Context, name string) (blobs.Store, error) {
	if a.opts.Bucket == nil {
		return blobs.OpenFiles(filepath.Join(a.opts.DataDir, name))
	}
	b := *a.opts.Bucket
	b.Prefix = path.Join(b.Prefix, name)
	b.Spool = filepath.Join(a.opts.DataDir, "spool", name)
	return blobs.OpenObjects(ctx, b)
}

// awayPause is what clients are asked to wait while a store of blobs is away.
const awayPause = 5 * time.Second

// Blobs are the blobs as the endpoint sees them.
type Blobs struct{ *blobs.Keeper }

// Hold implements lrs.Blobs.
func (b Blobs) Hold(ctx context.Context, tenant string, hashes []string) (release func(), err error) {
	names := make([]blobs.Hash, len(hashes))
	for i, h := range hashes {
		names[i] = blobs.Hash(h)
	}
	return b.Keeper.Hold(ctx, tenant, names)
}

// Put implements lrs.Blobs.
func (b Blobs) Put(ctx context.Context, tenant, hash string, r io.Reader, limit int64) (int64, error) {
	size, err := b.Keeper.Put(ctx, tenant, blobs.Hash(hash), r, limit)
	switch {
	case errors.Is(err, blobs.ErrMismatch):
		return 0, lrs.ErrBlobMismatch
	case errors.Is(err, blobs.ErrTooLarge):
		return 0, lrs.ErrBlobTooLarge
	case errors.Is(err, blobs.ErrFull):
		return 0, &lrs.Busy{RetryAfter: time.Minute, Reason: "there is no room for attachments now; try again later"}
	}
	return size, noBlob(err)
}

// Open implements lrs.Blobs.
func (b Blobs) Open(ctx context.Context, tenant, hash string) (io.ReadCloser, int64, error) {
	r, size, err := b.Keeper.Open(ctx, tenant, blobs.Hash(hash))
	return r, size, noBlob(err)
}

// Size implements lrs.Blobs.
func (b Blobs) Size(ctx context.Context, tenant, hash string) (int64, error) {
	info, err := b.Keeper.Stat(ctx, tenant, blobs.Hash(hash))
	return info.Size, noBlob(err)
}

func noBlob(err error) error {
	switch {
	case errors.Is(err, blobs.ErrNotFound):
		return lrs.ErrNoBlob
	case errors.Is(err, blobs.ErrAway):
		return fmt.Errorf("%w: %w", &lrs.Busy{RetryAfter: awayPause, Reason: "the store of attachments does not answer now; try again"}, err)
	}
	return err
}

const (
	// sweepEvery is how often blobs that nothing refers to are removed.
	sweepEvery = time.Hour
	// sweepAge is how long ago the last Put of such a blob has to be: far longer
	// than any request, or an import between its blobs and its statements.
	sweepAge = 24 * time.Hour
)

// sweep removes blobs without statements now and then, until ctx ends.
func (a *App) sweep(ctx context.Context) {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		for _, tenant := range a.tenants() {
			n, err := a.blobs.Sweep(ctx, tenant, time.Now().Add(-sweepAge), UsedBlobs(a.committer, a.store))
			if err != nil && ctx.Err() == nil {
				a.log.Warn("blobs without statements stay for now", zap.String("tenant", tenant), zap.Error(err))
			}
			if n > 0 {
				a.log.Info("blobs without statements were removed", zap.String("tenant", tenant), zap.Int("blobs", n))
			}
		}
	}
}

// tenants are all that can have blobs: whoever posts has a key.
func (a *App) tenants() []string {
	seen := make(map[string]bool)
	var list []string
	for _, k := range a.keys.List("") {
		if !seen[k.Tenant] {
			seen[k.Tenant] = true
			list = append(list, k.Tenant)
		}
	}
	return list
}

// UsedBlobs asks whether statements refer to blobs: it waits until everything
// that was committed before is visible, and looks then.
func UsedBlobs(c *commit.Committer, s *store.Store) blobs.Used {
	return func(ctx context.Context, tenant string, hashes []blobs.Hash) (map[blobs.Hash]bool, error) {
		if _, err := c.Wait(ctx); err != nil {
			return nil, err
		}
		names := make([]string, len(hashes))
		for i, h := range hashes {
			names[i] = string(h)
		}
		attached, err := s.Attached(ctx, tenant, names)
		used := make(map[blobs.Hash]bool, len(attached))
		for _, name := range attached {
			used[blobs.Hash(name)] = true
		}
		return used, err
	}
}

// adminBlobs are the blobs as the commands see them.
type adminBlobs struct{ Blobs }

// Put implements admin.Blobs.
func (b adminBlobs) Put(ctx context.Context, tenant, hash string, r io.Reader, limit int64) (int64, error) {
	h, err := blobs.ParseHash(hash)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", admin.ErrRequest, err)
	}
	size, err := b.Keeper.Put(ctx, tenant, h, r, limit)
	switch {
	case errors.Is(err, blobs.ErrMismatch):
		err = fmt.Errorf("%w: %w", admin.ErrRequest, err)
	case errors.Is(err, blobs.ErrFull):
		err = fmt.Errorf("%w: %w", &admin.Busy{RetryAfter: time.Minute, Reason: err.Error()}, err)
	case errors.Is(err, blobs.ErrAway):
		err = fmt.Errorf("%w: %w", &admin.Busy{RetryAfter: awayPause, Reason: blobs.ErrAway.Error()}, err)
	}
	return size, err
}

// Open implements admin.Blobs.
func (b adminBlobs) Open(ctx context.Context, tenant, hash string) (io.ReadCloser, int64, error) {
	h, err := blobs.ParseHash(hash)
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %w", admin.ErrRequest, err)
	}
	r, size, err := b.Keeper.Open(ctx, tenant, h)
	if errors.Is(err, blobs.ErrNotFound) {
		err = admin.ErrNoBlob
	}
	return r, size, err
}

// Size implements admin.Blobs.
func (b adminBlobs) Size(ctx context.Context, tenant, hash string) (int64, error) {
	info, err := b.Stat(ctx, tenant, blobs.Hash(hash))
	if errors.Is(err, blobs.ErrNotFound) {
		err = admin.ErrNoBlob
	}
	return info.Size, err
}

// verifyBlobs are the blobs as a verification sees them.
type verifyBlobs struct {
	*blobs.Keeper
	packages *blobs.Keeper
	catalog  *catalog.Service
}

// Has implements verify.Blobs.
func (b verifyBlobs) Has(ctx context.Context, tenant, hash string) (bool, error) {
	_, err := b.Stat(ctx, tenant, blobs.Hash(hash))
	if errors.Is(err, blobs.ErrNotFound) {
		return false, nil
	}
	if errors.Is(err, blobs.ErrDamaged) {
		return true, nil // Check says so
	}
	return true, err
}

// Check implements verify.Blobs. It goes over the files of packages as well.
func (b verifyBlobs) Check(ctx context.Context, tenant string, differ func(text string)) (checked int, err error) {
	for _, keeper := range [...]*blobs.Keeper{b.Keeper, b.packages} {
		n, err := checkBlobs(ctx, keeper, tenant, differ)
		checked += n
		if err != nil {
			return checked, err
		}
	}
	return checked, b.catalog.Missing(ctx, tenant, differ)
}

func checkBlobs(ctx context.Context, b *blobs.Keeper, tenant string, differ func(text string)) (checked int, err error) {
	var inner error
	err = b.List(ctx, tenant, func(h blobs.Hash, _ blobs.Info) bool {
		err := blobs.Check(ctx, b.Store, tenant, h)
		switch {
		case errors.Is(err, blobs.ErrNotFound): // removed meanwhile, as it was in nobody's use
			return true
		case errors.Is(err, blobs.ErrDamaged):
			differ(fmt.Sprintf("%s: %s", h, err))
		case err != nil:
			inner = fmt.Errorf("%s: %w", h, err)
			return false
		}
		checked++
		return true
	})
	return checked, errors.Join(err, inner)
}
