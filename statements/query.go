package statements

import "github.com/google/uuid"

// Query is what can be asked of the stored statements (xAPI 1.0.3 Part 3,
// 2.1.3). The zero value of a field means that it does not filter.
type Query struct {
	Agent string // identifier, see AgentUse
	// AnyAgent are identifiers of which one is enough, as those of one person; the
	// same filter as Agent otherwise, which is empty then.
	AnyAgent          []string
	RelatedAgents     bool
	Verb              string
	Activity          string
	RelatedActivities bool
	Registration      uuid.UUID
	// Authority is the identifier of the one authority whose statements are
	// looked at; "" means any. It narrows the answer and is not a filter of
	// the specification: it is how the scope statements/read/mine is kept
	// (xAPI 1.0.3 Part 3, 4.2), so the StatementRef rule does not reach round it.
	Authority string
	// Bounds narrow the answer in the same way to what a bound key may see.
	Bounds Bounds
	// Actors narrow it in the same way to the statements of these actors, by their
	// identifiers; nil is any actor, and an empty list nobody.
	Actors    []string
	Since     int64 // microseconds; statements stored after it
	Until     int64 // microseconds; statements stored at or before it; 0 means no bound
	Ascending bool
	Limit     int // how many at most; the store asks for positive values
	// Cursor is the stored instant of the last statement of the page before;
	// 0 asks for the first page.
	Cursor int64
	// Upto is the watermark: nothing stored after it is looked at. Always set.
	Upto int64
}

// Found is one statement as it is kept.
type Found struct {
	ID     uuid.UUID
	Stored int64
	Raw    []byte
}

// Page is one answer to a Query, in the order asked for.
type Page struct {
	Statements []Found
	// More tells whether the same query with Cursor set to the last
	// statement's Stored would find anything.
	More bool
}
