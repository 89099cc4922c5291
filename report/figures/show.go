package figures

import (
	"lernspur/report/result"
	"lernspur/suppress"
)

// view is what is known of the figures of the plan when they are published.
type view interface {
	Shown(of suppress.Cell) bool
	Count(of suppress.Cell) suppress.Count
	Why(of suppress.Cell) suppress.Reason
}

// cell is a number of the report once it is known what is shown.
type cell func(view) result.Cell

func shown(n result.Number) result.Cell { return result.Cell{State: result.Shown, Value: &n} }

func hidden(why result.Reason) result.Cell {
	return result.Cell{State: result.Suppressed, Reason: why}
}

// fixed is a number that does not depend on people.
func fixed(n result.Number) cell {
	return func(view) result.Cell { return shown(n) }
}

// missing is a number that there is not.
func missing(why result.Reason) cell {
	return func(view) result.Cell { return result.Cell{State: result.Missing, Reason: why} }
}

// reasons are those of package suppress.
var reasons = map[suppress.Reason]result.Reason{
	suppress.Small: result.Small, suppress.Rest: result.Rest, suppress.Change: result.Change,
	suppress.Reckoned: result.Reckoned, suppress.Together: result.Together,
}

// number is a count of the plan.
func number(of suppress.Cell) cell {
	return func(s view) result.Cell {
		n, ok := s.Count(of).Value()
		if !ok {
			return hidden(reasons[s.Why(of)])
		}
		return shown(result.Whole(n))
	}
}

// valued is a number that is shown where the figure of the plan is.
func valued(of suppress.Cell, n result.Number) cell {
	return func(s view) result.Cell {
		if !s.Shown(of) {
			return hidden(reasons[s.Why(of)])
		}
		return shown(n)
	}
}

// together is a number that is shown where all figures of the plan are that it is made of.
func together(make func() cell, of ...suppress.Cell) cell {
	return func(s view) result.Cell {
		for _, one := range of {
			if !s.Shown(one) {
				return hidden(result.Together)
			}
		}
		return make()(s)
	}
}

// rate is a part of a whole, both of the plan. That the whole is zero is told only where that is shown.
func rate(part, whole suppress.Cell, places int, none result.Reason) cell {
	return func(s view) result.Cell {
		n, ok := s.Count(whole).Value()
		if ok && n == 0 {
			return result.Cell{State: result.Missing, Reason: none}
		}
		m, also := s.Count(part).Value()
		if !ok || !also {
			return hidden(result.Together)
		}
		return shown(result.Ratio(m, n, places))
	}
}

// per is an amount for each of a count of the plan.
func per(amount result.Number, of suppress.Cell, places int, none result.Reason) cell {
	return func(s view) result.Cell {
		switch n, ok := s.Count(of).Value(); {
		case !ok:
			return hidden(result.Together)
		case n == 0:
			return result.Cell{State: result.Missing, Reason: none}
		default:
			return shown(result.Rounded(amount.Float()/float64(n), places))
		}
	}
}

// Remarks in a list that is never nil.
func remarks(list ...result.Remark) []result.Remark { return append([]result.Remark{}, list...) }

// figure fills in a figure when it is known what is shown. population may be nil.
func (c *computing) figure(to *result.Figure, name string, unit result.Unit, query string, value, population cell, of result.Unit, notes ...result.Remark) {
	c.then(func(s view) {
		v := value(s)
		*to = result.Figure{Name: name, State: v.State, Value: v.Value, Reason: v.Reason, Unit: unit, Query: query, Remarks: remarks(notes...)}
		if population == nil {
			return
		}
		if p := population(s); p.Value != nil {
			n := p.Value.Units
			to.Population, to.PopulationUnit = &n, of
		}
	})
}

// table begins a table.
func table(t *result.Table, name string, columns ...result.Column) {
	*t = result.Table{Name: name, Columns: columns, Rows: []result.Row{}, Remarks: remarks()}
}

// row adds a row when it is known what is shown.
func (c *computing) row(t *result.Table, row result.Row, cells ...cell) {
	c.then(func(s view) {
		for _, one := range cells {
			row.Cells = append(row.Cells, one(s))
		}
		t.Rows = append(t.Rows, row)
	})
}

// part is an option for a part of a group whose being nobody tells nothing, but whose
// being everybody does, and what it leaves if that are few.
func (c *computing) part(key string, n int64, group suppress.Cell, of int64) suppress.Cell {
	at := c.plan.Count(key, n, suppress.With(group))
	rest := c.plan.Hidden(key+" others", of-n, suppress.ZeroTells)
	if of == 0 {
		return at
	}
	c.plan.Sum(group, at, rest)
	return at
}
