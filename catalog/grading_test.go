package catalog

import (
	"math"
	"testing"

	"lernspur/content/manifest"
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

// TestOutcomes: the grading picks the attempt of each unit, the units make the
// course.
func TestOutcomes(t *testing.T) {
	n := func(v float64) *float64 { return &v }
	at := func(item, outcome string) Attempt { return Attempt{Item: item, Outcome: outcome} }
	unit := func(id string, passing *float64) *manifest.Item {
		return &manifest.Item{Type: manifest.Unit, ID: id, SCO: true, PassingScore: passing, Launch: &manifest.Launch{URL: id}}
	}
	asset := &manifest.Item{Type: manifest.Unit, ID: "asset", Launch: &manifest.Launch{URL: "a"}}
	one := &manifest.Package{Kind: manifest.SCORM12, Structure: []*manifest.Item{unit("a", n(0.5)), asset}}
	two := &manifest.Package{Kind: manifest.SCORM2004, Structure: []*manifest.Item{unit("a", nil), unit("b", nil)}}
	many := []Attempt{at("a", Failed), at("a", Passed), at("a", ""), at("a", Completed)}
	scored := []Attempt{{Item: "a", Outcome: Passed, Score: n(0.75)}, {Item: "a", Outcome: Failed, Score: n(0.125)}}
	for _, tc := range []struct {
		name     string
		g        Grading
		m        *manifest.Package
		attempts []Attempt
		want     string
	}{
		{"nothing", "", one, nil, NotStarted},
		{"the default is the best", "", one, many, Passed},
		{"best", GradeBest, one, many, Passed},
		{"first", GradeFirst, one, many, Failed},
		{"last with an outcome", GradeLast, one, append(many[:4:4], at("a", "abandoned")), Completed},
		{"an average below the passing score", GradeAverage, one, scored, Failed},                                           // 0.4375
		{"an average that reaches it", GradeAverage, one, append(scored[:1:1], Attempt{Item: "a", Score: n(0.25)}), Passed}, // 0.5
		{"an average without scores", GradeAverage, one, many, Passed},
		{"before a reset", GradeFirst, one, []Attempt{{Item: "a", Outcome: Failed, Reset: true}, at("a", Passed)}, Passed},
		{"one unit of two", "", two, []Attempt{at("a", Passed)}, Started},
		{"both units", "", two, []Attempt{at("a", Passed), at("b", Completed)}, Passed},
		{"both completed", "", two, []Attempt{at("a", Completed), at("b", Completed)}, Completed},
		{"one of two failed", "", two, []Attempt{at("a", Failed)}, Failed},
		{"attended", "", two, []Attempt{at(AttendanceItem("x"), Completed)}, Completed},
		{"attended, and failed", "", two, []Attempt{at(AttendanceItem("x"), Completed), at("b", Failed)}, Failed},
		{"no package", "", nil, []Attempt{at("", Passed)}, Passed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := (&Registration{Attempts: tc.attempts, State: NotStarted}).Outcome(tc.g, tc.m); got != tc.want {
				t.Errorf("%s, want %s", got, tc.want)
			}
		})
	}
}
