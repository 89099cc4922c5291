package app

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOnePersonOfTwoIdentifiers: the Agents resource answers what the directory
// ties together, which a file can begin; and a file that cannot be used stops the
// start.
func TestOnePersonOfTwoIdentifiers(t *testing.T) {
	o := options(t)
	dir := filepath.Join(o.DataDir, "people")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "default.json")
	if err := os.WriteFile(file, []byte(`[{"name": ["Ada Example"], "agents": [{"mbox": "mailto:ada@example.org"},
		{"account": {"homePage": "https://id.example.org", "name": "a1"}}]}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	a := start(t, o)
	for _, agent := range []string{`{"mbox":"mailto:ada@example.org"}`, `{"account":{"homePage":"https://id.example.org","name":"a1"}}`} {
		status, answer := ask(t, a, "GET", "/xapi/agents?agent="+url.QueryEscape(agent), "")
		for _, want := range []string{`"objectType":"Person"`, `"Ada Example"`, `"mailto:ada@example.org"`, `"https://id.example.org"`} {
			if status != 200 || !strings.Contains(answer, want) {
				t.Errorf("%s: %d %s lacks %s", agent, status, answer, want)
			}
		}
	}
	stop(t, a)
	if err := os.WriteFile(file, []byte(`[{"agents": [{"mbox": "ada"}]}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := New(o).Start(t.Context()); err == nil || !strings.Contains(err.Error(), "default.json") {
		t.Errorf("a start with a file that cannot be used: %v", err)
	}
}
