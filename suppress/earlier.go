package suppress

// compare takes a run that is published already into account: what it showed, the same
// equations among its figures, and how few people may make the difference.
func (s *solver) compare(p *Plan, run Run) {
	before := make(map[int]int) // the variable of the earlier figure, by cell; -1 when it was shown
	for _, f := range run.Figures {
		cell, ok := p.byKey[f.Key]
		if !ok {
			continue
		}
		i := int(cell)
		c := &s.cells[i]
		shown := f.Shown || c.kind == public
		before[i] = -1
		change, people := c.value-f.Value, c.people-f.People
		if shown {
			s.since(i, change, people)
			continue
		}
		before[i] = s.before(c, f)
		s.change(i, before[i], change, people)
	}
	for _, sum := range p.sums {
		e := make(map[int]int64)
		complete := true
		add := func(c Cell, a int64) {
			v, ok := before[int(c)]
			complete = complete && ok
			if ok && v >= 0 {
				e[v] += a
			}
		}
		add(sum.total, -1)
		for _, part := range sum.parts {
			add(part, 1)
		}
		if complete && len(e) > 0 {
			s.equations = append(s.equations, e)
		}
	}
}

// before makes the variable of an earlier value that was not shown. It must stay protected as
// it was.
func (s *solver) before(now *cell, f Figure) int {
	c := *now
	c.value, c.people = f.Value, f.People
	if c.scale > 0 {
		c.low, c.high = c.lowest*f.People, (c.lowest+c.scale)*f.People
	}
	v := variable{cell: -1, low: c.low - c.value, high: unbounded, component: -1}
	if c.high != unbounded {
		v.high = max(0, c.high-c.value)
	}
	q, protect := s.requirementOf(&c)
	if !protect {
		q = undetermined(&c)
	}
	q.v = s.variable(v)
	if protect || c.kind == open {
		s.needs = append(s.needs, q)
	}
	return q.v
}

func (s *solver) variable(v variable) int {
	s.variables = append(s.variables, v)
	return len(s.variables) - 1
}

// since narrows what is possible of a figure of which an earlier value was shown.
func (s *solver) since(i int, change, people int64) {
	c, x := &s.cells[i], &s.variables[i]
	if c.kind == public {
		return
	}
	if change == 0 {
		// Who holds that nothing has changed is right.
		x.fixed = true
		return
	}
	q, small := s.few(i, change, people)
	if c.scale == 0 {
		// Figures only grow, or only shrink, for who holds that.
		if change > 0 {
			x.low = max(x.low, -change)
		} else {
			x.high = min(x.high, -change)
			q.far = min(q.far, c.value)
			q.width = min(q.width, c.value-change-c.low)
		}
	}
	if small {
		s.needs = append(s.needs, q)
		s.hide(Cell(i), Change)
	}
}

// change ties a figure to its earlier value, which was not shown.
func (s *solver) change(i, before int, change, people int64) {
	e := map[int]int64{i: 1, before: -1}
	s.equations = append(s.equations, e)
	if change == 0 {
		return
	}
	d := variable{cell: -1, low: -unbounded, high: unbounded, component: -1}
	if s.cells[i].scale == 0 {
		if change > 0 {
			d.low = -change
		} else {
			d.high = -change
		}
	}
	v := s.variable(d)
	e[v] = -1
	if q, small := s.few(i, change, people); small {
		q.v = v
		s.needs = append(s.needs, q)
	}
}

// few tells whether a change is one of few people, and what then must stay possible.
func (s *solver) few(i int, change, people int64) (q requirement, small bool) {
	c := &s.cells[i]
	q = requirement{v: i, sign: 1, key: c.key}
	if c.scale > 0 {
		n := max(1, people, -people)
		q.width = quarter(c.scale, n)
		return q, n < s.k
	}
	n := change
	if change < 0 {
		q.sign, n = -1, -change
	}
	q.far, q.width = s.k-n, s.k
	return q, n < s.k
}
