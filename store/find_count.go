package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"lernspur/statements"
)

// countSettings bound what counting takes from the others: what does not fit
// into memory goes to disk, and beyond this the query ends with an error for
// which Away is true.
var countSettings = clickhouse.Settings{"max_threads": 2, "max_memory_usage": 1 << 30, "max_bytes_before_external_group_by": 128 << 20}

// CountFound counts the statements that Find would answer over all pages of q;
// Limit, Cursor and Ascending do not matter. It reads look-up rows, no
// statements. ctx bounds its time.
func (s *Store) CountFound(ctx context.Context, tenant string, q statements.Query) (int64, error) {
	q.Cursor, q.Ascending = 0, true
	ctx = clickhouse.Context(ctx, clickhouse.WithSettings(countSettings))
	f := &finder{store: s, tenant: tenant, ctx: ctx, anyRefs: s.refs.any(tenant)}
	var filtered bool
	f.plan, filtered = newPlan(q)
	f.plan.hidden = s.hiddenSQL(tenant)
	if filtered && f.anyRefs {
		if err := f.findLinks(); err != nil {
			return 0, err
		}
	}
	if len(f.links) > 0 {
		var err error
		if f.ctx, err = withLinks(f.ctx, f.links); err != nil {
			return 0, err
		}
	}
	var n uint64
	err := s.query(f.ctx, f.plan.countSQL(filtered, f.anyRefs, len(f.links) > 0), f.parameters(),
		func(rows driver.Rows) error { return rows.Scan(&n) })
	return int64(n), err
}

// countSQL counts what Find finds. Up to the watermark, the look-up rows are
// those of the statements that are there, some of them perhaps twice.
func (p *plan) countSQL(filtered, refs, links bool) string {
	inRange := fmt.Sprintf("stored > %d AND stored <= %d", p.low, p.high)
	if !filtered {
		sql := `SELECT count() FROM statements WHERE tenant = {tenant:String} AND ` + inRange + p.visible("stored") + p.within()
		if refs {
			sql += " AND stored NOT IN (" + p.voidedTargetsSQL() + ")"
		}
		return sql
	}
	parts := []string{fmt.Sprintf("SELECT stored FROM lookups WHERE %s AND %s%s", p.driver.whereAny(), inRange, p.narrow(p.low, p.high))}
	without := " WHERE true"
	if refs {
		parts = append(parts, p.referrersSQL(links))
		without += " AND stored NOT IN (" + p.voidedTargetsSQL() + ")"
	}
	if p.bounds != (statements.Bounds{}) || p.actors != nil {
		without += " AND stored IN (SELECT stored FROM statements WHERE tenant = {tenant:String} AND " + inRange + p.within() + ")"
	}
	return "SELECT count() FROM (SELECT stored FROM (" + strings.Join(parts, " UNION ALL ") + ")" + without + " GROUP BY stored)"
}

// voidedTargetsSQL reads stored of the statements of the plan's range that a visible
// statement voids. A voiding statement cannot be voided.
func (p *plan) voidedTargetsSQL() string {
	voiding := fmt.Sprintf("SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind = %d AND stored <= %d%s", kindVoids, p.upto, p.visible("stored"))
	return fmt.Sprintf(`SELECT target FROM refs WHERE tenant = {tenant:String} AND target > %d AND target <= %d AND referrer IN (%s) AND target NOT IN (%s)`,
		p.low, p.high, voiding, voiding)
}
