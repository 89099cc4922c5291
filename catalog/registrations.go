package catalog

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"lernspur/documents"
	"lernspur/statements"
)

// RegisterOptions say how a learner is registered.
type RegisterOptions struct {
	// Opens and Closes bound when the course can be launched; 0 bounds nothing.
	Opens, Closes int64
	// Again makes a new registration where there is one already.
	Again bool
}

const (
	maxActor = 4096
	// maxAgain is how often a learner can be registered for one course.
	maxAgain = 100
	// maxData is how large Registration.Data can be.
	maxData = 64 << 10
	// MaxAttempts is how many attempts are kept of a registration.
	MaxAttempts = 2000
)

// enrolment is what a learner has of a course.
type enrolment struct {
	Registrations []uuid.UUID `json:"registrations"` // the newest last
}

// check completes a learner.
func (l *Learner) check() error {
	if len(l.Actor) > maxActor {
		return &Invalid{"learner.actor", fmt.Sprintf("this is longer than %d bytes", maxActor)}
	}
	agent, err := statements.ParseAgent(l.Actor, statements.V1)
	var invalid *statements.Invalid
	switch {
	case errors.As(err, &invalid) && len(invalid.Violations) > 0:
		return &Invalid{"learner.actor", "this is not an Agent: " + invalid.Violations[0].Message}
	case err != nil:
		return err
	case agent.Group:
		return &Invalid{"learner.actor", "this is a Group; a learner is an Agent"}
	}
	var actor bytes.Buffer
	if err := json.Compact(&actor, l.Actor); err != nil {
		return &Invalid{"learner.actor", "this is not JSON"}
	}
	l.Actor, l.Identifier = actor.Bytes(), agent.Identifier
	if l.Name == "" {
		l.Name = agent.Name
	}
	return checkLine("learner.name", l.Name, maxName, true)
}

// Checked is the learner with its identifier, compact, or why it cannot be one.
// Errors: *Invalid.
func (l Learner) Checked() (Learner, error) {
	err := l.check()
	return l, err
}

func checkDates(opens, closes int64) error {
	switch {
	case opens < 0 || closes < 0:
		return &Invalid{"opens", "this is before 1970"}
	case opens != 0 && closes != 0 && closes <= opens:
		return &Invalid{"closes", "this is not after opens"}
	}
	return nil
}

// Register registers a learner for a course, and answers the registration that
// there is already, unless another is asked for. Errors: ErrNotFound, *Invalid,
// *Conflict, *Busy.
//
// The learner's list gets the id first, so that two that register the same
// learner at once get the same; the registration itself comes last. What a crash
// leaves in between is completed by the next call.
func (s *Service) Register(ctx context.Context, tenant, course string, l Learner, o RegisterOptions) (*Registration, error) {
	if err := l.check(); err != nil {
		return nil, err
	}
	if err := checkDates(o.Opens, o.Closes); err != nil {
		return nil, err
	}
	c, err := s.course(ctx, tenant, course)
	if err != nil {
		return nil, err
	}
	id, err := s.enrol(ctx, tenant, course, l.Identifier, o.Again)
	if err != nil {
		return nil, err
	}
	_, err = change(ctx, s.deps.Records, placeKey(tenant, id), func(at *string) (*string, error) {
		if at != nil {
			return nil, nil
		}
		return &course, nil
	})
	if err != nil {
		return nil, err
	}
	r, err := change(ctx, s.deps.Records, registrationKey(tenant, course, id), func(r *Registration) (*Registration, error) {
		if r != nil {
			return nil, nil
		}
		return &Registration{ID: id, Course: course, Version: c.Current, Learner: l, Created: s.now(), Opens: o.Opens, Closes: o.Closes, State: NotStarted}, nil
	})
	if err != nil {
		return nil, err
	}
	r.Tenant = tenant
	return r, nil
}

// enrol answers the id of the registration.
func (s *Service) enrol(ctx context.Context, tenant, course, learner string, again bool) (uuid.UUID, error) {
	fresh, err := uuid.NewV7()
	if err != nil {
		return uuid.Nil, err
	}
	e, err := change(ctx, s.deps.Records, enrolmentKey(tenant, learner, course), func(e *enrolment) (*enrolment, error) {
		switch {
		case e == nil:
			e = &enrolment{}
		case len(e.Registrations) > 0 && !again:
			return nil, nil
		case len(e.Registrations) >= maxAgain:
			return nil, &Conflict{fmt.Sprintf("the learner was registered for this course %d times, which is the most", maxAgain)}
		}
		e.Registrations = append(e.Registrations, fresh)
		return e, nil
	})
	if err != nil {
		return uuid.Nil, err
	}
	return e.Registrations[len(e.Registrations)-1], nil
}

// placeOf is the course of a registration.
func (s *Service) placeOf(ctx context.Context, tenant string, id uuid.UUID) (string, error) {
	course, err := read[string](ctx, s.deps.Records, placeKey(tenant, id))
	if err != nil {
		return "", err
	}
	if course == nil || id == uuid.Nil {
		return "", ErrNotFound
	}
	return *course, nil
}

// Registration is one registration. It is the caller's own copy. Errors:
// ErrNotFound.
func (s *Service) Registration(ctx context.Context, tenant string, id uuid.UUID) (*Registration, error) {
	course, err := s.placeOf(ctx, tenant, id)
	if err != nil {
		return nil, err
	}
	r, err := read[Registration](ctx, s.deps.Records, registrationKey(tenant, course, id))
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, ErrNotFound
	}
	r.Tenant = tenant
	return r, nil
}

// Registrations are up to n registrations of a course, from the one behind after
// (uuid.Nil: the first) on. They are in an order that stays, and means nothing.
func (s *Service) Registrations(ctx context.Context, tenant, course string, after uuid.UUID, n int) ([]*Registration, error) {
	docs, err := s.deps.Records.List(ctx, documents.Range{Shelf: registrationKey(tenant, course, uuid.Nil).Shelf, AfterRegistration: after, Limit: n})
	if err != nil {
		return nil, err
	}
	list := make([]*Registration, len(docs))
	for i, d := range docs {
		if list[i], err = decode[Registration](d); err != nil {
			return nil, err
		}
		list[i].Tenant = tenant
	}
	return list, nil
}

// maxOfLearner bounds the courses of a learner that are listed.
const maxOfLearner = 1000

// RegistrationsOf are the registrations of a learner (canonical identifier), by
// course, those of one course in the order in which they were made.
func (s *Service) RegistrationsOf(ctx context.Context, tenant, learner string) ([]*Registration, error) {
	docs, err := s.deps.Records.List(ctx, documents.Range{Shelf: enrolmentKey(tenant, learner, "").Shelf, Limit: maxOfLearner})
	if err != nil {
		return nil, err
	}
	list := []*Registration{}
	for _, d := range docs {
		e, err := decode[enrolment](d)
		if err != nil {
			return nil, err
		}
		for _, id := range e.Registrations {
			r, err := read[Registration](ctx, s.deps.Records, registrationKey(tenant, d.ID, id))
			if err != nil {
				return nil, err
			}
			if r == nil {
				continue // it was never completed
			}
			r.Tenant = tenant
			list = append(list, r)
		}
	}
	return list, nil
}

// Note changes a registration as one durable step: no other change comes
// between. change may change Attempts, State, Opens, Closes and Data; it is called
// once at most and waits for nothing; its error is Note's. What is durable is
// answered. Errors: ErrNotFound, *Invalid, *Busy.
func (s *Service) Note(ctx context.Context, tenant string, registration uuid.UUID, edit func(*Registration) error) (*Registration, error) {
	return s.changeRegistration(ctx, tenant, registration, func(r *Registration) error {
		before := *r
		if err := edit(r); err != nil {
			return err
		}
		r.ID, r.Tenant, r.Course, r.Version = before.ID, before.Tenant, before.Course, before.Version
		r.Learner, r.Created, r.Resets = before.Learner, before.Created, before.Resets
		switch {
		case len(r.Data) > maxData:
			return &Invalid{"data", fmt.Sprintf("this is longer than %d bytes", maxData)}
		case len(r.Attempts) > MaxAttempts:
			return &Conflict{fmt.Sprintf("the registration has %d attempts, which is the most that are kept", MaxAttempts)}
		}
		return checkDates(r.Opens, r.Closes)
	})
}

func (s *Service) changeRegistration(ctx context.Context, tenant string, id uuid.UUID, edit func(*Registration) error) (*Registration, error) {
	course, err := s.placeOf(ctx, tenant, id)
	if err != nil {
		return nil, err
	}
	ctx, cancel := decided(ctx)
	defer cancel()
	void := false // launches that are remembered
	r, err := change(ctx, s.deps.Records, registrationKey(tenant, course, id), func(r *Registration) (*Registration, error) {
		if r == nil {
			return nil, ErrNotFound
		}
		r.Tenant = tenant
		before := *r
		if err := edit(r); err != nil {
			return nil, err
		}
		void = before.Opens != r.Opens || before.Closes != r.Closes || before.Resets != r.Resets
		return r, nil
	})
	if void { // also after an error, which may come late
		s.launches.remove(func(_ string, l *Launch) bool { return l.Tenant == tenant && l.Registration == id })
	}
	return r, err
}

// Reset lets a learner begin anew: attempts stay and count no more, what content
// keeps is gone, launches are void, and the version is the course's current one.
// Errors: ErrNotFound, *Busy.
func (s *Service) Reset(ctx context.Context, tenant string, registration uuid.UUID) (*Registration, error) {
	course, err := s.placeOf(ctx, tenant, registration)
	if err != nil {
		return nil, err
	}
	c, err := s.course(ctx, tenant, course)
	if err != nil {
		return nil, err
	}
	r, err := s.changeRegistration(ctx, tenant, registration, func(r *Registration) error {
		now := s.now()
		for i := range r.Attempts {
			if r.Attempts[i].Reset = true; r.Attempts[i].Ended == 0 {
				r.Attempts[i].Ended = now
			}
		}
		r.State, r.Data, r.Version = NotStarted, nil, c.Current
		r.Resets++
		return nil
	})
	if err != nil {
		return nil, err
	}
	// What content kept is out of reach by now; this only saves room.
	if err := s.forgetRuntime(ctx, r); err != nil {
		s.deps.Logger.Warn("what content kept before a reset was not removed")
	}
	return r, nil
}

func (s *Service) forgetRuntime(ctx context.Context, r *Registration) error {
	docs, err := s.deps.Records.List(ctx, documents.Range{Shelf: runtimeShelf(r.Tenant, r.Course, r.Resets-1), Registration: r.ID, Limit: pageSize})
	if err != nil {
		return err
	}
	for _, d := range docs {
		_, err := s.deps.Records.Change(ctx, d.Key, func(*documents.Document) (*documents.Document, error) {
			return &documents.Document{Deleted: true}, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
