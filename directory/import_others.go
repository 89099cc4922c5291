package directory

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"lernspur/directory/sheet"
)

// unitRows takes a list of units over. A unit is told by its code, else by its name.
// What a unit lies below may come later in the file.
func (i *importing) unitRows() {
	lines, fresh, before := map[string]int{}, map[string]bool{}, map[string]*Unit{}
	ids := make([]string, len(i.table.Rows))
	if n := i.limits.Units; len(ids) > n { // each row has a unit of its own
		i.wrong(i.table.Rows[n], "", "there cannot be more than %d units", n)
		return
	}
	for at, row := range i.table.Rows {
		code, name := i.text(row, "code"), i.text(row, "name")
		var u *Unit
		var err error
		switch {
		case code != "":
			u = i.state.units[i.unitCode[code]]
		case name == "":
			i.wrong(row, "", "there is neither a code nor a name in this row")
			continue
		default:
			if u, err = i.findUnit(name); err != nil {
				i.wrong(row, "name", "%s", err)
				continue
			}
		}
		next := Unit{Code: code}
		if u != nil {
			next = *u
			if line, again := lines[u.ID]; again {
				i.wrong(row, "", "the unit %s is in line %d already", u.label(), line)
				continue
			}
		}
		next.Name, next.Kind = cmp.Or(name, next.Name), cmp.Or(i.text(row, "kind"), next.Kind)
		if u == nil {
			err = i.addUnit(&next)
			fresh[next.ID] = true
		} else {
			before[next.ID] = u
			_, err = i.putUnit(&next)
		}
		if err != nil {
			i.refused(row, err)
			continue
		}
		ids[at], lines[next.ID] = next.ID, row.Line
	}
	for at, row := range i.table.Rows {
		if ids[at] != "" {
			i.placeRow(row, i.state.units[ids[at]], fresh[ids[at]])
		}
	}
	if len(i.errors.List) == 0 {
		i.reportUnits(lines, fresh, before)
	}
}

// placeRow has a unit lie where a row says.
func (i *importing) placeRow(row sheet.Row, u *Unit, fresh bool) {
	since, ok := i.date(row, "since")
	text := i.text(row, "parent")
	if !ok || text == "" && !fresh {
		return
	}
	parent := ""
	if text != "" {
		p, err := i.unitMemo(text)
		switch {
		case err != nil:
			i.wrong(row, "parent", "%s", err)
			return
		case p == nil:
			i.wrong(row, "parent", "there is no unit %q, neither in the file nor before", short(text))
			return
		}
		parent = p.ID
	}
	if since == "" && len(u.Places) > 0 {
		since = i.day
	}
	next := *u
	next.move(parent, since)
	if _, err := i.putUnit(&next); err != nil {
		i.refused(row, err)
	}
}

func (i *importing) reportUnits(lines map[string]int, fresh map[string]bool, before map[string]*Unit) {
	for _, id := range byLine(lines) {
		u, old := i.state.units[id], before[id]
		c := ImportChange{Line: lines[id], Change: "new", Name: u.label(), ID: id}
		if fresh[id] {
			c.Values = i.ofUnit(&Unit{}, u)
		} else {
			c.Change, c.Values = "changed", i.ofUnit(old, u)
			for _, f := range []struct {
				name string
				same bool
			}{{"name", old.Name == u.Name}, {"kind", old.Kind == u.Kind}, {"places", slices.Equal(old.Places, u.Places)}} {
				if !f.same {
					c.Fields = append(c.Fields, f.name)
				}
			}
			if c.Fields == nil {
				i.result.Unchanged++
				continue
			}
		}
		i.note(c)
	}
	i.result.LeftOut = len(i.state.units) - len(lines)
}

// roles are what people are in a group, as lists call it.
var roles = map[string]string{
	"": "member", "member": "member", "mitglied": "member", "teilnehmer": "member", "teilnehmerin": "member", "teilnehmende": "member", "tn": "member",
	"learner": "member", "participant": "member", "lernende": "member", "lernender": "member",
	"trainer": "trainer", "trainerin": "trainer", "dozent": "trainer", "dozentin": "trainer", "referent": "trainer", "referentin": "trainer",
	"leitung": "trainer", "lehrkraft": "trainer", "kursleitung": "trainer", "teacher": "trainer", "instructor": "trainer",
}

// draft is a group as a file has it so far.
type draft struct {
	Group
	line  int
	old   *Group // nil: new
	named map[string]bool
}

// groupRows takes a list of groups over: a row for each person in one, or one
// without a person for the group itself. A group is told by its code, else by its
// name.
func (i *importing) groupRows() {
	drafts, order := map[string]*draft{}, []*draft{}
	for _, row := range i.table.Rows {
		key := cmp.Or(i.text(row, "code"), strings.ToLower(i.text(row, "group")))
		g := drafts[key]
		if g == nil {
			if g = i.draftOf(row); g == nil {
				continue
			}
			// A file may call one group by its code here and by its name there.
			at := slices.IndexFunc(order, func(d *draft) bool { return d.old != nil && d.old == g.old })
			if at >= 0 {
				g = order[at]
			} else {
				order = append(order, g)
				if n := i.limits.Groups; len(order) > n {
					i.wrong(row, "", "there cannot be more than %d groups", n)
					return
				}
			}
			drafts[key] = g
		}
		g.Name, g.Course = cmp.Or(i.text(row, "group"), g.Name), cmp.Or(i.text(row, "course"), g.Course)
		i.memberRow(row, g)
	}
	for _, g := range order {
		i.putDraft(g)
	}
	if len(i.errors.List) == 0 {
		i.result.LeftOut += len(i.state.groups) - len(order)
	}
}

func (i *importing) draftOf(row sheet.Row) *draft {
	code, name := i.text(row, "code"), i.text(row, "group")
	if code == "" && name == "" {
		i.wrong(row, "", "there is neither a code nor a name of a group in this row")
		return nil
	}
	var old *Group
	var err error
	if code != "" {
		old = i.state.groups[i.groupCode[code]]
	} else if old, err = i.findGroup(name); err != nil {
		i.wrong(row, "group", "%s", err)
		return nil
	}
	g := &draft{line: row.Line, old: old, named: map[string]bool{}}
	if old != nil {
		g.Group = *old
		g.Members, g.Trainers = slices.Clone(old.Members), slices.Clone(old.Trainers)
	}
	g.Code = cmp.Or(code, g.Code)
	return g
}

// memberRow puts who a row names into a group.
func (i *importing) memberRow(row sheet.Row, g *draft) {
	role, known := roles[plain(i.text(row, "role"))]
	if !known {
		i.wrong(row, "role", "%q is neither a member nor a trainer", short(i.text(row, "role")))
		return
	}
	since, ok := i.date(row, "since")
	until, ok2 := i.date(row, "until")
	identifiers, ok3 := i.identifiersOf(row)
	staff := i.text(row, "staff")
	if !ok || !ok2 || !ok3 || staff == "" && len(identifiers) == 0 {
		return
	}
	var p *Person
	if staff != "" {
		p = i.state.people[i.staff[staff]]
	}
	for _, identifier := range identifiers {
		if p == nil {
			p = i.find(identifier)
		}
	}
	if p == nil {
		i.wrong(row, "", "the directory does not know who this is; import the people first")
		return
	}
	if g.named[role+p.ID] {
		i.wrong(row, "", "%s is listed twice in this group", p.label())
		return
	}
	g.named[role+p.ID] = true
	if role == "trainer" {
		if !slices.Contains(g.Trainers, p.ID) {
			g.Trainers = append(g.Trainers, p.ID)
		}
		return
	}
	m := GroupMember{p.ID, since, until}
	at := g.member(p.ID)
	switch {
	case at < 0:
		g.Members = append(g.Members, m)
	default:
		g.Members[at].From, g.Members[at].Until = cmp.Or(since, g.Members[at].From), cmp.Or(until, g.Members[at].Until)
	}
}

func (i *importing) putDraft(g *draft) {
	if i.o.Complete {
		g.Members = slices.DeleteFunc(g.Members, func(m GroupMember) bool { return !g.named["member"+m.Person] })
		g.Trainers = slices.DeleteFunc(g.Trainers, func(id string) bool { return !g.named["trainer"+id] })
	}
	c := ImportChange{Line: g.line, Change: "new", Name: g.Name}
	var err error
	next := g.Group
	if g.old == nil {
		err = i.addGroup(&next)
	} else {
		c.Change = "changed"
		var now *Group
		if now, err = i.putGroup(&next); now == g.old {
			i.result.Unchanged++
			return
		}
	}
	if err != nil {
		i.refused(sheet.Row{Line: g.line}, err)
		return
	}
	if c.ID = next.ID; g.old == nil {
		g.old = &Group{}
	}
	c.Values = i.ofGroup(g.old, &next)
	i.note(c)
}

// headcountRows takes headcounts over, one for each unit and year.
func (i *importing) headcountRows() {
	lines, years := map[headcountKey]int{}, map[int]bool{}
	for _, row := range i.table.Rows {
		i.headcountRow(row, lines, years)
	}
	if len(i.errors.List) > 0 {
		return
	}
	for key := range i.headcounts {
		if _, there := lines[key]; there {
			continue
		}
		if !i.o.Complete || !years[key.year] {
			i.result.LeftOut++
			continue
		}
		i.note(ImportChange{Change: "leftOut", Name: i.state.units[key.unit].label() + ", " + strconv.Itoa(key.year), Values: ofHeadcount(i.headcounts[key], nil)})
		i.dropHeadcount(key)
	}
}

func (i *importing) headcountRow(row sheet.Row, lines map[headcountKey]int, years map[int]bool) {
	u, err := i.unitMemo(i.text(row, "unit"))
	year, badYear := strconv.Atoi(i.text(row, "year"))
	count, badCount := strconv.Atoi(strings.NewReplacer(".", "", " ", "", "'", "").Replace(i.text(row, "count")))
	switch {
	case err != nil:
		i.wrong(row, "unit", "%s", err)
		return
	case u == nil:
		i.wrong(row, "unit", "there is no unit %q; import the units first", short(i.text(row, "unit")))
		return
	case badYear != nil:
		i.wrong(row, "year", "%q is not a year", short(i.text(row, "year")))
		return
	case badCount != nil:
		i.wrong(row, "count", "%q is not a whole number", short(i.text(row, "count")))
		return
	}
	key := headcountKey{u.ID, year}
	if line, again := lines[key]; again {
		i.wrong(row, "", "the headcount of %s for %d is in line %d already", u.label(), year, line)
		return
	}
	lines[key], years[year] = row.Line, true
	old := i.headcounts[key]
	now, err := i.putHeadcount(u.ID, year, count)
	switch {
	case err != nil:
		i.refused(row, err)
	case old == nil:
		i.note(ImportChange{Line: row.Line, Change: "new", Name: u.label() + ", " + strconv.Itoa(year), Values: ofHeadcount(nil, now)})
	case old == now:
		i.result.Unchanged++
	default:
		i.note(ImportChange{Line: row.Line, Change: "changed", Name: u.label() + ", " + strconv.Itoa(year), Fields: []string{"count"}, Values: ofHeadcount(old, now)})
	}
}
