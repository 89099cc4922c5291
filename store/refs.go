package store

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/bits-and-blooms/bloom/v3"
	"github.com/google/uuid"

	"lernspur/statements"
)

// edge says that the statement stored at referrer points to the one stored at
// target.
type edge struct {
	tenant           string
	target, referrer int64
}

// refs ties StatementRefs to what they point to, whichever of the two comes
// first. The look-up rows of kind 9 have every id that is pointed to; refs
// knows in a filter which ids may be among them, so that statements to which
// nothing points, nearly all, cost no query when they come.
//
// Two INSERTs may run at once. Each makes its references known here before it looks for their
// targets, and its look-up rows are visible before it looks here: so of a
// reference and its target at least one finds the other.
type refs struct {
	mu      sync.Mutex
	wanted  *bloom.BloomFilter // tenant and id of what is pointed to; nil while there is nothing
	tenants map[string]bool    // those that have any reference at all
	chained map[string]bool    // those in which something points to a reference
}

// The filter has a fixed size, 8 MiB once there is a StatementRef. A million of
// them make it say "maybe" to one statement of 76,000, ten million to one of 25;
// a "maybe" costs its part of one query for a batch.
const (
	wantedBits   = 64 << 20
	wantedHashes = 4
)

// loadRefs reads to which ids statements point.
func (s *Store) loadRefs(ctx context.Context) error {
	s.refs.tenants = make(map[string]bool)
	s.refs.chained = make(map[string]bool)
	err := s.queryLong(ctx, fmt.Sprintf(`SELECT tenant, key FROM lookups WHERE kind = %d`, kindRefTo), nil, func(rows driver.Rows) error {
		var tenant string
		var id uuid.UUID
		err := rows.Scan(&tenant, &id)
		s.refs.want(tenant, id)
		return err
	})
	if err != nil {
		return err
	}
	for tenant := range s.refs.tenants {
		chained, err := s.chained(ctx, tenant, `SELECT target FROM refs WHERE tenant = {tenant:String}`)
		if err != nil {
			return err
		}
		s.refs.chained[tenant] = chained
	}
	return nil
}

// chained tells whether among some instants there is one of a reference.
func (s *Store) chained(ctx context.Context, tenant, among string) (chained bool, err error) {
	sql := fmt.Sprintf(`SELECT 1 FROM refs WHERE tenant = {tenant:String} AND referrer IN (%s) LIMIT 1`, among)
	err = s.queryLong(ctx, sql, parameters{"tenant": tenant}, func(driver.Rows) error { chained = true; return nil })
	return chained, err
}

// any tells whether a tenant has StatementRefs.
func (r *refs) any(tenant string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tenants[tenant]
}

// chains tells whether a tenant may have StatementRefs that others point to.
func (r *refs) chains(tenant string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.chained[tenant]
}

// want notes that a statement points to an id. r.mu is held, or nobody else is there yet.
func (r *refs) want(tenant string, id uuid.UUID) {
	if r.wanted == nil {
		r.wanted = bloom.New(wantedBits, wantedHashes)
	}
	r.wanted.Add(wantedKey(tenant, id))
	r.tenants[tenant] = true
}

func wantedKey(tenant string, id uuid.UUID) []byte {
	return append(append(make([]byte, 0, 128), id[:]...), tenant...)
}

// insertRefs finds the edges that rows complete and inserts them. It costs
// nothing while there are no StatementRefs. What is found twice, or was
// inserted before, is one row in the end.
func (s *Store) insertRefs(ctx context.Context, attempt string, rows []Row) error {
	edges, err := s.targetsOf(ctx, s.refs.announce(rows))
	if err != nil {
		return err
	}
	for tenant, ids := range s.refs.pointedTo(rows) {
		if edges, err = s.referrersOf(ctx, edges, tenant, ids); err != nil {
			return err
		}
	}
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
	return s.findChains(ctx, edges)
}

// reference is a statement whose object is a StatementRef.
type reference struct {
	id       uuid.UUID // that it points to
	referrer int64
}

// announce makes the references among rows known, and answers them by tenant.
func (r *refs) announce(rows []Row) map[string][]reference {
	var found map[string][]reference
	for _, row := range rows {
		if row.ObjectKind != statements.ObjectStatementRef {
			continue
		}
		if found == nil {
			found = make(map[string][]reference)
			r.mu.Lock()
			defer r.mu.Unlock()
		}
		r.want(row.Tenant, row.Ref)
		found[row.Tenant] = append(found[row.Tenant], reference{row.Ref, row.Stored})
	}
	return found
}

// targetsOf finds what the references point to, where that is stored or about
// to be.
func (s *Store) targetsOf(ctx context.Context, found map[string][]reference) ([]edge, error) {
	var edges []edge
	for tenant, all := range found {
		for part := range slices.Chunk(all, maxList) {
			referrers := make(map[uuid.UUID][]int64, len(part))
			for _, r := range part {
				referrers[r.id] = append(referrers[r.id], r.referrer)
			}
			err := s.keyed(ctx, tenant, kindID, part, func(id uuid.UUID, stored int64) {
				for _, referrer := range referrers[id] {
					edges = append(edges, edge{tenant, stored, referrer})
				}
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return edges, nil
}

// pointedTo lists those of rows to which a statement may point, by tenant. The
// stored instant stands where that of the referrer otherwise does.
func (r *refs) pointedTo(rows []Row) map[string][]reference {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.wanted == nil {
		return nil
	}
	var found map[string][]reference
	for _, row := range rows {
		if !r.tenants[row.Tenant] || !r.wanted.Test(wantedKey(row.Tenant, row.ID)) {
			continue
		}
		if found == nil {
			found = make(map[string][]reference)
		}
		found[row.Tenant] = append(found[row.Tenant], reference{row.ID, row.Stored})
	}
	return found
}

// referrersOf finds the references to some statements that come.
func (s *Store) referrersOf(ctx context.Context, edges []edge, tenant string, targets []reference) ([]edge, error) {
	for part := range slices.Chunk(targets, maxList) {
		stored := make(map[uuid.UUID]int64, len(part))
		for _, t := range part {
			stored[t.id] = t.referrer
		}
		err := s.keyed(ctx, tenant, kindRefTo, part, func(id uuid.UUID, referrer int64) {
			edges = append(edges, edge{tenant, stored[id], referrer})
		})
		if err != nil {
			return nil, err
		}
	}
	return edges, nil
}

// keyed reads the look-up rows of a kind for the ids of a list.
func (s *Store) keyed(ctx context.Context, tenant string, k kind, list []reference, found func(id uuid.UUID, stored int64)) error {
	ids := make([]uuid.UUID, len(list))
	for i, r := range list {
		ids[i] = r.id
	}
	sql := fmt.Sprintf(`SELECT DISTINCT key, stored FROM lookups WHERE tenant = {tenant:String} AND kind = %d AND key IN (%s)`, k, uuidList(ids))
	return s.query(ctx, sql, parameters{"tenant": tenant}, func(rows driver.Rows) error {
		var id uuid.UUID
		var stored int64
		err := rows.Scan(&id, &stored)
		found(id, stored)
		return err
	})
}

// findChains notes whether edges that are in the table now join others. Of two
// that come at once, the later one sees the earlier one here.
func (s *Store) findChains(ctx context.Context, edges []edge) error {
	byTenant := make(map[string][]edge)
	for _, e := range edges {
		if !s.refs.chains(e.tenant) {
			byTenant[e.tenant] = append(byTenant[e.tenant], e)
		}
	}
	for tenant, all := range byTenant {
		for part := range slices.Chunk(all, maxList) {
			targets, referrers := make([]int64, len(part)), make([]int64, len(part))
			for i, e := range part {
				targets[i], referrers[i] = e.target, e.referrer
			}
			sql := fmt.Sprintf(`%s UNION ALL SELECT referrer FROM refs WHERE tenant = {tenant:String} AND target IN (%s)`,
				listed(targets), intList(referrers))
			chained, err := s.chained(ctx, tenant, sql)
			if err != nil {
				return err
			}
			if chained {
				s.refs.mu.Lock()
				s.refs.chained[tenant] = true
				s.refs.mu.Unlock()
				break
			}
		}
	}
	return nil
}

// listed is a SELECT of values.
func listed(values []int64) string {
	return "SELECT arrayJoin(CAST([" + intList(values) + "], 'Array(Int64)'))"
}
