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
)

// The names of the rows of progress_cursor that say for which statements and for
// which generations the table progress_learners holds.
const (
	settledName     = "learners, " // and the zone that weeks begin in
	generationsName = "generations of learners"
)

// maxOpen is of how many learners of courses an answer puts the facts together
// although there are rows; beyond it, it does that of all.
const maxOpen = 20_000

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

// loadSettled reads how far the rows have come. cycle is held. Weeks that were made in
// another zone since are not those of this one: there are no rows to go by then.
func (p *Projector) loadSettled(ctx context.Context) error {
	s := &p.settled
	s.at.Store(nil)
	at := settledAt{upto: rebuilding}
	var newest int64
	err := p.query(ctx, `SELECT name, argMax(stored, version), max(version) FROM progress_cursor WHERE startsWith(name, '`+settledName+`') OR name = '`+generationsName+`' GROUP BY name`,
		func(rows driver.Rows) error {
			var name string
			var stored, version int64
			err := rows.Scan(&name, &stored, &version)
			switch {
			case name == generationsName:
				at.generation = stored
			case version > newest:
				newest, at.upto = version, rebuilding
				if name == settledName+p.zone.String() {
					at.upto = stored
				}
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
	// One that was noted may stand in no row, after a rebuild: the next ones are higher all the same.
	p.generation = max(p.generation, at.generation)
	if s.version = max(s.version, made); at.upto > rebuilding {
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
