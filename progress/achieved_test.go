package progress

import (
	"context"
	"fmt"
	"slices"
	"testing"
)

// TestAchieved: what completes and passes a course, by the definitions of
// docs/metrics.md, in order, without what is voided.
func TestAchieved(t *testing.T) {
	w := newWorld(t)
	const voided = "a1b2c3d4-0000-4000-8000-000000000001"
	inside := object{"context": object{"contextActivities": object{"grouping": []object{{"id": c1}}}}}
	w.post("town",
		statement("ann", adl+"initialized", c1, "2026-01-05T08:00:00Z", nil),
		statement("ann", adl+"completed", c1+"/page", "2026-01-05T08:01:00Z", inside),                                                      // a page completes nothing
		statement("ann", adl+"completed", c1, "2026-01-05T08:02:00Z", inside),                                                              // 3: completed
		statement("bob", adl+"passed", c1, "2026-01-05T08:03:00Z", inside),                                                                 // 4: passed is not completed
		statement("bob", adl+"terminated", c1, "2026-01-05T08:04:00Z", merge(inside, result(object{"completion": true, "success": true}))), // 5: both
		statement("cat", adl+"failed", c1, "2026-01-05T08:05:00Z", inside),
		statement("cat", adl+"passed", c1, "2026-01-05T08:06:00Z", merge(inside, result(object{"success": false}))), // success says more
		statement("dan", adl+"completed", c1, "2026-01-05T08:07:00Z", merge(inside, object{"id": voided})),
	)
	w.post("village", statement("eve", adl+"completed", c1, "2026-01-05T08:00:00Z", inside))
	w.post("town", voiding(voided))
	upto := w.mark.Load()
	show := func(list []Achieved) (texts []string) {
		for _, a := range list {
			texts = append(texts, fmt.Sprintf("%d %s %v %v %v", a.Stored-firstStored+1, a.Learner, a.Course == c1, a.Completed, a.Passed))
		}
		return texts
	}
	want := []string{"3 mbox|mailto:ann@stadt.example true true false", "4 mbox|mailto:bob@stadt.example true false true", "5 mbox|mailto:bob@stadt.example true true true"}
	all, reached, err := w.Achieved(context.Background(), "town", 0, upto, 10)
	if got := show(all); err != nil || reached != upto || !slices.Equal(got, want) {
		t.Errorf("%q up to %d, %v; want %q up to %d", got, reached, err, want, upto)
	}
	if all[0].Statement.String() == "" || all[0].Timestamp == 0 {
		t.Errorf("%+v", all[0])
	}
	two, reached, err := w.Achieved(context.Background(), "town", 0, upto, 2)
	if err != nil || len(two) != 2 || reached != two[1].Stored {
		t.Errorf("%q up to %d, %v", show(two), reached, err)
	}
	rest, reached, err := w.Achieved(context.Background(), "town", reached, upto, 2)
	if err != nil || len(rest) != 1 || reached != upto {
		t.Errorf("%q up to %d, %v", show(rest), reached, err)
	}
	before, err := w.AchievedBefore(context.Background(), "town", []string{"mbox|mailto:bob@stadt.example", "mbox|mailto:dan@stadt.example", "mbox|mailto:o'hara@stadt.example"}, two[1].Stored, upto)
	if err != nil || len(before) != 1 || before[0].Learner != "mbox|mailto:bob@stadt.example" || before[0].Completed || !before[0].Passed {
		t.Errorf("%+v, %v", before, err)
	}
}
