package launch

import (
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"

	"github.com/google/uuid"
)

// State is all that is known of a registration for a cmi5 course: one record,
// replaced as a whole. A State that was kept is never changed. Instants are in
// microseconds since 1970.
type State struct {
	Course  string `json:"course"`
	Version int    `json:"version"`
	// Resets is how often the registration had been reset when this began.
	Resets int `json:"resets,omitempty"`
	// Actor is the JSON of the learner's Agent, Identifier its canonical
	// identifier.
	Actor      json.RawMessage `json:"actor"`
	Identifier string          `json:"identifier"`
	// AUs has what is known of those of which something is, by the publisher's id.
	AUs map[string]AU `json:"aus,omitempty"`
	// Satisfied are the publisher's ids of the course and the blocks of which it
	// was said.
	Satisfied []string `json:"satisfied,omitempty"`
	// LastLaunch is when the last session began.
	LastLaunch int64 `json:"lastLaunch,omitempty"`
	// Session is the last one: a launch abandons the one before, so no other can
	// be open.
	Session *Session `json:"session,omitempty"`
	// Pending is what this State counts on and may not be stored yet.
	Pending *Pending `json:"pending,omitempty"`
}

// AU is what a registration has of an AU.
type AU struct {
	Completed bool `json:"completed,omitempty"`
	Passed    bool `json:"passed,omitempty"`
	Waived    bool `json:"waived,omitempty"`
}

// Session is the time between the launch of an AU and its end.
type Session struct {
	ID uuid.UUID `json:"id"`
	// Item is the publisher's id of the AU, Activity the one that the LMS gave it.
	Item     string `json:"item"`
	Activity string `json:"activity"`
	// Mode is Normal, Browse or Review.
	Mode string `json:"mode"`
	// Mastery is the masteryScore of the launch data; nil for none.
	Mastery *float64 `json:"mastery,omitempty"`
	// Grouping are the ids that the context template has there.
	Grouping []string `json:"grouping"`
	// Preview tells that nothing of it is recorded.
	Preview bool `json:"preview,omitempty"`

	Launched int64 `json:"launched"`
	// Expires is when its token ends by itself.
	Expires int64 `json:"expires"`
	// Fetch is the SHA-256 of the one-time part of the fetch URL, Fetched when it
	// was used.
	Fetch   string `json:"fetch"`
	Fetched int64  `json:"fetched,omitempty"`
	// Preferences tells that the AU asked for the learner preferences (11.0).
	Preferences bool `json:"preferences,omitempty"`
	// Said are the cmi5 defined statements so far, by verb.
	Said map[string]Said `json:"said,omitempty"`
	// Ended is terminated or abandoned; empty while it is open.
	Ended string `json:"ended,omitempty"`
	// Last is when the AU said something last.
	Last int64 `json:"last,omitempty"`
}

// The ways in which a session ends.
const (
	terminated = "terminated"
	abandoned  = "abandoned"
)

// Said is a statement that was taken.
type Said struct {
	ID     uuid.UUID `json:"id"`
	Digest string    `json:"digest"`
}

// Pending are statements that are committed together, after the State that has
// them was kept.
type Pending struct {
	// Theirs is the first of those that the AU sent; uuid.Nil when all are ours.
	Theirs uuid.UUID `json:"theirs,omitzero"`
	// Ours is a JSON array of those that we made.
	Ours json.RawMessage `json:"ours,omitempty"`
	// Since is when they were to be committed.
	Since int64 `json:"since"`
	// Before is the State to go back to when the AU's was not stored.
	Before *State `json:"before,omitempty"`
}

// clone is a copy that can be changed. It has nothing pending.
func (s *State) clone() *State {
	c := *s
	c.AUs, c.Satisfied, c.Pending = maps.Clone(s.AUs), slices.Clone(s.Satisfied), nil
	if s.Session != nil {
		session := *s.Session
		session.Said = maps.Clone(s.Session.Said)
		c.Session = &session
	}
	return &c
}

// session is the open or last session of this id; nil when it is another.
func (s *State) session(id uuid.UUID) *Session {
	if s == nil || s.Session == nil || s.Session.ID != id {
		return nil
	}
	return s.Session
}

// alive refuses everything in a session that is over (9.3.6, 9.3.8).
func (s *State) alive(id uuid.UUID) error {
	session := s.session(id)
	switch {
	case session == nil, session.Ended == abandoned:
		return refuse("9.3.6", "this session was abandoned")
	case session.Ended == terminated:
		return refuse("9.3.8", "this session is terminated")
	}
	return nil
}

// repeated tells whether a statement is one that was taken before, sent again.
func (s *Session) repeated(v *view) bool {
	said, ok := s.Said[v.verb]
	return ok && v.defined() && said == (Said{v.id, hex.EncodeToString(v.digest[:])})
}

// note takes down a cmi5 defined statement that was judged.
func (s *State) note(v *view) {
	session := s.Session
	if session.Said == nil {
		session.Said = make(map[string]Said)
	}
	session.Said[v.verb] = Said{v.id, hex.EncodeToString(v.digest[:])}
	if v.verb == verbTerminated {
		session.Ended = terminated
	}
	if v.verb != verbCompleted && v.verb != verbPassed {
		return
	}
	if s.AUs == nil {
		s.AUs = make(map[string]AU)
	}
	au := s.AUs[session.Item]
	au.Completed = au.Completed || v.verb == verbCompleted
	au.Passed = au.Passed || v.verb == verbPassed
	s.AUs[session.Item] = au
}
