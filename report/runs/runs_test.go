package runs

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"lernspur/documents"
	"lernspur/report/definition"
	"lernspur/report/inputs"
	"lernspur/report/reading"
	"lernspur/report/result"
)

// shelves keep records and files in memory; for one caller at a time.
type shelves struct {
	records map[documents.Key]*documents.Document
	files   map[string][]byte
}

func (s *shelves) Change(_ context.Context, key documents.Key, change func(*documents.Document) (*documents.Document, error)) (*documents.Document, error) {
	next, err := change(s.records[key])
	if err != nil {
		return nil, err
	}
	next.Key = key
	s.records[key] = next
	return next, nil
}

func (s *shelves) Document(_ context.Context, key documents.Key) (*documents.Document, error) {
	return s.records[key], nil
}

func (s *shelves) List(_ context.Context, r documents.Range) ([]*documents.Document, error) {
	var list []*documents.Document
	for _, d := range s.records {
		if d.Shelf == r.Shelf && d.ID > r.AfterID {
			list = append(list, d)
		}
	}
	slices.SortFunc(list, func(a, b *documents.Document) int { return cmp.Compare(a.ID, b.ID) })
	return list[:min(len(list), r.Limit)], nil
}

func (s *shelves) Hold(context.Context, string, []string) (func(), error) { return func() {}, nil }

func (s *shelves) Put(_ context.Context, _, hash string, r io.Reader, _ int64) (n int64, err error) {
	s.files[hash], err = io.ReadAll(r)
	return int64(len(s.files[hash])), err
}

func (s *shelves) Open(_ context.Context, _, hash string) (io.ReadCloser, int64, error) {
	text, ok := s.files[hash]
	if !ok {
		return nil, 0, errors.New("there is no such file")
	}
	return io.NopCloser(bytes.NewReader(text)), int64(len(text)), nil
}

func (s *shelves) Sweep(ctx context.Context, tenant string, _ time.Time, used func(context.Context, string, []string) (map[string]bool, error)) (n int, err error) {
	var hashes []string
	for hash := range s.files {
		hashes = append(hashes, hash)
	}
	kept, err := used(ctx, tenant, hashes)
	for _, hash := range hashes {
		if !kept[hash] {
			delete(s.files, hash)
			n++
		}
	}
	return n, err
}

// directory reads twenty people who are known and have done nothing; more of them each time it is asked.
type directory struct{ asked int }

func (r *directory) Read(_ context.Context, _ *definition.Definition, asOf int64, _ func(reading.Step)) (*inputs.Inputs, error) {
	in := &inputs.Inputs{Format: inputs.Format, AsOf: asOf}
	for i := range 20 + 20*r.asked {
		in.PersonUnit, in.PersonKnown, in.PersonGone = append(in.PersonUnit, inputs.None), append(in.PersonKnown, true), append(in.PersonGone, false)
		in.Keys, in.KeyOwner = append(in.Keys, in.KeyOf(fmt.Sprintf("p%d", i))), append(in.KeyOwner, int32(i))
	}
	r.asked++
	return in, nil
}

const text = "version: 1\ntitle: Bericht\ntenant: town\nperiod: {from: 2026-01-01, to: 2026-12-31}\n" +
	"targets:\n  - {figure: reach, green: {at_least: 0.4}}\nrecommendations:\n  - {consequence: adapt, text: Anpassen}\n"

// asOf is 2026-10-15T12:00:00Z.
const asOf = 1_792_065_600_000_000

func newService(t *testing.T) (*Service, *shelves, *directory) {
	t.Helper()
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	s, r := &shelves{map[documents.Key]*documents.Document{}, map[string][]byte{}}, new(directory)
	return New(Dependencies{Records: s, Files: s, Reader: r, Version: "1", Now: func() time.Time {
		now = now.Add(time.Second)
		return now
	}}), s, r
}

func mustRun(t *testing.T, s *Service, by string) *Made {
	t.Helper()
	made, err := s.Run(t.Context(), Request{Definition: []byte(text), AsOf: asOf, By: by}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// TestRun: what is asked for again is made of what the first run has used, and nothing is read for it; a preview is not kept.
func TestRun(t *testing.T) {
	s, kept, r := newService(t)
	if _, err := s.Preview(t.Context(), Request{Definition: []byte(text), AsOf: asOf}, nil); err != nil || len(kept.records)+len(kept.files) != 0 {
		t.Fatalf("%v: %d records and %d files of a preview", err, len(kept.records), len(kept.files))
	}
	one := mustRun(t, s, "anna")
	two := mustRun(t, s, "bert")
	if r.asked != 2 { // of the preview and of the first run
		t.Errorf("read %d times", r.asked)
	}
	if one.Run.Of != "" || two.Run.Of != one.Run.ID || two.Run.By != "bert" || two.Run.Changed || !bytes.Equal(one.JSON, two.JSON) {
		t.Errorf("%+v\n%+v", one.Run, two.Run)
	}
	if v := one.Report.Reach.Registered.Value; v == nil || v.String() != "40" {
		t.Errorf("registered: %v", v)
	}
	// What repeats a repeated run is of the first one.
	three, err := s.Repeat(t.Context(), "town", two.Run.ID, "carl")
	if err != nil || three.Run.Of != one.Run.ID {
		t.Errorf("%+v %v", three, err)
	}
	list, err := s.Runs(t.Context(), "town")
	if err != nil || len(list) != 3 || list[0].By != "carl" || list[2].By != "anna" {
		t.Errorf("%v %v", list, err)
	}
	if d, err := s.Definition(t.Context(), "town", two.Run.ID); err != nil || string(d) != text {
		t.Errorf("%q %v", d, err)
	}
	c, err := s.Compare(t.Context(), "town", one.Run.ID, three.Run.ID)
	if err != nil || !c.Same || len(c.Differences) != 0 {
		t.Errorf("%+v %v", c, err)
	}
}

// TestRefused: runs of others, unknown ones, and what is damaged.
func TestRefused(t *testing.T) {
	s, kept, _ := newService(t)
	one := mustRun(t, s, "anna")
	for _, id := range []string{"", "none", strings.Repeat("x", 65)} {
		if _, err := s.Archived(t.Context(), "town", id); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q: %v", id, err)
		}
	}
	if _, err := s.Archived(t.Context(), "other", one.Run.ID); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if _, err := s.Run(t.Context(), Request{Definition: []byte(text), Tenant: "other"}, nil); !errors.Is(err, ErrTenant) {
		t.Error(err)
	}
	kept.files[one.Run.Result] = append(kept.files[one.Run.Result], ' ')
	if _, err := s.Archived(t.Context(), "town", one.Run.ID); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Error(err)
	}
}

// TestMaxRuns: repeated runs count as well.
func TestMaxRuns(t *testing.T) {
	s, kept, _ := newService(t)
	one := mustRun(t, s, "anna")
	record := kept.records[keyOf("town", one.Run.ID)].Content
	for i := len(kept.records); i < maxRuns; i++ {
		key := keyOf("town", fmt.Sprintf("1-%05d", i))
		kept.records[key] = &documents.Document{Key: key, Content: record}
	}
	if _, err := s.Run(t.Context(), Request{Definition: []byte(text), AsOf: asOf}, nil); !errors.Is(err, ErrTooMany) {
		t.Errorf("the same: %v", err)
	}
	if _, err := s.Run(t.Context(), Request{Definition: []byte(text), AsOf: asOf + 1}, nil); !errors.Is(err, ErrTooMany) {
		t.Errorf("another: %v", err)
	}
	if _, err := s.Repeat(t.Context(), "town", one.Run.ID, "bert"); !errors.Is(err, ErrTooMany) {
		t.Errorf("repeated: %v", err)
	}
	if len(kept.records) != maxRuns {
		t.Errorf("%d records", len(kept.records))
	}
}

// TestForget: somebody is taken out of what was used, the file with them is gone, what was published is not; a
// repeated run says that somebody is missing. It may be said twice.
func TestForget(t *testing.T) {
	s, kept, _ := newService(t)
	one := mustRun(t, s, "anna")
	for range 2 {
		if err := s.Forget(t.Context(), "town", []string{"p3", "nobody"}); err != nil {
			t.Fatal(err)
		}
	}
	left, err := s.Get(t.Context(), "town", one.Run.ID)
	if err != nil || left.Erased != 1 || left.Inputs == one.Run.Inputs {
		t.Fatalf("%+v %v", left, err)
	}
	if _, ok := kept.files[one.Run.Inputs]; ok || len(kept.files) != 4 {
		t.Errorf("%d files, the old one among them: %v", len(kept.files), ok)
	}
	archived, err := s.Archived(t.Context(), "town", one.Run.ID)
	if err != nil || !bytes.Equal(archived.JSON, one.JSON) {
		t.Errorf("what was published has changed: %v", err)
	}
	two := mustRun(t, s, "bert")
	if two.Run.Erased != 1 || !two.Run.Changed {
		t.Errorf("%+v", two.Run)
	}
	if v := two.Report.Reach.Registered; v.Value != nil && v.Value.String() == "19" {
		t.Error("the difference tells of one person")
	}
}

// TestScope: what things are called, and in which order units are named, makes no other report; everything that is counted does.
func TestScope(t *testing.T) {
	of := func(text string) string {
		t.Helper()
		d, err := definition.Read([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		scope, err := scopeOf(d)
		if err != nil || scope == "" {
			t.Fatal(scope, err)
		}
		return scope
	}
	full := text + "units: [a, b]\ncourses:\n  - {id: https://a.example/kurs, name: Kurs}\nsurveys:\n  - {activity: https://a.example/umfrage, name: Umfrage, lowest: 1, highest: 5}\n"
	for _, test := range []struct {
		name, old, new string
		same           bool
	}{
		{"title", "title: Bericht", "title: Anders", true},
		{"name of a course", "name: Kurs", "name: Lehrgang", true},
		{"name of a survey", "name: Umfrage", "name: Fragen", true},
		{"order of units", "[a, b]", "[b, a]", true},
		{"unit", "[a, b]", "[a]", false},
		{"period", "2026-12-31", "2026-12-30", false},
		{"course", "https://a.example/kurs", "https://a.example/kurs2", false},
		{"scale", "highest: 5", "highest: 6", false},
		{"tenant", "tenant: town", "tenant: village", false},
	} {
		if other := strings.Replace(full, test.old, test.new, 1); other == full || (of(full) == of(other)) != test.same {
			t.Errorf("%s: the same scope is %v, want %v", test.name, !test.same, test.same)
		}
	}
}

// TestDifferences: figures and cells by where they stand, in the order of the first report, then what only the second has.
func TestDifferences(t *testing.T) {
	number := func(n int64) *result.Number { v := result.Whole(n); return &v }
	report := func(active int64, rows ...result.Row) *result.Report {
		r := new(result.Report)
		r.Reach.Active = result.Figure{Name: "reach.active", Unit: result.People, State: result.Shown, Value: number(active)}
		r.Reach.Units = result.Table{Name: "reach.units", Columns: []result.Column{{Name: "active", Unit: result.People}}, Rows: rows}
		return r
	}
	row := func(key string, c result.Cell) result.Row {
		return result.Row{Key: key, Label: "Amt " + key, Cells: []result.Cell{c}}
	}
	shown := func(n int64) result.Cell { return result.Cell{State: result.Shown, Value: number(n)} }
	hidden := result.Cell{State: result.Suppressed, Reason: result.Together}
	before := report(40, row("same", shown(7)), row("hides", shown(8)), row("goes", shown(9)))
	after := report(41, row("comes", shown(5)), row("same", shown(7)), row("hides", hidden))
	cell := func(c result.Cell) *result.Cell { return &c }
	want := []Difference{
		{Figure: "reach.active", Unit: result.People, A: cell(shown(40)), B: cell(shown(41))},
		{Figure: "reach.units", Row: "hides", Label: "Amt hides", Column: "active", Unit: result.People, A: cell(shown(8)), B: &hidden},
		{Figure: "reach.units", Row: "goes", Label: "Amt goes", Column: "active", Unit: result.People, A: cell(shown(9))},
		{Figure: "reach.units", Row: "comes", Label: "Amt comes", Column: "active", Unit: result.People, B: cell(shown(5))},
	}
	if diff := gocmp.Diff(want, Differences(before, after)); diff != "" {
		t.Error(diff)
	}
	if d := Differences(before, before); d == nil || len(d) != 0 {
		t.Errorf("%v", d)
	}
}
