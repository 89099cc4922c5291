package progress

import (
	"fmt"
	"strings"
)

const (
	// never and none are the neutral elements of min and max.
	never = "9223372036854775807"
	none  = "-9223372036854775808"
)

// judged is a SELECT of what each statement says of its learner in each of its
// courses: the one place where the definitions of the metrics stand in SQL. where
// chooses statements. voided is a SELECT of the (tenant, stored) of those among
// them that are voided.
//
// judged and points are those of a statement on the course itself (own), value is
// the score of any. more are further columns of statements.
//
// The statement's own columns are read under short names: in ClickHouse an
// alias hides the column of the same name in the whole query.
func judged(where, voided string, more ...string) string {
	return fmt.Sprintf(`SELECT tenant, stored, timestamp, actor, verb, completion, %[1]sarrayJoin(arrayDistinct(courses)) AS course,
    object_kind = 1 AND object = course AS own,
    (tenant, stored) IN (%[5]s) AS void,
    toInt8(multiIf(NOT own, -1, success >= 0, success, verb = '%[2]s', 1, verb = '%[3]s', 0, -1)) AS judged,
    multiIf(verb = '%[4]s', nan, isFinite(score_scaled), score_scaled,
      score_max > score_min, (score_raw - score_min) / (score_max - score_min), nan) AS value,
    if(own, value, nan) AS points
  FROM statements WHERE voiding = 0 AND actor != '' AND %[6]s`,
		strings.Join(append(more, ""), ", "), verbPassed, verbFailed, verbProgressed, voided, where)
}

// billionths is a score as it is kept.
func billionths(score string) string { return "toInt64(round(" + score + " * 1e9))" }

// units is a SELECT that turns each statement into the state of a learner who
// has no other. Voided statements become neutral instead of
// vanishing, so that a state of which nothing is left is replaced, too.
func units(where, voided string) string {
	return fmt.Sprintf(`SELECT tenant, toString(course) AS course, toString(actor) AS learner,
  if(void OR verb IN (%[1]s), %[2]s, timestamp) AS started_at,
  if(NOT void AND own AND (completion = 1 OR verb IN (%[3]s)), timestamp, %[2]s) AS completed_at,
  if(void, %[4]s, timestamp) AS last_at,
  if(void OR judged < 0, (toInt64(%[4]s), toInt64(0), toInt8(-1)), (timestamp, stored, judged)) AS verdict,
  if(void OR NOT isFinite(points), (toInt64(%[4]s), toInt64(0), toInt64(0)), (timestamp, stored, %[5]s)) AS score
FROM (
  %[6]s
)`, quoted(platformVerbs), never, quoted(completionVerbs), none, billionths("points"), judged(where, voided))
}

// highest are the columns of a state from several.
const highest = "min(started_at) AS started_at, min(completed_at) AS completed_at,\n" +
	"  max(last_at) AS last_at, max(verdict) AS verdict, max(score) AS score"

// merged is a SELECT of the states that rows add up to.
func merged(rows ...string) string {
	return "SELECT tenant, course, learner, " + highest + "\nFROM (\n" +
		strings.Join(rows, "\nUNION ALL\n") + "\n)\nGROUP BY tenant, course, learner"
}

// voidedAmong is a SELECT of the (tenant, stored) of statements that are voided
// by a statement stored up to upto. where chooses among the rows of refs, which
// has a row for every StatementRef whose target has come, whichever came first.
func voidedAmong(where string, upto int64) string {
	return fmt.Sprintf(`SELECT tenant, target FROM refs WHERE %[1]s AND (tenant, referrer) IN (`+
		`SELECT tenant, stored FROM statements WHERE voiding = 1 AND stored <= %[2]d AND (tenant, stored) IN (`+
		`SELECT tenant, referrer FROM refs WHERE %[1]s))`, where, upto)
}

// span is a range of stored: from < stored <= upto.
type span struct{ from, upto int64 }

// of is the condition that a column lies in the span.
func (s span) of(column string) string {
	return fmt.Sprintf("%[1]s > %[2]d AND %[1]s <= %[3]d", column, s.from, s.upto)
}

// countSQL counts the statements of a span, and the voiding ones and the answers
// among them.
func countSQL(s span) string {
	return `SELECT count(), countIf(voiding = 1), countIf(verb = '` + verbAnswered + `') FROM statements WHERE ` + s.of("stored")
}

// firstSQL finds the first statement of a span, 0 if there is none.
func firstSQL(s span) string {
	return `SELECT min(stored) FROM statements WHERE ` + s.of("stored")
}

// fewStatements is the number up to which old states are found by the primary
// key. Beyond it nearly every granule has one of them, and comparing hashes of
// all keys costs a third of comparing the keys. A collision
// of hashes does no harm: a state without new statements is written again.
const fewStatements = 1000

// foldSQL brings the states from s.from to s.upto. n is the number of statements
// in the span; voiding tells whether there are voiding ones among them.
//
// PREWHERE comes before FINAL, so it may use nothing but the sorting key.
//
// The states of the learners whose statements are voided are made from all
// their statements up to s.upto; all others from their old state and the new
// statements.
func foldSQL(s span, n int64, voiding bool) string {
	fresh := s.of("stored")
	key, touched := "(tenant, course, learner)", "tenant, arrayJoin(courses), actor"
	if n > fewStatements {
		key, touched = "cityHash64(tenant, course, learner)", "cityHash64(tenant, arrayJoin(courses), actor)"
	}
	old := "SELECT tenant, toString(course) AS course, learner, started_at, completed_at, last_at, verdict, score FROM progress FINAL\n" +
		"PREWHERE " + key + " IN (SELECT " + touched + " FROM statements WHERE voiding = 0 AND actor != '' AND " + fresh + ")"
	rows := []string{units(fresh, voidedAmong(s.of("target"), s.upto))}
	if voiding {
		affected := affectedSQL(s)
		old += "\n  AND (tenant, learner) NOT IN (" + affected + ")"
		theirs := theirPlaces(affected)
		rows = append(rows, units(
			fmt.Sprintf("stored <= %d AND (tenant, stored) IN (%s)\n    AND (tenant, actor) IN (%s)", s.from, theirs, affected),
			voidedAmong("(tenant, target) IN ("+theirs+")", s.upto)))
	}
	rows = append(rows, old)
	return fmt.Sprintf("INSERT INTO progress (tenant, course, learner, version, started_at, completed_at, last_at, verdict, score)\n"+
		"SELECT tenant, course, learner, %d, started_at, completed_at, last_at, verdict, score FROM (\n%s\n)", s.upto, merged(rows...))
}

// affectedSQL selects the (tenant, actor) of the statements that are voided by
// those of a span. A voiding statement cannot be voided.
func affectedSQL(s span) string {
	return fmt.Sprintf(`SELECT tenant, actor FROM statements WHERE voiding = 0 AND stored <= %d AND (tenant, stored) IN (`+
		`SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (`+
		`SELECT tenant, toUInt8(1), ref FROM statements WHERE voiding = 1 AND %s))`, s.upto, s.of("stored"))
}

// ofHumans makes states of humans out of those of learners: who has several
// identifiers in the directory has one state in each course.
func ofHumans(states string) string {
	return fmt.Sprintf(`SELECT course, if(who.person = '', s.learner, who.person) AS human, %s
FROM (
%s
) AS s LEFT ANY JOIN (SELECT identifier, person FROM persons FINAL WHERE tenant = {tenant:String}) AS who ON s.learner = who.identifier
WHERE s.last_at > %s GROUP BY course, human`, highest, states, none)
}

// totals are the columns of a Course, from states of humans; the order is that of
// readCourses.
const totals = `course, count(), countIf(started_at < ` + never + `), countIf(completed_at < ` + never + `), ` +
	`countIf(verdict.3 = 1), countIf(verdict.3 = 0), countIf(score.1 > ` + none + `), sum(score.3), max(last_at)`

// totalsOfStates are the columns of totals, from statesSQL.
const totalsOfStates = `course, count(), countIf(started < ` + never + `), countIf(completed < ` + never + `), ` +
	`countIf(judged = 1), countIf(judged = 0), countIf(latest_at > ` + none + `), sum(latest_score), max(last)`

// coursesSQL reads what the learners of a tenant's courses have reached, n
// courses at most, behind the course {after}.
func coursesSQL(after bool, n int) string {
	where := "tenant = {tenant:String}"
	if after {
		where += " AND course > {after:String}"
	}
	return fmt.Sprintf("SELECT %s FROM (\n%s\n) GROUP BY course ORDER BY course LIMIT %d", totals,
		ofHumans("SELECT toString(course) AS course, learner, started_at, completed_at, last_at, verdict, score FROM progress FINAL WHERE "+where), n)
}

// tenantStates computes the states of a tenant from its statements alone.
func tenantStates(where string, upto int64) string {
	return merged(units(fmt.Sprintf("tenant = {tenant:String} AND stored <= %d AND %s", upto, where),
		voidedAmong("tenant = {tenant:String}", upto)))
}

// periodSQL computes a tenant's courses from the statements with a timestamp in
// [from, to) that are stored up to upto.
func periodSQL(from, to, upto int64) string {
	return fmt.Sprintf("SELECT %s FROM (\n%s\n) GROUP BY course ORDER BY course", totals, ofHumans(periodStates(from, to, upto)))
}

// periodLearnersSQL counts the learners of all courses together.
func periodLearnersSQL(from, to, upto int64) string {
	return fmt.Sprintf("SELECT uniqExact(human), uniqExactIf(human, started_at < %s), uniqExactIf(human, completed_at < %s) FROM (\n%s\n)",
		never, never, ofHumans(periodStates(from, to, upto)))
}

func periodStates(from, to, upto int64) string {
	return tenantStates(fmt.Sprintf("timestamp >= %d AND timestamp < %d", from, to), upto)
}

// checkSQL finds the states of part i of n of a tenant's learners that differ
// from what its statements up to upto say. The projection must have come exactly
// to upto.
func checkSQL(upto int64, i, n int) string {
	part := func(column string) string { return fmt.Sprintf("cityHash64(%s) %% %d = %d", column, n, i) }
	return fmt.Sprintf(`SELECT course, learner, anyIf(state, side = 1), anyIf(state, side = 2) FROM (
SELECT toString(course) AS course, learner, 1 AS side, toString((started_at, completed_at, last_at, verdict, score)) AS state
FROM progress FINAL WHERE tenant = {tenant:String} AND %s AND last_at > %s
UNION ALL
SELECT course, learner, 2 AS side, toString((started_at, completed_at, last_at, verdict, score)) AS state
FROM (
%s
) WHERE last_at > %s
) GROUP BY course, learner HAVING count() != 2 OR uniqExact(state) != 1 ORDER BY course, learner LIMIT %d`,
		part("learner"), none, tenantStates(part("toString(actor)"), upto), none, maxDifferences)
}
