package app

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// awayTolerated is how long the database may be away before the server counts
// as not ready: posts are taken meanwhile, and an engine that died is back
// within a second.
const awayTolerated = 10 * time.Second

// health says whether statements can be taken and read.
type health struct {
	broken func() error // why the log takes nothing any more
	ping   func(ctx context.Context) error
	now    func() time.Time

	mu   sync.Mutex
	away time.Time // since when the database does not answer; zero while it does
}

// ready returns nil when statements can be taken and read. It does not wait
// for a database that hangs any longer than ctx.
func (h *health) ready(ctx context.Context) error {
	if err := h.broken(); err != nil {
		return fmt.Errorf("the log can no longer be written, no statement is taken; see the server's log, then start it again (%w)", err)
	}
	asked := h.now()
	err := h.ping(ctx)
	h.mu.Lock()
	defer h.mu.Unlock()
	if err == nil {
		h.away = time.Time{}
		return nil
	}
	if h.away.IsZero() {
		h.away = asked
	}
	if since := h.now().Sub(h.away); since >= awayTolerated {
		return fmt.Errorf("the database has not answered for %d s; statements with new ids are taken until the log is full", int(since.Seconds()))
	}
	return nil
}
