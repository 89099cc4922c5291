package progress

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Filter chooses courses.
type Filter struct {
	// After leaves out the courses up to this id: the last one of the page
	// before.
	After string
	// Limit is how many courses to answer; it must be positive.
	Limit int
	// Selection chooses learners by Unit, Group and Scope; the rest of it does
	// nothing here.
	Selection Selection
}

// Page is an answer about courses, sorted by id.
type Page struct {
	Courses []Course
	// More tells that there are courses behind the last.
	More bool
	// Watermark: every statement with stored <= Watermark is counted.
	Watermark int64
}

// Courses answers what the learners of a tenant's courses have reached, from
// the projection.
func (p *Projector) Courses(ctx context.Context, tenant string, f Filter) (Page, error) {
	if f.Limit <= 0 {
		return Page{}, fmt.Errorf("a page of courses needs a positive limit, not %d", f.Limit)
	}
	page := Page{Watermark: p.Watermark()}
	if s := f.Selection; s.Unit != "" || s.Group != "" || !s.Scope.All {
		return p.coursesOf(ctx, tenant, f)
	}
	directory := f.Selection.directory
	if directory == "" {
		var err error
		if directory, err = p.directoryVersion(ctx, tenant); err != nil {
			return Page{}, err
		}
	}
	all, err := p.kept.get(ctx, tenant, page.Watermark, directory, func(ctx context.Context) ([]Course, error) {
		return p.readPage(ctx, tenant, Filter{Limit: maxKept + 1})
	})
	courses := all.courses
	if err == nil && all.tooMany {
		courses, err = p.readPage(ctx, tenant, Filter{After: f.After, Limit: f.Limit + 1})
	}
	if err != nil {
		return Page{}, fmt.Errorf("reading progress: %w", err)
	}
	// A rebuild that began meanwhile takes it back; the table may be empty then.
	page.Watermark = min(page.Watermark, p.Watermark())
	first := sort.Search(len(courses), func(i int) bool { return courses[i].ID > f.After })
	courses = courses[first:]
	page.More = len(courses) > f.Limit
	page.Courses = slices.Clone(courses[:min(f.Limit, len(courses))])
	return page, nil
}

// coursesOf is Courses for some of the learners only.
func (p *Projector) coursesOf(ctx context.Context, tenant string, f Filter) (page Page, err error) {
	page.Watermark = p.Watermark()
	q, err := p.askLearners(ctx, tenant, f.Selection)
	if err != nil {
		return Page{}, err
	}
	ctx = q.context(ctx, clickhouse.Parameters{"after": f.After})
	sql := fmt.Sprintf("SELECT %s FROM (%s) WHERE course > {after:String} GROUP BY course ORDER BY course LIMIT %d", totalsOfStates, q.statesSQL(), f.Limit+1)
	if page.Courses, err = readCourses(ctx, p.conn, sql); err != nil {
		return Page{}, fmt.Errorf("reading progress of some learners: %w", err)
	}
	if page.More = len(page.Courses) > f.Limit; page.More {
		page.Courses = page.Courses[:f.Limit]
	}
	page.Watermark = min(page.Watermark, p.Watermark())
	return page, nil
}

// directoryVersion tells one state of a tenant's directory from all others.
func (p *Projector) directoryVersion(ctx context.Context, tenant string) (string, error) {
	var version, written int64
	var day time.Time
	sql := `SELECT max(version), max(written), max(day) FROM directory_cursor FINAL WHERE tenant = {tenant:String}`
	if err := p.conn.QueryRow(forTenant(ctx, tenant), sql).Scan(&version, &written, &day); err != nil {
		return "", fmt.Errorf("reading the version of the directory: %w", err)
	}
	return fmt.Sprintf("%d.%d.%d", version, written, day.Unix()), nil
}

// readPage reads courses from the table.
func (p *Projector) readPage(ctx context.Context, tenant string, f Filter) ([]Course, error) {
	ctx = clickhouse.Context(ctx, clickhouse.WithParameters(clickhouse.Parameters{"tenant": tenant, "after": f.After}))
	return readCourses(ctx, p.conn, coursesSQL(f.After != "", f.Limit))
}

// Period is what the learners of a tenant have reached by the statements of a
// period alone.
type Period struct {
	Courses []Course
	// Learners, Started and Completed count people once, in however many
	// courses they are.
	Learners, Started, Completed int64
}

// InPeriod computes, from a tenant's statements, what was reached by those
// with a timestamp in [from, to). Only statements stored up to upto count,
// also as voiding ones: the answer to the same question never changes, unless
// statements are deleted. All
// instants are in microseconds since the Unix epoch.
func InPeriod(ctx context.Context, conn driver.Conn, tenant string, from, to, upto int64) (Period, error) {
	var period Period
	var learners, started, completed uint64
	ctx, cancel := context.WithTimeout(forTenant(ctx, tenant), longTimeout)
	defer cancel()
	courses, err := readCourses(ctx, conn, periodSQL(from, to, upto))
	if err != nil {
		return period, fmt.Errorf("computing progress of a period: %w", err)
	}
	if err := conn.QueryRow(ctx, periodLearnersSQL(from, to, upto)).Scan(&learners, &started, &completed); err != nil {
		return period, fmt.Errorf("counting the learners of a period: %w", err)
	}
	return Period{courses, int64(learners), int64(started), int64(completed)}, nil
}

// readCourses reads rows with the columns of totals.
func readCourses(ctx context.Context, conn driver.Conn, sql string) ([]Course, error) {
	var courses []Course
	err := query(ctx, conn, sql, func(rows driver.Rows) error {
		var c Course
		var learners, started, completed, passed, failed, scored uint64
		err := rows.Scan(&c.ID, &learners, &started, &completed, &passed, &failed, &scored, &c.ScoreSum, &c.LastActivity)
		c.Learners, c.Started, c.Completed = int64(learners), int64(started), int64(completed)
		c.Passed, c.Failed, c.Scored = int64(passed), int64(failed), int64(scored)
		courses = append(courses, c)
		return err
	})
	return courses, err
}
