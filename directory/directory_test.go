package directory

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"lernspur/documents"
)

// drawer keeps records in memory.
type drawer struct {
	mu      sync.Mutex
	docs    map[documents.Key]*documents.Document
	version int64
	fail    error
	writes  int
}

func (r *drawer) Load(_ context.Context, yield func(*documents.Document) error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fail != nil {
		return r.fail
	}
	for _, d := range r.docs {
		if err := yield(d); err != nil {
			return err
		}
	}
	return nil
}

func (r *drawer) Replace(_ context.Context, shelf documents.Shelf, docs []*documents.Document) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fail != nil {
		return r.fail
	}
	r.writes++
	if r.docs == nil {
		r.docs = make(map[documents.Key]*documents.Document)
	}
	for _, d := range docs {
		r.version++
		d.Shelf, d.Version = shelf, r.version
		r.docs[d.Key] = d
	}
	return nil
}

var today = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

func openDirectory(t testing.TB, r *drawer) *Directory {
	t.Helper()
	d, err := OpenDirectory(t.Context(), Dependencies{Records: r, Now: func() time.Time { return today }})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func ref[T any](v T) *T { return &v }

func addPerson(t testing.TB, d *Directory, name, staff string, identifiers ...string) *Person {
	t.Helper()
	p, err := d.AddPerson(t.Context(), "town", PersonEdit{Name: &name, Staff: &staff, Identifiers: &identifiers})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func addUnit(t testing.TB, d *Directory, code, parent string) *Unit {
	t.Helper()
	u, err := d.AddUnit(t.Context(), "town", UnitEdit{Code: &code, Name: ref("unit " + code), Parent: &parent})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

const (
	adaBox = "mbox|mailto:ada@town.example"
	// printf %s mailto:ada@town.example | sha1sum
	adaSum     = "mbox_sha1sum|5037223afde0db3bb37b33900336038ea896375e"
	adaAccount = "account|https://id.town.example|a1"
)

// contents is everything that a directory has, but versions and the times of
// changes.
func contents(s *state) string {
	var lines []string
	for _, p := range s.people {
		lines = append(lines, fmt.Sprintf("person %s %q %q %q %q %v", p.ID, p.Name, p.Staff, slices.Sorted(slices.Values(p.OtherNames)), slices.Sorted(slices.Values(p.Identifiers)), p.Memberships))
	}
	for _, u := range s.units {
		lines = append(lines, fmt.Sprintf("unit %s %q %q %v", u.ID, u.Code, u.Name, u.Places))
	}
	for _, g := range s.groups {
		lines = append(lines, fmt.Sprintf("group %s %q %v %v", g.ID, g.Name, g.Members, g.Trainers))
	}
	for _, h := range s.headcounts {
		lines = append(lines, fmt.Sprintf("headcount %s %d %d", h.Unit, h.Year, h.Count))
	}
	for key, id := range s.owner {
		lines = append(lines, fmt.Sprintf("owner %s %s", key, id))
	}
	for id, groups := range s.groupsOf {
		lines = append(lines, fmt.Sprintf("groups %s %s", id, slices.Sorted(slices.Values(groups))))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// sound checks that a directory is the same when it is read again, and that the
// indexes are what follows from the records.
func sound(t testing.TB, d *Directory, r *drawer) {
	t.Helper()
	again := openDirectory(t, r)
	for _, name := range slices.Collect(maps.Keys(d.tenants)) {
		here, there := d.read(name), again.read(name)
		if diff := cmp.Diff(contents(here), contents(there)); diff != "" {
			t.Errorf("%s, read again: %s", name, diff)
		}
		if d.Version(name) != again.Version(name) {
			t.Errorf("%s: version %d, read again %d", name, d.Version(name), again.Version(name))
		}
	}
}

func TestAPersonByEveryIdentifier(t *testing.T) {
	r := &drawer{}
	d := openDirectory(t, r)
	ada := addPerson(t, d, "Ada Example", "4711", adaBox, adaAccount, adaSum)
	if diff := cmp.Diff([]string{adaBox, adaAccount}, ada.Identifiers); diff != "" {
		t.Errorf("what an mbox says already is kept: %s", diff)
	}
	for _, identifier := range []string{adaBox, adaSum, adaAccount} {
		if p, ok := d.PersonOf(t.Context(), "town", identifier); !ok || p.ID != ada.ID {
			t.Errorf("%s: %v", identifier, p)
		}
		if _, ok := d.PersonOf(t.Context(), "village", identifier); ok {
			t.Errorf("%s is known to another tenant", identifier)
		}
	}
	// Whose address is known as a sum only is found by the address.
	bob := addPerson(t, d, "Bob", "", implied("mbox|mailto:bob@town.example"))
	if p, ok := d.PersonOf(t.Context(), "town", "mbox|mailto:bob@town.example"); !ok || p.ID != bob.ID {
		t.Errorf("by the address: %v", p)
	}
	for _, identifier := range []string{adaBox, adaSum} {
		_, err := d.AddPerson(t.Context(), "town", PersonEdit{Name: ref("Eve"), Identifiers: &[]string{identifier}})
		var c *Conflict
		if !errors.As(err, &c) || !strings.Contains(err.Error(), "Ada Example (4711)") {
			t.Errorf("%s of somebody else: %v", identifier, err)
		}
	}
	sound(t, d, r)
}

func TestPeopleThatCannotBe(t *testing.T) {
	r := &drawer{}
	d := openDirectory(t, r)
	amt := addUnit(t, d, "10", "")
	addPerson(t, d, "Ada", "1")
	before := r.writes
	for name, n := range map[string]PersonEdit{
		"nothing said":       {},
		"name too long":      {Name: ref(strings.Repeat("x", maxName+1))},
		"a line's end":       {Name: ref("a\nb")},
		"blanks":             {Name: ref(" Ada")},
		"no UTF-8":           {Name: ref("\xff")},
		"staff number taken": {Staff: ref("1")},
		"no identifier":      {Identifiers: &[]string{"ada"}},
		"unknown kind":       {Identifiers: &[]string{"nick|ada"}},
		"too many":           {Identifiers: ref(slices.Repeat([]string{}, 0)), OtherNames: ref(slices.Repeat([]string{"x"}, 51))},
		"unknown unit":       {Name: ref("Bob"), Memberships: &[]Membership{{Unit: "nowhere"}}},
		"ends before":        {Name: ref("Bob"), Memberships: &[]Membership{{amt.ID, "2026-02-01", "2026-01-31"}}},
		"no day":             {Name: ref("Bob"), Memberships: &[]Membership{{amt.ID, "2026-02-30", ""}}},
		"two at a time":      {Name: ref("Bob"), Memberships: &[]Membership{{amt.ID, "", "2026-01-31"}, {amt.ID, "2026-01-31", ""}}},
		"two without an end": {Name: ref("Bob"), Memberships: &[]Membership{{amt.ID, "", ""}, {amt.ID, "2026-01-31", ""}}},
	} {
		_, err := d.AddPerson(t.Context(), "town", n)
		var bad *Invalid
		var c *Conflict
		if !errors.As(err, &bad) && !errors.As(err, &c) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if r.writes != before {
		t.Errorf("%d changes were written", r.writes-before)
	}
}

func TestChangingAPerson(t *testing.T) {
	r := &drawer{}
	d := openDirectory(t, r)
	a, b := addUnit(t, d, "10", ""), addUnit(t, d, "20", "")
	ada := addPerson(t, d, "Ada", "1", adaBox)
	version := d.Version("town")
	spans := []Membership{{b.ID, "2026-07-01", ""}, {a.ID, "", "2026-06-30"}}
	p, err := d.EditPerson(t.Context(), "town", ada.ID, ada.Version, PersonEdit{Memberships: &spans})
	if err != nil || p.Unit != b.ID || p.Memberships[0].Unit != a.ID || p.Name != "Ada" || p.Version == ada.Version {
		t.Errorf("%+v, %v", p, err)
	}
	if d.Version("town") <= version {
		t.Error("the version does not rise")
	}
	if _, err := d.EditPerson(t.Context(), "town", ada.ID, ada.Version, PersonEdit{Name: ref("Eve")}); !errors.Is(err, ErrChanged) {
		t.Errorf("the version of before: %v", err)
	}
	writes := r.writes
	if same, err := d.EditPerson(t.Context(), "town", ada.ID, p.Version, PersonEdit{Name: ref("Ada")}); err != nil || same.Version != p.Version || r.writes != writes {
		t.Errorf("nothing new is written: %+v, %v", same, err)
	}
	if err := d.DeletePerson(t.Context(), "town", ada.ID, 0); err != nil {
		t.Fatal(err)
	}
	if _, ok := d.Person(t.Context(), "town", ada.ID); ok {
		t.Error("still there")
	}
	for _, err := range []error{
		d.DeletePerson(t.Context(), "town", ada.ID, 0),
		func() error { _, err := d.EditPerson(t.Context(), "town", ada.ID, 0, PersonEdit{}); return err }(),
	} {
		if !errors.Is(err, ErrNotFound) {
			t.Error(err)
		}
	}
	sound(t, d, r)
}

// TestAFailedChangeChangesNothing: what is not durable is not seen.
func TestAFailedChangeChangesNothing(t *testing.T) {
	r := &drawer{}
	d := openDirectory(t, r)
	addPerson(t, d, "Ada", "1", adaBox)
	before := contents(d.read("town"))
	r.fail = errors.New("away")
	if _, err := d.AddPerson(t.Context(), "town", PersonEdit{Name: ref("Bob")}); !errors.Is(err, r.fail) {
		t.Error(err)
	}
	if diff := cmp.Diff(before, contents(d.read("town"))); diff != "" {
		t.Error(diff)
	}
	r.fail = nil
	addPerson(t, d, "Bob", "2")
	sound(t, d, r)
}

func TestLimits(t *testing.T) {
	d, err := OpenDirectory(t.Context(), Dependencies{Records: &drawer{}, Limits: Limits{People: 1, Units: 1, Groups: 1, Members: 1}})
	if err != nil {
		t.Fatal(err)
	}
	ada := addPerson(t, d, "Ada", "1")
	addUnit(t, d, "10", "")
	if _, err := d.AddGroup(t.Context(), "town", GroupEdit{Name: ref("g")}); err != nil {
		t.Fatal(err)
	}
	_, person := d.AddPerson(t.Context(), "town", PersonEdit{Name: ref("Bob")})
	_, unit := d.AddUnit(t.Context(), "town", UnitEdit{Name: ref("20")})
	_, group := d.AddGroup(t.Context(), "town", GroupEdit{Name: ref("h")})
	_, members := d.AddGroup(t.Context(), "town", GroupEdit{Name: ref("h"), Members: &[]GroupMember{{Person: ada.ID}, {Person: ada.ID}}})
	for _, err := range []error{person, unit, group, members} {
		if err == nil || !strings.Contains(err.Error(), "1") {
			t.Errorf("one more than the limit: %v", err)
		}
	}
}

// TestTogether is for the race detector: many change and read at once, and no
// change is lost.
func TestTogether(t *testing.T) {
	r := &drawer{}
	d := openDirectory(t, r)
	g, err := d.AddGroup(t.Context(), "town", GroupEdit{Name: ref("g")})
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			for j := range 5 {
				p := addPerson(t, d, "", fmt.Sprint(i, "-", j), fmt.Sprintf("mbox|mailto:%d-%d@town.example", i, j))
				if _, err := d.SetMember(t.Context(), "town", g.ID, 0, GroupMember{Person: p.ID}); err != nil {
					t.Error(err)
				}
				if q, ok := d.Person(t.Context(), "town", p.ID); !ok || len(q.Groups) != 1 {
					t.Errorf("%+v", q)
				}
			}
		})
	}
	wait.Wait()
	if g, _ := d.Group(t.Context(), "town", g.ID); len(g.Members) != 40 {
		t.Errorf("%d members", len(g.Members))
	}
	sound(t, d, r)
}

func TestSeed(t *testing.T) {
	r := &drawer{}
	d := openDirectory(t, r)
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Seed(t.Context(), filepath.Join(dir, "missing")); err != nil {
		t.Error(err)
	}
	write("notes.txt", "passed over")
	write("town.json", `[{"name": ["Ada", "A. Example"], "agents": [{"mbox": "mailto:ada@town.example"},
		{"account": {"homePage": "https://id.town.example", "name": "a1"}}]}, {"agents": [{"mbox": "mailto:bob@town.example"}]}]`)
	if err := d.Seed(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	p, _ := d.PersonOf(t.Context(), "town", adaAccount)
	want := &Person{Name: "Ada", OtherNames: []string{"A. Example"}, Identifiers: []string{adaBox, adaAccount}}
	if diff := cmp.Diff(want, p, cmpopts.IgnoreFields(Person{}, "ID", "Created", "Changed", "Version")); diff != "" {
		t.Error(diff)
	}
	// Once is enough: what is changed afterwards stays.
	if err := d.DeletePerson(t.Context(), "town", p.ID, 0); err != nil {
		t.Fatal(err)
	}
	if err := openDirectory(t, r).Seed(t.Context(), dir); err != nil {
		t.Error(err)
	}
	if _, there := openDirectory(t, r).PersonOf(t.Context(), "town", adaBox); there {
		t.Error("somebody who was deleted is there again")
	}
	for text, reason := range map[string]string{
		`[{"agents": [{"mbox": "ada"}]}]`: "person 0",
		`[{"agents": [{"mbox": "mailto:a@b.example"}]}, {"agents": [{"mbox": "mailto:a@b.example"}]}]`: "person 1: mbox|mailto:a@b.example is listed before",
		`[{"nick": "A"}]`: "unknown field",
	} {
		write("bad.json", text)
		if err := d.Seed(t.Context(), dir); err == nil || !strings.Contains(err.Error(), reason) || !strings.Contains(err.Error(), "bad.json") {
			t.Errorf("%s: %v does not name the file and %q", text, err, reason)
		}
	}
}
