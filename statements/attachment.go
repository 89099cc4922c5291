package statements

import (
	"errors"
	"strconv"
	"strings"
)

// Attachment is one attachment that a statement, or its SubStatement, speaks of
// (xAPI 1.0.3 Part 2, 2.4.11; 2.0, 4.2.2.6). The bytes themselves are not in the
// statement.
type Attachment struct {
	// Pointer leads to the attachment within the statement (RFC 6901).
	Pointer     string
	UsageType   string
	ContentType string
	// Length is the size in bytes that the statement tells.
	Length int64
	// SHA2 names the bytes: lower-case hexadecimal digits, 56, 64, 96 or 128.
	SHA2 string
	// FileURL is where else the bytes can be had, "" when the statement does
	// not say.
	FileURL string
	// Sub tells that the attachment is one of the SubStatement.
	Sub bool
}

// Signature tells whether the attachment is the signature of its statement
// (xAPI 1.0.3 Part 2, 2.6). One of a SubStatement signs nothing that can be
// compared: no statement was sent that it could be of.
func (a Attachment) Signature() bool { return a.UsageType == usageSignature && !a.Sub }

// Attachments lists the attachments of a statement that was stored: Raw of a
// stamped Statement. It is Reparse without what only a store needs. The error
// tells why raw cannot be such a text.
func Attachments(raw []byte) ([]Attachment, error) {
	p := parsers.Get().(*parser)
	defer p.release()
	opts := Options{Edition: V2, Limits: Limits{MaxDepth: 1 << 20}}
	if err := p.readStored(raw, &opts); err != nil {
		return nil, err
	}
	return p.attachments(), nil
}

// SameAs tells whether a JSON text is a valid statement that says the same as st
// after the immutability rules (Statement.Digest): attachments and what an LRS
// may add do not count, but an id that the text has is that of st. It is how the
// payload of a signature is held against its statement (xAPI 1.0.3 Part 2, 2.6).
// The error is *Invalid when the text breaks a rule of the edition.
func (st *Statement) SameAs(text []byte, ed Edition, limits Limits) (bool, error) {
	other, err := ParseOne(text, Options{Edition: ed, Limits: limits, StatementID: st.ID})
	var invalid *Invalid
	if errors.As(err, &invalid) && len(invalid.Violations) == 1 && invalid.Violations[0].Rule == ruleIDParameter {
		// No LRS gives a statement another id, so this is one of another statement.
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return other != nil && other.Digest == st.Digest, nil
}

// attached are the nodes of one attachment; 0 is a property that is not there.
type attached struct {
	usage, contentType, length, sha2, url int
	index                                 int
	sub                                   bool
}

// attachments makes the list of what the walk found; nil when there is none.
func (p *parser) attachments() []Attachment {
	if len(p.attached) == 0 {
		return nil
	}
	list := make([]Attachment, len(p.attached))
	for i, a := range p.attached {
		pointer := "/attachments/"
		if a.sub {
			pointer = "/object/attachments/"
		}
		list[i] = Attachment{
			Pointer: pointer + strconv.Itoa(a.index), UsageType: p.clone(a.usage), ContentType: p.clone(a.contentType),
			Length: p.wholeNumber(a.length), SHA2: strings.ToLower(p.clone(a.sha2)), FileURL: p.clone(a.url),
			Sub: a.sub,
		}
	}
	return list
}

// clone is the text of a string, on its own; "" for anything else.
func (p *parser) clone(n int) string {
	if n == 0 || p.nodes[n].kind != kindString {
		return ""
	}
	return strings.Clone(p.text(n))
}

// wholeNumber is the value of a number that checkLength has accepted.
func (p *parser) wholeNumber(n int) int64 {
	if n == 0 || p.nodes[n].kind != kindNumber {
		return 0
	}
	d := parseDecimal(alias(p.raw(n)))
	if d.zero() || d.negative || !d.integer() || !d.fitsInt64() {
		return 0
	}
	return d.int64()
}

// int64 is the value of a whole number that is not negative and fits
// (fitsInt64).
func (d decimal) int64() int64 {
	var v int64
	for i := range int(d.exp) { // 19 at most
		v = v*10 + int64(d.digit(i)-'0')
	}
	return v
}
