package scenario

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// answer is what a page of statements looks like; the statements are counted,
// not read.
type answer struct {
	Statements []json.RawMessage `json:"statements"`
	More       string            `json:"more"`
}

// readPage reads a page of statements.
func readPage(body []byte) (answer, error) {
	var a answer
	if err := json.Unmarshal(body, &a); err != nil {
		return a, fmt.Errorf("an answer that is no page of statements: %w: %.200s", err, body)
	}
	return a, nil
}

// storedOf reads when a statement was stored.
func storedOf(statement json.RawMessage) (string, error) {
	var s struct{ Stored string }
	if err := json.Unmarshal(statement, &s); err != nil || s.Stored == "" {
		return "", fmt.Errorf("a statement without stored: %.200s", statement)
	}
	return s.Stored, nil
}

// holds tells whether an answer has the statement of an id.
func holds(body, id []byte) bool { return bytes.Contains(body, id) }
