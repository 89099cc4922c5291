package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"

	"lernspur/statements"
)

// Find answers a page of a tenant's statements: those that match q and are not
// voided, and those whose StatementRef leads, directly or through
// others, to one that matches (xAPI 1.0.3 Part 3, 2.1.3). q.Limit must be
// positive and q.Upto a watermark.
func (s *Store) Find(ctx context.Context, tenant string, q statements.Query) (statements.Page, error) {
	if q.Limit <= 0 {
		return statements.Page{}, fmt.Errorf("a query needs a positive limit, not %d", q.Limit)
	}
	f := &finder{store: s, tenant: tenant, ctx: ctx, anyRefs: s.refs.any(tenant)}
	var filtered bool
	f.plan, filtered = newPlan(q)
	f.plan.hidden = s.hiddenSQL(tenant)
	if filtered && f.anyRefs {
		if err := f.findLinks(); err != nil {
			return statements.Page{}, err
		}
	}
	var page statements.Page
	// One more than the page holds tells whether there is another page.
	for n := q.Limit + 1; ; n = max(q.Limit+1-len(page.Statements), leastRows) {
		rows, exhausted, err := f.next(n, filtered)
		if err != nil {
			return statements.Page{}, err
		}
		page.Statements = append(page.Statements, rows...)
		if f.full && len(page.Statements) > 0 {
			page.Statements = page.Statements[:min(len(page.Statements), q.Limit)]
			page.More = true
			return page, nil
		}
		if len(page.Statements) > q.Limit {
			page.Statements = page.Statements[:q.Limit]
			page.More = true
			return page, nil
		}
		if exhausted {
			return page, nil
		}
	}
}

// Get finds one statement that is visible at the watermark upto, voided or
// not.
func (s *Store) Get(ctx context.Context, tenant string, id uuid.UUID, upto int64) (found statements.Found, voided, ok bool, err error) {
	f := &finder{store: s, tenant: tenant, ctx: ctx, plan: plan{upto: upto, hidden: s.hiddenSQL(tenant)}, anyRefs: s.refs.any(tenant)}
	sql := fmt.Sprintf(`SELECT stored, id, registration, voiding, raw FROM statements WHERE tenant = {tenant:String} AND stored IN (`+
		`SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind = %d AND key = '%s') AND stored <= %d%s`, kindID, id, upto, f.plan.visible("stored"))
	rows, err := f.read(sql)
	if err != nil || len(rows) == 0 {
		return statements.Found{}, false, false, err
	}
	kept, err := f.withoutVoided(rows)
	return rows[0].Found, len(kept) == 0, err == nil, err
}

// finder answers one query.
type finder struct {
	store   *Store
	ctx     context.Context
	tenant  string
	plan    plan
	anyRefs bool
	links   []int64 // see findLinks
	bytes   int     // read so far
	full    bool    // the last read ended at maxPageBytes
}

// leastRows is how many statements are read at a time when few are wanted still:
// many that are voided may lie behind a page that is nearly full.
const leastRows = 32

// maxPageBytes bounds a page: one that would be larger ends earlier, and the
// next one goes on there.
const maxPageBytes = 16 << 20

var errFull = errors.New("the page is full")

// stored is a statement as read, before voided ones are left out.
type stored struct {
	statements.Found
	voiding bool
}

// next reads the next statements, n at most before voided ones are left out, and
// moves behind them. exhausted says that nothing comes after them.
func (f *finder) next(n int, filtered bool) (found []statements.Found, exhausted bool, err error) {
	if !filtered {
		rows, err := f.read(f.plan.newestSQL(n))
		if err != nil {
			return nil, false, err
		}
		if len(rows) > 0 {
			f.plan.advance(rows[len(rows)-1].Stored)
		}
		found, err = f.withoutVoided(rows)
		return found, len(rows) < n && !f.full, err
	}
	candidates, exhausted, err := f.candidates(n)
	if err != nil || len(candidates) == 0 {
		return nil, exhausted, err
	}
	rows, err := f.read(f.plan.fetchSQL(candidates))
	if err != nil {
		return nil, false, err
	}
	if f.full {
		f.plan.advance(rows[len(rows)-1].Stored)
		exhausted = false
	} else {
		f.plan.advance(candidates[len(candidates)-1])
	}
	found, err = f.withoutVoided(rows)
	return found, exhausted, err
}

// candidates reads stored of the next n statements, in order, each once:
// those that match and those that lead to one that matches.
func (f *finder) candidates(n int) ([]int64, bool, error) {
	list, err := f.stored(f.plan.candidatesSQL(n))
	if err != nil {
		return nil, false, err
	}
	exhausted := len(list) < n
	if f.anyRefs {
		// Beyond the last row read there may be others that come first.
		within := f.plan
		if !exhausted {
			within.end(list[n-1])
		}
		referrers, err := f.referrers(within, n)
		if err != nil {
			return nil, false, err
		}
		exhausted = exhausted && len(referrers) < n
		list = append(list, referrers...)
	}
	slices.SortFunc(list, f.compare)
	list = slices.Compact(list)
	if len(list) > n {
		list, exhausted = list[:n], false
	}
	return list, exhausted, nil
}

func (f *finder) compare(a, b int64) int {
	switch {
	case a == b:
		return 0
	case (a < b) == f.plan.up:
		return -1
	}
	return 1
}

func (f *finder) stored(sql string) ([]int64, error) {
	var list []int64
	err := f.store.query(f.ctx, sql, f.parameters(), func(rows driver.Rows) error {
		var v int64
		err := rows.Scan(&v)
		list = append(list, v)
		return err
	})
	return list, err
}

// read reads statements, until maxPageBytes are read.
func (f *finder) read(sql string) ([]stored, error) {
	var list []stored
	if f.full {
		f.full, f.bytes = false, 0 // all that was read so far is voided
	}
	err := f.store.query(f.ctx, sql, f.parameters(), func(rows driver.Rows) error {
		var r stored
		var registration uuid.UUID
		var voiding uint8
		var squeezed []byte
		err := rows.Scan(&r.Stored, &r.ID, &registration, &voiding, &squeezed)
		r.voiding = voiding == 1
		r.Raw = expand(squeezed, r.ID, registration, r.Stored)
		list = append(list, r)
		if f.bytes += len(r.Raw); f.bytes >= maxPageBytes && err == nil {
			return errFull
		}
		return err
	})
	if f.full = errors.Is(err, errFull); f.full {
		err = nil
	}
	return list, err
}

// withoutVoided leaves out the statements that a visible statement voids. A
// voiding statement cannot be voided (xAPI 1.0.3 Part 2, 2.3.2).
func (f *finder) withoutVoided(rows []stored) ([]statements.Found, error) {
	voided := make(map[uuid.UUID]bool)
	if f.anyRefs && len(rows) > 0 {
		ids := make([]uuid.UUID, len(rows))
		for i, r := range rows {
			ids[i] = r.ID
		}
		for part := range slices.Chunk(ids, 10*maxList) {
			err := f.store.query(f.ctx, f.plan.voidedSQL(part), f.parameters(), func(rows driver.Rows) error {
				var id uuid.UUID
				err := rows.Scan(&id)
				voided[id] = true
				return err
			})
			if err != nil {
				return nil, err
			}
		}
	}
	found := make([]statements.Found, 0, len(rows))
	for _, r := range rows {
		if r.voiding || !voided[r.ID] {
			found = append(found, r.Found)
		}
	}
	return found, nil
}

func (f *finder) parameters() parameters {
	all := parameters{"tenant": f.tenant, "verb": f.plan.verb, "actor": f.plan.bounds.Actor, "prefix": f.plan.bounds.ActivityPrefix}
	if f.plan.agents != nil {
		all[keysOfAgents] = f.plan.agents.keys
	}
	if f.plan.actors != nil {
		all[keysOfActors], all[namesOfActors] = f.plan.actors.keys, f.plan.actors.names
	}
	return all
}
