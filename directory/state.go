package directory

import (
	"crypto/sha1"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
)

// state is the whole directory of a tenant. One that others can see is never
// changed: a change works on a copy, which takes its place when it is durable.
// So a reader needs no lock, and a change that is refused leaves nothing.
type state struct {
	version    int64 // the highest of all records, deleted ones too
	people     map[string]*Person
	owner      map[string]string // id of a person by identifier, see keysOf
	staff      map[string]string // id of a person by staff number
	units      map[string]*Unit
	unitCode   map[string]string
	groups     map[string]*Group
	groupCode  map[string]string
	groupsOf   map[string][]string // ids of groups that a person is in or trains
	headcounts map[headcountKey]*Headcount
	merges     map[string]*Merge
	into       map[string]string // merge in force by the id of who is gone
	imports    map[string]*Import
	order      *sorted
}

type headcountKey struct {
	unit string
	year int
}

func newState() *state {
	return &state{
		people: map[string]*Person{}, owner: map[string]string{}, staff: map[string]string{},
		units: map[string]*Unit{}, unitCode: map[string]string{},
		groups: map[string]*Group{}, groupCode: map[string]string{}, groupsOf: map[string][]string{},
		headcounts: map[headcountKey]*Headcount{}, merges: map[string]*Merge{}, into: map[string]string{}, imports: map[string]*Import{}, order: &sorted{},
	}
}

func (s *state) clone() *state {
	c := *s
	c.order = &sorted{}
	c.people, c.owner, c.staff = maps.Clone(s.people), maps.Clone(s.owner), maps.Clone(s.staff)
	c.units, c.unitCode = maps.Clone(s.units), maps.Clone(s.unitCode)
	c.groups, c.groupCode, c.groupsOf = maps.Clone(s.groups), maps.Clone(s.groupCode), maps.Clone(s.groupsOf)
	c.headcounts, c.merges, c.into, c.imports = maps.Clone(s.headcounts), maps.Clone(s.merges), maps.Clone(s.into), maps.Clone(s.imports)
	return &c
}

// implied is the mbox_sha1sum that an mbox stands for; "" for every other
// identifier (xAPI 1.0.3 Part 2, 2.4.2.3).
func implied(identifier string) string {
	address, ok := strings.CutPrefix(identifier, "mbox|")
	if !ok {
		return ""
	}
	sum := sha1.Sum([]byte(address))
	return "mbox_sha1sum|" + hex.EncodeToString(sum[:])
}

// keysOf are the identifiers that are a person's: those given and those implied,
// each once.
func keysOf(p *Person) []string {
	keys := slices.Clone(p.Identifiers)
	for _, identifier := range p.Identifiers {
		if sum := implied(identifier); sum != "" && !slices.Contains(keys, sum) {
			keys = append(keys, sum)
		}
	}
	return keys
}

// find is who has an identifier; nil for nobody.
func (s *state) find(identifier string) *Person {
	id, ok := s.owner[identifier]
	if !ok {
		id = s.owner[implied(identifier)]
	}
	return s.people[id]
}

// person is who has an id, or had one before a merge; nil for nobody.
func (s *state) person(id string) *Person {
	for range len(s.into) + 1 {
		if p := s.people[id]; p != nil {
			return p
		}
		m := s.merges[s.into[id]]
		if m == nil {
			return nil
		}
		id = m.Kept
	}
	return nil
}

// setPerson puts a person in, in the place of an earlier version.
func (s *state) setPerson(p *Person) {
	s.dropPerson(p.ID)
	s.people[p.ID] = p
	for _, key := range keysOf(p) {
		s.owner[key] = p.ID
	}
	if p.Staff != "" {
		s.staff[p.Staff] = p.ID
	}
}

func (s *state) dropPerson(id string) {
	p := s.people[id]
	if p == nil {
		return
	}
	delete(s.people, id)
	for _, key := range keysOf(p) {
		if s.owner[key] == id {
			delete(s.owner, key)
		}
	}
	if s.staff[p.Staff] == id {
		delete(s.staff, p.Staff)
	}
}

func (s *state) setUnit(u *Unit) {
	s.dropUnit(u.ID)
	s.units[u.ID] = u
	if u.Code != "" {
		s.unitCode[u.Code] = u.ID
	}
}

func (s *state) dropUnit(id string) {
	if u := s.units[id]; u != nil {
		delete(s.units, id)
		if s.unitCode[u.Code] == id {
			delete(s.unitCode, u.Code)
		}
	}
}

// people of a group: members and trainers, each once.
func (g *Group) people() []string {
	ids := slices.Clone(g.Trainers)
	for _, m := range g.Members {
		ids = append(ids, m.Person)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func (s *state) setGroup(g *Group) {
	s.dropGroup(g.ID)
	s.groups[g.ID] = g
	if g.Code != "" {
		s.groupCode[g.Code] = g.ID
	}
	for _, id := range g.people() {
		s.groupsOf[id] = append(slices.Clone(s.groupsOf[id]), g.ID) // the old one is others', too
	}
}

func (s *state) dropGroup(id string) {
	g := s.groups[id]
	if g == nil {
		return
	}
	delete(s.groups, id)
	if s.groupCode[g.Code] == id {
		delete(s.groupCode, g.Code)
	}
	for _, person := range g.people() {
		left := slices.DeleteFunc(slices.Clone(s.groupsOf[person]), func(other string) bool { return other == id })
		if s.groupsOf[person] = left; len(left) == 0 {
			delete(s.groupsOf, person)
		}
	}
}

func (s *state) setMerge(m *Merge) {
	s.merges[m.ID] = m
	switch {
	case m.Split == 0:
		s.into[m.Gone] = m.ID
	case s.into[m.Gone] == m.ID:
		delete(s.into, m.Gone)
	}
}

// view is a person with what follows from other records, as of a day.
func (s *state) view(p *Person, today Date) *Person {
	v := *p
	v.Unit = unitOn(p, today)
	for _, id := range s.groupsOf[p.ID] {
		g := s.groups[id]
		for _, m := range g.Members {
			if m.Person == p.ID && m.span().holds(today) && (span{g.From, g.Until}).holds(today) {
				v.Groups = append(v.Groups, id)
				break
			}
		}
	}
	slices.Sort(v.Groups)
	return &v
}

// unitOn is the unit that a person belongs to on a day; "" for none.
func unitOn(p *Person, day Date) string {
	for _, m := range p.Memberships {
		if m.span().holds(day) {
			return m.Unit
		}
	}
	return ""
}
