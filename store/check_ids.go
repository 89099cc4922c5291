package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"

	"lernspur/statements"
)

// idsPerPass bounds the memory that the search for repeated ids takes in the
// database.
const idsPerPass = 1 << 20

// RepeatedIDs finds ids of a tenant that more than one statement has, limit of
// them at most, and counts all of them.
func (s *Store) RepeatedIDs(ctx context.Context, tenant string, upto int64, limit int) (list []uuid.UUID, total int, err error) {
	rows, err := s.Count(ctx, tenant, upto)
	if err != nil {
		return nil, 0, err
	}
	passes := rows/idsPerPass + 1
	for pass := range passes {
		sql := fmt.Sprintf(`SELECT id, count() OVER () FROM (SELECT id FROM statements WHERE tenant = {tenant:String} AND stored <= %d `+
			`AND cityHash64(id) %% %d = %d GROUP BY id HAVING count() > 1) LIMIT %d`, upto, passes, pass, max(limit-len(list), 1))
		inPass := uint64(0)
		err := s.queryLong(ctx, sql, parameters{"tenant": tenant}, func(r driver.Rows) error {
			var id uuid.UUID
			err := r.Scan(&id, &inPass)
			if len(list) < limit {
				list = append(list, id)
			}
			return err
		})
		if err != nil {
			return nil, 0, err
		}
		total += int(inPass)
	}
	return list, total, nil
}

// Edge says that the statement stored at Referrer points to the one stored at
// Target with a StatementRef.
type Edge struct{ Target, Referrer int64 }

// Edges reads n of the references of a tenant, each once, in order, behind
// after. Fewer than n are the last.
func (s *Store) Edges(ctx context.Context, tenant string, after Edge, n int) ([]Edge, error) {
	var list []Edge
	sql := fmt.Sprintf(`SELECT DISTINCT target, referrer FROM refs WHERE tenant = {tenant:String} AND (target, referrer) > (%d, %d) `+
		`ORDER BY target, referrer LIMIT %d`, after.Target, after.Referrer, n)
	err := s.queryLong(ctx, sql, parameters{"tenant": tenant}, func(rows driver.Rows) error {
		var e Edge
		err := rows.Scan(&e.Target, &e.Referrer)
		list = append(list, e)
		return err
	})
	return list, err
}

// HasEdges tells which of the edges are there.
func (s *Store) HasEdges(ctx context.Context, tenant string, edges []Edge) (map[Edge]bool, error) {
	present := make(map[Edge]bool)
	for part := range slices.Chunk(edges, maxList) {
		targets := make([]int64, len(part))
		for i, e := range part {
			targets[i] = e.Target
		}
		sql := fmt.Sprintf(`SELECT target, referrer FROM refs WHERE tenant = {tenant:String} AND target IN (%s)`, intList(targets))
		err := s.query(ctx, sql, parameters{"tenant": tenant}, func(rows driver.Rows) error {
			var e Edge
			err := rows.Scan(&e.Target, &e.Referrer)
			present[e] = true
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return present, nil
}

// Linked is what ties a statement to others.
type Linked struct {
	Stored int64
	ID     uuid.UUID
	Ref    uuid.UUID // zero when its object is no StatementRef
}

// LinkedAt reads the statements of a tenant that are stored at the instants
// given. Instants without a statement are left out.
func (s *Store) LinkedAt(ctx context.Context, tenant string, stored []int64) (map[int64]Linked, error) {
	found := make(map[int64]Linked)
	for part := range slices.Chunk(stored, maxList) {
		if err := s.linked(ctx, tenant, fmt.Sprintf("stored IN (%s)", intList(part)), found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// LinkedByID finds statements of a tenant by their ids. One whose look-up row
// is missing is not found.
func (s *Store) LinkedByID(ctx context.Context, tenant string, ids []uuid.UUID) (map[uuid.UUID]Linked, error) {
	byStored := make(map[int64]Linked)
	for part := range slices.Chunk(ids, maxList) {
		where := fmt.Sprintf("stored IN (SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind = %d AND key IN (%s))",
			kindID, uuidList(part))
		if err := s.linked(ctx, tenant, where, byStored); err != nil {
			return nil, err
		}
	}
	found := make(map[uuid.UUID]Linked, len(byStored))
	for _, l := range byStored {
		found[l.ID] = l
	}
	return found, nil
}

func (s *Store) linked(ctx context.Context, tenant, where string, found map[int64]Linked) error {
	sql := `SELECT stored, id, object_kind, ref FROM statements WHERE tenant = {tenant:String} AND ` + where
	return s.query(ctx, sql, parameters{"tenant": tenant}, func(rows driver.Rows) error {
		var l Linked
		var kind uint8
		err := rows.Scan(&l.Stored, &l.ID, &kind, &l.Ref)
		if statements.ObjectKind(kind) != statements.ObjectStatementRef {
			l.Ref = uuid.Nil
		}
		found[l.Stored] = l
		return err
	})
}

// Count counts the statements of a tenant up to a watermark.
func (s *Store) Count(ctx context.Context, tenant string, upto int64) (int, error) {
	var n uint64
	err := s.queryLong(ctx, fmt.Sprintf(`SELECT count() FROM statements WHERE tenant = {tenant:String} AND stored <= %d`, upto),
		parameters{"tenant": tenant}, func(rows driver.Rows) error { return rows.Scan(&n) })
	return int(n), err
}
