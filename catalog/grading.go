package catalog

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
