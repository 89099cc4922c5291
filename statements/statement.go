package statements

import (
	"github.com/google/uuid"
)

// Edition is the edition of xAPI that a request speaks
// (X-Experience-API-Version): the rules for its statements follow from it.
type Edition uint8

const (
	// V1 is xAPI 1.0.x; rules after 1.0.3.
	V1 Edition = 1
	// V2 is xAPI 2.0.x (IEEE 9274.1.1).
	V2 Edition = 2
)

// Tri is a boolean that a statement may leave out.
type Tri int8

const (
	// Unset means that the statement does not say.
	Unset Tri = -1
	// False is an explicit false.
	False Tri = 0
	// True is an explicit true.
	True Tri = 1
)

// ObjectKind tells what the object of a statement is.
type ObjectKind uint8

const (
	// ObjectActivity is the default kind of object.
	ObjectActivity ObjectKind = 1
	// ObjectAgent is an Agent as object.
	ObjectAgent ObjectKind = 2
	// ObjectGroup is a Group as object.
	ObjectGroup ObjectKind = 3
	// ObjectStatementRef points to another statement.
	ObjectStatementRef ObjectKind = 4
	// ObjectSubStatement is a statement within a statement.
	ObjectSubStatement ObjectKind = 5
)

// Role is a set of places in a statement where an Agent or an Activity can
// stand.
type Role uint8

const (
	// RoleDirect are the places that the filters agent and activity look at
	// without related_agents and related_activities: the actor and the object
	// of the statement itself, and the members of either when it is a Group,
	// since a Group matches through its members (xAPI 1.0.3 Part 3, 2.1.3).
	RoleDirect Role = 1
	// RoleRelated are all the other places: authority, instructor, team,
	// contextAgents, contextGroups, with their members, contextActivities, and
	// the actor, object and context of a SubStatement.
	RoleRelated Role = 2
)

// AgentUse is one Agent or identified Group of a statement and where it
// stands. Each identifier appears once per statement, its roles joined.
type AgentUse struct {
	// Identifier is the canonical text of the inverse functional identifier,
	// see AgentIdentifier: "mbox|mailto:…", "mbox_sha1sum|…",
	// "openid|…", "account|homePage|name".
	Identifier string
	Roles      Role
}

// ActivityUse is one Activity of a statement and where it stands. Each id
// appears once per statement.
type ActivityUse struct {
	ID    string
	Roles Role
}

// Result holds what is counted of a statement's result. Scores are NaN when
// absent.
type Result struct {
	Success    Tri
	Completion Tri
	Scaled     float64
	Raw        float64
	Min        float64
	Max        float64
	// Duration is in hundredths of a second, cut, not rounded; -1 when absent
	// or when it has years or months, whose length is not defined.
	Duration int64
}

// Statement is one statement that keeps every rule, ready to be committed.
// Strings and Raw alias one buffer that belongs to the statement.
type Statement struct {
	ID uuid.UUID
	// IDGiven is false when the id was made here, and not sent in the statement
	// or as the parameter of a PUT: such an id is new by
	// construction, so the commit path skips the id check.
	IDGiven bool
	// Digest names what the statement says, after the immutability rules (xAPI
	// 1.0.3 Part 2, 2.3.1 and 2.0, 4.2; digest.go lists them): two statements
	// with equal digests are the same statement, whatever an LRS may have added.
	Digest [16]byte
	// Version is the value of the version property, sent or set.
	Version string

	// Stored is the instant in microseconds since the Unix epoch. Zero until
	// Stamp.
	Stored int64
	// Timestamp is in microseconds since the Unix epoch; equals Stored when
	// none was sent.
	Timestamp int64

	// UTC tells that a timestamp was sent, and in UTC. Reparse does not know it.
	UTC bool

	Actor        string // identifier of the actor; of an anonymous Group "" (its members are in Agents)
	Verb         string
	ObjectKind   ObjectKind
	Object       string    // Activity id, or identifier of the Agent or Group; "" otherwise
	Ref          uuid.UUID // target when ObjectKind is ObjectStatementRef, else zero
	Voiding      bool      // verb is voided and object is a StatementRef
	Registration uuid.UUID // zero when absent
	Authority    string    // identifier of the authority
	Result       Result
	// Courses are the activities whose progress this statement belongs to:
	// contextActivities.grouping; if there is none contextActivities.parent;
	// if there is none the object, when it is an Activity.
	Courses []string

	Agents     []AgentUse
	Activities []ActivityUse
	// Attachments are those of the statement and of its SubStatement; nil when
	// there is none.
	Attachments []Attachment

	// Raw is the statement as it was sent, with what an LRS must set spliced
	// in, and nothing re-encoded.
	Raw []byte

	// Defines tells that who stores the statement may define activities: the
	// definitions in it count for the Activities resource (xAPI 1.0.3 Part 3,
	// 4.2, scope define). Parse does not set it.
	Defines bool
	// Repairs is JSON that says what was changed in the statement before it was
	// parsed, and what it was; nil when it was taken as sent. It is kept
	// beside the statement, not in it. Parse does not set it.
	Repairs []byte

	definitions []defined // see Definitions
	storedAt    int       // offset of the gap for stored in Raw
	timestampAt int       // offset of the gap for timestamp, or -1 when it was sent
}
