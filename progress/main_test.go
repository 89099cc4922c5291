package progress

import (
	stdcmp "cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"lernspur/evaluation"
	"lernspur/statements"
	"lernspur/store"
	"lernspur/store/storetest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) {
	// A check of the property takes a second or two on a real engine.
	if err := flag.Set("rapid.checks", strconv.Itoa(sequences()/perRun())); err != nil {
		panic(err)
	}
	storetest.Main(m)
}

// sequences is how many histories the property test makes; make property asks for
// many.
func sequences() int {
	n, err := strconv.Atoi(stdcmp.Or(os.Getenv("LERNSPUR_SEQUENCES"), "12"))
	if err != nil || n < 1 {
		panic("LERNSPUR_SEQUENCES is not a number")
	}
	return n
}

// perRun is how many histories run side by side, each in a tenant of its own: when
// there are many, they share the cost of the cycles.
func perRun() int { return max(1, min(25, sequences()/6)) }

// golden compares got with testdata/name.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// failing is what testing.TB and rapid.T have in common.
type failing interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

// world is a store with statements and a projector on it that only moves when
// it is told to.
type world struct {
	t     failing
	store *store.Store
	*Projector
	mark    atomic.Int64 // what the projector sees as the watermark
	stored  int64        // of the last statement
	attempt int
	// directory is the version of the directory, of all tenants together.
	directory int64
	// on is what the interface may tell; everything unless a test says otherwise.
	on evaluation.Settings
}

// evaluated is on, for the interface.
func (w *world) evaluated(context.Context, string) (evaluation.Settings, error) { return w.on, nil }

// testNow is what the clock shows.
var testNow = time.Date(2026, 1, 8, 12, 30, 0, 0, time.UTC)

// firstStored is the stored of the first statement of a world, 2026-01-01.
const firstStored = 1767225600_000001

func newWorld(t testing.TB) *world {
	w := &world{t: t, store: storetest.Open(t), stored: firstStored - 1, on: evaluation.Everything}
	w.restart()
	return w
}

// restart makes a new projector, as a new process would.
func (w *world) restart() {
	w.t.Helper()
	w.Projector = New(Dependencies{Conn: w.store.Conn(), Watermark: w.mark.Load, Now: func() time.Time { return testNow }})
	if err := w.load(context.Background()); err != nil {
		w.t.Fatal(err)
	}
}

// post stores statements of a tenant, and raises the watermark.
func (w *world) post(tenant string, sts ...string) {
	w.t.Helper()
	w.insertRows(w.rows(tenant, sts))
}

// rows makes statements ready to be stored.
func (w *world) rows(tenant string, sts []string) []store.Row {
	w.t.Helper()
	rows := make([]store.Row, len(sts))
	for i, st := range sts {
		parsed, err := statements.ParseOne([]byte(st), statements.Options{
			Edition: statements.V1, Authority: []byte(`{"mbox":"mailto:lrs@stadt.example"}`), AuthorityIdentifier: "mbox|mailto:lrs@stadt.example",
		})
		if err != nil {
			w.t.Fatalf("%v: %s", err, st)
		}
		w.stored++
		parsed.Stamp(w.stored)
		rows[i] = store.Row{Tenant: tenant, Statement: parsed}
	}
	return rows
}

func (w *world) insertRows(rows []store.Row) {
	w.t.Helper()
	w.attempt++
	if err := w.store.Insert(context.Background(), fmt.Sprintf("test-%p-%d", w, w.attempt), rows); err != nil {
		w.t.Fatal(err)
	}
	w.mark.Store(w.stored)
}

// project runs cycles until the projection has come to the watermark.
func (w *world) project() {
	w.t.Helper()
	for more := true; more; {
		var err error
		if more, err = w.catchUp(context.Background()); err != nil {
			w.t.Fatal(err)
		}
	}
	if w.Watermark() != w.mark.Load() {
		w.t.Fatalf("the projection came to %d, not to %d", w.Watermark(), w.mark.Load())
	}
}

// everybody selects all learners.
var everybody = Selection{Scope: Scope{All: true}}

// courses are all courses of a tenant by id.
func (w *world) courses(tenant string) map[string]Course {
	w.t.Helper()
	page, err := w.Courses(context.Background(), tenant, Filter{Limit: 1000, Selection: everybody})
	if err != nil {
		w.t.Fatal(err)
	}
	byID := make(map[string]Course)
	for _, c := range page.Courses {
		byID[c.ID] = c
	}
	return byID
}

// object makes JSON objects short to write.
type object map[string]any

// statement is a statement about learner and an activity, with more on top.
func statement(learner, verb, activity, timestamp string, more object) string {
	st := object{
		"id":        uuid.NewString(),
		"actor":     object{"mbox": "mailto:" + learner + "@stadt.example"},
		"verb":      object{"id": verb},
		"object":    object{"id": activity},
		"timestamp": timestamp,
	}
	for k, v := range more {
		st[k] = v
	}
	return encode(st)
}

// voiding is a statement that voids the one with an id.
func voiding(id string) string {
	return statement("admin", "http://adlnet.gov/expapi/verbs/voided", "", "2026-01-31T00:00:00Z",
		object{"object": object{"objectType": "StatementRef", "id": id}})
}

func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}
