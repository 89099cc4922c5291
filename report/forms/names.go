package forms

import (
	"cmp"
	"strings"

	"lernspur/report/result"
)

// figureNames are what the single figures are called.
var figureNames = map[string]phrase{
	"reach.entitled":     {"Berechtigte", "Entitled staff"},
	"reach.registered":   {"Registrierte", "Registered"},
	"reach.active":       {"Aktive", "Active"},
	"reach.rate":         {"Reichweite: Aktive unter den Berechtigten", "Reach: active of the entitled"},
	"reach.repeat":       {"An mehreren Tagen Aktive", "Active on several days"},
	"reach.repeat_rate":  {"Wiederkehrende unter den Aktiven", "Returning among the active"},
	"reach.outside":      {"Auch außerhalb der Kernzeit Aktive", "Active outside core hours, too"},
	"reach.outside_time": {"Anteil des Lernens außerhalb der Kernzeit", "Share of learning outside core hours"},
	"reach.departments":  {"Beteiligte Dezernate", "Departments taking part"},

	"offer.courses": {"Kurse im Angebot", "Courses offered"},
	"offer.used":    {"Genutzte Kurse", "Courses used"},

	"learning.learners":              {"Lernende mit begonnenem Kurs", "Learners who have started a course"},
	"learning.starts":                {"Begonnene Teilnahmen", "Participations started"},
	"learning.completions":           {"Abgeschlossene Teilnahmen", "Participations completed"},
	"learning.completion_rate":       {"Abschlussquote", "Completion rate"},
	"learning.judged":                {"Teilnahmen mit Urteil", "Participations with a verdict"},
	"learning.passed":                {"Bestandene Teilnahmen", "Participations passed"},
	"learning.pass_rate":             {"Bestehensquote", "Pass rate"},
	"learning.average_score":         {"Mittleres Ergebnis", "Average score"},
	"learning.time":                  {"Lernzeit aller zusammen", "Time spent by all together"},
	"learning.days_q1":               {"Zeit bis zum Abschluss, unteres Viertel", "Time to completion, lower quarter"},
	"learning.days_median":           {"Zeit bis zum Abschluss, Median", "Time to completion, median"},
	"learning.days_q3":               {"Zeit bis zum Abschluss, oberes Viertel", "Time to completion, upper quarter"},
	"learning.induction_learners":    {"Lernende in der Einarbeitung", "Learners in induction"},
	"learning.induction_completions": {"Abgeschlossene Einarbeitungskurse", "Induction courses completed"},
	"learning.induction_days_q1":     {"Vom ersten Zugang zum Abschluss der Einarbeitung, unteres Viertel", "First access to completed induction, lower quarter"},
	"learning.induction_days_median": {"Vom ersten Zugang zum Abschluss der Einarbeitung, Median", "First access to completed induction, median"},
	"learning.induction_days_q3":     {"Vom ersten Zugang zum Abschluss der Einarbeitung, oberes Viertel", "First access to completed induction, upper quarter"},
	"learning.competence_gain":       {"Kompetenzzuwachs", "Gain in competence"},

	"satisfaction.rating": {"Zufriedenheit", "Satisfaction"},

	"vouchers.quota":    {"Kontingent", "Quota"},
	"vouchers.issued":   {"Ausgegebene Bildungsgutscheine", "Vouchers issued"},
	"vouchers.redeemed": {"Eingelöste Bildungsgutscheine", "Vouchers redeemed"},

	"cost.budget":              {"Budget", "Budget"},
	"cost.spent":               {"Ausgaben", "Spent"},
	"cost.budget_spent":        {"Ausgaben im Verhältnis zum Budget", "Spent of the budget"},
	"cost.per_active":          {"Kosten je aktiver Person", "Cost per active person"},
	"cost.per_completion":      {"Kosten je Abschluss", "Cost per completion"},
	"cost.per_hour":            {"Kosten je Lernstunde", "Cost per hour of learning"},
	"cost.attendance":          {"Dieselben Stunden als Präsenzschulung", "The same hours as attendance training"},
	"cost.attendance_per_hour": {"Präsenzschulung je Stunde", "Attendance training per hour"},

	"quality.shown":      {"Ausgewiesene Angaben über Personengruppen", "Figures about groups that are shown"},
	"quality.suppressed": {"Nicht ausgewiesene Angaben", "Figures that are suppressed"},
}

// headlineNames are what the figures of the first page are called, by their names in definitions, and their units.
var headlineNames = map[string]struct {
	name phrase
	unit result.Unit
	// meaning is what it says, in half a line.
	meaning phrase
}{
	"reach":               {phrase{"Reichweite", "Reach"}, result.Share, phrase{"Anteil der berechtigten Beschäftigten, die gelernt haben", "share of the entitled staff who have learned"}},
	"active":              {phrase{"Aktive Lernende", "Active learners"}, result.People, phrase{"Personen, die im Zeitraum gelernt haben", "people who have learned in the period"}},
	"departments":         {phrase{"Beteiligte Dezernate", "Departments taking part"}, result.Counts, phrase{"Dezernate, in denen gelernt wird", "departments in which people learn"}},
	"repeat_use":          {phrase{"Wiederholte Nutzung", "Repeat use"}, result.Share, phrase{"Anteil der Aktiven, die an mehreren Tagen gelernt haben", "share of the active who learned on several days"}},
	"outside_core_hours":  {phrase{"Lernen außerhalb der Kernzeit", "Learning outside core hours"}, result.Share, phrase{"„jederzeit und von überall“", "“any time, anywhere”"}},
	"completion_rate":     {phrase{"Abschlussquote", "Completion rate"}, result.Share, phrase{"Anteil der begonnenen Kurse, die abgeschlossen wurden", "share of the started courses that were completed"}},
	"pass_rate":           {phrase{"Bestehensquote", "Pass rate"}, result.Share, phrase{"Anteil der Teilnahmen mit Urteil, die bestanden wurden", "share of the participations with a verdict that were passed"}},
	"average_score":       {phrase{"Mittleres Ergebnis", "Average score"}, result.Score, phrase{"auf der Skala von 0 bis 1", "on the scale from 0 to 1"}},
	"satisfaction":        {phrase{"Zufriedenheit", "Satisfaction"}, result.Rating, phrase{"Mittel der Bewertungen auf der Skala der Umfrage", "average rating on the scale of the survey"}},
	"competence_gain":     {phrase{"Kompetenzzuwachs", "Gain in competence"}, result.Points, phrase{"Ergebnis des Kompetenz-Checks nachher gegenüber vorher", "result of the competence check after against before"}},
	"budget_spent":        {phrase{"Ausgaben im Verhältnis zum Budget", "Spent of the budget"}, result.Share, phrase{"was vom bewilligten Geld ausgegeben ist", "what of the granted money is spent"}},
	"cost_per_active":     {phrase{"Kosten je aktiver Person", "Cost per active person"}, result.Euro, phrase{"Ausgaben geteilt durch aktive Lernende", "money spent divided by active learners"}},
	"cost_per_completion": {phrase{"Kosten je Abschluss", "Cost per completion"}, result.Euro, phrase{"Ausgaben geteilt durch abgeschlossene Teilnahmen", "money spent divided by completed participations"}},
	"cost_per_hour":       {phrase{"Kosten je Lernstunde", "Cost per hour of learning"}, result.Euro, phrase{"Ausgaben geteilt durch die Lernzeit aller", "money spent divided by the time of all"}},
}

// tableNames are the titles of tables, the names of their sheets, and the heads of their first columns.
var tableNames = map[string]struct{ title, sheet, first phrase }{
	"reach.units":          {phrase{"Berechtigte und Aktive nach Dezernaten und Ämtern", "Entitled and active staff by department and office"}, phrase{"Reichweite Einheiten", "Reach units"}, phrase{"Organisationseinheit", "Unit"}},
	"reach.months":         {phrase{"Nutzung nach Monaten", "Use by month"}, phrase{"Reichweite Monate", "Reach months"}, phrase{"Monat", "Month"}},
	"reach.hours":          {phrase{"Aktive nach Wochentag und Stunde", "Active people by weekday and hour"}, phrase{"Reichweite Stunden", "Reach hours"}, phrase{"Stunde", "Hour"}},
	"offer.kinds":          {phrase{"Kurse nach Art und Format", "Courses by kind and format"}, phrase{"Angebot Art und Format", "Offer kind and format"}, phrase{"Art", "Kind"}},
	"offer.use":            {phrase{"Nutzung der Kurse", "Use of the courses"}, phrase{"Angebot Nutzung", "Offer use"}, phrase{"Kurs", "Course"}},
	"offer.matrix":         {phrase{"Lernende nach Kurs und Dezernat", "Learners by course and department"}, phrase{"Angebot Kurse je Dezernat", "Offer courses by department"}, phrase{"Kurs", "Course"}},
	"learning.courses":     {phrase{"Lernerfolg nach Kursen", "Learning success by course"}, phrase{"Lernerfolg Kurse", "Learning courses"}, phrase{"Kurs", "Course"}},
	"learning.units":       {phrase{"Lernerfolg nach Dezernaten und Ämtern", "Learning success by department and office"}, phrase{"Lernerfolg Einheiten", "Learning units"}, phrase{"Organisationseinheit", "Unit"}},
	"learning.scores":      {phrase{"Verteilung der Ergebnisse", "Distribution of scores"}, phrase{"Lernerfolg Ergebnisse", "Learning scores"}, phrase{"Ergebnis", "Score"}},
	"learning.checks":      {phrase{"Kompetenz-Checks vorher und nachher", "Competence checks before and after"}, phrase{"Lernerfolg Kompetenz-Checks", "Learning competence checks"}, phrase{"Kompetenz-Check", "Competence check"}},
	"learning.questions":   {phrase{"Die schwierigsten Fragen", "The hardest questions"}, phrase{"Lernerfolg Fragen", "Learning questions"}, phrase{"Frage", "Question"}},
	"satisfaction.surveys": {phrase{"Umfragen", "Surveys"}, phrase{"Zufriedenheit Umfragen", "Satisfaction surveys"}, phrase{"Umfrage", "Survey"}},
	"satisfaction.ratings": {phrase{"Bewertungen nach Stufen", "Ratings by step"}, phrase{"Zufriedenheit Stufen", "Satisfaction steps"}, phrase{"Umfrage und Stufe", "Survey and step"}},
	"vouchers.members":     {phrase{"Bildungsgutscheine nach Mitgliedern", "Vouchers by member"}, phrase{"Bildungsgutscheine", "Vouchers"}, phrase{"Mitglied", "Member"}},
	"cost.items":           {phrase{"Ausgaben nach Posten", "Money spent by item"}, phrase{"Kosten", "Cost"}, phrase{"Posten", "Item"}},
	"quality.reasons":      {phrase{"Nicht ausgewiesene Angaben nach Gründen", "Suppressed figures by reason"}, phrase{"Unterdrückung", "Suppression"}, phrase{"Grund", "Reason"}},
	"quality.statements":   {phrase{"Statements und was aus ihnen wurde", "Statements and what became of them"}, phrase{"Datenqualität Statements", "Quality statements"}, phrase{"Statements", "Statements"}},
	"quality.repairs":      {phrase{"Reparierte Statements nach Art", "Repaired statements by kind"}, phrase{"Datenqualität Reparaturen", "Quality repairs"}, phrase{"Reparatur", "Repair"}},
	"quality.sources":      {phrase{"Statements nach Quellen", "Statements by source"}, phrase{"Datenqualität Quellen", "Quality sources"}, phrase{"Quelle", "Source"}},
}

// columnNames are the heads of columns. One that is not here says what it is itself, as the name of a department.
var columnNames = map[string]phrase{
	"entitled": {"Berechtigte", "entitled"}, "registered": {"Registrierte", "registered"}, "active": {"Aktive", "active"}, "rate": {"Anteil Aktive", "share active"},
	"new": {"neu aktiv", "newly active"}, "started": {"begonnen", "started"}, "completed": {"abgeschlossen", "completed"}, "learners": {"Lernende", "learners"},
	"departments": {"Dezernate", "departments"}, "completion_rate": {"Abschlussquote", "completion rate"}, "passed": {"bestanden", "passed"}, "failed": {"nicht bestanden", "failed"},
	"pass_rate": {"Bestehensquote", "pass rate"}, "score": {"mittleres Ergebnis", "average score"}, "hours": {"Lernzeit in Stunden", "hours spent"},
	"days_q1": {"Tage bis Abschluss, unteres Viertel", "days to completion, lower quarter"}, "days_median": {"Tage bis Abschluss, Median", "days to completion, median"}, "days_q3": {"Tage bis Abschluss, oberes Viertel", "days to completion, upper quarter"},
	"participations": {"Teilnahmen", "participations"}, "share": {"Anteil", "share"}, "people": {"Personen", "people"}, "before": {"vorher", "before"}, "after": {"nachher", "after"},
	"gain": {"Zuwachs", "gain"}, "answers": {"Antworten", "answers"}, "right": {"richtig im ersten Versuch", "right at the first attempt"}, "mark": {"mittlere Bewertung", "mean mark"},
	"average": {"Mittel", "average"}, "lowest": {"Skala von", "scale from"}, "highest": {"Skala bis", "scale to"}, "quota": {"Kontingent", "quota"}, "issued": {"ausgegeben", "issued"},
	"redeemed": {"eingelöst", "redeemed"}, "redeemed_share": {"Einlösequote", "share redeemed"}, "amount": {"Betrag", "amount"}, "figures": {"Angaben", "figures"},
	"statements": {"Statements", "statements"},
	"induction":  {"Einarbeitung", "induction"}, "further_training": {"Fortbildung", "further training"}, "scorm": {"SCORM", "SCORM"}, "cmi5": {"cmi5", "cmi5"}, "h5p": {"H5P", "H5P"},
	"tincan": {"Tin Can", "Tin Can"}, "attendance": {"Präsenz", "attendance"}, "other": {"sonstige", "other"}, "total": {"Summe", "total"}, "unassigned": {"ohne Zuordnung", "unassigned"},
}

// rowNames are rows by their keys, in tables whose rows have no labels.
var rowNames = map[string]phrase{
	"total": {"Insgesamt", "Total"}, "unassigned": {"Ohne Zuordnung", "Unassigned"}, "other": {"Sonstige", "Other"},
	"induction": {"Einarbeitung", "Induction"}, "further_training": {"Fortbildung", "Further training"},
	"received": {"empfangen", "received"}, "in_period": {"davon im Zeitraum", "of these in the period"}, "in_courses": {"davon in Kursen des Berichts", "of these in courses of the report"},
	"voided": {"zurückgezogen", "voided"}, "repaired": {"repariert", "repaired"}, "refused": {"abgelehnt", "refused"}, "duplicates": {"Duplikate, einmal gezählt", "duplicates, counted once"}, "erased": {"gelöscht", "erased"},
	"below": {"unter 0", "below 0"},
	"small": {"Gruppe zu klein", "group too small"}, "rest": {"Rest der Gruppe zu klein", "rest of the group too small"}, "change": {"Änderung um zu wenige Personen", "change by too few people"},
	"reckoned": {"sonst wäre eine andere Angabe zu errechnen", "another figure could be reckoned from it"}, "together": {"nur zusammen mit einer anderen Angabe", "only together with another figure"},
	"scorm": {"SCORM", "SCORM"}, "cmi5": {"cmi5", "cmi5"}, "h5p": {"H5P", "H5P"}, "tincan": {"Tin Can", "Tin Can"}, "attendance": {"Präsenz", "Attendance"},
}

// reasonNames say why a figure is missing or suppressed, as part of a sentence.
var reasonNames = map[result.Reason]phrase{
	result.Small:          {"die Gruppe ist zu klein", "the group is too small"},
	result.Rest:           {"der Rest der Gruppe ist zu klein", "the rest of the group is too small"},
	result.Change:         {"gegenüber einem früheren Bericht haben sich zu wenige Personen geändert", "too few people have changed since an earlier report"},
	result.Reckoned:       {"sonst wäre eine andere geschützte Angabe zu errechnen", "another protected figure could be reckoned from it"},
	result.Together:       {"die Angabe, zu der sie gehört, ist nicht ausgewiesen", "the figure that it belongs to is suppressed"},
	result.NoHeadcount:    {"die Zahl der Berechtigten wurde nicht angegeben", "the number of entitled staff was not given"},
	result.NoCost:         {"Kosten wurden nicht angegeben", "cost was not given"},
	result.NoBudget:       {"ein Budget wurde nicht angegeben", "a budget was not given"},
	result.NoAttendance:   {"was Präsenzschulung kostet, wurde nicht angegeben", "what attendance training costs was not given"},
	result.NoSurvey:       {"eine Umfrage wurde nicht angegeben", "no survey was named"},
	result.NoRatings:      {"niemand hat bewertet", "nobody has rated"},
	result.ScalesDiffer:   {"die Umfragen haben verschiedene Skalen", "the surveys have different scales"},
	result.NoCheck:        {"ein Kompetenz-Check wurde nicht angegeben", "no competence check was named"},
	result.NoPairs:        {"niemand hat den Kompetenz-Check vorher und nachher abgelegt", "nobody has taken the competence check both before and after"},
	result.NoVouchers:     {"Kontingente wurden nicht angegeben oder Bildungsgutscheine werden hier nicht geführt", "no quotas were given, or vouchers are not kept here"},
	result.NoData:         {"dazu liegen keine Statements vor", "there are no statements about it"},
	result.NoLearners:     {"niemand war aktiv", "nobody was active"},
	result.NoStarts:       {"niemand hat begonnen", "nobody has started"},
	result.NoCompletions:  {"niemand hat abgeschlossen", "nobody has completed"},
	result.NoVerdicts:     {"es gibt kein Urteil über Bestehen oder Nichtbestehen", "there is no verdict of passed or failed"},
	result.NoScores:       {"es gibt keine Ergebnisse", "there are no scores"},
	result.NoTime:         {"es wurde keine Lernzeit gemessen", "no time was measured"},
	result.NoInduction:    {"kein Kurs ist als Einarbeitung angegeben", "no course is marked as induction"},
	result.NoQuestions:    {"es wurden keine Fragen beantwortet", "no questions were answered"},
	result.NoDepartments:  {"das Verzeichnis hat keine Organisationseinheiten", "the directory has no units"},
	result.UnknownUnit:    {"das Verzeichnis kennt diese Organisationseinheit nicht", "the directory does not know this unit"},
	result.UnitAmbiguous:  {"im Verzeichnis tragen mehrere Organisationseinheiten diesen Namen", "several units of the directory have this name"},
	result.HoursNotShown:  {"die Auswertung nach Uhrzeiten ist hier abgeschaltet", "the evaluation of hours is switched off here"},
	result.NotCounted:     {"das System zählt es nicht", "the system does not count it"},
	result.TooLarge:       {"die Tabelle hätte mehr Zeilen, als ein Bericht haben kann", "the table would have more rows than a report can have"},
	result.NotDefined:     {"die Festlegung sagt nicht, was dafür nötig wäre", "the definition does not say what would be needed"},
	result.DirectoryEmpty: {"das Verzeichnis enthält keine Personen", "the directory has no people"},
}

// notGiven are the reasons that somebody can do something about: what was not given.
var notGiven = map[result.Reason]bool{
	result.NoHeadcount: true, result.NoCost: true, result.NoBudget: true, result.NoAttendance: true, result.NoSurvey: true, result.NoCheck: true,
	result.NoVouchers: true, result.NoInduction: true, result.NotDefined: true,
}

// suppression is what a reader has to know of suppressed figures.
var suppression = phrase{
	"„nicht ausgewiesen“: Die Angabe beträfe so wenige Personen (weniger als %d), dass sie etwas über Einzelne verraten könnte, oder eine solche Angabe wäre aus ihr zu errechnen.",
	"“suppressed”: the figure would be about so few people (fewer than %d) that it could tell something about single ones, or such a figure could be reckoned from it.",
}

// remarkNames are remarks; the first place is Count in words, the second Text.
var remarkNames = map[result.RemarkCode]phrase{
	result.HeadcountFromDirectory: {"Die Zahl der Berechtigten stammt aus dem Verzeichnis.", "The number of entitled staff is that of the directory."},
	result.HeadcountPartly:        {"Für %[1]s Organisationseinheiten fehlt die Zahl der Berechtigten.", "%[1]s units have no number of entitled staff."},
	result.MoreThanEntitled:       {"Aktiv waren mehr Personen, als berechtigt sind; die Zahl der Berechtigten ist zu prüfen.", "More people were active than are entitled; the number of entitled staff should be checked."},
	result.Unassigned:             {"%[1]s Lernende gehören keiner Organisationseinheit an.", "%[1]s learners belong to no unit."},
	result.TimeFromGaps:           {"Bei %[1]s Teilnahmen ist die Lernzeit aus den Abständen der Statements errechnet, weil der Inhalt keine Dauer meldet.", "For %[1]s participations time is reckoned from the gaps between statements, since the content reports no durations."},
	result.BeforeFirst:            {"Der Zeitraum beginnt vor dem ersten Statement (%[2]s).", "The period begins before the first statement (%[2]s)."},
	result.AfterAsOf:              {"Der Zeitraum endet nach dem Datenstand; was danach geschah, ist nicht enthalten.", "The period ends after the data as of; what happened later is not contained."},
	result.ErasedMissing:          {"%[1]s Personen, die zuerst mitgezählt wurden, sind inzwischen gelöscht und fehlen.", "%[1]s people who were counted at first have been erased since and are missing."},
	result.OnlyFirst:              {"Aufgeführt sind nur die ersten %[1]s Zeilen.", "Only the first %[1]s rows are listed."},
	result.FromPublished:          {"Errechnet aus den hier ausgewiesenen, gerundeten Angaben.", "Computed from the figures shown here, as they are rounded."},
	result.AttendanceDay:          {"Ein Tag Präsenzschulung ist mit %[1]s Stunden gerechnet.", "A day of attendance training is reckoned as %[1]s hours."},
	result.AtLeastK:               {"Gezählt sind nur Gruppen von mindestens %[1]s Personen.", "Only groups of at least %[1]s people are counted."},
	result.StateAsOf:              {"Urteile und Ergebnisse sind die zum Datenstand.", "Verdicts and scores are those as of the data."},
	result.Exposed:                {"%[2]s lässt sich nicht mehr schützen, weil frühere Berichte zu viel gezeigt haben.", "%[2]s cannot be protected any more, since earlier reports have shown too much."},
	result.SharesAddUp:            {"Anteile sind so gerundet, dass sie zusammen 100 % ergeben.", "Shares are rounded so that they add up to 100%."},
	result.UnitUnknown:            {"Das Verzeichnis hat keine oder mehrere Organisationseinheiten mit dem Namen „%[2]s“.", "The directory has no unit, or several, named “%[2]s”."},
	result.NotRated:               {"%[1]s Antworten liegen außerhalb der Skala und zählen nicht.", "%[1]s answers are outside of the scale and do not count."},
}

// consequences are what can be recommended: as a title, and as part of a sentence.
var consequences = map[string]phrase{
	"continue": {"Fortführen", "Continue"},
	"extend":   {"Auf alle Dezernate ausweiten", "Extend to all departments"},
	"adapt":    {"Anpassen", "Adapt"},
	"end":      {"Beenden", "End"},
}

// lights are what a target says of a figure.
var lights = map[result.Light]phrase{
	result.Green:   {"Ziel erreicht", "target reached"},
	result.Amber:   {"knapp verfehlt", "just missed"},
	result.Red:     {"Ziel verfehlt", "target missed"},
	result.None:    {"ohne Ziel", "no target"},
	result.Unknown: {"nicht zu bewerten", "cannot be rated"},
}

// populations are what figures are about.
var populations = map[result.Unit]phrase{
	result.People:         {"%s Personen", "%s people"},
	result.Participations: {"%s Teilnahmen", "%s participations"},
	result.Counts:         {"%s", "%s"},
	result.Hours:          {"%s Stunden", "%s hours"},
}

// parameterNames are what the report was made with.
var parameterNames = map[string]phrase{
	"tenant": {"Mandant", "Tenant"}, "language": {"Sprache", "Language"}, "from": {"Erster Tag", "First day"}, "to": {"Letzter Tag", "Last day"}, "zone": {"Zeitzone", "Time zone"},
	"as_of": {"Datenstand", "Data as of"}, "k": {"Kleinste Gruppe (k)", "Smallest group (k)"}, "core_hours": {"Kernzeit", "Core hours"}, "units": {"Organisationseinheiten", "Units"},
	"courses": {"Kurse", "Courses"}, "version": {"Version", "Version"}, "hours": {"Auswertung nach Uhrzeiten", "Evaluation of hours"}, "earlier_runs": {"Berücksichtigte frühere Berichte", "Earlier reports taken into account"},
}

// termNames are defined terms that are no figures.
var termNames = map[string]phrase{
	"as_of": {"Datenstand", "Data as of"}, "learner": {"Lernende", "Learners"}, "unit": {"Organisationseinheit", "Unit"}, "entitled": {"Berechtigte", "Entitled staff"}, "registered": {"Registrierte", "Registered"},
	"started": {"Begonnen", "Started"}, "completed": {"Abgeschlossen", "Completed"}, "time": {"Lernzeit", "Time spent"}, "days": {"Tage bis zum Abschluss", "Days to completion"}, "induction": {"Einarbeitung", "Induction"},
	"questions": {"Schwierigste Fragen", "Hardest questions"}, "vouchers": {"Bildungsgutscheine", "Vouchers"}, "attendance": {"Präsenzschulung im Vergleich", "Attendance training in comparison"}, "suppressed": {"Nicht ausgewiesen", "Suppressed"},
}

// nameOf is what a code is called; without words for it, the code itself, made readable.
func (w words) nameOf(names map[string]phrase, code string) string {
	if p, ok := names[code]; ok {
		return w.say(p)
	}
	return strings.ReplaceAll(code, "_", " ")
}

// reason is why there is no figure, as part of a sentence.
func (w words) reason(r result.Reason) string {
	if p, ok := reasonNames[r]; ok {
		return w.say(p)
	}
	return strings.ReplaceAll(cmp.Or(string(r), "missing"), "_", " ")
}

// remark is a remark as a sentence.
func (w words) remark(r result.Remark) string {
	p, ok := remarkNames[r.Code]
	if !ok {
		return strings.ReplaceAll(string(r.Code), "_", " ")
	}
	text := r.Text
	if r.Code == result.BeforeFirst {
		text = w.date(text)
	}
	s := w.say(p)
	s = strings.ReplaceAll(s, "%[1]s", w.integer(r.Count))
	return strings.ReplaceAll(s, "%[2]s", text)
}
