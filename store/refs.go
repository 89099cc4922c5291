package store

import (
	"context"
	"fmt"
	"sync"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"

	"lernspur/statements"
)

// target is the id that a StatementRef points to.
type target struct {
	tenant string
	id     uuid.UUID
}

// edge says that the statement stored at referrer points to the one stored at
// target.
type edge struct {
	tenant           string
	target, referrer int64
}

// refs ties StatementRefs to what they point to, whichever of the two comes
// first. What is dangling (its target has not come yet) is kept in memory; at
// start it is every reference without a row in the table refs.
//
// Two INSERTs may run at once. Each makes its references known here before it looks for their
// targets, and its look-up rows are visible before it looks here: so of a
// reference and its target at least one finds the other.
type refs struct {
	mu       sync.Mutex
	dangling map[target][]int64
	tenants  map[string]bool // those that have any reference at all
}

// loadRefs reads what is dangling.
func (s *Store) loadRefs(ctx context.Context) error {
	s.refs.dangling = make(map[target][]int64)
	s.refs.tenants = make(map[string]bool)
	err := s.query(ctx, `SELECT DISTINCT tenant FROM lookups WHERE kind = 9`, nil, func(rows driver.Rows) error {
		var tenant string
		err := rows.Scan(&tenant)
		s.refs.tenants[tenant] = true
		return err
	})
	if err != nil {
		return err
	}
	const sql = `SELECT DISTINCT tenant, key, stored FROM lookups WHERE kind = 9 AND (tenant, stored) NOT IN (SELECT tenant, referrer FROM refs)`
	return s.query(ctx, sql, nil, func(rows driver.Rows) error {
		var t target
		var stored int64
		if err := rows.Scan(&t.tenant, &t.id, &stored); err != nil {
			return err
		}
		s.refs.dangling[t] = append(s.refs.dangling[t], stored)
		return nil
	})
}

// any tells whether a tenant has StatementRefs.
func (r *refs) any(tenant string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tenants[tenant]
}

// insertRefs finds the edges that rows complete and inserts them. It costs
// nothing while there are no StatementRefs.
func (s *Store) insertRefs(ctx context.Context, attempt string, rows []Row) error {
	wanted := s.refs.announce(rows)
	edges, err := s.targetsOf(ctx, wanted)
	if err != nil {
		return err
	}
	edges = append(edges, s.refs.referrersOf(rows)...)
	if len(edges) == 0 {
		return nil
	}
	var tenants []string
	var targets, referrers []int64
	for _, e := range edges {
		tenants = append(tenants, e.tenant)
		targets = append(targets, e.target)
		referrers = append(referrers, e.referrer)
	}
	err = s.sendAll(ctx, attempt+"-refs", `INSERT INTO refs (tenant, target, referrer)`, []any{tenants, targets, referrers})
	if err != nil {
		return err
	}
	s.refs.resolve(wanted, rows, edges)
	return nil
}

// announce makes the references among rows known, by tenant.
func (r *refs) announce(rows []Row) map[string][]uuid.UUID {
	var wanted map[string][]uuid.UUID
	for _, row := range rows {
		if row.ObjectKind != statements.ObjectStatementRef {
			continue
		}
		if wanted == nil {
			wanted = make(map[string][]uuid.UUID)
			r.mu.Lock()
			defer r.mu.Unlock()
		}
		t := target{row.Tenant, row.Ref}
		wanted[row.Tenant] = append(wanted[row.Tenant], row.Ref)
		r.tenants[row.Tenant] = true
		if !contains(r.dangling[t], row.Stored) {
			r.dangling[t] = append(r.dangling[t], row.Stored)
		}
	}
	return wanted
}

// targetsOf finds those among the wanted ids that are stored, or about to be,
// and the references that wait for them.
func (s *Store) targetsOf(ctx context.Context, wanted map[string][]uuid.UUID) ([]edge, error) {
	var edges []edge
	for tenant, ids := range wanted {
		for len(ids) > 0 {
			n := min(len(ids), maxList)
			sql := fmt.Sprintf(`SELECT DISTINCT key, stored FROM lookups WHERE tenant = {tenant:String} AND kind = 1 AND key IN (%s)`, uuidList(ids[:n]))
			ids = ids[n:]
			err := s.query(ctx, sql, parameters{"tenant": tenant}, func(rows driver.Rows) error {
				var id uuid.UUID
				var stored int64
				if err := rows.Scan(&id, &stored); err != nil {
					return err
				}
				edges = s.refs.edgesTo(edges, target{tenant, id}, stored)
				return nil
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return edges, nil
}

// referrersOf finds the references that wait for one of rows.
func (r *refs) referrersOf(rows []Row) []edge {
	r.mu.Lock()
	none := len(r.dangling) == 0
	r.mu.Unlock()
	if none {
		return nil
	}
	var edges []edge
	for _, row := range rows {
		edges = r.edgesTo(edges, target{row.Tenant, row.ID}, row.Stored)
	}
	return edges
}

func (r *refs) edgesTo(edges []edge, t target, stored int64) []edge {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, referrer := range r.dangling[t] {
		edges = append(edges, edge{t.tenant, stored, referrer})
	}
	return edges
}

// resolve forgets references whose edges are in the table.
func (r *refs) resolve(wanted map[string][]uuid.UUID, rows []Row, edges []edge) {
	inserted := make(map[edge]bool, len(edges))
	found := make(map[int64]bool, len(edges))
	for _, e := range edges {
		inserted[edge{e.tenant, 0, e.referrer}] = true
		found[e.target] = true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	forget := func(t target) {
		var left []int64
		for _, referrer := range r.dangling[t] {
			if !inserted[edge{t.tenant, 0, referrer}] {
				left = append(left, referrer)
			}
		}
		if len(left) == 0 {
			delete(r.dangling, t)
		} else {
			r.dangling[t] = left
		}
	}
	for tenant, ids := range wanted {
		for _, id := range ids {
			forget(target{tenant, id})
		}
	}
	for _, row := range rows {
		if found[row.Stored] {
			forget(target{row.Tenant, row.ID})
		}
	}
}

func contains(list []int64, value int64) bool {
	for _, v := range list {
		if v == value {
			return true
		}
	}
	return false
}
