package definition

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"lernspur/schema"
)

//go:embed schema.json
var source []byte

// Schema is the JSON Schema of definitions.
func Schema() []byte { return slices.Clone(source) }

var compiled = sync.OnceValues(func() (*schema.Document, error) { return schema.CompileDocument(source) })

// Problem is a mistake in a definition.
type Problem struct {
	Line, Column int    // from 1; 0 where it is not known
	Path         string // as targets[0].green; "" for the whole
	Message      string
}

// Error is the problem in one line.
func (p Problem) Error() string {
	var b strings.Builder
	if p.Line > 0 {
		fmt.Fprintf(&b, "line %d", p.Line)
		if p.Column > 0 {
			fmt.Fprintf(&b, ", column %d", p.Column)
		}
		b.WriteString(": ")
	}
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	}
	return b.String() + p.Message
}

// Problems are all mistakes in a definition, in the order of their lines.
type Problems []Problem

// Error has a line for each.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i := range p {
		lines[i] = p[i].Error()
	}
	return strings.Join(lines, "\n")
}

// maxProblems is how many are told at once.
const maxProblems = 50

// Read reads a definition. The error is of type Problems when it is the text's fault.
func Read(text []byte) (*Definition, error) {
	document, problems := parse(text)
	if problems != nil {
		return nil, problems
	}
	s, err := compiled()
	if err != nil {
		return nil, err
	}
	t := plant(document)
	if len(t.errors) == 0 {
		for _, f := range s.Check(t.value) {
			t.problem(f.Path, f.Message)
		}
	}
	if len(t.errors) > 0 {
		return nil, sorted(t.errors)
	}
	// The schema has seen to it that this fits.
	asJSON, err := json.Marshal(t.value)
	if err != nil {
		return nil, err
	}
	d := &Definition{
		Language: "de", K: 5, Period: Period{Zone: "Europe/Berlin"},
		CoreHours: CoreHours{Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "08:00", To: "17:00"},
	}
	if err := json.Unmarshal(asJSON, d); err != nil {
		return nil, Problems{{Message: err.Error()}}
	}
	if t.check(d); len(t.errors) > 0 {
		return nil, sorted(t.errors)
	}
	return d, nil
}

// problem notes a mistake at a path.
func (t *tree) problem(path []string, message string) {
	at := t.place(path)
	t.errors = append(t.errors, Problem{Line: at.line, Column: at.column, Path: spoken(path), Message: message})
}

// spoken writes a path as a[0].b.
func spoken(path []string) string {
	var b strings.Builder
	for _, p := range path {
		if _, err := strconv.Atoi(p); err == nil {
			b.WriteString("[" + p + "]")
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(p)
	}
	return b.String()
}

func sorted(p Problems) Problems {
	slices.SortStableFunc(p, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Message, b.Message))
	})
	return p[:min(len(p), maxProblems)]
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// parse reads one YAML document.
func parse(text []byte) (*yaml.Node, Problems) {
	switch {
	case len(text) > MaxBytes:
		return nil, Problems{{Message: fmt.Sprintf("a definition has at most %d bytes", MaxBytes)}}
	case !utf8.Valid(text):
		return nil, Problems{{Message: "this is not UTF-8"}}
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var document, more yaml.Node
	if err := decoder.Decode(&document); errors.Is(err, io.EOF) || err == nil && len(document.Content) == 0 {
		return nil, Problems{{Line: 1, Message: "there is nothing in it"}}
	} else if err != nil {
		return nil, unreadable(err)
	}
	switch err := decoder.Decode(&more); {
	case errors.Is(err, io.EOF):
		return &document, nil
	case err != nil:
		return nil, unreadable(err)
	}
	return nil, Problems{{Line: more.Line, Message: "a second document begins here (---); a definition is only one"}}
}

// unreadable is an error of the YAML reader. It counts lines, but not columns.
func unreadable(err error) Problems {
	m := yamlLine.FindStringSubmatch(strings.SplitN(err.Error(), "\n", 2)[0])
	if m == nil {
		return Problems{{Message: "this is not YAML: " + err.Error()}}
	}
	// The reader does not name the first line.
	line, err := strconv.Atoi(m[1])
	if err != nil {
		line = 1
	}
	return Problems{{Line: line, Message: "this is not YAML: " + m[2]}}
}
