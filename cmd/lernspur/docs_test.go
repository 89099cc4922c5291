package main_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"lernspur/config"
)

// TestOperationsListsEverySetting holds the table of settings against the
// program: every key, with its variable and its default, and no other.
func TestOperationsListsEverySetting(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "operations.md"))
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, s := range config.Default().Effective() {
		known[s.Key] = true
		row := regexp.MustCompile("(?m)^\\|[^|]*`" + regexp.QuoteMeta(s.Key) + "`[^|]*\\|[^|]*`" + s.Environment + "`[^|]*\\|([^|]*)\\|").FindSubmatch(text)
		if row == nil {
			t.Errorf("%s (%s) is not in docs/operations.md", s.Key, s.Environment)
			continue
		}
		if got := strings.Trim(string(row[1]), " `"); got != s.Value {
			t.Errorf("docs/operations.md says that %s is %q by default, it is %q", s.Key, got, s.Value)
		}
	}
	for _, m := range regexp.MustCompile("LERNSPUR_([A-Z_]+)`").FindAllSubmatch(text, -1) {
		found := false
		for key := range known {
			found = found || strings.ToUpper(strings.ReplaceAll(key, ".", "_")) == string(m[1])
		}
		if !found {
			t.Errorf("docs/operations.md speaks of LERNSPUR_%s, which sets nothing", m[1])
		}
	}
}

// TestOperationsListsEveryMetric holds the table of metrics against a server
// that has answered something of every kind.
func TestOperationsListsEveryMetric(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "operations.md"))
	if err != nil {
		t.Fatal(err)
	}
	s := newPlace(t).serve(t)
	s.request(t, "POST", "/xapi/statements", statement(1))
	s.request(t, "POST", "/xapi/statements", "{}")
	s.request(t, "GET", "/xapi/statements", "")
	_, metrics := s.request(t, "GET", "/metrics", "")
	there := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (lernspur_\w+) `).FindAllStringSubmatch(metrics, -1) {
		there[m[1]] = true
		if !strings.Contains(string(text), "`"+m[1]+"`") {
			t.Errorf("%s is not in docs/operations.md", m[1])
		}
	}
	for _, m := range regexp.MustCompile("`(lernspur_\\w+)`").FindAllStringSubmatch(string(text), -1) {
		if !there[m[1]] {
			t.Errorf("docs/operations.md speaks of %s, which is not there", m[1])
		}
	}
}
