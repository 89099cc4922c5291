package progress

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
)

// registrations by the number they have in the lines below.
var registrations = map[string]string{"1": "5f6a1d3e-3b0c-4a53-9c7c-0d6f2d1c0001", "2": "1f6a1d3e-3b0c-4a53-9c7c-0d6f2d1c0009"}

// line makes a statement of a line such as
//
//	ann passed C 05T08:00:00 score=0.5 reg=1
//
// : who, verb, object, day and time of January 2026 in UTC, and more. C is the course, Px a page
// and Qx a question below it.
func line(t *testing.T, text string) string {
	t.Helper()
	f := strings.Fields(text)
	if len(f) < 4 {
		t.Fatalf("a line is too short: %s", text)
	}
	st, r, score, inContext := object{}, object{}, object{}, object{}
	id := c1
	if f[2] != "C" {
		id = c1 + "/" + f[2]
		inContext["contextActivities"] = object{"grouping": []object{{"id": c1}}}
	}
	for _, pair := range f[4:] {
		name, value, _ := strings.Cut(pair, "=")
		switch name {
		case "score":
			score["scaled"] = number(t, value)
		case "raw", "min", "max":
			score[name] = number(t, value)
		case "success", "completion":
			r[name] = value == "true"
		case "duration", "response":
			r[name] = value
		case "reg":
			inContext["registration"] = registrations[value]
		default:
			t.Fatalf("what is %s?", pair)
		}
	}
	if len(score) > 0 {
		r["score"] = score
	}
	if len(r) > 0 {
		st["result"] = r
	}
	if len(inContext) > 0 {
		st["context"] = inContext
	}
	return statement(f[0], adl+f[1], id, "2026-01-"+f[3]+"Z", st)
}

func number(t *testing.T, s string) (v float64) {
	t.Helper()
	if _, err := fmt.Sscan(s, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func lines(t *testing.T, text string) (list []string) {
	for one := range strings.Lines(text) {
		if one = strings.TrimSpace(one); one != "" {
			list = append(list, line(t, one))
		}
	}
	return list
}

// figuresOf are the figures of learner a, or of the course, by name.
func (l Learner) figures() map[string]string {
	score := func(v *int64) string {
		if v == nil {
			return "none"
		}
		return fmt.Sprint(float64(*v) / 1e9)
	}
	instant := func(v *int64) string {
		if v == nil {
			return "never"
		}
		return fromMicros(*v).Format("02T15:04:05")
	}
	took := "none"
	if l.TimeToCompletion != nil {
		took = fmt.Sprint(seconds(*l.TimeToCompletion))
	}
	verdict := "none"
	if l.Passed != nil {
		verdict = map[bool]string{true: "passed", false: "failed"}[*l.Passed]
	}
	risk := fmt.Sprint(map[bool]string{true: "idle"}[l.AtRiskIdle], map[bool]string{true: "failed"}[l.AtRiskFailed])
	return map[string]string{
		"started": instant(l.Started), "completed": instant(l.Completed), "verdict": verdict, "attempts": fmt.Sprint(l.Attempts), "failed-attempts": fmt.Sprint(l.FailedAttempts),
		"first": score(l.FirstScore), "best": score(l.BestScore), "last": score(l.LastScore), "average": score(l.AverageScore),
		"spent": fmt.Sprint(seconds(l.Spent)), "source": l.Source, "statements": fmt.Sprint(l.Statements), "active": instant(&l.LastActivity),
		"idle": fmt.Sprint(l.IdleDays), "risk": risk, "place": strings.TrimPrefix(l.Place, c1+"/"), "took": took,
	}
}

// TestFiguresByHand holds what is said of a learner in a course against cases
// computed by hand from docs/metrics.md. It is 8 January, 12:30.
func TestFiguresByHand(t *testing.T) {
	cases := []struct{ name, statements, want string }{
		{"two registrations are two attempts; scores in their order", `
			a terminated C 02T08:00:00 reg=1 score=0.9
			a terminated C 03T08:00:00 reg=2 score=0.4`,
			"attempts=2 first=0.9 last=0.4 best=0.9 average=0.65"},
		{"the end of a session has the score, also when another one comes later", `
			a terminated C 02T08:00:00 reg=1 score=0.5
			a scored C 02T09:00:00 reg=1 score=0.7`, "attempts=1 last=0.5"},
		{"without an end the last score", `
			a scored C 02T09:00:00 reg=1 score=0.7
			a scored C 02T08:00:00 reg=1 score=0.5`, "attempts=1 first=0.7 last=0.7"},
		{"raw is scaled by min and max", "a terminated C 02T08:00:00 reg=1 raw=7 min=5 max=13", "last=0.25"},
		{"progressed has no score", "a progressed C 02T08:00:00 reg=1 score=0.7", "last=none attempts=1"},
		{"a page has no score of the course", "a terminated P1 02T08:00:00 reg=1 score=0.7", "last=none"},
		{"without registrations an attempt begins with attempted", `
			a attempted C 02T08:00:00
			a passed C 02T08:10:00 score=0.4 success=false
			a attempted C 02T09:00:00
			a passed C 02T09:10:00 score=0.8`, "attempts=2 first=0.4 last=0.8 average=0.6 failed-attempts=1 verdict=passed"},
		{"what comes before the first beginning belongs to it", `
			a experienced P1 02T07:00:00
			a attempted C 02T08:00:00`, "attempts=1 statements=2"},
		{"a late beginning divides what was one attempt", `
			a scored C 02T08:00:00 score=0.2
			a scored C 02T10:00:00 score=0.6
			a attempted C 02T07:00:00
			a attempted C 02T09:00:00`, "attempts=2 first=0.2 last=0.6"},
		{"two failed attempts are a risk", `
			a failed C 07T08:00:00 reg=1
			a failed C 08T08:00:00 reg=2`, "failed-attempts=2 risk=failed idle=0 verdict=failed"},
		{"an attempt that was failed and then passed is not failed", `
			a failed C 07T08:00:00 reg=1
			a passed C 07T09:00:00 reg=1
			a failed C 08T08:00:00 reg=2`, "failed-attempts=1 risk="},
		{"seven whole days without activity are a risk", "a experienced P1 01T12:00:00", "idle=7 risk=idle"},
		{"a second less is none", "a experienced P1 01T12:00:01", "idle=6 risk="},
		{"who has completed is at no risk", "a completed C 01T08:00:00", "idle=7 risk="},
		{"who has not started is at no risk", "a launched C 01T08:00:00", "idle=7 risk= started=never"},
		{"latest is taken before idle days: activity is not filtered", `
			a experienced P1 01T08:00:00
			a experienced P1 08T08:00:00`, "idle=0 risk="},
		{"sessions add up", `
			a terminated P1 02T08:00:00 reg=1 duration=PT10M
			a suspended P1 03T08:00:00 reg=1 duration=PT5M30S
			a abandoned C 04T08:00:00 reg=2 duration=PT1M`, "spent=990 source=session"},
		{"durations of other statements are no sessions", `
			a completed C 02T08:00:00 reg=1 duration=PT10M
			a experienced P1 02T08:04:00 reg=1 duration=PT3M`, "spent=240 source=gaps"},
		{"ten minutes count, more do not", `
			a experienced P1 02T08:00:00
			a experienced P1 02T08:10:00
			a experienced P1 02T08:20:00.001
			a experienced P1 02T08:20:30.001`, "spent=630 source=gaps"},
		{"gaps within and between slots of ten minutes", `
			a experienced P1 02T08:01:00
			a experienced P2 02T08:02:00
			a experienced P1 02T08:09:30
			a experienced P1 02T08:10:30
			a experienced P1 02T08:31:00`, "spent=570 source=gaps"},
		{"completion from the first statement, of whomever", `
			a launched C 02T08:00:00
			a experienced P1 02T09:00:00
			a completed C 02T10:00:00
			a completed C 02T11:00:00`, "took=7200 completed=02T10:00:00 started=02T09:00:00"},
		{"passed is not completed", "a passed C 02T08:00:00", "completed=never verdict=passed took=none"},
		{"the last place", `
			a experienced P2 02T09:00:00
			a experienced P1 02T08:00:00`, "place=P2 active=02T09:00:00"},
	}
	w := newWorld(t)
	for i, c := range cases {
		w.post(fmt.Sprintf("town%d", i), lines(t, c.statements)...)
	}
	w.project()
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			list, _, err := w.Learners(context.Background(), fmt.Sprintf("town%d", i), Selection{Course: c1, Scope: Scope{All: true}}, "", Order{Limit: 10})
			if err != nil || len(list) != 1 {
				t.Fatalf("%d learners, %v", len(list), err)
			}
			got := list[0].figures()
			for _, pair := range strings.Fields(c.want) {
				name, want, _ := strings.Cut(pair, "=")
				if value, ok := got[name]; value != want || !ok {
					t.Errorf("%s is %q, want %q", name, value, want)
				}
			}
		})
	}
}

// TestCourseByHand: the figures of a course of four learners, and after the first
// two of them turn out to be one.
//
//	      started  completed  verdict  score  took  minutes by gaps
//	a     2nd      2nd        passed   0.8    60    60 min: 6 gaps of 10
//	b     3rd      4th        failed   0.4    24 h  0
//	c     3rd      -          -        -      -     5
//	d     -        -          -        -      -     0 (assigned only)
func TestCourseByHand(t *testing.T) {
	w := newWorld(t)
	w.post("town", lines(t, `
		a initialized C 02T08:00:00 reg=1
		a experienced P1 02T08:10:00 reg=1
		a experienced P1 02T08:20:00 reg=1
		a experienced P1 02T08:30:00 reg=1
		a experienced P1 02T08:40:00 reg=1
		a passed C 02T08:50:00 reg=1 score=0.8
		a completed C 02T09:00:00 reg=1
		b experienced P1 03T08:00:00 reg=2
		b failed C 04T08:00:00 reg=2 score=0.4 completion=true
		c experienced P1 03T09:00:00
		c experienced P2 03T09:05:00
		d assigned C 01T08:00:00`)...)
	w.project()
	read := func() (f Figures) {
		f, err := w.Course(context.Background(), "town", Selection{Course: c1, Scope: Scope{All: true}})
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	const minute = 60_000_000
	before := Figures{
		Learners: 4, Started: 3, Completed: 2, Passed: 1, Failed: 1, Active: 4, CompletedStarted: 2,
		Scored: 2, FirstScores: 12e8, BestScores: 12e8, LastScores: 12e8, AverageScores: 12e8, LatestScored: 2, LatestScores: 12e8,
		Attempts: 4, Spent: 65 * minute, MedianSpent: 2.5 * minute, ByGaps: 4,
		Took:       [3]float64{405 * minute, 750 * minute, 1095 * minute}, // of 60 and 1440
		Statements: 12, LastActivity: micros(t, "2026-01-04T08:00:00Z"),
	}
	if got := read(); got != before {
		t.Errorf("got\n%+v, want\n%+v", got, before)
	}
	// One person: started on the 2nd, completed then, failed last, two attempts.
	w.person("town", "mbox|mailto:a@stadt.example", "ann")
	w.person("town", "mbox|mailto:b@stadt.example", "ann")
	after := before
	after.Learners, after.Started, after.Completed, after.Passed, after.Active, after.CompletedStarted = 3, 2, 1, 0, 3, 1
	after.Scored, after.FirstScores, after.BestScores, after.LastScores, after.AverageScores = 1, 8e8, 8e8, 4e8, 6e8
	after.LatestScored, after.LatestScores = 1, 4e8
	after.MedianSpent, after.ByGaps, after.Took = 5*minute, 3, [3]float64{60 * minute, 60 * minute, 60 * minute}
	if got := read(); got != after {
		t.Errorf("of one person\n%+v, want\n%+v", got, after)
	}
	parts, err := w.DropOff(context.Background(), "town", Selection{Course: c1, Scope: Scope{All: true}})
	// ann's last statement is about the course, c's about P2, d's about the course.
	if want := fmt.Sprint([]Part{{c1, 2, 1}, {c1 + "/P2", 1, 1}}); err != nil || fmt.Sprint(parts) != want {
		t.Errorf("drop-off %v, %v; want %s", parts, err, want)
	}
	hours, err := w.Hours(context.Background(), "town", Selection{Course: c1, Scope: Scope{All: true}})
	// In Berlin it is an hour later: Thursday 1st 9; Friday 2nd 9 and 10; Saturday
	// 3rd 9 and 10; Sunday 4th 9.
	if want := fmt.Sprint([]Hour{{4, 9, 1, 1}, {5, 9, 6, 1}, {5, 10, 1, 1}, {6, 9, 1, 1}, {6, 10, 2, 1}, {7, 9, 1, 1}}); err != nil || fmt.Sprint(hours) != want {
		t.Errorf("hours %v, %v; want %s", hours, err, want)
	}
	for by, want := range map[string]string{
		"day":  "2026-01-01 0 0 1 1, 2026-01-02 1 1 1 7, 2026-01-03 1 0 2 3, 2026-01-04 0 0 1 1",
		"week": "2025-12-29 2 1 3 12", "month": "2026-01-01 2 1 3 12",
	} {
		trend, err := w.Trend(context.Background(), "town", everybody, by)
		var got []string
		for _, s := range trend {
			got = append(got, fmt.Sprint(s.Begin.Format("2006-01-02"), " ", s.Started, " ", s.Completed, " ", s.Active, " ", s.Statements))
		}
		if err != nil || strings.Join(got, ", ") != want {
			t.Errorf("by %s: %v, %v; want %s", by, got, err, want)
		}
	}
	// Active on the 3rd are ann and c; whoever was active then, nothing else changes.
	third, _ := day("2026-01-03", defaultZone())
	after.Active = 2
	got, err := w.Course(context.Background(), "town", Selection{Course: c1, Scope: Scope{All: true}, From: third, To: third.AddDate(0, 0, 1)})
	if err != nil || got != after {
		t.Errorf("active on a day\n%+v, want\n%+v; %v", got, after, err)
	}
}

func TestCumulativeDurations(t *testing.T) {
	w := newWorld(t)
	w.post("town", lines(t, `
		a suspended C 02T08:00:00 reg=1 duration=PT10M
		a suspended C 03T08:00:00 reg=1 duration=PT25M
		a terminated C 04T08:00:00 reg=2 duration=PT5M`)...)
	w.project()
	for _, c := range []struct{ duration, want string }{{DurationSession, "2400 session"}, {DurationCumulative, "1800 cumulative"}, {DurationSession, "2400 session"}} {
		if err := w.SetDuration(context.Background(), "town", c1, c.duration); err != nil {
			t.Fatal(err)
		}
		list, _, err := w.Learners(context.Background(), "town", Selection{Course: c1, Scope: Scope{All: true}}, "", Order{Limit: 1})
		if err != nil || len(list) != 1 || fmt.Sprint(seconds(list[0].Spent), " ", list[0].Source) != c.want {
			t.Errorf("%s: %+v, %v; want %s", c.duration, list, err, c.want)
		}
	}
	if err := w.SetDuration(context.Background(), "town", c1, "yearly"); err == nil {
		t.Error("a duration of nonsense is kept")
	}
}

// answers posts what n learners answered to two questions: of every ten, four are
// right in both, one in the first only, one in the second only, four in none.
//
// Each question's mark varies by n/(n-1)/4, and of twenty learners the sum is 2, 1, 0 for 8, 4, 8
// of them: 16/19. The correlation is (8·8-2·2)/(10·10) = 0.6, and alpha is
// 2·(1-(2·5/19)/(16/19)) = 0.75.
func answers(w *world, t *testing.T, tenant string, n int) {
	var all strings.Builder
	for i := range n {
		first, second := i%10 < 5, i%10 < 4 || i%10 == 5
		fmt.Fprintf(&all, "l%d answered Q1 02T08:00:00 success=%t response=x\nl%[1]d answered Q2 02T08:01:00 success=%[3]t response=y\n", i, first, second)
		// A second attempt changes nothing.
		fmt.Fprintf(&all, "l%d answered Q1 02T09:00:00 success=true response=z\n", i)
	}
	w.post(tenant, lines(t, all.String())...)
}

func TestQuestionsByHand(t *testing.T) {
	w := newWorld(t)
	answers(w, t, "twenty", 20)
	answers(w, t, "nineteen", 19)
	w.post("few", lines(t, `
		a answered Q1 02T08:00:00 score=0.5 response=late
		a answered Q1 02T07:00:00 score=1 response=early
		b answered Q1 02T08:00:00 raw=3 min=0 max=4 success=false
		c answered Q1 02T08:00:00 response=early`)...)
	w.project()
	ask := func(tenant string) ([]Question, Test) {
		list, test, err := w.Questions(context.Background(), tenant, Selection{Course: c1, Scope: Scope{All: true}})
		if err != nil || len(list) == 0 {
			t.Fatalf("%d questions, %v", len(list), err)
		}
		return list, test
	}
	list, test := ask("twenty")
	for _, q := range list {
		if q.Answers != 20 || q.Judged != 20 || q.Right != 10 || q.Marks != 10e9 || q.Discrimination == nil || math.Abs(*q.Discrimination-0.6) > 1e-9 {
			t.Errorf("of twenty: %+v", q)
		}
	}
	if test.Items != 2 || test.Learners != 20 || test.Alpha == nil || math.Abs(*test.Alpha-0.75) > 1e-9 {
		t.Errorf("the test of twenty: %+v", test)
	}
	list, test = ask("nineteen")
	if list[0].Discrimination != nil || test.Alpha != nil {
		t.Errorf("nineteen are too few for correlations: %+v %+v", list[0], test)
	}
	// a's first answer is the early one, 1 of 1 and so right; b's mark is 3/4, and
	// wrong; c's has no mark and no verdict.
	list, _ = ask("few")
	if want := fmt.Sprint(Question{ID: c1 + "/Q1", Answers: 3, Judged: 2, Right: 1, Marked: 2, Marks: 175e7, Responses: []Response{{"early", 2}, {"", 1}}}); fmt.Sprint(list[0]) != want {
		t.Errorf("of three: %v, want %s", list[0], want)
	}
}

// TestManyResponses: 100 responses are listed, the most frequent first; 3 learners gave others.
func TestManyResponses(t *testing.T) {
	w := newWorld(t)
	var text strings.Builder
	for i := range 104 {
		fmt.Fprintf(&text, "l%d answered Q1 02T08:00:00 response=r%03d\n", i, min(i, 102))
	}
	w.post("town", lines(t, text.String())...)
	w.project()
	list, _, err := w.Questions(context.Background(), "town", Selection{Course: c1, Scope: Scope{All: true}})
	if err != nil || len(list) != 1 {
		t.Fatalf("%d questions, %v", len(list), err)
	}
	q := list[0]
	if len(q.Responses) != 100 || q.Responses[0] != (Response{"r102", 2}) || q.Responses[1] != (Response{"r000", 1}) || q.OtherResponses != 3 || q.Answers != 104 {
		t.Errorf("%d listed, first %v, others %d of %d", len(q.Responses), q.Responses[:2], q.OtherResponses, q.Answers)
	}
}

// TestGroupsAndUnits: ann and bob are in the group g, bob and cem in h; ann
// belongs to section s of office o, bob to o itself, cem to office p.
func TestGroupsAndUnits(t *testing.T) {
	w := newWorld(t)
	w.person("town", "mbox|mailto:a@stadt.example", "ann", "o", "s")
	w.person("town", "mbox|mailto:a2@stadt.example", "ann", "o", "s")
	w.person("town", "mbox|mailto:b@stadt.example", "bob", "o")
	w.person("town", "mbox|mailto:c@stadt.example", "cem", "p")
	member := func(group, person, role, until string) {
		w.directory++
		w.insert(fmt.Sprintf("INSERT INTO person_groups (tenant, `group`, person, role, since, until, version, deleted) VALUES ('town', '%s', '%s', '%s', '1900-01-01', '%s', %d, 0)",
			group, person, role, until, w.directory))
	}
	member("g", "ann", "member", "2299-12-31")
	member("g", "bob", "member", "2299-12-31")
	member("g", "cem", "trainer", "2299-12-31")
	member("h", "bob", "member", "2299-12-31")
	member("h", "cem", "member", "2026-01-08")
	member("h", "ann", "member", "2026-01-07") // until yesterday
	member("idle", "dan", "member", "2299-12-31")
	w.insert(`INSERT INTO units (tenant, unit, since, until, code, name, kind, path, version, deleted) VALUES ('town', 'o', '1900-01-01', '2299-12-31', '10', 'Hauptamt', 'Amt', ['o'], 1, 0)`)
	w.insert(`INSERT INTO headcounts (tenant, unit, year, count, version, deleted) VALUES ('town', 'o', 2024, 30, 1, 0), ('town', 'o', 2025, 40, 1, 0), ('town', 'o', 2027, 50, 1, 0)`)
	w.post("town", lines(t, `
		a completed C 02T08:00:00
		a2 experienced P1 02T08:05:00
		b experienced P1 02T08:00:00
		c failed C 02T08:00:00 score=0.5
		stranger completed C 02T08:00:00`)...)
	w.project()
	show := func(list []Group, err error) string {
		var b strings.Builder
		for _, g := range list {
			headcount := "-"
			if g.Headcount != nil {
				headcount = fmt.Sprint(*g.Headcount)
			}
			fmt.Fprintf(&b, "%s: %d people, %d learners, %d started, %d completed, %d failed, %s %s %s\n", g.ID, g.People, g.Learners, g.Started, g.Completed, g.Failures, g.Name, g.Code, headcount)
		}
		if err != nil {
			b.WriteString(err.Error())
		}
		return b.String()
	}
	ctx := context.Background()
	for _, c := range []struct {
		name string
		read func(context.Context, string, Selection) ([]Group, error)
		s    Selection
		want string
	}{
		{"groups", w.Groups, everybody, "g: 2 people, 2 learners, 2 started, 1 completed, 0 failed,   -\nh: 2 people, 2 learners, 2 started, 0 completed, 1 failed,   -\nidle: 1 people, 0 learners, 0 started, 0 completed, 0 failed,   -\n"},
		{"groups of a trainer", w.Groups, Selection{Scope: Scope{Groups: []string{"h"}}}, "h: 2 people, 2 learners, 2 started, 0 completed, 1 failed,   -\n"},
		{"groups of nobody", w.Groups, Selection{}, ""},
		{"the topmost units", w.Units, everybody, "o: 2 people, 2 learners, 2 started, 1 completed, 0 failed, Hauptamt 10 40\np: 1 people, 1 learners, 1 started, 0 completed, 1 failed,   -\n"},
		{"below one", w.Units, Selection{Unit: "o", Scope: Scope{All: true}}, "o: 1 people, 1 learners, 1 started, 0 completed, 0 failed, Hauptamt 10 40\ns: 1 people, 1 learners, 1 started, 1 completed, 0 failed,   -\n"},
	} {
		if got := show(c.read(ctx, "town", c.s)); got != c.want {
			t.Errorf("%s:\n%swant\n%s", c.name, got, c.want)
		}
	}
	all, err := w.Everyone(ctx, "town", everybody)
	if got := show([]Group{all}, err); got != ": 0 people, 4 learners, 4 started, 2 completed, 1 failed,   -\n" {
		t.Errorf("everyone:\n%s", got)
	}
	for _, c := range []struct {
		name string
		s    Selection
		kind string
		want string
	}{
		{"everybody", everybody, "", "ann bob cem mbox|mailto:stranger@stadt.example"},
		{"a group", Selection{Group: "h", Scope: Scope{All: true}}, "", "bob cem"},
		{"a unit with what lies below", Selection{Unit: "o", Scope: Scope{All: true}}, "", "ann bob"},
		{"a trainer's", Selection{Scope: Scope{Groups: []string{"g"}}}, "", "ann bob"},
		{"a trainer's, of another group", Selection{Group: "h", Scope: Scope{Groups: []string{"g"}}}, "", "bob"},
		{"nobody's", Selection{}, "", ""},
		{"somebody out of reach", Selection{Learner: "cem", Scope: Scope{Groups: []string{"g"}}}, "", ""},
		{"one", Selection{Learner: "ann", Scope: Scope{All: true}}, "", "ann"},
		{"an identifier of a person is nobody of its own", Selection{Learner: "mbox|mailto:a@stadt.example", Scope: Scope{All: true}}, "", ""},
		{"who is not in the directory", everybody, "unassigned", "mbox|mailto:stranger@stadt.example"},
		{"who has completed", everybody, "completed", "ann mbox|mailto:stranger@stadt.example"},
		{"who has failed", everybody, "failed", "cem"},
	} {
		list, _, err := w.Everybody(ctx, "town", c.s, c.kind, Order{Limit: 10})
		var ids []string
		for _, l := range list {
			ids = append(ids, l.ID)
		}
		if got := strings.Join(ids, " "); err != nil || got != c.want {
			t.Errorf("%s: %s, want %s; %v", c.name, got, c.want, err)
		}
		if n, err := w.CountLearners(ctx, "town", c.s, c.kind); err != nil || n != int64(len(ids)) {
			t.Errorf("%s: counted %d, %v", c.name, n, err)
		}
	}
}

// TestOrders goes through a list by every column in both directions, one row at a
// time.
func TestOrders(t *testing.T) {
	w := newWorld(t)
	w.post("town", lines(t, `
		a completed C 02T08:00:00 score=0.5
		b experienced P1 02T08:00:00
		c failed C 01T08:00:00 score=-0.5`)...)
	w.project()
	ctx := context.Background()
	s := Selection{Course: c1, Scope: Scope{All: true}}
	for by := range learnerSorts {
		for _, descending := range []bool{false, true} {
			var ids []string
			o := Order{By: by, Descending: descending, Limit: 1}
			for range 4 {
				list, next, err := w.Learners(ctx, "town", s, "", o)
				if err != nil || len(list) != 1 {
					t.Fatalf("by %q: %v, %v", by, list, err)
				}
				ids = append(ids, list[0].ID[len("mbox|mailto:"):][:1])
				if o.After = next; next == nil {
					break
				}
			}
			got := strings.Join(ids, "")
			if want := map[string]string{"": "abc", "best_score": "bca", "last_activity": "cab"}[by]; !descending && want != "" && got != want {
				t.Errorf("by %q: %s, want %s", by, got, want)
			}
			if want := map[string]string{"": "cba", "best_score": "acb", "last_activity": "abc"}[by]; descending && want != "" && got != want {
				t.Errorf("by -%q: %s, want %s", by, got, want)
			}
			if len(got) != 3 || !strings.Contains(got, "a") || !strings.Contains(got, "b") || !strings.Contains(got, "c") {
				t.Errorf("by %q: %s", by, got)
			}
		}
	}
	for by := range totalsSorts {
		if list, next, err := w.Everybody(ctx, "town", everybody, "", Order{By: by, Limit: 2}); err != nil || len(list) != 2 || next == nil {
			t.Errorf("everybody by %q: %d, %v, %v", by, len(list), next, err)
		} else if list, next, err = w.Everybody(ctx, "town", everybody, "", Order{By: by, Limit: 2, After: next}); err != nil || len(list) != 1 || next != nil {
			t.Errorf("everybody by %q, the rest: %d, %v, %v", by, len(list), next, err)
		}
	}
}
