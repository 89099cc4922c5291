package blobs

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Keeper removes blobs that nothing refers to, and never one that something
// does, or is about to. Blobs come before what refers to them: a request puts
// them first and commits its statements then; when it is refused, its blobs are
// garbage.
//
// A request holds the names of its blobs (Hold) from before it looks whether they
// are there until it knows its verdict. Sweep removes a blob only if
//
//   - nobody holds it, and from then on nobody gets to hold it until the blob is
//     removed: who comes meanwhile waits and then finds that it is not there;
//   - its last Put was before a bound in the past. That covers a request that
//     went away without knowing what became of its statements: the bound is
//     longer ago than a commit can take;
//   - asked after both, those who know say that nothing refers to it, taking into
//     account everything that was committed until then. A request that held the
//     blob before has its verdict, so what it committed is known.
//
// All writers of a tenant are in one process, so what is held is known there.
type Keeper struct {
	Store

	mu     sync.Mutex
	held   map[name]int
	doomed map[name]chan struct{} // closed when the removal is over
}

type name struct {
	tenant string
	hash   Hash
}

// NewKeeper keeps what is in a store, which nobody else removes from.
func NewKeeper(s Store) *Keeper {
	return &Keeper{Store: s, held: make(map[name]int), doomed: make(map[name]chan struct{})}
}

// Hold keeps blobs, be they there or not, from being removed until release is
// called. It waits while one of them is being removed. Errors: that of ctx.
func (k *Keeper) Hold(ctx context.Context, tenant string, hashes []Hash) (release func(), err error) {
	for {
		wait := k.take(tenant, hashes)
		if wait == nil {
			break
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return sync.OnceFunc(func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		for _, h := range hashes {
			n := name{tenant, h}
			if k.held[n]--; k.held[n] == 0 {
				delete(k.held, n)
			}
		}
	}), nil
}

// take holds all of the blobs, or none and answers what to wait for.
func (k *Keeper) take(tenant string, hashes []Hash) (wait <-chan struct{}) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, h := range hashes {
		if over, doomed := k.doomed[name{tenant, h}]; doomed {
			return over
		}
	}
	for _, h := range hashes {
		k.held[name{tenant, h}]++
	}
	return nil
}

// Used tells which of a tenant's blobs something refers to. It takes into
// account everything that was committed before the call.
type Used func(ctx context.Context, tenant string, hashes []Hash) (map[Hash]bool, error)

// sweepBatch is how many blobs are asked about at a time: while that lasts
// nobody gets to hold them.
const sweepBatch = 100

// Sweep removes the blobs of a tenant whose last Put was before a bound and that
// are not used. It answers how many.
func (k *Keeper) Sweep(ctx context.Context, tenant string, before time.Time, used Used) (removed int, err error) {
	var batch []Hash
	flush := func() error {
		n, err := k.sweep(ctx, tenant, before, batch, used)
		removed += n
		batch = batch[:0]
		return err
	}
	var inner error
	err = k.List(ctx, tenant, func(h Hash, i Info) bool {
		if i.Time.Before(before) {
			batch = append(batch, h)
		}
		if len(batch) == sweepBatch {
			inner = flush()
		}
		return inner == nil
	})
	if err = errors.Join(err, inner); err == nil && len(batch) > 0 {
		err = flush()
	}
	if err != nil {
		return removed, fmt.Errorf("removing blobs without statements: %w", err)
	}
	return removed, nil
}

// sweep removes those of a few blobs that are to be removed.
func (k *Keeper) sweep(ctx context.Context, tenant string, before time.Time, candidates []Hash, used Used) (removed int, err error) {
	var doomed []Hash
	over := make(chan struct{})
	k.mu.Lock()
	for _, h := range candidates {
		if n := (name{tenant, h}); k.held[n] == 0 && k.doomed[n] == nil {
			k.doomed[n] = over
			doomed = append(doomed, h)
		}
	}
	k.mu.Unlock()
	defer func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		for _, h := range doomed {
			delete(k.doomed, name{tenant, h})
		}
		close(over)
	}()
	if len(doomed) == 0 {
		return 0, nil
	}
	inUse, err := used(ctx, tenant, doomed)
	if err != nil {
		return 0, err
	}
	for _, h := range doomed {
		if inUse[h] {
			continue
		}
		// It may have been put again since it was listed.
		switch info, err := k.Stat(ctx, tenant, h); {
		case errors.Is(err, ErrNotFound):
			continue
		case err != nil && !errors.Is(err, ErrDamaged):
			return removed, err
		case err == nil && !info.Time.Before(before):
			continue
		}
		if err := k.Remove(ctx, tenant, h); err != nil {
			return removed, err
		}
		removed++
	}
	return removed, nil
}
