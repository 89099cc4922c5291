package bi

import (
	"slices"

	"lernspur/suppress"
)

// link decides which counts may be shown together. What a single answer may show
// progress has decided already; here it is about what could be reckoned from several rows:
// the months of a course make its totals, and units that of the one above.
//
// A count that a plan refuses is taken out of the row that is shown, with the rates that it
// could be had from.
type link struct {
	plan  *suppress.Plan
	cells []linked
}

type linked struct {
	cell suppress.Cell
	row  object // as it is shown
	name string
	with []string // what goes with it
}

func newLink() *link { return &link{plan: suppress.New(smallest)} }

// count adds a figure of a row.
func (l *link) count(key string, b both, name string, with []string, options ...suppress.Option) suppress.Cell {
	c := l.plan.Count(key+"/"+name, b.are.exact(name), options...)
	l.cells = append(l.cells, linked{c, b.shown, name, with})
	return c
}

// apply takes out what may not be shown. Errors are mistakes in the plan.
func (l *link) apply() error {
	result, err := l.plan.Solve()
	if err != nil {
		return err
	}
	for _, c := range l.cells {
		if !result.Shown(c.cell) {
			for _, name := range append([]string{c.name}, c.with...) {
				hide(c.row, name)
			}
		}
	}
	return nil
}

// hide suppresses a figure of a row.
func hide(row object, name string) {
	if row[name] == nil {
		return
	}
	row[name] = nil
	list, _ := row["suppressed"].([]any)
	if !slices.Contains(list, any(name)) {
		row["suppressed"] = append(slices.Clone(list), name)
	}
}

// linkCourse decides about a course and its months. errMoved: they are not of the same
// statements.
func linkCourse(course both, months []both) error {
	for _, name := range []string{"started", "completed"} {
		sum := int64(0)
		for _, m := range months {
			sum += m.are.exact(name)
		}
		if len(months) > 0 && sum != course.are.exact(name) {
			return errMoved
		}
	}
	l := newLink()
	learners := l.count("course", course, "learners", nil)
	started := l.count("course", course, "started", []string{"completion_rate"}, suppress.AllMayShow(learners))
	completed := l.count("course", course, "completed", []string{"completion_rate", "time_to_completion_median"}, suppress.Of(learners))
	passed := l.count("course", course, "passed", []string{"pass_rate"}, suppress.Of(learners))
	failed := l.count("course", course, "failed", []string{"pass_rate"}, suppress.Of(learners))
	l.plan.Sum(learners, passed, failed,
		l.plan.Hidden("course/unjudged", course.are.exact("learners")-course.are.exact("passed")-course.are.exact("failed")))
	if _, evaluated := course.are["at_risk"]; evaluated {
		l.count("course", course, "at_risk", nil, suppress.Of(learners))
	}
	if len(months) > 0 {
		var starts, completions []suppress.Cell
		for _, m := range months {
			starts = append(starts, l.count(m.are.text("begin"), m, "started", nil))
			completions = append(completions, l.count(m.are.text("begin"), m, "completed", nil))
		}
		l.plan.Sum(started, starts...)
		l.plan.Sum(completed, completions...)
	}
	return l.apply()
}

// unit is one in the tree of units.
type unit struct {
	both
	id, parent string
	level      int
	below      []*unit
}

var unitCounts = []string{"learners", "started", "completed", "active", "at_risk"}

// linkUnits decides about all units together. The units below one, with those who belong to none of
// them, make it.
func linkUnits(units []*unit) error {
	l := newLink()
	cells := make(map[string]map[string]suppress.Cell)
	for _, u := range units {
		mine := make(map[string]suppress.Cell)
		for _, name := range unitCounts {
			if _, evaluated := u.are[name]; !evaluated {
				continue
			}
			var options []suppress.Option
			switch name {
			case "started", "active":
				options = append(options, suppress.AllMayShow(mine["learners"]))
			case "completed", "at_risk":
				options = append(options, suppress.Of(mine["learners"]))
			}
			mine[name] = l.count(u.id, u.both, name, nil, options...)
		}
		cells[u.id] = mine
	}
	for _, u := range units {
		for _, name := range unitCounts {
			total, ok := cells[u.id][name]
			if !ok || len(u.below) == 0 {
				continue
			}
			rest := u.are.exact(name)
			var parts []suppress.Cell
			for _, b := range u.below {
				parts = append(parts, cells[b.id][name])
				rest -= b.are.exact(name)
			}
			if rest < 0 { // statements came between the answers
				return errMoved
			}
			l.plan.Sum(total, append(parts, l.plan.Hidden(u.id+"/own/"+name, rest))...)
		}
	}
	return l.apply()
}
