package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"go.uber.org/zap"

	"lernspur/admin"
	"lernspur/blobs"
	"lernspur/catalog"
	"lernspur/commit"
	"lernspur/lrs"
	"lernspur/store"
)

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
	return size, err
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
	if errors.Is(err, blobs.ErrNotFound) {
		return lrs.ErrNoBlob
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
