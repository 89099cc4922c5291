package commit

import (
	"context"
	"sync"
	"sync/atomic"
)

// watermark is a value that only rises, and that can be waited for.
type watermark struct {
	current atomic.Int64
	mu      sync.Mutex
	waiters map[chan struct{}]int64
}

func (w *watermark) value() int64 { return w.current.Load() }

// raise sets the value, if it is higher, and wakes whom it concerns.
func (w *watermark) raise(value int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if value <= w.current.Load() {
		return
	}
	w.current.Store(value)
	for ch, target := range w.waiters {
		if target <= value {
			close(ch)
			delete(w.waiters, ch)
		}
	}
}

// wait returns when the value has reached target, or with the error of ctx.
func (w *watermark) wait(ctx context.Context, target int64) error {
	w.mu.Lock()
	if w.current.Load() >= target {
		w.mu.Unlock()
		return nil
	}
	ch := make(chan struct{})
	if w.waiters == nil {
		w.waiters = make(map[chan struct{}]int64)
	}
	w.waiters[ch] = target
	w.mu.Unlock()
	select {
	case <-ch:
		return nil
	case <-ctx.Done():
		w.mu.Lock()
		delete(w.waiters, ch)
		w.mu.Unlock()
		return ctx.Err()
	}
}
