package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"

	"lernspur/statements"
)

// insertRepairs writes what was changed in those of the rows that were
// repaired. It costs nothing while there are none.
func (s *Store) insertRepairs(ctx context.Context, attempt string, rows []Row) error {
	var repaired []Row
	for _, row := range rows {
		if len(row.Repairs) > 0 {
			repaired = append(repaired, row)
		}
	}
	if len(repaired) == 0 {
		return nil
	}
	return s.send(ctx, attempt+"-repairs", insertRepairs, len(repaired), func(from, to int) []any {
		var c repairColumns
		for _, row := range repaired[from:to] {
			c.add(row)
		}
		return c.columns()
	})
}

const insertRepairs = `INSERT INTO repairs (tenant, stored, id, timestamp, activity, courses, repairs, pointers, original)`

// repairColumns are rows of the table repairs by column.
type repairColumns struct {
	tenant            []string
	stored, timestamp []int64
	id                []uuid.UUID
	activity          []string
	courses           [][]string
	repairs, pointers [][]string
	original          []string
}

func (c *repairColumns) columns() []any {
	return []any{c.tenant, c.stored, c.id, c.timestamp, c.activity, c.courses, c.repairs, c.pointers, c.original}
}

// add takes a row over. Repairs that cannot be read are kept as they are: a
// statement that was acknowledged must not wait for them.
func (c *repairColumns) add(row Row) {
	r, err := statements.DecodeRepaired(row.Repairs)
	if err != nil {
		r = &statements.Repaired{Original: row.Repairs}
	}
	var repairs, pointers []string
	for _, one := range r.Repairs {
		repairs, pointers = append(repairs, one.Rule), append(pointers, one.Pointer)
	}
	c.tenant = append(c.tenant, row.Tenant)
	c.stored = append(c.stored, row.Stored)
	c.id = append(c.id, row.ID)
	c.timestamp = append(c.timestamp, row.Timestamp)
	c.activity = append(c.activity, activityOf(row.Statement))
	c.courses = append(c.courses, row.Courses)
	c.repairs = append(c.repairs, repairs)
	c.pointers = append(c.pointers, pointers)
	c.original = append(c.original, string(r.Original))
}

// activityOf is the object of a statement if it is an Activity.
func activityOf(s *statements.Statement) string {
	if s.ObjectKind != statements.ObjectActivity {
		return ""
	}
	return s.Object
}

// RepairedRow is what is kept beside a statement that was repaired.
type RepairedRow struct {
	Stored    int64
	ID        uuid.UUID
	Timestamp int64
	Activity  string
	Courses   []string
	statements.Repaired
}

const selectRepairs = `SELECT stored, id, timestamp, activity, courses, repairs, pointers, original FROM repairs FINAL WHERE tenant = {tenant:String} AND `

// Repaired finds what is kept beside the statement with an id, if it was
// repaired and is visible at the watermark upto.
func (s *Store) Repaired(ctx context.Context, tenant string, id uuid.UUID, upto int64) (row RepairedRow, ok bool, err error) {
	sql := selectRepairs + fmt.Sprintf(`id = '%[1]s' AND stored <= %[2]d AND stored IN (`+
		`SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind = %[3]d AND key = '%[1]s')`, id, upto, kindID) + s.visibleRepairs(tenant)
	err = s.query(ctx, sql, parameters{"tenant": tenant}, func(rows driver.Rows) (err error) {
		row, err = scanRepaired(rows)
		ok = true
		return err
	})
	return row, ok && err == nil, err
}

func scanRepaired(rows driver.Rows) (row RepairedRow, err error) {
	var repairs, pointers []string
	var original []byte
	err = rows.Scan(&row.Stored, &row.ID, &row.Timestamp, &row.Activity, &row.Courses, &repairs, &pointers, &original)
	if err != nil {
		return row, err
	}
	if len(repairs) != len(pointers) {
		return row, fmt.Errorf("the repairs of statement %s have %d names and %d places", row.ID, len(repairs), len(pointers))
	}
	row.Original = original
	for i := range repairs {
		row.Repairs = append(row.Repairs, statements.Repair{Rule: repairs[i], Pointer: pointers[i]})
	}
	return row, nil
}

// RepairGroup is what repairs are counted by, beside the repair.
type RepairGroup uint8

// The groups.
const (
	RepairsAlone      RepairGroup = iota // the repair alone
	RepairsByActivity                    // the object, when it is an Activity
	RepairsByCourse                      // the activities that the statement belongs to
)

// RepairFilter narrows what is counted. Empty texts and zeros narrow nothing.
type RepairFilter struct {
	Repair, Activity, Course string
	// Since and Until are instants of storing: since < stored <= until.
	Since, Until int64
	// Upto is the watermark.
	Upto int64
	By   RepairGroup
	// Limit bounds the counts.
	Limit int
}

// RepairCount is how many statements needed a repair.
type RepairCount struct {
	Repair     string
	Group      string // activity or course, "" when counted alone
	Statements int64
}

// RepairTotals are the counts of a filter.
type RepairTotals struct {
	// Statements is how many needed any repair at all.
	Statements int64
	// Counts are in descending order; More tells that there are others.
	Counts []RepairCount
	More   bool
}

// CountRepairs counts statements of a tenant by what was repaired in them.
func (s *Store) CountRepairs(ctx context.Context, tenant string, f RepairFilter) (RepairTotals, error) {
	var totals RepairTotals
	where, params := f.where(tenant)
	where += s.visibleRepairs(tenant)
	err := s.query(ctx, `SELECT uniqExact(stored) FROM repairs WHERE `+where, params, func(rows driver.Rows) error {
		var n uint64
		err := rows.Scan(&n)
		totals.Statements = int64(n)
		return err
	})
	if err != nil {
		return totals, err
	}
	group, join := `''`, ``
	switch f.By {
	case RepairsByActivity:
		group = `activity`
	case RepairsByCourse:
		group, join = `course`, ` ARRAY JOIN courses AS course`
	}
	// A statement that needed a repair twice counts once; so does a row that was
	// inserted twice and is not merged yet.
	sql := fmt.Sprintf(`SELECT repair, toString(%[1]s) AS place, uniqExact(stored) AS n FROM `+
		`(SELECT stored, activity, courses, arrayJoin(repairs) AS repair FROM repairs WHERE %[2]s)%[3]s WHERE %[4]s `+
		`GROUP BY repair, place ORDER BY n DESC, repair, place LIMIT %[5]d`, group, where, join, f.inner(), f.Limit+1)
	err = s.query(ctx, sql, params, func(rows driver.Rows) error {
		var c RepairCount
		var n uint64
		err := rows.Scan(&c.Repair, &c.Group, &n)
		c.Statements = int64(n)
		totals.Counts = append(totals.Counts, c)
		return err
	})
	if totals.More = len(totals.Counts) > f.Limit; totals.More {
		totals.Counts = totals.Counts[:f.Limit]
	}
	return totals, err
}

// visibleRepairs is the condition that leaves out what is being deleted.
func (s *Store) visibleRepairs(tenant string) string {
	p := plan{hidden: s.hiddenSQL(tenant)}
	return p.visible("stored")
}

// where is the condition on rows of repairs.
func (f *RepairFilter) where(tenant string) (string, parameters) {
	params := parameters{"tenant": tenant}
	list := []string{`tenant = {tenant:String}`, fmt.Sprintf(`stored <= %d`, f.Upto)}
	if f.Since > 0 {
		list = append(list, fmt.Sprintf(`stored > %d`, f.Since))
	}
	if f.Until > 0 {
		list = append(list, fmt.Sprintf(`stored <= %d`, f.Until))
	}
	for _, c := range []struct{ name, value, condition string }{
		{"repair", f.Repair, `has(repairs, {repair:String})`},
		{"activity", f.Activity, `activity = {activity:String}`},
		{"course", f.Course, `has(courses, {course:String})`},
	} {
		if c.value != "" {
			list, params[c.name] = append(list, c.condition), c.value
		}
	}
	return strings.Join(list, " AND "), params
}

// inner is the condition on what a row falls apart into.
func (f *RepairFilter) inner() string {
	list := []string{`1`}
	if f.Repair != "" {
		list = append(list, `repair = {repair:String}`)
	}
	if f.Course != "" && f.By == RepairsByCourse {
		list = append(list, `course = {course:String}`)
	}
	return strings.Join(list, " AND ")
}

// RepairCheck is one row of repairs held against its statement.
type RepairCheck struct {
	Stored int64
	ID     uuid.UUID
	// Found tells that the statement is there, Readable that the original is
	// JSON and every repair has its place.
	Found, Readable bool
	// Differ are columns that do not say what the statement's columns say.
	Differ []string
}

// CheckRepairs compares rows of a tenant with low < stored <= high, n at most
// and in order, with the statements that they belong to.
func (s *Store) CheckRepairs(ctx context.Context, tenant string, low, high int64, n int) ([]RepairCheck, error) {
	within := fmt.Sprintf(`tenant = {tenant:String} AND stored > %d AND stored <= %d ORDER BY stored LIMIT %d`, low, high, n)
	sql := `SELECT r.stored, r.id, s.stored = r.stored AND s.id = r.id, r.readable, s.timestamp = r.timestamp, ` +
		`if(s.object_kind = 1, s.object, '') = r.activity, s.courses = r.courses FROM ` +
		`(SELECT stored, id, timestamp, activity, courses, isValidJSON(original) AND length(repairs) = length(pointers) AND notEmpty(repairs) AS readable ` +
		`FROM repairs FINAL WHERE ` + within + `) AS r LEFT JOIN ` +
		`(SELECT stored, id, timestamp, object_kind, object, courses FROM statements WHERE tenant = {tenant:String} AND stored IN (` +
		`SELECT stored FROM repairs FINAL WHERE ` + within + `)) AS s ON r.stored = s.stored ORDER BY r.stored`
	var list []RepairCheck
	err := s.queryLong(ctx, sql, parameters{"tenant": tenant}, func(rows driver.Rows) error {
		var c RepairCheck
		var found, readable, timestamp, activity, courses uint8
		err := rows.Scan(&c.Stored, &c.ID, &found, &readable, &timestamp, &activity, &courses)
		c.Found, c.Readable = found != 0, readable != 0
		for _, column := range []struct {
			name string
			same uint8
		}{{"timestamp", timestamp}, {"activity", activity}, {"courses", courses}} {
			if column.same == 0 {
				c.Differ = append(c.Differ, column.name)
			}
		}
		list = append(list, c)
		return err
	})
	return list, err
}
