package store

import (
	"context"

	"lernspur/statements"
)

// InsertTorn is an Insert that a crash cut off before its last step.
func InsertTorn(s *Store, ctx context.Context, rows []Row) error {
	if len(rows) == 0 {
		return nil
	}
	c := newColumns()
	for _, row := range rows {
		c.lookups.add(row)
	}
	return s.sendAll(ctx, "torn", insertLookups, c.lookups.columns())
}

// ExplainPlan is the SQL of a query's first step.
func ExplainPlan(q statements.Query, n int) string {
	p, filtered := newPlan(q)
	if !filtered {
		return p.newestSQL(n)
	}
	return p.candidatesSQL(n) + "\n" + p.referrersSQL()
}
