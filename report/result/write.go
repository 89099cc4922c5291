package result

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

//go:embed schema.json
var source []byte

// Schema is the JSON Schema of reports.
func Schema() []byte { return slices.Clone(source) }

// JSON writes a report: names in the order of the schema, numbers with a fixed number of decimal
// places, lists in an order that follows from the data. The same report is the same bytes.
func (r *Report) JSON() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil {
		return nil, fmt.Errorf("writing a report: %w", err)
	}
	return b.Bytes(), nil
}

// Read reads what JSON has written. What it does not know is refused.
func Read(text []byte) (*Report, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	r := new(Report)
	if err := d.Decode(r); err != nil {
		return nil, fmt.Errorf("this is not a report: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("this is not a report: something follows it")
	}
	if r.Format != Format {
		return nil, fmt.Errorf("this report has form %d, and this program knows form %d", r.Format, Format)
	}
	return r, nil
}

// Sum is the checksum of a report's JSON: SHA-256 in hexadecimal digits.
func Sum(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
