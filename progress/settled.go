package progress

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/ext"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"go.uber.org/zap"
)

// The names of the rows of progress_cursor that say for which statements and for
// which generations the table progress_learners holds.
const (
	settledName     = "learners, " // and the zone that weeks begin in
	generationsName = "generations of learners"
)

const (
	// settleEvery is the least time between two looks for learners whose rows are
	// to be made anew.
	settleEvery = 5 * time.Second
	// settleBusy is how many statements between two looks say that so much is
	// coming in that rows would be outdated as soon as they are made, and
	// settlePatience for how long they are left alone because of it.
	settleBusy     = 20_000
	settlePatience = 5 * time.Minute
	// settleBehind is how far behind the projection may be when all rows are made.
	settleBehind = 5 * time.Second
	// settlePiece is up to how many statements the learners behind them are looked up one by one;
	// beyond it all rows are made anew.
	settlePiece = 100_000
	// settleAtOnce is up to how many slots of a tenant all rows are made by one INSERT.
	settleAtOnce = 200_000
	// settleWeeks is of how many slots the weeks are counted at once.
	settleWeeks = 2_000_000
	// maxOpen is of how many learners of courses an answer puts the facts together
	// although there are rows; beyond it, it does that of all.
	maxOpen = 20_000
)

// settledTables are the tables with rows that are made anew.
var settledTables = []string{"progress_learners", "progress_weeks"}

// pair is a learner, by identifier, in a course.
type pair struct{ course, learner string }

// settledAt is how far the rows of progress_learners have come. A row is made at
// one moment out of all facts; it holds until a statement of its learner in its
// course comes, or a higher generation of its learner. So it holds for everybody
// but the learners of statements behind upto and of generations above
// generation: those are open, and answers put their facts together. So are those
// of one person who are several learners in one course, since their rows do not add up.
type settledAt struct {
	upto, generation int64
	version          int64 // of the rows that were made last

	mu     sync.Mutex
	shared map[string]shared // by tenant
}

// shared are the learners who are one person with others in the same course.
type shared struct {
	directory string // the version of the directory by which they are
	pairs     []pair
}

// settled is what a Projector knows of progress_learners.
type settled struct {
	// mu is held while rows are made and while they are thrown away. Who holds
	// cycle as well takes that first.
	mu      sync.Mutex
	at      atomic.Pointer[settledAt] // nil: there are no rows to go by
	epoch   atomic.Int64              // how often everything was thrown away
	version int64                     // the highest of any row, and of the cursor's
	// piece and busy are settlePiece and settleBusy, but in tests.
	piece, busy int64

	seen      int64     // statements that waited at the last look
	waitingAt time.Time // since when so much comes in
}

// loadSettled reads how far the rows have come. cycle is held.
func (p *Projector) loadSettled(ctx context.Context) error {
	s := &p.settled
	s.at.Store(nil)
	at := settledAt{upto: rebuilding}
	err := p.query(ctx, `SELECT name, argMax(stored, version), max(version) FROM progress_cursor WHERE name IN ('`+settledName+p.zone.String()+`', '`+generationsName+`') GROUP BY name`,
		func(rows driver.Rows) error {
			var name string
			var stored, version int64
			err := rows.Scan(&name, &stored, &version)
			if name != generationsName {
				at.upto = stored
			} else {
				at.generation = stored
			}
			s.version = max(s.version, version)
			return err
		})
	var made int64
	if err == nil {
		// Rows that were made just before the end win over none that come.
		err = p.conn.QueryRow(ctx, "SELECT greatest((SELECT max(version) FROM progress_learners), (SELECT max(version) FROM progress_weeks))").Scan(&made)
	}
	if err != nil {
		return fmt.Errorf("reading how far the figures of learners have come: %w", err)
	}
	if s.version = max(s.version, made); at.upto > rebuilding {
		at.version = s.version
		s.at.Store(&at)
	}
	return nil
}

// noteSettled says durably how far the rows have come: first for which statements, since
// older generations only open more than need be.
func (p *Projector) noteSettled(ctx context.Context, upto, generation int64) error {
	for _, row := range []struct {
		name   string
		stored int64
	}{{settledName + p.zone.String(), upto}, {generationsName, generation}} {
		p.settled.version++
		sql := fmt.Sprintf(`INSERT INTO progress_cursor (name, version, stored) SELECT '%s', %d, %d`, row.name, p.settled.version, row.stored)
		if err := p.exec(ctx, sql); err != nil {
			return fmt.Errorf("noting how far the figures of learners have come: %w", err)
		}
	}
	return nil
}

// unsettle throws all rows away. cycle is held.
func (p *Projector) unsettle(ctx context.Context) error {
	p.settled.at.Store(nil)
	p.settled.epoch.Add(1)
	p.settled.mu.Lock()
	defer p.settled.mu.Unlock()
	// Noted first: rows that are not there must not be gone by.
	if err := p.noteSettled(ctx, rebuilding, 0); err != nil {
		return err
	}
	for _, table := range settledTables {
		if err := p.exec(ctx, "TRUNCATE TABLE "+table); err != nil {
			return fmt.Errorf("removing the figures of learners: %w", err)
		}
	}
	return nil
}

// settleLoop makes rows anew until ctx ends, and takes a tenth of the time at most.
func (p *Projector) settleLoop(ctx context.Context) {
	pause := settleEvery
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		began := time.Now()
		if err := p.settle(ctx, false); err != nil && ctx.Err() == nil {
			p.logger.Warn("the figures of learners are not put together, answers take longer until they are", zap.Error(err))
		}
		pause = max(settleEvery, 10*time.Since(began))
	}
}

// settle makes the rows anew for which something has come. At a time at which too
// much comes in it does nothing, unless it must. After an error, or when it was cut off, what was open stays open.
func (p *Projector) settle(ctx context.Context, must bool) error {
	// Between two cycles: what is stored or given up to here is whole.
	p.cycle.Lock()
	upto, generation, epoch := p.reached.value(), p.generation, p.settled.epoch.Load()
	p.cycle.Unlock()
	at := p.settled.at.Load()
	if at == nil {
		if !must && p.watermark()-upto > settleBehind.Microseconds() {
			return nil
		}
		return p.settleAll(ctx, upto, generation, epoch)
	}
	var n, voided uint64
	count := fmt.Sprintf("SELECT (SELECT count() FROM statements WHERE %s), (SELECT count() FROM progress_generations WHERE generation > %d AND generation <= %d)",
		span{at.upto, upto}.of("stored"), at.generation, generation)
	if err := p.conn.QueryRow(ctx, count).Scan(&n, &voided); err != nil {
		return fmt.Errorf("looking for learners whose figures have changed: %w", err)
	}
	came := int64(n) - p.settled.seen
	p.settled.seen = int64(n)
	switch {
	case n == 0 && voided == 0:
		// Nothing to be made; answers need not look that far back any more.
		p.publish(epoch, &settledAt{upto: upto, generation: generation, version: at.version}, at)
		return nil
	case !must && came > p.settled.busy:
		if p.settled.waitingAt.IsZero() {
			p.settled.waitingAt = time.Now()
		}
		if time.Since(p.settled.waitingAt) < settlePatience {
			return nil
		}
	}
	p.settled.waitingAt, p.settled.seen = time.Time{}, 0
	if int64(n) > p.settled.piece {
		return p.settleAll(ctx, upto, generation, epoch)
	}
	return p.settleSome(ctx, at, upto, generation, epoch)
}

// settleSome makes the rows of the learners that are open.
func (p *Projector) settleSome(ctx context.Context, at *settledAt, upto, generation, epoch int64) error {
	tenants, err := p.texts(ctx, fmt.Sprintf("SELECT DISTINCT tenant FROM statements WHERE %s UNION DISTINCT SELECT DISTINCT tenant FROM progress_generations WHERE generation > %d",
		span{at.upto, upto}.of("stored"), at.generation))
	if err != nil {
		return err
	}
	for _, tenant := range tenants {
		q, fresh := p.plain(tenant, ""), since(at.upto, at.generation, fmt.Sprintf(" AND stored <= %d", upto))
		some := q.among("(course, learner) IN (" + fresh + ")")
		if err := p.makeRows(ctx, q, epoch, some.settleSQL); err != nil {
			return err
		}
		weeks := func(version int64) string {
			return settleWeeksSQL(q, " AND learner IN (SELECT learner FROM ("+fresh+"))", version)
		}
		if err := p.makeRows(ctx, q, epoch, weeks); err != nil {
			return err
		}
	}
	return p.finish(ctx, upto, generation, epoch, at)
}

// settleAll makes all rows, tenant by tenant, and of large ones course by course.
func (p *Projector) settleAll(ctx context.Context, upto, generation, epoch int64) error {
	tenants, err := p.texts(ctx, "SELECT DISTINCT tenant FROM progress")
	if err != nil {
		return err
	}
	for _, tenant := range tenants {
		if err := p.settleTenant(ctx, tenant, epoch); err != nil {
			return err
		}
	}
	return p.finish(ctx, upto, generation, epoch, nil)
}

// settleTenant makes all rows of a tenant.
func (p *Projector) settleTenant(ctx context.Context, tenant string, epoch int64) error {
	var n uint64
	if err := p.conn.QueryRow(forTenant(ctx, tenant), "SELECT count() FROM progress_slots WHERE tenant = {tenant:String}").Scan(&n); err != nil {
		return err
	}
	courses := []string{""} // all together
	if n > settleAtOnce {
		var err error
		if courses, err = p.texts(forTenant(ctx, tenant), "SELECT DISTINCT toString(course) FROM progress WHERE tenant = {tenant:String}"); err != nil {
			return err
		}
	}
	for _, course := range courses {
		q := p.plain(tenant, course)
		if err := p.makeRows(ctx, q, epoch, q.settleSQL); err != nil {
			return err
		}
	}
	parts := int(n)/settleWeeks + 1
	for i := range parts {
		q := p.plain(tenant, "")
		weeks := func(version int64) string {
			return settleWeeksSQL(q, fmt.Sprintf(" AND cityHash64(learner) %% %d = %d", parts, i), version)
		}
		if err := p.makeRows(ctx, q, epoch, weeks); err != nil {
			return err
		}
	}
	return nil
}

// plain is a question about learners as statements name them.
func (p *Projector) plain(tenant, course string) question {
	return question{Selection: Selection{Course: course, Scope: Scope{All: true}}, tenant: tenant, plain: true, zone: p.zone}
}

// makeRows makes rows by an INSERT with the parameters of a question.
func (p *Projector) makeRows(ctx context.Context, q question, epoch int64, sql func(version int64) string) error {
	p.settled.mu.Lock()
	defer p.settled.mu.Unlock()
	if p.settled.epoch.Load() != epoch {
		return nil // they were thrown away meanwhile, and so is what was begun
	}
	ctx, cancel := context.WithTimeout(ctx, cycleTimeout)
	defer cancel()
	p.settled.version++
	if err := p.exec(q.context(ctx, nil), sql(p.settled.version)); err != nil {
		return fmt.Errorf("putting the figures of learners together: %w", err)
	}
	return nil
}

// finish says that the rows have come further.
func (p *Projector) finish(ctx context.Context, upto, generation, epoch int64, before *settledAt) error {
	next := &settledAt{upto: upto, generation: generation}
	if before != nil {
		// Who was asked about is asked about again: not in the time of an answer.
		before.mu.Lock()
		known := make(map[string]string, len(before.shared))
		for tenant, s := range before.shared {
			known[tenant] = s.directory
		}
		before.mu.Unlock()
		for tenant, directory := range known {
			if _, err := p.sharedOf(ctx, next, tenant, directory); err != nil {
				return err
			}
		}
	}
	p.settled.mu.Lock()
	defer p.settled.mu.Unlock()
	if p.settled.epoch.Load() != epoch {
		return nil
	}
	if err := p.noteSettled(ctx, upto, generation); err != nil {
		return err
	}
	next.version = p.settled.version
	p.settled.at.Store(next)
	return nil
}

// publish replaces what is known without anything having been made.
func (p *Projector) publish(epoch int64, next, before *settledAt) {
	before.mu.Lock()
	next.shared = before.shared
	before.shared = nil
	before.mu.Unlock()
	p.settled.mu.Lock()
	defer p.settled.mu.Unlock()
	if p.settled.epoch.Load() == epoch {
		p.settled.at.Store(next)
	}
}

// askLearners makes a question about learners: what of it can be taken from
// progress_learners, and what is open.
func (p *Projector) askLearners(ctx context.Context, tenant string, s Selection) (question, error) {
	q := p.ask(tenant, s)
	at := p.settled.at.Load()
	if at == nil {
		return q, nil
	}
	if q.directory == "" {
		var err error
		if q.directory, err = p.directoryVersion(ctx, tenant); err != nil {
			return q, err
		}
	}
	open, err := p.openPairs(ctx, at, q)
	if err != nil {
		return q, fmt.Errorf("looking for learners whose figures have changed: %w", err)
	}
	if q.settled = len(open) <= maxOpen; q.settled {
		q.open = open
	}
	return q, nil
}

// openPairs are those for whom the rows do not hold; more than maxOpen when there are
// too many.
func (p *Projector) openPairs(ctx context.Context, at *settledAt, q question) ([]pair, error) {
	ctx = q.context(ctx, nil)
	open, err := p.pairs(ctx, "SELECT DISTINCT course, learner FROM ("+since(at.upto, at.generation, "")+") WHERE "+q.ofCourse()+fmt.Sprintf(" LIMIT %d", maxOpen+1))
	if err != nil || len(open) > maxOpen {
		return open, err
	}
	if len(open) > 0 {
		// Who is one person with them is open, too.
		others, err := p.pairs(withPairs(ctx, open), othersSQL)
		if err != nil {
			return nil, err
		}
		open = append(open, others...)
	}
	shared, err := p.sharedOf(ctx, at, q.tenant, q.directory)
	if err != nil {
		return nil, err
	}
	for _, one := range shared {
		if q.Course == "" || one.course == q.Course {
			open = append(open, one)
		}
	}
	return open, nil
}

// sharedOf are the learners of a tenant who are one person with others in the same course.
// Learners who came to a course since at are open anyway.
func (p *Projector) sharedOf(ctx context.Context, at *settledAt, tenant, directory string) ([]pair, error) {
	at.mu.Lock()
	known, ok := at.shared[tenant]
	at.mu.Unlock()
	if ok && known.directory == directory {
		return known.pairs, nil
	}
	pairs, err := p.pairs(forTenant(ctx, tenant), sharedSQL)
	if err != nil {
		return nil, err
	}
	at.mu.Lock()
	defer at.mu.Unlock()
	if at.shared == nil || len(at.shared) >= maxTenants {
		at.shared = make(map[string]shared)
	}
	at.shared[tenant] = shared{directory, pairs}
	return pairs, nil
}

// pairs runs a query for courses and learners.
func (p *Projector) pairs(ctx context.Context, sql string) (list []pair, err error) {
	err = p.query(ctx, sql, func(rows driver.Rows) error {
		var one pair
		err := rows.Scan(&one.course, &one.learner)
		list = append(list, one)
		return err
	})
	return list, err
}

// texts runs a query for one column of texts.
func (p *Projector) texts(ctx context.Context, sql string) (list []string, err error) {
	err = p.query(ctx, sql, func(rows driver.Rows) error {
		var one string
		err := rows.Scan(&one)
		list = append(list, one)
		return err
	})
	return list, err
}

// withPairs gives the queries of ctx the table open_pairs.
func withPairs(ctx context.Context, pairs []pair) context.Context {
	if len(pairs) == 0 {
		return ctx
	}
	table, err := ext.NewTable("open_pairs", ext.Column("course", "String"), ext.Column("learner", "String"))
	for i := 0; err == nil && i < len(pairs); i++ {
		err = table.Append(pairs[i].course, pairs[i].learner)
	}
	if err != nil { // two columns of texts take texts
		panic(err)
	}
	return clickhouse.Context(ctx, clickhouse.WithExternalTable(table))
}
