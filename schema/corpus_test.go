package schema

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"lernspur/statements"
)

// ruleFile is one file of testdata/rules: statements that break one rule and
// no other, and near misses that are valid. The verdicts were written by hand
// after the specification.
type ruleFile struct {
	Rule    string  `json:"rule"`
	Invalid []entry `json:"invalid"`
	Valid   []entry `json:"valid"`
}

// entry is one request body: a statement, or where the bytes matter the body
// as text or in base64.
type entry struct {
	Name      string          `json:"name"`
	Edition   string          `json:"edition"` // "1.0", "2.0", or "" for both
	Statement json.RawMessage `json:"statement"`
	Body      *string         `json:"body"`
	Base64    string          `json:"base64"`
	Pointer   string          `json:"pointer"`
	Index     int             `json:"index"`
	// StatementID is the parameter of a PUT.
	StatementID string `json:"statementId"`
	Limits      struct{ Bytes, Depth, Statements int }
}

func (e entry) bytes(t testing.TB) []byte {
	t.Helper()
	switch {
	case e.Body != nil:
		return []byte(*e.Body)
	case e.Base64 != "":
		text, err := base64.StdEncoding.DecodeString(e.Base64)
		if err != nil {
			t.Fatalf("%s: %v", e.Name, err)
		}
		return text
	}
	return e.Statement
}

func (e entry) editions() []statements.Edition {
	switch e.Edition {
	case "1.0":
		return []statements.Edition{statements.V1}
	case "2.0":
		return []statements.Edition{statements.V2}
	}
	return []statements.Edition{statements.V1, statements.V2}
}

func (e entry) options(t testing.TB, ed statements.Edition) statements.Options {
	t.Helper()
	opts := statements.Options{Edition: ed, Limits: statements.Limits{
		MaxStatementBytes: e.Limits.Bytes, MaxDepth: e.Limits.Depth, MaxStatements: e.Limits.Statements,
	}}
	if e.StatementID != "" {
		opts.StatementID = uuid.MustParse(e.StatementID)
	}
	return opts
}

// corpus reads all rule files by rule.
func corpus(t testing.TB) map[string]ruleFile {
	t.Helper()
	paths, err := filepath.Glob("testdata/rules/*.json")
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string]ruleFile, len(paths))
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var f ruleFile
		dec := json.NewDecoder(strings.NewReader(string(text)))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&f); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if f.Rule+".json" != filepath.Base(path) {
			t.Errorf("%s says that it is about %s", path, f.Rule)
		}
		files[f.Rule] = f
	}
	return files
}

// verdicts are what the two authorities say of a body, each on its own.
func verdicts(body []byte, opts statements.Options) (fast, explained []statements.Violation) {
	_, err := statements.Parse(body, opts)
	var invalid *statements.Invalid
	if errors.As(err, &invalid) {
		fast = invalid.Violations
	}
	return fast, judgeAll(body, opts, math.MaxInt, func(int) bool { return true })
}

// only compares a list of violations with the one that a corpus entry expects.
func only(list []statements.Violation, rule string, e entry) error {
	if len(list) != 1 {
		return fmt.Errorf("%d violations instead of one: %s", len(list), brief(list))
	}
	if v := list[0]; v.Rule != rule || v.Pointer != e.Pointer || v.Statement != e.Index {
		return fmt.Errorf("got %s, want statement %d %q %s", brief(list), e.Index, e.Pointer, rule)
	}
	return nil
}

func brief(list []statements.Violation) string {
	var parts []string
	for _, v := range list {
		parts = append(parts, fmt.Sprintf("statement %d %q %s", v.Statement, v.Pointer, v.Rule))
	}
	return strings.Join(parts, ", ")
}

func TestCorpusIsComplete(t *testing.T) {
	files := corpus(t)
	for _, rule := range statements.Rules() {
		f, ok := files[rule.ID]
		if !ok {
			t.Errorf("rule %s has no file", rule.ID)
			continue
		}
		delete(files, rule.ID)
		for _, ed := range rule.Editions {
			if bad, good := count(f.Invalid, ed), count(f.Valid, ed); bad < 2 || good < 1 {
				t.Errorf("rule %s, edition %d: %d invalid and %d valid entries, want at least 2 and 1", rule.ID, ed, bad, good)
			}
		}
		for _, e := range f.Invalid {
			for _, ed := range e.editions() {
				if !rule.In(ed) {
					t.Errorf("rule %s does not hold in edition %d, but entry %q is about it", rule.ID, ed, e.Name)
				}
			}
		}
	}
	for id := range files {
		t.Errorf("file of %s: there is no such rule", id)
	}
}

func count(list []entry, ed statements.Edition) (n int) {
	for _, e := range list {
		for _, other := range e.editions() {
			if other == ed {
				n++
			}
		}
	}
	return n
}

func TestCorpusBothValidatorsAgree(t *testing.T) {
	for rule, f := range corpus(t) {
		for _, e := range f.Invalid {
			for _, ed := range e.editions() {
				t.Run(fmt.Sprintf("%s/%d/%s", rule, ed, e.Name), func(t *testing.T) {
					fast, explained := verdicts(e.bytes(t), e.options(t, ed))
					if err := only(fast, rule, e); err != nil {
						t.Errorf("statements: %v", err)
					}
					if err := only(explained, rule, e); err != nil {
						t.Errorf("schema: %v", err)
					}
				})
			}
		}
		for _, e := range f.Valid {
			for _, ed := range e.editions() {
				t.Run(fmt.Sprintf("%s/%d/valid %s", rule, ed, e.Name), func(t *testing.T) {
					fast, explained := verdicts(e.bytes(t), e.options(t, ed))
					if len(fast)+len(explained) > 0 {
						t.Errorf("valid, but statements says %q and schema says %q", brief(fast), brief(explained))
					}
				})
			}
		}
	}
}

// TestEachRuleIsNeeded switches the rules off one by one: without the rule,
// an invalid entry of the corpus must pass, in each validator.
func TestEachRuleIsNeeded(t *testing.T) {
	files := corpus(t)
	t.Logf("%-36s %10s %10s", "rule switched off", "statements", "schema")
	for _, rule := range statements.Rules() {
		passFast, passSchema, total := 0, 0, 0
		for _, e := range files[rule.ID].Invalid {
			for _, ed := range e.editions() {
				opts := e.options(t, ed)
				opts.Skip = map[string]bool{rule.ID: true}
				fast, explained := verdicts(e.bytes(t), opts)
				total++
				if len(fast) == 0 {
					passFast++
				}
				if len(explained) == 0 {
					passSchema++
				}
			}
		}
		t.Logf("%-36s %6d/%-3d %6d/%-3d", rule.ID, passFast, total, passSchema, total)
		if passFast == 0 || passSchema == 0 {
			t.Errorf("rule %s can be switched off without anything failing: %d of %d entries pass statements, %d pass schema",
				rule.ID, passFast, total, passSchema)
		}
	}
}
