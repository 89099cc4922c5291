package forms

import (
	"lernspur/report/chart"
	"lernspur/report/result"
)

// summary is section 1 without what stands on the first page anyway.
func (d *document) summary() *section {
	s := &section{Number: 1, ID: "summary", Title: d.say(phrase{"Zusammenfassung", "Summary"})}
	if len(d.report.Summary.Recommendations) > 0 {
		s.Blocks = append(s.Blocks, d.recommendations())
	}
	if outlook := d.markdown(d.report.Annex.Outlook); outlook != "" {
		s.Blocks = append(s.Blocks, block{Heading: d.say(phrase{"Ausblick", "Outlook"}), Prose: outlook})
	}
	return s
}

// mandate is section 2.
func (d *document) mandate() *section {
	m := &d.report.Mandate
	s := &section{Number: 2, ID: "mandate", Title: d.say(phrase{"Auftrag und Rahmen", "Mandate and frame"})}
	missing := d.say(notGivenWords)
	facts := []fact{
		{d.say(phrase{"Beschlossen von", "Resolved by"}), first(m.Body, missing)},
		{d.say(phrase{"Beschluss Nr.", "Resolution no."}), first(m.Resolution, missing)},
		{d.say(phrase{"Vorlage", "Item"}), first(m.Item, missing)},
		{d.say(phrase{"Datum", "Date"}), first(d.date(m.Date), missing)},
		{d.say(phrase{"Verantwortlich", "Responsible"}), first(m.Office, missing)},
		{d.say(phrase{"Berichtszeitraum", "Period"}), d.PeriodText},
	}
	units := d.list(m.Units)
	if len(m.Units) == 0 {
		units = d.say(phrase{"alle", "all"})
	}
	facts = append(facts, fact{d.say(phrase{"Beteiligte Organisationseinheiten", "Units taking part"}), units})
	budget := missing
	if m.Budget != nil {
		budget = d.amount(*m.Budget, result.Euro)
	}
	facts = append(facts, fact{d.say(phrase{"Budget", "Budget"}), budget})
	s.Blocks = []block{
		{Prose: d.markdown(m.Introduction)},
		{Facts: facts, FactsCaption: d.say(phrase{"Auftrag und Rahmen des Berichts", "Mandate and frame of the report"})},
	}
	return s
}

// reach is section 3.
func (d *document) reach() *section {
	r := &d.report.Reach
	s := &section{Number: 3, ID: "reach", Title: d.say(phrase{"Reichweite", "Reach"}), Lead: d.reachLead()}
	overall := d.figures(phrase{"Reichweite in Zahlen", "Reach in figures"}, &r.Entitled, &r.Registered, &r.Active, &r.Rate, &r.Repeat, &r.RepeatRate, &r.Departments)
	overall.Heading = d.say(phrase{"Wer erreicht wurde", "Who was reached"})
	var steps []chart.Step
	for _, f := range []*result.Figure{&r.Entitled, &r.Active, &r.Repeat} {
		if _, ok := shown(f); ok { // the last step is what the title tells of
			steps = append(steps, chart.Step{Label: d.nameOf(figureNames, f.Name), Count: valueOf(f)})
		}
	}
	if len(steps) > 1 {
		overall.Chart, overall.ChartCaption = d.drawing(func(id string) []byte {
			return chart.Funnel(d.frame(id, phrase{"Personen", "people"}), steps)
		})
	}
	units := block{Heading: d.say(phrase{"Dezernate und Ämter", "Departments and offices"}), Tables: d.excerpt(d.tableOf("reach.units"), 30)}
	d.unitBars(&units, &r.Units)
	months := block{Heading: d.say(phrase{"Nutzung nach Monaten", "Use by month"}), Tables: d.excerpt(d.tableOf("reach.months"), 18)}
	d.monthColumns(&months, &r.Months)
	week := d.figures(phrase{"Lernen außerhalb der Kernzeit", "Learning outside core hours"}, &r.Outside, &r.OutsideTime)
	week.Heading = d.say(phrase{"Jederzeit und von überall", "Any time, anywhere"})
	week.Paragraphs = []string{d.core()}
	week.Tables = d.inBody(d.tableOf("reach.hours"))
	d.weekMap(&week)
	s.Blocks = []block{overall, units, months, week}
	return s
}

func (d *document) reachLead() string {
	r := &d.report.Reach
	active, ok := shown(&r.Active)
	if !ok {
		return d.say(phrase{"Wie viele Personen gelernt haben, kann nicht angegeben werden: %s.", "How many people have learned cannot be said: %s."}, d.reason(r.Active.Reason))
	}
	rate, ok := shown(&r.Rate)
	entitled, known := shown(&r.Entitled)
	if !ok || !known {
		why := r.Rate.Reason
		if !known {
			why = r.Entitled.Reason
		}
		return d.say(phrase{"Im Zeitraum haben %s Personen gelernt. Welcher Anteil der Berechtigten das ist, kann nicht angegeben werden: %s.", "%s people have learned in the period. Which share of the entitled staff this is cannot be said: %s."}, d.number(active, 0), d.reason(why))
	}
	return d.say(phrase{"Im Zeitraum haben %s von %s berechtigten Beschäftigten gelernt; das sind %s.", "In the period %s of %s entitled members of staff have learned, that is %s."},
		d.number(active, 0), d.number(entitled, 0), d.figure(rate, formatOf(result.Share, r.Rate.Value.Places)))
}

// core says when the core hours are.
func (d *document) core() string {
	c := &d.report.Reach.Core
	var names []string
	for _, key := range c.Days {
		for i, day := range days {
			if day == key {
				names = append(names, d.say(weekdays[i]))
			}
		}
	}
	return d.say(phrase{"Als Kernzeit gilt: %s, %s bis %s Uhr (%s).", "Core hours are: %s, %s to %s (%s)."}, d.list(names), c.From, c.To, d.report.Head.Zone)
}

// offer is section 4.
func (d *document) offer() *section {
	o := &d.report.Offer
	s := &section{Number: 4, ID: "offer", Title: d.say(phrase{"Angebot", "Offer"})}
	if n, ok := shown(&o.Courses); ok {
		s.Lead = d.say(phrase{"Zum Angebot gehören %s Kurse.", "%s courses are offered."}, d.number(n, 0))
		if used, ok := shown(&o.Used); ok {
			s.Lead = d.say(phrase{"Zum Angebot gehören %s Kurse; %s davon werden von mindestens %d Personen genutzt.", "%s courses are offered; %s of them are used by at least %d people."},
				d.number(n, 0), d.number(used, 0), d.report.Head.K)
		}
	}
	overall := d.figures(phrase{"Angebot in Zahlen", "The offer in figures"}, &o.Courses, &o.Used)
	overall.Heading = d.say(phrase{"Art und Format der Kurse", "Kind and format of the courses"})
	overall.Prose = d.markdown(o.Text)
	overall.Tables = d.inBody(d.tableOf("offer.kinds"))
	use := block{Heading: d.say(phrase{"Wie die Kurse genutzt werden", "How the courses are used"}), Tables: d.excerpt(d.tableOf("offer.use"), bodyRows)}
	d.courseBars(&use, &o.Use, "learners", "", phrase{"Lernende je Kurs", "learners by course"})
	shared := block{Heading: d.say(phrase{"Welche Dezernate dieselben Kurse nutzen", "Which departments use the same courses"}),
		Paragraphs: []string{d.say(phrase{"Ein Kurs, den mehrere Dezernate nutzen, muss nicht mehrfach erstellt werden.", "A course that several departments use need not be made more than once."})},
		Tables:     d.excerpt(d.tableOf("offer.matrix"), bodyRows)}
	s.Blocks = []block{overall, use, shared}
	return s
}

// learning is section 5.
func (d *document) learning() *section {
	l := &d.report.Learning
	s := &section{Number: 5, ID: "learning", Title: d.say(phrase{"Lernerfolg", "Learning success"}), Lead: d.learningLead()}
	overall := d.figures(phrase{"Abschluss und Bestehen", "Completion and passing"},
		&l.Learners, &l.Starts, &l.Completions, &l.CompletionRate, &l.Judged, &l.Passed, &l.PassRate, &l.AverageScore, &l.Time)
	overall.Heading, overall.Prose = d.say(phrase{"Abschluss und Bestehen", "Completion and passing"}), d.markdown(l.Text)
	courses := block{Heading: d.say(phrase{"Lernerfolg nach Kursen", "Success by course"}),
		Tables: d.excerpt(d.tableOf("learning.courses"), bodyRows, "started", "completed", "completion_rate", "pass_rate", "score")}
	d.courseBars(&courses, &l.Courses, "completed", "started", phrase{"abgeschlossene von begonnenen Teilnahmen je Kurs", "completed of started participations by course"})
	units := block{Heading: d.say(phrase{"Lernerfolg nach Dezernaten und Ämtern", "Success by department and office"}), Tables: d.excerpt(d.tableOf("learning.units"), 24)}
	scores := block{Heading: d.say(phrase{"Ergebnisse", "Scores"}), Tables: d.inBody(d.tableOf("learning.scores"))}
	d.scoreColumns(&scores, &l.Scores)
	time := d.figures(phrase{"Dauer bis zum Abschluss und Einarbeitung", "Time to completion, and induction"},
		&l.DaysQ1, &l.DaysMedian, &l.DaysQ3, &l.InductionLearners, &l.InductionCompletions, &l.InductionDaysQ1, &l.InductionDaysMedian, &l.InductionDaysQ3)
	time.Heading = d.say(phrase{"Dauer bis zum Abschluss und Einarbeitung", "Time to completion, and induction"})
	time.Paragraphs = []string{d.say(phrase{"Ein Viertel der Abschlüsse dauert höchstens so lange wie das untere Viertel angibt, die Hälfte höchstens so lange wie der Median, drei Viertel höchstens so lange wie das obere Viertel.",
		"A quarter of the completions takes at most as long as the lower quarter, half of them at most as long as the median, three quarters at most as long as the upper quarter."})}
	checks := d.figures(phrase{"Zuwachs an Kompetenz", "Gain in competence"}, &l.CompetenceGain)
	checks.Heading, checks.Tables = d.say(phrase{"Kompetenz-Checks", "Competence checks"}), d.inBody(d.tableOf("learning.checks"))
	d.checkPairs(&checks, &l.Checks)
	questions := block{Heading: d.say(phrase{"Die schwierigsten Fragen", "The hardest questions"}), Tables: d.excerpt(d.tableOf("learning.questions"), 10)}
	s.Blocks = []block{overall, courses, units, scores, time, checks, questions}
	return s
}

func (d *document) learningLead() string {
	l := &d.report.Learning
	rate, ok := shown(&l.CompletionRate)
	if !ok {
		return d.say(phrase{"Wie viele der begonnenen Kurse abgeschlossen wurden, kann nicht angegeben werden: %s.", "How many of the started courses were completed cannot be said: %s."}, d.reason(l.CompletionRate.Reason))
	}
	lead := d.say(phrase{"Von den begonnenen Teilnahmen wurden %s abgeschlossen.", "Of the participations that were started, %s were completed."}, d.figure(rate, formatOf(result.Share, l.CompletionRate.Value.Places)))
	if pass, ok := shown(&l.PassRate); ok {
		lead += " " + d.say(phrase{"Wo es ein Urteil gibt, lautet es zu %s „bestanden“.", "Where there is a verdict, it is “passed” for %s."}, d.figure(pass, formatOf(result.Share, l.PassRate.Value.Places)))
	}
	return lead
}

// satisfaction is section 6.
func (d *document) satisfaction() *section {
	a := &d.report.Satisfaction
	s := &section{Number: 6, ID: "satisfaction", Title: d.say(phrase{"Zufriedenheit", "Satisfaction"})}
	if _, ok := shown(&a.Rating); ok {
		s.Lead = d.say(phrase{"Im Mittel haben die Befragten mit %s bewertet.", "On average, those who were asked rated %s."}, d.value(&a.Rating))
	} else {
		s.Lead = d.say(phrase{"Eine mittlere Bewertung kann nicht angegeben werden: %s.", "An average rating cannot be given: %s."}, d.reason(a.Rating.Reason))
	}
	overall := d.figures(phrase{"Zufriedenheit in Zahlen", "Satisfaction in figures"}, &a.Rating)
	overall.Prose, overall.Tables = d.markdown(a.Text), d.inBody(d.tableOf("satisfaction.surveys"))
	steps := block{Heading: d.say(phrase{"Bewertungen nach Stufen", "Ratings by step"}), Tables: d.excerpt(d.tableOf("satisfaction.ratings"), 20)}
	d.ratingBars(&steps)
	s.Blocks = []block{overall, steps}
	return s
}

// vouchers is section 7.
func (d *document) vouchers() *section {
	v := &d.report.Vouchers
	s := &section{Number: 7, ID: "vouchers", Title: d.say(phrase{"Bildungsgutscheine", "Vouchers"})}
	issued, ok := shown(&v.Issued)
	redeemed, both := shown(&v.Redeemed)
	switch {
	case ok && both:
		s.Lead = d.say(phrase{"Ausgegeben wurden %s Bildungsgutscheine, eingelöst %s.", "%s vouchers were issued, %s redeemed."}, d.number(issued, 0), d.number(redeemed, 0))
	case !ok:
		s.Lead = d.say(phrase{"Wie viele Bildungsgutscheine ausgegeben wurden, kann nicht angegeben werden: %s.", "How many vouchers were issued cannot be said: %s."}, d.reason(v.Issued.Reason))
	}
	b := d.figures(phrase{"Bildungsgutscheine in Zahlen", "Vouchers in figures"}, &v.Quota, &v.Issued, &v.Redeemed)
	b.Tables = d.excerpt(d.tableOf("vouchers.members"), 24)
	d.voucherBars(&b, &v.Members)
	s.Blocks = []block{b}
	return s
}

// cost is section 8.
func (d *document) cost() *section {
	c := &d.report.Cost
	s := &section{Number: 8, ID: "cost", Title: d.say(phrase{"Kosten", "Cost"})}
	_, spent := shown(&c.Spent)
	_, budget := shown(&c.Budget)
	switch {
	case spent && budget:
		s.Lead = d.say(phrase{"Ausgegeben wurden %s von %s.", "%s of %s were spent."}, d.value(&c.Spent), d.value(&c.Budget))
	case spent:
		s.Lead = d.say(phrase{"Ausgegeben wurden %s. Im Verhältnis zum Budget kann das nicht bewertet werden: %s.", "%s were spent. This cannot be compared with the budget: %s."}, d.value(&c.Spent), d.reason(c.Budget.Reason))
	default:
		s.Lead = d.say(phrase{"Was die Pilotierung gekostet hat, kann nicht angegeben werden: %s.", "What the pilot has cost cannot be said: %s."}, d.reason(c.Spent.Reason))
	}
	overall := d.figures(phrase{"Kosten in Zahlen", "Cost in figures"}, &c.Budget, &c.Spent, &c.BudgetSpent)
	overall.Heading, overall.Prose, overall.Tables = d.say(phrase{"Ausgaben und Budget", "Spending and budget"}), d.markdown(c.Text), d.inBody(d.tableOf("cost.items"))
	d.costSteps(&overall)
	per := d.figures(phrase{"Kosten im Verhältnis zur Nutzung", "Cost in relation to use"}, &c.PerActive, &c.PerCompletion, &c.PerHour, &c.Attendance, &c.AttendancePerHour)
	per.Heading = d.say(phrase{"Kosten im Verhältnis zur Nutzung", "Cost in relation to use"})
	s.Blocks = []block{overall, per}
	return s
}

// quality is section 9.
func (d *document) quality() *section {
	q := &d.report.Quality
	s := &section{Number: 9, ID: "quality", Title: d.say(phrase{"Datenschutz und Datenqualität", "Data protection and data quality"}),
		Lead: d.say(phrase{"Dieser Bericht enthält keine Angaben über Gruppen von weniger als %d Personen und keine Liste von Personen.", "This report has no figures about groups of fewer than %d people, and no list of people."}, d.report.Head.K)}
	protection := d.figures(phrase{"Was ausgewiesen ist und was nicht", "What is shown and what is not"}, &q.Shown, &q.Suppressed)
	protection.Heading, protection.Prose = d.say(phrase{"Datenschutz", "Data protection"}), d.markdown(q.Text)
	protection.Paragraphs = []string{d.say(phrase{
		"Eine Angabe wird auch dann nicht ausgewiesen, wenn aus ihr und anderen eine geschützte zu errechnen wäre. 0 %% und 100 %% einer Gruppe gelten als Preisgabe, ebenso Mittelwerte über weniger als %d Personen.",
		"A figure is suppressed, too, where a protected one could be reckoned from it and others. 0%% and 100%% of a group count as disclosure, and so do averages over fewer than %d people."}, d.report.Head.K)}
	protection.Tables = d.inBody(d.tableOf("quality.reasons"))
	for _, name := range q.Exposed {
		protection.Notes = append(protection.Notes, d.remark(result.Remark{Code: result.Exposed, Text: d.nameOf(figureNames, name)}))
	}
	data := block{Heading: d.say(phrase{"Datenqualität", "Data quality"}), Tables: d.inBody(d.tableOf("quality.statements"))}
	data.Tables = append(data.Tables, d.excerpt(d.tableOf("quality.repairs"), bodyRows)...)
	data.Tables = append(data.Tables, d.excerpt(d.tableOf("quality.sources"), bodyRows)...)
	for _, r := range q.Remarks {
		data.Notes = append(data.Notes, d.remark(r))
	}
	if d.Erased != "" {
		data.Notes = append(data.Notes, d.Erased)
	}
	s.Blocks = []block{protection, data}
	return s
}

// annex is section 10.
func (d *document) annex() *section {
	a := &d.report.Annex
	s := &section{Number: 10, ID: "annex", Title: d.say(phrase{"Anhang", "Annex"})}
	state := block{Heading: d.say(phrase{"Stand, Version und Prüfsumme", "State, version and checksum"}), Facts: d.facts(), FactsCaption: d.say(phrase{"Woran dieser Bericht zu erkennen ist", "What this report is known by"}),
		Paragraphs: []string{d.say(phrase{"Dieselbe Festlegung ergibt mit demselben Datenstand dieselben Angaben, Zeichen für Zeichen.", "The same definition with the same data as of gives the same figures, to the byte."})}}
	parameters := block{Heading: d.say(phrase{"Parameter", "Parameters"}), FactsCaption: d.say(phrase{"Womit der Bericht erstellt wurde", "What the report was made with"})}
	for _, p := range a.Parameters {
		parameters.Facts = append(parameters.Facts, fact{d.nameOf(parameterNames, p.Name), d.parameter(p)})
	}
	tables := block{Heading: d.say(phrase{"Vollständige Tabellen", "Complete tables"}), Paragraphs: []string{d.say(phrase{
		"Hier stehen die Tabellen, aus denen die Abschnitte nur einen Auszug zeigen. Alle übrigen stehen vollständig in ihren Abschnitten.",
		"These are the tables of which the sections have only an excerpt. All others stand in their sections as they are."})}}
	for _, t := range d.Tables {
		if d.whole[t.ID] == "" {
			d.annexTables++
			tables.Tables = append(tables.Tables, d.parts(t, d.say(phrase{"Tabelle A.%d", "Table A.%d"}, d.annexTables))...)
		}
	}
	if len(tables.Tables) == 0 {
		tables.Paragraphs = []string{d.say(phrase{"Alle Tabellen stehen vollständig in ihren Abschnitten.", "All tables stand in their sections as they are."})}
	}
	all := d.figures(phrase{"Alle Kennzahlen und ihre Abfragen", "All figures and their queries"}, d.report.Figures()...)
	all.Heading = d.say(phrase{"Kennzahlen und ihre Abfragen", "Figures and their queries"})
	for i := range all.Figures {
		all.Figures[i].Remarks = []string{d.say(phrase{"Abfrage: ", "Query: "}) + first(all.Figures[i].Query, "–")}
	}
	terms := block{Heading: d.say(phrase{"Begriffe", "Terms"}), FactsCaption: d.say(phrase{"Was die Begriffe bedeuten", "What the terms mean"})}
	for _, t := range a.Definitions {
		terms.Facts = append(terms.Facts, fact{d.term(t.Name), d.say(phrase{t.De, t.En})})
	}
	queries := block{Heading: d.say(phrase{"Abfragen", "Queries"})}
	for _, q := range a.Queries {
		queries.Items = append(queries.Items, item{Name: q.Name, ID: "query-" + q.Name, Text: d.say(phrase{q.De, q.En}), Code: q.SQL})
	}
	s.Blocks = []block{state}
	for _, b := range []block{parameters, tables, all, terms, queries} {
		if len(b.Facts)+len(b.Tables)+len(b.Figures)+len(b.Items)+len(b.Paragraphs) > 0 {
			s.Blocks = append(s.Blocks, b)
		}
	}
	return s
}

// parameter is the value of one, as people write it.
func (d *document) parameter(p result.Parameter) string {
	switch {
	case p.Value == "" && p.Name == "units":
		return d.say(phrase{"alle", "all"})
	case p.Value == "true":
		return d.say(phrase{"ja", "yes"})
	case p.Value == "false":
		return d.say(phrase{"nein", "no"})
	case p.Name == "from" || p.Name == "to":
		return d.date(p.Value)
	case p.Name == "as_of":
		return d.AsOfText
	case p.Name == "core_hours":
		return d.core()
	}
	return first(p.Value, "–")
}

// term is what a defined figure is called.
func (d *document) term(name string) string {
	if h, ok := headlineNames[name]; ok {
		return d.say(h.name)
	}
	for _, names := range []map[string]phrase{termNames, figureNames, columnNames} {
		if _, ok := names[name]; ok {
			return capital(d.nameOf(names, name))
		}
	}
	return capital(d.nameOf(nil, name))
}
