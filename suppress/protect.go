package suppress

import (
	"cmp"
	"slices"
)

// protectAll suppresses figures until every requirement is met. Suppressing
// one leaves more possible, never less: what is protected stays so.
func (s *solver) protectAll() {
	for at := 0; at < len(s.needs); at++ {
		for {
			met, uses := s.met(s.needs[at], true)
			if met {
				break
			}
			if len(uses) == 0 {
				s.needs[at].hopeless = true
				if key := s.needs[at].key; key != "" {
					s.exposed = append(s.exposed, key)
				}
				break
			}
			s.hide(Cell(slices.MinFunc(uses, s.compareCost)), Reckoned)
		}
	}
}

// met tells whether a requirement is met; if not, and if it is asked for, which
// figures that can be suppressed the reader needs to find out so much.
func (s *solver) met(q requirement, ask bool) (ok bool, uses []int) {
	x := &s.variables[q.v]
	if x.fixed {
		return q.key == "", nil
	}
	if x.component < 0 || !s.unknown(q.v) {
		return true, nil
	}
	t := s.components[x.component].tableau
	there := t.extreme(x.column, q.sign, max(q.far, q.width))
	if there >= q.far && there >= q.width {
		return true, nil
	}
	if ask {
		uses = s.uses(t, x, q.sign)
	}
	if there < q.far {
		return false, uses
	}
	back := t.extreme(x.column, -q.sign, q.width-there)
	if back >= q.width-there {
		return true, nil
	}
	if ask {
		uses = append(uses, s.uses(t, x, -q.sign)...)
	}
	return false, uses
}

// uses lists the shown figures without which the variable could move further than
// the tableau has just moved it.
func (s *solver) uses(t *tableau, x *variable, sign int) (cells []int) {
	r := t.rowOf[x.column]
	if r < 0 {
		return nil
	}
	columns := s.components[x.component].columns
	for _, e := range t.rows[r] {
		if t.rowOf[e.column] >= 0 {
			continue
		}
		v := columns[e.column]
		other := &s.variables[v]
		// Who knows the tables guesses zeros, so they hide nothing.
		if other.cell < 0 || s.unknown(v) || s.cells[other.cell].kind != open || s.cells[other.cell].people == 0 {
			continue
		}
		down := (e.a > 0) == (sign > 0)
		if down && other.low < 0 || !down && other.high > 0 {
			cells = append(cells, other.cell)
		}
	}
	return cells
}

// compareCost compares what is lost with one figure or the other: totals are
// worth more than parts; a figure that would open further equations costs
// others; large ones say more than small ones.
func (s *solver) compareCost(a, b int) int {
	return cmp.Or(
		cmp.Compare(s.cells[a].height, s.cells[b].height),
		cmp.Compare(s.lonely(a), s.lonely(b)),
		cmp.Compare(s.cells[a].people, s.cells[b].people),
		cmp.Compare(a, b),
	)
}

// lonely counts the equations in which a figure would be the only unknown one.
func (s *solver) lonely(v int) (n int) {
	for _, e := range s.variables[v].equations {
		alone := true
		for other := range s.equations[e] {
			alone = alone && (other == v || !s.unknown(other))
		}
		if alone {
			n++
		}
	}
	return n
}

// showAgain shows what turned out not to be needed, the most valuable first.
func (s *solver) showAgain() {
	var again []int
	for i := range s.cells {
		if why := s.cells[i].reason; why == Reckoned || why == Together {
			again = append(again, i)
		}
	}
	slices.SortFunc(again, func(a, b int) int {
		return cmp.Or(cmp.Compare(s.cells[b].height, s.cells[a].height), cmp.Compare(s.cells[b].people, s.cells[a].people), cmp.Compare(a, b))
	})
	// What concerns each component.
	needs := make(map[int][]requirement)
	for _, q := range s.needs {
		if c := s.variables[q.v].component; c >= 0 && !q.hopeless {
			needs[c] = append(needs[c], q)
		}
	}
	trials := 0
	for _, i := range again {
		c := &s.cells[i]
		if slices.ContainsFunc(c.shownWith, func(other Cell) bool { return s.cells[other].kind == open && s.cells[other].reason != None }) {
			continue
		}
		component := s.variables[i].component
		if trials += len(needs[component]); component >= 0 && trials > maxTrials {
			return
		}
		was := c.reason
		c.reason = None
		if component < 0 {
			continue
		}
		s.components[component].tableau.reset()
		s.bounds(i)
		for _, q := range needs[component] {
			if met, _ := s.met(q, false); !met {
				c.reason = was
				break
			}
		}
		s.components[component].tableau.reset()
		s.bounds(i)
	}
}
