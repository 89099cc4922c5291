package progress

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// cursorName tells the projection's row of progress_cursor from those of other
// projections to come.
const cursorName = "progress"

// rebuilding as cursor says that the states are to be thrown away first: a
// rebuild that was cut off is finished at the next start.
const rebuilding = -1

// load reads the cursor.
func (p *Projector) load(ctx context.Context) error {
	p.cycle.Lock()
	defer p.cycle.Unlock()
	const query = `SELECT stored, version FROM progress_cursor WHERE name = '` + cursorName + `' ORDER BY version DESC LIMIT 1`
	var stored int64
	err := p.conn.QueryRow(ctx, query).Scan(&stored, &p.version)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("reading how far progress has come: %w", err)
	}
	if err := p.loadGeneration(ctx); err != nil {
		return fmt.Errorf("reading the generations of progress: %w", err)
	}
	if err := p.loadSettled(ctx); err != nil {
		return err
	}
	// Whoever kept the tables before may have been cut off.
	p.touched = max(p.touched, p.watermark())
	if stored == rebuilding {
		return p.empty(ctx)
	}
	p.reached.set(stored)
	return nil
}

// save moves the cursor to stored.
func (p *Projector) save(ctx context.Context, stored int64) error {
	insert := fmt.Sprintf(`INSERT INTO progress_cursor (name, version, stored) SELECT '%s', %d, %d`, cursorName, p.version+1, stored)
	if err := p.exec(ctx, insert); err != nil {
		return fmt.Errorf("noting how far progress has come: %w", err)
	}
	p.version++
	return nil
}

// Rebuild throws all states away and lets the projection start anew; until it
// has caught up, Watermark tells how far it is. For use when a
// definition has changed or Check has found differences. The end of ctx does not
// stop it half-way; after an error the next cycle, or the next start, finishes
// what was begun.
func (p *Projector) Rebuild(ctx context.Context) error {
	p.cycle.Lock()
	defer p.cycle.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cycleTimeout)
	defer cancel()
	if err := p.save(ctx, rebuilding); err != nil {
		return err
	}
	return p.empty(ctx)
}

// empty removes all states, after the cursor was set to rebuilding. Until it has
// succeeded no cycle may move the cursor: what was removed would be missing for
// good.
func (p *Projector) empty(ctx context.Context) error {
	p.emptying = true
	// First, so that no answer out of an empty table claims to be complete.
	p.reached.set(0)
	if err := p.unsettle(ctx); err != nil {
		return err
	}
	// The generations last: without them outdated facts would count.
	for _, table := range append(append([]string{"progress"}, factTables...), "progress_generations") {
		if err := p.exec(ctx, "TRUNCATE TABLE "+table); err != nil {
			return fmt.Errorf("removing what %s has: %w", table, err)
		}
	}
	p.revision.Add(1)
	p.kept.forget()
	if err := p.save(ctx, 0); err != nil {
		return err
	}
	p.emptying = false
	return nil
}

// writeSettings: one thread, so that a cycle leaves the others to ingestion;
// states of one cycle are never dropped as duplicates of another's.
var writeSettings = clickhouse.Settings{
	"max_threads": 1, "max_insert_threads": 1, "insert_deduplicate": 0, "async_insert": 0,
	"max_bytes_before_external_group_by": 256 << 20,
	"optimize_on_insert":                 1, "lightweight_deletes_sync": 2, "mutations_sync": 2,
}

// exec runs a statement that writes.
func (p *Projector) exec(ctx context.Context, sql string) error {
	settings := writeSettings
	if p.standsBack(ctx) {
		settings = maps.Clone(settings)
		settings["os_thread_priority"] = standBack
	}
	return p.conn.Exec(clickhouse.Context(ctx, clickhouse.WithSettings(settings)), sql)
}

// standBack is the Linux nice value of what keeps progress, behind what is posted
// and read at the same time.
const standBack = 5

// standsBack tells whether the database may do that: it does where its merges do
// (os_threads_nice_value_merge_mutate). Elsewhere it could die of it, since some
// systems let a thread become less urgent but not urgent again.
func (p *Projector) standsBack(ctx context.Context) bool {
	if known := p.background.Load(); known != nil {
		return *known
	}
	var n uint64
	err := p.conn.QueryRow(ctx, `SELECT count() FROM system.server_settings WHERE name = 'os_threads_nice_value_merge_mutate' AND toInt32OrZero(value) > 0`).Scan(&n)
	var refused *clickhouse.Exception
	if err != nil && !errors.As(err, &refused) {
		return false // the connection was lost: asked again the next time
	}
	known := err == nil && n > 0 // a server that refuses to say does not
	p.background.Store(&known)
	return known
}
