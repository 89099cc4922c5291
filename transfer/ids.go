package transfer

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"

	"github.com/google/uuid"
)

// Statements without an id get one that follows from the file: from their own
// text and everything before it. So the same file sent again, from wherever,
// stores nothing twice, and two statements of a file with the same text stay
// two.

// namespace of the ids made here.
var namespace = uuid.MustParse("6a0d6c0e-3b5f-5c0a-9b0e-4f2f7d1c8a55")

// chain takes a statement's text into the name of everything before it, and
// makes the id that the statement gets if it has none.
func chain(before [32]byte, text []byte) (after [32]byte, id [16]byte) {
	h := sha256.New()
	h.Write(before[:])
	h.Write(text)
	h.Sum(after[:0])
	return after, uuid.NewSHA1(namespace, after[:])
}

// WithID is the element's text, with an id where it has none. What is no JSON
// object stays as it is, for the store to refuse.
func (e *Element) WithID() []byte {
	text := e.Text
	if len(text) == 0 || text[0] != '{' || hasID(text) {
		return bytes.Clone(text)
	}
	rest := bytes.TrimLeft(text[1:], " \t\r\n")
	spliced := make([]byte, 0, len(text)+45)
	spliced = append(spliced, `{"id":"`...)
	spliced = append(spliced, uuid.UUID(e.ID).String()...)
	spliced = append(spliced, '"')
	if len(rest) > 0 && rest[0] != '}' {
		spliced = append(spliced, ',')
	}
	return append(spliced, text[1:]...)
}

// hasID tells whether an object has a property id of its own. For a damaged
// object the answer does not matter.
func hasID(text []byte) bool {
	depth, key := 0, false
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{', '[':
			depth++
			key = depth == 1
		case '}', ']':
			depth--
		case ',':
			key = depth == 1
		case ':':
			key = false
		case '"':
			start := i
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
			if key && i < len(text) && isID(text[start:i+1]) {
				return true
			}
		}
	}
	return false
}

// isID tells whether a string of JSON is "id", however it is spelled.
func isID(quoted []byte) bool {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted) == `"id"`
	}
	var s string
	return json.Unmarshal(quoted, &s) == nil && s == "id"
}
