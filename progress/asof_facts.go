package progress

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Window narrows facts down: to courses (none are all), and to statements with
// From <= timestamp < To, by the ten minutes that they lie in.
type Window struct {
	Courses  []string
	From, To time.Time
}

// narrowed is the question about a window.
func (f *Facts) narrowed(w Window) question {
	q := f.q
	q.courses, q.From, q.To = w.Courses, w.From, w.To
	return q
}

// Participation is what somebody has reached in a course. Instants are microseconds since the
// Unix epoch, scores billionths.
type Participation struct {
	Course, Learner string // Learner is the id of a person, or an identifier that is nobody's
	First           int64  // statement of the course
	Started         *int64 // nil: not
	Completed       *int64
	Passed          *bool // the latest verdict; nil: none
	Score           *int64
	Spent           int64 // microseconds
	FromGaps        bool  // Spent is the time between statements
	// Slots are the ten minutes of the window with a statement, counted from 1970 in UTC, in order.
	Slots []int32
}

// sessionsSQL is what triesSQL says of the first statement and of sessions, without
// telling attempts apart.
func (q question) sessionsSQL() string {
	return fmt.Sprintf(`SELECT course, human, min(began) AS first, sum(n) AS sessions, sum(hundredths) AS session_time, sum(longest) AS cumulative_time
FROM (
  SELECT course, human, registration, min(first_at) AS began, countIf(duration >= 0) AS n, sumIf(duration, duration >= 0) AS hundredths, greatest(max(duration), 0) AS longest
  FROM (
    SELECT course, human, registration, at, number, min(first_at) AS first_at, max(duration) AS duration
    FROM (%s) GROUP BY course, human, registration, at, number
  ) GROUP BY course, human, registration
) GROUP BY course, human`, q.byPerson("progress_attempts", "registration, at, stored AS number, first_at, duration"))
}

// timesSQL is what activitySQL says of when somebody was active, without counting statements.
func (q question) timesSQL() string {
	return fmt.Sprintf(`SELECT course, human, arraySort(groupArray((f, l))) AS spans, arraySort(groupArrayIf(slot, inside)) AS slots,
  arraySum(x -> x.2 - x.1, spans) + arraySum((a, b) -> if(b.1 - a.2 <= %[1]d, b.1 - a.2, 0), arrayPopBack(spans), arrayPopFront(spans)) AS gaps
FROM (
  SELECT course, human, slot, toInt64(slot) * %[2]d + min(first) AS f, toInt64(slot) * %[2]d + max(last) AS l, %[3]s AS inside FROM (%[4]s) GROUP BY course, human, slot
) GROUP BY course, human`, maxGap, slotMicros, q.slots(), q.byPerson("progress_slots", "slot, first, last"))
}

// ParticipationsSQL is the query of Participations.
func (f *Facts) ParticipationsSQL(w Window) string {
	q := f.narrowed(w)
	return fmt.Sprintf(`SELECT r.course, r.human, t.first, r.started_at, r.completed_at, r.verdict.3, r.score.1 > %s, r.score.3, t.sessions = 0 AS between,
  toInt64(multiIf(between, a.gaps, c.duration = 'cumulative', t.cumulative_time * 10000, t.session_time * 10000)), a.slots
FROM (%s) AS r
LEFT ANY JOIN (%s) AS t ON r.course = t.course AND r.human = t.human
LEFT ANY JOIN (%s) AS a ON r.course = a.course AND r.human = a.human
LEFT ANY JOIN (SELECT course, duration FROM course_settings FINAL WHERE tenant = {tenant:String}) AS c ON r.course = c.course`,
		none, q.reachedSQL(), q.sessionsSQL(), q.timesSQL())
}

// Participations hands over what everybody has reached, in any order. The times of the window narrow
// down the Slots only.
func (f *Facts) Participations(ctx context.Context, w Window, yield func(Participation) error) error {
	return f.read(ctx, f.narrowed(w), f.ParticipationsSQL(w), func(rows driver.Rows) error {
		var one Participation
		var started, completed, score int64
		var judged int8
		var scored, between uint8
		if err := rows.Scan(&one.Course, &one.Learner, &one.First, &started, &completed, &judged, &scored, &score, &between, &one.Spent, &one.Slots); err != nil {
			return err
		}
		one.FromGaps = between == 1
		if started != neverAt {
			one.Started = &started
		}
		if completed != neverAt {
			one.Completed = &completed
		}
		if judged >= 0 {
			passed := judged == 1
			one.Passed = &passed
		}
		if scored == 1 {
			one.Score = &score
		}
		return yield(one)
	})
}

// never and none as numbers.
const (
	neverAt = 1<<63 - 1
	noneAt  = -1 << 63
)

// Answers are somebody's first answers to questions of a course that lie in a window.
type Answers struct {
	Course, Learner string
	Questions       []uint64 // see Facts.Questions
	Right           []int8   // 1, 0; -1: not said
	Marks           []int64  // billionths; NoMark: none
}

// NoMark stands for no mark.
const NoMark = noneAt

// AnswersSQL is the query of Answers. An answer is found once for every identifier, and
// may be there twice; the first one of each question counts.
func (f *Facts) AnswersSQL(w Window) string {
	q := f.narrowed(w)
	return fmt.Sprintf(`SELECT course, human, arrayMap(x -> x.1, kept), arrayMap(x -> x.4, kept), arrayMap(x -> x.5, kept) FROM (
  SELECT course, human, arraySort(groupArray((question, at, number, correct, mark))) AS given,
    arrayFilter((x, i) -> (i = 1 OR given[i - 1].1 != x.1) AND x.2 >= %d AND x.2 < %d, given, arrayEnumerate(given)) AS kept
  FROM (%s) GROUP BY course, human
) WHERE notEmpty(kept)`, w.From.UnixMicro(), w.To.UnixMicro(),
		q.byPerson("progress_answers", "cityHash64(s.question) AS question, s.first.1 AS at, s.first.2 AS number, s.first.3 AS correct, s.first.4 AS mark"))
}

// Answers hands over first answers, in any order.
func (f *Facts) Answers(ctx context.Context, w Window, yield func(Answers) error) error {
	return f.read(ctx, f.narrowed(w), f.AnswersSQL(w), func(rows driver.Rows) error {
		var one Answers
		if err := rows.Scan(&one.Course, &one.Learner, &one.Questions, &one.Right, &one.Marks); err != nil {
			return err
		}
		return yield(one)
	})
}

// Questions are the ids of questions by the numbers that Answers has.
func (f *Facts) Questions(ctx context.Context, w Window) (map[uint64]string, error) {
	q := f.narrowed(w)
	questions := make(map[uint64]string)
	sql := "SELECT DISTINCT toString(question), cityHash64(question) FROM " + q.table("progress_answers") + " WHERE tenant = {tenant:String}"
	err := f.read(ctx, q, sql, func(rows driver.Rows) error {
		var id string
		var n uint64
		err := rows.Scan(&id, &n)
		questions[n] = id
		return err
	})
	return questions, err
}

func (f *Facts) read(ctx context.Context, q question, sql string, yield func(driver.Rows) error) error {
	ctx, cancel := context.WithTimeout(ctx, longTimeout)
	defer cancel()
	ctx = q.context(ctx, clickhouse.Parameters{})
	if err := query(ctx, f.p.conn, sql, yield); err != nil {
		return fmt.Errorf("reading facts: %w", err)
	}
	return nil
}

// Projection is the same about the projection's tables: for the texts of queries.
func (f *Facts) Projection() *Facts {
	g := *f
	g.q.tables = ""
	return &g
}
