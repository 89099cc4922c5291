package suppress

import (
	"fmt"
	"slices"
)

// maxTrials bounds how often it is tried to show a figure again, times what
// is to be protected then.
const maxTrials = 20_000

// requirement is what must stay possible about a variable.
type requirement struct {
	v int
	// sign is the direction in which far counts: 1 up, -1 down.
	sign int
	// far is how far in that direction a possible value must lie from the true one.
	far int64
	// width is how far apart possible values must lie.
	width int64
	// key names what is to be protected; "" when that is the figure itself, which only
	// must not be determined.
	key string
	// hopeless: nothing that could be suppressed helps.
	hopeless bool
}

// variable is a figure in the equations: one of the Plan, or one of an earlier run, or a
// change since.
type variable struct {
	cell      int // of the Plan, -1 for others
	fixed     bool
	low, high int64 // of the difference to the true value, while it is unknown
	component int   // -1: in no equation that matters
	column    int
	equations []int
}

// solver finds what is to be suppressed.
type solver struct {
	k          int64
	cells      []cell
	dependents map[Cell][]Cell
	variables  []variable
	equations  []map[int]int64
	needs      []requirement
	components []*component
	exposed    []string
}

// component is a set of equations that hang together.
type component struct {
	tableau *tableau
	columns []int // the variable of each column
}

// Solve decides. It fails when the plan contradicts itself, or is too large; then nothing may be
// shown.
func (p *Plan) Solve() (r *Result, err error) {
	defer func() {
		if e := recover(); e != nil {
			if e != errTooLarge { //nolint:errorlint // it is the value itself that panics
				panic(e)
			}
			r, err = nil, errTooLarge
		}
	}()
	for i := range p.cells {
		if c := &p.cells[i]; c.value < c.low || c.value > c.high {
			p.fail("%q is %d, which is not possible", c.key, c.value)
		}
	}
	if err := p.err(); err != nil {
		return nil, fmt.Errorf("what may be shown cannot be decided: %w", err)
	}
	s := &solver{k: p.k, cells: slices.Clone(p.cells), dependents: make(map[Cell][]Cell)}
	s.start(p)
	for _, run := range p.earlier {
		s.compare(p, run)
	}
	s.connect()
	s.protectAll()
	s.showAgain()
	slices.Sort(s.exposed)
	return &Result{cells: s.cells, exposed: slices.Compact(s.exposed)}, nil
}

// start makes the variables and equations of the plan itself, and suppresses what
// must not be shown in any case.
func (s *solver) start(p *Plan) {
	for i := range s.cells {
		c := &s.cells[i]
		v := variable{cell: i, fixed: c.kind == public, low: c.low - c.value, high: unbounded, component: -1}
		if c.high != unbounded {
			v.high = c.high - c.value
		}
		s.variables = append(s.variables, v)
		for _, other := range c.shownWith {
			s.dependents[other] = append(s.dependents[other], Cell(i))
		}
	}
	for _, sum := range p.sums {
		e := map[int]int64{int(sum.total): -1}
		for _, part := range sum.parts {
			e[int(part)]++
		}
		s.equations = append(s.equations, e)
	}
	for i := range s.cells {
		c := &s.cells[i]
		if c.few {
			s.hide(Cell(i), Small)
			continue
		}
		q, protect := s.requirementOf(c)
		if !protect {
			continue
		}
		q.v = i
		s.needs = append(s.needs, q)
		s.hide(Cell(i), Small)
		if c.rest {
			s.hide(c.part, Rest)
		}
	}
}

// requirementOf tells what is to be protected about a figure for its own sake.
func (s *solver) requirementOf(c *cell) (q requirement, protect bool) {
	if c.kind == public {
		return q, false
	}
	if c.scale > 0 {
		telling := c.people < s.k || c.value == c.low || c.value == c.high
		return requirement{sign: 1, width: quarter(c.scale, c.people), key: c.key}, telling && c.people > 0
	}
	if c.value >= s.k || c.value == 0 && !c.zeroTells {
		return q, false
	}
	// Nobody can be led to believe more than what everybody knows.
	reach, width := s.k, s.k
	if c.high != unbounded {
		reach, width = min(s.k, c.high), min(s.k, c.high-c.low)
	}
	return requirement{sign: 1, far: reach - c.value, width: width, key: c.key}, true
}

// hide suppresses a figure, and those that are shown only with it.
func (s *solver) hide(c Cell, why Reason) {
	if s.cells[c].reason == Together && why < Reckoned {
		s.cells[c].reason = why
	}
	if s.cells[c].kind != open || s.cells[c].reason != None {
		return
	}
	s.cells[c].reason = why
	s.bounds(int(c))
	if why != Small {
		q := undetermined(&s.cells[c])
		q.v = int(c)
		s.needs = append(s.needs, q)
	}
	for _, d := range s.dependents[c] {
		s.hide(d, Together)
	}
}

// undetermined is the requirement of a figure that is not protected itself.
func undetermined(c *cell) requirement {
	width := int64(1)
	if c.scale > 0 {
		width = max(1, min(quarter(c.scale, 1), c.high-c.low))
	}
	return requirement{sign: 1, width: width}
}

// unknown tells whether the reader does not know a variable.
func (s *solver) unknown(v int) bool {
	x := &s.variables[v]
	if x.fixed {
		return false
	}
	return x.cell < 0 || s.cells[x.cell].kind == hidden || s.cells[x.cell].reason != None
}

// bounds brings what the tableau holds of a variable in line with whether it is known.
func (s *solver) bounds(v int) {
	x := &s.variables[v]
	if x.component < 0 {
		return
	}
	t := s.components[x.component].tableau
	if !s.unknown(v) {
		t.low[x.column], t.high[x.column] = 0, 0
		return
	}
	t.low[x.column], t.high[x.column] = x.low, x.high
}

// connect finds which equations hang together and makes their tableaus.
func (s *solver) connect() {
	for i, e := range s.equations {
		for v := range e {
			if !s.variables[v].fixed {
				s.variables[v].equations = append(s.variables[v].equations, i)
			}
		}
	}
	done := make([]bool, len(s.equations))
	for first := range s.equations {
		if done[first] {
			continue
		}
		done[first] = true
		equations, columns := []int{first}, []int(nil)
		for at := 0; at < len(equations); at++ {
			for _, v := range sortedKeys(s.equations[equations[at]]) {
				x := &s.variables[v]
				if x.fixed || x.component >= 0 {
					continue
				}
				x.component, x.column = len(s.components), len(columns)
				columns = append(columns, v)
				for _, e := range x.equations {
					if !done[e] {
						done[e] = true
						equations = append(equations, e)
					}
				}
			}
		}
		s.connected(equations, columns)
	}
}

// connected makes the tableau of a component, or none where there is nothing
// that could be found out.
func (s *solver) connected(equations, columns []int) {
	if !slices.ContainsFunc(columns, s.unknown) && !slices.ContainsFunc(columns, s.mayFollow) {
		for _, v := range columns {
			s.variables[v].component = -1
		}
		return
	}
	rows := make([]row, len(equations))
	for i, e := range equations {
		for v, a := range s.equations[e] {
			if !s.variables[v].fixed && a != 0 {
				rows[i] = append(rows[i], entry{s.variables[v].column, a})
			}
		}
		slices.SortFunc(rows[i], func(a, b entry) int { return a.column - b.column })
	}
	c := &component{columns: columns}
	c.tableau = newTableau(rows, make([]int64, len(columns)), make([]int64, len(columns)))
	s.components = append(s.components, c)
	for _, v := range columns {
		s.bounds(v)
	}
}

// mayFollow tells whether a figure may have to go with another one.
func (s *solver) mayFollow(v int) bool {
	x := &s.variables[v]
	return x.cell >= 0 && len(s.cells[x.cell].shownWith) > 0
}

func sortedKeys(e map[int]int64) []int {
	keys := make([]int, 0, len(e))
	for v := range e {
		keys = append(keys, v)
	}
	slices.Sort(keys)
	return keys
}

// quarter is a quarter of what the values of so many people may sum up to, rounded up.
func quarter(scale, people int64) int64 { return (scale*people + 3) / 4 }
