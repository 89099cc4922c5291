package bi

import (
	"slices"
	"testing"
	"time"
)

// TestOffAndOn: an engine that is stopped, since tools may not read any more, takes nothing from the
// one that is started for them a moment later.
func TestOffAndOn(t *testing.T) {
	t.Parallel()
	s := serve(t, world(), "town")
	before := s.users["bi_town"].mirror
	release, err := before.slot(t.Context()) // a query is under way
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Disable(t.Context(), "town"); err != nil {
		t.Fatal(err)
	}
	if s.secrets["town"], err = s.Enable(t.Context(), "town"); err != nil {
		t.Fatal(err)
	}
	s.wait("town")
	release()
	s.gone.Wait()
	s.mu.Lock()
	m := s.users["bi_town"].mirror
	s.mu.Unlock()
	if m == before {
		t.Fatal("it is the same engine")
	}
	if err := m.load(t.Context(), m.shown); err != nil {
		t.Errorf("loading once more: %v", err)
	}
	if got := s.must("town", "SELECT course FROM bi_courses"); got != safety+"\n" {
		t.Errorf("after that: %q", got)
	}
}

// TestHalfLoaded: what could not be loaded does not count as loaded, and what was there answers.
func TestHalfLoaded(t *testing.T) {
	t.Parallel()
	s := serve(t, world(), "town")
	m := s.users["bi_town"].mirror
	good := m.shown
	bad := publication{at: good.at.Add(time.Hour), rows: map[string][]row{}}
	for name, rows := range good.rows {
		bad.rows[name] = slices.Clone(rows)
	}
	bad.rows["bi_questions"] = []row{{make(chan int)}}
	if err := m.load(t.Context(), bad); err == nil {
		t.Fatal("it was loaded")
	}
	if m.has(bad.at) || !m.has(good.at) || !m.ready() {
		t.Errorf("it answers with the publication of %v", m.answers)
	}
	if got := s.must("town", "SELECT course FROM bi_courses"); got != safety+"\n" {
		t.Errorf("answered: %q", got)
	}
	bad.rows["bi_questions"] = nil
	if err := m.load(t.Context(), bad); err != nil || !m.has(bad.at) {
		t.Errorf("mended: %v, %v", err, m.answers)
	}
}
