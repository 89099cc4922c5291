package store_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/google/uuid"

	"lernspur/statements"
	"lernspur/store"
	"lernspur/store/storetest"
)

const original = `{ "verb":  "passed" }`

// repairedStatement is a statement about an activity of a course to which the
// repairs were made.
func repairedStatement(t *testing.T, stored int64, activity, course string, repairs ...statements.Repair) *statements.Statement {
	t.Helper()
	st, err := statements.ParseOne([]byte(`{"actor":{"mbox":"mailto:anna@stadt.example"},"verb":{"id":"http://example.com/read"},"object":{"id":"`+activity+
		`"},"context":{"contextActivities":{"grouping":{"id":"`+course+`"}}}}`), statements.Options{Edition: statements.V1})
	if err != nil {
		t.Fatal(err)
	}
	if repairs != nil {
		r := statements.Repaired{Repairs: repairs, Original: []byte(original)}
		if st.Repairs, err = r.Encode(); err != nil {
			t.Fatal(err)
		}
	}
	st.Stamp(stored)
	return st
}

// n is a count of statements.
func n(repair, group string, statements int64) store.RepairCount {
	return store.RepairCount{Repair: repair, Group: group, Statements: statements}
}

func TestRepairs(t *testing.T) {
	s, ctx := storetest.Open(t), context.Background()
	score, null := statements.Repair{Rule: "score-min-max", Pointer: "/result/score"}, statements.Repair{Rule: "null-property", Pointer: "/object/objectType"}
	another := statements.Repair{Rule: "null-property", Pointer: "/result/duration"}
	rows := []store.Row{
		{Tenant: "town", Statement: repairedStatement(t, 1001, "x:quiz", "x:safety", score, null, another)},
		{Tenant: "town", Statement: repairedStatement(t, 1002, "x:quiz", "x:safety")},
		{Tenant: "town", Statement: repairedStatement(t, 1003, "x:video", "x:safety", null)},
		{Tenant: "town", Statement: repairedStatement(t, 1004, "x:video", "x:first-aid", null)},
		{Tenant: "village", Statement: repairedStatement(t, 1001, "x:quiz", "x:safety", score)},
	}
	for range 2 { // as a replay does after an outcome that is not known
		if err := s.Insert(ctx, uuid.NewString(), rows); err != nil {
			t.Fatal(err)
		}
	}

	t.Run("beside the statement", func(t *testing.T) {
		got, ok, err := s.Repaired(ctx, "town", rows[0].ID, 1001)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		want := store.RepairedRow{Stored: 1001, ID: rows[0].ID, Timestamp: 1001, Activity: "x:quiz", Courses: []string{"x:safety"},
			Repaired: statements.Repaired{Repairs: []statements.Repair{score, null, another}, Original: []byte(original)}}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, want %+v", got, want)
		}
		for name, ask := range map[string]struct {
			tenant string
			id     uuid.UUID
			upto   int64
		}{"other tenant": {"village", rows[0].ID, 2000}, "not repaired": {"town", rows[1].ID, 2000}, "behind the watermark": {"town", rows[0].ID, 1000}} {
			if _, ok, err := s.Repaired(ctx, ask.tenant, ask.id, ask.upto); ok || err != nil {
				t.Errorf("%s: %v, %v", name, ok, err)
			}
		}
	})

	for _, tt := range []struct {
		name   string
		filter store.RepairFilter
		want   store.RepairTotals
	}{
		{"all", store.RepairFilter{}, store.RepairTotals{Statements: 3, Counts: []store.RepairCount{n("null-property", "", 3), n("score-min-max", "", 1)}}},
		{"watermark", store.RepairFilter{Upto: 1002}, store.RepairTotals{Statements: 1, Counts: []store.RepairCount{n("null-property", "", 1), n("score-min-max", "", 1)}}},
		{"period", store.RepairFilter{Since: 1001, Until: 1003}, store.RepairTotals{Statements: 1, Counts: []store.RepairCount{n("null-property", "", 1)}}},
		{"by course", store.RepairFilter{By: store.RepairsByCourse}, store.RepairTotals{Statements: 3, Counts: []store.RepairCount{
			n("null-property", "x:safety", 2), n("null-property", "x:first-aid", 1), n("score-min-max", "x:safety", 1)}}},
		{"by activity, some", store.RepairFilter{By: store.RepairsByActivity, Limit: 2}, store.RepairTotals{Statements: 3, More: true, Counts: []store.RepairCount{
			n("null-property", "x:video", 2), n("null-property", "x:quiz", 1)}}},
		{"one repair", store.RepairFilter{Repair: "score-min-max"}, store.RepairTotals{Statements: 1, Counts: []store.RepairCount{n("score-min-max", "", 1)}}},
		{"one course", store.RepairFilter{Course: "x:first-aid", By: store.RepairsByCourse}, store.RepairTotals{Statements: 1, Counts: []store.RepairCount{n("null-property", "x:first-aid", 1)}}},
		{"one activity", store.RepairFilter{Activity: "x:quiz"}, store.RepairTotals{Statements: 1, Counts: []store.RepairCount{n("null-property", "", 1), n("score-min-max", "", 1)}}},
		{"nothing", store.RepairFilter{Activity: "x:' OR 1=1"}, store.RepairTotals{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.filter.Upto == 0 {
				tt.filter.Upto = 2000
			}
			if tt.filter.Limit == 0 {
				tt.filter.Limit = 100
			}
			got, err := s.CountRepairs(ctx, "town", tt.filter)
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%+v (%v), want %+v", got, err, tt.want)
			}
		})
	}

	t.Run("deleted with the statement", func(t *testing.T) {
		job, sel := uuid.New(), statements.Selection{IDs: []uuid.UUID{rows[0].ID, rows[1].ID, rows[3].ID}}
		if chosen, err := s.Choose(ctx, "town", job, sel, 2000); err != nil || chosen != 3 {
			t.Fatal(chosen, err)
		}
		check := func(when string) {
			t.Helper()
			totals, err := s.CountRepairs(ctx, "town", store.RepairFilter{Upto: 2000, Limit: 10})
			if err != nil || totals.Statements != 1 || !reflect.DeepEqual(totals.Counts, []store.RepairCount{n("null-property", "", 1)}) {
				t.Errorf("%s: %+v, %v", when, totals, err)
			}
			if _, ok, err := s.Repaired(ctx, "town", rows[0].ID, 2000); ok || err != nil {
				t.Errorf("%s: the original is there: %v, %v", when, ok, err)
			}
		}
		s.Hide("town", job)
		check("hidden")
		for range 2 { // as after a crash
			if err := s.Remove(ctx, "town", job); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Forget(ctx, "town", job); err != nil {
			t.Fatal(err)
		}
		check("removed")
		if err := s.Purge(ctx); err != nil {
			t.Fatal(err)
		}
		check("purged")
		var left uint64
		if err := s.Conn().QueryRow(ctx, "SELECT count() FROM repairs WHERE tenant = 'village'").Scan(&left); err != nil || left == 0 {
			t.Errorf("%d rows of another tenant, %v", left, err)
		}
	})
}
