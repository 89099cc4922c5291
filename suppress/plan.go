package suppress

import (
	"errors"
	"fmt"
	"math"
)

// Limits of a Plan.
const (
	// MaxCells is how many figures it may have, hidden ones included.
	MaxCells = 200_000
	// MaxValue bounds counts and sums.
	MaxValue = 1 << 50
)

const (
	unbounded = math.MaxInt64
)

// restKey ends the key of what is left of a group.
const restKey = " rest"

// Cell is a figure of a Plan.
type Cell int

// kind says how a figure becomes known.
type kind uint8

const (
	open   kind = iota // published unless it is suppressed
	hidden             // never published, but may be reckoned
	public             // known to everybody anyway
)

// cell is what a Plan knows of a figure.
type cell struct {
	key       string
	kind      kind
	value     int64
	low, high int64 // what everybody knows: low <= value <= high
	people    int64 // whom it is about
	scale     int64 // of an average: highest minus lowest value of one person; 0 for counts
	lowest    int64 // of an average: lowest value of one person
	zeroTells bool
	height    int  // 0 for a part, more for totals
	few       bool // is not shown in any case
	rest      bool
	part      Cell // of whose group this is the rest
	reason    Reason
	shownWith []Cell // is shown only when these are
}

// sum is an equation: the total and constant together are the parts.
type sum struct {
	total    Cell
	parts    []Cell
	constant int64
}

// Plan gathers the figures that are to be published, and how they hang
// together. Mistakes in it are told by Solve.
type Plan struct {
	k       int64
	cells   []cell
	sums    []sum
	byKey   map[string]Cell
	earlier []Run
	errs    []error
}

// New is an empty plan for groups of at least k people; k is 2 or more.
func New(k int) *Plan {
	p := &Plan{k: int64(k), byKey: make(map[string]Cell)}
	if k < 2 || k > 1_000_000 {
		p.fail("groups must be of 2 to 1,000,000 people, not of %d", k)
	}
	return p
}

func (p *Plan) fail(format string, args ...any) {
	if len(p.errs) < 10 {
		p.errs = append(p.errs, fmt.Errorf(format, args...))
	}
}

func (p *Plan) add(c cell) Cell {
	if _, twice := p.byKey[c.key]; twice {
		p.fail("there are two figures %q", c.key)
	}
	if c.value < -MaxValue || c.value > MaxValue {
		p.fail("%q is out of bounds: %d", c.key, c.value)
	}
	if len(p.cells) == MaxCells {
		p.fail("there are more than %d figures", MaxCells)
	}
	id := Cell(len(p.cells))
	p.cells = append(p.cells, c)
	p.byKey[c.key] = id
	return id
}

// known tells whether c is a cell of this plan, and notes when not.
func (p *Plan) known(cells ...Cell) bool {
	for _, c := range cells {
		if c < 0 || int(c) >= len(p.cells) {
			p.fail("there is no figure %d", c)
			return false
		}
	}
	return true
}

// Option says more about a figure.
type Option func(*Plan, Cell)

// ZeroTells: that nobody is counted tells something about people.
func ZeroTells(p *Plan, c Cell) { p.cells[c].zeroTells = true }

// With shows a figure only when another one is shown, too.
func With(other Cell) Option {
	return func(p *Plan, c Cell) {
		if p.known(other) {
			p.cells[c].shownWith = append(p.cells[c].shownWith, other)
		}
	}
}

// Of says that a count is a part of a group. What is left of the group is
// protected, too; "nobody" and "all" tell something about everybody in it. A part is shown
// only with its group.
func Of(group Cell) Option { return of(group, true) }

// AllMayShow is Of, but that it is all of the group may be shown.
func AllMayShow(group Cell) Option { return of(group, false) }

func of(group Cell, allTells bool) Option {
	return func(p *Plan, c Cell) {
		if !p.known(group) {
			return
		}
		part, whole := &p.cells[c], p.cells[group]
		part.zeroTells = whole.value > 0
		if whole.kind == public {
			part.high = min(part.high, whole.value)
		} else {
			part.shownWith = append(part.shownWith, group)
		}
		rest := p.add(cell{key: part.key + restKey, kind: hidden, value: whole.value - part.value, high: part.high,
			zeroTells: allTells && whole.value > 0, people: whole.value - part.value, rest: true, part: c})
		p.sums = append(p.sums, sum{total: group, parts: []Cell{c, rest}})
		p.cells[group].height = max(p.cells[group].height, p.cells[c].height+1)
	}
}

// Count is a number of people that is to be published. The key names it, in
// later runs as well.
func (p *Plan) Count(key string, value int64, options ...Option) Cell {
	return p.with(p.add(cell{key: key, value: value, high: unbounded, people: value}), options)
}

// Hidden is a number of people that is not published, but is to be
// protected like one that is: it could be reckoned.
func (p *Plan) Hidden(key string, value int64, options ...Option) Cell {
	return p.with(p.add(cell{key: key, kind: hidden, value: value, high: unbounded, people: value}), options)
}

// Public is a number that everybody has anyway, such as the headcount of
// an office in the budget. It is always shown.
func (p *Plan) Public(key string, value int64) Cell {
	return p.add(cell{key: key, kind: public, value: value, high: unbounded, people: value})
}

func (p *Plan) with(c Cell, options []Option) Cell {
	for _, option := range options {
		option(p, c)
	}
	return c
}

// Average is an average that is to be published, given as the sum over all
// people it is about, in any unit; each one's value lies between low and high.
// Sums of averages (Sum) are those of what all people have together. It is shown
// only with the number of people, unless that is hidden.
func (p *Plan) Average(key string, sum int64, people Cell, low, high int64, options ...Option) Cell {
	if !p.known(people) {
		return 0
	}
	n := p.cells[people].value
	if low >= high || n < 0 || n > 0 && max(-low, high, high-low) > MaxValue/n {
		p.fail("%q has an impossible scale: %d to %d for %d people", key, low, high, n)
		n = 0
	}
	c := p.add(cell{key: key, value: sum, low: low * n, high: high * n, people: n, scale: high - low, lowest: low})
	if p.cells[people].kind == open {
		p.cells[c].shownWith = append(p.cells[c].shownWith, people)
	}
	return p.with(c, options)
}

// Quantile is a quantile (0 < q < 1) over so many people. Its value is not needed.
// It is shown only with the number of people, unless that is hidden.
func (p *Plan) Quantile(key string, q float64, people Cell, options ...Option) Cell {
	if !p.known(people) {
		return 0
	}
	n := p.cells[people].value
	c := p.add(cell{key: key, people: n, high: unbounded})
	// The value of the first or last one is that of a single person.
	if n < p.k || !(float64(n)*min(q, 1-q) >= 1) {
		p.cells[c].few = true
	}
	if p.cells[people].kind == open {
		p.cells[c].shownWith = append(p.cells[c].shownWith, people)
	}
	return p.with(c, options)
}

// Sum says that the parts together are the total: nobody is in two of them.
func (p *Plan) Sum(total Cell, parts ...Cell) {
	p.sum(total, parts, false)
}

// Overlap says that the parts together are the total, in which each person
// counts once, though somebody may be in several parts. The reader is taken to
// know how many are.
func (p *Plan) Overlap(total Cell, parts ...Cell) {
	p.sum(total, parts, true)
}

func (p *Plan) sum(total Cell, parts []Cell, overlap bool) {
	if !p.known(total) || !p.known(parts...) {
		return
	}
	s := sum{total: total, parts: append([]Cell(nil), parts...), constant: -p.cells[total].value}
	height := 0
	for _, c := range parts {
		s.constant += p.cells[c].value
		height = max(height, p.cells[c].height)
	}
	if s.constant != 0 && !overlap {
		p.fail("the parts of %q are %d and not its %d", p.cells[total].key, p.cells[total].value+s.constant, p.cells[total].value)
	}
	p.cells[total].height = max(p.cells[total].height, height+1)
	p.sums = append(p.sums, s)
}

// Level is a node of a hierarchy, such as a town with its departments.
type Level struct {
	Key   string
	Parts []Level
}

// Cross adds a table of counts with all totals of two hierarchies, one for the rows and
// one for the columns; one without parts is a list. Its cells are named table,
// row and column, with slashes between them; value answers for each pair of keys, totals included.
func (p *Plan) Cross(table string, rows, columns Level, value func(row, column string) int64, options ...Option) func(row, column string) Cell {
	cells := make(map[[2]string]Cell)
	var each func(l Level, visit func(Level))
	each = func(l Level, visit func(Level)) {
		for _, part := range l.Parts {
			each(part, visit)
		}
		visit(l)
	}
	each(rows, func(r Level) {
		each(columns, func(c Level) {
			at := [2]string{r.Key, c.Key}
			cells[at] = p.Count(table+"/"+r.Key+"/"+c.Key, value(r.Key, c.Key), options...)
			var below, beside []Cell
			for _, part := range r.Parts {
				below = append(below, cells[[2]string{part.Key, c.Key}])
			}
			for _, part := range c.Parts {
				beside = append(beside, cells[[2]string{r.Key, part.Key}])
			}
			if below != nil {
				p.Sum(cells[at], below...)
			}
			if beside != nil {
				p.Sum(cells[at], beside...)
			}
		})
	})
	return func(row, column string) Cell { return cells[[2]string{row, column}] }
}

// err joins what is wrong with the plan.
func (p *Plan) err() error { return errors.Join(p.errs...) }
