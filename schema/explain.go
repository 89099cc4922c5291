package schema

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"lernspur/statements"
)

// Bounds of one explanation.
const (
	// MaxViolations is how many violations it lists.
	MaxViolations = 100
	// maxValues is how many JSON values it holds against the schemas, which
	// cost up to 100 µs each when all of them are wrong. Statements beyond are
	// explained with what the strict pass found. A tenant's schema looks at no
	// more either.
	maxValues = 20_000
)

// compareViolations orders by statement, then place, then rule.
func compareViolations(a, b statements.Violation) int {
	return cmp.Or(
		cmp.Compare(a.Statement, b.Statement),
		strings.Compare(a.Pointer, b.Pointer),
		strings.Compare(a.Rule, b.Rule),
		strings.Compare(a.Message, b.Message),
	)
}

// sortViolations puts violations in a stable order: gojsonschema walks maps,
// so its own differs from call to call.
func sortViolations(list []statements.Violation) { slices.SortFunc(list, compareViolations) }

// judge holds one decoded statement against the schema and gives its
// violations in order, each place and rule once. Rules in skip are not
// enforced.
func (v *validator) judge(index int, tree any, skip map[string]bool) []statements.Violation {
	faults, valid := v.faults(tree)
	var list []statements.Violation
	typed := map[string]bool{} // places whose value has the wrong type
	for _, f := range faults {
		if f.keyword == "type" {
			typed[pointer(f.place())] = true
		}
	}
	type what struct{ at, rule, missing string }
	seen := map[what]bool{}
	for _, f := range faults {
		at := pointer(f.place())
		if skip[f.rule] || f.keyword != "type" && !f.ofKey() && typed[at] || seen[what{at, f.rule, f.missing()}] {
			continue
		}
		seen[what{at, f.rule, f.missing()}] = true
		list = append(list, statements.Violation{Statement: index, Pointer: at, Rule: f.rule, Message: f.message()})
	}
	if !valid && len(faults) == 0 {
		// A keyword without annotation failed: a bug in our schemas that the
		// tests look for. The statement is refused all the same.
		list = append(list, statements.Violation{Statement: index, Rule: ruleUnknown, Message: "This statement does not follow xAPI."})
	}
	sortViolations(list)
	return list
}

// ruleUnknown stands where a failed keyword names no rule.
const ruleUnknown = "schema"

// place leads to what is at fault: the property itself when it is unknown or
// badly named, the object when it lacks one.
func (f fault) place() []string {
	if f.ofKey() {
		return below(f.tokens, f.property)
	}
	return f.tokens
}

// ofKey tells whether a key is at fault, not a value.
func (f fault) ofKey() bool {
	return f.keyword == "additionalProperties" || f.keyword == "propertyNames"
}

// missing is the property that the object lacks, or "".
func (f fault) missing() string {
	if f.keyword == "required" {
		return f.property
	}
	return ""
}

// capped cuts a list to MaxViolations and says so.
func capped(list []statements.Violation) []statements.Violation {
	if len(list) <= MaxViolations {
		return list
	}
	list = list[:MaxViolations:MaxViolations]
	list[MaxViolations-1].Message += fmt.Sprintf(" (There are more; only the first %d are listed.)", MaxViolations)
	return list
}

// Explain tells everything that is wrong with the body of a request: one
// statement, or an array of them. It is Explain with the default limits; see
// ExplainRequest.
func Explain(body []byte, ed statements.Edition) []statements.Violation {
	return ExplainRequest(body, statements.Options{Edition: ed})
}

// ExplainRequest tells everything that is wrong with the body of a request
// that statements.Parse has refused under opts: of every statement every
// violation, in the order of the request, at most MaxViolations (the last one
// says when there are more). Pointers lead into the statement (RFC 6901).
// A text that is no JSON has one violation, with the line and column. The
// answer is empty exactly if statements.Parse accepts the body.
//
// It is meant for rejections: a bad statement of 3 kB takes about half a
// millisecond, good ones only the strict pass. Of statements with very many
// values (maxValues over the request) only the first violation is listed.
func ExplainRequest(body []byte, opts statements.Options) []statements.Violation {
	_, err := statements.Parse(body, opts)
	var invalid *statements.Invalid
	if !errors.As(err, &invalid) {
		return nil
	}
	bad := map[int]bool{}
	for _, v := range invalid.Violations {
		bad[v.Statement] = true
	}
	list := judgeAll(body, opts, maxValues, func(index int) bool { return bad[index] })
	for _, v := range list {
		delete(bad, v.Statement)
	}
	for _, v := range invalid.Violations { // what only package statements sees
		if bad[v.Statement] {
			list = append(list, v)
		}
	}
	sortViolations(list)
	return capped(list)
}

// judgeAll holds the chosen statements of a body against the schema and
// against the rules that only Go knows. It stops soon after MaxViolations, and
// passes over statements with more values than are left of budget.
func judgeAll(body []byte, opts statements.Options, budget int, chosen func(index int) bool) []statements.Violation {
	list := goOnly(body, opts)
	v := validatorFor(opts.Edition)
	eachStatement(body, func(index int, text json.RawMessage) bool {
		if !chosen(index) {
			return true
		}
		tree, err := decode(text)
		if err != nil {
			return false
		}
		if cost := values(tree, false); cost <= budget {
			budget -= cost
			list = append(list, v.judge(index, tree, opts.Skip)...)
		}
		return len(list) <= MaxViolations
	})
	sortViolations(list)
	return list
}

// values counts the JSON values in a tree, those within extensions only if all.
func values(node any, all bool) int {
	n := 1
	switch v := node.(type) {
	case map[string]any:
		for key, child := range v {
			if extensions, ok := child.(map[string]any); ok && key == "extensions" && !all {
				n += len(extensions) // the keys are looked at
				continue
			}
			n += values(child, all)
		}
	case []any:
		for _, child := range v {
			n += values(child, all)
		}
	}
	return n
}

// eachStatement calls do for every statement of a body until do answers false
// or the text cannot be read.
func eachStatement(body []byte, do func(index int, text json.RawMessage) bool) {
	dec := json.NewDecoder(bytes.NewReader(body))
	first := bytes.TrimLeft(body, " \t\r\n")
	if len(first) == 0 || first[0] != '[' {
		var text json.RawMessage
		if dec.Decode(&text) == nil {
			do(0, text)
		}
		return
	}
	if _, err := dec.Token(); err != nil {
		return
	}
	for index := 0; dec.More(); index++ {
		var text json.RawMessage
		if dec.Decode(&text) != nil || !do(index, text) {
			return
		}
	}
}

// goOnly runs the rules that no JSON Schema can express: the strict pass with
// every other rule switched off.
func goOnly(body []byte, opts statements.Options) []statements.Violation {
	skip := maps.Clone(opts.Skip)
	if skip == nil {
		skip = map[string]bool{}
	}
	for _, rule := range statements.Rules() {
		if !rule.GoOnly {
			skip[rule.ID] = true
		}
	}
	opts.Skip = skip
	_, err := statements.Parse(body, opts)
	var invalid *statements.Invalid
	errors.As(err, &invalid)
	if invalid == nil {
		return nil
	}
	return invalid.Violations
}
