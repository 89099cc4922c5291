package progress

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// settleNow makes the rows of learners anew, as the loop would.
func (w *world) settleNow() {
	w.t.Helper()
	if err := w.settle(context.Background(), true); err != nil {
		w.t.Fatal(err)
	}
}

// sameAsFacts holds that all answers about everybody, and about one selection more, are those that
// the facts give without any rows.
func (w *world) sameAsFacts(when, selection string) {
	w.t.Helper()
	at := w.settled.at.Load()
	if at == nil {
		w.t.Fatalf("%s: there are no rows to go by", when)
	}
	day := func(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, w.zone) }
	selections := map[string]Selection{
		"everybody": everybody, "a course": {Course: c1}, "since a day": {From: day(3)}, "until a day": {To: day(3)}, "between days": {Course: c1, From: day(2), To: day(4)},
		"a unit": {Unit: "o"}, "a group": {Group: "g"}, "a learner": {Learner: "p1"}, "an identifier": {Learner: "mbox|mailto:bob@stadt.example"},
		"a trainer": {Scope: Scope{Groups: []string{"g"}}},
	}
	for _, name := range []string{"everybody", selection} {
		s, ok := selections[name]
		if !ok {
			w.t.Fatalf("there is no selection %q", name)
		}
		if s.Scope.Groups == nil {
			s.Scope.All = true
		}
		rows := w.answers(s)
		w.settled.at.Store(nil)
		facts := w.answers(s)
		w.settled.at.Store(at)
		if diff := cmp.Diff(facts, rows, cmpopts.EquateEmpty()); diff != "" {
			w.t.Errorf("%s, %s (-facts +rows):\n%s", when, name, diff)
		}
	}
}

// answers are those to every question about learners.
func (w *world) answers(s Selection) (all [11]any) {
	w.t.Helper()
	ctx := context.Background()
	var err [11]error
	all[0], _, err[0] = w.Learners(ctx, "town", s, "", Order{Limit: 1000})
	all[1], _, err[1] = w.Everybody(ctx, "town", s, "", Order{Limit: 1000})
	all[2], err[2] = w.CountLearners(ctx, "town", s, "at-risk")
	all[3], err[3] = w.Course(ctx, "town", s)
	all[4], err[4] = w.Groups(ctx, "town", s)
	all[5], err[5] = w.Units(ctx, "town", s)
	all[6], err[6] = w.Everyone(ctx, "town", s)
	all[7], err[7] = w.coursesOf(ctx, "town", Filter{Limit: 100, Selection: s})
	all[9], _, err[9] = w.AtRisk(ctx, "town", s, "", Order{Limit: 1000})
	rows, people, bad := w.CountAtRisk(ctx, "town", s, "")
	all[10], err[10] = [2]int64{rows, people}, bad
	s.From, s.To = monday(s.From), monday(s.To)
	all[8], err[8] = w.Trend(ctx, "town", s, "week")
	for _, e := range err {
		if e != nil {
			w.t.Fatal(e)
		}
	}
	return all
}

// monday begins the week of a day.
func monday(day time.Time) time.Time {
	if day.IsZero() {
		return day
	}
	return day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
}

const settledHistory = `
ann initialized C 02T08:00:00 reg=1
ann answered Q1 02T08:01:00 reg=1
ann terminated C 02T08:05:00 reg=1 score=0.5 duration=PT4M
bob initialized C 02T09:00:00
bob failed C 02T09:30:00 score=0.2
bob initialized C 03T09:00:00
bob failed C 03T09:30:00 score=0.3
cem initialized C 04T10:00:00
cem completed C 05T10:00:00
`

// idOf is the id of a statement.
func idOf(t *testing.T, st string) string {
	t.Helper()
	var s struct{ ID string }
	if err := json.Unmarshal([]byte(st), &s); err != nil || s.ID == "" {
		t.Fatalf("no id: %s, %v", st, err)
	}
	return s.ID
}

// TestSettled: answers from rows that were made before are those of the facts, whatever
// has happened since.
func TestSettled(t *testing.T) {
	w := newWorld(t)
	const ann, bob, cem = "mbox|mailto:ann@stadt.example", "mbox|mailto:bob@stadt.example", "mbox|mailto:cem@stadt.example"
	w.person("town", ann, "p1", "o")
	w.person("town", bob, "p2", "o")
	w.insert("INSERT INTO person_groups (tenant, `group`, person, role, since, until, version) VALUES ('town', 'g', 'p1', 'member', '2020-01-01', '2100-01-01', 1)")
	w.post("town", lines(t, settledHistory)...)
	w.project()
	w.settleNow()
	w.sameAsFacts("when rows have just been made", "a course")

	w.post("town", lines(t, "ann completed C 06T08:00:00 reg=1\ndan initialized C 06T09:00:00\n")...)
	w.project()
	w.sameAsFacts("when more has come", "since a day")
	w.settleNow()
	w.sameAsFacts("when their rows were made, too", "a unit")

	w.person("town", cem, "p1", "o")
	w.sameAsFacts("when two learners are one person", "a group")
	w.post("town", lines(t, "cem scored C 07T10:00:00 score=0.9\n")...)
	w.project()
	w.sameAsFacts("when more has come of one of the two", "a learner")
	w.settleNow()
	w.sameAsFacts("when the rows of the two were made again", "an identifier")
	w.person("town", cem, "", "o")
	w.sameAsFacts("when the two are two again", "a trainer")

	sts := lines(t, "eve completed C 05T12:00:00\n")
	w.post("town", sts...)
	w.project()
	w.settleNow()
	w.post("town", voiding(idOf(t, sts[0])))
	w.project()
	w.sameAsFacts("when everything of somebody is voided", "until a day")
	w.settleNow()
	w.sameAsFacts("when that was noted", "between days")

	w.restart()
	w.sameAsFacts("after a restart", "a course")
	w.settled.piece = 0
	w.post("town", lines(t, "ann initialized C 07T18:00:00 reg=2\n")...)
	w.project()
	w.settleNow()
	w.sameAsFacts("when all rows were made anew", "since a day")

	if err := w.Rebuild(context.Background()); err != nil {
		t.Fatal(err)
	}
	if w.settled.at.Load() != nil {
		t.Error("rows are gone by although they were thrown away")
	}
	w.restart()
	if w.settled.at.Load() != nil {
		t.Error("after a restart, rows are gone by although they were thrown away")
	}
	w.project()
	w.settleNow()
	w.sameAsFacts("after a rebuild", "a unit")
}

// TestSettleKeepsOut: rows that were begun before a rebuild are not gone by after it.
func TestSettleKeepsOut(t *testing.T) {
	w := newWorld(t)
	w.post("town", lines(t, settledHistory)...)
	w.project()
	epoch := w.settled.epoch.Load()
	if err := w.Rebuild(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := w.settleAll(context.Background(), w.mark.Load(), 0, epoch); err != nil {
		t.Fatal(err)
	}
	if at := w.settled.at.Load(); at != nil {
		t.Errorf("rows up to %d are gone by", at.upto)
	}
	var n uint64
	if err := w.store.Conn().QueryRow(context.Background(), "SELECT count() FROM progress_learners").Scan(&n); err != nil || n != 0 {
		t.Errorf("%d rows, %v", n, err)
	}
}

// TestSettleWaits: while very much comes in, and while the projection is far behind, no rows are made.
func TestSettleWaits(t *testing.T) {
	w := newWorld(t)
	w.post("town", lines(t, settledHistory)...)
	w.stored = w.mark.Add(settleBehind.Microseconds() + 1)
	if err := w.settle(context.Background(), false); err != nil || w.settled.at.Load() != nil {
		t.Fatalf("rows were made before the projection had come along, %v", err)
	}
	w.project()
	w.settleNow()
	w.settled.busy = 3
	w.post("town", lines(t, strings.Repeat("ann answered Q1 06T08:00:00\n", 4))...)
	w.project()
	before := w.settled.at.Load()
	if err := w.settle(context.Background(), false); err != nil || w.settled.at.Load() != before {
		t.Errorf("rows were made while much came in, %v", err)
	}
	w.sameAsFacts("while much comes in", "a trainer")
	// At the next look nothing more has come.
	if err := w.settle(context.Background(), false); err != nil || w.settled.at.Load() == before {
		t.Errorf("no rows were made when nothing more came in, %v", err)
	}
	w.sameAsFacts("when they were made", "a learner")
}

// TestSettledInAnotherZone: rows of weeks that begin elsewhere are not gone by, and not
// once the zone is again what it was before.
func TestSettledInAnotherZone(t *testing.T) {
	w := newWorld(t)
	in := func(zone *time.Location) {
		w.Projector = New(Dependencies{Conn: w.store.Conn(), Watermark: w.mark.Load, Zone: zone, Now: func() time.Time { return testNow }})
		if err := w.load(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	w.post("town", lines(t, "ann initialized C 04T23:30:00\n")...) // in Berlin a Monday
	w.project()
	w.settleNow()
	for _, zone := range []*time.Location{time.UTC, defaultZone()} {
		in(zone)
		if w.settled.at.Load() != nil {
			t.Fatalf("rows of another zone are gone by in %s", zone)
		}
		w.settleNow()
		w.sameAsFacts("in "+zone.String(), "a course")
	}
	in(defaultZone())
	if w.settled.at.Load() == nil {
		t.Error("after a restart in the same zone there are no rows to go by")
	}
}

// TestSettledGeneration: whose facts are replaced is open although the clock was set back
// behind what the rows hold for.
func TestSettledGeneration(t *testing.T) {
	w := newWorld(t)
	ahead := testNow.Add(time.Hour).UnixMicro()
	if err := w.noteSettled(context.Background(), firstStored, ahead); err != nil {
		t.Fatal(err)
	}
	w.restart()
	if next := w.nextGeneration(); next <= ahead {
		t.Errorf("generation %d comes after %d", next, ahead)
	}
}
