package desk

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lernspur/documents"
	"lernspur/report/result"
)

// drawer keeps records in memory.
type drawer struct {
	mu      sync.Mutex
	records map[documents.Key]*documents.Document
}

func (s *drawer) Change(_ context.Context, key documents.Key, change func(*documents.Document) (*documents.Document, error)) (*documents.Document, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next, err := change(s.records[key])
	if err != nil || next == nil {
		return s.records[key], err
	}
	next.Key = key
	if s.records[key] = next; next.Deleted {
		delete(s.records, key)
	}
	return next, nil
}

func (s *drawer) Document(_ context.Context, key documents.Key) (*documents.Document, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.records[key], nil
}

func (s *drawer) List(_ context.Context, r documents.Range) ([]*documents.Document, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []*documents.Document
	for _, d := range s.records {
		if d.Shelf == r.Shelf && d.ID > r.AfterID {
			list = append(list, d)
		}
	}
	slices.SortFunc(list, func(a, b *documents.Document) int { return cmp.Compare(a.ID, b.ID) })
	return list[:min(len(list), r.Limit)], nil
}

// engine makes reports of nothing.
type engine struct {
	mu   sync.Mutex
	runs []Run
	fail error
	hold chan struct{} // a run waits here when there is one
}

func (e *engine) Preview(context.Context, string, []byte) (*result.Report, error) {
	return &result.Report{Format: result.Format}, e.fail
}

func (e *engine) Run(ctx context.Context, _, by string, _ []byte, step func(string)) (string, error) {
	step("reading")
	if e.hold != nil {
		select {
		case <-e.hold:
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	if e.fail != nil {
		return "", e.fail
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	id := "run" + string(rune('a'+len(e.runs)))
	e.runs = slices.Insert(e.runs, 0, Run{ID: id, By: by})
	return id, nil
}

func (e *engine) Runs(context.Context, string) ([]Run, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.runs), nil
}

func (e *engine) Definition(context.Context, string, string) ([]byte, error) { return nil, nil }

func (e *engine) Report(_ context.Context, _, run string) ([]byte, error) {
	r := &result.Report{Format: result.Format}
	r.Head.Run = run
	return r.JSON()
}

type printer struct{}

func (printer) Make(_ context.Context, r *result.Report, form string) (*File, error) {
	if form == "docx" {
		return nil, ErrForm
	}
	return &File{Name: "report." + form, Data: []byte(r.Head.Run + form)}, nil
}

func (printer) Compare(before, after *result.Report, _ string) []Compared {
	return []Compared{{Before: before.Head.Run, After: after.Head.Run}}
}

const right = "version: 1\ntitle: Bericht\ntenant: town\nperiod: {from: 2026-01-01, to: 2026-12-31}\ntargets:\n  - {figure: reach, green: {at_least: 0.4}}\nrecommendations:\n  - {consequence: adapt, text: Anpassen}\n"

func newDesk(t testing.TB, e *engine, now func() time.Time) *Desk {
	t.Helper()
	k := New(Dependencies{Records: &drawer{records: map[documents.Key]*documents.Document{}}, Engine: e, Press: printer{}, Now: now})
	t.Cleanup(k.Close)
	return k
}

// a saved definition.
func saved(t testing.TB, k *Desk) *Definition {
	t.Helper()
	d, problems, err := k.Save(t.Context(), "town", "", right, "anna")
	if err != nil || problems != nil {
		t.Fatal(err, problems)
	}
	return d
}

// made is a run that has ended.
func made(t testing.TB, k *Desk, d *Definition) string {
	t.Helper()
	j, err := k.Start(t.Context(), "town", d.ID, "anna")
	if err != nil {
		t.Fatal(err)
	}
	if failed := k.await(t.Context(), "town", j.ID); failed != "" {
		t.Fatal(failed)
	}
	j, _ = k.Job("town")
	return j.Run
}

// TestDefinitions: kept, changed, listed, removed; one with mistakes, or of another tenant, is not kept.
func TestDefinitions(t *testing.T) {
	k := newDesk(t, &engine{}, nil)
	d := saved(t, k)
	if _, problems, err := k.Save(t.Context(), "town", d.ID, "version: 2\n", "bert"); err != nil || len(problems) == 0 {
		t.Error(problems, err)
	}
	if _, problems, err := k.Save(t.Context(), "other", "", right, "bert"); err != nil || len(problems) != 1 || problems[0].Path != "tenant" {
		t.Error(problems, err)
	}
	if _, _, err := k.Save(t.Context(), "town", "nothing", right, "bert"); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if _, _, err := k.Save(t.Context(), "town", d.ID, strings.Replace(right, "Bericht", "Anders", 1), "bert"); err != nil {
		t.Error(err)
	}
	all, err := k.Definitions(t.Context(), "town")
	if err != nil || len(all) != 1 || all[0].Title != "Anders" || all[0].By != "bert" || all[0].ID != d.ID {
		t.Errorf("%+v %v", all, err)
	}
	if err := k.RemoveDefinition(t.Context(), "town", d.ID); err != nil {
		t.Error(err)
	}
	if err := k.RemoveDefinition(t.Context(), "town", d.ID); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if f, problems, err := k.Preview(t.Context(), "town", right); err != nil || problems != nil || string(f.Data) != "html" {
		t.Error(f, problems, err)
	}
}

// TestRuns: one at a time; how far it is; what it gave; why it failed.
func TestRuns(t *testing.T) {
	e := &engine{hold: make(chan struct{})}
	k := newDesk(t, e, nil)
	d := saved(t, k)
	j, err := k.Start(t.Context(), "town", d.ID, "anna")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Start(t.Context(), "town", d.ID, "bert"); !errors.Is(err, ErrRunning) {
		t.Error(err)
	}
	close(e.hold)
	if failed := k.await(t.Context(), "town", j.ID); failed != "" {
		t.Error(failed)
	}
	now, _ := k.Job("town")
	if !now.Done || now.Run != "runa" || now.Step != "reading" {
		t.Errorf("%+v", now)
	}
	for form, want := range map[string]string{"html": "runahtml", "pdf": "runapdf"} {
		if f, err := k.File(t.Context(), "town", "runa", form); err != nil || string(f.Data) != want {
			t.Errorf("%s: %v %v", form, f, err)
		}
	}
	if f, err := k.File(t.Context(), "town", "runa", "json"); err != nil || !bytes.Contains(f.Data, []byte(`"run": "runa"`)) {
		t.Error(f, err)
	}
	if _, err := k.File(t.Context(), "town", "runa", "docx"); !errors.Is(err, ErrForm) {
		t.Error(err)
	}
	e.fail = errors.New("no room")
	j, err = k.Start(t.Context(), "town", d.ID, "anna")
	if err != nil || k.await(t.Context(), "town", j.ID) != "no room" {
		t.Error(err)
	}
	if c, err := k.Compare(t.Context(), "town", "runa", "runb", "de"); err != nil || c[0].Before != "runa" || c[0].After != "runb" {
		t.Error(c, err)
	}
}

// TestRemoval: a draft goes at once; what is approved needs two people, and who asked can not agree.
func TestRemoval(t *testing.T) {
	k := newDesk(t, &engine{}, nil)
	d := saved(t, k)
	draft, approved := made(t, k, d), made(t, k, d)
	if gone, err := k.Remove(t.Context(), "town", draft, "anna"); err != nil || !gone {
		t.Error(gone, err)
	}
	if _, err := k.File(t.Context(), "town", draft, "html"); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if err := k.Approve(t.Context(), "town", draft, "anna"); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if err := k.Approve(t.Context(), "town", approved, "anna"); err != nil {
		t.Error(err)
	}
	for range 2 {
		if gone, err := k.Remove(t.Context(), "town", approved, "anna"); err != nil || gone {
			t.Error(gone, err)
		}
	}
	if r, err := k.Run(t.Context(), "town", approved); err != nil || r.ApprovedBy != "anna" || r.RemovalBy != "anna" {
		t.Errorf("%+v %v", r, err)
	}
	if gone, err := k.Remove(t.Context(), "town", approved, "bert"); err != nil || !gone {
		t.Error(gone, err)
	}
	if list, err := k.Runs(t.Context(), "town"); err != nil || len(list) != 0 {
		t.Errorf("%+v %v", list, err)
	}
}

// TestLinks: only to what is approved; page and PDF alone; over when they are revoked, too old, or the run is gone; not too often.
func TestLinks(t *testing.T) {
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	k := newDesk(t, &engine{}, func() time.Time { return now })
	run := made(t, k, saved(t, k))
	if _, err := k.Share(t.Context(), "town", run, "anna", 30); !errors.Is(err, ErrApproved) {
		t.Error(err)
	}
	if left, err := k.deps.Records.List(t.Context(), documents.Range{Shelf: linkKey("town", "").Shelf, Limit: 1}); err != nil || len(left) != 0 {
		t.Errorf("a link that was refused is kept: %v %v", left, err)
	}
	if err := k.Approve(t.Context(), "town", run, "anna"); err != nil {
		t.Fatal(err)
	}
	share := func() string {
		token, err := k.Share(t.Context(), "town", run, "anna", 30)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	get := func(token, form string) error {
		now = now.Add(time.Minute)
		_, err := k.Shared(t.Context(), token, form, "192.0.2.1")
		return err
	}
	one, two := share(), share()
	if one == two || len(one) < 43 {
		t.Error(one, two)
	}
	for form, want := range map[string]error{"html": nil, "pdf": nil, "json": ErrForm, "xlsx": ErrForm} {
		if err := get(one, form); !errors.Is(err, want) {
			t.Errorf("%s: %v", form, err)
		}
	}
	for _, bad := range []string{"", "x", one[:43], one + "x", "A" + one[1:], strings.Repeat("a", 400), one[:44] + "b3RoZXI"} {
		if err := get(bad, "html"); bad != one && !errors.Is(err, ErrNotFound) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	r, err := k.Run(t.Context(), "town", run)
	if err != nil || len(r.Links) != 2 || r.Links[0].Sum != sumOf(one) {
		t.Fatalf("%+v %v", r, err)
	}
	if err := k.Revoke(t.Context(), "town", run, "nothing"); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if err := k.Revoke(t.Context(), "town", run, sumOf(one)); err != nil || !errors.Is(get(one, "html"), ErrNotFound) || get(two, "html") != nil {
		t.Error(err)
	}
	now = now.Add(30 * 24 * time.Hour)
	if err := get(two, "html"); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	three := share()
	var wait *Wait
	for range publicBurst + 1 {
		_, err = k.Shared(t.Context(), three, "html", "192.0.2.7")
	}
	if !errors.As(err, &wait) || wait.After <= 0 || wait.After > publicEvery {
		t.Error(err)
	}
	if _, err := k.Remove(t.Context(), "town", run, "anna"); err != nil {
		t.Error(err)
	}
	if _, err := k.Remove(t.Context(), "town", run, "bert"); err != nil || !errors.Is(get(three, "html"), ErrNotFound) {
		t.Error(err)
	}
}

// TestDue: a month's run is due from its hour on, once; what was missed is made up for once.
func TestDue(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.Parse("2006-01-02 15:04", s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		name, now, since, last string
		month                  string
		due                    bool
	}{
		{"not yet this month", "2026-11-05 05:59", "2026-10-10 00:00", "", "2026-10", false},
		{"now", "2026-11-05 06:00", "2026-10-10 00:00", "", "2026-11", true},
		{"done", "2026-11-05 06:01", "2026-10-10 00:00", "2026-11", "2026-11", false},
		{"three months missed are one run", "2027-02-04 00:00", "2026-10-10 00:00", "2026-10", "2027-01", true},
		{"set after its hour", "2026-11-05 08:00", "2026-11-05 07:00", "", "2026-11", false},
		{"over the end of a year", "2027-01-05 06:00", "2026-10-10 00:00", "2026-12", "2027-01", true},
	} {
		s := Schedule{Day: 5, Hour: 6, Since: at(c.since).UnixMicro(), Last: c.last}
		if month, due := s.due(at(c.now)); month != c.month || due != c.due {
			t.Errorf("%s: %s %v", c.name, month, due)
		}
	}
}

// TestKeep: what is due runs by itself, and once, also when it fails.
func TestKeep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &engine{}
		k := New(Dependencies{Records: &drawer{records: map[documents.Key]*documents.Document{}}, Engine: e, Press: printer{}})
		d := saved(t, k)
		if err := k.SetSchedule(t.Context(), "town", d.ID, "anna", 2, 6); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		var w sync.WaitGroup
		w.Go(func() { k.Keep(ctx, func() []string { return []string{"town"} }) })
		time.Sleep(36 * time.Hour)
		if list, err := k.Runs(ctx, "town"); err != nil || len(list) != 1 || list[0].By != "anna" {
			t.Errorf("%+v %v", list, err)
		}
		e.mu.Lock()
		e.fail = errors.New("away")
		e.mu.Unlock()
		if err := k.SetSchedule(ctx, "town", d.ID, "anna", 3, 6); err != nil {
			t.Error(err)
		}
		time.Sleep(24 * time.Hour)
		if d, err := k.Definition(ctx, "town", d.ID); err != nil || d.Schedule.Failed != "away" {
			t.Errorf("%+v %v", d, err)
		}
		if err := k.SetSchedule(ctx, "town", d.ID, "anna", 0, 0); err != nil {
			t.Error(err)
		}
		stop()
		w.Wait()
		k.Close()
	})
}
