package directory

import (
	"slices"
	"strconv"
)

// ImportValue is what a row changes in a field: what goes and what comes, of lists the
// entries that differ.
type ImportValue struct {
	Field        string
	Gone, Coming []ImportPart
}

// ImportPart is a text, and the days on which it holds.
type ImportPart struct {
	Text        string
	From, Until Date
}

// values gathers what is different.
type values []ImportValue

func (v *values) add(field string, gone, coming []ImportPart) {
	only := func(list, other []ImportPart) []ImportPart {
		return slices.DeleteFunc(slices.Clone(list), func(p ImportPart) bool { return p.Text == "" || slices.Contains(other, p) })
	}
	if gone, coming := only(gone, coming), only(coming, gone); len(gone)+len(coming) > 0 {
		*v = append(*v, ImportValue{field, gone, coming})
	}
}

func parts(texts ...string) []ImportPart {
	list := make([]ImportPart, len(texts))
	for i, text := range texts {
		list[i].Text = text
	}
	return list
}

// ofPerson is what is different in a person; old is the zero person for a new one.
func (i *importing) ofPerson(old, p *Person) (v values) {
	v.add("name", parts(old.Name), parts(p.Name))
	v.add("staff", parts(old.Staff), parts(p.Staff))
	v.add("otherNames", parts(old.OtherNames...), parts(p.OtherNames...))
	v.add("identifiers", parts(old.Identifiers...), parts(p.Identifiers...))
	v.add("units", i.times(old.Memberships), i.times(p.Memberships))
	return v
}

func (i *importing) times(list []Membership) []ImportPart {
	var all []ImportPart
	for _, m := range list {
		all = append(all, ImportPart{i.state.units[m.Unit].label(), m.From, m.Until})
	}
	return all
}

// ofUnit is what is different in a unit.
func (i *importing) ofUnit(old, u *Unit) (v values) {
	v.add("name", parts(old.Name), parts(u.Name))
	v.add("kind", parts(old.Kind), parts(u.Kind))
	places := func(u *Unit) (list []ImportPart) {
		for _, p := range u.Places {
			if above := i.state.units[p.Parent]; above != nil {
				list = append(list, ImportPart{Text: above.label(), From: p.From})
			}
		}
		return list
	}
	v.add("places", places(old), places(u))
	return v
}

// ofGroup is what is different in a group.
func (i *importing) ofGroup(old, g *Group) (v values) {
	v.add("name", parts(old.Name), parts(g.Name))
	v.add("code", parts(old.Code), parts(g.Code))
	v.add("course", parts(old.Course), parts(g.Course))
	members := func(g *Group) (list []ImportPart) {
		for _, m := range g.Members {
			list = append(list, ImportPart{i.state.people[m.Person].label(), m.From, m.Until})
		}
		return list
	}
	trainers := func(g *Group) (list []ImportPart) {
		for _, id := range g.Trainers {
			list = append(list, ImportPart{Text: i.state.people[id].label()})
		}
		return list
	}
	v.add("members", members(old), members(g))
	v.add("trainers", trainers(old), trainers(g))
	return v
}

// ofHeadcount is a headcount that is another one.
func ofHeadcount(old, now *Headcount) (v values) {
	number := func(h *Headcount) []ImportPart {
		if h == nil {
			return nil
		}
		return parts(strconv.Itoa(h.Count))
	}
	v.add("count", number(old), number(now))
	return v
}
