package suppress

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// seen writes a figure as the reader sees it.
func seen(r *Result, cells ...Cell) string {
	var b strings.Builder
	for i, c := range cells {
		if i > 0 {
			b.WriteByte(' ')
		}
		if n, ok := r.Count(c).Value(); ok {
			fmt.Fprint(&b, n)
		} else {
			b.WriteByte('-')
		}
	}
	return b.String()
}

func solve(t *testing.T, p *Plan) *Result {
	t.Helper()
	r, err := p.Solve()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestList holds one row and its total against cases by hand, k = 5.
func TestList(t *testing.T) {
	for _, c := range []struct {
		name  string
		parts []int64
		want  string // parts, then total
	}{
		{"nothing small", []int64{5, 9, 20}, "5 9 20 34"},
		{"one small: the smallest other goes, too", []int64{4, 9, 20}, "- - 20 33"},
		{"two small that together are large enough", []int64{4, 3, 20}, "- - 20 27"},
		{"two small that together are small", []int64{1, 2, 20, 30}, "- - - 30 53"},
		{"nobody is no secret, and hides nothing", []int64{0, 3, 8, 20}, "0 - - 20 31"},
		{"nothing else to hide it behind", []int64{3}, "- -"},
		{"all small, and so the total", []int64{2, 2}, "- - -"},
		{"nobody at all", []int64{0, 0}, "0 0 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := New(5)
			var cells []Cell
			var total int64
			for i, n := range c.parts {
				cells = append(cells, p.Count(fmt.Sprint("part", i), n))
				total += n
			}
			all := p.Count("total", total)
			p.Sum(all, cells...)
			if got := seen(solve(t, p), append(cells, all)...); got != c.want {
				t.Errorf("shown %s, want %s", got, c.want)
			}
		})
	}
}

// TestCross: a rectangle is what protects one cell of a table with both totals.
func TestCross(t *testing.T) {
	values := map[string][]int64{"a": {3, 20, 30}, "b": {10, 25, 40}, "c": {50, 60, 70}}
	columns := []string{"x", "y", "z"}
	value := func(row, column string) (n int64) {
		for r, of := range values {
			for i, c := range columns {
				if (row == r || row == "all") && (column == c || column == "all") {
					n += of[i]
				}
			}
		}
		return n
	}
	p := New(5)
	rows := Level{"all", []Level{{Key: "a"}, {Key: "b"}, {Key: "c"}}}
	at := p.Cross("table", rows, Level{"all", []Level{{Key: "x"}, {Key: "y"}, {Key: "z"}}}, value)
	r := solve(t, p)
	var got []string
	for _, row := range []string{"a", "b", "c", "all"} {
		got = append(got, seen(r, at(row, "x"), at(row, "y"), at(row, "z"), at(row, "all")))
	}
	want := []string{"- - 30 53", "- - 40 75", "50 60 70 180", "63 105 140 308"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestHierarchy: an office that is its whole department needs a second department.
// Then the two small offices hide behind each other: 5 people in both, and
// nobody knows how many in which.
func TestHierarchy(t *testing.T) {
	p := New(5)
	a1, a2, b1, c1 := p.Count("a1", 3), p.Count("a2", 12), p.Count("b1", 2), p.Count("c1", 40)
	a, b, c := p.Count("a", 15), p.Count("b", 2), p.Count("c", 40)
	town := p.Count("town", 57)
	p.Sum(a, a1, a2)
	p.Sum(b, b1)
	p.Sum(c, c1)
	p.Sum(town, a, b, c)
	r := solve(t, p)
	if got, want := seen(r, a1, a2, a, b1, b, c1, c, town), "- 12 - - - 40 40 57"; got != want {
		t.Errorf("shown %s, want %s", got, want)
	}
	if diff := cmp.Diff(map[Reason]int{Small: 3, Reckoned: 1}, r.Reasons()); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}
}

// TestOf holds parts of a group, as "17 of 23", against cases by hand.
func TestOf(t *testing.T) {
	for _, c := range []struct {
		name        string
		group, part int64
		option      func(Cell) Option
		want        string
	}{
		{"both large", 23, 17, Of, "23 17"},
		{"few", 23, 4, Of, "23 -"},
		{"few are left", 23, 19, Of, "23 -"},
		{"nobody", 23, 0, Of, "23 -"},
		{"all", 23, 23, Of, "23 -"},
		{"all, and that is no secret", 23, 23, AllMayShow, "23 23"},
		{"few are left, which is one", 23, 20, AllMayShow, "23 -"},
		{"a small group", 4, 4, AllMayShow, "- -"},
		{"exactly k, some of them", 5, 2, Of, "5 -"},
		{"a group of nobody", 0, 0, Of, "0 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := New(5)
			group := p.Count("group", c.group)
			part := p.Count("part", c.part, c.option(group))
			r := solve(t, p)
			if got := seen(r, group, part); got != c.want || len(r.Exposed()) > 0 {
				t.Errorf("shown %s (exposed %q), want %s", got, r.Exposed(), c.want)
			}
		})
	}
}

// TestPublicGroups: of an office that everybody knows to have three people nothing is
// shown, and that is all that can be done.
func TestPublicGroups(t *testing.T) {
	p := New(5)
	small, large := p.Public("headcount/small", 3), p.Public("headcount/large", 40)
	a, b := p.Count("a", 2, Of(small)), p.Count("b", 20, Of(large))
	total := p.Count("total", 22)
	p.Sum(total, a, b)
	r := solve(t, p)
	if got, want := seen(r, small, large, a, b, total), "3 40 - - 22"; got != want || len(r.Exposed()) != 0 {
		t.Errorf("shown %s (exposed %q), want %s", got, r.Exposed(), want)
	}
}

func TestAverages(t *testing.T) {
	p := New(5)
	few, many, more := p.Count("few", 4), p.Count("many", 20), p.Count("more", 50)
	all := p.Count("all", 74)
	p.Sum(all, few, many, more)
	scores := []Cell{p.Average("few/score", 250, few, 0, 100), p.Average("many/score", 1300, many, 0, 100),
		p.Average("more/score", 4000, more, 0, 100), p.Average("all/score", 5550, all, 0, 100)}
	p.Sum(scores[3], scores[:3]...)
	best := p.Average("best", 5000, more, 0, 100)
	median, top := p.Quantile("median", 0.5, more), p.Quantile("top", 0.99, more)
	r := solve(t, p)
	if got, want := seen(r, few, many, more, all), "- - 50 74"; got != want {
		t.Errorf("people %s, want %s", got, want)
	}
	if got, want := seen(r, scores...), "- - 4000 5550"; got != want {
		t.Errorf("sums %s, want %s", got, want)
	}
	if r.Shown(best) || !r.Shown(median) || r.Shown(top) {
		t.Errorf("everybody's best %v, median %v, the best one's %v", r.Shown(best), r.Shown(median), r.Shown(top))
	}
}

// TestOverlap: courses whose learners count once in the total.
func TestOverlap(t *testing.T) {
	p := New(5)
	a, b, c := p.Count("a", 3), p.Count("b", 24), p.Count("c", 36)
	completed := p.Count("c/completed", 12, Of(c), With(b))
	all := p.Count("all", 36)
	p.Overlap(all, a, b, c)
	r := solve(t, p)
	if got, want := seen(r, a, b, c, all, completed), "- - 36 36 -"; got != want {
		t.Errorf("shown %s, want %s", got, want)
	}
	if r.Why(a) != Small || r.Why(b) != Reckoned || r.Why(completed) != Together {
		t.Errorf("reasons %d, %d, %d", r.Why(a), r.Why(b), r.Why(completed))
	}
}

// TestEarlier: what an earlier run has shown is taken into account.
func TestEarlier(t *testing.T) {
	run := func(earlier []Run, values ...int64) (*Result, string) {
		p := New(5)
		var cells []Cell
		var total int64
		for i, n := range values {
			cells = append(cells, p.Count(fmt.Sprint(i), n))
			total += n
		}
		cells = append(cells, p.Count("total", total))
		p.Sum(cells[len(values)], cells[:len(values)]...)
		for _, e := range earlier {
			p.Earlier(e)
		}
		r := solve(t, p)
		return r, seen(r, cells...)
	}
	first, got := run(nil, 4, 12, 30)
	if got != "- - 30 46" {
		t.Fatalf("first run %s", got)
	}
	for _, c := range []struct {
		name   string
		values []int64
		want   string
	}{
		{"the same again", []int64{4, 12, 30}, "- - 30 46"},
		{"many more everywhere", []int64{14, 22, 40}, "14 22 40 76"},
		{"one more", []int64{4, 12, 31}, "- - - -"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, got := run([]Run{first.Run()}, c.values...)
			if got != c.want || len(r.Exposed()) > 0 {
				t.Errorf("shown %s (exposed %q), want %s", got, r.Exposed(), c.want)
			}
		})
	}
	// With the smaller k of an earlier run everything was shown.
	all := Run{Figures: []Figure{{"0", 4, 4, true}, {"1", 12, 12, true}, {"2", 30, 30, true}, {"total", 46, 46, true}}}
	r, got := run([]Run{all}, 4, 12, 30)
	if diff := cmp.Diff([]string{"0"}, r.Exposed()); diff != "" || got != "- 12 30 46" {
		t.Errorf("shown %s, exposed (-want +got):\n%s", got, diff)
	}
}

func TestMistakes(t *testing.T) {
	for name, make := range map[string]func() *Plan{
		"k of one": func() *Plan { return New(1) },
		"a sum that is wrong": func() *Plan {
			p := New(5)
			p.Sum(p.Count("all", 9), p.Count("a", 8))
			return p
		},
		"twice the same":       func() *Plan { p := New(5); p.Count("a", 1); p.Count("a", 1); return p },
		"fewer than nobody":    func() *Plan { p := New(5); p.Count("a", -1); return p },
		"more than the group":  func() *Plan { p := New(5); p.Count("a", 9, Of(p.Count("g", 8))); return p },
		"a figure from beyond": func() *Plan { p := New(5); p.Count("a", 9, With(77)); return p },
		"a score beyond its scale": func() *Plan {
			p := New(5)
			p.Average("a", 101, p.Count("n", 1), 0, 100)
			return p
		},
		"a scale upside down": func() *Plan { p := New(5); p.Average("a", 0, p.Count("n", 1), 1, 0); return p },
		"beyond all bounds":   func() *Plan { p := New(5); p.Count("a", MaxValue+1); return p },
	} {
		if _, err := make().Solve(); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestShares(t *testing.T) {
	counts := func(n ...int64) (c []Count) {
		for _, n := range n {
			if n < 0 {
				c = append(c, Count{})
			} else {
				c = append(c, Shown(n))
			}
		}
		return c
	}
	for _, c := range []struct {
		name     string
		parts    []Count
		whole    Count
		decimals int
		want     string
	}{
		{"thirds add up", counts(1, 1, 1), Shown(3), 0, "34 33 33"},
		{"with a decimal", counts(1, 1, 1), Shown(3), 1, "334 333 333"},
		{"largest remainder", counts(5, 7, 11), Shown(23), 0, "22 30 48"},
		{"each for itself beside a suppressed one", counts(5, -1, 11), Shown(23), 0, "22 - 48"},
		{"parts of something larger", counts(1, 1), Shown(3), 0, "33 33"},
		{"of a suppressed whole", counts(1, 1), Count{}, 0, "- -"},
		{"of nobody", counts(0), Shown(0), 0, "-"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, s := range Shares(c.parts, c.whole, c.decimals) {
				if n, ok := s.Value(); ok {
					got = append(got, fmt.Sprint(n))
				} else {
					got = append(got, "-")
				}
			}
			if g := strings.Join(got, " "); g != c.want {
				t.Errorf("%s, want %s", g, c.want)
			}
		})
	}
}
