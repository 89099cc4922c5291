package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"lernspur/statements"
	"lernspur/store"
	"lernspur/store/storetest"
)

// selects is what a selection says of one statement of a history.
func selects(s said, sel statements.Selection, upto int64) bool {
	q := statements.Query{Agent: sel.Agent, RelatedAgents: sel.RelatedAgents, Verb: sel.Verb, Activity: sel.Activity,
		RelatedActivities: sel.RelatedActivities, Registration: sel.Registration}
	return matches(s, q) && (sel.Actor == "" || sel.Actor == "mbox|"+s.actor) && (len(sel.IDs) == 0 || slices.Contains(sel.IDs, id(s.n))) &&
		s.stored() > sel.Since && (sel.Until == 0 || s.stored() <= sel.Until) && s.stored() <= upto
}

func drawSelection(t *rapid.T, n int) statements.Selection {
	q := drawQuery(t, n)
	sel := statements.Selection{Agent: q.Agent, RelatedAgents: q.RelatedAgents, Verb: q.Verb, Activity: q.Activity,
		RelatedActivities: q.RelatedActivities, Registration: q.Registration, Since: q.Since, Until: q.Until}
	if rapid.Bool().Draw(t, "by actor") {
		sel.Actor = "mbox|" + rapid.SampledFrom(mboxes).Draw(t, "chosen actor")
	}
	if rapid.Bool().Draw(t, "by id") {
		for range rapid.IntRange(1, 4).Draw(t, "ids") {
			sel.IDs = append(sel.IDs, id(rapid.IntRange(0, n).Draw(t, "chosen id")))
		}
	}
	return sel
}

// without is a history in which some statements never were: a place that is
// empty has no verb, and nothing matches it.
func without(history []said, deleted map[int]bool) []said {
	left := slices.Clone(history)
	for n := range deleted {
		left[n] = said{n: n, ref: -1, verb: "deleted", actor: "deleted"}
	}
	return left
}

func listed(history []said, deleted map[int]bool, q statements.Query) []uuid.UUID {
	return slices.DeleteFunc(expected(without(history, deleted), q), func(i uuid.UUID) bool {
		return slices.ContainsFunc(history, func(s said) bool { return deleted[s.n] && id(s.n) == i })
	})
}

// TestDeleting deletes from random histories and holds what is counted before,
// found and counted while it is hidden, and after it is removed, against a history in which
// the deleted statements never were. Some steps are done twice, as after a crash.
func TestDeleting(t *testing.T) {
	s := storetest.Open(t)
	ctx := context.Background()
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		if runs++; runs > 12 {
			return // a run takes two seconds on a real engine
		}
		tenant := fmt.Sprintf("o'hara%d", runs)
		history := drawHistory(rt)
		var rows []store.Row
		for _, h := range history {
			rows = append(rows, parse(t, tenant, h.json(), h.stored()))
		}
		insert(t, s, rows...)
		upto := int64(1000 + len(history))
		deleted := make(map[int]bool)
		check := func(when string) {
			rt.Helper()
			for range 3 {
				q := drawQuery(rt, len(history))
				want := listed(history, deleted, q)
				got, err := pages(ctx, s, tenant, q)
				if err != nil || !slices.Equal(want, got) {
					rt.Fatalf("%s: query %+v: %v\nwant %v\ngot  %v", when, q, err, want, got)
				}
				if n, err := s.CountFound(ctx, tenant, q); err != nil || n != int64(len(want)) {
					rt.Fatalf("%s: query %+v: %d are counted, want %d: %v", when, q, n, len(want), err)
				}
			}
		}
		for range 2 {
			sel := drawSelection(rt, len(history))
			job := uuid.New()
			want := 0
			for _, h := range history {
				if !deleted[h.n] && selects(h, sel, upto) {
					want++
				}
			}
			if found, err := s.CountSelected(ctx, tenant, sel, upto); err != nil || found.Statements != int64(want) {
				rt.Fatalf("%+v: %+v, want %d: %v", sel, found, want, err)
			}
			for range rapid.IntRange(1, 2).Draw(rt, "choose") {
				if n, err := s.Choose(ctx, tenant, job, sel, upto); err != nil || n != int64(want) {
					rt.Fatalf("%+v: %d are chosen, want %d: %v", sel, n, want, err)
				}
			}
			s.Hide(tenant, job)
			for _, h := range history {
				if selects(h, sel, upto) {
					deleted[h.n] = true
				}
			}
			check("hidden")
			for range rapid.IntRange(1, 2).Draw(rt, "remove") {
				if err := s.Remove(ctx, tenant, job); err != nil {
					rt.Fatal(err)
				}
			}
			if err := s.Forget(ctx, tenant, job); err != nil {
				rt.Fatal(err)
			}
			check("removed")
		}
		for n := range deleted {
			for table, where := range map[string]string{
				"statements": "stored = %[2]d", "lookups": "stored = %[2]d", "refs": "target = %[2]d OR referrer = %[2]d", "deletion_items": "1",
			} {
				var rows uint64
				sql := fmt.Sprintf("SELECT count() FROM "+table+" WHERE tenant = 'o''hara%[1]d' AND ("+where+")", runs, history[n].stored())
				if err := s.Conn().QueryRow(ctx, sql).Scan(&rows); err != nil || rows != 0 {
					rt.Fatalf("%s has %d rows: %v", table, rows, err)
				}
			}
		}
	})
}

// TestWhatStaysOfADeletion: ids that cannot be used again, also after a reopen,
// and references that wait for a target again.
func TestWhatStaysOfADeletion(t *testing.T) {
	dsn := storetest.DSN(t)
	ctx := context.Background()
	s, err := store.Open(ctx, dsn, nil)
	if err != nil {
		t.Fatal(err)
	}
	history := []said{
		{n: 0, actor: mboxes[0], verb: verbs[0], activity: acts[0], ref: -1},
		{n: 1, actor: mboxes[1], verb: verbs[0], ref: 0},
		{n: 2, actor: mboxes[1], verb: voided, ref: 0},
		{n: 3, actor: mboxes[2], verb: verbs[0], activity: acts[0], ref: -1},
	}
	var rows []store.Row
	for _, h := range history {
		rows = append(rows, parse(t, "town", h.json(), h.stored()))
	}
	insert(t, s, rows...)
	found, err := s.CountSelected(ctx, "town", statements.Selection{IDs: []uuid.UUID{id(2)}}, 2000)
	if want := (store.Selected{Statements: 1, Voiding: 1, Restored: 1}); err != nil || found != want {
		t.Errorf("deleting the voiding one: %+v, %v", found, err)
	}
	found, err = s.CountSelected(ctx, "town", statements.Selection{Since: 999, Until: 1000}, 2000)
	if want := (store.Selected{Statements: 1, Pointing: 2}); err != nil || found != want {
		t.Errorf("deleting the first: %+v, %v", found, err)
	}
	job := uuid.New()
	sel := statements.Selection{IDs: []uuid.UUID{id(0), id(3)}}
	if n, err := s.Choose(ctx, "town", job, sel, 2000); err != nil || n != 2 {
		t.Fatal(n, err)
	}
	if err := s.Remove(ctx, "town", job); err != nil {
		t.Fatal(err)
	}
	if err := s.Forget(ctx, "town", job); err != nil {
		t.Fatal(err)
	}
	if err := s.Purge(ctx); err != nil {
		t.Fatal(err)
	}
	for _, state := range []string{"at once", "after a reopen"} {
		known, err := s.Known(ctx, "town", []uuid.UUID{id(0), id(1), id(3)})
		if err != nil || len(known) != 3 || known[id(0)] != [16]byte{} || known[id(1)] != rows[1].Digest {
			t.Errorf("%s: known %v, %v", state, known, err)
		}
		ids := 0
		if err := s.IDs(ctx, func(string, uuid.UUID) { ids++ }); err != nil || ids != 4 {
			t.Errorf("%s: %d ids, %v", state, ids, err)
		}
		if last, err := s.LastStored(ctx); err != nil || last != 1003 {
			t.Errorf("%s: last stored %d, %v", state, last, err)
		}
		if present, err := s.Present(ctx, 1000, 1003); err != nil || len(present) != 4 {
			t.Errorf("%s: present %v, %v", state, present, err)
		}
		if state == "at once" {
			s.Close()
			if s, err = store.Open(ctx, dsn, nil); err != nil {
				t.Fatal(err)
			}
			defer s.Close()
		}
	}
}

func TestDeletionRows(t *testing.T) {
	s := storetest.Open(t)
	ctx := context.Background()
	a, b := uuid.New(), uuid.New()
	for _, row := range []store.DeletionRow{{"town", a, "begun", "1", 1}, {"town", b, "begun", "2", 2}, {"town", a, "done", "3", 3}} {
		if err := s.PutDeletion(ctx, row); err != nil {
			t.Fatal(err)
		}
	}
	list, err := s.Deletions(ctx, "begun", "chosen")
	if want := []store.DeletionRow{{"town", b, "begun", "2", 2}}; err != nil || !slices.Equal(list, want) {
		t.Errorf("%v, %v", list, err)
	}
	if row, ok, err := s.Deletion(ctx, "town", a); err != nil || !ok || row != (store.DeletionRow{"town", a, "done", "3", 3}) {
		t.Errorf("%v %v %v", row, ok, err)
	}
	if _, ok, err := s.Deletion(ctx, "other", a); ok || err != nil {
		t.Errorf("another tenant's deletion is there: %v", err)
	}
}
