package launch

import (
	"context"
	"errors"
	"slices"

	"lernspur/catalog"
	"lernspur/content/manifest"

	"github.com/google/uuid"
)

// Abandon ends the open session of a registration without a word of the AU, and
// answers its id (9.3.6). Errors: ErrNoSession, ErrNotFound, *Busy, internal ones.
func (s *Service) Abandon(ctx context.Context, tenant string, registration uuid.UUID) (session uuid.UUID, err error) {
	p := place{tenant, registration}
	ctx, cancel := detached(ctx)
	defer cancel()
	err = s.locked(ctx, p, func(e *entry, state *State) error {
		if state == nil || state.Session == nil || state.Session.Ended != "" {
			return ErrNoSession
		}
		next := state.clone()
		course, structure, err := s.structure(ctx, tenant, next)
		if err != nil {
			return err
		}
		m := &maker{course: course, registration: registration, actor: next.Actor, at: s.now()}
		session = next.Session.ID
		return s.say(ctx, p, e, next, []object{s.abandonedBy(m, e, structure, next.Session)})
	})
	if err != nil {
		return uuid.Nil, err
	}
	s.note(ctx, tenant, registration, func(r *catalog.Registration) {
		for i := range r.Attempts {
			if a := &r.Attempts[i]; a.ID == session {
				a.Ended = s.now()
				if a.Outcome == "" {
					a.Outcome = abandoned
				}
			}
		}
	})
	return session, nil
}

// Waive says that an AU, by the publisher's id, need not be done (9.3.7), and what
// is satisfied by that. reason is one of the specification's (9.5.5.2) as a rule.
// Errors: ErrNotFound, ErrNotCmi5, ErrWaived, ErrNoAccount, *Busy, internal ones.
func (s *Service) Waive(ctx context.Context, tenant string, registration uuid.UUID, item, reason string) error {
	return s.outside(ctx, tenant, registration, func(next *State, structure *manifest.Item, m *maker, session uuid.UUID) ([]object, error) {
		au := find(structure, item)
		switch {
		case au == nil || au.Type != manifest.AU:
			return nil, ErrNotFound
		case next.AUs[item].Waived:
			return nil, ErrWaived
		}
		if next.AUs == nil {
			next.AUs = make(map[string]AU)
		}
		known := next.AUs[item]
		known.Waived = true
		next.AUs[item] = known
		return []object{m.waived(au, session, reason)}, nil
	})
}

// Registered says what is satisfied by the registration alone, since nothing is
// asked of its AUs (9.6.1). A launch does it as well, where nobody did before.
// Errors as those of Waive.
func (s *Service) Registered(ctx context.Context, tenant string, registration uuid.UUID) error {
	return s.outside(ctx, tenant, registration, func(*State, *manifest.Item, *maker, uuid.UUID) ([]object, error) { return nil, nil })
}

// outside changes a State beside its sessions, and says what is satisfied by that.
func (s *Service) outside(ctx context.Context, tenant string, registration uuid.UUID,
	change func(next *State, structure *manifest.Item, m *maker, session uuid.UUID) ([]object, error)) error {
	r, err := s.opts.Catalog.Registration(ctx, tenant, registration)
	if errors.Is(err, catalog.ErrNotFound) {
		return ErrNotFound
	} else if err != nil {
		return err
	}
	p := place{tenant, registration}
	ctx, cancel := detached(ctx)
	defer cancel()
	whole := false
	err = s.locked(ctx, p, func(e *entry, state *State) error {
		if state == nil || state.Resets < r.Resets {
			if state, err = s.fresh(r, state); err != nil {
				return err
			}
		}
		next := state.clone()
		course, structure, err := s.structure(ctx, tenant, next)
		if err != nil {
			return err
		}
		m := &maker{course: course, registration: registration, actor: next.Actor, at: s.now()}
		session := uuid.New()
		said, err := change(next, structure, m, session)
		if err != nil {
			return err
		}
		satisfied := next.satisfy(structure)
		whole = slices.Contains(satisfied, structure)
		if said = append(said, m.satisfied(satisfied, session)...); len(said) == 0 {
			return nil
		}
		return s.say(ctx, p, e, next, said)
	})
	if err == nil && whole {
		s.note(ctx, tenant, registration, func(r *catalog.Registration) { r.State = catalog.Satisfied })
	}
	return err
}

// fresh is the State of a registration of which nothing is known, or nothing any
// more. Its open session, if there is one, stays.
func (s *Service) fresh(r *catalog.Registration, old *State) (*State, error) {
	actor, identifier, err := s.learner(&catalog.Launch{Registration: r.ID, Learner: r.Learner})
	if err != nil {
		return nil, err
	}
	state := &State{Course: r.Course, Version: r.Version, Resets: r.Resets, Actor: actor, Identifier: identifier}
	if old != nil {
		state.LastLaunch, state.Session = old.LastLaunch, old.Session
	}
	return state, nil
}
