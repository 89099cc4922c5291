package directory

import (
	"cmp"
	"context"
	"slices"
)

// GroupEdit is what is said about a group; nil leaves a value as it is.
type GroupEdit struct {
	Code, Name, Course *string
	From, Until        *Date
	Members            *[]GroupMember
	Trainers           *[]string
}

func (n *GroupEdit) apply(g *Group) {
	set(&g.Code, n.Code)
	set(&g.Name, n.Name)
	set(&g.Course, n.Course)
	set(&g.From, n.From)
	set(&g.Until, n.Until)
	set(&g.Members, n.Members)
	set(&g.Trainers, n.Trainers)
}

// AddGroup adds a group. Errors: *Invalid, *Conflict, and those of every change.
func (d *Directory) AddGroup(ctx context.Context, tenant string, n GroupEdit) (*Group, error) {
	g := &Group{}
	n.apply(g)
	return g, d.change(ctx, tenant, func(e *edit) error { return e.addGroup(g) })
}

// EditGroup changes a group; version is the one that the caller knows, 0 any.
// Errors beside those of AddGroup: ErrNotFound, ErrChanged.
func (d *Directory) EditGroup(ctx context.Context, tenant, id string, version int64, n GroupEdit) (*Group, error) {
	return d.editGroup(ctx, tenant, id, version, func(g *Group) error { n.apply(g); return nil })
}

// SetMember puts a person into a group, or changes the days. Errors as those of
// EditGroup.
func (d *Directory) SetMember(ctx context.Context, tenant, id string, version int64, m GroupMember) (*Group, error) {
	return d.editGroup(ctx, tenant, id, version, func(g *Group) error {
		g.setMember(m)
		return nil
	})
}

// RemoveMember takes a person out of a group. Errors as those of EditGroup.
func (d *Directory) RemoveMember(ctx context.Context, tenant, id string, version int64, person string) (*Group, error) {
	return d.editGroup(ctx, tenant, id, version, func(g *Group) error {
		n := len(g.Members)
		g.Members = slices.DeleteFunc(slices.Clone(g.Members), func(m GroupMember) bool { return m.Person == person })
		if len(g.Members) == n {
			return ErrNotFound
		}
		return nil
	})
}

func (d *Directory) editGroup(ctx context.Context, tenant, id string, version int64, change func(*Group) error) (*Group, error) {
	var g *Group
	return g, d.change(ctx, tenant, func(e *edit) (err error) {
		old := e.groups[id]
		if err := known(old != nil, func() int64 { return old.Version }, version); err != nil {
			return err
		}
		next := *old
		if err := change(&next); err != nil {
			return err
		}
		g, err = e.putGroup(&next)
		return err
	})
}

// DeleteGroup takes out a group. Errors: ErrNotFound, ErrChanged.
func (d *Directory) DeleteGroup(ctx context.Context, tenant, id string, version int64) error {
	return d.change(ctx, tenant, func(e *edit) error {
		g := e.groups[id]
		if err := known(g != nil, func() int64 { return g.Version }, version); err != nil {
			return err
		}
		e.dropGroup(id)
		e.touched[recordGroup+id] = true
		return nil
	})
}

// setMember puts a person into a group whose list is not shared afterwards.
func (g *Group) setMember(m GroupMember) {
	g.Members = slices.Clone(g.Members)
	for i := range g.Members {
		if g.Members[i].Person == m.Person {
			g.Members[i] = m
			return
		}
	}
	g.Members = append(g.Members, m)
}

func (e *edit) addGroup(g *Group) error {
	g.ID, g.Created = newID(), e.now
	_, err := e.putGroup(g)
	return err
}

// putGroup puts a group in that is not shared yet, if anything of it is new.
func (e *edit) putGroup(g *Group) (*Group, error) {
	if err := e.checkGroup(g); err != nil {
		return nil, err
	}
	if old := e.groups[g.ID]; old != nil && sameGroup(old, g) {
		return old, nil
	}
	g.Changed = e.now
	e.setGroup(g)
	e.touched[recordGroup+g.ID] = true
	return g, nil
}

func sameGroup(a, b *Group) bool {
	return a.Code == b.Code && a.Name == b.Name && a.Course == b.Course && a.From == b.From && a.Until == b.Until &&
		slices.Equal(a.Members, b.Members) && slices.Equal(a.Trainers, b.Trainers)
}

func (e *edit) checkGroup(g *Group) error {
	if g.Name == "" {
		return invalid("name", "a group needs a name")
	}
	for _, text := range []struct {
		field, value string
		limit        int
	}{{"name", g.Name, maxName}, {"code", g.Code, maxCode}, {"course", g.Course, maxName}} {
		if err := checkText(text.field, text.value, text.limit); err != nil {
			return err
		}
	}
	if other, taken := e.groupCode[g.Code]; taken && other != g.ID {
		return conflict("the code %s is that of the group %s", g.Code, e.groups[other].Name)
	}
	if err := checkSpan("from", span{g.From, g.Until}); err != nil {
		return err
	}
	if len(g.Members) > e.limits.Members || len(g.Trainers) > e.limits.Members {
		return invalid("members", "a group has %d members at most", e.limits.Members)
	}
	g.Members = slices.Clone(g.Members)
	slices.SortFunc(g.Members, func(a, b GroupMember) int { return cmp.Compare(a.Person, b.Person) })
	for i, m := range g.Members {
		if e.people[m.Person] == nil {
			return invalid("members", "there is no person %q", short(m.Person))
		}
		if i > 0 && g.Members[i-1].Person == m.Person {
			return invalid("members", "%s is listed twice", e.people[m.Person].label())
		}
		if err := checkSpan("members", m.span()); err != nil {
			return err
		}
	}
	g.Trainers = slices.Clone(g.Trainers)
	slices.Sort(g.Trainers)
	g.Trainers = slices.Compact(g.Trainers)
	for _, id := range g.Trainers {
		if e.people[id] == nil {
			return invalid("trainers", "there is no person %q", short(id))
		}
	}
	return nil
}
