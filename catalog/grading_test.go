package catalog

import (
	"math"
	"testing"
)

func TestScores(t *testing.T) {
	n := func(v float64) *float64 { return &v }
	attempts := []Attempt{
		{Item: "a", Score: n(1), Reset: true}, // does not count
		{Item: "a", Score: n(0.25)}, {Item: "b", Score: n(-0.5)}, {Item: "a", Score: n(0.75)}, {Item: "a"}, {Item: "a", Score: n(0.5)}, {Item: "c"},
	}
	for g, want := range map[Grading]float64{
		"": 0.125, GradeBest: 0.125, // (0.75 - 0.5) / 2
		GradeFirst:   -0.125, // (0.25 - 0.5) / 2
		GradeLast:    0,      // (0.5 - 0.5) / 2
		GradeAverage: 0,      // (1.5/3 - 0.5) / 2
	} {
		got := (&Registration{Attempts: attempts}).Score(g)
		if got == nil || math.Abs(*got-want) > 1e-12 {
			t.Errorf("%q: %v, want %v", g, got, want)
		}
	}
	if got := (&Registration{Attempts: attempts[:1]}).Score(GradeBest); got != nil {
		t.Errorf("a score of nothing: %v", *got)
	}
}
