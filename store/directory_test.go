package store_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lernspur/store"
	"lernspur/store/storetest"
)

// TestDirectoryRows writes rows of every table and reads them back, then takes some
// out and changes others.
func TestDirectoryRows(t *testing.T) {
	s, ctx := storetest.Open(t), context.Background()
	rows := store.NewDirectoryRows()
	rows.Persons["mbox|mailto:ada@town.example"] = store.PersonRow{Person: "ada", Name: "Ada", Unit: "amt", Path: "town/amt"}
	rows.Persons["openid|https://ada.example/"] = store.PersonRow{Person: "ada"}
	rows.Units[store.PersonSpan{Person: "ada"}] = store.PersonUnit{Until: "2025-12-31", Unit: "town", Path: "town"}
	rows.Units[store.PersonSpan{Person: "ada", Since: "2026-01-01"}] = store.PersonUnit{Unit: "amt", Path: "town/amt"}
	rows.Groups[store.PersonGroup{Group: "g", Person: "ada", Role: "member"}] = store.Days{Since: "2026-01-01", Until: "2299-12-30"}
	rows.Groups[store.PersonGroup{Group: "g", Person: "ada", Role: "trainer"}] = store.Days{}
	rows.Tree[store.UnitSpan{Unit: "amt"}] = store.UnitRow{Code: "10", Name: "Amt", Kind: "Amt", Path: "town/amt"}
	rows.Headcounts[store.UnitYear{Unit: "amt", Year: 2026}] = 40
	none := store.NewDirectoryRows()
	if err := s.PutDirectoryRows(ctx, "town", 5, rows, none); err != nil {
		t.Fatal(err)
	}
	if err := s.PutDirectoryRows(ctx, "village", 9, rows, none); err != nil {
		t.Fatal(err)
	}
	check := func(want *store.DirectoryRows, version int64) {
		t.Helper()
		got, highest, err := s.DirectoryRows(ctx, "town")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" || highest != version {
			t.Errorf("version %d: %s", highest, diff)
		}
	}
	check(rows, 5)
	put, gone := store.NewDirectoryRows(), store.NewDirectoryRows()
	put.Persons["openid|https://ada.example/"] = store.PersonRow{Person: "bob"}
	gone.Persons["mbox|mailto:ada@town.example"] = store.PersonRow{}
	gone.Units[store.PersonSpan{Person: "ada"}] = store.PersonUnit{}
	gone.Groups[store.PersonGroup{Group: "g", Person: "ada", Role: "trainer"}] = store.Days{}
	gone.Tree[store.UnitSpan{Unit: "amt"}] = store.UnitRow{}
	gone.Headcounts[store.UnitYear{Unit: "amt", Year: 2026}] = 0
	for range 2 { // again, as after an error
		if err := s.PutDirectoryRows(ctx, "town", 6, put, gone); err != nil {
			t.Fatal(err)
		}
	}
	delete(rows.Units, store.PersonSpan{Person: "ada"})
	delete(rows.Groups, store.PersonGroup{Group: "g", Person: "ada", Role: "trainer"})
	rows.Persons, rows.Tree, rows.Headcounts = put.Persons, none.Tree, none.Headcounts
	check(rows, 6)
	if err := s.SetDirectoryCursor(ctx, "town", 6, "2026-11-22", 7); err != nil {
		t.Fatal(err)
	}
}
