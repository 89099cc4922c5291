package catalog

import (
	"encoding/json"
	"strings"

	"github.com/google/uuid"
)

// Learner is who learns.
type Learner struct {
	// Actor is the JSON of an Agent, as statements get it: with an account, or
	// whichever identifier the tenant uses.
	Actor json.RawMessage `json:"actor"`
	// Identifier is the Agent's canonical identifier (statements.AgentIdentifier);
	// Register fills it in.
	Identifier string `json:"identifier"`
	Name       string `json:"name,omitempty"`
}

// The states of a registration. Whoever runs content moves it on.
const (
	// NotStarted: nothing was opened yet.
	NotStarted = "not-started"
	// Started: an attempt was begun.
	Started = "started"
	// Completed, Passed and Failed are outcomes of the course as a whole.
	Completed = "completed"
	Passed    = "passed"
	Failed    = "failed"
	// Satisfied is that of cmi5 (all its moveOn criteria are met).
	Satisfied = "satisfied"
)

// Registration is a learner in a course: the registration of statements.
type Registration struct {
	ID     uuid.UUID `json:"id"`
	Tenant string    `json:"-"`
	Course string    `json:"course"`
	// Version is the number of the version that the learner plays. It stays until
	// a Reset, so that an upload changes nothing under those who have begun.
	Version int     `json:"version"`
	Learner Learner `json:"learner"`
	Created int64   `json:"created"`
	// Opens and Closes bound when it can be launched; 0 bounds nothing.
	Opens  int64 `json:"opens,omitempty"`
	Closes int64 `json:"closes,omitempty"`
	// Attempts are in the order in which they began, over all items.
	Attempts []Attempt `json:"attempts,omitempty"`
	State    string    `json:"state"`
	// Resets counts how often it was reset: launches from before are void.
	Resets int `json:"resets,omitempty"`
	// Data is for whoever runs the content (cmi5: what is satisfied so far), of
	// 64 KiB at most.
	Data json.RawMessage `json:"data,omitempty"`
}

// Attempt is one try at one item.
type Attempt struct {
	ID uuid.UUID `json:"id"`
	// Item is the identifier in the manifest.
	Item    string `json:"item"`
	Started int64  `json:"started"`
	Ended   int64  `json:"ended,omitempty"`
	// Outcome is completed, passed, failed, abandoned, … or empty.
	Outcome string `json:"outcome,omitempty"`
	// Score is scaled, from −1 to 1; nil for none.
	Score *float64 `json:"score,omitempty"`
	// Reset tells that it was before a Reset, and counts for nothing now.
	Reset bool `json:"reset,omitempty"`
}

// attendedPrefix is how Item of an attempt begins that was no package's: attendance
// of a session, whose id follows.
const attendedPrefix = "session/"

// AttendanceItem is the Item of an attempt that stands for attending a session.
func AttendanceItem(session string) string { return attendedPrefix + session }

// Attended tells that the attempt stands for attending a session.
func (a *Attempt) Attended() bool { return strings.HasPrefix(a.Item, attendedPrefix) }

// Mode is how content is opened, under the names of cmi5 and SCORM in lower case.
type Mode string

// The modes.
const (
	Normal Mode = "normal"
	Browse Mode = "browse"
	Review Mode = "review"
)

// Launch is content that was opened, or may be, by whoever has the token.
type Launch struct {
	// Token is the only credential of the content: letters, digits, hyphens,
	// underscores and one dot, at most 256 of them. It is kept nowhere; only
	// Open and Launched fill it in.
	Token string `json:"-"`
	// ID is that of the launch; for cmi5 it serves as the session id.
	ID      uuid.UUID `json:"id"`
	Tenant  string    `json:"-"`
	Course  string    `json:"course"`
	Version int       `json:"version"`
	// Item is the identifier of the item in the manifest that is opened first.
	Item string `json:"item"`
	// Registration is uuid.Nil for a preview, of which nothing is recorded.
	Registration uuid.UUID `json:"registration"`
	Learner      Learner   `json:"learner"`
	Mode         Mode      `json:"mode"`
	Created      int64     `json:"created"`
	Expires      int64     `json:"expires"`
	// ReturnURL is where the learner goes afterwards; empty for nowhere.
	ReturnURL string `json:"returnUrl,omitempty"`
	// By says who made the link: the id of a key, or a word of the command line.
	By string `json:"by,omitempty"`
	// Resets is that of the registration when it was made.
	Resets int `json:"resets,omitempty"`

	// The bounds of the registration as they are now, which Launched looks at.
	opens, closes int64
}

// Preview tells that nothing of the launch is to be recorded.
func (l *Launch) Preview() bool { return l.Registration == uuid.Nil }
