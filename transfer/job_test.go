package transfer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

func TestWithID(t *testing.T) {
	id := uuid.MustParse("11111111-2222-5333-8444-555555555555")
	tests := []struct{ name, text, want string }{
		{"none", `{"a":1}`, `{"id":"` + id.String() + `","a":1}`},
		{"empty", `{ }`, `{"id":"` + id.String() + `" }`},
		{"its own", `{"a":1, "id":"x"}`, `{"a":1, "id":"x"}`},
		{"its own, spelled with an escape", `{"\u0069d":"x"}`, `{"\u0069d":"x"}`},
		{"only in an object within", `{"a":{"id":1},"b":["id",{"id":2}]}`, `{"id":"` + id.String() + `","a":{"id":1},"b":["id",{"id":2}]}`},
		{"only as a value", `{"a":"id"}`, `{"id":"` + id.String() + `","a":"id"}`},
		{"only in a string", `{"a":"{\"id\":1}"}`, `{"id":"` + id.String() + `","a":"{\"id\":1}"}`},
		{"no object", `["id"]`, `["id"]`},
		{"null", `null`, `null`},
		{"nothing", ``, ``},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := Element{Text: []byte(test.text), ID: id}
			if got := string(e.WithID()); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestIDsFollowFromTheFile: the same text twice is two statements; the same
// file again is the same ones.
func TestIDsFollowFromTheFile(t *testing.T) {
	_, first, err := readAll(t, strings.NewReader(`[{"a":1},{"a":1},{"a":2}]`), State{})
	if err != nil {
		t.Fatal(err)
	}
	_, again, err := readAll(t, strings.NewReader("{\"a\":1}\n{\"a\":1}\n{\"a\":2}\n"), State{})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[[16]byte]bool{}
	for i := range first {
		if first[i].ID != again[i].ID {
			t.Errorf("statement %d has two ids", i)
		}
		seen[first[i].ID] = true
		if id := uuid.UUID(first[i].ID); id.Version() != 5 || id.Variant() != uuid.RFC4122 {
			t.Errorf("id %s is not a name-based UUID", id)
		}
	}
	if len(seen) != 3 {
		t.Errorf("%d ids for 3 statements", len(seen))
	}
}

// fakeStore takes what is {"good":…}.
func fakeStore(keepGoing bool, stored *[]string) func(context.Context, [][]byte) (Verdict, error) {
	return func(_ context.Context, batch [][]byte) (Verdict, error) {
		var v Verdict
		for i, text := range batch {
			var value struct{ Good *int }
			if json.Unmarshal(text, &value) == nil && value.Good != nil {
				*stored = append(*stored, fmt.Sprint(*value.Good))
				v.Accepted++
				continue
			}
			v.Failures = append(v.Failures, Failure{i, "bad"})
			if !keepGoing {
				break
			}
		}
		return v, nil
	}
}

func TestJob(t *testing.T) {
	const file = "{\"good\":1}\n{\"bad\":2}\n{\"good\":3}\nnonsense\n{\"good\":5}\n"
	tests := []struct {
		name      string
		keepGoing bool
		stored    string
		failed    []string
		err       error
		at        int // where it is remembered to go on
	}{
		{"stops", false, "1", []string{"line 2"}, ErrFailed, 1},
		{"keeps going", true, "1 3 5", []string{"line 2", "line 4"}, nil, 5},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, err := NewReader(strings.NewReader(file), State{})
			if err != nil {
				t.Fatal(err)
			}
			var stored, failed []string
			var remembered Memory
			job := &Job{Reader: r, KeepGoing: test.keepGoing, Send: fakeStore(test.keepGoing, &stored),
				Failed:       func(e Element, _ string) { failed = append(failed, fmt.Sprintf("line %d", e.Line)) },
				Acknowledged: func(m Memory) { remembered = m }}
			if err := job.Run(t.Context()); !errors.Is(err, test.err) {
				t.Errorf("error %v, want %v", err, test.err)
			}
			if got := strings.Join(stored, " "); got != test.stored {
				t.Errorf("stored %s, want %s", got, test.stored)
			}
			if diff := cmp.Diff(test.failed, failed); diff != "" {
				t.Errorf("failures: -want +got\n%s", diff)
			}
			if remembered.State.Index != test.at || remembered.Accepted != len(stored) {
				t.Errorf("remembered %+v, want to go on at %d", remembered, test.at)
			}
		})
	}
}

// TestJobSendsWhatCameBeforeDamage: what stands before a place that cannot be
// read is stored.
func TestJobSendsWhatCameBeforeDamage(t *testing.T) {
	r, err := NewReader(strings.NewReader(`[{"good":1},{"good":2},{"good"`), State{})
	if err != nil {
		t.Fatal(err)
	}
	var stored []string
	job := &Job{Reader: r, Send: fakeStore(false, &stored), Failed: func(Element, string) {}, Acknowledged: func(Memory) {}}
	err = job.Run(t.Context())
	var syntax *SyntaxError
	if !errors.As(err, &syntax) || len(stored) != 2 {
		t.Errorf("error %v, stored %v", err, stored)
	}
}

func TestBookmark(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "imports")
	mark := func(content string, parts ...string) *Bookmark {
		b, err := NewBookmark(dir, strings.NewReader(content), parts...)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	b := mark("content", "tenant")
	if m, err := b.Load(); err != nil || m != (Memory{}) {
		t.Errorf("nothing is remembered as %+v, %v", m, err)
	}
	want := Memory{File: "a", State: State{Offset: 5, Line: 2, Index: 1, Mode: modeArray, Chain: [32]byte{1, 2}}, Accepted: 1}
	if err := b.Save(want); err != nil {
		t.Fatal(err)
	}
	if got, err := mark("content", "tenant").Load(); err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	for name, other := range map[string]*Bookmark{"content": mark("other", "tenant"), "tenant": mark("content", "town")} {
		if got, err := other.Load(); err != nil || got != (Memory{}) {
			t.Errorf("another %s: %+v, %v", name, got, err)
		}
	}
	if err := os.WriteFile(b.path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Load(); err == nil || !strings.Contains(err.Error(), b.path) {
		t.Errorf("a damaged bookmark: %v", err)
	}
	for range 2 {
		if err := b.Clear(); err != nil {
			t.Error(err)
		}
	}
}
