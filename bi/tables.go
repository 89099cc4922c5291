package bi

import (
	"fmt"
	"strings"
	"time"
)

// kind is what a column has.
type kind uint8

const (
	text   kind = iota // String
	whole              // UInt32, never suppressed
	count              // Nullable(UInt64)
	number             // Nullable(Float64)
	day                // Date32
	mayDay             // Nullable(Date32)
	moment             // DateTime64(6, 'UTC')
	names              // Array(String)
)

var types = [...]string{"String", "UInt32", "Nullable(UInt64)", "Nullable(Float64)", "Date32", "Nullable(Date32)", "DateTime64(6, 'UTC')", "Array(String)"}

// column is one of a view. Its meaning goes into the table as a comment, where
// tools show it.
type column struct {
	name    string
	kind    kind
	meaning string
}

// view is what tools see under a name that stays.
type view struct {
	name    string
	rows    string // the table behind it
	meaning string
	columns []column
}

var suppressed = column{"suppressed", names, "the figures of this row that are not shown; they are NULL"}

// views is everything that is published. The migration makes the same tables and views;
// a test holds the two together.
var views = []view{
	{"bi_about", "bi_about_rows", "this publication; one row", []column{
		{"published_at", moment, "when the figures were published"},
		{"counted_to", moment, "every statement stored up to then is counted"},
		{"smallest_group", whole, "of fewer people nothing is shown"},
		{"zone", text, "time zone of days and hours"},
	}},
	{"bi_courses", "bi_course_rows", "courses, each with all its learners", []column{
		{"course", text, "id of the course"},
		{"learners", count, "learners with a statement in the course"},
		{"started", count, "of them, those who have started"},
		{"completed", count, "those who have completed"},
		{"passed", count, "those whose latest verdict is passed"},
		{"failed", count, "those whose latest verdict is failed"},
		{"at_risk", count, "those who are at risk of not completing"},
		{"completion_rate", number, "share of those who have started that has completed, 0 to 1"},
		{"pass_rate", number, "share of those with a verdict that has passed, 0 to 1"},
		{"average_score", number, "mean of the latest scores, -1 to 1"},
		{"time_spent_median", number, "median time spent, seconds"},
		{"time_to_completion_median", number, "median time from first statement to completion, seconds"},
		{"last_activity", mayDay, "day of the latest statement"},
		suppressed,
	}},
	{"bi_units", "bi_unit_rows", "units with all that lies below them; people count once", []column{
		{"unit", text, "id of the unit"},
		{"parent", text, "id of the unit above it, empty for the topmost"},
		{"level", whole, "1 for the topmost"},
		{"name", text, "name of the unit"},
		{"code", text, "number or sign of the unit"},
		{"headcount", count, "staff, as the directory has it"},
		{"learners", count, "people with a statement"},
		{"started", count, "people who have started a course"},
		{"completed", count, "people who have completed a course"},
		{"active", count, "people with a statement in the last 30 days"},
		{"at_risk", count, "people who are at risk in a course"},
		{"average_score", number, "mean of the latest scores in all courses, -1 to 1"},
		{"last_activity", mayDay, "day of the latest statement"},
		suppressed,
	}},
	{"bi_months", "bi_month_rows", "courses by month", []column{
		{"course", text, "id of the course"},
		{"month", day, "first day of the month"},
		{"started", count, "learners who started it in the month"},
		{"completed", count, "learners who completed it in the month for the first time"},
		{"active", count, "learners with a statement in the month"},
		suppressed,
	}},
	{"bi_hours", "bi_hour_rows", "courses by hour of the week", []column{
		{"course", text, "id of the course"},
		{"weekday", whole, "1 Monday to 7 Sunday"},
		{"hour", whole, "0 to 23"},
		{"statements", count, "statements in this hour of all weeks"},
		{"learners", count, "learners with one"},
		suppressed,
	}},
	{"bi_questions", "bi_question_rows", "questions of courses, by first answers", []column{
		{"course", text, "id of the course"},
		{"question", text, "id of the question"},
		{"answers", count, "learners who have answered"},
		{"judged", count, "of them, those whose answer was right or wrong"},
		{"right_answers", count, "those who were right"},
		{"difficulty", number, "share of the judged that was right, 0 to 1"},
		{"facility", number, "mean mark, -1 to 1"},
		{"discrimination", number, "correlation of the mark with those on the other questions, -1 to 1"},
		suppressed,
	}},
}

// viewNames are the stable names.
func viewNames() []string {
	list := make([]string, len(views))
	for i, v := range views {
		list[i] = v.name
	}
	return list
}

func (v view) columnNames() []string {
	list := make([]string, len(v.columns))
	for i, c := range v.columns {
		list[i] = c.name
	}
	return list
}

// create is the statement that makes the view's table in the engine that answers
// tools, under another name at first.
func (v view) create(name string) string { return "CREATE TABLE " + v.definition(name) }

// createIfMissing makes it under its own name.
func (v view) createIfMissing() string { return "CREATE TABLE IF NOT EXISTS " + v.definition(v.name) }

func (v view) definition(name string) string {
	lines := make([]string, len(v.columns))
	for i, c := range v.columns {
		lines[i] = fmt.Sprintf("%s %s COMMENT '%s'", c.name, types[c.kind], quote(c.meaning))
	}
	return fmt.Sprintf("%s (%s) ENGINE = Memory COMMENT '%s'", name, strings.Join(lines, ", "), quote(v.meaning))
}

// quote is a text inside of quotes in SQL.
func quote(s string) string { return strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) }

// row is one of a view, its values in the order of the columns: string, uint32, *uint64,
// *float64, time.Time, *time.Time and []string.
type row []any

// publication is what is published of a tenant at one instant.
type publication struct {
	at   time.Time
	rows map[string][]row // by the name of the view
}
