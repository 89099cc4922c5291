package markup

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Limits bound what a text may make of memory; its size is its reader's matter.
type Limits struct {
	// Depth is how deep elements may lie in each other.
	Depth int
	// Tags is the number of tags, and of attributes.
	Tags int
}

// DefaultLimits are enough for every package of 20,000 files.
func DefaultLimits() Limits { return Limits{Depth: 100, Tags: 500_000} }

// Error says why a text could not be read.
type Error struct {
	// Line is where, from 1.
	Line   int
	Rule   string
	Reason string
}

// Error is the reason with its line.
func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Reason) }

// Rules of errors.
const (
	Malformed  = "malformed-xml"
	DTD        = "dtd"
	TooComplex = "too-complex"
)

// Parse reads a text. The tree is that of its root element; every error is an
// *Error.
func Parse(data []byte, limits Limits) (*Node, []Repair, error) {
	data, repairs := toUTF8(data)
	if n := max(bytes.Count(data, []byte("<")), bytes.Count(data, []byte("="))); n > 2*limits.Tags {
		return nil, repairs, &Error{1, TooComplex, fmt.Sprintf("the file has too many elements or attributes, more than %d", limits.Tags)}
	}
	data, mended := mend(data)
	repairs = append(repairs, mended...)
	p := parser{limits: limits, dec: xml.NewDecoder(bytes.NewReader(data))}
	// The text is UTF-8 by now, whatever it declares.
	p.dec.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	if err := p.run(); err != nil {
		return nil, repairs, err
	}
	return p.root, repairs, nil
}

type parser struct {
	dec    *xml.Decoder
	limits Limits
	root   *Node
	open   []*Node
	text   []*strings.Builder
}

func (p *parser) line() int {
	line, _ := p.dec.InputPos()
	return line
}

func (p *parser) run() error {
	for {
		token, err := p.dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return p.malformed(err)
		}
		if err := p.token(token); err != nil {
			return err
		}
	}
	if p.root == nil {
		return &Error{1, Malformed, "the file has no element; it is empty or no XML"}
	}
	return nil
}

func (p *parser) token(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		return p.begin(t)
	case xml.EndElement:
		last := len(p.open) - 1
		p.open[last].Text = strings.TrimSpace(p.text[last].String())
		p.open, p.text = p.open[:last], p.text[:last]
	case xml.CharData:
		if len(p.open) > 0 {
			p.text[len(p.text)-1].Write(t)
		} else if len(bytes.TrimSpace(t)) > 0 {
			return &Error{p.line(), Malformed, "there is text outside of the root element"}
		}
	case xml.Directive:
		return &Error{p.line(), DTD, "the file has a document type declaration (<!DOCTYPE …>), which packages neither need nor may have"}
	}
	return nil
}

func (p *parser) begin(t xml.StartElement) error {
	if len(p.open) >= p.limits.Depth {
		return &Error{p.line(), TooComplex, fmt.Sprintf("elements lie more than %d deep in each other", p.limits.Depth)}
	}
	n := &Node{Space: t.Name.Space, Name: t.Name.Local, Line: p.line()}
	for _, a := range t.Attr {
		if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
			n.Attrs = append(n.Attrs, Attr{a.Name.Space, a.Name.Local, strings.TrimSpace(a.Value)})
		}
	}
	switch {
	case len(p.open) > 0:
		n.Parent = p.open[len(p.open)-1]
		n.Parent.Children = append(n.Parent.Children, n)
	case p.root != nil:
		return &Error{p.line(), Malformed, "there is a second root element"}
	default:
		p.root = n
	}
	p.open, p.text = append(p.open, n), append(p.text, &strings.Builder{})
	return nil
}

func (p *parser) malformed(err error) error {
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		return &Error{syntax.Line, Malformed, "this is not well-formed XML: " + syntax.Msg}
	}
	return &Error{p.line(), Malformed, "this is not well-formed XML: " + err.Error()}
}
