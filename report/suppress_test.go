package report

import (
	stdcmp "cmp"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lernspur/progress"
)

// shown writes a count as the reader sees it.
func shown(c Count) string {
	n, ok := c.Value()
	if !ok {
		if c != (Count{}) {
			return "a number is left in it"
		}
		return "-"
	}
	return fmt.Sprint(n)
}

func row(c Course) string {
	score := "-"
	if v, ok := c.AverageScore.Value(); ok {
		score = fmt.Sprint(v)
	} else if c.AverageScore.Absent() {
		score = "none"
	}
	last := "-"
	if !c.LastActivity.IsZero() {
		last = c.LastActivity.Format(time.DateOnly)
	}
	return fmt.Sprintln(c.ID, shown(c.Learners), shown(c.Started), shown(c.Completed), shown(c.Passed), shown(c.Failed), score, last)[:]
}

// TestSuppress holds the rules against cases by hand: courses as
// id, learners, started, completed, passed, failed, average, last activity.
func TestSuppress(t *testing.T) {
	noon := time.Date(2026, 3, 31, 22, 30, 0, 0, time.UTC).UnixMicro()
	course := func(id string, learners, started, completed, passed, failed, scored int64, average float64) progress.Course {
		return progress.Course{ID: id, Learners: learners, Started: started, Completed: completed, Passed: passed, Failed: failed,
			Scored: scored, ScoreSum: int64(average * 1e9 * float64(scored)), LastActivity: noon}
	}
	big := course("z", 100, 90, 50, 40, 10, 50, 0.5)
	other := course("y", 200, 190, 50, 40, 10, 50, 0.5)
	const bigRow, otherRow = "z 100 90 50 40 10 0.5 2026-04-01\n", "y 200 190 50 40 10 0.5 2026-04-01\n"
	cases := []struct {
		name    string
		courses []progress.Course
		want    string
		summary string // "" where all of it is shown
	}{
		{"nothing to suppress", []progress.Course{big}, bigRow, ""},
		{"fewer than k learners: nothing, and a second course so that the total tells nothing",
			[]progress.Course{course("a", 4, 4, 4, 4, 0, 4, 0.9), other, big}, "a - - - - - - -\n" + otherRow + "z - - - - - - -\n", ""},
		{"two suppressed courses need no third; but of those who completed, nobody is in both",
			[]progress.Course{course("a", 4, 4, 0, 0, 0, 0, 0), course("b", 2, 2, 0, 0, 0, 0, 0), big},
			"a - - - - - - -\nb - - - - - - -\nz 100 90 - 40 10 0.5 2026-04-01\n", ""},
		{"exactly k learners; all have started; the total would tell that nobody has completed", []progress.Course{course("a", 5, 5, 0, 0, 0, 0, 0)},
			"a 5 5 - - - none 2026-04-01\n", "300 280 -"},
		{"few without a verdict", []progress.Course{course("a", 20, 20, 10, 10, 6, 10, 0.5)}, "a 20 20 10 10 - 0.5 2026-04-01\n", ""},
		{"few have not started", []progress.Course{course("a", 20, 17, 10, 10, 5, 10, 0.5), other, big},
			"a 20 - 10 10 5 0.5 2026-04-01\n" + otherRow + "z 100 - 50 40 10 0.5 2026-04-01\n", ""},
		{"nobody, few, few left, all", []progress.Course{course("a", 20, 20, 4, 0, 20, 0, 0), course("b", 20, 20, 1, 15, 5, 0, 0), course("c", 20, 20, 10, 16, 4, 0, 0)},
			"a 20 20 - - - none 2026-04-01\nb 20 20 - 15 5 none 2026-04-01\nc 20 20 10 - - none 2026-04-01\n", ""},
		{"average of few", []progress.Course{course("a", 20, 20, 10, 10, 10, 4, 0.5)}, "a 20 20 10 10 10 - 2026-04-01\n", ""},
		{"average that tells all scores", []progress.Course{course("a", 20, 20, 10, 10, 10, 10, 1), course("b", 20, 20, 10, 10, 10, 10, 0)},
			"a 20 20 10 10 10 - 2026-04-01\nb 20 20 10 10 10 - 2026-04-01\n", ""},
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			summary, courses, err := Suppress(progress.Period{Courses: c.courses, Learners: 300, Started: 280, Completed: 100}, 5, berlin)
			if err != nil {
				t.Fatal(err)
			}
			var got string
			for _, course := range courses {
				got += row(course)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if s := shown(summary.Learners) + " " + shown(summary.Started) + " " + shown(summary.Completed); s != stdcmp.Or(c.summary, "300 280 100") {
				t.Errorf("summary %s", s)
			}
		})
	}
}

func TestSuppressSummary(t *testing.T) {
	for _, c := range []struct {
		learners, started, completed int64
		want                         string
	}{
		{4, 4, 4, "- - -"}, {10, 10, 5, "10 10 5"}, {10, 8, 6, "10 - -"}, {10, 10, 10, "10 10 -"}, {0, 0, 0, "- - -"},
	} {
		s, _, err := Suppress(progress.Period{Learners: c.learners, Started: c.started, Completed: c.completed}, 5, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		if got := shown(s.Learners) + " " + shown(s.Started) + " " + shown(s.Completed); got != c.want {
			t.Errorf("%d learners, %d started, %d completed: %s, want %s", c.learners, c.started, c.completed, got, c.want)
		}
	}
}
