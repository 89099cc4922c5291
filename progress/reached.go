package progress

import (
	"context"
	"sync"
)

// reached is how far the projection has come, and who waits for it.
type reached struct {
	mu      sync.Mutex
	stored  int64
	closed  bool
	waiters map[chan error]int64
}

func (r *reached) value() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stored
}

// set moves to stored and answers whom it concerns.
func (r *reached) set(stored int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stored = stored
	for ch, upto := range r.waiters {
		if upto <= stored {
			ch <- nil
			delete(r.waiters, ch)
		}
	}
}

// waited tells whether somebody waits.
func (r *reached) waited() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.waiters) > 0
}

// wait returns when upto is reached. It calls hurry once it is registered.
func (r *reached) wait(ctx context.Context, upto int64, hurry func()) error {
	r.mu.Lock()
	switch {
	case r.stored >= upto:
		r.mu.Unlock()
		return nil
	case r.closed:
		r.mu.Unlock()
		return ErrStopped
	}
	ch := make(chan error, 1)
	if r.waiters == nil {
		r.waiters = make(map[chan error]int64)
	}
	r.waiters[ch] = upto
	r.mu.Unlock()
	hurry()
	select {
	case err := <-ch:
		return err
	case <-ctx.Done():
		r.mu.Lock()
		delete(r.waiters, ch)
		r.mu.Unlock()
		return ctx.Err()
	}
}

// close answers all who wait, now and later, with ErrStopped.
func (r *reached) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	for ch := range r.waiters {
		ch <- ErrStopped
	}
	r.waiters = nil
}
