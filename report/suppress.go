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

// Scores go from -1 to 1 and are kept in billionths.
const scoreUnit = 1_000_000_000

// planned are the figures of one course in the plan of what is shown.
type planned struct {
	learners, started, completed, passed, failed, score suppress.Cell
}

// Suppress turns figures into what may be shown of them. It is the only way
// into a Report. What package suppress guarantees holds for all figures of it
// together, with k the smallest group (docs/metrics.md):
//
//  1. Of a course with fewer than k learners nothing is shown.
//  2. Of a count neither it nor what is left of the learners is 1 to k-1, nor
//     can be reckoned; 0 and all are not shown either. Only "started" may be all
//     learners: without statements of the platform it always is. Nor are the
//     learners without a verdict 1 to k-1.
//  3. An average is shown when at least k people have a score and it is not
//     one that tells everybody's score (-1 and 1, and 0, which mostly is the least).
//  4. Nothing of this can be had by subtraction from the line for all courses,
//     even by somebody who knows how many people learn in several.
//  5. A day of last activity is shown with the number of learners.
func Suppress(period progress.Period, k int, days *time.Location) (Summary, []Course, error) {
	p := suppress.New(k)
	all := p.Count("learners", period.Learners, suppress.ZeroTells)
	allStarted := p.Count("started", period.Started, suppress.ZeroTells, suppress.AllMayShow(all))
	allCompleted := p.Count("completed", period.Completed, suppress.ZeroTells, suppress.Of(all))
	plans := make([]planned, len(period.Courses))
	var learners, started, completed []suppress.Cell
	for i, c := range period.Courses {
		plans[i] = plan(p, c)
		learners = append(learners, plans[i].learners)
		started = append(started, plans[i].started)
		completed = append(completed, plans[i].completed)
	}
	p.Overlap(all, learners...)
	p.Overlap(allStarted, started...)
	p.Overlap(allCompleted, completed...)
	r, err := p.Solve()
	if err != nil {
		return Summary{}, nil, err
	}
	courses := make([]Course, len(period.Courses))
	for i, c := range period.Courses {
		courses[i] = plans[i].course(r, c, days)
	}
	return Summary{
		Courses:  int64(len(courses)),
		Learners: r.Count(all), Started: r.Count(allStarted), Completed: r.Count(allCompleted),
	}, courses, nil
}

// plan adds the figures of a course.
func plan(p *suppress.Plan, c progress.Course) planned {
	key := "course " + c.ID + " "
	learners := p.Count(key+"learners", c.Learners, suppress.ZeroTells)
	at := planned{
		learners:  learners,
		started:   p.Count(key+"started", c.Started, suppress.ZeroTells, suppress.AllMayShow(learners)),
		completed: p.Count(key+"completed", c.Completed, suppress.Of(learners)),
		passed:    p.Count(key+"passed", c.Passed, suppress.Of(learners)),
		failed:    p.Count(key+"failed", c.Failed, suppress.Of(learners)),
	}
	p.Sum(learners, at.passed, at.failed, p.Hidden(key+"no verdict", c.Learners-c.Passed-c.Failed))
	scored := p.Hidden(key+"scored", c.Scored)
	at.score = p.Average(key+"score", c.ScoreSum, scored, -scoreUnit, scoreUnit, suppress.With(learners))
	return at
}

// course is what is shown of a course.
func (at planned) course(r *suppress.Result, c progress.Course, days *time.Location) Course {
	shown := Course{ID: c.ID}
	if !r.Shown(at.learners) {
		return shown
	}
	shown.Learners, shown.Started, shown.Completed = r.Count(at.learners), r.Count(at.started), r.Count(at.completed)
	shown.Passed, shown.Failed = r.Count(at.passed), r.Count(at.failed)
	switch average, ok := c.AverageScore(); {
	case !ok:
		shown.AverageScore.absent = true
	case r.Shown(at.score) && average != 0:
		shown.AverageScore = Mean{value: average, known: true}
	}
	last := instant(c.LastActivity).In(days)
	shown.LastActivity = time.Date(last.Year(), last.Month(), last.Day(), 0, 0, 0, 0, days)
	return shown
}
