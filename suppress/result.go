package suppress

// Reason tells why a figure is not shown.
type Reason uint8

const (
	// None: the figure is shown.
	None Reason = iota
	// Small: it is about too few people, or tells something about all of them.
	Small
	// Rest: what it leaves of its group is too small, or nobody.
	Rest
	// Change: it differs by too few people from what an earlier run showed.
	Change
	// Reckoned: another figure could be reckoned from it.
	Reckoned
	// Together: it is shown only with another one, which is not.
	Together
)

// Result says which figures of a Plan are shown.
type Result struct {
	cells   []cell
	exposed []string
}

// Shown tells whether a figure is shown.
func (r *Result) Shown(c Cell) bool {
	return r.cells[c].kind != hidden && r.cells[c].reason == None
}

// Count is the figure as it may be shown.
func (r *Result) Count(c Cell) Count {
	if !r.Shown(c) {
		return Count{}
	}
	return Shown(r.cells[c].value)
}

// Why tells the reason for which a figure is not shown.
func (r *Result) Why(c Cell) Reason { return r.cells[c].reason }

// Reasons counts the figures that would be published and are not shown, by reason.
func (r *Result) Reasons() map[Reason]int {
	counts := make(map[Reason]int)
	for i := range r.cells {
		if c := &r.cells[i]; c.kind == open && c.reason != None {
			counts[c.reason]++
		}
	}
	return counts
}

// Exposed names the figures that cannot be protected any more, because of what
// is public or what earlier runs showed. They are not shown again.
func (r *Result) Exposed() []string { return r.exposed }

// Run is what must be kept of a run, so that later ones can take it into
// account. It has the true values of all figures, suppressed ones included: it
// is to be kept like the statements themselves.
type Run struct {
	Figures []Figure `json:"figures"`
}

// Figure is a figure of a run.
type Figure struct {
	Key    string `json:"key"`
	Value  int64  `json:"value"`
	People int64  `json:"people"`
	Shown  bool   `json:"shown"`
}

// Run is what is to be kept of this one, if it is published.
func (r *Result) Run() Run {
	run := Run{Figures: make([]Figure, len(r.cells))}
	for i := range r.cells {
		c := &r.cells[i]
		run.Figures[i] = Figure{Key: c.key, Value: c.value, People: c.people, Shown: r.Shown(Cell(i))}
	}
	return run
}

// Earlier tells of a run that is published already. Figures are compared by
// key; those that are in one run only do not matter.
func (p *Plan) Earlier(run Run) { p.earlier = append(p.earlier, run) }
