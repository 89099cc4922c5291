package catalog

import (
	"slices"

	"lernspur/content/manifest"
)

// Grading says which attempt at an item counts for its score.
type Grading string

// The gradings.
const (
	GradeBest    Grading = "best"
	GradeFirst   Grading = "first"
	GradeLast    Grading = "last"
	GradeAverage Grading = "average"
)

func (g Grading) known() bool {
	return g == "" || g == GradeBest || g == GradeFirst || g == GradeLast || g == GradeAverage
}

// Score is the scaled score of a registration: of each item that has attempts
// with a score the one that the grading picks, and the mean of these over the
// items. Attempts from before a Reset do not count. It is nil when no attempt has
// a score.
func (r *Registration) Score(g Grading) *float64 {
	byItem := make(map[string][]float64)
	var items []string // in order, so that the sum is the same each time
	for _, a := range r.Attempts {
		if a.Score == nil || a.Reset {
			continue
		}
		if byItem[a.Item] == nil {
			items = append(items, a.Item)
		}
		byItem[a.Item] = append(byItem[a.Item], *a.Score)
	}
	if len(items) == 0 {
		return nil
	}
	sum := 0.0
	for _, item := range items {
		sum += g.pick(byItem[item])
	}
	mean := sum / float64(len(items))
	return &mean
}

// pick is the score that counts of those of one item, in the order of time.
func (g Grading) pick(scores []float64) float64 {
	switch g {
	case GradeFirst:
		return scores[0]
	case GradeLast:
		return scores[len(scores)-1]
	case GradeAverage:
		sum := 0.0
		for _, s := range scores {
			sum += s
		}
		return sum / float64(len(scores))
	default:
		best := scores[0]
		for _, s := range scores {
			best = max(best, s)
		}
		return best
	}
}

// Outcome is what the attempts of a registration come to, as one of its states: of
// each unit of the course the attempt that the grading picks. One that failed
// fails the course; when all are done, it is passed if one of them is, else
// completed. An average that reaches the unit's passing score is passed, one below
// it failed; where there is none of either, the best attempt counts. m is the
// manifest of the version, nil for a course without a package, whose units are
// those that there are attempts at. Attendance that completes the course does so
// beside all this.
func (r *Registration) Outcome(g Grading, m *manifest.Package) string {
	byItem := make(map[string][]Attempt)
	completed := r.State == Satisfied
	for _, a := range r.Attempts {
		switch {
		case a.Reset:
		case a.Attended():
			completed = completed || a.Outcome == Completed
		default:
			byItem[a.Item] = append(byItem[a.Item], a)
		}
	}
	passing := make(map[string]*float64)
	units := gradedUnits(m, passing)
	if m == nil {
		for item := range byItem {
			units = append(units, item)
		}
	}
	done, passed := len(units) > 0, false
	for _, item := range units {
		switch g.outcome(byItem[item], passing[item]) {
		case Failed:
			return Failed
		case Passed:
			passed = true
		case Completed:
		default:
			done = false
		}
	}
	switch {
	case done && passed:
		return Passed
	case done || completed:
		return Completed
	case len(byItem) > 0 || r.State != NotStarted && r.State != "":
		return Started
	}
	return NotStarted
}

// gradedUnits are the items that report something, with their passing scores.
func gradedUnits(m *manifest.Package, passing map[string]*float64) (units []string) {
	if m == nil {
		return nil
	}
	scorm := m.Kind == manifest.SCORM12 || m.Kind == manifest.SCORM2004
	for i := range m.Items() {
		if i.Launch != nil && (i.SCO || !scorm) {
			units, passing[i.ID] = append(units, i.ID), i.PassingScore
		}
	}
	return units
}

// ranks are the outcomes of attempts that count, from the worst to the best.
var ranks = []string{Failed, Completed, Passed}

// outcome is what counts of the attempts at one unit; empty for nothing yet.
func (g Grading) outcome(attempts []Attempt, passing *float64) string {
	var outcomes []string
	var scores []float64
	for _, a := range attempts {
		if a.Score != nil {
			scores = append(scores, *a.Score)
		}
		if slices.Contains(ranks, a.Outcome) {
			outcomes = append(outcomes, a.Outcome)
		}
	}
	switch {
	case g == GradeAverage && passing != nil && len(scores) > 0:
		if g.pick(scores) >= *passing {
			return Passed
		}
		return Failed
	case len(outcomes) == 0:
		return ""
	case g == GradeFirst:
		return outcomes[0]
	case g == GradeLast:
		return outcomes[len(outcomes)-1]
	}
	return slices.MaxFunc(outcomes, func(a, b string) int { return slices.Index(ranks, a) - slices.Index(ranks, b) })
}
