package records

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"lernspur/apiv1"
	"lernspur/statements"
)

// maxQueue is how many deletions may be under way.
const maxQueue = 100

// deletions carries out deletions, one after the other. Nothing that has become
// Chosen is given up: what fails is tried again, and what a crash or a stop
// leaves is gone on with after the next start.
type deletions struct {
	remover Remover
	log     *zap.Logger
	now     func() time.Time
	pause   time.Duration // after the first failure

	begin chan struct{} // a place of one: who holds it chooses

	mu      sync.Mutex
	queue   []*underway
	byID    map[uuid.UUID]*underway
	wake    chan struct{}
	started bool

	ctx    context.Context
	cancel context.CancelFunc
	done   chan struct{}
}

// underway is a deletion that is Chosen or Done in this process.
type underway struct {
	Deletion
	done chan struct{} // closed when it is Done
}

func newDeletions(remover Remover, log *zap.Logger) *deletions {
	d := &deletions{remover: remover, log: log, now: time.Now, pause: time.Second, begin: make(chan struct{}, 1),
		byID: make(map[uuid.UUID]*underway), wake: make(chan struct{}, 1), done: make(chan struct{})}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	return d
}

// start takes up what the process before left, and goes on in the background.
// When it returns, nothing that was chosen is in any answer.
func (d *deletions) start(ctx context.Context) error {
	left, err := d.remover.Deletions(ctx, Begun, Chosen, Done)
	if err != nil {
		return err
	}
	purge := false
	for _, del := range left {
		switch del.State {
		case Begun:
			if err := d.abandon(ctx, del); err != nil {
				return err
			}
		case Chosen:
			d.log.Info("going on with a deletion", zap.String("tenant", del.Tenant), zap.Stringer("deletion", del.ID))
			d.enqueue(del)
		case Done:
			purge = true
			if err := d.remover.Forget(ctx, del.Tenant, del.ID); err != nil {
				return err
			}
		}
	}
	d.started = true
	go d.run(purge)
	return nil
}

// abandon ends a deletion before anything of it was done.
func (d *deletions) abandon(ctx context.Context, del Deletion) error {
	if err := d.remover.Forget(ctx, del.Tenant, del.ID); err != nil {
		return err
	}
	return d.put(ctx, &del, Abandoned)
}

// stop ends after the step under way.
func (d *deletions) stop() {
	d.cancel()
	if d.started {
		<-d.done
	}
}

// put keeps a deletion in a new state.
func (d *deletions) put(ctx context.Context, del *Deletion, state State) error {
	next := *del
	next.State, next.Version = state, max(del.Version+1, d.now().UnixMicro())
	if err := d.remover.Put(ctx, next); err != nil {
		return err
	}
	*del = next
	return nil
}

// enqueue hides what was chosen and has it removed.
func (d *deletions) enqueue(del Deletion) *underway {
	d.remover.Hide(del.Tenant, del.ID)
	u := &underway{Deletion: del, done: make(chan struct{})}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.queue = append(d.queue, u)
	d.byID[del.ID] = u
	select {
	case d.wake <- struct{}{}:
	default:
	}
	return u
}

// find is a deletion that is under way or over.
func (d *deletions) find(ctx context.Context, tenant string, id uuid.UUID) (del Deletion, wait <-chan struct{}, ok bool, err error) {
	d.mu.Lock()
	u, ok := d.byID[id]
	if ok && u.Tenant == tenant {
		del = u.Deletion
		d.mu.Unlock()
		return del, u.done, true, nil
	}
	d.mu.Unlock()
	del, ok, err = d.remover.Deletion(ctx, tenant, id)
	return del, nil, ok, err
}

// errChanged means that a selection is not what was confirmed any more.
type errChanged struct{ count int64 }

func (e *errChanged) Error() string {
	return fmt.Sprintf("the selection has %d statements by now", e.count)
}

// demand begins the deletion that a confirmation is about, or joins it. Until
// it is Chosen nothing has happened; from then on nothing stops it.
func (d *deletions) demand(ctx context.Context, tenant, key string, sel statements.Selection, c confirmation) (Deletion, <-chan struct{}, error) {
	select {
	case d.begin <- struct{}{}:
		defer func() { <-d.begin }()
	case <-ctx.Done():
		return Deletion{}, nil, ctx.Err()
	}
	del, wait, ok, err := d.find(ctx, tenant, c.id())
	switch {
	case err != nil:
		return del, nil, err
	case ok && del.State == Chosen && wait == nil:
		// It was not known here that this was kept.
		return del, d.enqueue(del).done, nil
	case ok && del.State != Begun && del.State != Abandoned:
		return del, wait, nil
	}
	if d.now().Sub(time.Unix(c.issued, 0)) > confirmationTime {
		return del, nil, apiv1.Problemf(409, "this confirmation is older than an hour; ask for another one")
	}
	d.mu.Lock()
	full := len(d.queue) >= maxQueue
	d.mu.Unlock()
	if full {
		return del, nil, &Busy{Reason: "too many deletions are under way"}
	}
	del.Tenant, del.ID = tenant, c.id()
	del.Record = Record{Key: key, At: d.now().UnixMicro(), Selection: digestOf(tenant, sel), Count: c.count, Watermark: c.watermark}
	if err := d.choose(ctx, &del, sel); err != nil {
		// What is left of it goes with the next try, or with the next start.
		return del, nil, err
	}
	d.audit("statements are being deleted", del)
	u := d.enqueue(del)
	return del, u.done, nil
}

// choose makes a deletion Chosen if it is about as many statements as were
// confirmed.
func (d *deletions) choose(ctx context.Context, del *Deletion, sel statements.Selection) error {
	if err := d.put(ctx, del, Begun); err != nil {
		return err
	}
	n, err := d.remover.Choose(ctx, del.Tenant, del.ID, sel, del.Record.Watermark)
	if err != nil {
		return err
	}
	if n != del.Record.Count {
		return errors.Join(&errChanged{n}, d.abandon(ctx, *del))
	}
	// The client may leave now; whether this was kept must not depend on that.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	return d.put(ctx, del, Chosen)
}

// run removes what is chosen, and purges when nothing else is to be done.
func (d *deletions) run(purge bool) {
	defer close(d.done)
	pause := d.pause
	for d.ctx.Err() == nil {
		d.mu.Lock()
		var next *underway
		if len(d.queue) > 0 {
			next = d.queue[0]
		}
		d.mu.Unlock()
		switch {
		case next != nil:
			if !d.retry("deleting statements", func() error { return d.carryOut(next) }) {
				return
			}
			purge = true
		case purge:
			// What is asked for meanwhile does not wait for bytes to go.
			switch err := d.purge(); {
			case err == nil:
				purge, pause = false, d.pause
			case d.ctx.Err() == nil:
				d.log.Warn("removing the bytes of deleted statements failed and is tried again", zap.Error(err))
				select {
				case <-time.After(pause):
				case <-d.wake:
				case <-d.ctx.Done():
				}
				pause = min(2*pause, time.Minute)
			}
		default:
			select {
			case <-d.wake:
			case <-d.ctx.Done():
			}
		}
	}
}

// carryOut makes a Chosen deletion Done.
func (d *deletions) carryOut(u *underway) error {
	begun := d.now()
	if err := d.remover.Remove(d.ctx, u.Tenant, u.ID); err != nil {
		return err
	}
	del := u.Deletion
	del.Record.Finished = d.now().UnixMicro()
	if err := d.put(d.ctx, &del, Done); err != nil {
		return err
	}
	if err := d.remover.Forget(d.ctx, u.Tenant, u.ID); err != nil {
		return err
	}
	d.mu.Lock()
	u.Deletion = del
	d.queue = d.queue[1:]
	delete(d.byID, u.ID)
	d.mu.Unlock()
	close(u.done)
	d.audit("statements were deleted", del, zap.Duration("took", d.now().Sub(begun)))
	return nil
}

// purge makes what is Done Purged.
func (d *deletions) purge() error {
	list, err := d.remover.Deletions(d.ctx, Done)
	if err != nil || len(list) == 0 {
		return err
	}
	if err := d.remover.Purge(d.ctx); err != nil {
		return err
	}
	for _, del := range list {
		if err := d.put(d.ctx, &del, Purged); err != nil {
			return err
		}
	}
	return nil
}

// audit writes who deletes how much to the log of the server; whom it is about
// is not said.
func (d *deletions) audit(what string, del Deletion, more ...zap.Field) {
	d.log.Info(what, append([]zap.Field{zap.String("tenant", del.Tenant), zap.String("key", del.Record.Key), zap.Stringer("deletion", del.ID),
		zap.String("selection", del.Record.Selection), zap.Int64("count", del.Record.Count), zap.Int64("watermark", del.Record.Watermark)}, more...)...)
}

// retry calls step until it succeeds; false when the deletions stop.
func (d *deletions) retry(what string, step func() error) bool {
	for pause := d.pause; ; pause = min(2*pause, time.Minute) {
		err := step()
		if err == nil {
			return true
		}
		if d.ctx.Err() != nil {
			return false
		}
		d.log.Warn(what+" failed and is tried again", zap.Error(err))
		select {
		case <-time.After(pause):
		case <-d.ctx.Done():
			return false
		}
	}
}
