package forms

import (
	"fmt"
	"reflect"
	"strings"

	"lernspur/report/result"
)

// num is a decimal number as it is written.
func num(s string) *result.Number {
	var n result.Number
	if err := n.UnmarshalJSON([]byte(s)); err != nil {
		panic(err)
	}
	return &n
}

func given(unit result.Unit, value string, of int64, unitOf result.Unit) result.Figure {
	f := result.Figure{State: result.Shown, Value: num(value), Unit: unit}
	if of > 0 {
		f.Population, f.PopulationUnit = &of, unitOf
	}
	return f
}

func without(state result.State, reason result.Reason, unit result.Unit) result.Figure {
	return result.Figure{State: state, Reason: reason, Unit: unit}
}

// cells are written as numbers, "-" for suppressed ones, "?reason" for missing ones.
func cells(written string) (list []result.Cell) {
	for _, s := range strings.Fields(written) {
		switch {
		case s == "-":
			list = append(list, result.Cell{State: result.Suppressed, Reason: result.Small})
		case s[0] == '?':
			list = append(list, result.Cell{State: result.Missing, Reason: result.Reason(s[1:])})
		default:
			list = append(list, result.Cell{State: result.Shown, Value: num(s)})
		}
	}
	return list
}

func columns(written string) (list []result.Column) {
	for _, s := range strings.Fields(written) {
		name, unit, _ := strings.Cut(s, ":")
		list = append(list, result.Column{Name: name, Unit: result.Unit(unit), Query: "q-" + strings.ReplaceAll(name, "_", "-")})
	}
	return list
}

// entry is a row: key, label, level, cells.
func entry(key, label string, level int, written string) result.Row {
	return result.Row{Key: key, Label: label, Level: level, Total: key == "total", Cells: cells(written)}
}

// sample is a report with everything in it, some of it suppressed, some missing.
func sample(lang string) *result.Report {
	r := &result.Report{Format: result.Format}
	r.Head = result.Head{Title: "Evaluationsbericht zur Pilotierung der eLearning-Plattform", Tenant: "Musterstadt", Language: lang, From: "2025-10-01", To: "2026-09-30", Zone: "Europe/Berlin",
		AsOf: "2026-10-15T10:00:00.000000Z", K: 5, Version: "0.1.0", Run: "0197f1c2-5b1e-7c44-9a7e-0f3a5b1c2d3e", Demo: true}
	sampleSummary(r)
	r.Mandate = result.Mandate{Body: "Stadtverordnetenversammlung", Resolution: "0231", Item: "20-V-06-0011", Date: "2020-09-17", Office: "Dezernat VI, Projekt „Arbeit neu denken“",
		Units: []string{"Dezernat I", "Dezernat III", "Dezernat VI"}, Budget: num("120000"),
		Introduction: "Die Stadtverordnetenversammlung hat beschlossen, ein Jahr nach Einführung über die Ergebnisse zu berichten. Erprobt wurde, ob Wissen\n\n* \"jederzeit und von überall\" erreichbar ist,\n* in der **Einarbeitung** Zeit spart, z. B. bei neuen Beschäftigten,\n* nicht mehrfach neu erstellt werden muss.\n"}
	sampleReach(r)
	sampleOffer(r)
	sampleLearning(r)
	sampleRest(r)
	named(r)
	return r
}

func sampleSummary(r *result.Report) {
	bound := func(least string) *result.Bound { return &result.Bound{AtLeast: num(least)} }
	text := "Die Plattform wird auf **alle Dezernate** ausgeweitet. Die Stelle für die Erstellung von Kursen wird verstetigt, und die Ergebnisse werden nach einem weiteren Jahr erneut berichtet.\n"
	r.Summary = result.Summary{Consequence: "extend", Headlines: []result.Headline{
		{ID: "reach", Figure: given(result.Share, "0.578", 730, result.People), Green: bound("0.4"), Amber: bound("0.25"), Light: result.Green},
		{ID: "completion_rate", Figure: given(result.Share, "0.523", 1204, result.Participations), Green: bound("0.6"), Amber: bound("0.45"), Light: result.Amber},
		{ID: "satisfaction", Figure: given(result.Rating, "3.2", 312, result.People), Green: bound("4"), Light: result.Red},
		{ID: "competence_gain", Figure: without(result.Suppressed, result.Small, result.Points), Green: bound("0.1"), Light: result.Unknown},
		{ID: "budget_spent", Figure: given(result.Share, "0.930", 0, ""), Green: &result.Bound{AtMost: num("1")}, Light: result.Green},
	}, Recommendations: []result.Recommendation{
		{Consequence: "extend", Holds: true, Recommended: true, Text: text, Conditions: []result.Condition{
			{ID: "reach", Bound: result.Bound{AtLeast: num("0.4")}, Holds: true, Known: true, Actual: num("0.578")},
			{ID: "budget_spent", Bound: result.Bound{AtMost: num("1")}, Holds: true, Known: true, Actual: num("0.930")}}},
		{Consequence: "adapt", Text: "Das Angebot wird angepasst.", Conditions: []result.Condition{{ID: "competence_gain", Bound: result.Bound{AtLeast: num("0.1")}}}},
		{Consequence: "end", Text: "Die Pilotierung wird beendet.", Holds: true},
	}}
}

func sampleReach(r *result.Report) {
	a := &r.Reach
	a.Entitled, a.Registered, a.Active = given(result.People, "730", 0, ""), given(result.People, "655", 0, ""), given(result.People, "422", 0, "")
	a.Entitled.Remarks = []result.Remark{{Code: result.HeadcountFromDirectory}}
	a.Rate, a.Repeat, a.RepeatRate = given(result.Share, "0.578", 730, result.People), given(result.People, "301", 422, result.People), given(result.Share, "0.713", 422, result.People)
	a.Outside, a.OutsideTime, a.Departments = given(result.People, "188", 422, result.People), given(result.Share, "0.214", 9120, result.Counts), given(result.Counts, "3", 0, "")
	a.Units = result.Table{Columns: columns("entitled:people registered:people active:people rate:share"), Rows: []result.Row{
		entry("d1", "Dezernat I – Oberbürgermeister, Personal und Organisation", 0, "310 290 180 0.581"), entry("11", "Personalamt", 1, "60 58 44 0.733"), entry("1104", "Aus- und Fortbildung", 2, "12 12 - -"),
		entry("d3", "Dezernat III", 0, "180 150 31 0.172"), entry("20", "Kämmerei und Steueramt", 1, "?no_headcount 80 31 ?no_headcount"),
		entry("d6", "Dezernat VI", 0, "240 215 211 0.879"), entry("unassigned", "", 0, "- - - -"), entry("total", "", 0, "730 655 422 0.578")},
		Remarks: []result.Remark{{Code: result.HeadcountPartly, Count: 1}}}
	a.Months.Columns = columns("active:people new:people started:participations completed:participations")
	for i, n := range []int{12, 48, 131, 180, 244, 310, 287, 301, 198, 96, 204, 350} {
		month, year := 10+i, 2025
		if month > 12 {
			month, year = month-12, 2026
		}
		row := entry(fmt.Sprintf("%d-%02d", year, month), "", 0, fmt.Sprintf("%d %d %d %d", n, n/3, n/2, n/4))
		if i == 0 {
			row.Cells = cells("12 - - -")
		}
		a.Months.Rows = append(a.Months.Rows, row)
	}
	a.Hours.Columns = columns("active:people")
	for d, day := range days {
		for h := range 24 {
			n := "0"
			switch {
			case d < 5 && h >= 7 && h < 18:
				n = fmt.Sprint(30 + (h*17+d*29)%90)
			case d < 5 && h < 23 && h > 5:
				n = fmt.Sprint(6 + (h*13+d*7)%20)
			case h > 8:
				n = "-"
			}
			a.Hours.Rows = append(a.Hours.Rows, entry(fmt.Sprintf("%s-%02d", day, h), "", 0, n))
		}
	}
	a.Core = result.Core{Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "08:00", To: "17:00"}
}

func sampleOffer(r *result.Report) {
	o := &r.Offer
	o.Courses, o.Used = given(result.Counts, "20", 0, ""), given(result.Counts, "17", 20, result.Counts)
	o.Kinds = result.Table{Columns: columns("scorm:count cmi5:count h5p:count tincan:count attendance:count other:count total:count"), Rows: []result.Row{
		entry("induction", "", 0, "2 1 1 0 1 0 5"), entry("further_training", "", 0, "8 2 3 0 1 0 14"), entry("other", "", 0, "0 0 0 0 0 1 1"), entry("total", "", 0, "10 3 4 0 2 1 20")}}
	o.Use.Columns, o.Matrix.Columns = columns("learners:people departments:count"), columns("d1:people d3:people d6:people unassigned:people")
	names := []string{"Datenschutz am Arbeitsplatz", "Ankommen in der Stadtverwaltung", "Brandschutz und Verhalten im Notfall", "Informationssicherheit", "Barrierefreie Dokumente", "Vergaberecht: die Grundlagen", "Digitale Akte einführen", "=Führung auf Distanz", "Kommunales Haushaltsrecht"}
	for i := range 20 {
		name := fmt.Sprintf("Weiterbildungskurs Nr. %d", i+1)
		if i < len(names) {
			name = names[i]
		}
		id := fmt.Sprintf("https://lernen.stadt.example/kurse/%d", i+1)
		use, matrix := fmt.Sprintf("%d %d", 300-14*i, 1+i%3), fmt.Sprintf("%d - %d -", 120-5*i, 180-9*i)
		if i > 16 {
			use, matrix = "- -", "- - - -"
		}
		o.Use.Rows = append(o.Use.Rows, entry(id, name, 0, use))
		o.Matrix.Rows = append(o.Matrix.Rows, entry(id, name, 0, matrix))
		o.List = append(o.List, result.Course{ID: id, Name: name, Kind: []string{"further_training", "induction"}[i/15], Format: []string{"scorm", "cmi5", "h5p", "attendance"}[i%4]})
	}
}

func sampleLearning(r *result.Report) {
	l := &r.Learning
	l.Learners, l.Starts, l.Completions = given(result.People, "398", 422, result.People), given(result.Participations, "1204", 0, ""), given(result.Participations, "630", 1204, result.Participations)
	l.CompletionRate, l.Judged = given(result.Share, "0.523", 1204, result.Participations), given(result.Participations, "588", 0, "")
	l.Passed, l.PassRate = given(result.Participations, "541", 588, result.Participations), given(result.Share, "0.920", 588, result.Participations)
	l.AverageScore, l.Time = given(result.Score, "0.81", 560, result.Participations), given(result.Hours, "2317.5", 1204, result.Participations)
	l.Time.Remarks = []result.Remark{{Code: result.TimeFromGaps, Count: 77}}
	l.DaysQ1, l.DaysMedian, l.DaysQ3 = given(result.Days, "1.0", 630, result.Participations), given(result.Days, "9.5", 630, result.Participations), given(result.Days, "31.0", 630, result.Participations)
	l.InductionLearners, l.InductionCompletions = given(result.People, "41", 0, ""), without(result.Suppressed, result.Rest, result.Participations)
	l.InductionDaysQ1, l.InductionDaysMedian, l.InductionDaysQ3 = without(result.Suppressed, result.Small, result.Days), without(result.Suppressed, result.Small, result.Days), without(result.Suppressed, result.Together, result.Days)
	l.Courses.Columns = columns("started:people completed:people completion_rate:share passed:people failed:people pass_rate:share score:score hours:hours days_q1:days days_median:days days_q3:days")
	for i, row := range r.Offer.Use.Rows {
		started := 280 - 13*i
		written := fmt.Sprintf("%d %d 0.%03d %d %d 0.9%d0 0.8%d %d.5 1.0 %d.0 %d.5", started, started*5/9, 555-i, started*5/9-12, 12, i%10, i%10, started*2, 4+i, 20+i)
		switch {
		case i > 16:
			written = "- - - - - - - - - - -"
		case i%7 == 3:
			written = fmt.Sprintf("%d %d 0.%03d ?no_verdicts ?no_verdicts ?no_verdicts ?no_scores %d.5 - - -", started, started*5/9, 555-i, started*2)
		}
		l.Courses.Rows = append(l.Courses.Rows, entry(row.Key, row.Label, 0, written))
	}
	l.Units = result.Table{Columns: columns("started:participations completed:participations completion_rate:share"), Rows: []result.Row{
		entry("d1", "Dezernat I – Oberbürgermeister, Personal und Organisation", 0, "512 300 0.586"), entry("11", "Personalamt", 1, "130 99 0.762"), entry("d3", "Dezernat III", 0, "70 - -"), entry("d6", "Dezernat VI", 0, "622 - -")}}
	l.Scores.Columns = columns("participations:participations share:share")
	for i, n := range []string{"- -", "- -", "6 0.011", "9 0.016", "14 0.025", "31 0.055", "58 0.104", "96 0.171", "140 0.250", "206 0.368"} {
		l.Scores.Rows = append(l.Scores.Rows, entry(fmt.Sprintf("0.%d", i), "", 0, n))
	}
	l.Scores.Remarks = []result.Remark{{Code: result.SharesAddUp}}
	l.Checks = result.Table{Columns: columns("people:people before:score after:score gain:points"), Rows: []result.Row{
		entry("digital", "Digitale Kompetenz", 0, "64 0.41 0.63 0.22"), entry("method", "Methodische Kompetenz", 0, "58 0.52 0.55 0.03"), entry("lead", "Führung", 0, "- - - -")}}
	l.CompetenceGain = without(result.Suppressed, result.Small, result.Points)
	l.Questions.Columns = columns("answers:count right:share mark:score")
	for i := range 5 {
		q := result.Question{ID: fmt.Sprintf("https://lernen.stadt.example/fragen/%d", i), Text: "Welche der folgenden Angaben sind personenbezogene Daten im Sinne der Datenschutz-Grundverordnung?", Course: "c", CourseName: "Datenschutz am Arbeitsplatz"}
		l.QuestionList = append(l.QuestionList, q)
		l.Questions.Rows = append(l.Questions.Rows, entry(q.ID, q.Text, 0, fmt.Sprintf("%d 0.%d1 0.%d4", 120-i, 2+i, 3+i)))
	}
	l.Text = "Die Quote liegt unter dem Ziel, weil drei Kurse erst im August freigegeben wurden."
}

func sampleRest(r *result.Report) {
	s := &r.Satisfaction
	s.Rating = given(result.Rating, "3.2", 312, result.People)
	s.Surveys = result.Table{Columns: columns("people:people average:rating lowest:rating highest:rating"), Rows: []result.Row{entry("https://lernen.stadt.example/umfragen/zufriedenheit", "Wie zufrieden sind Sie mit dem Kurs?", 0, "312 3.2 1 5")}}
	s.Ratings.Columns = columns("people:people share:share")
	for i, n := range []string{"21 0.067", "60 0.192", "98 0.314", "101 0.324", "32 0.103"} {
		s.Ratings.Rows = append(s.Ratings.Rows, entry(fmt.Sprintf("https://lernen.stadt.example/umfragen/zufriedenheit/%d", i+1), "", 0, n))
	}
	v := &r.Vouchers
	v.Quota, v.Issued, v.Redeemed = given(result.Counts, "200", 0, ""), given(result.Counts, "120", 200, result.Counts), given(result.Counts, "74", 120, result.Counts)
	v.Members = result.Table{Columns: columns("quota:count issued:count redeemed:count redeemed_share:share"), Rows: []result.Row{entry("a", "Dezernat I", 0, "120 80 50 0.625"), entry("b", "Dezernat VI", 0, "80 40 24 0.600"), entry("total", "", 0, "200 120 74 0.617")}}
	c := &r.Cost
	c.Budget, c.Spent, c.BudgetSpent = given(result.Euro, "120000", 0, ""), given(result.Euro, "111550.50", 0, ""), given(result.Share, "0.930", 0, "")
	c.PerActive, c.PerCompletion, c.PerHour = given(result.Euro, "264.34", 422, result.People), given(result.Euro, "177.06", 630, result.Participations), given(result.Euro, "48.13", 0, "")
	c.Attendance, c.AttendancePerHour = without(result.Missing, result.NoAttendance, result.Euro), without(result.Missing, result.NoAttendance, result.Euro)
	c.PerActive.Remarks = []result.Remark{{Code: result.FromPublished}}
	c.Items = result.Table{Columns: columns("amount:euro share:share"), Rows: []result.Row{
		entry("0", "Lizenzen und Betrieb", 0, "61400.50 0.550"), entry("1", "Erstellung von Kursen", 0, "38250.00 0.343"), entry("2", "Einführung und Schulung", 0, "11900.00 0.107"), entry("total", "", 0, "111550.50 1.000")}}
	q := &r.Quality
	q.Shown, q.Suppressed = given(result.Counts, "640", 0, ""), given(result.Counts, "88", 728, result.Counts)
	q.Reasons = result.Table{Columns: columns("figures:count"), Rows: []result.Row{entry("small", "", 0, "70"), entry("rest", "", 0, "10"), entry("reckoned", "", 0, "8")}}
	q.Statements = result.Table{Columns: columns("statements:count"), Rows: []result.Row{entry("received", "", 0, "10234567"), entry("in_period", "", 0, "9876543"), entry("voided", "", 0, "12"), entry("refused", "", 0, "?not_counted")}}
	q.Repairs = result.Table{Missing: result.NoData}
	q.Sources = result.Table{Columns: columns("statements:count"), Rows: []result.Row{entry("https://moodle.stadt.example moodle", "", 0, "10234567")}}
	q.Remarks = []result.Remark{{Code: result.BeforeFirst, Text: "2025-10-14"}}
	q.Text = "Ausgewertet werden nur Gruppen. Fragen beantwortet die Projektleitung: <mailto:projekt@stadt.example>."
	r.Annex = result.Annex{Outlook: "Im nächsten Jahr kommen Präsenzkurse hinzu.",
		Parameters:  []result.Parameter{{Name: "k", Value: "5"}, {Name: "as_of", Value: r.Head.AsOf}},
		Definitions: []result.Definition{{Name: "active", De: "Lernende mit mindestens einem Statement im Zeitraum.", En: "Learners with at least one statement in the period."}, {Name: "completion_rate", De: "Abgeschlossene geteilt durch begonnene Teilnahmen.", En: "Completed divided by started participations."}},
		Queries:     []result.Query{{Name: "q-active", De: "Zählt Personen.", En: "Counts people.", SQL: "SELECT count(DISTINCT person)\nFROM facts\nWHERE tenant = {tenant:String} AND active < 5"}}}
}

// named gives figures and tables the names of their places.
func named(r *result.Report) {
	sections := reflect.ValueOf(r).Elem()
	for i := range sections.NumField() {
		section := sections.Field(i)
		if section.Kind() != reflect.Struct {
			continue
		}
		prefix := sections.Type().Field(i).Tag.Get("json") + "."
		for j := range section.NumField() {
			name := prefix + section.Type().Field(j).Tag.Get("json")
			switch v := section.Field(j).Addr().Interface().(type) {
			case *result.Figure:
				v.Name, v.Query = name, "q-"+strings.ReplaceAll(section.Type().Field(j).Tag.Get("json"), "_", "-")
			case *result.Table:
				v.Name = name
			}
		}
	}
}

// bare is a report of which nothing is known.
func bare(lang string) *result.Report {
	r := &result.Report{Format: result.Format, Head: result.Head{Title: "Bericht", Tenant: "default", Language: lang, From: "2026-01-01", To: "2026-01-31", Zone: "Europe/Berlin", AsOf: "2026-02-01T00:00:00.000000Z", K: 5, Erased: 2}}
	r.Reach.Core = result.Core{Days: []string{"mon"}, From: "08:00", To: "16:30"}
	named(r)
	reasons := map[string]result.Reason{"reach.entitled": result.NoHeadcount, "reach.rate": result.NoHeadcount, "satisfaction.rating": result.NoSurvey, "cost.spent": result.NoCost, "cost.budget": result.NoCost, "vouchers.issued": result.NoVouchers}
	for _, f := range r.Figures() {
		f.State, f.Reason = result.Missing, first2(reasons[f.Name], result.NoData)
	}
	for _, t := range r.Tables() {
		t.Missing = result.NoData
	}
	for _, id := range []string{"reach", "completion_rate", "satisfaction", "competence_gain", "budget_spent"} {
		f := without(result.Missing, result.NoData, headlineNames[id].unit)
		r.Summary.Headlines = append(r.Summary.Headlines, result.Headline{ID: id, Figure: f, Light: result.Unknown})
	}
	return r
}

func first2(a, b result.Reason) result.Reason {
	if a != "" {
		return a
	}
	return b
}
