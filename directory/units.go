package directory

import (
	"cmp"
	"context"
	"slices"
)

// UnitEdit is what is said about a unit; nil leaves a value as it is.
type UnitEdit struct {
	Code, Name, Kind *string
	Places           *[]Place
	// Parent moves the unit from From on: to the unit of that id, or to the top with
	// "". Moves that were planned for later stay. A unit that lies nowhere yet lies
	// there since ever.
	Parent *string
	From   Date // no day is today
	// Until closes the unit with that day, or opens it again with "". Whoever is in
	// it longer leaves it then.
	Until *Date
}

func (n *UnitEdit) apply(u *Unit, today Date) {
	set(&u.Code, n.Code)
	set(&u.Name, n.Name)
	set(&u.Kind, n.Kind)
	set(&u.Places, n.Places)
	if n.Parent != nil {
		from := n.From
		if from == "" && len(u.Places) > 0 {
			from = today
		}
		u.move(*n.Parent, from)
	}
	set(&u.Until, n.Until)
}

// move has a unit lie somewhere else from a day on, until the next move.
func (u *Unit) move(parent string, from Date) {
	if len(u.Places) > 0 && u.parentOn(from) == parent {
		return
	}
	places := slices.DeleteFunc(slices.Clone(u.Places), func(p Place) bool { return p.From == from })
	places = append(places, Place{parent, from})
	slices.SortFunc(places, func(a, b Place) int { return cmp.Compare(a.From, b.From) })
	u.Places = slices.CompactFunc(places, func(a, b Place) bool { return a.Parent == b.Parent })
}

// AddUnit adds a unit. Errors: *Invalid, *Conflict when the tree would be none,
// and those of every change.
func (d *Directory) AddUnit(ctx context.Context, tenant string, n UnitEdit) (*Unit, error) {
	u := &Unit{}
	return u, d.change(ctx, tenant, func(e *edit) error {
		n.apply(u, e.today)
		return e.addUnit(u)
	})
}

// EditUnit changes or moves a unit; version is the one that the caller knows, 0
// any. Errors beside those of AddUnit: ErrNotFound, ErrChanged.
func (d *Directory) EditUnit(ctx context.Context, tenant, id string, version int64, n UnitEdit) (*Unit, error) {
	var u *Unit
	return u, d.change(ctx, tenant, func(e *edit) (err error) {
		old := e.units[id]
		if err := known(old != nil, func() int64 { return old.Version }, version); err != nil {
			return err
		}
		next := *old
		n.apply(&next, e.today)
		if next.Until != old.Until {
			if err := e.leave(&next); err != nil {
				return err
			}
		}
		u, err = e.putUnit(&next)
		return err
	})
}

// leave has people leave a unit on its last day.
func (e *edit) leave(u *Unit) error {
	if _, err := ParseDate(string(u.Until)); err != nil {
		return invalid("until", "%s", err)
	}
	if u.Until == "" {
		return nil
	}
	for _, p := range e.people {
		if !slices.ContainsFunc(p.Memberships, func(m Membership) bool { return m.beyond(u) }) {
			continue
		}
		next := *p
		next.Memberships = nil
		for _, m := range p.Memberships {
			if m.beyond(u) {
				m.Until = u.Until
			}
			if m.Until == "" || m.From <= m.Until {
				next.Memberships = append(next.Memberships, m)
			}
		}
		if _, err := e.putPerson(&next); err != nil {
			return err
		}
	}
	return nil
}

// beyond tells whether a time in a unit lasts longer than the unit.
func (m Membership) beyond(u *Unit) bool {
	return m.Unit == u.ID && u.Until != "" && (m.Until == "" || m.Until > u.Until)
}

// MembersBeyond is how many people are in a unit on a day behind this one: closing it
// has them leave. No day is today.
func (d *Directory) MembersBeyond(tenant, id string, day Date) (n int) {
	if day == "" {
		day = d.Today()
	}
	for _, p := range d.read(tenant).people {
		if slices.ContainsFunc(p.Memberships, func(m Membership) bool { return m.beyond(&Unit{ID: id, Until: day}) }) {
			n++
		}
	}
	return n
}

// DeleteUnit takes out a unit that nothing refers to. Errors: ErrNotFound,
// ErrChanged, *Conflict.
func (d *Directory) DeleteUnit(ctx context.Context, tenant, id string, version int64) error {
	return d.change(ctx, tenant, func(e *edit) error {
		u := e.units[id]
		if err := known(u != nil, func() int64 { return u.Version }, version); err != nil {
			return err
		}
		for _, other := range e.units {
			if other.ID != id && slices.ContainsFunc(other.Places, func(p Place) bool { return p.Parent == id }) {
				return conflict("the unit %s lies below it, or has", other.label())
			}
		}
		for _, p := range e.people {
			if slices.ContainsFunc(p.Memberships, func(m Membership) bool { return m.Unit == id }) {
				return conflict("people are in this unit, or were: %s is one", p.label())
			}
		}
		for key := range e.headcounts {
			if key.unit == id {
				return conflict("the unit has a headcount for %d", key.year)
			}
		}
		e.dropUnit(id)
		e.touched[recordUnit+id] = true
		return nil
	})
}

func (e *edit) addUnit(u *Unit) error {
	u.ID, u.Created = newID(), e.now
	_, err := e.putUnit(u)
	return err
}

// putUnit puts a unit in that is not shared yet, if anything of it is new. Whether
// the tree is one is checked at the end of the change.
func (e *edit) putUnit(u *Unit) (*Unit, error) {
	if err := e.checkUnit(u); err != nil {
		return nil, err
	}
	if old := e.units[u.ID]; old != nil && old.Code == u.Code && old.Name == u.Name && old.Kind == u.Kind && old.Until == u.Until && slices.Equal(old.Places, u.Places) {
		return old, nil
	}
	u.Changed = e.now
	e.setUnit(u)
	e.touched[recordUnit+u.ID] = true
	return u, nil
}

func (e *edit) checkUnit(u *Unit) error {
	if u.Name == "" {
		return invalid("name", "a unit needs a name")
	}
	for _, text := range []struct {
		field, value string
		limit        int
	}{{"name", u.Name, maxName}, {"code", u.Code, maxCode}, {"kind", u.Kind, maxCode}} {
		if err := checkText(text.field, text.value, text.limit); err != nil {
			return err
		}
	}
	if other, taken := e.unitCode[u.Code]; taken && other != u.ID {
		return conflict("the code %s is that of the unit %s", u.Code, e.units[other].Name)
	}
	if len(u.Places) > maxSpans {
		return invalid("places", "a unit moves %d times at most", maxSpans)
	}
	u.Places = slices.Clone(u.Places)
	slices.SortFunc(u.Places, func(a, b Place) int { return cmp.Compare(a.From, b.From) })
	for i, p := range u.Places {
		if _, err := ParseDate(string(p.From)); err != nil {
			return invalid("places", "%s", err)
		}
		if i > 0 && u.Places[i-1].From == p.From {
			return invalid("places", "a unit lies in one place: there are two from the same day on")
		}
	}
	return nil
}

// SetHeadcount says how many people a unit has in a year, with all that lies below
// it; nil takes it back. version is the one that the caller knows, 0 any. Errors:
// *Invalid, ErrNotFound, ErrChanged.
func (d *Directory) SetHeadcount(ctx context.Context, tenant, unit string, year int, version int64, count *int) (*Headcount, error) {
	var h *Headcount
	return h, d.change(ctx, tenant, func(e *edit) (err error) {
		key := headcountKey{unit, year}
		old := e.headcounts[key]
		if old == nil && (version != 0 || count == nil) {
			return ErrNotFound
		}
		if old != nil && version != 0 && old.Version != version {
			return ErrChanged
		}
		if count == nil {
			e.dropHeadcount(key)
			return nil
		}
		h, err = e.putHeadcount(unit, year, *count)
		return err
	})
}

func (e *edit) dropHeadcount(key headcountKey) {
	delete(e.headcounts, key)
	e.touched[key.record()] = true
}

// maxCount bounds a headcount.
const maxCount = 10_000_000

func (e *edit) putHeadcount(unit string, year, count int) (*Headcount, error) {
	switch {
	case e.units[unit] == nil:
		return nil, invalid("unit", "there is no unit %q", short(unit))
	case year < 1900 || year > 2299:
		return nil, invalid("year", "%d is not a year between 1900 and 2299", year)
	case count < 0 || count > maxCount:
		return nil, invalid("count", "a headcount is a number from 0 to %d", maxCount)
	}
	key := headcountKey{unit, year}
	if old := e.headcounts[key]; old != nil && old.Count == count {
		return old, nil
	}
	h := &Headcount{Unit: unit, Year: year, Count: count, Changed: e.now}
	e.headcounts[key] = h
	e.touched[key.record()] = true
	return h, nil
}
