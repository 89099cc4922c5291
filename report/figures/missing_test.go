package figures_test

import (
	"testing"

	"lernspur/report/definition"
	"lernspur/report/figures"
	"lernspur/report/inputs"
	"lernspur/report/result"
	"lernspur/schema"

	"bytes"
	"encoding/json"
)

// valid holds a report against the published schema.
func valid(t *testing.T, r *result.Report) []byte {
	t.Helper()
	text, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	s, err := schema.CompileDocument(result.Schema())
	if err != nil {
		t.Fatal(err)
	}
	var value any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		t.Fatal(err)
	}
	for _, fault := range s.Check(value) {
		t.Errorf("%v: %s", fault.Path, fault.Message)
	}
	back, err := result.Read(text)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := back.JSON(); err != nil || !bytes.Equal(again, text) {
		t.Errorf("read and written again it is other bytes (%v)", err)
	}
	return text
}

const small = `version: 1
title: Bericht
tenant: town
k: 5
period: {from: 2025-10-01, to: 2025-12-31}
courses:
  - {id: "https://a.example/kurs", name: Kurs, kind: induction, format: cmi5}
  - {id: "https://a.example/zwei", name: Zwei, kind: further_training}
targets:
  - {figure: reach, green: {at_least: 0.4}}
recommendations:
  - consequence: continue
    when: [{figure: reach, at_least: 0.4}]
  - consequence: end
`

func define(t *testing.T, more string) *definition.Definition {
	t.Helper()
	d, err := definition.Read([]byte(small + more))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

const (
	october = 1759708800_000000 // 2025-10-06T00:00:00Z, a Monday
	hour    = 3600_000000
	day     = 24 * hour
)

// made makes inputs by hand.
type made struct{ *inputs.Inputs }

func newMade() made {
	return made{&inputs.Inputs{Format: inputs.Format, AsOf: october + 200*day, Hours: true,
		Courses: []inputs.Course{{ID: "https://a.example/kurs", Name: "Kurs", Kind: "induction", Format: "cmi5"}, {ID: "https://a.example/zwei", Name: "Zwei", Kind: "further_training"}},
		Counts:  inputs.Counts{Refused: inputs.None, Duplicates: inputs.None}}}
}

func (m made) unit(id, name string, parent int32, headcount int64) {
	m.Units = append(m.Units, inputs.Unit{ID: id, Name: name, Parent: parent, Headcount: headcount})
}

// people adds n people of a unit to the directory, and answers the number of the first.
func (m made) people(n int, unit int32) int32 {
	first := int32(len(m.PersonUnit))
	for range n {
		m.PersonUnit = append(m.PersonUnit, unit)
		m.PersonKnown, m.PersonGone = append(m.PersonKnown, true), append(m.PersonGone, false)
	}
	return first
}

// part is a participation that began in October: hours after the 6th, days until completion (0: not), score in hundredths
// (-1: none), passed (1, 0, -1), and an hour of learning.
func (m made) part(person, course int32, begin, days, score int64, passed int8) {
	at := october + begin*hour
	completed := int64(inputs.None)
	if days > 0 {
		completed = at + days*day
	}
	m.PartPerson, m.PartCourse = append(m.PartPerson, person), append(m.PartCourse, course)
	m.PartFirst, m.PartStarted, m.PartCompleted = append(m.PartFirst, at), append(m.PartStarted, at), append(m.PartCompleted, completed)
	m.PartPassed, m.PartScored = append(m.PartPassed, passed), append(m.PartScored, score >= 0)
	m.PartScore = append(m.PartScore, max(0, score)*10_000_000)
	m.PartSpent, m.PartGaps = append(m.PartSpent, hour), append(m.PartGaps, false)
	m.PartSlots = append(m.PartSlots, []int32{int32(at / 600_000000)})
	m.Counts.Received, m.Counts.InPeriod, m.Counts.InCourses = m.Counts.Received+3, m.Counts.InPeriod+3, m.Counts.InCourses+3
	if m.Counts.First == 0 || at < m.Counts.First {
		m.Counts.First = at
	}
}

// figure finds a figure by its name.
func figure(t *testing.T, r *result.Report, name string) result.Figure {
	t.Helper()
	for _, f := range r.Figures() {
		if f.Name == name {
			return *f
		}
	}
	t.Fatalf("there is no figure %s", name)
	return result.Figure{}
}

func told(f result.Figure) string {
	if f.Value != nil {
		return f.Value.String()
	}
	return string(f.State) + " " + string(f.Reason)
}

// TestByHand: a small town, with the figures computed by hand.
//
//	Unit A has 40 entitled, 30 in the directory; unit B 20 entitled, 12 in the directory.
//	Of A 20 people take course 1 and 10 of them course 2 as well; of B 8 take course 1.
func TestByHand(t *testing.T) {
	m := newMade()
	m.unit("a", "Amt A", inputs.None, 40)
	m.unit("b", "Amt B", inputs.None, 20)
	a, b := m.people(30, 0), m.people(12, 1)
	for i := range int32(20) {
		// Begins on Monday the 6th of October at 08:00 UTC, 10:00 in Berlin: in core hours. Twelve complete, after 1 to 12 days.
		days, score, passed := int64(0), int64(-1), int8(inputs.None)
		if i < 12 {
			days, score, passed = int64(i)+1, 80, 1
		} else if i < 18 {
			score, passed = 30, 0
		}
		m.part(a+i, 0, 8, days, score, passed)
	}
	for i := range int32(10) {
		// On Tuesday the 7th at 18:00 UTC, 20:00 in Berlin: outside. Five complete after 2 days.
		days := int64(0)
		if i < 5 {
			days = 2
		}
		m.part(a+i, 1, 42, days, -1, inputs.None)
	}
	for i := range int32(8) {
		m.part(b+i, 0, 9, 0, -1, inputs.None)
	}
	d := define(t, "cost: {budget: 20000, attendance_per_day: 200, items: [{name: A, amount: 10000}, {name: B, amount: 5000}]}\n")
	r, _, err := figures.Compute(d, m.Inputs, figures.Options{Version: "1", Run: "r"})
	if err != nil {
		t.Fatal(err)
	}
	valid(t, r)
	bare, err := figures.Bare(d, m.Inputs)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"reach.entitled":           "60",    // 40 + 20
		"reach.registered":         "42",    // 30 + 12
		"reach.active":             "28",    // 20 + 8
		"reach.rate":               "0.467", // 28 / 60
		"reach.repeat":             "10",    // the ten who come on two days
		"reach.repeat_rate":        "0.357", // 10 / 28
		"reach.outside":            "10",
		"reach.outside_time":       "0.263", // 10 of 38 times ten minutes
		"reach.departments":        "2",
		"offer.courses":            "2",
		"learning.learners":        "28",
		"learning.starts":          "38",    // 20 + 10 + 8
		"learning.completions":     "17",    // 12 + 5
		"learning.completion_rate": "0.447", // 17 / 38
		"learning.judged":          "18",
		"learning.passed":          "12",
		"learning.pass_rate":       "0.667", // 12 / 18
		"learning.average_score":   "0.633", // (12 × 0.8 + 6 × 0.3) / 18
		"learning.time":            "38.0",  // an hour each
		// Days of the 17: 1 2 2 2 2 2 2 3 4 5 6 7 8 9 10 11 12; the 5th, 9th and 13th.
		"learning.days_q1": "2.0", "learning.days_median": "4.0", "learning.days_q3": "8.0",
		"learning.induction_learners": "28", "learning.induction_completions": "12",
		// 1 to 12: at 2.75, 5.5 and 8.25 from the first.
		"learning.induction_days_q1": "3.8", "learning.induction_days_median": "6.5", "learning.induction_days_q3": "9.3",
		"cost.budget": "20000.00", "cost.spent": "15000.00", "cost.budget_spent": "0.750",
		"cost.per_active":          "535.71", // 15000 / 28
		"cost.per_completion":      "882.35", // 15000 / 17
		"cost.per_hour":            "394.74", // 15000 / 38
		"cost.attendance":          "950.00", // 38 / 8 × 200
		"cost.attendance_per_hour": "25.00",
		"learning.competence_gain": "missing no_check", "satisfaction.rating": "missing no_survey", "vouchers.issued": "missing no_vouchers",
	} {
		if got := told(figure(t, bare, name)); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
		// What is shown is the same.
		if f := figure(t, r, name); f.State == result.Shown && told(f) != want {
			t.Errorf("%s is shown as %s, want %s", name, told(f), want)
		}
	}
	// The reach is green (0.467 of 0.4), so the first recommendation holds.
	if h := r.Summary.Headlines[0]; h.ID != "reach" || h.Light != result.Green || r.Summary.Consequence != "continue" || len(r.Summary.Headlines) != 5 {
		t.Errorf("%+v, %s", h, r.Summary.Consequence)
	}
}

// TestMissing: what is not given, or not there, is said, and the rest of the report stands.
func TestMissing(t *testing.T) {
	town := func(people, learners int) made {
		m := newMade()
		m.unit("a", "Amt A", inputs.None, inputs.None)
		m.unit("b", "Amt B", inputs.None, inputs.None)
		m.people(people, 0)
		for i := range learners {
			m.part(int32(i), 0, 8, 0, -1, inputs.None)
		}
		return m
	}
	for _, c := range []struct {
		name  string
		make  func() made
		more  string
		want  map[string]string
		check func(t *testing.T, r *result.Report)
	}{
		{"no headcount, no cost", func() made { return town(40, 20) }, "", map[string]string{
			"reach.entitled": "missing no_headcount", "reach.rate": "missing no_headcount", "reach.active": "20",
			"cost.budget": "missing no_cost", "cost.per_active": "missing no_cost", "cost.budget_spent": "missing no_cost",
		}, func(t *testing.T, r *result.Report) {
			if r.Cost.Items.Missing != result.NoCost || r.Summary.Headlines[0].Light != result.Unknown || r.Summary.Consequence != "end" {
				t.Errorf("%+v %s", r.Summary.Headlines[0], r.Summary.Consequence)
			}
		}},
		{"headcounts of the definition", func() made { return town(40, 20) }, "headcounts: [{unit: Amt A, entitled: 50}, {unit: Amt B, entitled: 30}]\n",
			map[string]string{"reach.entitled": "80", "reach.rate": "0.250"}, nil},
		{"headcount of one unit only", func() made { return town(40, 20) }, "headcounts: [{unit: Amt A, entitled: 50}]\n",
			map[string]string{"reach.entitled": "missing no_headcount"}, func(t *testing.T, r *result.Report) {
				if list := r.Reach.Entitled.Remarks; len(list) != 1 || list[0].Code != result.HeadcountPartly || list[0].Count != 1 {
					t.Errorf("%+v", list)
				}
			}},
		{"no budget", func() made { return town(40, 20) }, "cost: {budget: 0, items: []}\n", map[string]string{"cost.budget_spent": "missing no_budget", "cost.spent": "0.00"}, nil},
		{"an empty department", func() made { return town(40, 20) }, "", map[string]string{"reach.active": "20"}, func(t *testing.T, r *result.Report) {
			for _, row := range r.Reach.Units.Rows {
				if row.Key == "b" && (row.Cells[1].Value == nil || row.Cells[1].Value.Units != 0 || row.Cells[2].Value == nil || row.Cells[2].Value.Units != 0) {
					t.Errorf("%+v", row)
				}
			}
		}},
		{"a department of one", func() made {
			m := town(40, 20)
			m.part(m.people(1, 1), 0, 8, 0, -1, inputs.None)
			return m
		}, "", nil, func(t *testing.T, r *result.Report) {
			for _, row := range r.Reach.Units.Rows {
				if row.Key == "b" && (row.Cells[1].State != result.Suppressed || row.Cells[2].State != result.Suppressed) {
					t.Errorf("%+v", row)
				}
			}
		}},
		{"zero completions", func() made { return town(40, 20) }, "", map[string]string{
			"learning.starts": "20", "learning.completions": "suppressed small", "learning.completion_rate": "suppressed together",
			"learning.days_median": "suppressed together", "learning.average_score": "missing no_scores",
		}, nil},
		{"a period before the first statement", func() made { return town(40, 0) }, "", map[string]string{
			"reach.active": "missing no_data", "reach.rate": "missing no_data", "learning.starts": "missing no_data", "learning.completion_rate": "missing no_data",
			"reach.registered": "40",
		}, func(t *testing.T, r *result.Report) {
			if r.Reach.Months.Missing != result.NoData || r.Reach.Hours.Missing != result.NoData {
				t.Errorf("%s %s", r.Reach.Months.Missing, r.Reach.Hours.Missing)
			}
		}},
		{"no directory", func() made {
			m := newMade()
			first := m.people(20, inputs.None)
			for i := range int32(20) {
				m.PersonKnown[first+i] = false
				m.part(first+i, 0, 8, 0, -1, inputs.None)
			}
			return m
		}, "", map[string]string{"reach.registered": "missing directory_empty", "reach.active": "20", "reach.departments": "missing no_departments"}, nil},
		{"a unit that there is not", func() made { return town(40, 20) }, "units: [Amt A, Amt X]\n", map[string]string{"reach.active": "20", "reach.entitled": "missing no_headcount"},
			func(t *testing.T, r *result.Report) {
				if list := r.Quality.Remarks; len(list) == 0 || list[0].Code != result.UnitUnknown || list[0].Text != "Amt X" {
					t.Errorf("%+v", list)
				}
			}},
		{"no unit of the definition is there", func() made { return town(40, 20) }, "units: [Amt X, Amt Y]\nheadcounts: [{unit: Amt X, entitled: 50}]\ncost: {budget: 10, items: []}\n", map[string]string{
			"reach.entitled": "50", "reach.active": "missing unknown_unit", "reach.rate": "missing unknown_unit", "reach.registered": "missing unknown_unit", "reach.repeat": "missing unknown_unit",
			"learning.starts": "missing unknown_unit", "learning.completion_rate": "missing unknown_unit", "cost.per_active": "missing unknown_unit",
		}, func(t *testing.T, r *result.Report) {
			if r.Reach.Units.Missing != result.UnknownUnit || r.Summary.Headlines[0].Light != result.Unknown {
				t.Errorf("%+v", r.Reach.Units)
			}
		}},
		{"hours are not to be evaluated", func() made {
			m := town(40, 20)
			m.Hours = false
			return m
		}, "", map[string]string{"reach.outside": "missing hours_not_shown", "reach.outside_time": "missing hours_not_shown"}, func(t *testing.T, r *result.Report) {
			if r.Reach.Hours.Missing != result.HoursNotShown || len(r.Reach.Hours.Rows) != 0 {
				t.Errorf("%+v", r.Reach.Hours)
			}
		}},
		{"vouchers that nobody keeps", func() made { return town(40, 20) }, "vouchers: [{member: Amt A, quota: 12}]\n", map[string]string{"vouchers.quota": "12", "vouchers.issued": "missing no_vouchers"}, nil},
		{"vouchers", func() made {
			m := town(40, 20)
			m.HasVouchers, m.Vouchers = true, []inputs.Voucher{{Member: "Amt A", Issued: 30, Redeemed: 12}}
			return m
		}, "vouchers: [{member: Amt A, quota: 50}]\n", map[string]string{"vouchers.quota": "50", "vouchers.issued": "30", "vouchers.redeemed": "12"}, nil},
		{"surveys and checks of whom nobody took", func() made { return town(40, 20) },
			"surveys: [{activity: \"https://a.example/s\", name: S, lowest: 1, highest: 5}]\ncompetence_checks: [{name: C, before: \"https://a.example/b\", after: \"https://a.example/a\"}]\n",
			map[string]string{"satisfaction.rating": "missing no_ratings", "learning.competence_gain": "missing no_pairs"}, nil},
		{"nothing at all", newMade, "", map[string]string{"reach.active": "missing no_data"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, _, err := figures.Compute(define(t, c.more), c.make().Inputs, figures.Options{})
			if err != nil {
				t.Fatal(err)
			}
			valid(t, r)
			for name, want := range c.want {
				if got := told(figure(t, r, name)); got != want {
					t.Errorf("%s is %s, want %s", name, got, want)
				}
			}
			if c.check != nil {
				c.check(t, r)
			}
		})
	}
}

// TestForgotten: somebody who is taken out counts nowhere, and nothing of them is left.
func TestForgotten(t *testing.T) {
	m := newMade()
	m.unit("a", "Amt A", inputs.None, 40)
	m.people(30, 0)
	for i := range int32(20) {
		m.part(i, 0, 8, 3, 80, 1)
	}
	for i := range int32(30) {
		m.Keys, m.KeyOwner = append(m.Keys, m.KeyOf(string(rune('a'+i)))), append(m.KeyOwner, i)
	}
	if n := m.Forget([]string{"c", "nobody", "c"}); n != 1 {
		t.Fatalf("%d were taken out", n)
	}
	text, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	in, err := inputs.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	if len(in.PartPerson) != 19 || len(in.Keys) != 29 || in.Gone() != 1 || in.Forget([]string{"c"}) != 0 {
		t.Errorf("%d participations, %d keys, %d gone", len(in.PartPerson), len(in.Keys), in.Gone())
	}
	r, err := figures.Bare(define(t, ""), in)
	if err != nil {
		t.Fatal(err)
	}
	if got := told(figure(t, r, "reach.active")); got != "19" || r.Head.Erased != 1 || told(figure(t, r, "reach.registered")) != "29" {
		t.Errorf("%s active, %d erased", got, r.Head.Erased)
	}
}
