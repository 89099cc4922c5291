package directory

import (
	"cmp"
	"context"
	"slices"
)

// mergedGroup is what the person that is gone was in a group, and whether the one
// that remains was that, too.
type mergedGroup struct {
	Group       string       `json:"group"`
	Member      *GroupMember `json:"member,omitempty"`
	KeptMember  bool         `json:"keptMember,omitempty"`
	Trainer     bool         `json:"trainer,omitempty"`
	KeptTrainer bool         `json:"keptTrainer,omitempty"`
}

// MergeOptions are about why two persons are one.
type MergeOptions struct {
	Reason string // at most 200 bytes
	By     string // the key or account that asked
	// Kept and Gone are the versions of both that the caller knows; 0 is any.
	Kept, Gone int64
}

// MergePreview is what a merge would make of two people.
type MergePreview struct {
	Kept, Gone *Person // as they are
	// Person is what remains: with the groups of both.
	Person *Person
	// Lost is what of Gone nobody has afterwards: a second staff number, times in
	// units beside those of Kept.
	LostStaff string
	LostUnits []Membership
}

// PreviewMerge says what Merge would do, and does nothing. Errors as those of Merge.
func (d *Directory) PreviewMerge(_ context.Context, tenant, kept, gone string) (*MergePreview, error) {
	s, today := d.read(tenant), d.Today()
	e := d.edit(s)
	if err := e.run(func(e *edit) error { _, err := e.merge(kept, gone, MergeOptions{}); return err }); err != nil {
		return nil, err
	}
	p := &MergePreview{Kept: s.view(s.people[kept], today), Gone: s.view(s.people[gone], today), Person: e.view(e.people[kept], today)}
	if p.Gone.Staff != p.Person.Staff {
		p.LostStaff = p.Gone.Staff
	}
	if !slices.Equal(p.Gone.Memberships, p.Person.Memberships) {
		p.LostUnits = p.Gone.Memberships
	}
	return p, nil
}

// Merge makes one person of two: kept remains and gets the identifiers of gone, its
// groups, and what it lacks of name, staff number and memberships. gone is not there
// any longer, but its id leads to kept. Errors: ErrNotFound, *Invalid, and those of
// every change.
func (d *Directory) Merge(ctx context.Context, tenant, kept, gone string, o MergeOptions) (*Merge, error) {
	var m *Merge
	return m, d.change(ctx, tenant, func(e *edit) (err error) {
		m, err = e.merge(kept, gone, o)
		return err
	})
}

// Split undoes a merge: gone is there again with the identifiers that it brought,
// as far as kept still has them, and with its groups. What was changed since stays
// with kept. Errors: ErrNotFound, ErrChanged, *Conflict when it is undone already or
// kept is not there, and those of every change.
func (d *Directory) Split(ctx context.Context, tenant, merge string, version int64) (*Merge, error) {
	var m *Merge
	return m, d.change(ctx, tenant, func(e *edit) (err error) {
		old := e.merges[merge]
		if err := known(old != nil, func() int64 { return old.Version }, version); err != nil {
			return err
		}
		m, err = e.split(old)
		return err
	})
}

func (e *edit) merge(keptID, goneID string, o MergeOptions) (*Merge, error) {
	kept, gone := e.people[keptID], e.people[goneID]
	switch {
	case kept == nil || gone == nil:
		return nil, ErrNotFound
	case kept == gone:
		return nil, invalid("gone", "these are one person already")
	case o.Kept != 0 && o.Kept != kept.Version || o.Gone != 0 && o.Gone != gone.Version:
		return nil, ErrChanged
	}
	if err := checkText("reason", o.Reason, maxName); err != nil {
		return nil, err
	}
	m := &Merge{ID: newID(), Kept: kept.ID, Gone: gone.ID, Reason: o.Reason, By: o.By, Merged: e.now}
	m.Before.Kept, m.Before.Gone = kept, gone
	for _, id := range slices.Sorted(slices.Values(e.groupsOf[goneID])) {
		g := *e.groups[id]
		m.Groups = append(m.Groups, g.takeOver(keptID, goneID))
		if _, err := e.putGroup(&g); err != nil {
			return nil, err
		}
	}
	e.dropPerson(goneID)
	e.touched[recordPerson+goneID] = true
	next := *kept
	next.Name, next.Staff = cmp.Or(kept.Name, gone.Name), cmp.Or(kept.Staff, gone.Staff)
	next.OtherNames = slices.Clone(kept.OtherNames)
	for _, name := range gone.names() {
		if name != next.Name && !slices.Contains(next.OtherNames, name) {
			next.OtherNames = append(next.OtherNames, name)
		}
	}
	next.Identifiers = append(slices.Clone(kept.Identifiers), gone.Identifiers...)
	if len(kept.Memberships) == 0 {
		next.Memberships = gone.Memberships
	}
	if _, err := e.putPerson(&next); err != nil {
		return nil, err
	}
	e.setMerge(m)
	e.touched[recordMerge+m.ID] = true
	return m, nil
}

// names are all names of a person.
func (p *Person) names() []string {
	if p.Name == "" {
		return p.OtherNames
	}
	return append([]string{p.Name}, p.OtherNames...)
}

// Names are all names of a person, the first the one that people use.
func (p *Person) Names() []string { return slices.Clone(p.names()) }

// member is the place of a person among the members, -1 for none.
func (g *Group) member(person string) int {
	return slices.IndexFunc(g.Members, func(m GroupMember) bool { return m.Person == person })
}

// takeOver puts one person in another's place, in a group that is not shared yet.
func (g *Group) takeOver(kept, gone string) mergedGroup {
	was := mergedGroup{Group: g.ID, KeptMember: g.member(kept) >= 0, KeptTrainer: slices.Contains(g.Trainers, kept), Trainer: slices.Contains(g.Trainers, gone)}
	if i := g.member(gone); i >= 0 {
		m := g.Members[i]
		was.Member = &m
		g.Members = slices.Delete(slices.Clone(g.Members), i, i+1)
		if !was.KeptMember {
			g.Members = append(g.Members, GroupMember{kept, m.From, m.Until})
		}
	}
	if was.Trainer {
		g.Trainers = append(without(g.Trainers, gone), kept)
	}
	return was
}

// giveBack undoes takeOver, as far as kept is still what it was then.
func (g *Group) giveBack(was mergedGroup, kept, gone string) {
	if i := g.member(kept); i >= 0 && was.Member != nil && g.member(gone) < 0 {
		g.Members = slices.Clone(g.Members)
		m := *was.Member
		if !was.KeptMember {
			m = GroupMember{gone, g.Members[i].From, g.Members[i].Until}
			g.Members = slices.Delete(g.Members, i, i+1)
		}
		g.Members = append(g.Members, m)
	}
	if slices.Contains(g.Trainers, kept) && was.Trainer {
		trainers := slices.Clone(g.Trainers)
		if !was.KeptTrainer {
			trainers = without(trainers, kept)
		}
		g.Trainers = append(trainers, gone)
	}
}

func without(list []string, value string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(other string) bool { return other == value })
}

func (e *edit) split(m *Merge) (*Merge, error) {
	kept := e.people[m.Kept]
	switch {
	case m.Split != 0:
		return nil, conflict("this merge was undone already")
	case kept == nil && e.person(m.Kept) != nil:
		return nil, conflict("who remained went into %s later; undo that first", e.person(m.Kept).label())
	case kept == nil:
		return nil, conflict("who remained is not there any longer")
	}
	back, next := *m.Before.Gone, *kept
	back.Identifiers, next.Identifiers = parted(kept.Identifiers, back.Identifiers)
	back.Memberships = slices.DeleteFunc(slices.Clone(back.Memberships), func(s Membership) bool { return e.units[s.Unit] == nil })
	next.restore(m)
	if _, err := e.putPerson(&next); err != nil {
		return nil, err
	}
	if _, err := e.putPerson(&back); err != nil {
		return nil, err
	}
	for _, was := range m.Groups {
		if e.groups[was.Group] == nil {
			continue
		}
		g := *e.groups[was.Group]
		g.giveBack(was, m.Kept, m.Gone)
		if _, err := e.putGroup(&g); err != nil {
			return nil, err
		}
	}
	undone := *m
	undone.Split = e.now
	e.setMerge(&undone)
	e.touched[recordMerge+m.ID] = true
	return &undone, nil
}

// parted divides identifiers into those that were brought, also as an mbox of
// which only the sum was known then, and the others.
func parted(all, brought []string) (back, rest []string) {
	for _, identifier := range all {
		if slices.Contains(brought, identifier) || slices.Contains(brought, implied(identifier)) {
			back = append(back, identifier)
		} else {
			rest = append(rest, identifier)
		}
	}
	return back, rest
}

// restore takes back what a merge gave to the one that remained, unless it was
// changed since.
func (p *Person) restore(m *Merge) {
	before, gone := m.Before.Kept, m.Before.Gone
	if before.Name == "" && p.Name == gone.Name {
		p.Name = ""
	}
	if before.Staff == "" && p.Staff == gone.Staff {
		p.Staff = ""
	}
	if len(before.Memberships) == 0 && slices.Equal(p.Memberships, gone.Memberships) {
		p.Memberships = nil
	}
	p.OtherNames = slices.DeleteFunc(slices.Clone(p.OtherNames), func(name string) bool {
		return slices.Contains(gone.names(), name) && !slices.Contains(before.OtherNames, name)
	})
}
