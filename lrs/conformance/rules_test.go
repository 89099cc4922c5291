package conformance

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lernspur/lrs"
	"lernspur/lrs/lrstest"
	"lernspur/statements"
)

// ruleFile is a file of schema/testdata/rules: bodies that break one rule, and
// near misses that are valid.
type ruleFile struct {
	Rule    string
	Invalid []ruleEntry
	Valid   []ruleEntry
}

type ruleEntry struct {
	Name        string
	Edition     string
	Statement   json.RawMessage
	Body        *string
	Base64      string
	Pointer     string
	Index       int
	StatementID string
	Limits      struct{ Bytes, Depth, Statements int }
}

func statementsEdition(ed editions) statements.Edition {
	if ed == v1 {
		return statements.V1
	}
	return statements.V2
}

func (e ruleEntry) in(ed editions) bool {
	return e.Edition == "" || (e.Edition == "1.0") == (ed == v1)
}

func (e ruleEntry) body(t testing.TB) []byte {
	t.Helper()
	switch {
	case e.Body != nil:
		return []byte(*e.Body)
	case e.Base64 != "":
		text, err := base64.StdEncoding.DecodeString(e.Base64)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	return e.Statement
}

func (e ruleEntry) request(t testing.TB) request {
	t.Helper()
	if e.StatementID != "" {
		return put(e.StatementID, e.body(t))
	}
	return post(e.body(t))
}

// limited tells that an entry needs a server with limits of its own.
func (e ruleEntry) limited() bool { return e.Limits != struct{ Bytes, Depth, Statements int }{} }

func ruleFiles(t testing.TB) []ruleFile {
	t.Helper()
	paths, err := filepath.Glob("../../schema/testdata/rules/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatal("no rules", err)
	}
	var files []ruleFile
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var f ruleFile
		if err := json.Unmarshal(text, &f); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		files = append(files, f)
	}
	return files
}

// TestRules sends every example of every rule: what breaks a rule is 400 (413
// for a size) and the answer names the rule and the place; near misses are
// taken. What breaks a rule as a statement breaks it as a SubStatement too.
func TestRules(t *testing.T) {
	s := lrstest.Start(t, lrstest.Options{})
	for _, f := range ruleFiles(t) {
		for _, ed := range both.split() {
			if !registered(t, f.Rule).In(statementsEdition(ed)) {
				continue
			}
			t.Run(f.Rule+"/"+ed.version(), func(t *testing.T) {
				t.Parallel()
				c := (&client{T: t, server: s, ed: ed}).tenant()
				c.breaks(f)
				for _, e := range f.Valid {
					if !e.in(ed) {
						continue
					}
					if r := c.limited(e).send(e.request(t)); r.status != 200 && r.status != 204 && !c.lacksParts(r) {
						t.Errorf("%s: %d %.300s", e.Name, r.status, r.body)
					}
				}
			})
		}
	}
}

// breaks sends what breaks a rule.
func (c *client) breaks(f ruleFile) {
	c.Helper()
	sent, nested := 0, 0
	for _, e := range f.Invalid {
		if !e.in(c.ed) {
			continue
		}
		sent++
		c.breaksRule(f.Rule, e, c.limited(e).send(e.request(c)), e.Pointer)
		if sub := asSubStatement(c, e); sub != nil && !onlyStatements[f.Rule] {
			nested++
			c.breaksRule(f.Rule, e, c.send(post(sub)), "/object"+e.Pointer)
		}
	}
	if sent == 0 {
		c.Error("no example in this edition")
	}
	if nested == 0 && !onlyStatements[f.Rule] {
		c.Error("no example as a SubStatement")
	}
}

// onlyStatements are the rules that cannot be broken by a SubStatement.
var onlyStatements = map[string]bool{}

func init() {
	for _, rule := range []string{
		"json-syntax", "utf8", "duplicate-key", "limit-bytes", "limit-depth", "limit-statements", // about the text
		"id-uuid", "id-parameter", "id-duplicate-in-batch", "version-format", "authority-group", // about what SubStatements lack
		"substatement-nesting", "substatement-property", // about SubStatements
	} {
		onlyStatements[rule] = true
	}
}

func (c *client) breaksRule(rule string, e ruleEntry, r result, pointer string) {
	c.Helper()
	status := 400
	if rule == "limit-bytes" || rule == "limit-statements" {
		status = 413
	}
	var answer struct {
		Violations []struct{ Pointer, Rule string }
	}
	c.decode(r.body, &answer)
	if r.status != status || len(answer.Violations) != 1 || answer.Violations[0].Rule != rule || answer.Violations[0].Pointer != pointer {
		c.Errorf("%s: %d, want %d and %s at %q: %.300s", e.Name, r.status, status, rule, pointer, r.body)
	}
}

// ofStatements are the properties that a SubStatement lacks.
var ofStatements = []string{"id", "stored", "version", "authority"}

// asSubStatement wraps a bad statement; nil when it is not a lone statement
// whose fault a SubStatement can have. Its text stays as it is.
func asSubStatement(t testing.TB, e ruleEntry) any {
	t.Helper()
	var s map[string]json.RawMessage
	if e.limited() || json.Unmarshal(e.body(t), &s) != nil || s == nil || s["objectType"] != nil {
		return nil
	}
	for _, name := range ofStatements {
		if strings.HasPrefix(e.Pointer+"/", "/"+name+"/") {
			return nil
		}
		delete(s, name)
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(s["object"], &object) == nil && string(object["objectType"]) == `"SubStatement"` {
		return nil
	}
	s["objectType"] = json.RawMessage(`"SubStatement"`)
	return m{"actor": agent("ada"), "verb": m{"id": verbID("planned")}, "object": s}
}

// limited is a client of a server with the limits of an entry.
func (c *client) limited(e ruleEntry) *client {
	c.Helper()
	if !e.limited() {
		return c
	}
	other := *c
	other.server = lrstest.Start(c, lrstest.Options{LRS: func(o *lrs.Options) {
		o.Statements = statements.Limits{
			MaxStatementBytes: e.Limits.Bytes, MaxDepth: e.Limits.Depth, MaxStatements: e.Limits.Statements,
		}
	}})
	other.key, other.secret = other.server.Key, other.server.Secret
	return &other
}

// lacksParts tells that a statement was refused only because its attachments
// were not sent along, which is no matter of its rules.
func (c *client) lacksParts(r result) bool {
	return r.status == 400 && strings.Contains(string(r.body), "attachment")
}
