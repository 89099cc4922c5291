package app

import (
	"context"
	"errors"
	"io"
	"time"

	"go.uber.org/zap"

	"lernspur/blobs"
	"lernspur/lrs"
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
			n, err := a.blobs.Sweep(ctx, tenant, time.Now().Add(-sweepAge), a.usedBlobs)
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

// usedBlobs implements blobs.Used: it waits until everything that was committed
// before is visible, and looks then.
func (a *App) usedBlobs(ctx context.Context, tenant string, hashes []blobs.Hash) (map[blobs.Hash]bool, error) {
	if _, err := a.committer.Wait(ctx); err != nil {
		return nil, err
	}
	names := make([]string, len(hashes))
	for i, h := range hashes {
		names[i] = string(h)
	}
	attached, err := a.store.Attached(ctx, tenant, names)
	used := make(map[blobs.Hash]bool, len(attached))
	for _, name := range attached {
		used[blobs.Hash(name)] = true
	}
	return used, err
}
