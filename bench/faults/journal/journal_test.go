package journal

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
)

func records(t *testing.T, path string) []Record {
	t.Helper()
	var list []Record
	if err := ReadFile(path, func(r Record) error { list = append(list, r); return nil }); err != nil {
		t.Fatal(err)
	}
	return list
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	w, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	want := Sent{ID: "a", Marker: "m", Body: "{\"a\" : 1.50,\n\"b\":\"<&\u2028\\u00e9é\\/\"}"}
	if err := w.Write(Record{Kind: Intent, N: 1, Purpose: New, Method: "PUT", Statements: []Sent{want}}); err != nil {
		t.Fatal(err)
	}
	if got := records(t, path); len(got) != 1 || !slices.Equal(got[0].Statements, []Sent{want}) || got[0].At == 0 {
		t.Errorf("read %+v", got) // before Close: Write has returned
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(path); err == nil {
		t.Error("a journal that is there was opened as a new one")
	}
}

func TestManyWriters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	w, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	var writers sync.WaitGroup
	for i := range int64(8) {
		writers.Go(func() {
			for n := range int64(50) {
				if err := w.Write(Record{Kind: Intent, N: 100*i + n}); err != nil {
					t.Error(err)
				}
				if err := w.Sync(Record{Kind: Ack, N: 100*i + n}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	intents := map[int64]bool{}
	acks := 0
	for _, r := range records(t, path) {
		switch r.Kind {
		case Intent:
			intents[r.N] = true
		case Ack:
			acks++
			if !intents[r.N] {
				t.Errorf("acknowledgement %d comes before its intent", r.N)
			}
		}
	}
	if acks != 400 {
		t.Errorf("%d acknowledgements, not 400", acks)
	}
}

func TestLineThatWasCutOff(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	whole := `{"kind":"ack","at":1,"n":1}` + "\n"
	for cut := range len(whole) {
		if err := os.WriteFile(path, []byte(whole+whole[:cut]), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := records(t, path); len(got) != 1 {
			t.Fatalf("cut at %d: %d records", cut, len(got))
		}
	}
	if err := os.WriteFile(path, []byte(fmt.Sprint("damaged\n", whole)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := ReadFile(path, func(Record) error { return nil }); err == nil {
		t.Error("a damaged line passes")
	}
}
