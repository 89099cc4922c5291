package attendance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"lernspur/catalog"
	"lernspur/documents"
	"lernspur/statements"
)

// All instants in this package are in microseconds since 1970 UTC; 0 is none.

// Session is one date of a course on which people come together.
type Session struct {
	ID     uuid.UUID `json:"id"`
	Tenant string    `json:"-"`
	Course string    `json:"course"`
	Title  string    `json:"title"`
	Place  string    `json:"place,omitempty"`
	Begins int64     `json:"begins"`
	Ends   int64     `json:"ends"`
	// Minutes is how long it counts for whoever attends all of it.
	Minutes int `json:"minutes"`
	// Trainer is a name; TrainerActor is the JSON of an Agent, or empty, and the
	// instructor of statements.
	Trainer      string          `json:"trainer,omitempty"`
	TrainerActor json.RawMessage `json:"trainerActor,omitempty"`
	// Completes tells that attending completes the course, for Least minutes at
	// least; 0: for any.
	Completes bool `json:"completes,omitempty"`
	Least     int  `json:"least,omitempty"`
	// Code is what participants enter; nil: there is none.
	Code    *Code  `json:"code,omitempty"`
	By      string `json:"by,omitempty"`
	Created int64  `json:"created"`
	Changed int64  `json:"changed"`
	Deleted bool   `json:"deleted,omitempty"`
}

// Edit is what people say about a session; nil leaves a field as it is.
type Edit struct {
	Title, Place, Trainer *string
	Begins, Ends          *int64
	Minutes, Least        *int
	TrainerActor          *json.RawMessage
	Completes             *bool
}

// Limits of what people say, in bytes and in minutes.
const (
	maxTitle   = 1000
	maxLine    = 500
	maxMinutes = 60 * 24 * 31
	maxActor   = 4096
)

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

func (e *Edit) apply(s *Session) error {
	set(&s.Title, e.Title)
	set(&s.Place, e.Place)
	set(&s.Trainer, e.Trainer)
	set(&s.Begins, e.Begins)
	set(&s.Ends, e.Ends)
	set(&s.Minutes, e.Minutes)
	set(&s.Least, e.Least)
	set(&s.TrainerActor, e.TrainerActor)
	set(&s.Completes, e.Completes)
	if s.Minutes == 0 && s.Ends > s.Begins {
		s.Minutes = max(1, int((s.Ends-s.Begins)/60e6))
	}
	return s.check()
}

func (s *Session) check() error {
	for field, text := range map[string]string{"title": s.Title, "place": s.Place, "trainer": s.Trainer} {
		most := maxLine
		if field == "title" {
			most = maxTitle
		}
		if len(text) > most || !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return &catalog.Invalid{Field: field, Message: fmt.Sprintf("this is longer than %d bytes, has control characters, or is not UTF-8", most)}
		}
	}
	switch {
	case strings.TrimSpace(s.Title) == "":
		return &catalog.Invalid{Field: "title", Message: "a title is needed"}
	case s.Begins <= 0:
		return &catalog.Invalid{Field: "begins", Message: "it is needed when the session begins"}
	case s.Ends <= s.Begins:
		return &catalog.Invalid{Field: "ends", Message: "this is not after begins"}
	case s.Minutes < 1 || s.Minutes > maxMinutes:
		return &catalog.Invalid{Field: "minutes", Message: fmt.Sprintf("this is a number of minutes from 1 to %d", maxMinutes)}
	case s.Least < 0 || s.Least > s.Minutes:
		return &catalog.Invalid{Field: "least", Message: "this is a number of minutes that the session has"}
	}
	if string(s.TrainerActor) == "null" {
		s.TrainerActor = nil
	}
	if len(s.TrainerActor) == 0 {
		return nil
	}
	if _, err := statements.AgentIdentifier(s.TrainerActor, statements.V1); err != nil || len(s.TrainerActor) > maxActor {
		return &catalog.Invalid{Field: "trainerActor", Message: "this is not the JSON of an Agent"}
	}
	return nil
}

// Create makes a session of a course. Errors: catalog.ErrNotFound,
// *catalog.Invalid, *catalog.Busy.
func (s *Service) Create(ctx context.Context, tenant, course, by string, e Edit) (*Session, error) {
	if _, err := s.course(ctx, tenant, course); err != nil {
		return nil, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, err
	}
	now := s.now()
	se := &Session{ID: id, Tenant: tenant, Course: course, By: by, Created: now, Changed: now}
	if err := e.apply(se); err != nil {
		return nil, err
	}
	return change(ctx, s.deps.Records, sessionKey(tenant, id.String()), func(*Session) (*Session, error) { return se, nil })
}

// course is a course that is not deleted.
func (s *Service) course(ctx context.Context, tenant, id string) (*catalog.Course, error) {
	c, err := s.deps.Catalog.Outline(ctx, tenant, id)
	if err == nil && c.Deleted {
		return nil, catalog.ErrNotFound
	}
	return c, err
}

// Session is one session. Errors: catalog.ErrNotFound, *catalog.Busy.
func (s *Service) Session(ctx context.Context, tenant string, id uuid.UUID) (*Session, error) {
	se, err := read[Session](ctx, s.deps.Records, sessionKey(tenant, id.String()))
	if err != nil {
		return nil, err
	}
	if se == nil || se.Deleted {
		return nil, catalog.ErrNotFound
	}
	se.Tenant = tenant
	return se, nil
}

// Sessions are up to n sessions of a course (empty: of all), in the order in which
// they were made, from the one behind after (uuid.Nil: the first) on.
func (s *Service) Sessions(ctx context.Context, tenant, course string, after uuid.UUID, n int) ([]*Session, error) {
	at := ""
	if after != uuid.Nil {
		at = after.String()
	}
	list := []*Session{}
	for {
		page, err := s.deps.Records.List(ctx, documents.Range{Shelf: sessionKey(tenant, "").Shelf, AfterID: at, Limit: pageSize})
		if err != nil {
			return nil, err
		}
		for _, d := range page {
			se, err := decode[Session](d)
			if err != nil {
				return nil, err
			}
			se.Tenant, at = tenant, d.ID
			if se.Deleted || course != "" && se.Course != course {
				continue
			}
			if list = append(list, se); len(list) == n {
				return list, nil
			}
		}
		if len(page) < pageSize {
			return list, nil
		}
	}
}

// Edit changes a session. Attendance that was recorded before stays as it was
// recorded. Errors: catalog.ErrNotFound, *catalog.Invalid, *catalog.Busy.
func (s *Service) Edit(ctx context.Context, tenant string, id uuid.UUID, e Edit) (*Session, error) {
	return s.changeSession(ctx, tenant, id, e.apply)
}

func (s *Service) changeSession(ctx context.Context, tenant string, id uuid.UUID, edit func(*Session) error) (*Session, error) {
	se, err := change(ctx, s.deps.Records, sessionKey(tenant, id.String()), func(se *Session) (*Session, error) {
		if se == nil || se.Deleted {
			return nil, catalog.ErrNotFound
		}
		if err := edit(se); err != nil {
			return nil, err
		}
		se.Changed = max(s.now(), se.Changed)
		return se, nil
	})
	if err != nil {
		return nil, err
	}
	se.Tenant = tenant
	return se, nil
}

// errAttended ends a look for somebody who attended.
var errAttended = errors.New("somebody attended")

// Delete deletes a session that nobody attended. Errors: catalog.ErrNotFound,
// *catalog.Conflict, *catalog.Busy.
func (s *Service) Delete(ctx context.Context, tenant string, id uuid.UUID) error {
	leave, err := s.gates.take(ctx, tenant+id.String(), everybody)
	if err != nil {
		return err
	}
	defer leave()
	if _, err := s.Session(ctx, tenant, id); err != nil {
		return err
	}
	err = s.eachRecord(ctx, tenant, id, func(r *Record) error {
		if r.State == Attended || r.Pending != nil {
			return errAttended
		}
		return nil
	})
	if errors.Is(err, errAttended) {
		return &catalog.Conflict{Message: "there are people who attended this session; take that back first"}
	}
	if err != nil {
		return err
	}
	_, err = s.changeSession(ctx, tenant, id, func(se *Session) error {
		se.Deleted, se.Code = true, nil
		return nil
	})
	return err
}
