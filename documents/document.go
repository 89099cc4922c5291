package documents

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"github.com/google/uuid"
)

// Kind says which resource a document belongs to. The numbers are stored.
type Kind uint8

// The kinds.
const (
	State           Kind = 1 // xAPI 1.0.3 Part 3, 2.3
	AgentProfile    Kind = 2 // 2.6
	ActivityProfile Kind = 3 // 2.7
)

// Records of the catalogue are kept as documents, too. No resource of xAPI
// reaches them: each of those asks for its own kind above.
const (
	CatalogCourse       Kind = 16
	CatalogRegistration Kind = 17
	// CatalogPlace says which course a registration belongs to.
	CatalogPlace Kind = 18
	// CatalogEnrolment has a learner's registrations for a course.
	CatalogEnrolment Kind = 19
	CatalogLaunch    Kind = 20
	// CatalogHistory has what was launched, beyond the life of the launches.
	CatalogHistory Kind = 21
	// CatalogRuntime has what content keeps at run time.
	CatalogRuntime Kind = 22
	// CatalogInvitation has the invitations to courses, CatalogInviting which of
	// them a token is that of, and CatalogInvited who has accepted one.
	CatalogInvitation Kind = 23
	CatalogInviting   Kind = 24
	CatalogInvited    Kind = 25
)

// Attendance is kept as documents, too: sessions, who attended them, the codes that
// participants enter, and which sessions have something left to be done.
const (
	AttendanceSession Kind = 80
	AttendanceRecord  Kind = 81
	AttendanceCode    Kind = 82
	AttendanceOpen    Kind = 83
)

// Cmi5 has what is known of a registration for a course of cmi5. No resource of
// xAPI reaches it either.
const Cmi5 Kind = 32

// Accounts and sessions of people who sign in are records as well, out of the
// reach of xAPI like the others.
const (
	SigninAccount Kind = 64
	SigninSession Kind = 65
)

// What is sent to others by itself is kept as records, too: to whom statements
// are forwarded and how far that is, webhooks and what they have to tell, and which
// digests were sent. No resource of xAPI reaches them.
const (
	ForwardTarget   Kind = 144
	ForwardProgress Kind = 145
	Webhook         Kind = 146
	WebhookQueue    Kind = 147
	Digest          Kind = 148
)

// Directory has the people of a tenant, with their units and groups: all on one
// shelf. No resource of xAPI reaches it either.
const Directory Kind = 48

// Evaluation has what may be evaluated about people, by tenant: the settings in
// force, and every change of them.
const Evaluation Kind = 200

// BusinessIntelligence has who may read published figures with tools of their own. No
// resource of xAPI reaches it either.
const BusinessIntelligence Kind = 112

// ReportRun has the runs of evaluation reports.
const ReportRun Kind = 120

// What people do with reports is kept as documents, too: definitions, what was decided about runs, and which
// run a public link leads to.
const (
	ReportDefinition Kind = 140
	ReportMark       Kind = 141
	ReportLink       Kind = 142
)

// String is the name in logs and metrics.
func (k Kind) String() string {
	switch k {
	case State:
		return "state"
	case AgentProfile:
		return "agent_profile"
	case ActivityProfile:
		return "activity_profile"
	case CatalogCourse, CatalogRegistration, CatalogPlace, CatalogEnrolment, CatalogLaunch, CatalogHistory, CatalogRuntime, CatalogInvitation, CatalogInviting, CatalogInvited:
		return "catalog"
	case AttendanceSession, AttendanceRecord, AttendanceCode, AttendanceOpen:
		return "attendance"
	case Cmi5:
		return "cmi5"
	case SigninAccount, SigninSession:
		return "signin"
	case Directory:
		return "directory"
	case ForwardTarget, ForwardProgress:
		return "forward"
	case Webhook, WebhookQueue:
		return "webhook"
	case Digest:
		return "digest"
	case Evaluation:
		return "evaluation"
	case BusinessIntelligence:
		return "bi"
	case ReportRun, ReportDefinition, ReportMark, ReportLink:
		return "report"
	}
	return "unknown"
}

// Shelf is what documents of one kind have in common that are listed and
// deleted together.
type Shelf struct {
	Tenant string
	Kind   Kind
	// Activity is the id of the Activity; "" for agent profiles.
	Activity string
	// Agent is the canonical identifier of the Agent
	// (statements.AgentIdentifier); "" for activity profiles.
	Agent string
}

// Key names one document.
type Key struct {
	Shelf
	// Registration is uuid.Nil when the document belongs to none.
	Registration uuid.UUID
	// ID is the stateId or profileId.
	ID string
}

// Range is a part of a shelf, in the order of (registration, id).
type Range struct {
	Shelf
	// Registration narrows the range to one; uuid.Nil does not.
	Registration uuid.UUID
	// AfterRegistration and AfterID are the last ones of the page before; zero
	// values begin at the beginning.
	AfterRegistration uuid.UUID
	AfterID           string
	// Limit is how many there are to be at most.
	Limit int
}

// Sum is a digest of a key.
type Sum [32]byte

// Sum is the key's digest: keys of equal digest are equal.
func (k *Key) Sum() Sum {
	h := sha256.New()
	var head [17]byte
	head[0] = byte(k.Kind)
	copy(head[1:], k.Registration[:])
	h.Write(head[:])
	for _, part := range []string{k.Tenant, k.Activity, k.Agent, k.ID} {
		var length [4]byte
		binary.LittleEndian.PutUint32(length[:], uint32(len(part)))
		h.Write(length[:])
		h.Write([]byte(part))
	}
	var sum Sum
	h.Sum(sum[:0])
	return sum
}

// Size is about how many bytes the texts of a key have.
func (k *Key) Size() int { return len(k.Tenant) + len(k.Activity) + len(k.Agent) + len(k.ID) }

// Document is one version of a document. Nobody changes it once it is made.
type Document struct {
	Key
	// Version is when it was stored, in microseconds since 1970, on the same
	// clock as stored of statements; no two versions have the same.
	Version int64
	// Deleted tells that there is no document since Version; it has no content
	// then.
	Deleted     bool
	ContentType string
	Content     []byte
}

// ETag is the SHA-1 of the content, 40 lower-case hex digits without quotes
// (xAPI 1.0.3 Part 3, 3.1).
func (d *Document) ETag() string {
	sum := sha1.Sum(d.Content)
	return hex.EncodeToString(sum[:])
}
