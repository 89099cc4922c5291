package suppress

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// world is a random town whose figures are published: by unit the learners, who of
// them completed, their scores; by unit and month the active ones; and, if there was one, an earlier run.
type world struct {
	k      int64
	units  []unit
	months int
	// Of each unit, in the first place, and as it was when the earlier run was made.
	now, before *figures
	decimals    int
}

type unit struct {
	name  string
	parts []int // empty for a leaf
}

type figures struct {
	learners, completed, score []int64   // by unit; score is the sum of 0 to 10 points each
	active                     [][]int64 // by unit and month, the last for all months
}

const points = 10

// drawWorld draws a tree of units (leaves first) and their figures.
func drawWorld(t *rapid.T) *world {
	w := &world{k: rapid.Int64Range(2, 6).Draw(t, "k"), months: rapid.IntRange(0, 3).Draw(t, "months"), decimals: rapid.IntRange(0, 1).Draw(t, "decimals")}
	var top []int
	for d := range rapid.IntRange(1, 3).Draw(t, "departments") {
		var parts []int
		for o := range rapid.IntRange(0, 3).Draw(t, "offices") {
			parts = append(parts, len(w.units))
			w.units = append(w.units, unit{name: fmt.Sprintf("%d.%d", d, o)})
		}
		top = append(top, len(w.units))
		w.units = append(w.units, unit{fmt.Sprint(d), parts})
	}
	w.units = append(w.units, unit{"town", top})
	w.now = w.draw(t, nil)
	if rapid.Bool().Draw(t, "earlier") {
		w.before = w.draw(t, w.now)
	}
	return w
}

// draw draws figures; with some, mostly the same ones, a few people less.
func (w *world) draw(t *rapid.T, later *figures) *figures {
	f := &figures{learners: make([]int64, len(w.units)), completed: make([]int64, len(w.units)), score: make([]int64, len(w.units)), active: make([][]int64, len(w.units))}
	small := rapid.OneOf(rapid.Int64Range(0, 7), rapid.Int64Range(0, 40))
	less := func(n int64) int64 { return max(0, n-rapid.SampledFrom([]int64{0, 0, 0, 1, 2, 9}).Draw(t, "less")) }
	for i, u := range w.units {
		f.active[i] = make([]int64, w.months+1)
		if len(u.parts) > 0 {
			for _, p := range u.parts {
				f.learners[i] += f.learners[p]
				f.completed[i] += f.completed[p]
				f.score[i] += f.score[p]
				for m := range f.active[i] {
					f.active[i][m] += f.active[p][m]
				}
			}
			continue
		}
		if later != nil {
			f.learners[i] = less(later.learners[i])
			f.completed[i] = min(f.learners[i], less(later.completed[i]))
			f.score[i] = later.score[i] * f.completed[i] / max(1, later.completed[i])
		} else {
			f.learners[i] = small.Draw(t, "learners")
			f.completed[i] = rapid.Int64Range(0, f.learners[i]).Draw(t, "completed")
			f.score[i] = rapid.Int64Range(0, points*f.completed[i]).Draw(t, "score")
		}
		for m := range w.months {
			if later != nil {
				f.active[i][m] = less(later.active[i][m])
			} else {
				f.active[i][m] = small.Draw(t, "active")
			}
			f.active[i][w.months] += f.active[i][m]
		}
	}
	return f
}

// planned is a plan with the cells of a world.
type planned struct {
	learners, completed, score []Cell
	active                     [][]Cell
	result                     *Result
}

func (w *world) plan(t *rapid.T, f *figures, earlier *planned) *planned {
	p := New(int(w.k))
	at := &planned{}
	all := func(cells []Cell, parts []int) (of []Cell) {
		for _, i := range parts {
			of = append(of, cells[i])
		}
		return of
	}
	for i, u := range w.units {
		learners := p.Count("learners/"+u.name, f.learners[i])
		completed := p.Count("completed/"+u.name, f.completed[i], Of(learners))
		score := p.Average("score/"+u.name, f.score[i], completed, 0, points)
		at.learners, at.completed, at.score = append(at.learners, learners), append(at.completed, completed), append(at.score, score)
		var months []Cell
		for m := range f.active[i] {
			months = append(months, p.Count(fmt.Sprint("active/", u.name, "/", m), f.active[i][m]))
		}
		at.active = append(at.active, months)
		if w.months > 0 {
			p.Sum(months[w.months], months[:w.months]...)
		}
		if len(u.parts) == 0 {
			continue
		}
		p.Sum(learners, all(at.learners, u.parts)...)
		p.Sum(completed, all(at.completed, u.parts)...)
		p.Sum(score, all(at.score, u.parts)...)
		for m := range months {
			var of []Cell
			for _, part := range u.parts {
				of = append(of, at.active[part][m])
			}
			p.Sum(months[m], of...)
		}
	}
	if earlier != nil {
		p.Earlier(earlier.result.Run())
	}
	r, err := p.Solve()
	if err != nil {
		t.Fatalf("cannot be decided: %v", err)
	}
	// Only what was published before can leave nothing to be done.
	if len(r.Exposed()) > 0 && earlier == nil {
		t.Fatalf("exposed: %q", r.Exposed())
	}
	at.result = r
	return at
}

// knowledge gathers what the reader of the world's runs knows. The unknowns of a run are, by
// unit, learners, completed, score, and the active ones by month.
func (w *world) knowledge(f *figures, at *planned, first int) (facts []fact) {
	equal := func(form map[int]int64, n int64) { facts = append(facts, fact{form, rat(n), rat(n)}) }
	per := 3 + w.months + 1
	for i, u := range w.units {
		v := first + i*per
		shown := func(c Cell, value int64, j int) bool {
			n, ok := at.result.Count(c).Value()
			if ok {
				if n != value {
					panic("another value is shown")
				}
				equal(map[int]int64{j: 1}, n)
			}
			return ok
		}
		shown(at.learners[i], f.learners[i], v)
		counted := shown(at.completed[i], f.completed[i], v+1)
		// Nobody is left below zero.
		facts = append(facts, fact{map[int]int64{v: 1, v + 1: -1}, rat(0), nil})
		// The share, rounded.
		if s, ok := ShareOf(at.result.Count(at.completed[i]), at.result.Count(at.learners[i]), w.decimals).Value(); ok {
			unit := int64(math.Pow10(w.decimals))
			half := big.NewRat(f.learners[i], 200*unit)
			share := big.NewRat(s*f.learners[i], 100*unit)
			facts = append(facts, fact{map[int]int64{v + 1: 1}, new(big.Rat).Sub(share, half), new(big.Rat).Add(share, half)})
		}
		// The average, to two decimals. Everybody has 0 to 10 points.
		if at.result.Shown(at.score[i]) && counted && f.completed[i] > 0 {
			n := f.completed[i]
			average := int64(math.Round(100 * float64(f.score[i]) / float64(n)))
			facts = append(facts, fact{map[int]int64{v + 2: 1}, big.NewRat((2*average-1)*n, 200), big.NewRat((2*average+1)*n, 200)})
		}
		facts = append(facts, fact{map[int]int64{v + 1: points, v + 2: -1}, rat(0), nil})
		months := map[int]int64{v + 3 + w.months: -1}
		for m := range at.active[i] {
			shown(at.active[i][m], f.active[i][m], v+3+m)
			if m < w.months {
				months[v+3+m] = 1
			}
		}
		if w.months > 0 {
			equal(months, 0)
		}
		for j := range per {
			if len(u.parts) == 0 {
				break
			}
			sum := map[int]int64{v + j: -1}
			for _, p := range u.parts {
				sum[first+p*per+j] = 1
			}
			equal(sum, 0)
		}
	}
	return facts
}

// TestAttack: who reckons with everything that is published, of a run and the one
// before, cannot do what doc.go says he cannot.
func TestAttack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		var before *planned
		var facts []fact
		per := 3 + w.months + 1
		n := len(w.units) * per
		if w.before != nil {
			before = w.plan(t, w.before, nil)
			facts = w.knowledge(w.before, before, n)
			// Whoever has completed, has.
			for v := range n {
				if v%per != 2 {
					facts = append(facts, fact{map[int]int64{v: 1, n + v: -1}, rat(0), nil})
				}
			}
			n *= 2
		}
		now := w.plan(t, w.now, before)
		a := newAttacker(append(w.knowledge(w.now, now, 0), facts...))
		if a == nil {
			t.Fatal("what is published contradicts itself")
		}
		w.attack(t, a, w.now, now, before, 0)
		if before != nil {
			w.attack(t, a, w.before, before, nil, n/2)
		}
	})
}

// attack tries every figure that was suppressed, and what is left of each group.
func (w *world) attack(t *rapid.T, a *attacker, f *figures, at, earlier *planned, first int) {
	per := 3 + w.months + 1
	// What was shown before and has not changed is known.
	before := make(map[string]int64)
	if earlier != nil {
		for _, figure := range earlier.result.Run().Figures {
			if figure.Shown {
				before[figure.Key] = figure.Value
			}
		}
	}
	try := func(what string, form map[int]int64, value int64, tells bool, enough, width int64) {
		if slices.Contains(at.result.Exposed(), what) || len(at.result.Exposed()) > 0 && !tells {
			return
		}
		if n, ok := before[what]; ok && n == value && !tells {
			return
		}
		low, high := a.bounds(form)
		if high == nil || low == nil {
			return
		}
		room := new(big.Rat).Sub(high, low)
		if !tells {
			if room.Sign() == 0 {
				t.Errorf("%s is %d, and the reader finds out", what, value)
			}
			return
		}
		if high.Cmp(rat(enough)) < 0 || room.Cmp(rat(width)) < 0 {
			t.Errorf("%s is %d, and the reader finds out that it is %s to %s", what, value, low.RatString(), high.RatString())
		}
	}
	few := func(n int64, zero bool) bool { return n > 0 && n < w.k || n == 0 && zero }
	for i, u := range w.units {
		v := first + i*per
		learners, completed := f.learners[i], f.completed[i]
		if !at.result.Shown(at.learners[i]) {
			try("learners/"+u.name, map[int]int64{v: 1}, learners, few(learners, false), w.k, w.k)
		}
		if !at.result.Shown(at.completed[i]) {
			try("completed/"+u.name, map[int]int64{v + 1: 1}, completed, few(completed, learners > 0), w.k, w.k)
		}
		if rest := learners - completed; few(rest, learners > 0) {
			try("completed/"+u.name+restKey, map[int]int64{v: 1, v + 1: -1}, rest, true, w.k, w.k)
		}
		telling := completed > 0 && (completed < w.k || f.score[i] == 0 || f.score[i] == points*completed)
		if !at.result.Shown(at.score[i]) {
			try("score/"+u.name, map[int]int64{v + 2: 1}, f.score[i], telling, -1, max(1, completed*points/4))
		} else if telling {
			t.Errorf("score/%s is shown: %d points of %d people", u.name, f.score[i], completed)
		}
		for m, c := range at.active[i] {
			if n := f.active[i][m]; !at.result.Shown(c) {
				try(fmt.Sprint("active/", u.name, "/", m), map[int]int64{v + 3 + m: 1}, n, few(n, false), w.k, w.k)
			} else if few(n, false) {
				t.Errorf("active/%s/%d is shown: %d", u.name, m, n)
			}
		}
	}
}
