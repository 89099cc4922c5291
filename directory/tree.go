package directory

import (
	"slices"
)

// maxDepth is how many units can lie one below the other.
const maxDepth = 20

// parentOn is the unit that a unit lies below on a day; "" at the top.
func (u *Unit) parentOn(day Date) string {
	parent := ""
	for i, p := range u.Places {
		if i > 0 && day < p.From {
			break
		}
		parent = p.Parent
	}
	return parent
}

// pathOn are the ids of the units above a unit on a day, the topmost first, and
// its own; nil when there is no such unit.
func (s *state) pathOn(unit string, day Date) []string {
	var path []string
	for u := s.units[unit]; u != nil && len(path) < maxDepth; u = s.units[u.parentOn(day)] {
		path = append(path, u.ID)
	}
	slices.Reverse(path)
	return path
}

// moves are the days on which anything in the tree changes, the first one "".
func (s *state) moves() []Date {
	days := []Date{""}
	for _, u := range s.units {
		for i, p := range u.Places {
			if i > 0 {
				days = append(days, p.From)
			}
		}
	}
	slices.Sort(days)
	return slices.Compact(days)
}

// closed tells whether a unit is no more on a day.
func (u *Unit) closed(day Date) bool { return u.Until.endsBefore(day) }

// ClosedOn tells whether a unit is no more on a day.
func (u *Unit) ClosedOn(day Date) bool { return u.closed(day) }

// ParentOn is the unit that a unit lies below on a day; "" at the top.
func (u *Unit) ParentOn(day Date) string { return u.parentOn(day) }

// checkClosed refuses units that last longer than what they lie below.
func (s *state) checkClosed() error {
	for _, u := range s.units {
		for i, p := range u.Places {
			above := s.units[p.Parent]
			if above == nil || above.Until == "" {
				continue
			}
			last := u.Until
			if i+1 < len(u.Places) && (last == "" || u.Places[i+1].From <= last) {
				last = u.Places[i+1].From.add(-1)
			}
			if last == "" || above.Until < last {
				return conflict("the unit %s lies below %s, which is closed on %s; close or move it first", u.label(), above.label(), above.Until)
			}
		}
	}
	return nil
}

// checkTree refuses a tree that on any day is none, or is too deep.
func (s *state) checkTree() error {
	if err := s.checkClosed(); err != nil {
		return err
	}
	for _, day := range s.moves() {
		depth := make(map[string]int, len(s.units)) // -1: on the way
		var measure func(u *Unit) error
		measure = func(u *Unit) error {
			switch depth[u.ID] {
			case 0:
			case -1:
				return conflict("the unit %s would lie below itself%s", u.label(), since(day))
			default:
				return nil
			}
			depth[u.ID] = -1
			above := 0
			if id := u.parentOn(day); id != "" {
				parent := s.units[id]
				if parent == nil {
					return conflict("the unit %s lies below a unit %q that is not there", u.label(), id)
				}
				if err := measure(parent); err != nil {
					return err
				}
				above = depth[id]
			}
			if depth[u.ID] = above + 1; above+1 > maxDepth {
				return conflict("the unit %s would lie more than %d levels deep%s", u.label(), maxDepth, since(day))
			}
			return nil
		}
		for _, u := range s.units {
			if err := measure(u); err != nil {
				return err
			}
		}
	}
	return nil
}

// since is an end of a sentence: from a day on, or nothing.
func since(day Date) error {
	if day == "" {
		return tell("")
	}
	return tell(" from %s on", day)
}

// label is how people know a unit.
func (u *Unit) label() string {
	if u.Code != "" {
		return u.Code + " (" + u.Name + ")"
	}
	return u.Name
}

// located is a time in which a unit's path stays the same.
type located struct {
	span
	path []string
}

// whereabouts are the paths of a unit over all time, in order.
func (s *state) whereabouts(unit string, moves []Date) []located {
	var list []located
	for _, day := range moves {
		path := s.pathOn(unit, day)
		if n := len(list); n > 0 {
			if slices.Equal(list[n-1].path, path) {
				continue
			}
			list[n-1].until = day.add(-1)
		}
		list = append(list, located{span{from: day}, path})
	}
	return list
}
