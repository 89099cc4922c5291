package directory

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
)

// sorted are people in the order of lists, worked out when somebody asks.
type sorted struct {
	once   sync.Once
	people []*Person
}

// sortedPeople are people by name, those without a name by what they have else.
func sortedPeople(people map[string]*Person) []*Person {
	keys := make(map[*Person]string, len(people))
	for _, p := range people {
		keys[p] = strings.ToLower(p.label())
	}
	return slices.SortedFunc(maps.Values(people), func(a, b *Person) int {
		return cmp.Or(cmp.Compare(keys[a], keys[b]), cmp.Compare(a.ID, b.ID))
	})
}

// inOrder are all people, in the order of lists.
func (s *state) inOrder() []*Person {
	s.order.once.Do(func() { s.order.people = sortedPeople(s.people) })
	return s.order.people
}

// PeopleFilter says who is wanted; zero values want everybody.
type PeopleFilter struct {
	// Query is part of a name, staff number or identifier, in any case.
	Query string
	// Unit has those who are in it on the day On, which is today when it is none;
	// Below has those of the units below it as well.
	Unit  string
	Below bool
	On    Date
	// Group has its members of any time.
	Group string
}

// ListPlace is where a page of people ended; the zero value is the beginning. It stays
// what it is when the person there changes or goes.
type ListPlace struct{ Label, ID string }

func (p ListPlace) behind(q *Person) int {
	return cmp.Or(cmp.Compare(strings.ToLower(q.label()), p.Label), cmp.Compare(q.ID, p.ID))
}

// Place is that of a person in lists.
func (p *Person) Place() ListPlace { return ListPlace{strings.ToLower(p.label()), p.ID} }

// People lists a tenant's people by name, n at most, behind a place.
func (d *Directory) People(_ context.Context, tenant string, f PeopleFilter, after ListPlace, n int) []*Person {
	s := d.read(tenant)
	today := d.Today()
	if f.On == "" {
		f.On = today
	}
	list := s.inOrder()
	if after != (ListPlace{}) {
		at, exact := slices.BinarySearchFunc(list, after, func(q *Person, p ListPlace) int { return p.behind(q) })
		if exact {
			at++
		}
		list = list[at:]
	}
	query := strings.ToLower(f.Query)
	var found []*Person
	for _, p := range list {
		if len(found) == n {
			break
		}
		if s.wanted(p, f, query) {
			found = append(found, s.view(p, today))
		}
	}
	return found
}

func (s *state) wanted(p *Person, f PeopleFilter, query string) bool {
	if f.Unit != "" {
		unit := unitOn(p, f.On)
		if unit != f.Unit && !(f.Below && slices.Contains(s.pathOn(unit, f.On), f.Unit)) {
			return false
		}
	}
	if f.Group != "" {
		if g := s.groups[f.Group]; g == nil || !slices.Contains(s.groupsOf[p.ID], f.Group) || g.member(p.ID) < 0 {
			return false
		}
	}
	if query == "" {
		return true
	}
	for _, text := range slices.Concat(p.names(), []string{p.Staff}, p.Identifiers) {
		if strings.Contains(strings.ToLower(text), query) {
			return true
		}
	}
	return false
}

// PersonByStaff is who has a staff number.
func (d *Directory) PersonByStaff(_ context.Context, tenant, staff string) (*Person, bool) {
	s := d.read(tenant)
	p := s.people[s.staff[staff]]
	if p == nil || staff == "" {
		return nil, false
	}
	return s.view(p, d.Today()), true
}

// Units lists all units by code and name.
func (d *Directory) Units(_ context.Context, tenant string) []*Unit {
	return slices.SortedFunc(maps.Values(d.read(tenant).units), func(a, b *Unit) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
}

// UnitsBelow are the ids of a unit and of all that lie below it on a day, in order;
// no day is today.
func (d *Directory) UnitsBelow(_ context.Context, tenant, id string, day Date) []string {
	s := d.read(tenant)
	if day == "" {
		day = d.Today()
	}
	var ids []string
	for other := range s.units {
		if slices.Contains(s.pathOn(other, day), id) {
			ids = append(ids, other)
		}
	}
	slices.Sort(ids)
	return ids
}

// Members are how many people each unit has on a day, without those below it; no day is
// today.
func (d *Directory) Members(tenant string, day Date) map[string]int {
	if day == "" {
		day = d.Today()
	}
	n := map[string]int{}
	for _, p := range d.read(tenant).people {
		if unit := unitOn(p, day); unit != "" {
			n[unit]++
		}
	}
	return n
}

// GroupsWith lists the groups that a person is in at any time, or trains, by name.
func (d *Directory) GroupsWith(_ context.Context, tenant, person string) []*Group {
	s := d.read(tenant)
	var list []*Group
	for _, id := range s.groupsOf[person] {
		list = append(list, s.groups[id])
	}
	slices.SortFunc(list, func(a, b *Group) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// Groups lists all groups by name.
func (d *Directory) Groups(_ context.Context, tenant string) []*Group {
	return slices.SortedFunc(maps.Values(d.read(tenant).groups), func(a, b *Group) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.ID, b.ID))
	})
}

// Headcounts lists what is kept, by year and unit; year 0 is all.
func (d *Directory) Headcounts(_ context.Context, tenant string, year int) []*Headcount {
	list := slices.SortedFunc(maps.Values(d.read(tenant).headcounts), func(a, b *Headcount) int {
		return cmp.Or(cmp.Compare(a.Year, b.Year), cmp.Compare(a.Unit, b.Unit))
	})
	return slices.DeleteFunc(list, func(h *Headcount) bool { return year != 0 && h.Year != year })
}

// Merges lists what was merged, the latest first.
func (d *Directory) Merges(_ context.Context, tenant string) []*Merge {
	return slices.SortedFunc(maps.Values(d.read(tenant).merges), func(a, b *Merge) int {
		return cmp.Or(cmp.Compare(b.Merged, a.Merged), cmp.Compare(b.Version, a.Version))
	})
}

// Imports lists what was imported, the latest first.
func (d *Directory) Imports(_ context.Context, tenant string) []*Import {
	return slices.SortedFunc(maps.Values(d.read(tenant).imports), func(a, b *Import) int {
		return cmp.Or(cmp.Compare(b.At, a.At), cmp.Compare(a.ID, b.ID))
	})
}
