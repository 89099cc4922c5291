package progress

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// ErrNotYet means that statements are not complete up to the instant that was asked for.
var ErrNotYet = errors.New("statements are not complete up to there yet")

// Facts are what the statements of a tenant say that were stored up to an instant, in a
// form that no cycle changes while it is read.
type Facts struct {
	// AsOf is that instant, microseconds since the Unix epoch.
	AsOf int64
	p    *Projector
	q    question
}

// scratch is how the names of tables begin that hold facts as of an earlier instant.
// They are removed when they have been read, and at the next start after a crash.
const scratch = "scratch_"

// pollHeld is how long to wait for a cycle that must end first.
const pollHeld = 20 * time.Millisecond

// AsOf has facts read as of an instant; 0 stands for all that was acknowledged before. As
// long as no statement of the tenant is stored after the instant these are the
// projection's, which stands still meanwhile. For an earlier instant the same facts are made
// anew from the statements: with every voiding statement that was stored up to then, and
// no other. tell is told how many statements of how many were looked at; it may be nil. Errors:
// ErrNotYet, ErrStopped, and what use answers.
func (p *Projector) AsOf(ctx context.Context, tenant string, asOf int64, tell func(done, total int64), use func(context.Context, *Facts) error) error {
	if tell == nil {
		tell = func(int64, int64) {}
	}
	mark := p.watermark()
	if asOf > mark {
		return fmt.Errorf("as of %s: %w (up to %s)", instant(asOf), ErrNotYet, instant(mark))
	}
	if err := p.Wait(ctx, mark); err != nil {
		return err
	}
	if err := p.hold(ctx); err != nil {
		return err
	}
	held := true
	release := func() {
		if held {
			held = false
			p.cycle.Unlock()
		}
	}
	defer release()
	reached := p.reached.value()
	if asOf == 0 {
		asOf = reached
	}
	later, err := p.count(ctx, tenant, "stored > %d AND stored <= %d", asOf, reached)
	if err != nil {
		return err
	}
	facts := &Facts{AsOf: asOf, p: p, q: question{tenant: tenant, asOf: time.UnixMicro(asOf), zone: p.zone, Selection: Selection{Scope: Scope{All: true}, IdleDays: DefaultIdleDays}}}
	if later == 0 {
		return use(ctx, facts)
	}
	release()
	facts.q.tables, err = p.remake(ctx, tenant, asOf, tell)
	if facts.q.tables != "" {
		defer p.dropScratch(facts.q.tables)
	}
	if err != nil {
		return err
	}
	return use(ctx, facts)
}

func instant(micros int64) string { return time.UnixMicro(micros).UTC().Format(time.RFC3339Nano) }

// hold keeps cycles from running, from a moment at which the tables hold what
// reached says and nothing more. The caller unlocks p.cycle.
func (p *Projector) hold(ctx context.Context) error {
	for {
		p.cycle.Lock()
		if !p.emptying && p.reached.value() >= p.touched {
			return nil
		}
		upto := max(p.touched, p.reached.value())
		p.cycle.Unlock()
		if err := p.Wait(ctx, upto); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pollHeld):
		}
	}
}

func (p *Projector) count(ctx context.Context, tenant, where string, args ...any) (int64, error) {
	var n uint64
	sql := "SELECT count() FROM statements WHERE tenant = {tenant:String} AND " + fmt.Sprintf(where, args...)
	if err := p.conn.QueryRow(forTenant(ctx, tenant), sql).Scan(&n); err != nil {
		return 0, fmt.Errorf("counting statements: %w", err)
	}
	return int64(n), nil
}

// into turns INSERTs into the projection's tables into such into others.
func into(tables string, list ...string) []string {
	for i, sql := range list {
		list[i] = strings.Replace(sql, "INSERT INTO "+projection, "INSERT INTO "+tables, 1)
	}
	return list
}

// scratchChunk is how many statements are looked at in one INSERT.
const scratchChunk = 500_000

// remake makes tables of facts from the statements of a tenant that were stored up to an
// instant. The name is answered with an error as well, for what there is to be removed.
func (p *Projector) remake(ctx context.Context, tenant string, asOf int64, tell func(done, total int64)) (tables string, err error) {
	var random [8]byte
	if _, err := rand.Read(random[:]); err != nil {
		return "", err
	}
	tables = scratch + hex.EncodeToString(random[:])
	ctx, cancel := context.WithTimeout(forTenant(ctx, tenant), longTimeout)
	defer cancel()
	for _, name := range append([]string{projection}, factTables...) {
		if err := p.exec(ctx, "CREATE TABLE "+tables+strings.TrimPrefix(name, projection)+" AS "+name); err != nil {
			return tables, fmt.Errorf("making a table of earlier facts: %w", err)
		}
	}
	bounds, total, err := p.bounds(ctx, asOf)
	if err != nil {
		return tables, err
	}
	for i := range bounds[:len(bounds)-1] {
		tell(min(total, int64(i)*scratchChunk), total)
		part := func(column string) string {
			return fmt.Sprintf("tenant = {tenant:String} AND %[1]s > %[2]d AND %[1]s <= %[3]d", column, bounds[i], bounds[i+1])
		}
		for _, sql := range into(tables, facts(part("stored"), voidedAmong(part("target"), asOf), "toInt64(0)", "")...) {
			if err := p.exec(ctx, sql); err != nil {
				return tables, fmt.Errorf("making earlier facts: %w", err)
			}
		}
	}
	sql := fmt.Sprintf("INSERT INTO progress (tenant, course, learner, version, started_at, completed_at, last_at, verdict, score)\n"+
		"SELECT tenant, course, learner, %d, started_at, completed_at, last_at, verdict, score FROM (\n%s\n)", asOf, tenantStates("1", asOf))
	if err := p.exec(ctx, into(tables, sql)[0]); err != nil {
		return tables, fmt.Errorf("making earlier states: %w", err)
	}
	tell(total, total)
	return tables, nil
}

// bounds cut what was stored up to an instant into chunks: each is from behind
// one bound up to the next.
func (p *Projector) bounds(ctx context.Context, asOf int64) (bounds []int64, total int64, err error) {
	var ends []int64
	var n uint64
	sql := fmt.Sprintf(`SELECT groupArrayIf(stored, n %% %d = 0), count() FROM (SELECT stored, row_number() OVER (ORDER BY stored) AS n FROM statements WHERE tenant = {tenant:String} AND stored <= %d)`, scratchChunk, asOf)
	if err := p.conn.QueryRow(ctx, sql).Scan(&ends, &n); err != nil {
		return nil, 0, fmt.Errorf("counting statements: %w", err)
	}
	return append(append([]int64{0}, ends...), asOf), int64(n), nil
}

// dropScratch removes tables; what cannot be removed now is at the next start.
func (p *Projector) dropScratch(tables string) {
	ctx, cancel := context.WithTimeout(context.Background(), cycleTimeout)
	defer cancel()
	for _, name := range append([]string{projection}, factTables...) {
		if err := p.conn.Exec(ctx, "DROP TABLE IF EXISTS "+tables+strings.TrimPrefix(name, projection)); err != nil {
			p.logger.Warn("a table that is not needed any more stays until the next start: " + err.Error())
			return
		}
	}
}

// tidy removes what a crash has left.
func (p *Projector) tidy(ctx context.Context) error {
	var names []string
	err := query(ctx, p.conn, `SELECT name FROM system.tables WHERE database = currentDatabase() AND startsWith(name, '`+scratch+`')`, func(rows driver.Rows) error {
		var name string
		err := rows.Scan(&name)
		names = append(names, name)
		return err
	})
	for _, name := range names {
		if err == nil {
			err = p.conn.Exec(ctx, "DROP TABLE IF EXISTS `"+name+"`")
		}
	}
	if err != nil {
		return fmt.Errorf("removing tables that a report has left: %w", err)
	}
	return nil
}
