package directory

import (
	"cmp"
	"slices"
	"strings"

	"lernspur/directory/sheet"
)

// seen are the people of a file.
type seen struct {
	line   map[string]int     // where they were first, by id
	fresh  map[string]bool    // were not there before
	before map[string]*Person // as they were
}

// people takes a list of people over. Who a row is about is told by its staff
// number, else by its first identifier.
func (i *importing) people() {
	s := seen{map[string]int{}, map[string]bool{}, map[string]*Person{}}
	for _, row := range i.table.Rows {
		p, identifiers := i.personOf(row, s)
		if p == nil {
			continue
		}
		line, again := s.line[p.ID]
		if again && i.text(row, "since") == "" {
			i.wrong(row, "", "%s is in line %d already; only somebody's time in another unit, with its first day, has a row of its own", p.label(), line)
			continue
		}
		i.personRow(row, p, identifiers, s)
	}
	if len(i.errors.List) > 0 {
		return
	}
	i.reportPeople(s)
	i.leaveOut(s)
}

// personRow puts a row's person in, who has the identifiers of the row as well.
func (i *importing) personRow(row sheet.Row, p *Person, identifiers []string, s seen) {
	next := *p
	next.Staff = cmp.Or(i.text(row, "staff"), p.Staff)
	next.Name = cmp.Or(i.nameOf(row), p.Name)
	next.Identifiers = slices.Clone(p.Identifiers)
	had := keysOf(p)
	for _, identifier := range identifiers {
		if !slices.Contains(had, identifier) {
			next.Identifiers = append(next.Identifiers, identifier)
		}
	}
	if !i.unitOf(row, &next) {
		return
	}
	if p.ID == "" {
		if err := i.addPerson(&next); err != nil {
			i.refused(row, err)
			return
		}
		s.fresh[next.ID] = true
	} else {
		if s.before[p.ID] == nil && !s.fresh[p.ID] {
			s.before[p.ID] = p
		}
		if _, err := i.putPerson(&next); err != nil {
			i.refused(row, err)
			return
		}
	}
	if _, again := s.line[next.ID]; !again {
		s.line[next.ID] = row.Line
	}
}

// personOf is who a row is about: somebody who is there, or a new person without
// an id; nil when that cannot be told, which is noted. Several who are one now are
// merged. With them are the identifiers of the row.
func (i *importing) personOf(row sheet.Row, s seen) (kept *Person, identifiers []string) {
	staff := i.text(row, "staff")
	identifiers, ok := i.identifiersOf(row)
	switch {
	case !ok:
		return nil, nil
	case staff == "" && len(identifiers) == 0:
		i.wrong(row, "", "there is neither a staff number nor an identifier in this row")
		return nil, nil
	}
	if staff != "" {
		kept = i.state.people[i.staff[staff]]
	}
	for _, identifier := range identifiers {
		p := i.find(identifier)
		switch {
		case p == nil || p == kept:
		case p.Staff != "" && staff != "" && p.Staff != staff:
			i.wrong(row, fieldOf(identifier), "%s is that of %s, who has another staff number", short(identifier), p.label())
			return nil, nil
		case kept == nil:
			kept = p
		case p.Staff != "" && kept.Staff != "" && p.Staff != kept.Staff:
			i.wrong(row, fieldOf(identifier), "the identifiers of this row are those of %s and of %s, who have different staff numbers", kept.label(), p.label())
			return nil, nil
		default:
			if kept = i.joined(row, kept, p, s); kept == nil {
				return nil, nil
			}
		}
	}
	if kept == nil {
		kept = &Person{Staff: staff, Identifiers: identifiers, Name: i.nameOf(row)}
	}
	return kept, identifiers
}

// joined makes one person of two whom a row ties together, and answers who remains;
// nil when that cannot be, which is noted.
func (i *importing) joined(row sheet.Row, kept, gone *Person, s seen) *Person {
	if s.fresh[kept.ID] && !s.fresh[gone.ID] {
		kept, gone = gone, kept // who was there longer keeps the id
	}
	if _, err := i.merge(kept.ID, gone.ID, MergeOptions{Reason: "import " + i.result.ID, By: i.o.By}); err != nil {
		i.refused(row, err)
		return nil
	}
	i.note(ImportChange{Line: row.Line, Change: "merged", Name: gone.label(), ID: kept.ID, Values: []ImportValue{{Field: "into", Coming: parts(kept.label())}}})
	if s.before[kept.ID] == nil && !s.fresh[kept.ID] {
		s.before[kept.ID] = kept
	}
	if line, there := s.line[gone.ID]; there {
		delete(s.line, gone.ID)
		if _, also := s.line[kept.ID]; !also {
			s.line[kept.ID] = line
		}
	}
	return i.state.people[kept.ID]
}

// fieldOf is the field that an identifier comes from.
func fieldOf(identifier string) string {
	kind, _, _ := strings.Cut(identifier, "|")
	return kind
}

func (i *importing) nameOf(row sheet.Row) string {
	if name := i.text(row, "name"); name != "" {
		return name
	}
	return strings.TrimSpace(i.text(row, "first") + " " + i.text(row, "last"))
}

// identifiersOf are the identifiers of a row, in the order of its columns; false
// when one is none, which is noted.
func (i *importing) identifiersOf(row sheet.Row) (list []string, ok bool) {
	ok = true
	for at, c := range i.columns {
		text := row.Cell(at)
		if text == "" {
			continue
		}
		var found []string
		var err error
		switch c.Field {
		case "mbox":
			found, err = several(text, Mailbox)
		case "mbox_sha1sum":
			found, err = several(text, MailboxSum)
		case "openid":
			found, err = several(text, OpenID)
		case "account":
			var one string
			home := cmp.Or(i.text(row, "home_page"), i.o.HomePage)
			if home == "" {
				err = invalid("account", "an account needs the home page of the system that it is of: in a column of its own, or one for all")
			} else {
				one, err = AccountIdentifier(home, text)
			}
			found = []string{one}
		}
		if err != nil {
			i.wrong(row, c.Field, "%s", err)
			ok = false
			continue
		}
		list = append(list, found...)
	}
	return list, ok
}

// several reads a cell with more than one value.
func several(text string, read func(string) (string, error)) ([]string, error) {
	var list []string
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' || r == ';' || r == '\n' || r == '\r' }) {
		one, err := read(part)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, nil
}

// unitOf has a person be where a row says; false when that cannot be, which is
// noted.
func (i *importing) unitOf(row sheet.Row, p *Person) bool {
	since, ok := i.date(row, "since")
	until, ok2 := i.date(row, "until")
	text := i.text(row, "unit")
	if !ok || !ok2 || text == "" {
		return ok && ok2
	}
	u, err := i.unitMemo(text)
	switch {
	case err != nil:
		i.wrong(row, "unit", "%s", err)
		return false
	case u == nil:
		i.wrong(row, "unit", "there is no unit %q; import the units first", short(text))
		return false
	case since != "" && until.endsBefore(since):
		i.wrong(row, "until", "%s is before %s", until, since)
		return false
	}
	if since == "" && len(p.Memberships) > 0 {
		since = i.day
		if at := slices.IndexFunc(p.Memberships, func(m Membership) bool { return m.Unit == u.ID && m.span().holds(i.day) }); at >= 0 {
			if until == "" {
				return true
			}
			since = p.Memberships[at].From
		}
		if until.endsBefore(since) {
			i.wrong(row, "until", "%s is past; say since when, too", until)
			return false
		}
	}
	p.Memberships = overlay(p.Memberships, Membership{u.ID, since, until})
	return true
}

// overlay has a person be in a unit for a time, whatever was said about that time
// before. Afterwards holds what was said before, unless that was the same unit,
// which ends then.
func overlay(list []Membership, m Membership) []Membership {
	var all []Membership
	for _, old := range list {
		if !old.span().meets(m.span()) {
			all = append(all, old)
			continue
		}
		if old.From < m.From {
			all = append(all, Membership{old.Unit, old.From, m.From.add(-1)})
		}
		if m.Until != "" && old.Unit != m.Unit && (old.Until == "" || old.Until > m.Until) {
			all = append(all, Membership{old.Unit, m.Until.add(1), old.Until})
		}
	}
	all = append(all, m)
	slices.SortFunc(all, func(a, b Membership) int { return cmp.Compare(a.From, b.From) })
	joined := all[:1]
	for _, next := range all[1:] {
		last := &joined[len(joined)-1]
		if last.Unit == next.Unit && last.Until != "" && last.Until.add(1) == next.From {
			last.Until = next.Until
			continue
		}
		joined = append(joined, next)
	}
	return joined
}

// reportPeople counts what has become of the people of the file.
func (i *importing) reportPeople(s seen) {
	for _, id := range byLine(s.line) {
		p := i.state.people[id]
		c := ImportChange{Line: s.line[id], Name: p.label(), ID: id, Change: "changed"}
		switch old := s.before[id]; {
		case s.fresh[id]:
			c.Change, c.Values = "new", i.ofPerson(&Person{}, p)
		case samePerson(old, p):
			i.result.Unchanged++
			continue
		default:
			c.Fields, c.Values = differences(old, p), i.ofPerson(old, p)
		}
		i.note(c)
	}
}

func byLine(lines map[string]int) []string {
	ids := make([]string, 0, len(lines))
	for id := range lines {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int { return cmp.Compare(lines[a], lines[b]) })
	return ids
}

func differences(a, b *Person) (fields []string) {
	for _, f := range []struct {
		name string
		same bool
	}{
		{"name", a.Name == b.Name}, {"otherNames", slices.Equal(a.OtherNames, b.OtherNames)}, {"staff", a.Staff == b.Staff},
		{"identifiers", slices.Equal(a.Identifiers, b.Identifiers)}, {"units", slices.Equal(a.Memberships, b.Memberships)},
	} {
		if !f.same {
			fields = append(fields, f.name)
		}
	}
	return fields
}

// leaveOut counts people who are not in the file. When the file is complete they
// leave their unit the day before.
func (i *importing) leaveOut(s seen) {
	if !i.o.Complete {
		i.result.LeftOut += len(i.state.people) - len(s.line)
		return
	}
	for _, p := range sortedPeople(i.state.people) {
		if _, there := s.line[p.ID]; there {
			continue
		}
		next := *p
		next.Memberships = nil
		for _, m := range p.Memberships {
			if m.From >= i.day {
				continue
			}
			if !m.Until.endsBefore(i.day) {
				m.Until = i.day.add(-1)
			}
			next.Memberships = append(next.Memberships, m)
		}
		if slices.Equal(next.Memberships, p.Memberships) {
			i.result.LeftOut++
			continue
		}
		if _, err := i.putPerson(&next); err != nil {
			i.refused(sheet.Row{}, err)
			continue
		}
		i.note(ImportChange{Change: "leftOut", Name: p.label(), ID: p.ID, Fields: []string{"units"}, Values: i.ofPerson(p, &next)})
	}
}
