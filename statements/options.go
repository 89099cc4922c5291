package statements

import (
	"github.com/google/uuid"
)

// Limits bound what one request may ask of the parser. Zero means the default.
type Limits struct {
	MaxStatements     int // per request; 10,000
	MaxStatementBytes int // as sent; 1 MiB
	MaxDepth          int // objects and arrays within each other, the statement being the first; 64
}

// The defaults of Limits.
const (
	DefaultMaxStatements     = 10_000
	DefaultMaxStatementBytes = 1 << 20
	DefaultMaxDepth          = 64
)

// withDefaults fills the zeros.
func (l Limits) withDefaults() Limits {
	if l.MaxStatements <= 0 {
		l.MaxStatements = DefaultMaxStatements
	}
	if l.MaxStatementBytes <= 0 {
		l.MaxStatementBytes = DefaultMaxStatementBytes
	}
	if l.MaxDepth <= 0 {
		l.MaxDepth = DefaultMaxDepth
	}
	return l
}

// Options are what Parse has to know besides the body.
type Options struct {
	// Edition is the edition that the request speaks.
	Edition Edition
	// StatementID is the parameter statementId of a PUT. A statement with
	// another id is refused, one without an id gets it. Zero means that there
	// is no such parameter.
	StatementID uuid.UUID
	// Authority is the JSON of the Agent or Group that asserts the statements.
	// It is spliced in as it is, so it must be valid; nil leaves the statement
	// without an authority.
	Authority []byte
	// AuthorityIdentifier is what Statement.Authority is set to; "" derives it
	// from Authority.
	AuthorityIdentifier string
	// NewID makes the ids of statements that come without one. nil makes
	// random ones (UUID version 4, crypto/rand).
	NewID func() uuid.UUID
	// Limits bound the request.
	Limits Limits
	// Skip holds the IDs of rules that are not enforced. It is for tests that
	// prove each rule to be needed, and nothing else: what is stored must have
	// kept all of them. It costs nothing on the way of a valid statement.
	Skip map[string]bool
}
