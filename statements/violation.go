package statements

import (
	"fmt"
	"strings"
)

// Violation is one rule that a statement breaks, for whoever wrote the content
// that sent it.
type Violation struct {
	// Statement is the index of the statement in the request, from 0.
	Statement int `json:"statement"`
	// Pointer leads to the place within the statement (RFC 6901): to the value
	// that is wrong, or to the object that lacks a property. "" is the
	// statement itself.
	Pointer string `json:"pointer"`
	// Rule is the ID of a Rule.
	Rule string `json:"rule"`
	// Message says what is wrong and what was expected.
	Message string `json:"message"`
}

// Invalid is the error for a request with statements that break rules. It has
// at least one violation for each bad statement, in the order of the request;
// nothing of the request may be stored. When the text itself cannot be read to
// its end, the statements behind that place are not judged.
type Invalid struct {
	Violations []Violation
}

// Error names the first violation and counts the rest.
func (e *Invalid) Error() string {
	if len(e.Violations) == 0 {
		return "invalid statement"
	}
	v := e.Violations[0]
	text := fmt.Sprintf("statement %d%s: %s (%s)", v.Statement, strings.TrimSuffix(" at "+v.Pointer, " at "), v.Message, v.Rule)
	if more := len(e.Violations) - 1; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
