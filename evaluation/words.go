package evaluation

import "lernspur/web/visitor"

// phrase is a text in both languages.
type phrase struct{ de, en string }

// in is the text in a language: German unless it is English.
func (p phrase) in(lang string) string {
	if lang == "en" {
		return p.en
	}
	return p.de
}

// named are the switches in the middle of a sentence; they are plural.
var named = map[Switch]phrase{
	AtRisk:    {"Listen gefährdeter Lernender", "at-risk lists"},
	IdleDays:  {"Tage ohne Aktivität", "idle days"},
	Hours:     {"Uhrzeiten des Lernens", "hours of the day"},
	Timelines: {"Zeitleisten einzelner Personen", "timelines of single people"},
	Answers:   {"Antworten einzelner Personen", "question answers of single people"},
}

// Name is what a switch is called, in "de" or "en".
func (sw Switch) Name(lang string) string { return named[sw].in(lang) }

// explained says what each switch is about.
var explained = map[Switch]phrase{
	AtRisk: {"Wer begonnen und nicht abgeschlossen hat und lange nicht aktiv war oder zwei Versuche nicht bestanden hat, gilt als gefährdet und wird mit dem Grund genannt. Ausgeschaltet gibt es weder Listen noch Zahlen dazu.",
		"Who has started and not completed, and has not been active for long or has failed two attempts, counts as at risk and is named with the reason. Switched off, there are neither lists nor numbers of this."},
	IdleDays: {"Wann jemand zuletzt aktiv war und wie viele Tage seitdem vergangen sind. Ausgeschaltet wird beides nicht genannt, auch nicht zum Sortieren und Auswählen, und für Gruppen von weniger als 5 Personen auch nicht zusammengefasst.",
		"When somebody was active last, and how many days ago that is. Switched off, neither is told, not to sort and to choose by either, and not for groups of fewer than 5 people together."},
	Hours: {"Zu welchen Stunden der Woche in einem Kurs gelernt wird. Ausgeschaltet gibt es diese Auswertung nicht, und von Zeitpunkten wird nur der Tag genannt.",
		"At which hours of the week people learn in a course. Switched off, there is no such figure, and of points in time only the day is told."},
	Timelines: {"Was eine Person wann getan hat: Beginn und Ende ihrer Versuche, wann sie Inhalte geöffnet hat. Ausgeschaltet wird das nicht gezeigt, und Verläufe von weniger als 5 Personen auch nicht zusammengefasst.",
		"What a person did when: the beginning and the end of her attempts, when she opened content. Switched off, this is not shown, and the course of fewer than 5 people over time is not shown together either."},
	Answers: {"Was eine Person auf Fragen geantwortet hat. Ausgeschaltet werden Antworten nur zusammengefasst gezeigt, von mindestens 5 Personen.",
		"What a person answered to questions. Switched off, answers are shown together only, of 5 people at least."},
}

// Explanation says what a switch is about.
func (sw Switch) Explanation(lang string) string { return explained[sw].in(lang) }

// figureWords are the title and the text of each figure.
var figureWords = map[string][2]phrase{
	"who":      {{"Wer lernt", "Who learns"}, {"Name, Kennungen und Organisationseinheiten aus dem Verzeichnis.", "Name, identifiers and organisation units, as the directory has them."}},
	"courses":  {{"Kurse und ihr Stand", "Courses and how far they are"}, {"Welche Kurse begonnen, abgeschlossen, bestanden oder nicht bestanden sind, an welchem Tag, und wie lange es vom Beginn bis zum Abschluss gedauert hat.", "Which courses are started, completed, passed or failed, on which day, and how long it took from start to completion."}},
	"scores":   {{"Ergebnisse", "Scores"}, {"Das erste, beste, letzte und mittlere Ergebnis je Kurs.", "The first, best, last and mean score in each course."}},
	"attempts": {{"Zahl der Versuche", "Number of attempts"}, {"Wie viele Versuche es gab und wie viele davon nicht bestanden sind.", "How many attempts there were, and how many of them were failed."}},
	"time":     {{"Lernzeit", "Time spent"}, {"Wie viel Zeit mit einem Kurs verbracht wurde, zusammengerechnet, und woher diese Zahl stammt.", "How much time was spent in a course, all in all, and where that number comes from."}},
	"volume":   {{"Zahl der Meldungen", "Number of statements"}, {"Wie viele Meldungen der Inhalte es gibt.", "How many statements content sent."}},
	"place":    {{"Stelle im Kurs", "Place in the course"}, {"Welcher Teil eines Kurses zuletzt bearbeitet wurde.", "Which part of a course was worked on last."}},
	"idle":     {{"Letzte Aktivität und Tage ohne Aktivität", "Last activity and idle days"}, {"Wann jemand zuletzt aktiv war und wie viele Tage seitdem vergangen sind.", "When somebody was active last, and how many days ago that is."}},
	"risk":     {{"Gefährdete Lernende", "Learners at risk"}, {"Wer Unterstützung zu brauchen scheint, und warum.", "Who seems to need support, and why."}},
	"timeline": {{"Zeitleiste einer Person", "Timeline of a person"}, {"Die einzelnen Versuche mit Beginn, Ende und Ergebnis.", "The single attempts with their beginning, their end and their outcome."}},
	"answers":  {{"Antworten einer Person", "Answers of a person"}, {"Was eine Person auf Fragen geantwortet hat.", "What a person answered to questions."}},
	"registration": {{"Registrierung für einen Kurs", "Registration for a course"}, {"Wer für einen Kurs registriert ist, seit wann, mit welchem Stand und Ergebnis je Teil. Wann Versuche waren, nur wenn Zeitleisten und Uhrzeiten eingeschaltet sind.",
		"Who is registered for a course, since when, with which state and outcome of each part. When attempts were, only with timelines and hours switched on."}},
	"opened":     {{"Wann Inhalte geöffnet wurden", "When content was opened"}, {"Wann eine Person einen Kurs geöffnet hat.", "When a person opened a course."}},
	"calls":      {{"Aufrufe eines Inhalts", "Calls of content"}, {"Die letzten Aufrufe eines Inhalts in einem Versuch, mit Zeit und Antworten: zur Fehlersuche in Lernpaketen.", "The last calls of content in an attempt, with times and answers: for finding faults in packages."}},
	"attendance": {{"Teilnahme an Terminen", "Attendance of sessions"}, {"Wer an einem Präsenztermin teilgenommen hat, und wie lange.", "Who attended a session, and for how long."}},
	"raw": {{"Die Meldungen selbst", "The statements themselves"}, {"Alles, was Inhalte gemeldet haben, wie es gespeichert ist. Keine Auswertung, aber die Grundlage aller: für Programme mit einem Schlüssel, der das Lesen ausdrücklich erlaubt, für Auskunft und Löschung, und für die Administration, die einzelne Personen nur mit eingeschalteten Zeitleisten und Uhrzeiten auswählen kann. Für Schlüssel gelten die Schalter nicht; wer sie ausgibt, entscheidet darüber.",
		"Everything that content reported, as it is stored. No evaluation, but what all are made of: for programs with a key that expressly lets them read, for requests for information and erasure, and for administrators, who can choose single people only with timelines and hours switched on. The switches do not apply to keys; whoever makes them decides on that."}},

	"report":         {{"Bericht über die Erprobung", "Evaluation report"}, {"Zahlen über viele zusammen für den Rat; nichts über weniger als 5 Personen, und nichts, woraus sich das errechnen ließe.", "Numbers about many together for the council; nothing about fewer than 5 people, and nothing from which it could be reckoned."}},
	"many.people":    {{"Zahl der Personen", "Number of people"}, {"Wie viele Personen zu einem Kurs, einer Gruppe oder einer Einheit gehören.", "How many people belong to a course, a group or a unit."}},
	"many.reached":   {{"Begonnen, abgeschlossen, bestanden", "Started, completed, passed"}, {"Wie viele begonnen, abgeschlossen, bestanden oder nicht bestanden haben, als Zahl und Anteil, und wie lange es dauert.", "How many have started, completed, passed or failed, as a number and a share, and how long it takes."}},
	"many.scores":    {{"Mittlere Ergebnisse", "Mean scores"}, {"Mittelwerte der Ergebnisse.", "Means of the scores."}},
	"many.time":      {{"Lernzeit, Versuche und Meldungen", "Time spent, attempts and statements"}, {"Zusammengerechnet und als Median.", "All together, and as a median."}},
	"many.lately":    {{"Wie viele in letzter Zeit aktiv waren", "How many were active lately"}, {"Zahl der Aktiven in einem Zeitraum und die letzte Aktivität überhaupt.", "The number of those active in a period, and the last activity of all."}},
	"many.risk":      {{"Zahl der Gefährdeten", "Number of those at risk"}, {"Wie viele Unterstützung zu brauchen scheinen, im Ganzen und wegen nicht bestandener Versuche.", "How many seem to need support, in all and for failed attempts."}},
	"many.idle-risk": {{"Zahl der Gefährdeten ohne Aktivität", "Number of those at risk for being idle"}, {"Wie viele als gefährdet gelten, weil sie lange nicht aktiv waren.", "How many count as at risk as they have not been active for long."}},
	"many.drop-off":  {{"Stellen, an denen Lernende stehen", "Where learners stand"}, {"Bei welchem Teil eines Kurses wie viele stehen.", "How many stand at which part of a course."}},
	"many.trend":     {{"Verlauf", "Trend"}, {"Wie viele in jedem Tag, jeder Woche oder jedem Monat begonnen und abgeschlossen haben und aktiv waren.", "How many started, completed and were active in each day, week or month."}},
	"many.hours":     {{"Stunden der Woche", "Hours of the week"}, {"Wie viele zu welcher Stunde der Woche lernen.", "How many learn at which hour of the week."}},
	"many.questions": {{"Fragen eines Kurses", "Questions of a course"}, {"Wie schwer Fragen sind, wie gut sie unterscheiden, und welche Antworten wie oft gegeben wurden.", "How hard questions are, how well they tell apart, and which answers were given how often."}},
}

// keptWords say how long something is kept.
var keptWords = map[string]phrase{
	"statements": {"so lange wie die Meldungen, aus denen es berechnet wird: bis sie gelöscht werden. Eine Frist, nach der das von selbst geschieht, gibt es nicht.",
		"as long as the statements that it is computed from: until they are deleted. There is no time after which that happens by itself."},
	"directory": {"bis die Person im Verzeichnis gelöscht wird.", "until the person is deleted from the directory."},
	"records":   {"ohne Frist; eine Teilnahme an einem Termin kann zurückgenommen werden.", "without a time limit; the attendance of a session can be taken back."},
	"calls":     {"die letzten 300 Aufrufe eines Versuchs, ohne Frist.", "the last 300 calls of an attempt, without a time limit."},
}

// roleWords are the roles in the plural.
var roleWords = map[visitor.Role]phrase{
	visitor.Learner:        {"Lernende", "learners"},
	visitor.Trainer:        {"Trainerinnen und Trainer", "trainers"},
	visitor.ContentManager: {"Inhaltsverantwortliche", "content managers"},
	visitor.ProjectLead:    {"Projektleitung", "project leads"},
	visitor.DataProtection: {"Datenschutzbeauftragte", "data protection officers"},
	visitor.Administrator:  {"Administration", "administrators"},
	visitor.Auditor:        {"Revision", "auditors"},
}

// reachWords say whose figures somebody sees.
var reachWords = map[Reach]phrase{
	OwnGroups:  {"nur der eigenen Gruppen", "of their own groups only"},
	Aggregates: {"zusammengefasst, ohne Gruppen unter 5 Personen", "together, without groups of fewer than 5 people"},
	Everybody:  {"aller", "of everybody"},
}

// pageWords are what pages are called.
var pageWords = map[string]phrase{
	"/progress": {"Fortschritt", "Progress"}, "/progress/course": {"Fortschritt in einem Kurs", "Progress in a course"}, "/progress/group": {"Eine Gruppe", "A group"}, "/progress/learner": {"Eine Person", "A person"},
	"/progress/at-risk": {"Wer Unterstützung braucht", "Who needs support"}, "/statements": {"Meldungen", "Statements"}, "/statements/live": {"Neue Meldungen", "New statements"}, "/statements/live/new": {"Neue Meldungen, nachgeladen", "New statements, as they come"},
	"/statements/{statement}": {"Eine Meldung", "A statement"}, "/statements/{statement}/raw": {"Eine Meldung, wie sie gespeichert ist", "A statement as it is stored"},
	"/reports":                           {"Berichte", "Reports"},
	"/reports/new":                       {"Ein neuer Bericht", "A new report"},
	"/reports/definitions/{definition}":  {"Was ein Bericht enthält", "What a report is about"},
	"/reports/progress":                  {"Ein Bericht, der entsteht", "A report in the making"},
	"/reports/compare":                   {"Berichte im Vergleich", "Reports compared"},
	"/reports/runs/{run}":                {"Ein Bericht", "A report"},
	"/reports/runs/{run}/files/{form}":   {"Ein Bericht als Datei", "A report as a file"},
	"/public/reports/{token}":            {"Ein freigegebener Bericht", "A report that was published"},
	"/public/reports/{token}/report.pdf": {"Ein freigegebener Bericht als PDF", "A report that was published, as PDF"},
	"/courses/{course}":                  {"Ein Kurs", "A course"}, "/courses/{course}/registrations": {"Registrierungen eines Kurses", "Registrations of a course"},
	"/courses/{course}/registrations/{registration}": {"Eine Registrierung", "A registration"}, "/courses/{course}/registrations/{registration}/calls": {"Aufrufe eines Inhalts", "Calls of content"},
	"/attendance": {"Termine", "Sessions"}, "/attendance/{session}": {"Ein Termin", "A session"}, "/my": {"Meine Kurse", "My courses"},
}

// saying is all else that the statement says.
var saying = map[string]phrase{
	"title":          {"Was über Lernende ausgewertet wird", "What is evaluated about learners"},
	"intro":          {"Diese Erklärung sagt, was Lernspur über Menschen auswertet, die hier lernen: wer was sieht, auf welcher Grundlage und wie lange es bleibt. Sie wird aus denselben Tabellen geschrieben, nach denen das Programm Auskunft gibt, und gilt für die Einstellungen von heute.", "This statement says what Lernspur evaluates about people who learn here: who sees what, on which ground, and how long it stays. It is written from the same tables by which the program answers, and is true to the settings of today."},
	"as-of":          {"Stand", "As of"},
	"tenant":         {"Mandant", "Tenant"},
	"version":        {"Fassung der Einstellungen", "Version of the settings"},
	"ground":         {"Grundlage", "Ground"},
	"ground.whole":   {"Grundlage insgesamt", "Ground of all this"},
	"ground.none":    {"Es ist keine Grundlage eingetragen. Die Administration trägt sie in den Einstellungen ein.", "No ground has been entered. An administrator enters it in the settings."},
	"switches":       {"Was nur nach Vereinbarung ausgewertet wird", "What is evaluated only where it was agreed on"},
	"switches.text":  {"Jeder dieser Schalter ist aus, bis die Administration ihn einschaltet und die Grundlage nennt. Jede Änderung wird mit Zeit, Konto und Grundlage festgehalten; Datenschutzbeauftragte, Revision und Administration lesen diese Aufzeichnung.", "Each of these switches is off until an administrator switches it on and names the ground. Every change is kept with its time, the account and the ground; data protection officers, auditors and administrators read that record."},
	"on":             {"eingeschaltet", "switched on"},
	"off":            {"ausgeschaltet", "switched off"},
	"since":          {"seit", "since"},
	"single":         {"Über einzelne Personen", "About single people"},
	"many":           {"Über viele zusammen", "About many together"},
	"many.text":      {"Projektleitung und Revision sehen nur Zahlen, die mindestens 5 Personen betreffen.", "Project leads and auditors see only numbers that are about 5 people at least."},
	"state":          {"Zustand", "State"},
	"evaluated":      {"wird ausgewertet", "is evaluated"},
	"not-evaluated":  {"wird nicht ausgewertet: ausgeschaltet sind", "is not evaluated; switched off are:"},
	"few":            {"wird ausgewertet, aber nur für mindestens 5 Personen zusammen: ausgeschaltet sind", "is evaluated, but of 5 people at least together only; switched off are:"},
	"days":           {"von Zeitpunkten wird nur der Tag genannt", "of points in time only the day is told"},
	"who":            {"Wer es sieht", "Who sees it"},
	"own":            {"jede Person das, was sie selbst betrifft, auch wenn Schalter aus sind", "every person what is about herself, also while switches are off"},
	"nobody":         {"niemand", "nobody"},
	"programs":       {"Programme", "Programs"},
	"programs.text":  {"mit einem Schlüssel, der eine dieser Berechtigungen hat:", "with a key that has one of these scopes:"},
	"programs.off":   {"keine; die Schalter gelten auch für Schlüssel", "none; the switches hold for keys as well"},
	"kept":           {"Wie lange", "Kept"},
	"fields":         {"Felder der Schnittstelle", "Fields of the interface"},
	"addresses":      {"Adressen der Schnittstelle", "Addresses of the interface"},
	"pages":          {"Seiten", "Pages"},
	"page":           {"Seite", "Page"},
	"tells":          {"Was sie zeigt", "What it shows"},
	"roles":          {"Für wen", "For whom"},
	"anyone":         {"alle, auch ohne Anmeldung", "anyone, signed in or not"},
	"nothing":        {"nichts darüber, wie Menschen lernen", "nothing about how people learn"},
	"own-page":       {"nur über sich selbst", "about oneself only"},
	"more":           {"Außerdem", "Beyond that"},
	"more.decisions": {"Lernspur entscheidet nichts über Menschen: aus keiner Zahl folgt von selbst etwas.", "Lernspur decides nothing about people: nothing follows from any number by itself."},
	"more.signin":    {"Wann sich jemand zuletzt angemeldet hat, wird nicht festgehalten. Eine Sitzung endet von selbst und wird dann gelöscht.", "When somebody signed in last is not kept. A session ends by itself and is deleted then."},
	"more.delete":    {"Wer Auskunft oder Löschung verlangt, wendet sich an die Datenschutzbeauftragten. Gelöschte Meldungen verschwinden auch aus allen Zahlen.", "Requests for information or erasure go to the data protection officers. Deleted statements leave all numbers as well."},
	"more.report":    {"Der Bericht für den Rat enthält nur Zahlen über mindestens 5 Personen, und nichts, woraus sich kleinere errechnen ließen.", "The report for the council has only numbers about 5 people at least, and nothing from which smaller ones could be reckoned."},
}

// say is one of saying.
func say(lang, key string) string { return saying[key].in(lang) }
