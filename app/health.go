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

// health remembers since when the database does not answer.
type health struct {
	mu   sync.Mutex
	away time.Time // zero while it answers
}

// ready returns nil when statements can be taken and read.
func (a *App) ready(ctx context.Context) error {
	if err := a.committer.Broken(); err != nil {
		return fmt.Errorf("the log can no longer be written, no statement is taken; see the server's log, then start it again (%w)", err)
	}
	err := a.store.Ping(ctx)
	a.health.mu.Lock()
	defer a.health.mu.Unlock()
	if err == nil {
		a.health.away = time.Time{}
		return nil
	}
	if a.health.away.IsZero() {
		a.health.away = time.Now()
	}
	if since := time.Since(a.health.away); since > awayTolerated {
		return fmt.Errorf("the database has not answered for %d s; statements are taken until the log is full", int(since.Seconds()))
	}
	return nil
}
