package launch

import (
	"slices"

	"lernspur/content/manifest"
)

// The values of moveOn (13.1.4).
const (
	moveOnPassed             = "Passed"
	moveOnCompleted          = "Completed"
	moveOnCompletedAndPassed = "CompletedAndPassed"
	moveOnCompletedOrPassed  = "CompletedOrPassed"
	moveOnNotApplicable      = "NotApplicable"
)

// met tells whether an AU's criteria are met. One that was waived counts as if
// they were (9.3.9).
func (a AU) met(moveOn string) bool {
	if a.Waived {
		return true
	}
	switch moveOn {
	case moveOnPassed:
		return a.Passed
	case moveOnCompleted:
		return a.Completed
	case moveOnCompletedAndPassed:
		return a.Completed && a.Passed
	case moveOnCompletedOrPassed:
		return a.Completed || a.Passed
	default: // NotApplicable, which is what an AU has without a word of its own
		return true
	}
}

// satisfy notes the blocks and the course that are satisfied now and were not
// before, inner ones first, and answers them (9.3.9).
func (s *State) satisfy(course *manifest.Item) []*manifest.Item {
	var fresh []*manifest.Item
	var walk func(item *manifest.Item) bool
	walk = func(item *manifest.Item) bool {
		if item.Type == manifest.AU {
			return s.AUs[item.ID].met(item.MoveOn)
		}
		all := true
		for _, child := range item.Children {
			all = walk(child) && all // every block is looked at
		}
		if all && len(item.Children) > 0 && !slices.Contains(s.Satisfied, item.ID) {
			s.Satisfied = append(s.Satisfied, item.ID)
			fresh = append(fresh, item)
		}
		return all
	}
	walk(course)
	return fresh
}
