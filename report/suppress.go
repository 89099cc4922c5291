package report

import (
	"time"

	"lernspur/progress"
)

// Count is a number of people that may be suppressed. The zero value is
// suppressed; the number itself is then nowhere in it.
type Count struct {
	n     int64
	known bool
}

// Value is the number; ok is false when it is suppressed.
func (c Count) Value() (n int64, ok bool) { return c.n, c.known }

// Mean is an average that may be suppressed or may not exist.
type Mean struct {
	value  float64
	known  bool
	absent bool
}

// Value is the average; ok is false when it is suppressed or there is none.
func (m Mean) Value() (v float64, ok bool) { return m.value, m.known }

// Absent tells that nobody has a score.
func (m Mean) Absent() bool { return m.absent }

// Suppress turns figures into what may be shown of them. It is the only way
// into a Report. The rules, with k the smallest group (docs/metrics.md):
//
//  1. Of a course with fewer than k learners nothing is shown.
//  2. A count is shown when it and what is left of the learners are both at
//     least k; so 0 and all are not shown either. Only "started" may be all
//     learners: without statements of the platform it always is.
//  3. An average is shown when at least k people have a score and it is not
//     one that tells everybody's score (-1, 0 and 1).
//  4. Where one single course is suppressed in a column whose total is shown,
//     the smallest other one is suppressed, too: nothing can be had by
//     subtraction.
//  5. A day of last activity is shown with the number of learners.
func Suppress(period progress.Period, k int, days *time.Location) (Summary, []Course) {
	small := int64(k)
	courses := make([]Course, len(period.Courses))
	for i, c := range period.Courses {
		courses[i] = suppressCourse(c, small, days)
	}
	total := Summary{
		Courses:   int64(len(courses)),
		Learners:  atLeast(period.Learners, small),
		Started:   within(period.Started, period.Learners, small, true),
		Completed: within(period.Completed, period.Learners, small, false),
	}
	columns := []struct {
		total Count
		cell  func(*Course) *Count
	}{
		{total.Learners, func(c *Course) *Count { return &c.Learners }},
		{total.Started, func(c *Course) *Count { return &c.Started }},
		{total.Completed, func(c *Course) *Count { return &c.Completed }},
	}
	for _, column := range columns {
		if column.total.known {
			suppressSecond(courses, column.cell)
		}
		for i := range courses {
			courses[i].keepTogether()
		}
	}
	return total, courses
}

// suppressCourse applies rules 1 to 3 and 5.
func suppressCourse(c progress.Course, k int64, days *time.Location) Course {
	shown := Course{ID: c.ID}
	if c.Learners < k {
		return shown
	}
	shown.Learners = atLeast(c.Learners, k)
	shown.Started = within(c.Started, c.Learners, k, true)
	shown.Completed = within(c.Completed, c.Learners, k, false)
	shown.Passed = within(c.Passed, c.Learners, k, false)
	shown.Failed = within(c.Failed, c.Learners, k, false)
	average, ok := c.AverageScore()
	telling := average == -1 || average == 0 || average == 1
	switch {
	case !ok:
		shown.AverageScore.absent = true
	case c.Scored >= k && !telling:
		shown.AverageScore = Mean{value: average, known: true}
	}
	last := instant(c.LastActivity).In(days)
	shown.LastActivity = time.Date(last.Year(), last.Month(), last.Day(), 0, 0, 0, 0, days)
	return shown
}

// suppressSecond is rule 4.
func suppressSecond(courses []Course, cell func(*Course) *Count) {
	suppressed, smallest := 0, -1
	for i := range courses {
		switch c := cell(&courses[i]); {
		case !c.known:
			suppressed++
		case smallest < 0 || c.n < cell(&courses[smallest]).n:
			smallest = i
		}
	}
	if suppressed == 1 && smallest >= 0 {
		*cell(&courses[smallest]) = Count{}
	}
}

// keepTogether suppresses what stands or falls with the number of learners,
// which the other figures would narrow down.
func (c *Course) keepTogether() {
	if !c.Learners.known {
		*c = Course{ID: c.ID}
	}
}

// atLeast is a count that is shown from k on.
func atLeast(n, k int64) Count {
	if n < k {
		return Count{}
	}
	return Count{n, true}
}

// within is a count among people, shown when it and the rest are at least k.
// orAll shows it also when there is no rest.
func within(n, people, k int64, orAll bool) Count {
	rest := people - n
	if rest < k && (rest != 0 || !orAll) {
		return Count{}
	}
	return atLeast(n, k)
}
