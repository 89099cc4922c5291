package directory

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lernspur/store"
)

// shelfTables are tables in memory.
type shelfTables struct {
	rows    *store.DirectoryRows
	version int64
	fail    int // writes from now on, of which half is done
	cursor  int64
	reads   int
	sums    []string
}

var errAway = errors.New("away")

func (m *shelfTables) DirectoryRows(context.Context, string) (*store.DirectoryRows, int64, error) {
	m.reads++
	c := store.DirectoryRows{Persons: maps.Clone(m.rows.Persons), Units: maps.Clone(m.rows.Units), Groups: maps.Clone(m.rows.Groups),
		Tree: maps.Clone(m.rows.Tree), Headcounts: maps.Clone(m.rows.Headcounts)}
	return &c, m.version, nil
}

func (m *shelfTables) PutDirectoryRows(_ context.Context, _ string, version int64, put, gone *store.DirectoryRows) error {
	if version <= m.version {
		return fmt.Errorf("version %d follows %d", version, m.version)
	}
	m.version = version
	maps.Copy(m.rows.Persons, put.Persons)
	maps.Copy(m.rows.Units, put.Units)
	if m.fail > 0 {
		m.fail--
		return errAway
	}
	maps.Copy(m.rows.Groups, put.Groups)
	maps.Copy(m.rows.Tree, put.Tree)
	maps.Copy(m.rows.Headcounts, put.Headcounts)
	remove(m.rows.Persons, gone.Persons)
	remove(m.rows.Units, gone.Units)
	remove(m.rows.Groups, gone.Groups)
	remove(m.rows.Tree, gone.Tree)
	remove(m.rows.Headcounts, gone.Headcounts)
	return nil
}

func remove[K comparable, V any](from, keys map[K]V) {
	for k := range keys {
		delete(from, k)
	}
}

func (m *shelfTables) SetDirectoryCursor(_ context.Context, _ string, version int64, _ string, _ int64) error {
	m.cursor = version
	return nil
}

func (m *shelfTables) Unassigned(context.Context, string, *store.Unassigned, int) ([]store.Unassigned, error) {
	return nil, nil
}

func (m *shelfTables) KnownBySum(context.Context, string, int) ([]string, error) { return m.sums, nil }

// TestRows is a person over two years, by hand.
func TestRows(t *testing.T) {
	tables := &shelfTables{rows: store.NewDirectoryRows()}
	d, err := OpenDirectory(t.Context(), Dependencies{Records: &drawer{}, Tables: tables, Now: func() time.Time { return today }})
	if err != nil {
		t.Fatal(err)
	}
	one, six := addUnit(t, d, "I", ""), addUnit(t, d, "VI", "")
	amt := addUnit(t, d, "11", one.ID)
	if _, err := d.EditUnit(t.Context(), "town", amt.ID, 0, UnitEdit{Parent: &six.ID, From: "2026-01-01"}); err != nil {
		t.Fatal(err)
	}
	ada := addPerson(t, d, "Ada", "", adaBox)
	spans := []Membership{{amt.ID, "2025-07-01", "2026-06-30"}, {six.ID, "2026-07-01", ""}}
	if _, err := d.EditPerson(t.Context(), "town", ada.ID, 0, PersonEdit{Memberships: &spans}); err != nil {
		t.Fatal(err)
	}
	g, err := d.AddGroup(t.Context(), "town", GroupEdit{Name: ref("g"), From: ref(Date("2026-02-01")), Until: ref(Date("2026-03-31")),
		Members: &[]GroupMember{{ada.ID, "2026-01-01", "2026-02-15"}}, Trainers: &[]string{ada.ID}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.SetHeadcount(t.Context(), "town", six.ID, 2026, 0, ref(7)); err != nil {
		t.Fatal(err)
	}
	if err := d.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	row := store.PersonRow{Person: ada.ID, Name: "Ada", Unit: six.ID, Path: six.ID}
	want := &store.DirectoryRows{
		Persons: map[string]store.PersonRow{adaBox: row, adaSum: row},
		Units: map[store.PersonSpan]store.PersonUnit{
			{Person: ada.ID, Since: "2025-07-01"}: {Until: "2025-12-31", Unit: amt.ID, Path: one.ID + "/" + amt.ID},
			{Person: ada.ID, Since: "2026-01-01"}: {Until: "2026-06-30", Unit: amt.ID, Path: six.ID + "/" + amt.ID},
			{Person: ada.ID, Since: "2026-07-01"}: {Unit: six.ID, Path: six.ID},
		},
		Groups: map[store.PersonGroup]store.Days{
			{Group: g.ID, Person: ada.ID, Role: "member"}:  {Since: "2026-02-01", Until: "2026-02-15"},
			{Group: g.ID, Person: ada.ID, Role: "trainer"}: {Since: "2026-02-01", Until: "2026-03-31"},
		},
		Tree: map[store.UnitSpan]store.UnitRow{
			{Unit: one.ID}:                      {Code: "I", Name: "unit I", Path: one.ID},
			{Unit: six.ID}:                      {Code: "VI", Name: "unit VI", Path: six.ID},
			{Unit: amt.ID}:                      {Until: "2025-12-31", Code: "11", Name: "unit 11", Path: one.ID + "/" + amt.ID},
			{Unit: amt.ID, Since: "2026-01-01"}: {Code: "11", Name: "unit 11", Path: six.ID + "/" + amt.ID},
		},
		Headcounts: map[store.UnitYear]int{{Unit: six.ID, Year: 2026}: 7},
	}
	if diff := cmp.Diff(want, tables.rows); diff != "" {
		t.Error(diff)
	}
	if tables.cursor != int64(d.Version("town")) || d.Shown("town") != d.Version("town") {
		t.Errorf("the cursor is %d", tables.cursor)
	}
	if err := d.Wait(t.Context(), "town"); err != nil {
		t.Error(err)
	}
}

// TestTablesFollow: after any changes, failures, restarts and new days the tables
// have what the directory as a whole says.
func TestTablesFollow(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r, tables, now := &drawer{}, &shelfTables{rows: store.NewDirectoryRows()}, today
		open := func() *Directory {
			d, err := OpenDirectory(t.Context(), Dependencies{Records: r, Tables: tables, Now: func() time.Time { return now }})
			if err != nil {
				rt.Fatal(err)
			}
			return d
		}
		d := open()
		var people, units, groups []string
		day := func() Date { return DateOf(today.AddDate(0, 0, rapid.IntRange(-3, 3).Draw(rt, "day"))) }
		acts := []func(){
			func() {
				people = append(people, addPerson(t, d, "P", "", fmt.Sprintf("mbox|mailto:%d@town.example", len(people))).ID)
			},
			func() { units = append(units, addUnit(t, d, fmt.Sprint("U", len(units)), "").ID) },
			func() {
				g, err := d.AddGroup(t.Context(), "town", GroupEdit{Name: ref("g")})
				if err != nil {
					rt.Fatal(err)
				}
				groups = append(groups, g.ID)
			},
			func() {
				u, p := rapid.SampledFrom(units).Draw(rt, "unit"), rapid.SampledFrom(units).Draw(rt, "parent")
				_, _ = d.EditUnit(t.Context(), "town", u, 0, UnitEdit{Parent: &p, From: day()}) // a circle is refused
			},
			func() {
				p, u, from := rapid.SampledFrom(people).Draw(rt, "person"), rapid.SampledFrom(units).Draw(rt, "unit"), day()
				_, _ = d.EditPerson(t.Context(), "town", p, 0, PersonEdit{Memberships: &[]Membership{{u, from, from.add(2)}}}) // gone, maybe
			},
			func() {
				g, p := rapid.SampledFrom(groups).Draw(rt, "group"), rapid.SampledFrom(people).Draw(rt, "person")
				_, _ = d.SetMember(t.Context(), "town", g, 0, GroupMember{Person: p, From: day()})
			},
			func() {
				a, b := rapid.SampledFrom(people).Draw(rt, "kept"), rapid.SampledFrom(people).Draw(rt, "gone")
				_, _ = d.Merge(t.Context(), "town", a, b, MergeOptions{})
			},
			func() {
				if m := d.Merges(t.Context(), "town"); len(m) > 0 {
					_, _ = d.Split(t.Context(), "town", m[0].ID, 0)
				}
			},
			func() { _ = d.DeletePerson(t.Context(), "town", rapid.SampledFrom(people).Draw(rt, "person"), 0) },
			func() {
				_, _ = d.SetHeadcount(t.Context(), "town", rapid.SampledFrom(units).Draw(rt, "unit"), 2026, 0, ref(rapid.IntRange(0, 3).Draw(rt, "count")))
			},
			func() { now = now.AddDate(0, 0, 1) },
			func() { d = open() },
			func() { tables.fail = 1 },
			func() { _ = d.CatchUp(t.Context()) },
		}
		for _, act := range acts[:3] {
			act()
		}
		for range rapid.IntRange(1, 25).Draw(rt, "acts") {
			rapid.SampledFrom(acts).Draw(rt, "act")()
		}
		tables.fail = 0
		if err := d.CatchUp(t.Context()); err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(d.read("town").rows(d.Today(), nil), tables.rows); diff != "" {
			rt.Fatal(diff)
		}
	})
}

// TestOneChangeReadsNothing: the tables are read once, then only what changes is
// written.
func TestOneChangeReadsNothing(t *testing.T) {
	tables := &shelfTables{rows: store.NewDirectoryRows()}
	d, err := OpenDirectory(t.Context(), Dependencies{Records: &drawer{}, Tables: tables, Now: func() time.Time { return today }})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		addPerson(t, d, "P", fmt.Sprint(i), fmt.Sprintf("mbox|mailto:%d@town.example", i))
		if err := d.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if tables.reads != 1 || len(tables.rows.Persons) != 6 {
		t.Errorf("%d reads, %d rows", tables.reads, len(tables.rows.Persons))
	}
}

// TestAddressesOfSumsAreLearnt: a join finds who is known by the sum only.
func TestAddressesOfSumsAreLearnt(t *testing.T) {
	tables := &shelfTables{rows: store.NewDirectoryRows(), sums: []string{adaBox, "mbox|mailto:nobody@town.example"}}
	d, err := OpenDirectory(t.Context(), Dependencies{Records: &drawer{}, Tables: tables})
	if err != nil {
		t.Fatal(err)
	}
	ada := addPerson(t, d, "Ada", "", adaSum)
	d.learn(t.Context())
	p, _ := d.Person(t.Context(), "town", ada.ID)
	if diff := cmp.Diff([]string{adaBox}, p.Identifiers); diff != "" {
		t.Error(diff)
	}
}

// TestUnassignedWaitsSoLong: while the tables are behind nobody can say who is
// unassigned, and nobody waits for ever.
func TestUnassignedWaitsSoLong(t *testing.T) {
	tables := &shelfTables{rows: store.NewDirectoryRows()}
	d, err := OpenDirectory(t.Context(), Dependencies{Records: &drawer{}, Tables: tables, Patience: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	addPerson(t, d, "Ada", "", adaBox)
	var busy *Busy
	if _, err := d.Unassigned(t.Context(), "town", nil, 1); !errors.As(err, &busy) {
		t.Errorf("tables that are behind: %v", err)
	}
	left, leave := context.WithCancel(t.Context())
	leave()
	if _, err := d.Unassigned(left, "town", nil, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("a client that left: %v", err)
	}
	if err := d.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Unassigned(t.Context(), "town", nil, 1); err != nil {
		t.Errorf("tables that have everything: %v", err)
	}
}
