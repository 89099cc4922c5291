package progress

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// Scope is whose figures somebody may see. The zero value is nobody's.
type Scope struct {
	// All: of everybody in the tenant, also of who is in no group.
	All bool
	// Groups: else of today's members of these groups.
	Groups []string
	// Aggregates: of no single person, and of no small group.
	Aggregates bool
}

// Selection chooses what figures are made of. Empty fields choose everything.
type Selection struct {
	// Course is the id of an Activity.
	Course string
	// Learner is the id of a person, or an identifier that belongs to nobody.
	Learner string
	// Unit chooses the people of a unit and of those below it, Group those of a
	// group, as of today.
	Unit, Group string
	// From and To bound the days on which somebody is active: From <= day < To.
	// The zero values bound nothing.
	From, To time.Time
	// IdleDays is from when on somebody is at risk; 0 means DefaultIdleDays.
	IdleDays int
	Scope    Scope
	// directory is the version of the directory; "": it is asked for.
	directory string
}

// DefaultIdleDays is after how many days without activity a learner is at risk.
const DefaultIdleDays = 7

// question is a Selection on its way to the database.
type question struct {
	Selection
	tenant string
	asOf   time.Time // what idle days are reckoned to
	zone   *time.Location
	// settled: what was put together before is taken, but for the learners of courses that
	// are open.
	settled bool
	open    []pair
	// pairs is a condition on course and learner; empty for none.
	pairs string
	// plain: every learner is a human, whatever the directory says.
	plain bool
	// tables is how the names of the tables of facts begin; "" is the projection's.
	tables string
	// courses narrows down to some; none are all.
	courses []string
}

// among narrows a question down by a condition on course and learner.
func (q question) among(pairs string) question {
	q.pairs = pairs
	return q
}

// projection is how the names of the projection's tables begin.
const projection = "progress"

// table is the name of a table of facts by its name in the projection.
func (q question) table(name string) string {
	if q.tables == "" {
		return name
	}
	return q.tables + strings.TrimPrefix(name, projection)
}

// ask makes a question. What depends on the time of day changes once an hour, so
// that an answer holds for that long.
func (p *Projector) ask(tenant string, s Selection) question {
	if s.IdleDays <= 0 {
		s.IdleDays = DefaultIdleDays
	}
	return question{Selection: s, tenant: tenant, asOf: p.now().Truncate(time.Hour), zone: p.zone}
}

// context gives the queries of ctx the parameters that their SQL names.
func (q question) context(ctx context.Context, more clickhouse.Parameters) context.Context {
	params := clickhouse.Parameters{
		"tenant": q.tenant, "course": q.Course, "learner": q.Learner, "unit": q.Unit, "group": q.Group,
		"groups": arrayOf(q.Scope.Groups), "courses": arrayOf(q.courses), "today": q.asOf.In(q.zone).Format(time.DateOnly), "zone": q.zone.String(),
	}
	for name, value := range more {
		params[name] = value
	}
	ctx = clickhouse.Context(ctx, clickhouse.WithParameters(params), clickhouse.WithSettings(readSettings))
	return withPairs(ctx, q.open)
}

// readSettings: a missing row of a join is one with empty values.
var readSettings = clickhouse.Settings{"join_use_nulls": 0, "max_threads": 2}

// arrayOf writes texts as a parameter of the type Array(String).
func arrayOf(list []string) string {
	quoted := make([]string, len(list))
	escape := strings.NewReplacer(`\`, `\\`, `'`, `\'`)
	for i, s := range list {
		quoted[i] = "'" + escape.Replace(s) + "'"
	}
	return "[" + strings.Join(quoted, ",") + "]"
}

// ofGroups selects today's members of groups.
func ofGroups(groups string) string {
	return "SELECT person FROM person_groups FINAL WHERE tenant = {tenant:String} AND `group` IN (" + groups + ") AND role = 'member' " +
		"AND since <= {today:Date32} AND until >= {today:Date32}"
}

// people are the conditions on a person; row is the alias of persons.
func (q question) people(row string) string {
	where := "1"
	if !q.Scope.All {
		where += " AND " + row + ".person IN (" + ofGroups("SELECT arrayJoin({groups:Array(String)})") + ")"
	}
	if q.Group != "" {
		where += " AND " + row + ".person IN (" + ofGroups("{group:String}") + ")"
	}
	if q.Unit != "" {
		where += " AND has(" + row + ".path, {unit:String})"
	}
	if q.Learner != "" {
		where += " AND human = {learner:String}"
	}
	return where
}

// byPerson is a SELECT of columns of a table of ours, with the human behind the
// learner, and that human's unit and name. The directory has its say here and nowhere else: who
// becomes one person is one in every figure.
func (q question) byPerson(table, columns string) string {
	where := "tenant = {tenant:String}" + q.learners()
	if q.Course != "" {
		where += " AND course = {course:String}"
	}
	if len(q.courses) > 0 {
		where += " AND course IN (SELECT arrayJoin({courses:Array(String)}))"
	}
	if q.pairs != "" {
		where += " AND " + q.pairs
	}
	final, course := "", "toString(s.course)"
	switch table {
	case projection:
		final, where = " FINAL", where+" AND last_at > "+none
	case "progress_learners":
		final, where = " FINAL", where+" AND last > "+none
	case "progress_weeks":
		final, where, course = " FINAL", where+" AND statements > 0", "''"
	default:
		if q.Learner != "" && q.Course == "" {
			// The key begins with courses.
			where += " AND " + inCoursesOf(q.learners())
		}
		if q.tables == "" { // elsewhere there is one generation only
			where += " AND " + inForce
		}
	}
	if q.plain {
		return fmt.Sprintf("SELECT %s AS course, s.learner AS learner, s.learner AS human, %s FROM (SELECT * FROM %s%s WHERE %s) AS s", course, columns, q.table(table), final, where)
	}
	return fmt.Sprintf(`SELECT %s AS course, s.learner AS learner, if(who.person = '', s.learner, who.person) AS human, who.person != '' AS assigned, who.name AS name, who.path AS path, %s
FROM (SELECT * FROM %s%s WHERE %s) AS s
LEFT ANY JOIN (SELECT identifier, person, name, path FROM persons FINAL WHERE tenant = {tenant:String}) AS who ON s.learner = who.identifier
WHERE %s`, course, columns, q.table(table), final, where, q.people("who"))
}

// learners are conditions on learner, each with AND before it, that leave out whom
// people would leave out, before anything is joined.
func (q question) learners() (where string) {
	if q.Learner != "" {
		where += " AND learner IN (SELECT {learner:String} UNION ALL SELECT identifier FROM persons FINAL WHERE tenant = {tenant:String} AND person = {learner:String})"
	}
	if q.Unit != "" || q.Group != "" || !q.Scope.All && !q.plain {
		all := q
		all.Learner = ""
		where += " AND learner IN (SELECT identifier FROM persons AS who FINAL WHERE tenant = {tenant:String} AND " + all.people("who") + ")"
	}
	return where
}

// inCoursesOf is the condition that a course is one of those that learners have, by conditions
// on learner.
func inCoursesOf(learners string) string {
	return "course IN (SELECT p.course FROM progress AS p WHERE tenant = {tenant:String}" + learners + ")"
}

// slots is the range of slots of From and To, as a condition.
func (q question) slots() string {
	conditions := []string{"1"}
	if !q.From.IsZero() {
		conditions = append(conditions, "slot >= "+strconv.FormatInt(q.From.Unix()/600, 10))
	}
	if !q.To.IsZero() {
		conditions = append(conditions, "slot < "+strconv.FormatInt(q.To.Unix()/600, 10))
	}
	return strings.Join(conditions, " AND ")
}
