package progress

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

const (
	// maxDifferences bounds what Check answers per part.
	maxDifferences = 100
	// longTimeout bounds a query over all statements of a tenant or of a part of
	// its learners.
	longTimeout = 10 * time.Minute
	// checkPart is how many statements Check computes with at once.
	checkPart = 5_000_000
)

// Difference is a state that is not what the statements say. An empty text
// stands for no state.
type Difference struct {
	Course, Learner string
	// Projected is what the table has, Recomputed what it should have: the
	// columns started_at, completed_at, last_at, verdict, score.
	Projected, Recomputed string
}

// Checked is the outcome of Check.
type Checked struct {
	// Watermark is the stored instant up to which the first part was compared; later parts may
	// have been compared at later ones.
	Watermark int64
	// States is how many the table has.
	States int64
	// Differences are the first that were found.
	Differences []Difference
}

// Check computes all states of a tenant anew from its statements and compares
// them with the table. The projection stands still meanwhile, part by part.
func (p *Projector) Check(ctx context.Context, tenant string) (Checked, error) {
	var checked Checked
	var n, states uint64
	counts := `SELECT (SELECT count() FROM statements WHERE tenant = {tenant:String}), ` +
		`(SELECT count() FROM progress FINAL WHERE tenant = {tenant:String} AND last_at > ` + none + `)`
	if err := p.conn.QueryRow(forTenant(ctx, tenant), counts).Scan(&n, &states); err != nil {
		return checked, err
	}
	checked.States = int64(states)
	parts := int(n/checkPart) + 1
	for i := range parts {
		upto, found, err := p.checkPart(ctx, tenant, i, parts)
		if err != nil {
			return checked, fmt.Errorf("comparing progress with the statements: %w", err)
		}
		if i == 0 {
			checked.Watermark = upto
		}
		checked.Differences = append(checked.Differences, found...)
	}
	return checked, nil
}

// checkPart compares part i of n of the learners.
func (p *Projector) checkPart(ctx context.Context, tenant string, i, n int) (upto int64, found []Difference, err error) {
	p.cycle.Lock()
	defer p.cycle.Unlock()
	ctx, cancel := context.WithTimeout(ctx, longTimeout)
	defer cancel()
	upto = p.reached.value()
	err = p.query(forTenant(ctx, tenant), checkSQL(upto, i, n), func(rows driver.Rows) error {
		var d Difference
		err := rows.Scan(&d.Course, &d.Learner, &d.Projected, &d.Recomputed)
		found = append(found, d)
		return err
	})
	return upto, found, err
}

// forTenant gives the queries of ctx the parameter {tenant}.
func forTenant(ctx context.Context, tenant string) context.Context {
	return clickhouse.Context(ctx, clickhouse.WithParameters(clickhouse.Parameters{"tenant": tenant}))
}

// query runs a SELECT and calls scan for each row.
func (p *Projector) query(ctx context.Context, sql string, scan func(driver.Rows) error) error {
	return query(ctx, p.conn, sql, scan)
}

func query(ctx context.Context, conn driver.Conn, sql string, scan func(driver.Rows) error) error {
	rows, err := conn.Query(ctx, sql)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
