package report

import (
	"time"

	"lernspur/progress"
	"lernspur/suppress"
)

// Count is a number of people that may be suppressed.
type Count = suppress.Count

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
		Learners:  suppress.AtLeast(period.Learners, small),
		Started:   suppress.Within(period.Started, period.Learners, small, true),
		Completed: suppress.Within(period.Completed, period.Learners, small, false),
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
		if _, known := column.total.Value(); known {
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
	shown.Learners = suppress.AtLeast(c.Learners, k)
	shown.Started = suppress.Within(c.Started, c.Learners, k, true)
	shown.Completed = suppress.Within(c.Completed, c.Learners, k, false)
	shown.Passed = suppress.Within(c.Passed, c.Learners, k, false)
	shown.Failed = suppress.Within(c.Failed, c.Learners, k, false)
	average, ok := c.AverageScore()
	switch {
	case !ok:
		shown.AverageScore.absent = true
	case c.Scored >= k && !suppress.Telling(average):
		shown.AverageScore = Mean{value: average, known: true}
	}
	last := instant(c.LastActivity).In(days)
	shown.LastActivity = time.Date(last.Year(), last.Month(), last.Day(), 0, 0, 0, 0, days)
	return shown
}

// suppressSecond is rule 4.
func suppressSecond(courses []Course, cell func(*Course) *Count) {
	counts := make([]*Count, len(courses))
	for i := range courses {
		counts[i] = cell(&courses[i])
	}
	suppress.Second(counts)
}

// keepTogether suppresses what stands or falls with the number of learners,
// which the other figures would narrow down.
func (c *Course) keepTogether() {
	if _, known := c.Learners.Value(); !known {
		*c = Course{ID: c.ID}
	}
}
