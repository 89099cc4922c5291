package progress

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"
)

// Learner is one human in one course. Instants and times are in microseconds,
// scores in billionths of the scale from -1 to 1.
type Learner struct {
	// ID is that of a person of the directory, else an identifier.
	ID       string
	Assigned bool // to a person
	Name     string
	Units    []string // ids, the topmost first
	Course   string
	// Started and Completed are nil for never, the Scores for none.
	Started, Completed                             *int64
	LastActivity                                   int64
	Passed                                         *bool
	Attempts, FailedAttempts, ScoredAttempts       int64
	FirstScore, BestScore, LastScore, AverageScore *int64
	Spent                                          int64
	Source                                         string // session, cumulative or gaps
	Statements                                     int64
	IdleDays                                       int64
	AtRiskIdle, AtRiskFailed                       bool
	Place                                          string // activity of the last statement about one
	TimeToCompletion                               *int64
}

// Totals are one human in all courses together.
type Totals struct {
	ID                                                  string
	Assigned                                            bool
	Name                                                string
	Units                                               []string
	Courses, Started, Completed, Passed, Failed, AtRisk int64
	Attempts, Statements, Spent                         int64
	LastActivity, IdleDays                              int64
}

// Order sorts a list and goes on behind a place in it.
type Order struct {
	// By is one of the columns that a list can be sorted by; empty: by id.
	By         string
	Descending bool
	// After is the place behind which to go on, as Page or Totals lists answer it.
	After *Place
	Limit int
	// Days sorts points in time by their day: a Place tells no more then.
	Days bool
}

// Place is a row in a sorted list.
type Place struct {
	Value string `json:"v"` // what it is sorted by
	ID    string `json:"id"`
	// Course tells apart the rows of one learner, where there can be several.
	Course string `json:"c,omitempty"`
}

// sorting is an SQL expression that a list can be sorted by, and its type.
type sorting struct{ expression, kind string }

// instants are the expressions of those that are points in time.
var instants = []string{"started", "completed", "last"}

// byDay is s by the days of its points in time, in the zone of the question.
func (s sorting) byDay(days bool) sorting {
	if days && slices.Contains(instants, s.expression) {
		s.expression = "if(" + s.expression + " = " + never + ", toInt64(" + never + "), toInt64(toDate32(fromUnixTimestamp64Micro(least(" + s.expression + ", 7000000000000000), {zone:String}))))"
	}
	return s
}

// learnerSorts are the columns that learners of a course can be sorted by.
var learnerSorts = map[string]sorting{
	"":                {"human", "String"},
	"id":              {"human", "String"},
	"course":          {"course", "String"},
	"name":            {"lowerUTF8(name)", "String"},
	"started":         {"started", "Int64"},
	"completed":       {"completed", "Int64"},
	"last_activity":   {"last", "Int64"},
	"attempts":        {"attempts", "UInt64"},
	"best_score":      {"best_score", "Int64"},
	"last_score":      {"last_score", "Int64"},
	"time_spent":      {"spent", "Int64"},
	"failed_attempts": {"failed_attempts", "UInt64"},
}

var totalsSorts = map[string]sorting{
	"":              {"human", "String"},
	"id":            {"human", "String"},
	"name":          {"lowerUTF8(name)", "String"},
	"courses":       {"courses", "UInt64"},
	"completed":     {"completions", "UInt64"},
	"last_activity": {"last", "Int64"},
	"time_spent":    {"spent", "Int64"},
	"at_risk":       {"risks", "UInt64"},
}

// sql are the ends of a query that sorts and goes on, with its parameters.
func (o Order) sql(s sorting) (where, order string, params clickhouse.Parameters) {
	than, direction := ">", "ASC"
	if o.Descending {
		than, direction = "<", "DESC"
	}
	where = "1"
	if o.After != nil {
		where = fmt.Sprintf("(%[1]s %[2]s {after_value:%[3]s} OR %[1]s = {after_value:%[3]s} AND human > {after_id:String})", s.expression, than, s.kind)
		params = clickhouse.Parameters{"after_value": o.After.Value, "after_id": o.After.ID}
	}
	return where, fmt.Sprintf("ORDER BY %s %s, human LIMIT %d", s.expression, direction, o.Limit+1), params
}

// ErrNoSort is a column that a list cannot be sorted by.
type ErrNoSort struct{ By string }

func (e ErrNoSort) Error() string { return fmt.Sprintf("the list cannot be sorted by %q", e.By) }

// Learners answers the learners of the course that s has, of the kind (see kinds;
// empty for all), and the place of the last one when there are more.
func (p *Projector) Learners(ctx context.Context, tenant string, s Selection, kind string, o Order) (list []Learner, next *Place, err error) {
	by, ok := learnerSorts[o.By]
	if !ok {
		return nil, nil, ErrNoSort{o.By}
	}
	q, err := p.askLearners(ctx, tenant, s)
	if err != nil {
		return nil, nil, err
	}
	by = by.byDay(o.Days)
	where, order, params := o.sql(by)
	sql := fmt.Sprintf("SELECT toString(%s), * FROM (%s) WHERE %s AND %s %s", by.expression, q.learnersSQL(), kindOf(kind), where, order)
	var values []string
	err = p.query(q.context(ctx, params), sql, func(rows driver.Rows) error {
		var l Learner
		var value string
		err := scanLearner(rows, &value, &l)
		list, values = append(list, l), append(values, value)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("reading learners: %w", err)
	}
	list, next = pageOf(list, values, o.Limit, func(l Learner) string { return l.ID })
	return list, next, nil
}

// pageOf cuts a list to a page and answers the place of its last row when there are
// more. values is what the rows are sorted by.
func pageOf[T any](list []T, values []string, limit int, id func(T) string) ([]T, *Place) {
	if len(list) <= limit {
		return list, nil
	}
	return list[:limit], &Place{Value: values[limit-1], ID: id(list[limit-1])}
}

func kindOf(kind string) string {
	if condition, ok := kinds[kind]; ok {
		return condition
	}
	return "1"
}

func scanLearner(rows driver.Rows, value *string, l *Learner) error {
	var started, completed, first, took int64
	var firstScore, lastScore, best, average int64
	var judged int8
	var assigned, active, idle, failed uint8
	var attempts, failures, scored, statements uint64
	err := rows.Scan(value, &l.Course, &l.ID, &assigned, &l.Name, &l.Units, &started, &completed, &l.LastActivity, &judged, new(int64), new(int64), &first, &l.Place,
		&attempts, &failures, &scored, &firstScore, &lastScore, &best, &average, &statements, &active, &l.Source, &l.Spent, &l.IdleDays, &idle, &failed, &took)
	l.Assigned, l.AtRiskIdle, l.AtRiskFailed = assigned == 1, idle == 1, failed == 1
	l.Attempts, l.FailedAttempts, l.ScoredAttempts, l.Statements = int64(attempts), int64(failures), int64(scored), int64(statements)
	l.Started, l.Completed = unless(started, math.MaxInt64), unless(completed, math.MaxInt64)
	l.FirstScore, l.BestScore = unless(firstScore, math.MinInt64), unless(best, math.MinInt64)
	l.LastScore, l.AverageScore = unless(lastScore, math.MinInt64), unless(average, math.MinInt64)
	l.TimeToCompletion = unless(took, -1)
	if judged >= 0 {
		passed := judged == 1
		l.Passed = &passed
	}
	return err
}

// unless is v, or nil for the value that stands for nothing.
func unless(v, nothing int64) *int64 {
	if v == nothing {
		return nil
	}
	return &v
}

// Everybody answers the learners of all courses, each once.
func (p *Projector) Everybody(ctx context.Context, tenant string, s Selection, kind string, o Order) (list []Totals, next *Place, err error) {
	by, ok := totalsSorts[o.By]
	if !ok {
		return nil, nil, ErrNoSort{o.By}
	}
	q, err := p.askLearners(ctx, tenant, s)
	if err != nil {
		return nil, nil, err
	}
	by = by.byDay(o.Days)
	where, order, params := o.sql(by)
	sql := fmt.Sprintf(`SELECT toString(%[1]s), human, assigned, name, path, courses, starts, completions, passes, failures, risks, attempts, statements, spent, last, idle FROM (
SELECT human, max(l.assigned) AS assigned, any(l.name) AS name, any(l.path) AS path, count() AS courses, countIf(started < %[2]s) AS starts, countIf(completed < %[2]s) AS completions,
  countIf(judged = 1) AS passes, countIf(judged = 0) AS failures, countIf(at_risk_idle OR at_risk_failed) AS risks,
  sum(l.attempts) AS attempts, sum(l.statements) AS statements, sum(l.spent) AS spent, max(l.last) AS last, min(l.idle) AS idle
FROM (SELECT * FROM (%[3]s) WHERE %[4]s) AS l GROUP BY human) WHERE %[5]s %[6]s`, by.expression, never, q.learnersSQL(), kindOf(kind), where, order)
	var values []string
	err = p.query(q.context(ctx, params), sql, func(rows driver.Rows) error {
		var t Totals
		var value string
		var assigned uint8
		var n [8]uint64
		err := rows.Scan(&value, &t.ID, &assigned, &t.Name, &t.Units, &n[0], &n[1], &n[2], &n[3], &n[4], &n[5], &n[6], &n[7], &t.Spent, &t.LastActivity, &t.IdleDays)
		t.Assigned = assigned == 1
		for i, to := range []*int64{&t.Courses, &t.Started, &t.Completed, &t.Passed, &t.Failed, &t.AtRisk, &t.Attempts, &t.Statements} {
			*to = int64(n[i])
		}
		list, values = append(list, t), append(values, value)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("reading learners: %w", err)
	}
	list, next = pageOf(list, values, o.Limit, func(t Totals) string { return t.ID })
	return list, next, nil
}

// CountLearners counts what Learners or Everybody list.
func (p *Projector) CountLearners(ctx context.Context, tenant string, s Selection, kind string) (n int64, err error) {
	q, err := p.askLearners(ctx, tenant, s)
	if err != nil {
		return 0, err
	}
	var found uint64
	err = p.query(q.context(ctx, nil), fmt.Sprintf("SELECT uniqExact(human) FROM (SELECT * FROM (%s) WHERE %s)", q.learnersSQL(), kindOf(kind)),
		func(rows driver.Rows) error { return rows.Scan(&found) })
	if err != nil {
		return 0, fmt.Errorf("counting learners: %w", err)
	}
	return int64(found), nil
}

// Attempt is one attempt of a learner on a course.
type Attempt struct {
	Course string
	// Registration is zero for none; Number then tells attempts apart.
	Registration uuid.UUID
	Number       int64
	Began, Ended int64
	Score        *int64
	Passed       *bool
}

// Attempts answers the attempts of the learner that s has, the latest first.
func (p *Projector) Attempts(ctx context.Context, tenant string, s Selection) (list []Attempt, err error) {
	q := p.ask(tenant, s)
	sql := "SELECT course, registration, attempt, began, ended, scored, points, judged FROM (" + q.attemptsSQL() + ") ORDER BY began DESC, course, registration, attempt DESC LIMIT 1000"
	err = p.query(q.context(ctx, nil), sql, func(rows driver.Rows) error {
		var a Attempt
		var number uint32
		var scored uint8
		var points int64
		var judged int8
		err := rows.Scan(&a.Course, &a.Registration, &number, &a.Began, &a.Ended, &scored, &points, &judged)
		a.Number = int64(number)
		if scored == 1 {
			a.Score = &points
		}
		if judged >= 0 {
			passed := judged == 1
			a.Passed = &passed
		}
		list = append(list, a)
		return err
	})
	return list, err
}

// Identifiers are those of a person of the directory, or the identifier itself.
func (p *Projector) Identifiers(ctx context.Context, tenant, learner string) (list []string, err error) {
	q := p.ask(tenant, Selection{Learner: learner})
	sql := "SELECT identifier FROM persons FINAL WHERE tenant = {tenant:String} AND person = {learner:String} ORDER BY identifier"
	err = p.query(q.context(ctx, nil), sql, func(rows driver.Rows) error {
		var identifier string
		err := rows.Scan(&identifier)
		list = append(list, identifier)
		return err
	})
	if len(list) == 0 && strings.Contains(learner, "|") {
		list = []string{learner}
	}
	return list, err
}
