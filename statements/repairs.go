package statements

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Repair is one change that was made to a statement before it was parsed.
type Repair struct {
	// Rule is the name of the repair.
	Rule string `json:"repair"`
	// Pointer leads to what was changed, in the statement as it was sent
	// (RFC 6901).
	Pointer string `json:"pointer"`
}

// Repaired is what Statement.Repairs says: what was changed, and the
// statement's text as it was sent, to the byte.
type Repaired struct {
	Repairs  []Repair        `json:"repairs"`
	Original json.RawMessage `json:"original"`
}

// Encode makes the JSON for Statement.Repairs. Unlike json.Marshal it leaves
// the original's white space as it is.
func (r *Repaired) Encode() ([]byte, error) {
	list, err := json.Marshal(r.Repairs)
	if err != nil {
		return nil, err
	}
	text := make([]byte, 0, len(list)+len(r.Original)+len(`{"repairs":,"original":}`))
	text = append(append(text, `{"repairs":`...), list...)
	return append(append(append(text, `,"original":`...), r.Original...), '}'), nil
}

// DecodeRepaired reads what Encode made. The result does not alias text.
func DecodeRepaired(text []byte) (*Repaired, error) {
	var r Repaired
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("statements: repairs cannot be read: %w", err)
	}
	if len(r.Repairs) == 0 || len(r.Original) == 0 {
		return nil, errors.New("statements: repairs without a list or without the original")
	}
	return &r, nil
}
