package app

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"go.uber.org/zap"

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
	ownStatementsObey(t, a, with)
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

// ownStatementsObey: those that the server makes are held to the same rules,
// whoever makes them; of launches the others are stored all the same.
func ownStatementsObey(t *testing.T, a *App, with func(room string) string) {
	t.Helper()
	as := func(id, room string) string { return `{"id":"` + id + `",` + with(room)[1:] }
	const first, second, third = "5f6a1d3e-3b0c-4a53-9c7c-0d6f2d1c0021", "5f6a1d3e-3b0c-4a53-9c7c-0d6f2d1c0022", "5f6a1d3e-3b0c-4a53-9c7c-0d6f2d1c0023"
	r, err := a.NewRecorder()
	if err != nil {
		t.Fatal(err)
	}
	var invalid *statements.Invalid
	if err := r.Record(t.Context(), "default", []byte("["+as(first, "7")+","+as(second, `"seven"`)+"]")); !errors.As(err, &invalid) {
		t.Errorf("the recorder took a room that is a word: %v", err)
	}
	own := launchStatements{r.own, a.store, zap.NewNop()}
	array := []byte("[" + as(first, "7") + "," + as(second, `"seven"`) + "," + as(third, "8") + "]")
	if sts, err := own.Parse("default", array); err != nil || len(sts) != 2 {
		t.Errorf("%d statements of a launch, %v", len(sts), err)
	}
	if err := own.Record(t.Context(), "default", array); err != nil {
		t.Error(err)
	}
	// Another under an id that is taken costs the rest nothing.
	const fourth = "5f6a1d3e-3b0c-4a53-9c7c-0d6f2d1c0024"
	if err := own.Record(t.Context(), "default", []byte("["+as(first, "9")+","+as(fourth, "8")+"]")); err != nil {
		t.Error(err)
	}
	for id, want := range map[string]bool{first: true, second: false, third: true, fourth: true} {
		id, _ := uuid.Parse(id)
		if stored, err := own.Stored(t.Context(), "default", id); err != nil || stored != want {
			t.Errorf("%s is stored: %v, %v", id, stored, err)
		}
	}
}
