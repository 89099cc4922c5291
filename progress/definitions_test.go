package progress

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	adl  = "http://adlnet.gov/expapi/verbs/"
	cmi5 = "https://w3id.org/xapi/adl/verbs/"
	c1   = "https://lernen.example/c/1"
	c2   = "https://lernen.example/c/2"
	page = "https://lernen.example/c/1/page"
)

func inside(course string) object {
	return object{"context": object{"contextActivities": object{"grouping": []object{{"id": course}}}}}
}

func result(r object) object { return object{"result": r} }

func micros(t *testing.T, s string) int64 {
	t.Helper()
	v, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return v.UnixMicro()
}

// TestDefinitions holds each metric against cases computed by hand from
// docs/metrics.md.
func TestDefinitions(t *testing.T) {
	const t1, t2, t3 = "2026-01-05T08:00:00Z", "2026-01-06T08:00:00Z", "2026-01-07T08:00:00Z"
	const half = 500_000_000
	cases := []struct {
		name string
		sts  []string
		want Course // of c1, without ID
	}{
		{"a page below the course is a start, and completes nothing",
			[]string{statement("a", adl+"completed", page, t1, merge(inside(c1), result(object{"completion": true, "success": true, "score": object{"scaled": 1}})))},
			Course{Learners: 1, Started: 1}},
		{"launched by the platform is no start", []string{statement("a", adl+"launched", c1, t1, nil)}, Course{Learners: 1}},
		{"waived is no start; its result counts",
			[]string{statement("a", cmi5+"waived", c1, t1, result(object{"completion": true, "success": true}))},
			Course{Learners: 1, Completed: 1, Passed: 1}},
		{"satisfied completes", []string{statement("a", cmi5+"satisfied", c1, t1, nil)}, Course{Learners: 1, Completed: 1}},
		{"completed on the course", []string{statement("a", adl+"completed", c1, t1, nil)}, Course{Learners: 1, Started: 1, Completed: 1}},
		{"completion without the verb",
			[]string{statement("a", adl+"experienced", c1, t1, result(object{"completion": true}))}, Course{Learners: 1, Started: 1, Completed: 1}},
		{"passed is not completed", []string{statement("a", adl+"passed", c1, t1, nil)}, Course{Learners: 1, Started: 1, Passed: 1}},
		{"the object is the course also when it is its own grouping",
			[]string{statement("a", adl+"passed", c1, t1, inside(c1))}, Course{Learners: 1, Started: 1, Passed: 1}},
		{"success says more than the verb",
			[]string{statement("a", adl+"passed", c1, t1, result(object{"success": false}))}, Course{Learners: 1, Started: 1, Failed: 1}},
		{"the latest verdict by timestamp, not by arrival",
			[]string{statement("a", adl+"passed", c1, t3, nil), statement("a", adl+"failed", c1, t2, nil)}, Course{Learners: 1, Started: 1, Passed: 1}},
		{"at the same instant the one that came later",
			[]string{statement("a", adl+"passed", c1, t3, nil), statement("a", adl+"failed", c1, t3, nil)}, Course{Learners: 1, Started: 1, Failed: 1}},
		{"no verdict is not failed", []string{statement("a", adl+"experienced", c1, t1, nil)}, Course{Learners: 1, Started: 1}},
		{"the latest score, scaled before raw",
			[]string{statement("a", adl+"scored", c1, t2, result(object{"score": object{"scaled": 0.5, "raw": 9, "min": 0, "max": 10}})),
				statement("a", adl+"scored", c1, t1, result(object{"score": object{"scaled": 0.9}}))},
			Course{Learners: 1, Started: 1, Scored: 1, ScoreSum: half}},
		{"raw normalised by min and max",
			[]string{statement("a", adl+"scored", c1, t1, result(object{"score": object{"raw": 15, "min": 10, "max": 20}}))},
			Course{Learners: 1, Started: 1, Scored: 1, ScoreSum: half}},
		{"raw without max is no score", []string{statement("a", adl+"scored", c1, t1, result(object{"score": object{"raw": 15, "min": 10}}))},
			Course{Learners: 1, Started: 1}},
		{"progressed gives no score",
			[]string{statement("a", adl+"progressed", c1, t1, result(object{"score": object{"scaled": 0.3}}))}, Course{Learners: 1, Started: 1}},
		{"a negative score", []string{statement("a", adl+"scored", c1, t1, result(object{"score": object{"scaled": -0.5}}))},
			Course{Learners: 1, Started: 1, Scored: 1, ScoreSum: -half}},
		{"two learners", []string{statement("a", adl+"completed", c1, t1, nil), statement("b", adl+"launched", c1, t1, nil)},
			Course{Learners: 2, Started: 1, Completed: 1}},
		{"an anonymous group is no learner",
			[]string{statement("a", adl+"completed", c1, t1, nil),
				statement("", adl+"completed", c1, t1, object{"actor": object{"objectType": "Group", "member": []object{{"mbox": "mailto:z@stadt.example"}}}})},
			Course{Learners: 1, Started: 1, Completed: 1}},
		{"before 1970", []string{statement("a", adl+"passed", c1, "1969-12-31T23:59:59Z", nil)}, Course{Learners: 1, Started: 1, Passed: 1}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.post("town", c.sts...)
			w.project()
			got := w.courses("town")[c1]
			got.ID, got.LastActivity = "", 0
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// merge joins parts of a statement.
func merge(parts ...object) object {
	all := object{}
	for _, part := range parts {
		for k, v := range part {
			all[k] = v
		}
	}
	return all
}

func TestVoiding(t *testing.T) {
	const id, other = "a1b2c3d4-0000-4000-8000-000000000001", "a1b2c3d4-0000-4000-8000-000000000002"
	started := statement("a", adl+"initialized", c1, "2026-01-05T08:00:00Z", nil)
	passed := statement("a", adl+"passed", c1, "2026-01-06T08:00:00Z", object{"id": id})
	alone := statement("b", adl+"passed", c2, "2026-01-06T08:00:00Z", object{"id": other})
	cases := []struct {
		name string
		run  func(w *world)
	}{
		{"after it was counted", func(w *world) {
			w.post("town", started, passed, alone)
			w.project()
			w.post("town", voiding(id), voiding(other))
		}},
		{"in the same cycle", func(w *world) { w.post("town", started, passed, alone, voiding(id), voiding(other)) }},
		{"before its target", func(w *world) {
			w.post("town", voiding(id), voiding(other))
			w.project()
			w.post("town", started, passed, alone)
		}},
		{"and the voiding statement cannot be voided", func(w *world) {
			w.post("town", started, passed, alone, statement("admin", adl+"voided", "", "2026-01-31T00:00:00Z",
				object{"id": "a1b2c3d4-0000-4000-8000-000000000003", "object": object{"objectType": "StatementRef", "id": id}}), voiding(other))
			w.project()
			w.post("town", voiding("a1b2c3d4-0000-4000-8000-000000000003"))
		}},
		{"of another tenant's statement voids nothing there", func(w *world) {
			w.post("town", started, passed, alone, voiding(id), voiding(other))
			w.project()
			w.post("village", passed)
			w.project()
			if c := w.courses("village")[c1]; c.Passed != 1 {
				w.t.Errorf("the village's statement counts as %+v", c)
			}
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			c.run(w)
			w.project()
			want := map[string]Course{c1: {ID: c1, Learners: 1, Started: 1, LastActivity: micros(t, "2026-01-05T08:00:00Z")}}
			if diff := cmp.Diff(want, w.courses("town")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			checked, err := w.Check(context.Background(), "town")
			if err != nil || len(checked.Differences) > 0 {
				t.Errorf("Check: %+v, %v", checked, err)
			}
		})
	}
}
