package suppress

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestLargeTown: a town of 8 departments with 8 offices each over 12 months can be decided, twice to
// the same answer, and most of it is shown.
func TestLargeTown(t *testing.T) {
	months := Level{Key: "year"}
	for m := range 12 {
		months.Parts = append(months.Parts, Level{Key: fmt.Sprint("m", m)})
	}
	town := Level{Key: "town"}
	for d := range 8 {
		department := Level{Key: fmt.Sprint("d", d)}
		for o := range 8 {
			department.Parts = append(department.Parts, Level{Key: fmt.Sprint("d", d, "o", o)})
		}
		town.Parts = append(town.Parts, department)
	}
	random := rand.New(rand.NewPCG(1, 2))
	leaf := make(map[[2]string]int64)
	var value func(row, column string) int64
	value = func(row, column string) (n int64) {
		if v, ok := leaf[[2]string{row, column}]; ok {
			return v
		}
		switch {
		case row == "town":
			for _, d := range town.Parts {
				n += value(d.Key, column)
			}
		case len(row) == 2:
			for o := range 8 {
				n += value(fmt.Sprint(row, "o", o), column)
			}
		case column == "year":
			for _, m := range months.Parts {
				n += value(row, m.Key)
			}
		default:
			n = random.Int64N(40)
		}
		leaf[[2]string{row, column}] = n
		return n
	}
	var first []bool
	for range 2 {
		p := New(5)
		p.Cross("active", town, months, value)
		r := solve(t, p)
		shown := make([]bool, len(r.cells))
		n := 0
		for i := range r.cells {
			if shown[i] = r.Shown(Cell(i)); shown[i] {
				n++
			}
		}
		if first == nil {
			first = shown
			t.Logf("%d of %d shown: %v", n, len(shown), r.Reasons())
		}
		if n < len(shown)*6/10 {
			t.Errorf("only %d of %d figures are shown: %v", n, len(shown), r.Reasons())
		}
		for i := range first {
			if first[i] != shown[i] {
				t.Fatalf("%s is shown once and once not", r.cells[i].key)
			}
		}
	}
}

// TestManyCourses: figures of many courses whose learners count once in a total.
func TestManyCourses(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	p := New(5)
	var learners, started, completed []Cell
	var sum int64
	for i := range 2000 {
		n := random.Int64N(60)
		sum += n
		l := p.Count(fmt.Sprint("learners", i), n)
		learners = append(learners, l)
		started = append(started, p.Count(fmt.Sprint("started", i), n-n/10, AllMayShow(l)))
		completed = append(completed, p.Count(fmt.Sprint("completed", i), n/2, Of(l)))
	}
	all := p.Count("learners", sum/2)
	p.Overlap(all, learners...)
	p.Overlap(p.Count("started", sum/2-sum/20, AllMayShow(all)), started...)
	p.Overlap(p.Count("completed", sum/4, Of(all)), completed...)
	r := solve(t, p)
	t.Logf("%v", r.Reasons())
}
