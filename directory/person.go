package directory

import (
	"errors"
	"fmt"
	"time"
)

// Person is somebody who learns, or teaches, or both. Nobody changes one that
// the directory has answered.
type Person struct {
	// ID is ours, and stays.
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
	// OtherNames are those under which content knows the person, too.
	OtherNames []string `json:"otherNames,omitempty"`
	// Staff is the staff number; unique in its tenant, "" for none.
	Staff string `json:"staff,omitempty"`
	// Identifiers are canonical, as statements.Agent has them, each of one person
	// only. An mbox stands for its mbox_sha1sum as well.
	Identifiers []string `json:"identifiers,omitempty"`
	// Memberships say which unit the person belongs to when: in the order of their
	// days, which do not overlap.
	Memberships []Membership `json:"units,omitempty"`

	Created int64 `json:"created"` // microseconds since 1970
	Changed int64 `json:"changed"`
	Version int64 `json:"-"` // of the record

	// Unit is the id of the unit that the person belongs to today, "" for none, and
	// Groups are the ids of the groups that have the person as a member today.
	Unit   string   `json:"-"`
	Groups []string `json:"-"`
}

// Membership is the time that a person spends in a unit.
type Membership struct {
	Unit  string `json:"unit"`
	From  Date   `json:"from,omitempty"`  // the first day; "" since ever
	Until Date   `json:"until,omitempty"` // the last day; "" for ever
}

func (m Membership) span() span { return span{m.From, m.Until} }

// Unit is a part of the organisation: the town, a Dezernat, an Amt, a section.
type Unit struct {
	ID string `json:"id"`
	// Code is the number or sign by which people call the unit, such as 10 or VI;
	// unique in its tenant, "" for none.
	Code string `json:"code,omitempty"`
	Name string `json:"name"`
	Kind string `json:"kind,omitempty"` // in the tenant's own words
	// Places say where the unit lies, in the order of their days: each holds until
	// the next one, and the first one before its day as well.
	Places []Place `json:"places,omitempty"`
	// Until is the last day on which there is the unit; "" while nobody closed it.
	Until Date `json:"until,omitempty"`

	Created int64 `json:"created"`
	Changed int64 `json:"changed"`
	Version int64 `json:"-"`
}

// Place is where a unit lies from a day on.
type Place struct {
	Parent string `json:"parent,omitempty"` // id of a unit; "" for the top
	From   Date   `json:"from,omitempty"`
}

// Group is a course run, a cohort, or any other gathering of people.
type Group struct {
	ID   string `json:"id"`
	Code string `json:"code,omitempty"` // unique in its tenant, "" for none
	Name string `json:"name"`
	// Course is the id of the catalogue's course that the group is a run of; "" for
	// none.
	Course   string        `json:"course,omitempty"`
	From     Date          `json:"from,omitempty"`
	Until    Date          `json:"until,omitempty"`
	Members  []GroupMember `json:"members,omitempty"`
	Trainers []string      `json:"trainers,omitempty"` // ids of persons

	Created int64 `json:"created"`
	Changed int64 `json:"changed"`
	Version int64 `json:"-"`
}

// GroupMember is the time that a person spends in a group.
type GroupMember struct {
	Person string `json:"person"`
	From   Date   `json:"from,omitempty"`
	Until  Date   `json:"until,omitempty"`
}

func (m GroupMember) span() span { return span{m.From, m.Until} }

// Headcount is how many people a unit has in a year, with all that lies below it,
// whether the directory knows them or not.
type Headcount struct {
	Unit    string `json:"unit"`
	Year    int    `json:"year"`
	Count   int    `json:"count"`
	Changed int64  `json:"changed"`
	Version int64  `json:"-"`
}

// Merge is the finding that two persons are one. It can be undone once.
type Merge struct {
	ID     string `json:"id"`
	Kept   string `json:"kept"` // id of the person that remains
	Gone   string `json:"gone"` // id of the person that it took up
	Reason string `json:"reason,omitempty"`
	By     string `json:"by,omitempty"`
	Merged int64  `json:"merged"`          // when
	Split  int64  `json:"split,omitempty"` // when it was undone; 0 not
	// Before are both as they were; Groups say what they were in the groups of the
	// one that is gone.
	Before struct {
		Kept *Person `json:"kept"`
		Gone *Person `json:"gone"`
	} `json:"before"`
	Groups  []mergedGroup `json:"groups,omitempty"`
	Version int64         `json:"-"`
}

// Errors that callers tell apart, beside *Invalid, *Conflict and *Busy.
var (
	// ErrNotFound: there is nothing of that id.
	ErrNotFound = errors.New("the directory has nothing of that id")
	// ErrChanged: what was to be changed is not as the caller knows it.
	ErrChanged = errors.New("this was changed meanwhile; read it again")
)

// Invalid is a value that cannot be.
type Invalid struct {
	Field   string // "" when it is about the whole
	Message string // Said, in English
	Said    Said
}

func (e *Invalid) Error() string { return e.Message }

func invalid(field, format string, args ...any) error {
	return &Invalid{field, fmt.Sprintf(format, args...), Said{format, args}}
}

// Conflict is a change that does not go with what is there.
type Conflict struct {
	Message string // Said, in English
	Said    Said
}

func (e *Conflict) Error() string { return e.Message }

func conflict(format string, args ...any) error {
	return &Conflict{fmt.Sprintf(format, args...), Said{format, args}}
}

// Busy is a change or a question that cannot be answered now.
type Busy struct {
	RetryAfter time.Duration
	Reason     string
}

func (e *Busy) Error() string { return e.Reason }
