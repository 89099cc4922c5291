package launch

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"lernspur/catalog"
	"lernspur/content/manifest"
	"lernspur/documents"
	"lernspur/statements"

	"github.com/google/uuid"
	"go.uber.org/zap"
)

// keyPrefix is how the ids of keys begin that belong to a session; the id of the
// session follows.
const keyPrefix = "cmi5-"

// Holder is what a request that comes with the token of a session is held against.
type Holder struct {
	service *Service
	place   place
	session uuid.UUID
}

// Holder is the session that a key belongs to; nil for a key of another kind.
func (s *Service) Holder(keyID, tenant string, registration uuid.UUID) *Holder {
	text, ok := strings.CutPrefix(keyID, keyPrefix)
	if !ok || registration == uuid.Nil {
		return nil
	}
	session, err := uuid.Parse(text)
	if err != nil {
		return nil
	}
	return &Holder{s, place{tenant, registration}, session}
}

// Alive refuses everything once the session is over: its token is worth nothing
// then, on any resource. Errors: *Refused, *Busy, internal ones.
func (h *Holder) Alive(ctx context.Context) error {
	state, err := h.service.current(ctx, h.place)
	if err != nil {
		return err
	}
	return state.alive(h.session)
}

// Reading notes which document is read: the learner preferences come first (11.0).
func (h *Holder) Reading(ctx context.Context, key documents.Key) error {
	state, err := h.service.current(ctx, h.place)
	if err != nil {
		return err
	}
	if err := state.alive(h.session); err != nil {
		return err
	}
	if key.Kind != documents.AgentProfile || key.ID != preferencesID || state.Session.Preferences {
		return nil
	}
	ctx, cancel := detached(ctx)
	defer cancel()
	return h.service.locked(ctx, h.place, func(e *entry, state *State) error {
		if err := state.alive(h.session); err != nil {
			return err
		}
		next := state.clone()
		next.Session.Preferences = true
		_, err := h.service.keep(ctx, h.place, e, next)
		return err
	})
}

// Writing judges a change of a document; content is nil when it is deleted, and an
// empty id means all of a State's context. Errors: *Refused, *Busy, internal ones.
func (h *Holder) Writing(ctx context.Context, key documents.Key, content *documents.Document) error {
	state, err := h.service.current(ctx, h.place)
	if err != nil {
		return err
	}
	if err := state.alive(h.session); err != nil {
		return err
	}
	switch key.Kind {
	case documents.State:
		if key.ID == launchDataID || key.ID == "" {
			return refuse("10.2.1", "an AU may not change or delete %s", launchDataID)
		}
	case documents.AgentProfile:
		if key.ID == preferencesID {
			return preferences(content)
		}
	case documents.ActivityProfile:
		if !strings.HasPrefix(key.Activity, state.Session.Activity) {
			return refuse("8.1.5", "the profile is that of another activity than the one of the launch")
		}
	}
	return nil
}

// preferences judges learner preferences (11.0 to 11.2).
func preferences(d *documents.Document) error {
	if d == nil {
		return refuse("11.0", "an AU may not delete the learner preferences")
	}
	var p struct {
		Language *string `json:"languagePreference"`
		Audio    *string `json:"audioPreference"`
	}
	switch {
	case !documents.IsJSON(d.ContentType), json.Unmarshal(d.Content, &p) != nil, p.Language == nil, p.Audio == nil:
		return refuse("11.0", "learner preferences are a JSON object (Content-Type application/json) with languagePreference and audioPreference")
	case *p.Audio != "on" && *p.Audio != "off":
		return refuse("11.2", "audioPreference is on or off")
	}
	for tag := range strings.SplitSeq(*p.Language, ",") {
		if !isLanguage(tag) {
			return refuse("11.1", "languagePreference is a list of language tags (RFC 5646), separated by commas, and not %q", *p.Language)
		}
	}
	return nil
}

// isLanguage tells whether a text has the form of a language tag.
func isLanguage(tag string) bool {
	for i, part := range strings.Split(tag, "-") {
		if len(part) == 0 || len(part) > 8 || i == 0 && len(part) < 2 && part != "x" && part != "i" {
			return false
		}
		for _, c := range []byte(part) {
			if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || i > 0 && c >= '0' && c <= '9') {
				return false
			}
		}
	}
	return true
}

// Commit judges the statements of a request and has them stored by commit,
// together with what follows from them: when it returns nil, satisfied is stored
// as well. What commit is given is durable as a whole or not at all; its error is
// ErrUncertain when that is not known. Errors: *Refused, *Busy, those of commit,
// and internal ones.
func (h *Holder) Commit(ctx context.Context, sts []*statements.Statement, commit func(context.Context, []*statements.Statement) error) error {
	views := make([]*view, len(sts))
	for i, st := range sts {
		v, err := look(st)
		if err != nil {
			return err
		}
		views[i] = v
	}
	// The outcome has to be known before the next one is judged, whether the
	// client waits for it or not.
	working, cancel := detached(ctx)
	defer cancel()
	return h.service.locked(ctx, h.place, func(e *entry, state *State) error {
		if state.session(h.session) == nil {
			return refuse("9.3.6", "this session was abandoned")
		}
		next, fresh, err := state.after(h.place.registration, views)
		if err != nil {
			return err
		}
		c := &commitment{h: h, e: e, before: state, next: next, fresh: fresh, sts: sts, commit: commit}
		return c.run(working)
	})
}

// after is the State behind statements, and those of them that change it. The
// error is *Refused.
func (s *State) after(registration uuid.UUID, views []*view) (next *State, fresh []*view, err error) {
	next = s.clone()
	for i, v := range views {
		again := next.Session.repeated(v)
		if err := next.take(registration, v); err != nil {
			var refused *Refused
			if errors.As(err, &refused) {
				refused.Statement = i
			}
			return nil, nil, err
		}
		if v.defined() && !again {
			fresh = append(fresh, v)
		}
	}
	return next, fresh, nil
}

// commitment is one request of an AU that keeps the rules.
type commitment struct {
	h            *Holder
	e            *entry
	before, next *State
	fresh        []*view // the new cmi5 defined statements
	sts          []*statements.Statement
	commit       func(context.Context, []*statements.Statement) error
}

func (c *commitment) run(ctx context.Context) error {
	s := c.h.service
	now := s.now()
	c.next.Session.Last = now
	switch {
	case c.next.Session.Preview && len(c.fresh) == 0:
		return nil
	case c.next.Session.Preview:
		_, err := s.keep(ctx, c.h.place, c.e, c.next)
		return err
	case len(c.fresh) == 0:
		err := c.commit(ctx, c.sts)
		if err == nil {
			c.e.last.Store(now)
		}
		return err
	}
	ours, whole, err := c.consequences(ctx)
	if err != nil {
		return err
	}
	// The State goes first: after a crash between the two it says what to look
	// for, and in no case can two statements that exclude each other be stored.
	c.next.Pending = &Pending{Theirs: c.fresh[0].id, Since: now, Before: c.before}
	if _, err := s.keep(ctx, c.h.place, c.e, c.next); err != nil {
		return err
	}
	err = c.commit(ctx, slices.Concat(c.sts, ours))
	switch {
	case err == nil:
		c.e.last.Store(now)
		c.e.state.Store(c.next.clone())
		c.noteOutcome(ctx, whole)
		return nil
	case errors.Is(err, ErrUncertain):
		return err // settle finds out
	}
	if _, kept := s.keep(ctx, c.h.place, c.e, c.before.clone()); kept != nil {
		s.opts.Logger.Warn("a refused statement is looked up later", zap.Error(kept))
	}
	return err
}

// consequences are the statements that follow from those of the AU; whole tells
// that the course is satisfied now.
func (c *commitment) consequences(ctx context.Context) (ours []*statements.Statement, whole bool, err error) {
	if !slices.ContainsFunc(c.fresh, func(v *view) bool { return v.verb == verbCompleted || v.verb == verbPassed }) {
		return nil, false, nil
	}
	s := c.h.service
	course, structure, err := s.structure(ctx, c.h.place.tenant, c.next)
	if err != nil {
		return nil, false, err
	}
	satisfied := c.next.satisfy(structure)
	if len(satisfied) == 0 {
		return nil, false, nil
	}
	m := &maker{course: course, registration: c.h.place.registration, actor: c.next.Actor, at: s.now()}
	array, err := json.Marshal(m.satisfied(satisfied, c.h.session))
	if err != nil {
		return nil, false, err
	}
	ours, err = s.opts.Statements.Parse(c.h.place.tenant, array)
	return ours, slices.Contains(satisfied, structure), err
}

// structure is the course of a State and its first item.
func (s *Service) structure(ctx context.Context, tenant string, state *State) (*catalog.Course, *manifest.Item, error) {
	course, version, err := s.opts.Catalog.Version(ctx, tenant, state.Course, state.Version)
	if errors.Is(err, catalog.ErrNotFound) && state.Version != 0 {
		// A version that is gone; registrations go on with the current one.
		course, version, err = s.opts.Catalog.Version(ctx, tenant, state.Course, 0)
	}
	if errors.Is(err, catalog.ErrNotFound) {
		return nil, nil, ErrNotFound
	}
	if err != nil {
		return nil, nil, err
	}
	if version.Manifest == nil || version.Manifest.Kind != manifest.Cmi5 || len(version.Manifest.Structure) == 0 {
		return nil, nil, ErrNotCmi5
	}
	return course, version.Manifest.Structure[0], nil
}

// noteOutcome tells the catalogue how an attempt goes on.
func (c *commitment) noteOutcome(ctx context.Context, whole bool) {
	session := c.next.Session
	c.h.service.note(ctx, c.h.place.tenant, c.h.place.registration, func(r *catalog.Registration) {
		for i := range r.Attempts {
			a := &r.Attempts[i]
			if a.ID != session.ID {
				continue
			}
			for _, v := range c.fresh {
				switch v.verb {
				case verbTerminated:
					a.Ended = session.Last
				case verbPassed, verbFailed:
					a.Outcome = v.verb[len(verbADL):]
					if v.score != nil && v.score.Scaled != nil {
						a.Score = v.score.Scaled
					}
				case verbCompleted:
					if a.Outcome == "" {
						a.Outcome = catalog.Completed
					}
				}
			}
		}
		if whole {
			r.State = catalog.Satisfied
		}
	})
}
