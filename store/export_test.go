package store

import (
	"context"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

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
	return p.candidatesSQL(n) + "\n" + p.referrersSQL(true)
}

// SetReadTimeout gives the store connections on which the driver's own limit of
// time for a query is d.
func SetReadTimeout(t testing.TB, s *Store, dsn string, d time.Duration) {
	t.Helper()
	opts, err := options(dsn)
	if err != nil {
		t.Fatal(err)
	}
	opts.ReadTimeout = d
	conn, err := clickhouse.Open(opts)
	if err != nil {
		t.Fatal(err)
	}
	s.conn.Close()
	s.conn = conn
}

// Comparer compares rows with their definitions, all of which are known.
func Comparer(rows []Row) func() {
	d := newDefinitions()
	_, learned, _ := d.compare(rows)
	d.learn(learned)
	return func() { d.compare(rows) }
}
