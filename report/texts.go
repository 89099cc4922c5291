package report

import (
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// texts are the words of the page in one language.
type texts struct {
	Lang                             string
	Title, Period, AsOf, Tenant      string
	Summary, SummaryCaption          string
	Figure, Value, CourseCount       string
	Courses, CoursesCaption          string
	Number, Course, Learners         string
	Started, Completed               string
	Passed, Failed, Score, Last      string
	ChartTitle, ChartText, ChartMore string
	NoCourses                        string
	Meaning, NotYet                  string
	SuppressedMark, SuppressedNote   string
	NoScore                          string
	MadeUp                           string
	Meanings                         []meaning
	Missing                          []string

	tag   language.Tag
	days  string // how a day is written, as in package time
	dates string // the same in a table
}

// meaning explains a figure.
type meaning struct{ Term, Text string }

// languages are what the page can be had in.
var languages = map[string]*texts{"de": &german, "en": &english}

var german = texts{
	Lang: "de", tag: language.German, days: "2. January 2006", dates: "02.01.2006",
	Title: "Lernen im Überblick", Period: "Zeitraum", AsOf: "Datenstand", Tenant: "Mandant",
	Summary: "Alle Kurse zusammen", SummaryCaption: "Jede Person zählt einmal, gleich in wie vielen Kursen sie lernt.",
	Figure: "Kennzahl", Value: "Wert", CourseCount: "Kurse",
	Courses: "Die einzelnen Kurse", CoursesCaption: "Lernende, Abschlüsse und Ergebnisse je Kurs",
	Number: "Nr.", Course: "Kurs", Learners: "Lernende", Started: "begonnen", Completed: "abgeschlossen",
	Passed: "bestanden", Failed: "nicht bestanden", Score: "mittlere Punktzahl", Last: "letzte Aktivität",
	ChartTitle: "Begonnen und abgeschlossen je Kurs",
	ChartText:  "Balkendiagramm. Die Nummern sind die der Kurse in der Tabelle darunter; dort stehen alle Werte.",
	ChartMore:  "Gezeigt sind die %d Kurse mit den meisten Lernenden.",
	NoCourses:  "In diesem Zeitraum gibt es keine Aussagen über Kurse.",
	Meaning:    "Was die Kennzahlen bedeuten", NotYet: "Was dieser Bericht noch nicht enthält",
	SuppressedMark: "nicht gezeigt",
	SuppressedNote: "Ein Strich (–) steht, wo eine Zahl etwas über einzelne Personen verraten könnte: bei Gruppen von weniger als %d Personen, " +
		"auch wenn der Rest einer Gruppe so klein ist oder niemand übrig bleibt. Wo sonst eine einzelne solche Zahl aus der Summe zu errechnen wäre, fehlt auch eine zweite.",
	NoScore: "keine",
	MadeUp:  "Alle Daten in diesem Bericht sind erfunden: die Stadt, ihre Beschäftigten und was sie gelernt haben.",
	Meanings: []meaning{
		{"Lernende", "Personenkennungen, zu denen im Zeitraum mindestens eine Lernaussage im Kurs vorliegt. Eine Person mit zwei Kennungen zählt zweimal."},
		{"begonnen", "Lernende mit mindestens einer Aussage im Kurs, die sie selbst oder der Lerninhalt ausgelöst haben. Zuweisung, Start durch die Plattform, Erlass und Ähnliches zählen nicht."},
		{"abgeschlossen", "Lernende, für die der Kurs selbst als abgeschlossen gemeldet wurde. Bestanden heißt nicht abgeschlossen; eine einzelne Lektion oder Frage schließt nichts ab."},
		{"bestanden, nicht bestanden", "Lernende nach ihrem letzten Urteil über den Kurs im Zeitraum. Wer keines hat, zählt in keiner der beiden Spalten."},
		{"mittlere Punktzahl", "Mittel über die letzte Punktzahl jeder und jedes Lernenden im Kurs, auf der Skala von −1 bis 1, meist 0 bis 1."},
		{"letzte Aktivität", "Tag der letzten Aussage im Kurs im Zeitraum."},
	},
	Missing: []string{
		"Ziele und Bewertung, Auftrag und Rahmen",
		"Reichweite nach Dezernaten und Ämtern, nach Monaten und Tageszeiten",
		"Namen der Kurse und ihre Art; Personen mit mehreren Kennungen zusammengeführt",
		"Lerndauer, Versuche, Schwierigkeit der Fragen",
		"Zufriedenheit, Gutscheine, Kosten",
		"Datenqualität; Ausgabe als PDF und als Tabelle",
	},
}

var english = texts{
	Lang: "en", tag: language.BritishEnglish, days: "2 January 2006", dates: "2 Jan 2006",
	Title: "Learning at a glance", Period: "Period", AsOf: "Data as of", Tenant: "Tenant",
	Summary: "All courses together", SummaryCaption: "Each person counts once, in however many courses.",
	Figure: "Figure", Value: "Value", CourseCount: "courses",
	Courses: "Course by course", CoursesCaption: "Learners, completions and results by course",
	Number: "No.", Course: "Course", Learners: "learners", Started: "started", Completed: "completed",
	Passed: "passed", Failed: "failed", Score: "average score", Last: "last activity",
	ChartTitle: "Started and completed by course",
	ChartText:  "Bar chart. The numbers are those of the courses in the table below, which has all values.",
	ChartMore:  "Shown are the %d courses with the most learners.",
	NoCourses:  "There are no statements about courses in this period.",
	Meaning:    "What the figures mean", NotYet: "What this report does not contain yet",
	SuppressedMark: "not shown",
	SuppressedNote: "A dash (–) stands where a number could tell something about single people: for groups of fewer than %d people, " +
		"also when what is left of a group is as small or nobody is left. Where a single such number could be had from the total, a second one is missing, too.",
	NoScore: "none",
	MadeUp:  "All data in this report are made up: the town, its staff, and what they learned.",
	Meanings: []meaning{
		{"learners", "Identifiers of people with at least one statement in the course in the period. A person with two identifiers counts twice."},
		{"started", "Learners with at least one statement in the course that they or the content caused. Assignment, launch by the platform, waiving and the like do not count."},
		{"completed", "Learners for whom the course itself was reported as completed. Passed is not completed; one lesson or question completes nothing."},
		{"passed, failed", "Learners by their latest verdict on the course in the period. Who has none is in neither column."},
		{"average score", "Mean of the latest score of each learner in the course, on the scale from −1 to 1, mostly 0 to 1."},
		{"last activity", "Day of the latest statement in the course in the period."},
	},
	Missing: []string{
		"targets and rating, mandate and frame",
		"reach by department, by month and time of day",
		"names and kinds of courses; people with several identifiers joined",
		"time spent, attempts, difficulty of questions",
		"satisfaction, vouchers, cost",
		"data quality; PDF and tables",
	},
}

// cell is a figure in words. Empty stands for suppressed.
type cell string

func (t *texts) count(c Count) cell {
	n, ok := c.Value()
	if !ok {
		return ""
	}
	return t.integer(n)
}

func (t *texts) integer(n int64) cell {
	return cell(message.NewPrinter(t.tag).Sprint(number.Decimal(n)))
}

func (t *texts) mean(m Mean) cell {
	v, ok := m.Value()
	switch {
	case ok:
		return cell(message.NewPrinter(t.tag).Sprint(number.Decimal(v, number.Scale(2))))
	case m.Absent():
		return cell(t.NoScore)
	}
	return ""
}

func (t *texts) date(d time.Time) cell {
	if d.IsZero() {
		return ""
	}
	return cell(d.Format(t.dates))
}

func (t *texts) day(d time.Time) string {
	s := d.Format(t.days)
	if t.Lang == "de" {
		s = strings.Replace(s, d.Month().String(), germanMonths[d.Month()-1], 1)
	}
	return s
}

var germanMonths = [...]string{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"}

// moment is a day and a time of day to the second.
func (t *texts) moment(m time.Time) string {
	return t.day(m) + ", " + m.Format("15:04:05 (UTC-07:00)")
}

// period is written with its last day, when it ends with one.
func (t *texts) period(from, to time.Time) string {
	if midnight(from) && midnight(to) {
		return fmt.Sprintf("%s – %s", t.day(from), t.day(to.AddDate(0, 0, -1)))
	}
	return fmt.Sprintf("%s – %s", t.moment(from), t.moment(to))
}

func midnight(t time.Time) bool {
	h, m, s := t.Clock()
	return h == 0 && m == 0 && s == 0 && t.Nanosecond() == 0
}
