package figures

import (
	"fmt"

	"lernspur/report/inputs"
	"lernspur/report/result"
	"lernspur/suppress"
)

// maxUnits is how many units a table of units has; where there are more, only the upper
// levels are in it.
const maxUnits = 300

// tree are the units reported on.
type tree struct {
	in       []bool  // by unit: reported on
	children [][]int // by unit
	roots    []int   // units on top, in the order of the definition or of the directory
	rows     []node  // those with a row, each behind the one it lies below
	at       []int   // by unit: its row, or that of the closest one above that has one; None when not reported on
	wrong    []result.Remark
	// unknown are units of the definition that the directory does not have, by their names.
	unknown []wrongUnit
}

type wrongUnit struct {
	name string
	why  result.Reason
}

// node is a unit that has a row.
type node struct {
	unit, level int
	below       []int // rows
}

// find is the unit that a name means.
func (c *computing) find(name string) (unit int, why result.Reason) {
	unit = inputs.None
	for i, u := range c.in.Units {
		if u.Name != name && u.Code != name {
			continue
		}
		if unit != inputs.None {
			return inputs.None, result.UnitAmbiguous
		}
		unit = i
	}
	if unit == inputs.None {
		return unit, result.UnknownUnit
	}
	return unit, ""
}

// growTree works out which units are reported on, and which have a row.
func (c *computing) growTree() {
	t := &c.tree
	units := c.in.Units
	t.in, t.children = make([]bool, len(units)), make([][]int, len(units))
	for i, u := range units {
		if u.Parent != inputs.None {
			t.children[u.Parent] = append(t.children[u.Parent], i)
		}
	}
	if len(c.d.Units) == 0 {
		for i, u := range units {
			t.in[i] = true
			if u.Parent == inputs.None {
				t.roots = append(t.roots, i)
			}
		}
	} else {
		c.chosen()
	}
	for depth := maxDepth; ; depth-- {
		t.rows = nil
		t.at = make([]int, len(units))
		for i := range t.at {
			t.at[i] = inputs.None
		}
		for _, root := range t.roots {
			c.addRows(root, 0, depth)
		}
		if len(t.rows) <= maxUnits || depth == 0 {
			return
		}
	}
}

// maxDepth is how deep the units of a directory lie at most.
const maxDepth = 20

// chosen takes the units of the definition, and all below them.
func (c *computing) chosen() {
	t := &c.tree
	var named []int
	for _, name := range c.d.Units {
		unit, why := c.find(name)
		if why != "" {
			t.wrong = append(t.wrong, result.Remark{Code: result.UnitUnknown, Text: name})
			t.unknown = append(t.unknown, wrongUnit{name, why})
			continue
		}
		t.in[unit] = true
		named = append(named, unit)
	}
	for i, u := range c.in.Units { // each lies behind the one above
		if u.Parent != inputs.None && t.in[u.Parent] {
			t.in[i] = true
		}
	}
	for _, unit := range named {
		if above := c.in.Units[unit].Parent; above == inputs.None || !t.in[above] {
			t.roots = append(t.roots, unit)
		}
	}
}

// addRows adds a unit and what lies below it, up to a depth.
func (c *computing) addRows(unit, level, depth int) int {
	t := &c.tree
	row := len(t.rows)
	t.rows = append(t.rows, node{unit: unit, level: level})
	t.at[unit] = row
	for _, i := range t.children[unit] {
		if level < depth {
			below := c.addRows(i, level+1, depth)
			t.rows[row].below = append(t.rows[row].below, below)
		} else {
			c.cover(i, row)
		}
	}
	return row
}

// cover counts a unit without a row in that of one above.
func (c *computing) cover(unit, row int) {
	c.tree.at[unit] = row
	for _, i := range c.tree.children[unit] {
		c.cover(i, row)
	}
}

// rowOf is the row of somebody, None for who belongs to no unit.
func (c *computing) rowOf(person int32) int {
	if unit := c.in.PersonUnit[person]; unit >= 0 {
		return c.tree.at[unit]
	}
	return inputs.None
}

// counts are a count for each row of the tree, of what belongs to it and what lies below, and
// for who belongs to none.
type counts struct {
	rows       []int64
	unassigned int64
}

// count counts by row; each calls add with somebody for everyone who is to be counted.
func (c *computing) count(each func(add func(person int32))) counts {
	n := counts{rows: make([]int64, len(c.tree.rows))}
	each(func(person int32) {
		if row := c.rowOf(person); row != inputs.None {
			n.rows[row]++
		} else {
			n.unassigned++
		}
	})
	for row := len(n.rows) - 1; row >= 0; row-- {
		for _, below := range c.tree.rows[row].below {
			n.rows[row] += n.rows[below]
		}
	}
	return n
}

// planned are the cells of counts.
type planned struct {
	rows       []suppress.Cell
	unassigned suppress.Cell
}

// planTree adds counts to the plan: each row is the sum of those below and of what
// belongs to it alone, which has no row but could be reckoned; the topmost ones and who belongs
// to none are the total. options are for each row, and for None.
func (c *computing) planTree(key string, total suppress.Cell, n counts, options func(row int) []suppress.Option) planned {
	p := planned{rows: make([]suppress.Cell, len(n.rows))}
	if options == nil {
		options = func(int) []suppress.Option { return nil }
	}
	name := func(row int) string { return key + "/" + c.in.Units[c.tree.rows[row].unit].ID }
	for row := range n.rows {
		p.rows[row] = c.plan.Count(name(row), n.rows[row], options(row)...)
	}
	for row, node := range c.tree.rows {
		if len(node.below) == 0 {
			continue
		}
		own := n.rows[row]
		var parts []suppress.Cell
		for _, below := range node.below {
			own -= n.rows[below]
			parts = append(parts, p.rows[below])
		}
		c.plan.Sum(p.rows[row], append(parts, c.plan.Hidden(name(row)+" itself", own))...)
	}
	var parts []suppress.Cell
	for row, node := range c.tree.rows {
		if node.level == 0 {
			parts = append(parts, p.rows[row])
		}
	}
	p.unassigned = c.plan.Count(key+"/unassigned", n.unassigned, options(inputs.None)...)
	c.plan.Sum(total, append(parts, p.unassigned)...)
	return p
}

// unitRows adds the rows of a table of units: the total, the units, who belongs to
// none, and units that the directory does not have.
func (c *computing) unitRows(t *result.Table, total []cell, unit func(row int) []cell, unassigned []cell) {
	c.row(t, result.Row{Key: "total", Total: true}, total...)
	for row, node := range c.tree.rows {
		u := c.in.Units[node.unit]
		label := u.Name
		if label == "" {
			label = u.Code
		}
		c.row(t, result.Row{Key: u.ID, Label: label, Level: node.level, Total: len(node.below) > 0}, unit(row)...)
	}
	if len(c.d.Units) == 0 {
		c.row(t, result.Row{Key: "unassigned"}, unassigned...)
	}
	for i, u := range c.tree.unknown {
		cells := make([]cell, len(total))
		for j := range cells {
			cells[j] = missing(u.why)
		}
		c.row(t, result.Row{Key: fmt.Sprintf("unknown-%d", i+1), Label: u.name}, cells...)
	}
}

// headcount is how many of a unit are entitled: by the definition, by the directory, or
// by all units right below.
func (c *computing) headcount(unit int) (n int64, byDirectory, ok bool) {
	u := c.in.Units[unit]
	for _, h := range c.d.Headcounts {
		if at, _ := c.find(h.Unit); at == unit {
			return h.Entitled, false, true
		}
	}
	if u.Headcount != inputs.None {
		return u.Headcount, true, true
	}
	some := false
	for _, i := range c.tree.children[unit] {
		m, directory, known := c.headcount(i)
		if !known {
			return 0, false, false
		}
		n, some, byDirectory = n+m, true, byDirectory || directory
	}
	return n, byDirectory, some
}
