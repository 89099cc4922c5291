package directory

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestLastYearsTree: an Amt that moves to another Dezernat in the middle of the year
// lies where it lay, for the time before.
func TestLastYearsTree(t *testing.T) {
	r := &drawer{}
	d := openDirectory(t, r)
	town := addUnit(t, d, "T", "")
	one, six := addUnit(t, d, "I", town.ID), addUnit(t, d, "VI", town.ID)
	amt := addUnit(t, d, "11", one.ID)
	section := addUnit(t, d, "1104", amt.ID)
	if _, err := d.EditUnit(t.Context(), "town", amt.ID, amt.Version, UnitEdit{Parent: &six.ID, From: "2026-07-01"}); err != nil {
		t.Fatal(err)
	}
	for day, above := range map[Date]string{"1950-01-01": one.ID, "2025-12-31": one.ID, "2026-06-30": one.ID, "2026-07-01": six.ID, "": six.ID, "2099-01-01": six.ID} {
		want := []string{town.ID, above, amt.ID, section.ID}
		if got := d.UnitPath(t.Context(), "town", section.ID, day); !slices.Equal(got, want) {
			t.Errorf("on %q: %v, want %v", day, got, want)
		}
	}
	if got := d.UnitsBelow(t.Context(), "town", six.ID, "2026-06-30"); !slices.Equal(got, []string{six.ID}) {
		t.Errorf("below VI before: %v", got)
	}
	if got := d.UnitsBelow(t.Context(), "town", six.ID, ""); len(got) != 3 {
		t.Errorf("below VI today: %v", got)
	}
	// Moving to where it is, and back on the same day, leaves no traces.
	for _, to := range []string{six.ID, one.ID} {
		u, err := d.EditUnit(t.Context(), "town", amt.ID, 0, UnitEdit{Parent: &to, From: "2026-07-01"})
		if err != nil {
			t.Fatal(err)
		}
		if to == one.ID && len(u.Places) != 1 {
			t.Errorf("places: %v", u.Places)
		}
	}
	sound(t, d, r)
}

func TestTreesThatCannotBe(t *testing.T) {
	d := openDirectory(t, &drawer{})
	a := addUnit(t, d, "A", "")
	b := addUnit(t, d, "B", a.ID)
	c := addUnit(t, d, "C", b.ID)
	for name, try := range map[string]func() error{
		"below itself": func() error {
			_, err := d.EditUnit(t.Context(), "town", a.ID, 0, UnitEdit{Parent: &a.ID})
			return err
		},
		"below what lies below it": func() error {
			_, err := d.EditUnit(t.Context(), "town", a.ID, 0, UnitEdit{Parent: &c.ID, From: "2030-01-01"})
			return err
		},
		"a circle in the past only": func() error {
			_, err := d.EditUnit(t.Context(), "town", a.ID, 0, UnitEdit{Places: &[]Place{{c.ID, ""}, {"", "2020-01-01"}}})
			return err
		},
		"below nothing": func() error {
			_, err := d.AddUnit(t.Context(), "town", UnitEdit{Name: ref("D"), Parent: ref("nowhere")})
			return err
		},
		"no name": func() error { _, err := d.AddUnit(t.Context(), "town", UnitEdit{}); return err },
		"a code twice": func() error {
			_, err := d.AddUnit(t.Context(), "town", UnitEdit{Name: ref("D"), Code: ref("A")})
			return err
		},
		"something below": func() error { return d.DeleteUnit(t.Context(), "town", a.ID, 0) },
		"two places at a time": func() error {
			_, err := d.EditUnit(t.Context(), "town", c.ID, 0, UnitEdit{Places: &[]Place{{a.ID, ""}, {b.ID, ""}}})
			return err
		},
	} {
		var bad *Invalid
		var no *Conflict
		if err := try(); !errors.As(err, &bad) && !errors.As(err, &no) {
			t.Errorf("%s: %v", name, err)
		}
	}
	above := ""
	for i := range maxDepth {
		above = addUnit(t, d, fmt.Sprint("L", i), above).ID
	}
	if _, err := d.AddUnit(t.Context(), "town", UnitEdit{Name: ref("too deep"), Parent: &above}); err == nil {
		t.Error("a unit is too deep")
	}
	if err := d.DeleteUnit(t.Context(), "town", c.ID, c.Version); err != nil {
		t.Error(err)
	}
}

// TestMovesKeepATree: whatever moves are asked for, on every day the path of every
// unit is that of a tree, and is what a walk from day to day says.
func TestMovesKeepATree(t *testing.T) {
	day := func(n int) Date { return DateOf(time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC)) }
	rapid.Check(t, func(rt *rapid.T) {
		r := &drawer{}
		d := openDirectory(t, r)
		var ids []string
		for i := range rapid.IntRange(2, 6).Draw(rt, "units") {
			ids = append(ids, addUnit(t, d, fmt.Sprint(i), "").ID)
		}
		// The model: where each unit lies on each of 20 days.
		model := make([]map[string]string, 21)
		for n := range model {
			model[n] = make(map[string]string)
		}
		for range rapid.IntRange(1, 12).Draw(rt, "moves") {
			unit, parent := rapid.SampledFrom(ids).Draw(rt, "unit"), rapid.SampledFrom(append([]string{""}, ids...)).Draw(rt, "parent")
			from := rapid.IntRange(2, 20).Draw(rt, "from")
			// It holds until the next day from which the unit was told to lie somewhere.
			u, _ := d.Unit(t.Context(), "town", unit)
			until := 21
			for _, p := range u.Places {
				for n := from + 1; n < until; n++ {
					if p.From == day(n) {
						until = n
					}
				}
			}
			_, err := d.EditUnit(t.Context(), "town", unit, 0, UnitEdit{Parent: &parent, From: day(from)})
			tried := make([]map[string]string, 21)
			good := true
			for n := range model {
				tried[n] = make(map[string]string)
				for k, v := range model[n] {
					tried[n][k] = v
				}
				if n >= from && n < until {
					tried[n][unit] = parent
				}
				good = good && isTree(tried[n], ids)
			}
			if good != (err == nil) {
				rt.Fatalf("a move that is good: %v; %v", good, err)
			}
			if good {
				model = tried
			}
			for n := 1; n <= 20; n++ {
				for _, id := range ids {
					if got, want := d.UnitPath(t.Context(), "town", id, day(n)), walk(model[n], id); !slices.Equal(got, want) {
						rt.Fatalf("on day %d: %v, want %v", n, got, want)
					}
				}
			}
		}
		sound(t, d, r)
	})
}

func walk(above map[string]string, id string) []string {
	path := []string{id}
	for above[id] != "" && len(path) < 10 {
		id = above[id]
		path = append([]string{id}, path...)
	}
	return path
}

func isTree(above map[string]string, ids []string) bool {
	for _, id := range ids {
		if len(walk(above, id)) >= 10 {
			return false
		}
	}
	return true
}

func TestHeadcounts(t *testing.T) {
	r := &drawer{}
	d := openDirectory(t, r)
	town := addUnit(t, d, "T", "")
	one, six := addUnit(t, d, "I", town.ID), addUnit(t, d, "VI", town.ID)
	amt := addUnit(t, d, "11", one.ID)
	set := func(u *Unit, year, n int) *Headcount {
		t.Helper()
		h, err := d.SetHeadcount(t.Context(), "town", u.ID, year, 0, &n)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	set(amt, 2025, 40)
	set(six, 2025, 100)
	h := set(town, 2026, 3200)
	for _, tc := range []struct {
		unit  *Unit
		year  int
		want  int
		known bool
	}{{town, 2025, 140, true}, {one, 2025, 40, true}, {town, 2026, 3200, true}, {one, 2026, 0, false}, {amt, 2024, 0, false}} {
		if n, ok := d.Headcount(t.Context(), "town", tc.unit.ID, tc.year); n != tc.want || ok != tc.known {
			t.Errorf("%s in %d: %d, %v", tc.unit.Code, tc.year, n, ok)
		}
	}
	if _, ok := d.Headcount(t.Context(), "town", "", 2025); ok {
		t.Error("nothing has a headcount")
	}
	for name, try := range map[string]func() (*Headcount, error){
		"no unit":  func() (*Headcount, error) { return d.SetHeadcount(t.Context(), "town", "x", 2026, 0, ref(1)) },
		"no year":  func() (*Headcount, error) { return d.SetHeadcount(t.Context(), "town", amt.ID, 26, 0, ref(1)) },
		"negative": func() (*Headcount, error) { return d.SetHeadcount(t.Context(), "town", amt.ID, 2026, 0, ref(-1)) },
	} {
		var bad *Invalid
		if _, err := try(); !errors.As(err, &bad) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := d.SetHeadcount(t.Context(), "town", town.ID, 2026, h.Version+1, ref(1)); !errors.Is(err, ErrChanged) {
		t.Error(err)
	}
	if _, err := d.SetHeadcount(t.Context(), "town", town.ID, 2026, h.Version, nil); err != nil {
		t.Error(err)
	}
	if err := d.DeleteUnit(t.Context(), "town", six.ID, 0); err == nil {
		t.Error("a unit with a headcount was deleted")
	}
	sound(t, d, r)
}
