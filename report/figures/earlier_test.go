package figures_test

import (
	"testing"

	"lernspur/report/figures"
	"lernspur/report/inputs"
	"lernspur/report/result"
	"lernspur/report/runs"
	"lernspur/suppress"
)

// TestEarlierRuns: what two runs show does not tell what a few people have done in between.
func TestEarlierRuns(t *testing.T) {
	make := func(more int) made {
		m := newMade()
		m.unit("a", "Amt A", inputs.None, 120)
		m.unit("b", "Amt B", inputs.None, 80)
		m.people(100, 0)
		m.people(60, 1)
		for i := range int32(30 + more) {
			m.part(i, i%2, 8, int64(i%3), 80, 1)
		}
		for i := range int32(25) {
			m.part(100+i, 0, 9, int64(i%2), 40, 0)
		}
		return m
	}
	d := define(t, "")
	before, known, err := figures.Compute(d, make(0).Inputs, figures.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		more  int
		shown bool // that 55 became more
	}{{"nobody", 0, true}, {"two people", 2, false}, {"forty people", 40, true}} {
		t.Run(c.name, func(t *testing.T) {
			m := make(c.more)
			m.Earlier = []suppress.Run{known}
			after, _, err := figures.Compute(d, m.Inputs, figures.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := after.Reach.Active.State == result.Shown; got != c.shown {
				t.Errorf("active is %s", told(after.Reach.Active))
			}
			for _, diff := range runs.Differences(before, after) {
				if diff.A == nil || diff.B == nil || diff.A.Value == nil || diff.B.Value == nil || diff.Unit != result.People {
					continue
				}
				if n := diff.B.Value.Units - diff.A.Value.Units; n > -5 && n < 5 {
					t.Errorf("%s %s %s: from %s to %s", diff.Figure, diff.Row, diff.Column, diff.A.Value, diff.B.Value)
				}
			}
			if c.more == 0 && len(runs.Differences(before, after)) != 0 {
				t.Errorf("%+v", runs.Differences(before, after))
			}
		})
	}
}
