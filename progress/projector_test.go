package progress

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// running is a world whose projector runs by itself.
func running(t *testing.T) *world {
	w := newWorld(t)
	if err := w.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
	return w
}

func TestItComesAlong(t *testing.T) {
	w := running(t)
	w.post("town", statement("a", adl+"passed", c1, "2026-01-05T08:00:00Z", nil))
	for began := time.Now(); w.Watermark() < w.mark.Load(); time.Sleep(10 * time.Millisecond) {
		if time.Since(began) > 20*time.Second {
			t.Fatal("the projection does not come along")
		}
	}
	if c := w.courses("town")[c1]; c.Passed != 1 {
		t.Errorf("got %+v", c)
	}
}

func TestWaitHurries(t *testing.T) {
	w := newWorld(t)
	w.interval = time.Hour
	if err := w.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
	for range 3 {
		w.post("town", statement("a", adl+"passed", c1, "2026-01-05T08:00:00Z", nil))
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := w.Wait(ctx, w.mark.Load()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Wait(context.Background(), w.mark.Load()-1); err != nil {
		t.Errorf("waiting for what is reached already: %v", err)
	}
}

func TestWaitersAreAlwaysAnswered(t *testing.T) {
	w := running(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := w.Wait(ctx, firstStored+1000); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that has ended: %v", err)
	}
	answer := make(chan error)
	go func() { answer <- w.Wait(context.Background(), firstStored+1000) }()
	for !w.reached.waited() {
		time.Sleep(time.Millisecond)
	}
	w.Stop()
	if err := <-answer; !errors.Is(err, ErrStopped) {
		t.Errorf("when the projector stops: %v", err)
	}
	if err := w.Wait(context.Background(), firstStored+1000); !errors.Is(err, ErrStopped) {
		t.Errorf("after it has stopped: %v", err)
	}
}

func TestPauses(t *testing.T) {
	const second = time.Second
	cases := []struct {
		name string
		took time.Duration
		more bool
		want pause
	}{
		{"nothing new", 0, false, pause{second, leastPause}},
		{"a short cycle", 20 * time.Millisecond, false, pause{second, 20 * time.Millisecond}},
		{"a long cycle leaves ten times its time to others", 2 * second, false, pause{20 * second, 2 * second}},
		{"far behind", 2 * second, true, pause{2 * second, 2 * second}},
	}
	for _, c := range cases {
		if got := pauseAfter(second, c.took, c.more); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestAcrossGaps lets the projection find statements that lie far apart, as
// after a long time without any.
func TestAcrossGaps(t *testing.T) {
	w := newWorld(t)
	for range 3 {
		w.post("town", statement("a", adl+"passed", c1, "2026-01-05T08:00:00Z", nil))
		w.stored += 400 * 24 * time.Hour.Microseconds()
	}
	w.project()
	w.restart()
	if w.Watermark() != w.mark.Load() {
		t.Errorf("after a restart it stands at %d, not at %d", w.Watermark(), w.mark.Load())
	}
	if c := w.courses("town")[c1]; c.Passed != 1 {
		t.Errorf("got %+v", c)
	}
}

func TestCheckFindsAndRebuildRepairs(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.post("town", statement("a", adl+"passed", c1, "2026-01-05T08:00:00Z", nil), statement("b", adl+"passed", c1, "2026-01-05T08:00:00Z", nil))
	w.post("village", statement("v", adl+"passed", c2, "2026-01-05T08:00:00Z", nil))
	w.project()
	want := w.courses("town")
	broken := `INSERT INTO progress SELECT tenant, course, if(last_at > 0 AND endsWith(learner, 'a@stadt.example'), learner, 'mbox|mailto:nobody@stadt.example'), ` +
		`version + 1, started_at, completed_at, last_at, (last_at, 0, 0), score FROM progress FINAL WHERE tenant = 'town'`
	if err := w.exec(ctx, broken); err != nil {
		t.Fatal(err)
	}
	checked, err := w.Check(ctx, "town")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, d := range checked.Differences {
		found = append(found, d.Learner)
	}
	if diff := cmp.Diff([]string{"mbox|mailto:a@stadt.example", "mbox|mailto:nobody@stadt.example"}, found); diff != "" {
		t.Errorf("differences (-want +got):\n%s", diff)
	}
	if other, err := w.Check(ctx, "village"); err != nil || len(other.Differences) > 0 || other.States != 1 {
		t.Errorf("the other tenant: %+v, %v", other, err)
	}
	// Cut off at its worst moment, a rebuild is finished at the next start.
	if err := w.save(ctx, rebuilding); err != nil {
		t.Fatal(err)
	}
	w.restart()
	if w.Watermark() != 0 {
		t.Errorf("after a rebuild that was cut off it stands at %d", w.Watermark())
	}
	w.project()
	if diff := cmp.Diff(want, w.courses("town")); diff != "" {
		t.Errorf("after the rebuild (-want +got):\n%s", diff)
	}
	if err := w.Rebuild(ctx); err != nil {
		t.Fatal(err)
	}
	if got := w.courses("town"); len(got) != 0 {
		t.Errorf("an empty table answers %+v", got)
	}
	w.project()
	if diff := cmp.Diff(want, w.courses("town")); diff != "" {
		t.Errorf("after Rebuild (-want +got):\n%s", diff)
	}
}

// TestRebuildCutOff: whatever a rebuild does not get done, the next cycle does,
// before it moves the cursor.
func TestRebuildCutOff(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.post("town", statement("a", adl+"passed", c1, "2026-01-05T08:00:00Z", nil))
	w.project()
	want := w.courses("town")
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if err := w.Rebuild(gone); err == nil || w.Watermark() != w.mark.Load() {
		t.Errorf("whoever asked was gone before: %v, at %d", err, w.Watermark())
	}
	if err := w.exec(ctx, "RENAME TABLE progress TO away"); err != nil {
		t.Fatal(err)
	}
	if err := w.Rebuild(ctx); err == nil {
		t.Error("there is nothing to empty, and no error")
	}
	if w.Watermark() != 0 {
		t.Errorf("half-way it claims to be at %d", w.Watermark())
	}
	if _, err := w.catchUp(ctx); err == nil {
		t.Error("the cycle went on without emptying")
	}
	if err := w.exec(ctx, "RENAME TABLE away TO progress"); err != nil {
		t.Fatal(err)
	}
	// As after a TRUNCATE whose answer was lost.
	if err := w.exec(ctx, "TRUNCATE TABLE progress"); err != nil {
		t.Fatal(err)
	}
	w.project()
	if diff := cmp.Diff(want, w.courses("town")); diff != "" {
		t.Errorf("after the rebuild (-want +got):\n%s", diff)
	}
}

func TestInPeriod(t *testing.T) {
	w := newWorld(t)
	const id = "a1b2c3d4-0000-4000-8000-000000000009"
	w.post("town",
		statement("a", adl+"initialized", c1, "2025-12-31T23:59:59.999999Z", nil),
		statement("a", adl+"failed", c1, "2026-01-01T00:00:00Z", nil),
		statement("a", adl+"completed", c2, "2026-01-31T23:59:59.999999Z", nil),
		statement("b", adl+"launched", c2, "2026-01-15T00:00:00Z", object{"id": id}),
		statement("a", adl+"passed", c1, "2026-02-01T00:00:00Z", nil))
	before := w.mark.Load()
	w.post("town", voiding(id))
	from, to := micros(t, "2026-01-01T00:00:00Z"), micros(t, "2026-02-01T00:00:00Z")
	read := func(upto int64) Period {
		t.Helper()
		p, err := InPeriod(context.Background(), w.store.Conn(), "town", from, to, upto)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	one := Course{ID: c1, Learners: 1, Started: 1, Failed: 1, LastActivity: from}
	two := Course{ID: c2, Learners: 1, Started: 1, Completed: 1, LastActivity: to - 1}
	if diff := cmp.Diff(Period{[]Course{one, two}, 1, 1, 1}, read(w.mark.Load())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	two.Learners = 2
	if diff := cmp.Diff(Period{[]Course{one, two}, 2, 1, 1}, read(before)); diff != "" {
		t.Errorf("as it was before the voiding statement came (-want +got):\n%s", diff)
	}
}

// TestAStepFails breaks each of the two writes of a cycle once.
func TestAStepFails(t *testing.T) {
	for _, table := range []string{"progress", "progress_cursor"} {
		t.Run(table, func(t *testing.T) {
			ctx := context.Background()
			w := newWorld(t)
			w.post("town", statement("a", adl+"passed", c1, "2026-01-05T08:00:00Z", nil))
			if _, err := w.catchUp(ctx); err != nil { // the first cycle finds where the statements begin
				t.Fatal(err)
			}
			before := w.Watermark()
			if err := w.exec(ctx, "RENAME TABLE "+table+" TO away"); err != nil {
				t.Fatal(err)
			}
			if _, err := w.catchUp(ctx); err == nil {
				t.Error("the cycle has not failed")
			}
			if w.Watermark() != before {
				t.Errorf("it moved from %d to %d", before, w.Watermark())
			}
			if err := w.exec(ctx, "RENAME TABLE away TO "+table); err != nil {
				t.Fatal(err)
			}
			w.project()
			if c := w.courses("town")[c1]; c.Passed != 1 || c.Learners != 1 {
				t.Errorf("got %+v", c)
			}
		})
	}
}
