package browse

import (
	"slices"

	"lernspur/statements"
)

// maxActors bounds the identifiers of the people whose statements somebody sees.
const maxActors = 20_000

// sight is what somebody may see: everybody's statements, or those whose actor is one
// of some people.
type sight struct {
	all     bool
	members []Person        // else
	actors  []string        // all their identifiers
	theirs  map[string]bool // the same
	own     []string        // identifiers of whoever looks
	// answers: how single people answered questions.
	answers bool
	// nobodyAlone: not what one person did, picked out of what all did.
	nobodyAlone bool
}

func newSight(members []Person, self Person, answers bool) (*sight, error) {
	s := &sight{members: members, theirs: make(map[string]bool, 2*len(members)), actors: []string{}, own: self.Identifiers, answers: answers}
	for _, p := range members {
		for _, identifier := range p.Identifiers {
			if !s.theirs[identifier] {
				s.theirs[identifier] = true
				s.actors = append(s.actors, identifier)
			}
		}
	}
	if len(s.actors) > maxActors {
		return nil, ErrTooMany
	}
	return s, nil
}

// meets tells whether a person is one of those whose statements are seen.
func (s *sight) meets(p Person) bool {
	return s.all || slices.ContainsFunc(p.Identifiers, func(identifier string) bool { return s.theirs[identifier] })
}

// knows tells whether an agent in a statement may be seen.
func (s *sight) knows(identifier string) bool {
	return s.all || s.theirs[identifier] || slices.Contains(s.own, identifier)
}

// these are the statements of a list that are seen. It is for those that were asked
// for by their ids; what a query answers is narrowed by the query.
func (s *sight) these(list []statements.Found) []statements.Found {
	if s.all {
		return list
	}
	var seen []statements.Found
	for _, f := range list {
		if st, err := statements.Reparse(f.Raw); err == nil && s.theirs[st.Actor] {
			seen = append(seen, f)
		}
	}
	return seen
}
