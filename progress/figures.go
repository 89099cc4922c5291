package progress

import (
	"context"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Figures are what a number of learners have reached in one course. Scores are in
// billionths of the scale from -1 to 1, times in microseconds; sums are exact.
type Figures struct {
	// Learners have at least one statement in the course, the others are of them.
	Learners, Started, Completed, Passed, Failed int64
	// Active have a statement in the days that were asked for.
	Active int64
	// CompletedStarted are those of Completed who have started, too.
	CompletedStarted int64
	// Scored have a score; the sums are over them.
	Scored                                             int64
	FirstScores, BestScores, LastScores, AverageScores int64
	// LatestScored and LatestScores are of the latest score of whatever attempt.
	LatestScored, LatestScores int64
	Attempts                   int64
	// Spent is the time of all together. BySession, ByCumulative and ByGaps are
	// for how many it was had in which way.
	Spent                           int64
	MedianSpent                     float64
	BySession, ByCumulative, ByGaps int64
	// Took are the quartiles of the time from the first statement to completion,
	// of Completed.
	Took [3]float64
	// AtRisk are at risk, for one reason or both.
	AtRisk, AtRiskIdle, AtRiskFailed int64
	Statements                       int64
	LastActivity                     int64
}

// totalsOfLearners are the columns of Figures, from learnersSQL; the order is
// that of scanFigures.
const totalsOfLearners = `count(), countIf(started < ` + never + `), countIf(completed < ` + never + `), countIf(judged = 1), countIf(judged = 0), countIf(active), ` +
	`countIf(started < ` + never + ` AND completed < ` + never + `), countIf(scored_attempts > 0), ` +
	`sumIf(first_score, scored_attempts > 0), sumIf(best_score, scored_attempts > 0), sumIf(last_score, scored_attempts > 0), sumIf(average_score, scored_attempts > 0), ` +
	`countIf(latest_at > ` + none + `), sum(latest_score), sum(attempts), sum(spent), quantileExactInclusive(0.5)(spent), ` +
	`countIf(source = 'session'), countIf(source = 'cumulative'), countIf(source = 'gaps'), quantilesExactInclusiveIf(0.25, 0.5, 0.75)(took, took >= 0), ` +
	`countIf(at_risk_idle OR at_risk_failed), countIf(at_risk_idle), countIf(at_risk_failed), sum(statements), max(last)`

func scanFigures(rows driver.Rows, f *Figures, before ...any) error {
	var n [18]uint64
	var took []float64
	err := rows.Scan(append(before, &n[0], &n[1], &n[2], &n[3], &n[4], &n[5], &n[6], &n[7], &f.FirstScores, &f.BestScores, &f.LastScores, &f.AverageScores,
		&n[8], &f.LatestScores, &n[9], &f.Spent, &f.MedianSpent, &n[10], &n[11], &n[12], &took, &n[13], &n[14], &n[15], &n[16], &f.LastActivity)...)
	for i, to := range []*int64{&f.Learners, &f.Started, &f.Completed, &f.Passed, &f.Failed, &f.Active, &f.CompletedStarted, &f.Scored,
		&f.LatestScored, &f.Attempts, &f.BySession, &f.ByCumulative, &f.ByGaps, &f.AtRisk, &f.AtRiskIdle, &f.AtRiskFailed, &f.Statements} {
		*to = int64(n[i])
	}
	if f.Learners == 0 {
		f.MedianSpent = 0 // there is none
	}
	if f.Completed > 0 && len(took) == len(f.Took) {
		copy(f.Took[:], took)
	}
	return err
}

// Part is a part of a course, and how many stand there.
type Part struct {
	Activity string
	// Learners' last statement about an activity is about this one; Unfinished are those of them who
	// have not completed the course.
	Learners, Unfinished int64
}

// Hour is one of the 168 hours of a week, in the zone of the projection.
type Hour struct {
	Weekday    int // 1 is Monday
	Hour       int
	Statements int64
	Learners   int64
}

// Course answers the figures of the course that s has. Learners is 0 when nobody
// who was selected has a statement in it.
func (p *Projector) Course(ctx context.Context, tenant string, s Selection) (f Figures, err error) {
	q, err := p.askLearners(ctx, tenant, s)
	if err != nil {
		return f, err
	}
	err = p.query(q.context(ctx, nil), "SELECT "+totalsOfLearners+" FROM ("+q.learnersSQL()+")",
		func(rows driver.Rows) error { return scanFigures(rows, &f) })
	if err != nil {
		err = fmt.Errorf("reading the figures of a course: %w", err)
	}
	return f, err
}

// DropOff answers where in the course that s has the learners stand, most first;
// who has no statement about an activity is in none.
func (p *Projector) DropOff(ctx context.Context, tenant string, s Selection) (list []Part, err error) {
	q := p.ask(tenant, s)
	err = p.query(q.context(ctx, nil), q.dropOffSQL(), func(rows driver.Rows) error {
		var part Part
		var learners, unfinished uint64
		err := rows.Scan(&part.Activity, &learners, &unfinished)
		part.Learners, part.Unfinished = int64(learners), int64(unfinished)
		list = append(list, part)
		return err
	})
	if err != nil {
		err = fmt.Errorf("reading the drop-off of a course: %w", err)
	}
	return list, err
}

// Hours answers the hours of the week that have statements in the course that s
// has.
func (p *Projector) Hours(ctx context.Context, tenant string, s Selection) (list []Hour, err error) {
	q := p.ask(tenant, s)
	err = p.query(q.context(ctx, nil), q.hoursSQL(), func(rows driver.Rows) error {
		var weekday, hour uint8
		var n, learners uint64
		err := rows.Scan(&weekday, &hour, &n, &learners)
		list = append(list, Hour{int(weekday), int(hour), int64(n), int64(learners)})
		return err
	})
	if err != nil {
		err = fmt.Errorf("reading the hours of a course: %w", err)
	}
	return list, err
}

// dropOffSQL: where the last statement of each learner lies.
func (q question) dropOffSQL() string {
	return fmt.Sprintf(`SELECT place, count() AS learners, countIf(completed_at = %s) FROM (
  SELECT t.place.3 AS place, r.completed_at AS completed_at FROM (%s) AS r
  LEFT ANY JOIN (SELECT course, human, max(place) AS place FROM (%s) GROUP BY course, human) AS t ON r.course = t.course AND r.human = t.human
) WHERE place != '' GROUP BY place ORDER BY learners DESC, place`, never, q.reachedSQL(), q.byPerson("progress_attempts", "place"))
}

// slotStart is when a slot begins, in the zone.
const slotStart = "toDateTime64(slot * 600, 0, {zone:String})"

// hoursSQL: which hours of the week have statements, of how many learners.
func (q question) hoursSQL() string {
	return fmt.Sprintf(`SELECT toDayOfWeek(%[1]s) AS weekday, toHour(%[1]s) AS hour, sum(n), uniqExact(human) FROM (
  SELECT human, slot, length(groupUniqArrayArray(statements)) AS n FROM (%[2]s) WHERE %[3]s GROUP BY human, slot
) GROUP BY weekday, hour ORDER BY weekday, hour`, slotStart, q.byPerson("progress_slots", "slot, statements"), q.slots())
}
