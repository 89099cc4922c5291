package progress

import "fmt"

// Conditions on course and learner, by the table open_pairs that goes with a
// question.
const (
	open        = "(course, learner) IN (SELECT course, learner FROM open_pairs)"
	settledOnly = "(course, learner) NOT IN (SELECT course, learner FROM open_pairs)"
)

// openLearners are those of them, in whatever course.
const openLearners = "SELECT learner FROM open_pairs"

// since selects the learners of courses, (course, learner), for whom something has come behind a
// stored and above a generation. Some may be named twice.
func since(stored, generation int64, more string) string {
	return fmt.Sprintf(`SELECT toString(arrayJoin(courses)) AS course, toString(actor) AS learner FROM statements WHERE tenant = {tenant:String} AND voiding = 0 AND actor != '' AND stored > %d%s
UNION ALL SELECT toString(p.course) AS course, p.learner AS learner FROM progress AS p WHERE tenant = {tenant:String} AND learner IN (SELECT learner FROM progress_generations WHERE tenant = {tenant:String} AND generation > %d)`,
		stored, more, generation)
}

// ofCourse is the condition that a course is the one that was asked for.
func (q question) ofCourse() string {
	if q.Course == "" {
		return "1"
	}
	return "course = {course:String}"
}

// othersSQL selects all learners who are the same persons as those of open_pairs, in
// the same courses.
const othersSQL = `SELECT DISTINCT o.course, b.identifier FROM open_pairs AS o
INNER JOIN (SELECT identifier, person FROM persons FINAL WHERE tenant = {tenant:String} AND person != '') AS a ON o.learner = a.identifier
INNER JOIN (SELECT identifier, person FROM persons FINAL WHERE tenant = {tenant:String} AND person != '') AS b ON a.person = b.person`

// sharedSQL selects the learners who are one person with others in the same course.
const sharedSQL = `SELECT course, learner FROM (
  SELECT s.course AS course, s.learner AS learner, count() OVER (PARTITION BY s.course, who.person) AS n
  FROM (SELECT DISTINCT toString(p.course) AS course, p.learner AS learner FROM progress AS p WHERE tenant = {tenant:String}) AS s
  INNER JOIN (SELECT identifier, person FROM persons FINAL WHERE tenant = {tenant:String} AND person != '') AS who ON s.learner = who.identifier
) WHERE n > 1 ORDER BY course, learner`

// settleSQL makes the rows of the learners that a question has, of a version. Who has nothing left
// because everything was voided gets a row that says so, in the place of the one
// before.
func (q question) settleSQL(version int64) string {
	where := "tenant = {tenant:String}"
	if q.Course != "" {
		where += " AND " + q.ofCourse()
	}
	if q.pairs != "" {
		where += " AND " + q.pairs
	}
	reached := fmt.Sprintf(`SELECT toString(s.course) AS course, s.learner AS human, toUInt8(0) AS assigned, '' AS name, CAST([], 'Array(String)') AS path, started_at, completed_at, last_at, verdict, score
FROM (SELECT * FROM progress FINAL WHERE %s) AS s`, where)
	return fmt.Sprintf(`INSERT INTO progress_learners (tenant, course, learner, version, started, completed, last, judged, latest_at, latest_score, first, place, attempts, failed, scored,
  first_score, last_score, best_score, average_score, statements, sessions, session_time, cumulative_time, gaps)
SELECT {tenant:String}, course, human, %d, started, completed, last, judged, latest_at, latest_score, first, place, attempts, failed, scored,
  first_score, last_score, best_score, average_score, statements, sessions, session_time, cumulative_time, gaps
FROM (%s)`, version, q.factsSQL(reached))
}

// settleWeeksSQL makes the rows of weeks of the learners of a tenant that a condition has, of
// a version. A week of which nothing is left gets a row that says so.
func settleWeeksSQL(q question, learners string, version int64) string {
	return fmt.Sprintf(`INSERT INTO progress_weeks (tenant, week, learner, version, statements)
SELECT {tenant:String}, week, learner, %d, sum(n) FROM (
  SELECT %s AS week, learner, toUInt64(length(groupUniqArrayArray(statements))) AS n FROM (%s) GROUP BY week, learner
  UNION ALL
  SELECT w.week AS week, w.learner AS learner, toUInt64(0) AS n FROM progress_weeks AS w WHERE tenant = {tenant:String}%s
) GROUP BY week, learner`, version, spanOf("week", slotStart), q.among(inCoursesOf(learners)+learners).byPerson("progress_slots", "slot, statements"), learners)
}
