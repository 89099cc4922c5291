package progress

import "fmt"

// The queries on single learners. Each SELECT below has one row for every course
// and human; humans are made of all their identifiers.

// reachedSQL: what has been reached.
func (q question) reachedSQL() string {
	return fmt.Sprintf(`SELECT course, human, max(assigned) AS assigned, any(name) AS name, any(path) AS path, %s
FROM (%s) GROUP BY course, human`, highest, q.byPerson("progress", "started_at, completed_at, last_at, verdict, score"))
}

// attemptsSQL: one row for every attempt. Without a registration an attempt
// begins with a start; what comes before the first one belongs to it, and so does
// the row of all statements that say nothing of attempts: it comes first, and does
// not tell when the attempt ended if another one does.
func (q question) attemptsSQL() string {
	rows := fmt.Sprintf(`SELECT course, human, registration, at, number, max(start) AS start, min(first_at) AS first_at, max(last_at) AS last_at,
  max(place) AS place, max(final) AS final, max(score) AS score, max(verdict) AS verdict, max(duration) AS duration
FROM (%s) GROUP BY course, human, registration, at, number`,
		q.byPerson("progress_attempts", "registration, at, stored AS number, start, first_at, last_at, place, final, score, verdict, duration"))
	return fmt.Sprintf(`SELECT course, human, registration, attempt, min(first_at) AS began, if(countIf(at > %[1]s) > 0 AND registration = '%[3]s', maxIf(last_at, at > %[1]s), max(last_at)) AS ended, max(place) AS place,
  max(score).1 > %[1]s AS scored, if(max(final).1 > %[1]s, max(final).3, max(score).3) AS points, max(verdict).3 AS judged,
  countIf(duration >= 0) AS sessions, sumIf(duration, duration >= 0) AS hundredths, max(duration) AS longest
FROM (
  SELECT *, toUInt32(greatest(1, sum(start) OVER (PARTITION BY course, human, registration ORDER BY at, number ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW))) AS attempt
  FROM (%[2]s)
) GROUP BY course, human, registration, attempt`, none, rows, noRegistration)
}

// triesSQL: attempts, scores and the length of sessions together.
func (q question) triesSQL() string {
	return fmt.Sprintf(`SELECT course, human, min(began) AS first, max(place).3 AS place, count() AS attempts, countIf(judged = 0) AS failed,
  arraySort(groupArrayIf((began, toString(registration), attempt, points), scored)) AS marks,
  sum(sessions) AS sessions, sum(hundredths) AS session_time, arraySum(maxMap([toString(registration)], [greatest(longest, 0)]).2) AS cumulative_time
FROM (%s) GROUP BY course, human`, q.attemptsSQL())
}

// activitySQL: when somebody was active, and for how long. Within a slot no gap
// is too long; between two slots that have statements one may be.
func (q question) activitySQL() string {
	return fmt.Sprintf(`SELECT course, human, sum(n) AS statements, max(inside) AS active, arraySort(groupArray((f, l))) AS spans,
  arraySum(x -> x.2 - x.1, spans) + arraySum((a, b) -> if(b.1 - a.2 <= %[1]d, b.1 - a.2, 0), arrayPopBack(spans), arrayPopFront(spans)) AS gaps
FROM (
  SELECT course, human, slot, toInt64(slot) * %[2]d + min(first) AS f, toInt64(slot) * %[2]d + max(last) AS l, length(groupUniqArrayArray(statements)) AS n, %[3]s AS inside
  FROM (%[4]s) GROUP BY course, human, slot
) GROUP BY course, human`, maxGap, slotMicros, q.slots(), q.byPerson("progress_slots", "slot, first, last, statements"))
}

// learnersSQL: everything about one learner in one course. What was put together before
// is taken as it is, and only what is open is put together now (see settled).
func (q question) learnersSQL() string {
	rows := q.keptSQL()
	switch {
	case !q.settled:
		rows = q.factsSQL(q.reachedSQL())
	case len(q.open) > 0:
		of := q.among(open)
		rows = "SELECT * FROM (" + rows + ")\nUNION ALL\nSELECT * FROM (" + of.factsSQL(of.reachedSQL()) + ")"
	}
	return fmt.Sprintf(`SELECT l.course AS course, l.human AS human, l.assigned AS assigned, l.name AS name, l.path AS path, l.started AS started, l.completed AS completed,
  l.last AS last, l.judged AS judged, l.latest_at AS latest_at, l.latest_score AS latest_score, l.first AS first, l.place AS place, l.attempts AS attempts, l.failed AS failed_attempts,
  l.scored AS scored_attempts, l.first_score AS first_score, l.last_score AS last_score, l.best_score AS best_score, l.average_score AS average_score, l.statements AS statements, l.active AS active,
  multiIf(l.sessions = 0, 'gaps', c.duration = 'cumulative', 'cumulative', 'session') AS source,
  toInt64(multiIf(source = 'gaps', l.gaps, source = 'cumulative', l.cumulative_time * 10000, l.session_time * 10000)) AS spent,
  toInt64(greatest(0, intDiv(%[1]d - l.last, %[2]d))) AS idle,
  started < %[3]s AND completed = %[3]s AND idle >= %[4]d AS at_risk_idle,
  started < %[3]s AND completed = %[3]s AND failed_attempts >= 2 AS at_risk_failed,
  if(completed < %[3]s, completed - first, -1) AS took
FROM (%[5]s) AS l
LEFT ANY JOIN (SELECT course, duration FROM course_settings FINAL WHERE tenant = {tenant:String}) AS c ON l.course = c.course`,
		q.asOf.UnixMicro(), 24*3_600_000_000, never, q.IdleDays, rows)
}

// statesSQL: what of learnersSQL the states have: course, human, started, completed,
// last, judged, latest_at and latest_score.
func (q question) statesSQL() string {
	states := func(q question) string {
		return "SELECT course, human, started_at AS started, completed_at AS completed, last_at AS last, verdict.3 AS judged, score.1 AS latest_at, score.3 AS latest_score FROM (" + q.reachedSQL() + ")"
	}
	if !q.settled {
		return states(q)
	}
	const columns = "started, completed, last, judged, latest_at, latest_score"
	if len(q.open) == 0 {
		return "SELECT course, human, " + columns + " FROM (" + q.byPerson("progress_learners", columns) + ")"
	}
	return "SELECT course, human, " + columns + " FROM (" + q.among(settledOnly).byPerson("progress_learners", columns) + ")\nUNION ALL\n" + states(q.among(open))
}

// factsSQL puts together what the facts say about the learners that reached has.
func (q question) factsSQL(reached string) string {
	return fmt.Sprintf(`SELECT r.course AS course, r.human AS human, r.assigned AS assigned, r.name AS name, r.path AS path, r.started_at AS started, r.completed_at AS completed,
  r.last_at AS last, r.verdict.3 AS judged, r.score.1 AS latest_at, r.score.3 AS latest_score, t.first AS first, t.place AS place, t.attempts AS attempts, t.failed AS failed,
  length(t.marks) AS scored, if(scored > 0, t.marks[1].4, %[1]s) AS first_score, if(scored > 0, t.marks[-1].4, %[1]s) AS last_score,
  if(scored > 0, arrayMax(arrayMap(m -> m.4, t.marks)), %[1]s) AS best_score, if(scored > 0, toInt64(round(arraySum(m -> m.4, t.marks) / scored)), %[1]s) AS average_score,
  a.statements AS statements, a.active AS active, t.sessions AS sessions, t.session_time AS session_time, t.cumulative_time AS cumulative_time, a.gaps AS gaps
FROM (%[2]s) AS r
LEFT ANY JOIN (%[3]s) AS t ON r.course = t.course AND r.human = t.human
LEFT ANY JOIN (%[4]s) AS a ON r.course = a.course AND r.human = a.human`,
		none, reached, q.triesSQL(), q.activitySQL())
}

// keptSQL is factsSQL as it was when the learners' rows were made. It has those
// alone who are one learner in the course: the others are open.
func (q question) keptSQL() string {
	if len(q.open) > 0 {
		q = q.among(settledOnly)
	}
	rows := q.byPerson("progress_learners", "started, completed, last, judged, latest_at, latest_score, first, place, attempts, failed, scored, "+
		"first_score, last_score, best_score, average_score, statements, sessions, session_time, cumulative_time, gaps")
	active, join := "toUInt8(1)", ""
	switch {
	case !q.To.IsZero():
		active = "w.active"
		join = fmt.Sprintf("\nLEFT ANY JOIN (SELECT course, human, toUInt8(1) AS active FROM (%s) WHERE %s GROUP BY course, human) AS w ON k.course = w.course AND k.human = w.human",
			q.byPerson("progress_slots", "slot"), q.slots())
	case !q.From.IsZero():
		// Who has not stopped before has something since.
		active = fmt.Sprintf("k.last >= %d", q.From.Unix()/600*slotMicros)
	}
	return fmt.Sprintf(`SELECT k.course AS course, k.human AS human, k.assigned AS assigned, k.name AS name, k.path AS path, k.started AS started, k.completed AS completed,
  k.last AS last, k.judged AS judged, k.latest_at AS latest_at, k.latest_score AS latest_score, k.first AS first, k.place AS place, k.attempts AS attempts, k.failed AS failed, k.scored AS scored,
  k.first_score AS first_score, k.last_score AS last_score, k.best_score AS best_score, k.average_score AS average_score, k.statements AS statements, %s AS active,
  k.sessions AS sessions, k.session_time AS session_time, k.cumulative_time AS cumulative_time, k.gaps AS gaps
FROM (%s) AS k%s`, active, rows, join)
}

// kinds are the conditions by which learners are chosen from learnersSQL.
var kinds = map[string]string{
	"started":       "started < " + never,
	"not-started":   "started = " + never,
	"completed":     "completed < " + never,
	"not-completed": "completed = " + never,
	"passed":        "judged = 1",
	"failed":        "judged = 0",
	"at-risk":       "(at_risk_idle OR at_risk_failed)",
	"active":        "active",
	"unassigned":    "NOT assigned",
}
