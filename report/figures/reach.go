package figures

import (
	"fmt"
	"slices"
	"time"

	"lernspur/report/inputs"
	"lernspur/report/result"
	"lernspur/suppress"
)

// The names of queries, as in Inputs.Queries. fromDefinition is what needs none.
const (
	queryReached    = "participations"
	queryActivity   = "participations"
	queryAnswers    = "answers"
	queryPeople     = "people"
	queryUnits      = "units"
	queryHeadcounts = "headcounts"
	queryRatings    = "ratings"
	queryChecks     = "checks"
	queryCounts     = "statements"
	queryRepairs    = "repairs"
	querySources    = "sources"
	queryVouchers   = "vouchers"
	queryCourses    = "courses"
	fromDefinition  = "definition"
	fromReport      = "report"
)

// reach is section 3.
func (c *computing) reach() {
	r := &c.r.Reach
	r.Core = result.Core{Days: append([]string{}, c.d.CoreHours.Days...), From: c.d.CoreHours.From, To: c.d.CoreHours.To}
	active := c.count(func(add func(int32)) {
		for i := range c.people {
			if c.people[i].active {
				add(int32(i))
				c.shared.activeCount++
			}
		}
	})
	var known int64
	registered := c.count(func(add func(int32)) {
		for i := range c.people {
			if c.people[i].in && c.in.PersonKnown[i] {
				add(int32(i))
				known++
			}
		}
	})
	total := c.plan.Count("reach.registered", known)
	c.shared.active = c.plan.Count("reach.active", c.shared.activeCount)
	registeredCells := c.planTree("reach.registered", total, registered, nil)
	activeCells := c.planTree("reach.active", c.shared.active, active, func(row int) []suppress.Option {
		if row == inputs.None { // they need not be in the directory
			return nil
		}
		return []suppress.Option{suppress.Of(registeredCells.rows[row])}
	})
	c.reachTotals(total, known)
	c.reachUnits(total, registeredCells, activeCells, registered, active)
	c.repeated()
	c.months()
	c.hours()
}

// entitlement is how many of a unit or of all are entitled.
type entitlement struct {
	n         int64
	ok        bool
	directory bool
	partly    int64 // of so many units it is not known
	cell      suppress.Cell
}

// linked are counts that are parts of a headcount.
type linked = map[string]struct {
	cell suppress.Cell
	n    int64
}

func link(active suppress.Cell, activeN int64, registered suppress.Cell, registeredN int64) linked {
	return linked{"active": {active, activeN}, "registered": {registered, registeredN}}
}

// entitled adds a headcount to the plan, and what active and registered leave of it.
func (c *computing) entitled(key string, e *entitlement, parts linked) {
	if !e.ok {
		return
	}
	e.cell = c.plan.Public(key, e.n)
	for _, name := range []string{"active", "registered"} {
		part, ok := parts[name]
		if !ok || part.n > e.n {
			continue
		}
		var options []suppress.Option
		if name == "active" && part.n > 0 {
			options = append(options, suppress.ZeroTells)
		}
		c.plan.Sum(e.cell, part.cell, c.plan.Hidden(key+" not "+name, e.n-part.n, options...))
	}
}

// entitledAll is how many are entitled in all units on top together.
func (c *computing) entitledAll() (e entitlement) {
	e.ok = len(c.tree.roots) > 0
	for _, root := range c.tree.roots {
		n, directory, ok := c.headcount(root)
		if !ok {
			e.ok = false
			e.partly++
		}
		e.n += n
		e.directory = e.directory || directory
	}
	for range c.tree.unknown {
		e.partly++
	}
	e.ok = e.ok && e.partly == 0
	if len(c.in.Units) == 0 || len(c.tree.roots) == 0 {
		// Without units in the directory there is only what the definition says.
		e = entitlement{}
		for _, h := range c.d.Headcounts {
			e.n, e.ok = e.n+h.Entitled, true
		}
	}
	return e
}

// reachTotals are the figures of all together.
func (c *computing) reachTotals(registered suppress.Cell, known int64) {
	r := &c.r.Reach
	e := c.entitledAll()
	c.entitled("reach.entitled", &e, link(c.shared.active, c.shared.activeCount, registered, known))
	entitled, share := missing(result.NoHeadcount), missing(result.NoHeadcount)
	var notes []result.Remark
	if e.ok {
		entitled, share = fixed(result.Whole(e.n)), rate(c.shared.active, e.cell, 3, result.NoHeadcount)
		if e.directory {
			notes = append(notes, result.Remark{Code: result.HeadcountFromDirectory})
		}
		if c.shared.activeCount > e.n {
			notes = append(notes, result.Remark{Code: result.MoreThanEntitled})
		}
	} else if e.partly > 0 {
		notes = append(notes, result.Remark{Code: result.HeadcountPartly, Count: e.partly})
	}
	active := number(c.shared.active)
	if why := c.nothing(); why != "" {
		active, share = missing(why), missing(why)
	}
	people := number(registered)
	if len(c.in.PersonUnit) == 0 || !slices.Contains(c.in.PersonKnown, true) {
		people = missing(result.DirectoryEmpty)
	} else if c.nothing() == result.UnknownUnit {
		people = missing(result.UnknownUnit)
	}
	c.figure(&r.Entitled, "reach.entitled", result.People, queryHeadcounts, entitled, nil, "", notes...)
	c.figure(&r.Registered, "reach.registered", result.People, queryPeople, people, entitled, result.People)
	c.figure(&r.Active, "reach.active", result.People, queryActivity, active, people, result.People)
	c.figure(&r.Rate, "reach.rate", result.Share, queryActivity, share, entitled, result.People, notes...)
}

// reachUnits is the table by unit.
func (c *computing) reachUnits(registered suppress.Cell, registeredCells, activeCells planned, registeredN, activeN counts) {
	t := &c.r.Reach.Units
	table(t, "reach.units",
		result.Column{Name: "entitled", Unit: result.People, Query: queryHeadcounts},
		result.Column{Name: "registered", Unit: result.People, Population: "entitled", Query: queryPeople},
		result.Column{Name: "active", Unit: result.People, Population: "registered", Query: queryActivity},
		result.Column{Name: "rate", Unit: result.Share, Population: "entitled", Query: queryActivity})
	t.Remarks = remarks(c.tree.wrong...)
	switch {
	case len(c.in.Units) == 0:
		t.Missing = result.NoDepartments
	case c.nothing() == result.UnknownUnit:
		t.Missing = result.UnknownUnit
	}
	if t.Missing != "" {
		return
	}
	rates := func(e entitlement, active suppress.Cell) []cell {
		if !e.ok {
			return []cell{missing(result.NoHeadcount), missing(result.NoHeadcount)}
		}
		return []cell{fixed(result.Whole(e.n)), rate(active, e.cell, 3, result.NoHeadcount)}
	}
	all := c.entitledAll()
	if all.ok { // the plan has it already
		all.cell = c.plan.Public("reach.entitled in the table", all.n)
	}
	put := func(e entitlement, registered, active suppress.Cell) []cell {
		ends := rates(e, active)
		return []cell{ends[0], number(registered), number(active), ends[1]}
	}
	rows := make([]entitlement, len(c.tree.rows))
	for row, node := range c.tree.rows {
		e := &rows[row]
		e.n, e.directory, e.ok = c.headcount(node.unit)
		c.entitled("reach.entitled/"+c.in.Units[node.unit].ID, e,
			link(activeCells.rows[row], activeN.rows[row], registeredCells.rows[row], registeredN.rows[row]))
	}
	c.unitRows(t, put(all, registered, c.shared.active),
		func(row int) []cell { return put(rows[row], registeredCells.rows[row], activeCells.rows[row]) },
		[]cell{missing(result.NoHeadcount), number(registeredCells.unassigned), number(activeCells.unassigned), missing(result.NoHeadcount)})
}

// local is the time of ten minutes in the zone of the period.
func (c *computing) local(slot int32) time.Time { return time.Unix(int64(slot)*600, 0).In(c.zone) }

var weekdays = [7]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// weekday counts from Monday, 0.
func weekday(t time.Time) int { return (int(t.Weekday()) + 6) % 7 }

// core tells whether an instant lies in the core hours.
func (c *computing) core(t time.Time) bool {
	clock := t.Format("15:04")
	return slices.Contains(c.d.CoreHours.Days, weekdays[weekday(t)]) && clock >= c.d.CoreHours.From && clock < c.d.CoreHours.To
}

// repeated is about who came back, and who learned outside core hours.
func (c *computing) repeated() {
	r := &c.r.Reach
	var repeated, outside, outsideSlots, slots, most int64
	for i := range c.people {
		first, again := "", false
		var out int64
		for _, slot := range c.people[i].slots {
			t := c.local(slot)
			if date := t.Format(time.DateOnly); first == "" {
				first = date
			} else if date != first {
				again = true
			}
			if !c.core(t) {
				out++
			}
		}
		if again {
			repeated++
		}
		if out > 0 {
			outside++
		}
		outsideSlots += out
		slots += int64(len(c.people[i].slots))
		most = max(most, int64(len(c.people[i].slots)))
	}
	repeatedCell := c.plan.Count("reach.repeat", repeated, suppress.Of(c.shared.active))
	outsideCell := c.plan.Count("reach.outside", outside, suppress.Of(c.shared.active))
	timeCell := c.plan.Average("reach.outside_time", outsideSlots, c.shared.active, 0, most+1, suppress.With(outsideCell))
	active := number(c.shared.active)
	repeat, repeatRate := number(repeatedCell), rate(repeatedCell, c.shared.active, 3, result.NoLearners)
	out, share := number(outsideCell), missing(result.NoLearners)
	if slots > 0 {
		share = valued(timeCell, result.Ratio(outsideSlots, slots, 3))
	}
	if c.shared.activeCount == 0 {
		why := missing(result.NoLearners)
		if c.nothing() == result.UnknownUnit {
			why = missing(result.UnknownUnit)
		}
		repeat, repeatRate, out, share = why, why, why, why
	}
	if !c.in.Hours {
		out, share = missing(result.HoursNotShown), missing(result.HoursNotShown)
	}
	c.figure(&r.Repeat, "reach.repeat", result.People, queryActivity, repeat, active, result.People)
	c.figure(&r.RepeatRate, "reach.repeat_rate", result.Share, queryActivity, repeatRate, active, result.People)
	c.figure(&r.Outside, "reach.outside", result.People, queryActivity, out, active, result.People)
	c.figure(&r.OutsideTime, "reach.outside_time", result.Share, queryActivity, share, active, result.People)
}

// maxMonths is how many months a table has at most.
const maxMonths = 120

// months is the table by month.
func (c *computing) months() {
	t := &c.r.Reach.Months
	table(t, "reach.months",
		result.Column{Name: "active", Unit: result.People, Query: queryActivity},
		result.Column{Name: "new", Unit: result.People, Population: "active", Query: queryActivity},
		result.Column{Name: "started", Unit: result.Participations, Query: queryReached},
		result.Column{Name: "completed", Unit: result.Participations, Query: queryReached})
	months, at := c.calendar()
	if len(months) > maxMonths {
		t.Missing = result.TooLarge
		months = nil
	}
	if why := c.nothing(); why != "" {
		t.Missing = why
	}
	active, fresh := make([]int64, len(at)), make([]int64, len(at))
	for i := range c.people {
		before := inputs.None
		for _, slot := range c.people[i].slots {
			m := at[c.local(slot).Format("2006-01")]
			if m == before {
				continue
			}
			active[m]++
			if before == inputs.None {
				fresh[m]++
			}
			before = m
		}
	}
	started, completed := make([]int64, len(at)), make([]int64, len(at))
	for i := range c.in.PartPerson {
		if !c.begun(i) {
			continue
		}
		month := func(at int64) string { return time.UnixMicro(at).In(c.zone).Format("2006-01") }
		started[at[month(c.in.PartStarted[i])]]++
		if c.done(i) {
			completed[at[month(max(c.in.PartStarted[i], c.in.PartCompleted[i]))]]++
		}
	}
	c.shared.starts = c.plan.Count("learning.starts", sum(started))
	c.shared.completions = c.plan.Count("learning.completions", sum(completed), suppress.Of(c.shared.starts))
	if t.Missing != "" {
		return
	}
	var cells [4][]suppress.Cell
	for m, month := range months {
		key := "reach.months/" + month + "/"
		with := suppress.With(c.shared.active)
		a := c.plan.Count(key+"active", active[m], with)
		one := [4]suppress.Cell{a, c.plan.Count(key+"new", fresh[m], with),
			c.plan.Count(key+"started", started[m], suppress.With(a)), c.plan.Count(key+"completed", completed[m], suppress.With(a))}
		for i := range one {
			cells[i] = append(cells[i], one[i])
		}
		c.row(t, result.Row{Key: month}, number(one[0]), number(one[1]), number(one[2]), number(one[3]))
	}
	c.plan.Overlap(c.shared.active, cells[0]...)
	c.plan.Sum(c.shared.active, cells[1]...)
	c.plan.Sum(c.shared.starts, cells[2]...)
	c.plan.Sum(c.shared.completions, cells[3]...)
}

func sum(list []int64) (n int64) {
	for _, v := range list {
		n += v
	}
	return n
}

// calendar are the months of the period, and where each is in the list.
func (c *computing) calendar() (months []string, at map[string]int) {
	at = make(map[string]int)
	first := time.UnixMicro(c.from).In(c.zone)
	for t := time.Date(first.Year(), first.Month(), 1, 0, 0, 0, 0, c.zone); t.UnixMicro() < c.to; t = t.AddDate(0, 1, 0) {
		month := t.Format("2006-01")
		at[month] = len(months)
		months = append(months, month)
	}
	return months, at
}

// hours is the table of the hours of the week.
func (c *computing) hours() {
	t := &c.r.Reach.Hours
	table(t, "reach.hours", result.Column{Name: "active", Unit: result.People, Query: queryActivity})
	switch {
	case !c.in.Hours:
		t.Missing = result.HoursNotShown
	case c.nothing() != "":
		t.Missing = c.nothing()
	}
	if t.Missing != "" {
		return
	}
	var active [7 * 24]int64
	for i := range c.people {
		var seen [7 * 24]bool
		for _, slot := range c.people[i].slots {
			at := c.local(slot)
			if h := weekday(at)*24 + at.Hour(); !seen[h] {
				seen[h] = true
				active[h]++
			}
		}
	}
	var cells []suppress.Cell
	for h, n := range active {
		key := fmt.Sprintf("%s-%02d", weekdays[h/24], h%24)
		at := c.plan.Count("reach.hours/"+key, n, suppress.With(c.shared.active))
		cells = append(cells, at)
		c.row(t, result.Row{Key: key}, number(at))
	}
	c.plan.Overlap(c.shared.active, cells...)
}

// reachFromShown counts the units on top with enough people, of what is shown.
func (c *computing) reachFromShown() {
	r := &c.r.Reach
	f := &r.Departments
	*f = result.Figure{Name: "reach.departments", Unit: result.Counts, Query: fromReport, State: result.Shown,
		Remarks: remarks(result.Remark{Code: result.AtLeastK, Count: int64(c.d.K)})}
	if r.Units.Missing != "" {
		f.State, f.Reason = result.Missing, r.Units.Missing
		return
	}
	var n, of, hidden int64
	for _, row := range r.Units.Rows {
		if row.Level != 0 || row.Key == "total" || row.Key == "unassigned" || row.Label == "" {
			continue
		}
		of++
		if v := row.Cells[2].Value; v != nil && v.Units >= int64(c.d.K) {
			n++
		}
		if row.Cells[2].State == result.Suppressed {
			hidden++
		}
	}
	if n == 0 && hidden > 0 { // none would be read as nobody
		f.State, f.Reason = result.Suppressed, result.Together
		return
	}
	value := result.Whole(n)
	f.Value, f.Population, f.PopulationUnit = &value, &of, result.Counts
}
