package schema

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadTenants(t *testing.T) {
	dir := t.TempDir()
	if tenants, err := ReadTenants(filepath.Join(dir, "missing")); err != nil || len(tenants) != 0 {
		t.Errorf("a folder that is not there: %v, %v", tenants, err)
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("notes.txt", "passed over")
	write("town.json", `{"extensions": {"http://town.example/ext/room": {"type": "integer", "minimum": 1}}}`)
	tenants, err := ReadTenants(dir)
	if err != nil || len(tenants) != 1 {
		t.Fatalf("%v, %v", tenants, err)
	}
	for room, bad := range map[string]int{"7": 0, "0": 1, `"seven"`: 1} {
		raw := `{"actor": {"mbox": "mailto:a@town.example"}, "verb": {"id": "http://town.example/did"},
			"object": {"id": "http://town.example/it"}, "context": {"extensions": {"http://town.example/ext/room": ` + room + `}}}`
		found := tenants["town"].Check(3, []byte(raw))
		if len(found) != bad {
			t.Errorf("room %s: %v", room, found)
		}
		for _, v := range found {
			if v.Statement != 3 || v.Rule != RuleTenantSchema || v.Pointer != "/context/extensions/http:~1~1town.example~1ext~1room" {
				t.Errorf("room %s: %+v", room, v)
			}
		}
	}
	for text, reason := range map[string]string{
		`{"extension": {}}`: "unknown field",
		`{} {}`:             "behind the value",
		`[`:                 "unexpected EOF",
		`{"profiles": {"http://p.example": {"type": "nope"}}}`: "schema of profile http://p.example",
	} {
		write("bad.json", text)
		if _, err := ReadTenants(dir); err == nil || !strings.Contains(err.Error(), reason) || !strings.Contains(err.Error(), "bad.json") {
			t.Errorf("%s: %v does not name the file and %q", text, err, reason)
		}
	}
}
