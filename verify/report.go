package verify

import (
	"time"

	"github.com/google/uuid"

	"lernspur/statements"
)

// Kind names what does not fit.
type Kind string

// The kinds of differences.
const (
	// Unreadable is a raw statement that cannot be parsed any more.
	Unreadable Kind = "unreadable"
	// Column is a column that does not say what the raw statement says.
	Column Kind = "column"
	// RepeatedRow is a second row for one stored instant of a tenant.
	RepeatedRow Kind = "repeated-row"
	// RepeatedID is an id that more than one statement has.
	RepeatedID Kind = "repeated-id"
	// LookupMissing is a look-up row that a statement lacks.
	LookupMissing Kind = "lookup-missing"
	// LookupExtra is a look-up row that its statement does not ask for.
	LookupExtra Kind = "lookup-extra"
	// LookupOrphan are look-up rows whose statement is not there.
	LookupOrphan Kind = "lookup-orphan"
	// RefMissing is a StatementRef whose target is stored, without the row that
	// ties them.
	RefMissing Kind = "ref-missing"
	// RefExtra is a row that ties statements of which one does not point to the
	// other.
	RefExtra Kind = "ref-extra"
	// DocumentDamaged is a document whose ETag is not that of its content.
	DocumentDamaged Kind = "document-damaged"
	// RepairOrphan is an original that is kept without its statement.
	RepairOrphan Kind = "repair-orphan"
	// RepairColumn is a column of the table of repairs that does not say what
	// the statement says.
	RepairColumn Kind = "repair-column"
	// BlobMissing is an attachment without its bytes.
	BlobMissing Kind = "blob-missing"
	// BlobDamaged are bytes that do not have the hash that is their name.
	BlobDamaged Kind = "blob-damaged"
	// Aggregate is a figure that a recomputation does not confirm.
	Aggregate Kind = "aggregate"
)

// Difference is one thing that does not fit.
type Difference struct {
	Kind   Kind   `json:"kind"`
	Tenant string `json:"tenant"`
	// Stored is the instant at which the statement was stored, "" when the
	// difference is not one statement's.
	Stored string `json:"stored,omitempty"`
	ID     string `json:"id,omitempty"`
	Text   string `json:"text"`
}

// TenantReport counts what was read of one tenant.
type TenantReport struct {
	Tenant      string `json:"tenant"`
	Statements  int    `json:"statements"`
	Lookups     int    `json:"lookups"`
	References  int    `json:"references"`
	Documents   int    `json:"documents"`
	Repairs     int    `json:"repairs"`
	Aggregates  int    `json:"aggregates"`
	Blobs       int    `json:"blobs"` // attachments that were read
	Differences int    `json:"differences"`
}

// Report is the outcome.
type Report struct {
	// Watermark is the instant up to which everything was read.
	Watermark   string         `json:"watermark"`
	Tenants     []TenantReport `json:"tenants"`
	Differences int            `json:"differences"`
	// First are the first differences, Options.MaxDifferences at most.
	First []Difference  `json:"first"`
	Took  time.Duration `json:"took_ns"`
}

// Clean tells that everything fits together.
func (r *Report) Clean() bool { return r.Differences == 0 }

// Progress tells how far a verification is.
type Progress struct {
	Tenant string `json:"tenant"`
	// Step is what is being compared, in words.
	Step       string `json:"step"`
	Statements int    `json:"statements"` // read so far, of all tenants
	Total      int    `json:"total"`      // there are, of all tenants
}

// note adds a difference.
func (c *check) note(kind Kind, stored int64, id uuid.UUID, text string) {
	c.report.Differences++
	c.tenant.Differences++
	if len(c.report.First) >= c.opts.MaxDifferences {
		return
	}
	d := Difference{Kind: kind, Tenant: c.tenant.Tenant, Text: text}
	if stored != 0 {
		d.Stored = statements.FormatStored(stored)
	}
	if id != uuid.Nil {
		d.ID = id.String()
	}
	c.report.First = append(c.report.First, d)
}
