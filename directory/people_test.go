package directory

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestReadPeople(t *testing.T) {
	dir := t.TempDir()
	missing, err := ReadPeople(filepath.Join(dir, "missing"))
	if err != nil || len(missing.Person("town", "mbox|mailto:ada@town.example").Identifiers) != 0 {
		t.Errorf("a folder that is not there: %v", err)
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("notes.txt", "passed over")
	write("town.json", `[{"name": ["Ada", "A. Example"], "agents": [{"mbox": "mailto:ada@town.example"},
		{"account": {"homePage": "https://id.town.example", "name": "a1"}}]}, {"agents": [{"mbox": "mailto:bob@town.example"}]}]`)
	people, err := ReadPeople(dir)
	if err != nil {
		t.Fatal(err)
	}
	both := []string{"mbox|mailto:ada@town.example", "account|https://id.town.example|a1"}
	for _, identifier := range both {
		if p := people.Person("town", identifier); !slices.Equal(p.Identifiers, both) || !slices.Equal(p.Names, []string{"Ada", "A. Example"}) {
			t.Errorf("%s: %+v", identifier, p)
		}
		if p := people.Person("village", identifier); p.Identifiers != nil {
			t.Errorf("%s is known to another tenant", identifier)
		}
	}
	if p := people.Person("town", "mbox|mailto:eve@town.example"); p.Identifiers != nil {
		t.Errorf("somebody unknown: %+v", p)
	}
	for text, reason := range map[string]string{
		`[{"agents": [{"mbox": "ada"}]}]`: "person 0",
		`[{"agents": [{"mbox": "mailto:a@b.example"}]}, {"agents": [{"mbox": "mailto:a@b.example"}]}]`: "person 1: mbox|mailto:a@b.example is listed before",
		`[{"nick": "A"}]`: "unknown field",
	} {
		write("bad.json", text)
		if _, err := ReadPeople(dir); err == nil || !strings.Contains(err.Error(), reason) || !strings.Contains(err.Error(), "bad.json") {
			t.Errorf("%s: %v does not name the file and %q", text, err, reason)
		}
	}
}
