package progress

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Span is one day, week or month of a trend.
type Span struct {
	// Begin is its first day.
	Begin time.Time
	// Started and Completed count courses of learners that were started and
	// completed in it, for the first time each.
	Started, Completed int64
	// Active is the number of learners with a statement in it.
	Active     int64
	Statements int64
}

// Units of time that a trend can be cut into.
var spans = map[string]string{"day": "toStartOfDay", "week": "toMonday", "month": "toStartOfMonth"}

// spanOf cuts an instant, an SQL expression, to the first day of its span.
func spanOf(by, instant string) string {
	return fmt.Sprintf("toDate32(%s(%s))", spans[by], instant)
}

// Trend answers what happened in each day, week or month ("day", "week",
// "month") of the selected days; spans without anything are left out. A span that
// is not wholly within them has only what lies within.
func (p *Projector) Trend(ctx context.Context, tenant string, s Selection, by string) ([]Span, error) {
	if spans[by] == "" {
		return nil, ErrNoSort{by}
	}
	q, err := p.askLearners(ctx, tenant, s)
	if err != nil {
		return nil, err
	}
	all := make(map[time.Time]*Span)
	at := func(day time.Time) *Span {
		day = time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, p.zone)
		if all[day] == nil {
			all[day] = &Span{Begin: day}
		}
		return all[day]
	}
	err = p.query(q.context(ctx, nil), q.firstsSQL(by), func(rows driver.Rows) error {
		var day time.Time
		var started, completed uint64
		if err := rows.Scan(&day, &started, &completed); err != nil {
			return err
		}
		span := at(day)
		span.Started, span.Completed = int64(started), int64(completed)
		return nil
	})
	if err == nil {
		err = p.query(q.context(ctx, nil), q.activeSQL(by), func(rows driver.Rows) error {
			var day time.Time
			var active, n uint64
			if err := rows.Scan(&day, &active, &n); err != nil {
				return err
			}
			span := at(day)
			span.Active, span.Statements = int64(active), int64(n)
			return nil
		})
	}
	if err != nil {
		return nil, fmt.Errorf("reading a trend: %w", err)
	}
	list := make([]Span, 0, len(all))
	for _, day := range slices.SortedFunc(maps.Keys(all), time.Time.Compare) {
		list = append(list, *all[day])
	}
	return list, nil
}

// firstsSQL: when courses were started and completed.
func (q question) firstsSQL(by string) string {
	within := "1"
	if !q.From.IsZero() {
		within += fmt.Sprintf(" AND at >= %d", q.From.UnixMicro())
	}
	if !q.To.IsZero() {
		within += fmt.Sprintf(" AND at < %d", q.To.UnixMicro())
	}
	return fmt.Sprintf(`SELECT %s AS day, countIf(what = 1), countIf(what = 2) FROM (
  SELECT arrayJoin([(1, started), (2, completed)]) AS event, event.1 AS what, event.2 AS at FROM (%s)
) WHERE at < %s AND %s GROUP BY day ORDER BY day`, spanOf(by, "fromUnixTimestamp64Micro(at, {zone:String})"), q.statesSQL(), never, within)
}

// activeSQL: who was active, and how much.
func (q question) activeSQL(by string) string {
	if by == "week" && q.Course == "" && q.settled && q.wholeWeeks() {
		return q.weeksSQL()
	}
	return fmt.Sprintf(`SELECT %s AS day, uniqExact(human), sum(n) FROM (
  SELECT human, slot, length(groupUniqArrayArray(statements)) AS n FROM (%s) WHERE %s GROUP BY human, slot
) GROUP BY day ORDER BY day`, spanOf(by, slotStart), q.byPerson("progress_slots", "slot, statements"), q.slots())
}

// wholeWeeks tells whether the days asked for begin and end with weeks.
func (q question) wholeWeeks() bool {
	whole := func(t time.Time) bool {
		t = t.In(q.zone)
		return t.IsZero() || t.Weekday() == time.Monday && t.Hour() == 0 && t.Minute() == 0
	}
	return whole(q.From) && whole(q.To)
}

// weeksSQL is activeSQL for whole weeks of all courses, from the rows of weeks and, for whom they do
// not hold, from the slots.
func (q question) weeksSQL() string {
	within := "1"
	if !q.From.IsZero() {
		within += " AND week >= '" + q.From.In(q.zone).Format(time.DateOnly) + "'"
	}
	if !q.To.IsZero() {
		within += " AND week < '" + q.To.In(q.zone).Format(time.DateOnly) + "'"
	}
	rows := q.among(within).byPerson("progress_weeks", "week AS day, statements AS n")
	if len(q.open) > 0 {
		rows = q.among(within+" AND learner NOT IN ("+openLearners+")").byPerson("progress_weeks", "week AS day, statements AS n")
	}
	rows = "SELECT day, human, n FROM (" + rows + ")"
	if len(q.open) > 0 {
		theirs := " AND learner IN (" + openLearners + ")"
		rows += fmt.Sprintf("\nUNION ALL\nSELECT %s AS day, human, toUInt64(length(groupUniqArrayArray(statements))) AS n FROM (%s) WHERE %s GROUP BY human, slot, day",
			spanOf("week", slotStart), q.among(inCoursesOf(theirs)+theirs).byPerson("progress_slots", "slot, statements"), q.slots())
	}
	return "SELECT day, uniqExact(human), sum(n) FROM (\n" + rows + "\n) GROUP BY day ORDER BY day"
}
