package manifest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"lernspur/content/archive"
	"lernspur/content/markup"
)

// Severity tells whether a package can be used.
type Severity string

// The severities.
const (
	// Warning: it was read in one way, which may not be what was meant.
	Warning Severity = "warning"
	// Error: the package is refused.
	Error Severity = "error"
)

// Finding is something about a package that a content manager should know.
type Finding struct {
	// File is the name in the archive; empty when it is about the whole.
	File string `json:"file,omitempty"`
	// Element is the place in the file, "manifest/resources/resource[2]".
	Element string `json:"element,omitempty"`
	// Line is the line in the file, from 1; 0 when it has none.
	Line     int      `json:"line,omitempty"`
	Severity Severity `json:"severity"`
	// Rule names the rule; docs/packages.md lists all of them.
	Rule    string `json:"rule"`
	Message string `json:"message"`
	// Advice is what to do.
	Advice string `json:"advice,omitempty"`
}

// Errors are the findings for which the package is refused.
func (p *Package) Errors() []Finding { return p.with(Error) }

// Warnings are the other findings.
func (p *Package) Warnings() []Finding { return p.with(Warning) }

func (p *Package) with(s Severity) []Finding {
	return slices.DeleteFunc(slices.Clone(p.Findings), func(f Finding) bool { return f.Severity != s })
}

// maxFindings is how many findings of one rule are listed.
const maxFindings = 20

// reader reads one package.
type reader struct {
	// archive is nil for a bare course structure.
	archive *archive.Archive
	pkg     *Package
	// file is the file being read, as the archive has it.
	file   string
	counts map[string]int
}

// note adds a finding of this rule about an element of the file being read.
func (r *reader) note(rule string, at *markup.Node, format string, args ...any) {
	if r.counts[rule] >= maxFindings {
		r.counts[rule]++ // finding the place is not free, and there may be thousands
		return
	}
	f := Finding{File: r.file, Element: at.Path(), Message: fmt.Sprintf(format, args...)}
	if at != nil {
		f.Line = at.Line
	}
	r.add(rule, f)
}

func (r *reader) add(rule string, f Finding) {
	known, ok := ruleOf(rule)
	if !ok {
		panic("manifest: no rule " + rule)
	}
	f.Rule, f.Severity = rule, known.Severity
	f.Element, f.Message = short(f.Element), short(f.Message)
	if f.Advice == "" {
		f.Advice = known.Advice
	}
	if r.counts[rule]++; r.counts[rule] <= maxFindings {
		r.pkg.Findings = append(r.pkg.Findings, f)
	}
}

// maxMessage is how long a message may be in bytes; it quotes what manifests say.
const maxMessage = 1000

func short(text string) string {
	if len(text) <= maxMessage {
		return text
	}
	return strings.ToValidUTF8(text[:maxMessage], "") + "…"
}

// finish says how many findings were left out.
func (r *reader) finish() {
	for i, f := range r.pkg.Findings {
		if n := r.counts[f.Rule]; n > maxFindings {
			r.counts[f.Rule] = 0
			r.pkg.Findings[i].Message += fmt.Sprintf(" (the same %d times more; the first are listed)", n-1)
		}
	}
}

// parse reads a file as XML and notes what had to be put right; nil, and an
// error is noted, when it cannot be read. For metadata, which nothing depends
// on, that is a warning.
func (r *reader) parse(data []byte, metadata bool) *markup.Node {
	root, repairs, err := markup.Parse(data, markup.DefaultLimits())
	for _, repair := range repairs {
		r.add(repair.Rule, Finding{File: r.file, Line: repair.Line, Message: repair.Message})
	}
	var broken *markup.Error
	if errors.As(err, &broken) {
		rule := broken.Rule
		if metadata {
			rule = "metadata"
		}
		r.add(rule, Finding{File: r.file, Line: broken.Line, Message: broken.Reason})
		return nil
	}
	return root
}

// load is the content of a file; nil, and it is noted, when the archive is
// refused for it. An error is one of reading.
func (r *reader) load(e *archive.Entry) ([]byte, error) {
	data, err := r.archive.ReadAll(e)
	var refusal *archive.Refusal
	if errors.As(err, &refusal) {
		r.pkg.Findings = append(r.pkg.Findings, FromRefusal(refusal))
		return nil, nil
	}
	return data, err
}

// FromRefusal is the finding for an archive that is refused.
func FromRefusal(refusal *archive.Refusal) Finding {
	return Finding{File: refusal.Entry, Severity: Error, Rule: string(refusal.Rule), Message: refusal.Reason, Advice: refusal.Advice}
}
