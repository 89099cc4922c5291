package admin

import (
	"time"

	"lernspur/statements"
	"lernspur/verify"
)

// Status is who answers at the socket.
type Status struct {
	Version string `json:"version"`
	PID     int    `json:"pid"`
}

// KeyInfo is an API key without its secret.
type KeyInfo struct {
	ID        string    `json:"id"`
	Tenant    string    `json:"tenant"`
	Label     string    `json:"label"`
	Scopes    []string  `json:"scopes"`
	Authority string    `json:"authority"`
	Created   time.Time `json:"created"`
	Revoked   time.Time `json:"revoked,omitzero"`
	Binding
}

// Binding is what a key is bound to; zero values bind to nothing.
type Binding struct {
	Actor          string    `json:"actor,omitempty"` // JSON of an Agent
	Registration   string    `json:"registration,omitempty"`
	ActivityPrefix string    `json:"activity_prefix,omitempty"`
	Expires        time.Time `json:"expires,omitzero"`
	Origin         string    `json:"origin,omitempty"`
}

// NewKeyRequest asks for an API key.
type NewKeyRequest struct {
	Tenant    string   `json:"tenant"`
	Label     string   `json:"label"`
	Scopes    []string `json:"scopes"`
	Authority string   `json:"authority"` // JSON of an Agent; "" means one of its own
	Binding
}

// NewKey is a key that was made. The secret is not kept anywhere.
type NewKey struct {
	KeyInfo
	Secret string `json:"secret"`
}

// ImportRequest says how the statements of a batch are taken.
type ImportRequest struct {
	Tenant string
	// Key is the API key in whose name they are stored; "" is the oldest key of
	// the tenant that is in force.
	Key     string
	Edition statements.Edition
	// KeepAuthority keeps an authority that was sent, which an LRS otherwise
	// replaces.
	KeepAuthority bool
	// KeepGoing takes the good statements of a batch that has bad ones. Without
	// it only those before the first bad one are taken.
	KeepGoing bool
}

// ImportResult is what became of a batch.
type ImportResult struct {
	// Accepted counts the statements that are durable now, those among them
	// that were stored before with the same content included.
	Accepted int       `json:"accepted"`
	Failures []Failure `json:"failures,omitempty"`
}

// Failure is one statement that was not taken.
type Failure struct {
	Index      int                    `json:"index"` // position in the batch
	Message    string                 `json:"message"`
	Violations []statements.Violation `json:"violations,omitempty"`
}

// ExportRequest says which statements to export; zero values do not filter.
// Times and ids are in the forms of the xAPI parameters.
type ExportRequest struct {
	Tenant            string
	Agent             string // JSON of an Agent
	RelatedAgents     bool
	Verb              string
	Activity          string
	RelatedActivities bool
	Registration      string
	Since             string
	Until             string
	// Voided takes voided statements as well; it does not go with filters other
	// than the times.
	Voided bool
}

// VerifyRequest says what to verify.
type VerifyRequest struct {
	Tenants        []string `json:"tenants"` // empty: all
	MaxDifferences int      `json:"max_differences"`
	// RebuildProgress has the figures of progress of all tenants thrown away and
	// computed anew before.
	RebuildProgress bool `json:"rebuild_progress,omitempty"`
}

// ReportRequest says which report to write.
type ReportRequest struct {
	Tenant   string
	Format   string // html or json
	Language string // of the words: de or en
	From     string // first day, 2006-01-02; "" is a year before the last
	To       string // last day; "" is today
	AsOf     string // only what was stored up to then counts; "" is all
}

// event is one line of a verification's answer.
type event struct {
	Progress *verify.Progress `json:"progress,omitempty"`
	Report   *verify.Report   `json:"report,omitempty"`
	Error    string           `json:"error,omitempty"`
}

// problem is an answer that is no success (RFC 9457).
type problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`

	Findings []RowFinding `json:"findings,omitempty"`
}

// trailerError names the trailer that tells why a stream ended early.
const trailerError = "Lernspur-Error"
