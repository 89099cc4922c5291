package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lernspur/admin"
	"lernspur/statements"
)

// TestTenantsOwnSchemas: what a tenant asks beyond the specification holds for
// what is posted and for what is imported, and a file that cannot be used stops
// the start.
func TestTenantsOwnSchemas(t *testing.T) {
	o := options(t)
	dir := filepath.Join(o.DataDir, "schemas")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "default.json")
	if err := os.WriteFile(file, []byte(`{"extensions": {"http://example.org/room": {"type": "integer"}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	with := func(room string) string {
		return strings.TrimSuffix(statement, "}") + `,"context":{"extensions":{"http://example.org/room":` + room + `}}}`
	}
	a := start(t, o)
	if status, answer := ask(t, a, "POST", "/xapi/statements", with("7")); status != 200 {
		t.Errorf("a room that is a number: %d %s", status, answer)
	}
	status, answer := ask(t, a, "POST", "/xapi/statements", "["+with("7")+","+with(`"seven"`)+"]")
	if status != 400 || !strings.Contains(answer, `"rule":"tenant-schema"`) || !strings.Contains(answer, `"statement":1`) ||
		!strings.Contains(answer, `/context/extensions/http:~1~1example.org~1room`) {
		t.Errorf("a room that is a word: %d %s", status, answer)
	}
	c, err := admin.Connect(t.Context(), o.DataDir)
	if err != nil {
		t.Fatal(err)
	}
	result, err := c.Import(t.Context(), admin.ImportRequest{Tenant: "default", Edition: statements.V1, KeepGoing: true},
		[][]byte{[]byte(with(`"seven"`)), []byte(with("8"))})
	if err != nil || result.Accepted != 1 || len(result.Failures) != 1 || result.Failures[0].Index != 0 ||
		!strings.Contains(result.Failures[0].Message, "/context/extensions/http:~1~1example.org~1room") {
		t.Errorf("import: %+v, %v", result, err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	stop(t, a)
	if err := os.WriteFile(file, []byte(`{"extensions": {"http://example.org/room": {"type": "roomy"}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := New(o).Start(t.Context()); err == nil || !strings.Contains(err.Error(), "default.json") || !strings.Contains(err.Error(), "http://example.org/room") {
		t.Errorf("a start with a schema that cannot be used: %v", err)
	}
}
