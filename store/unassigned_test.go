package store_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"lernspur/store"
	"lernspur/store/storetest"
)

// TestUnassigned: who is in statements and in no row of persons, by the address as
// well as by its sum, page by page.
func TestUnassigned(t *testing.T) {
	s := storetest.Open(t)
	said := func(n int, actor, second string) store.Row {
		t.Helper()
		return parse(t, "town", fmt.Sprintf(`{"id":"%s","timestamp":"2026-11-22T10:00:%s.000Z","actor":%s,"verb":{"id":"http://example.com/did"},"object":{"id":"http://example.com/a"}}`, id(n), second, actor), int64(1000+n))
	}
	const ada, sum = `{"mbox":"mailto:ada@town.example"}`, "mbox_sha1sum|5037223afde0db3bb37b33900336038ea896375e" // printf %s mailto:ada@town.example | sha1sum
	insert(t, s,
		said(1, ada, "01"), said(2, `{"mbox":"mailto:bob@town.example","name":"Bob"}`, "05"), said(3, `{"mbox":"mailto:bob@town.example","name":"Bob \"B.\" Example"}`, "02"),
		said(4, `{"account":{"homePage":"https://id.example","name":"x"}}`, "03"), said(5, `{"openid":"https://eve.example/"}`, "04"))
	last := func(second int64) int64 { return 1795341600_000000 + second*1_000_000 } // date -ud 2026-11-22T10:00 +%s
	want := []store.Unassigned{
		{Identifier: "mbox|mailto:bob@town.example", Name: `Bob "B." Example`, Statements: 2, Last: last(5)},
		{Identifier: "openid|https://eve.example/", Statements: 1, Last: last(4)},
		{Identifier: "account|https://id.example|x", Statements: 1, Last: last(3)},
		{Identifier: "mbox|mailto:ada@town.example", Statements: 1, Last: last(1)},
	}
	check := func(after *store.Unassigned, n int, want []store.Unassigned) {
		t.Helper()
		got, err := s.Unassigned(t.Context(), "town", after, n)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(store.Unassigned{})); diff != "" {
			t.Error(diff)
		}
	}
	check(nil, 10, want)
	check(&want[1], 10, want[2:])
	check(&want[0], 2, want[1:3])
	rows := store.NewDirectoryRows()
	rows.Persons[sum], rows.Persons["openid|https://eve.example/"] = store.PersonRow{Person: "ada"}, store.PersonRow{Person: "eve"}
	if err := s.PutDirectoryRows(t.Context(), "town", 1, rows, store.NewDirectoryRows()); err != nil {
		t.Fatal(err)
	}
	check(nil, 10, []store.Unassigned{want[0], want[2]})
	boxes, err := s.KnownBySum(t.Context(), "town", 10)
	if diff := cmp.Diff([]string{"mbox|mailto:ada@town.example"}, boxes); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if list, err := s.Unassigned(t.Context(), "village", nil, 10); len(list) != 0 || err != nil {
		t.Errorf("another tenant: %v, %v", list, err)
	}
}
