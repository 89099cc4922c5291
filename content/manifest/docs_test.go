package manifest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestDocumentation holds the tables of docs/packages.md against the rules: every
// rule with what it does and means, in order, and no other.
func TestDocumentation(t *testing.T) {
	text, err := os.ReadFile("../../docs/packages.md")
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, rule := range Rules() {
		what := "warning"
		if rule.Severity == Error {
			what = "refused"
		}
		want = append(want, fmt.Sprintf("| `%s` | %s | %s |", rule.Name, what, rule.Meaning))
	}
	for line := range strings.Lines(string(text)) {
		if regexp.MustCompile("^\\| `[a-z0-9-]+` \\| (warning|refused) \\|").MatchString(line) {
			got = append(got, strings.TrimSpace(line))
		}
	}
	if !slices.Equal(want, got) {
		t.Errorf("docs/packages.md should have these rows:\n%s", strings.Join(want, "\n"))
	}
}

// TestRulesAreTested: a test of this package speaks of every rule.
func TestRulesAreTested(t *testing.T) {
	paths, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var tests strings.Builder
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		tests.Write(text)
	}
	for _, rule := range rules {
		if !regexp.MustCompile("[\" ]" + rule.Name + "[\" ]").MatchString(tests.String()) {
			t.Errorf("no test has %s", rule.Name)
		}
	}
}

// TestRulesAreTold: every rule has a meaning, advice, and a name of its own.
func TestRulesAreTold(t *testing.T) {
	seen := map[string]bool{}
	for _, rule := range Rules() {
		if rule.Meaning == "" || seen[rule.Name] {
			t.Errorf("%+v", rule)
		}
		seen[rule.Name] = true
	}
	for _, rule := range rules {
		if rule.Advice == "" {
			t.Errorf("%+v", rule)
		}
	}
}
