package progress

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
)

// gathered are the facts as of an instant, in order.
func gathered(t *testing.T, w *world, asOf int64) (lines []string, upto int64) {
	t.Helper()
	window := Window{From: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}
	err := w.AsOf(context.Background(), "town", asOf, nil, func(ctx context.Context, f *Facts) error {
		upto = f.AsOf
		err := f.Participations(ctx, window, func(p Participation) error {
			show := func(v *int64) string {
				if v == nil {
					return "-"
				}
				return fmt.Sprint(*v)
			}
			passed := "-"
			if p.Passed != nil {
				passed = fmt.Sprint(*p.Passed)
			}
			lines = append(lines, fmt.Sprintf("%s %s %d %s %s %s %s %d %t %v", p.Course, p.Learner, p.First, show(p.Started), show(p.Completed), passed, show(p.Score), p.Spent, p.FromGaps, p.Slots))
			return nil
		})
		if err != nil {
			return err
		}
		names, err := f.Questions(ctx, window)
		if err != nil {
			return err
		}
		return f.Answers(ctx, window, func(a Answers) error {
			for i, q := range a.Questions {
				lines = append(lines, fmt.Sprintf("answer %s %s %s %d %d", a.Course, names[q], a.Learner, a.Right[i], a.Marks[i]))
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(lines, cmp.Compare[string])
	return lines, upto
}

// scratchTables counts what reports have left.
func scratchTables(t *testing.T, w *world) (n uint64) {
	t.Helper()
	if err := w.store.Conn().QueryRow(context.Background(), `SELECT count() FROM system.tables WHERE database = currentDatabase() AND startsWith(name, 'scratch_')`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// some makes statements of some learners: beginnings, answers, sessions and ends.
func some(n, from int) (list []string, ids []string) {
	const verbs = "http://adlnet.gov/expapi/verbs/"
	for i := range n {
		learner, course := fmt.Sprintf("p%d", i%7), fmt.Sprintf("https://a.example/kurs-%d", i%3)
		at := time.Date(2026, 1, 1+(i+from)%28, 8+i%9, i%60, 0, 0, time.UTC)
		id := fmt.Sprintf("5f6a1d3e-3b0c-4a53-9c7c-%012d", from+i)
		ids = append(ids, id)
		verb, more := "initialized", object{"id": id}
		switch i % 5 {
		case 1:
			verb, more["result"] = "answered", object{"success": i%2 == 0, "response": "x"}
			more["object"] = object{"id": course + "/frage"}
			more["context"] = object{"contextActivities": object{"grouping": []object{{"id": course}}}}
		case 2:
			verb, more["result"] = "passed", object{"score": object{"scaled": 0.5 + float64(i%5)/10}}
		case 3:
			verb, more["result"] = "terminated", object{"duration": "PT5M"}
		case 4:
			verb = "completed"
		}
		list = append(list, statement(learner, verbs+verb, course, at.Format(time.RFC3339), more))
	}
	return list, ids
}

// TestAsOf: facts as of an earlier instant, made anew, are those that the projection had then:
// without later statements, and with what was voided later.
func TestAsOf(t *testing.T) {
	w := newWorld(t)
	first, ids := some(60, 0)
	w.post("town", first...)
	w.post("town", voiding(ids[9]), voiding(ids[12]))
	w.post("elsewhere", first[:20]...)
	w.project()
	before := w.stored
	then, upto := gathered(t, w, 0)
	if upto != before || len(then) == 0 {
		t.Fatalf("as of %d, want %d: %v", upto, before, then)
	}
	// Statements of others change nothing, and the projection serves.
	w.post("elsewhere", first[20:]...)
	w.project()
	if again, upto := gathered(t, w, before); upto != before || gocmp.Diff(then, again) != "" {
		t.Errorf("after statements of another tenant, as of %d: %s", upto, gocmp.Diff(then, again))
	}
	second, _ := some(60, 60)
	w.post("town", second...)
	w.post("town", voiding(ids[0]), voiding(ids[1]), voiding(ids[24]))
	w.project()
	if again, upto := gathered(t, w, before); upto != before || gocmp.Diff(then, again) != "" {
		t.Errorf("made anew, as of %d: %s", upto, gocmp.Diff(then, again))
	}
	if now, _ := gathered(t, w, 0); gocmp.Diff(then, now) == "" {
		t.Error("as of now nothing is new")
	}
	if n := scratchTables(t, w); n != 0 {
		t.Errorf("%d tables are left", n)
	}
	err := w.AsOf(context.Background(), "town", w.stored+1, nil, nil)
	if !errors.Is(err, ErrNotYet) {
		t.Errorf("as of what is to come: %v", err)
	}
	// What a crash leaves is removed at the next start.
	if _, err := w.remake(context.Background(), "town", before, func(int64, int64) {}); err != nil {
		t.Fatal(err)
	}
	if n := scratchTables(t, w); n != 4 {
		t.Errorf("%d tables, want 4", n)
	}
	w.restart()
	if err := w.tidy(context.Background()); err != nil || scratchTables(t, w) != 0 {
		t.Errorf("%d tables are left: %v", scratchTables(t, w), err)
	}
}

// TestAsOfWhileStatementsArrive: what is read is of one instant, whatever arrives meanwhile.
func TestAsOfWhileStatementsArrive(t *testing.T) {
	w := newWorld(t)
	p := New(Dependencies{Conn: w.store.Conn(), Watermark: w.mark.Load, Interval: time.Millisecond, Now: func() time.Time { return testNow }})
	if err := p.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	var group sync.WaitGroup
	group.Add(1)
	go func() {
		defer group.Done()
		for i := range 12 {
			list, _ := some(10, i*10)
			w.post("town", list...)
		}
	}()
	window := Window{From: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}
	for range 6 {
		var read, want uint64
		err := p.AsOf(context.Background(), "town", 0, nil, func(ctx context.Context, f *Facts) error {
			if err := p.conn.QueryRow(ctx, fmt.Sprintf(`SELECT count() FROM (SELECT DISTINCT actor, arrayJoin(courses), intDiv(timestamp, 600000000) FROM statements WHERE stored <= %d)`, f.AsOf)).Scan(&want); err != nil {
				return err
			}
			return f.Participations(ctx, window, func(one Participation) error {
				read += uint64(len(one.Slots))
				return nil
			})
		})
		if err != nil || read != want {
			t.Errorf("%d times of activity, want %d: %v", read, want, err)
		}
	}
	group.Wait()
}
