package figures

import (
	"cmp"
	"slices"

	"lernspur/report/result"
	"lernspur/suppress"
)

// Limits of the table of courses by units.
const (
	maxMatrixRows    = 60
	maxMatrixColumns = 24
)

var (
	kinds   = []string{"induction", "further_training", "other"}
	formats = []string{"scorm", "cmi5", "h5p", "tincan", "attendance", "other"}
)

// known is a code of a list, or other.
func known(list []string, code string) string {
	if slices.Contains(list, code) {
		return code
	}
	return "other"
}

// offer is section 4.
func (c *computing) offer() {
	o := &c.r.Offer
	o.Text = string(c.d.Texts.Offer)
	o.List = make([]result.Course, len(c.in.Courses))
	for i, course := range c.in.Courses {
		o.List[i] = result.Course{ID: course.ID, Name: course.Name, Kind: known(kinds, course.Kind), Format: known(formats, course.Format)}
	}
	c.figure(&o.Courses, "offer.courses", result.Counts, queryCourses, fixed(result.Whole(int64(len(o.List)))), nil, "")
	c.kinds()
	c.learners()
	c.matrix()
	table(&o.Use, "offer.use",
		result.Column{Name: "learners", Unit: result.People, Query: queryActivity},
		result.Column{Name: "departments", Unit: result.Counts, Query: fromReport})
	if len(o.List) == 0 {
		o.Use.Missing = result.NoData
	}
	for i, course := range o.List {
		// How many departments follows from what the matrix shows.
		c.row(&o.Use, result.Row{Key: course.ID, Label: course.Name}, number(c.shared.learners[i]), missing(result.NoDepartments))
	}
}

// kinds is the table of courses by kind and format. It is not about people.
func (c *computing) kinds() {
	t := &c.r.Offer.Kinds
	columns := make([]result.Column, 0, len(formats)+1)
	for _, format := range append(slices.Clone(formats), "total") {
		columns = append(columns, result.Column{Name: format, Unit: result.Counts, Query: queryCourses})
	}
	table(t, "offer.kinds", columns...)
	n := make(map[[2]string]int64)
	for _, course := range c.r.Offer.List {
		for _, kind := range []string{course.Kind, "total"} {
			n[[2]string{kind, course.Format}]++
			n[[2]string{kind, "total"}]++
		}
	}
	for _, kind := range append(slices.Clone(kinds), "total") {
		row := result.Row{Key: kind, Total: kind == "total"}
		for _, column := range columns {
			row.Cells = append(row.Cells, shown(result.Whole(n[[2]string{kind, column.Name}])))
		}
		t.Rows = append(t.Rows, row)
	}
}

// activeIn tells whether a participation is of somebody reported on who was active in its course.
func (c *computing) activeIn(part int) bool {
	return c.people[c.in.PartPerson[part]].in && len(c.in.PartSlots[part]) > 0
}

// learners counts who was active in each course.
func (c *computing) learners() {
	c.shared.reached = make([]int64, len(c.in.Courses))
	for i, course := range c.in.PartCourse {
		if c.activeIn(i) {
			c.shared.reached[course]++
		}
	}
	for i, course := range c.in.Courses {
		c.shared.learners = append(c.shared.learners, c.plan.Count("course "+course.ID+" learners", c.shared.reached[i], suppress.With(c.shared.active)))
	}
	if len(c.shared.learners) > 0 {
		c.plan.Overlap(c.shared.active, c.shared.learners...)
	}
}

// matrix is the table of courses by units on top.
func (c *computing) matrix() {
	t := &c.r.Offer.Matrix
	var tops []int
	for row, node := range c.tree.rows {
		if node.level == 0 {
			tops = append(tops, row)
		}
	}
	columns := make([]result.Column, 0, len(tops))
	for _, row := range tops {
		columns = append(columns, result.Column{Name: c.in.Units[c.tree.rows[row].unit].ID, Unit: result.People, Query: queryActivity})
	}
	table(t, "offer.matrix", append(columns, result.Column{Name: "unassigned", Unit: result.People, Query: queryActivity})...)
	switch {
	case len(tops) == 0:
		t.Missing = result.NoDepartments
	case len(tops) > maxMatrixColumns:
		t.Missing = result.TooLarge
	case len(c.in.Courses) == 0:
		t.Missing = result.NoData
	default:
		t.Missing = c.nothing()
	}
	if t.Missing != "" {
		return
	}
	top := make([]int, len(c.tree.rows)) // of each row: the column
	column := -1
	for row, node := range c.tree.rows {
		if node.level == 0 {
			column++
		}
		top[row] = column
	}
	n := make([][]int64, len(c.in.Courses))
	for i := range n {
		n[i] = make([]int64, len(tops)+1)
	}
	for i, course := range c.in.PartCourse {
		if !c.activeIn(i) {
			continue
		}
		at := len(tops)
		if row := c.rowOf(c.in.PartPerson[i]); row >= 0 {
			at = top[row]
		}
		n[course][at]++
	}
	for _, course := range c.listed() {
		id := c.in.Courses[course].ID
		cells := make([]suppress.Cell, len(n[course]))
		show := make([]cell, len(n[course]))
		for at, m := range n[course] {
			name := "unassigned"
			if at < len(tops) {
				name = columns[at].Name
			}
			cells[at] = c.plan.Count("offer.matrix/"+id+"/"+name, m, suppress.With(c.shared.learners[course]))
			show[at] = number(cells[at])
		}
		c.plan.Sum(c.shared.learners[course], cells...)
		c.row(t, result.Row{Key: id, Label: c.r.Offer.List[course].Name}, show...)
	}
	if len(c.in.Courses) > maxMatrixRows {
		t.Remarks = remarks(result.Remark{Code: result.OnlyFirst, Count: maxMatrixRows})
	}
}

// listed are the courses with the most learners, in the order of the report.
func (c *computing) listed() []int {
	list := make([]int, len(c.in.Courses))
	for i := range list {
		list[i] = i
	}
	if len(list) > maxMatrixRows {
		slices.SortStableFunc(list, func(a, b int) int { return cmp.Compare(c.shared.reached[b], c.shared.reached[a]) })
		list = list[:maxMatrixRows]
		slices.Sort(list)
	}
	return list
}

// offerFromShown counts, of what is shown, the courses that are used, and the units on
// top that use each.
func (c *computing) offerFromShown() {
	o := &c.r.Offer
	k := int64(c.d.K)
	note := result.Remark{Code: result.AtLeastK, Count: k}
	used, of, unknown := int64(0), int64(len(o.List)), false
	use := make(map[string]result.Cell)
	for _, row := range o.Matrix.Rows {
		n, some := int64(0), false
		for _, cell := range row.Cells[:len(row.Cells)-1] {
			if cell.Value != nil && cell.Value.Units >= k {
				n++
			}
			some = some || cell.State == result.Suppressed
		}
		use[row.Key] = shown(result.Whole(n))
		if n == 0 && some { // none would be read as nobody
			use[row.Key] = hidden(result.Together)
		}
	}
	for i := range o.Use.Rows {
		row := &o.Use.Rows[i]
		if v := row.Cells[0].Value; v != nil && v.Units >= k {
			used++
		}
		unknown = unknown || row.Cells[0].State == result.Suppressed
		if n, ok := use[row.Key]; ok {
			row.Cells[1] = n
		} else if o.Matrix.Missing == "" || o.Matrix.Missing == result.TooLarge {
			row.Cells[1].Reason = result.TooLarge
		}
	}
	o.Use.Remarks = remarks(note)
	n := result.Whole(used)
	o.Used = result.Figure{Name: "offer.used", State: result.Shown, Value: &n, Unit: result.Counts, Population: &of, PopulationUnit: result.Counts,
		Query: fromReport, Remarks: remarks(note)}
	if used == 0 && unknown {
		o.Used.State, o.Used.Value, o.Used.Reason = result.Suppressed, nil, result.Together
	}
}
