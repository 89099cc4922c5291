package town

// Base is what the ids of courses begin with, and those of surveys and checks.
const Base = "https://lernen.stadt.example"

// The ids of what is no course.
const (
	Survey      = Base + "/umfragen/zufriedenheit"
	CheckBefore = Base + "/checks/digital-vorher"
	CheckAfter  = Base + "/checks/digital-nachher"
)

// Format is how content is packed, and so how it reports.
type Format string

// The formats.
const (
	SCORM12    Format = "scorm-1.2"
	SCORM2004  Format = "scorm-2004"
	CMI5       Format = "cmi5"
	TinCan     Format = "tincan"
	H5P        Format = "h5p"
	Attendance Format = "attendance"
)

// The kinds of courses, as the catalogue has them.
const (
	Induction = "induction"
	Further   = "further-training"
)

// Course is something to learn.
type Course struct {
	Slug, Name string
	Kind       string
	Format     Format
	Minutes    int // that it takes as a rule

	parts     []string
	questions []question
	pull      int // how many take it, compared with others
	finish    int // of a thousand who start, those who finish
	stop      int // the part at which most stop
	liked     int // the middle of its ratings, in hundredths
	passing   int // of a thousand, what is needed to pass
	wave      int // the day on which a campaign for it begins; 0 for none
	only      []string
	digital   bool // the competence check is about it
}

// ID is the course's Activity.
func (c *Course) ID() string { return Base + "/kurse/" + c.Slug }

// Parts is how many parts it has, Questions how many questions.
func (c *Course) Parts() int { return len(c.parts) }

// Questions is how many questions it asks.
func (c *Course) Questions() int { return len(c.questions) }

// question is one of a test. Who is in the middle answers it right in so many of a
// thousand cases; more or less with what somebody knows. Where that is less, the
// question is wrong: those who know get it wrong.
type question struct {
	text          string
	options       []string // the first one is right
	right, spread int
}

// Courses are all of them; nobody may change what is answered.
func Courses() []Course { return courses }

var courses = []Course{
	// Induction.
	{Slug: "ankommen", Name: "Ankommen in der Stadtverwaltung", Kind: Induction, Format: CMI5, Minutes: 50, parts: words("Willkommen", "Wer wir sind", "Ihr erster Tag", "Wo finde ich was?", "Arbeitszeit und Urlaub"),
		questions: asked(6, 830), pull: 260, finish: 900, stop: 2, liked: 450, passing: 600},
	{Slug: "arbeitsplatz", Name: "Ihr digitaler Arbeitsplatz", Kind: Induction, Format: SCORM2004, Minutes: 40, parts: words("Anmelden", "Ablage", "E-Mail und Kalender", "Unterwegs arbeiten"), questions: asked(6, 790),
		pull: 200, finish: 860, stop: 2, liked: 420, passing: 600, digital: true},
	{Slug: "stadtverwaltung", Name: "Wie eine Stadtverwaltung arbeitet", Kind: Induction, Format: H5P, Minutes: 20, parts: words("Rat und Verwaltung", "Vom Antrag zum Bescheid", "Wer entscheidet?"), questions: asked(5, 760),
		pull: 150, finish: 850, stop: 1, liked: 430, passing: 600},
	{Slug: "rechte-pflichten", Name: "Rechte und Pflichten im öffentlichen Dienst", Kind: Induction, Format: SCORM12, Minutes: 35, parts: words("Tarif und Beamtenrecht", "Verschwiegenheit", "Nebentätigkeit", "Annahme von Geschenken"),
		questions: asked(6, 700), pull: 130, finish: 820, stop: 1, liked: 350, passing: 600},
	{Slug: "willkommenstag", Name: "Willkommenstag im Rathaus", Kind: Induction, Format: Attendance, Minutes: 360, pull: 150, liked: 460},
	{Slug: "einarbeitung-buergeramt", Name: "Einarbeitung im Bürgeramt", Kind: Induction, Format: CMI5, Minutes: 90, parts: words("Melden", "Ausweise", "Führungszeugnis", "Gebühren", "Im Gespräch"), questions: asked(8, 720),
		pull: 260, finish: 840, stop: 3, liked: 420, passing: 700, only: words("33")},
	{Slug: "einarbeitung-kita", Name: "Einarbeitung in der Kindertagesstätte", Kind: Induction, Format: TinCan, Minutes: 60, parts: words("Schutzauftrag", "Hygiene", "Erste Wochen", "Elterngespräche"), questions: asked(6, 750),
		pull: 260, finish: 800, stop: 1, liked: 410, passing: 600, only: words("51.1")},
	{Slug: "erste-wochen-technik", Name: "Erste Wochen in den technischen Ämtern", Kind: Induction, Format: SCORM12, Minutes: 45, parts: words("Pläne und Akten", "Vergabe im Alltag", "Auf der Baustelle"), questions: asked(5, 730),
		pull: 220, finish: 790, stop: 2, liked: 380, passing: 600, only: words("61", "63", "65", "66", "67")},

	// What everybody needs.
	{Slug: "datenschutz", Name: "Datenschutz am Arbeitsplatz", Kind: Further, Format: SCORM12, Minutes: 45, parts: words("Was sind personenbezogene Daten?", "Rechtsgrundlagen", "Rechte der Betroffenen", "Im Alltag"), questions: dataProtection,
		pull: 1000, finish: 800, stop: 1, liked: 390, passing: 700, wave: dayOf(10, 6)},
	{Slug: "informationssicherheit", Name: "Informationssicherheit", Kind: Further, Format: SCORM2004, Minutes: 40, parts: words("Kennwörter", "Verdächtige E-Mails", "Unterwegs", "Wenn etwas passiert ist"), questions: asked(8, 760),
		pull: 820, finish: 780, stop: 2, liked: 400, passing: 700, wave: dayOf(2, 2), digital: true},
	{Slug: "brandschutz", Name: "Brandschutz im Rathaus", Kind: Further, Format: SCORM12, Minutes: 25, parts: words("Vorbeugen", "Melden", "Löschen und verlassen"), questions: fireSafety, pull: 560, finish: 850, stop: 1, liked: 400, passing: 800, wave: dayOf(11, 10)},
	{Slug: "arbeitsschutz", Name: "Arbeitsschutz", Kind: Further, Format: SCORM12, Minutes: 30, parts: words("Gefährdungen erkennen", "Unterweisung", "Unfälle melden"), questions: asked(6, 780), pull: 420, finish: 760, stop: 1, liked: 360, passing: 700},
	{Slug: "korruptionspraevention", Name: "Korruption vorbeugen", Kind: Further, Format: SCORM2004, Minutes: 35, parts: words("Was ist Korruption?", "Warnzeichen", "Richtig handeln"), questions: asked(6, 710), pull: 320, finish: 740, stop: 1, liked: 370, passing: 700},
	{Slug: "gleichbehandlung", Name: "Allgemeines Gleichbehandlungsgesetz", Kind: Further, Format: SCORM12, Minutes: 30, parts: words("Worum es geht", "Benachteiligung", "Beschwerde"), questions: asked(5, 740), pull: 260, finish: 730, stop: 1, liked: 370, passing: 600},
	{Slug: "erste-hilfe", Name: "Erste Hilfe im Betrieb", Kind: Further, Format: Attendance, Minutes: 480, pull: 170, liked: 460},
	{Slug: "gesund-am-bildschirm", Name: "Gesund am Bildschirm", Kind: Further, Format: SCORM12, Minutes: 20, parts: words("Sitzen", "Sehen", "Pausen"), pull: 220, finish: 800, stop: 1, liked: 430},

	// Digital work.
	{Slug: "e-akte", Name: "Die elektronische Akte", Kind: Further, Format: CMI5, Minutes: 75, parts: words("Warum eine E-Akte?", "Anlegen und ablegen", "Suchen", "Zeichnen", "Aussondern"), questions: asked(8, 690), pull: 520, finish: 640, stop: 3, liked: 360, passing: 700,
		wave: dayOf(3, 2), digital: true},
	{Slug: "ozg", Name: "Online-Dienste und das Onlinezugangsgesetz", Kind: Further, Format: CMI5, Minutes: 60, parts: words("Das Gesetz", "Nutzerkonten", "Vom Formular zum Dienst", "Reifegrade"), questions: asked(7, 620), pull: 230, finish: 620, stop: 2, liked: 380, passing: 700, digital: true},
	{Slug: "ki", Name: "Künstliche Intelligenz in der Verwaltung", Kind: Further, Format: CMI5, Minutes: 55, parts: words("Was KI kann", "Was KI nicht kann", "Rechtlicher Rahmen", "Ausprobieren"), questions: asked(7, 660), pull: 480, finish: 710, stop: 2, liked: 450, passing: 600,
		wave: dayOf(1, 12), digital: true},
	{Slug: "videokonferenzen", Name: "Videokonferenzen leiten", Kind: Further, Format: H5P, Minutes: 20, parts: words("Vorbereiten", "Leiten", "Nachbereiten"), questions: asked(4, 800), pull: 260, finish: 810, stop: 1, liked: 430, passing: 500, digital: true},
	{Slug: "texte", Name: "Dokumente gestalten", Kind: Further, Format: SCORM12, Minutes: 45, parts: words("Formatvorlagen", "Verzeichnisse", "Serienbriefe"), questions: asked(6, 720), pull: 180, finish: 690, stop: 2, liked: 390, passing: 600, digital: true},
	{Slug: "tabellen", Name: "Rechnen mit Tabellen", Kind: Further, Format: TinCan, Minutes: 70, parts: words("Formeln", "Bezüge", "Auswerten", "Diagramme"), questions: asked(8, 610), pull: 240, finish: 600, stop: 2, liked: 400, passing: 600, digital: true},
	{Slug: "barrierefreie-dokumente", Name: "Barrierefreie Dokumente", Kind: Further, Format: H5P, Minutes: 30, parts: words("Warum?", "Überschriften und Bilder", "Prüfen"), questions: asked(5, 680), pull: 190, finish: 720, stop: 1, liked: 420, passing: 600, digital: true},
	{Slug: "geodaten", Name: "Geodaten nutzen", Kind: Further, Format: TinCan, Minutes: 60, parts: words("Karten lesen", "Ebenen", "Eigene Daten"), questions: asked(6, 640), pull: 300, finish: 640, stop: 1, liked: 410, passing: 600, only: words("12", "17", "61", "63", "66", "67"), digital: true},
	{Slug: "offene-daten", Name: "Offene Daten", Kind: Further, Format: TinCan, Minutes: 30, parts: words("Was ist offen?", "Veröffentlichen", "Lizenzen"), questions: asked(5, 670), pull: 90, finish: 660, stop: 1, liked: 390, passing: 600, digital: true},

	// Law and money.
	{Slug: "vergaberecht", Name: "Vergaberecht für Einsteiger", Kind: Further, Format: SCORM2004, Minutes: 90, parts: words("Schwellenwerte", "Verfahren", "Wertung", "Rügen und Fristen"), questions: procurement, pull: 210, finish: 560, stop: 3, liked: 330, passing: 700},
	{Slug: "haushaltsrecht", Name: "Kommunales Haushaltsrecht", Kind: Further, Format: SCORM2004, Minutes: 80, parts: words("Haushaltssatzung", "Haushaltsplan", "Bewirtschaftung", "Jahresabschluss"), questions: asked(8, 560), pull: 260, finish: 580, stop: 1, liked: 340, passing: 700,
		only: words("10", "11", "14", "20", "21", "23", "40", "50", "65")},
	{Slug: "doppik", Name: "Doppik verstehen", Kind: Further, Format: SCORM2004, Minutes: 60, parts: words("Bilanz", "Ergebnisrechnung", "Buchen"), questions: asked(7, 580), pull: 220, finish: 610, stop: 1, liked: 350, passing: 600, only: words("14", "20", "21", "23")},
	{Slug: "verwaltungsrecht", Name: "Allgemeines Verwaltungsrecht", Kind: Further, Format: SCORM2004, Minutes: 100, parts: words("Verwaltungsakt", "Ermessen", "Anhörung", "Widerspruch"), questions: asked(10, 570), pull: 200, finish: 540, stop: 2, liked: 340, passing: 700},
	{Slug: "bescheide", Name: "Bescheide verständlich schreiben", Kind: Further, Format: CMI5, Minutes: 50, parts: words("Wer liest das?", "Aufbau", "Sätze", "Üben"), questions: asked(6, 700), pull: 310, finish: 730, stop: 3, liked: 440, passing: 600},
	{Slug: "kassensicherheit", Name: "Kassensicherheit", Kind: Further, Format: SCORM12, Minutes: 25, parts: words("Bargeld", "Abrechnung"), questions: asked(5, 770), pull: 200, finish: 780, stop: 1, liked: 350, passing: 800, only: words("21", "33", "41", "42", "52")},
	{Slug: "beschaffung", Name: "Nachhaltig beschaffen", Kind: Further, Format: SCORM2004, Minutes: 35, parts: words("Kriterien", "Lebenszyklus", "Beispiele"), questions: asked(5, 700), pull: 120, finish: 690, stop: 1, liked: 390, passing: 600},

	// Working together.
	{Slug: "leichte-sprache", Name: "Leichte Sprache", Kind: Further, Format: H5P, Minutes: 25, parts: words("Regeln", "Üben", "Prüfen"), questions: asked(5, 740), pull: 170, finish: 770, stop: 1, liked: 440, passing: 600},
	{Slug: "interkulturell", Name: "Interkulturelle Öffnung", Kind: Further, Format: H5P, Minutes: 25, parts: words("Perspektiven", "Im Gespräch", "Im Team"), questions: asked(4, 790), pull: 150, finish: 760, stop: 1, liked: 410, passing: 500},
	{Slug: "agil", Name: "Agil arbeiten", Kind: Further, Format: H5P, Minutes: 30, parts: words("Grundsätze", "Rollen", "Ausprobieren"), questions: asked(5, 730), pull: 200, finish: 720, stop: 1, liked: 400, passing: 500},
	{Slug: "praesentieren", Name: "Präsentieren", Kind: Further, Format: H5P, Minutes: 25, parts: words("Aufbau", "Folien", "Auftreten"), questions: asked(4, 790), pull: 140, finish: 770, stop: 1, liked: 410, passing: 500},
	{Slug: "projekte", Name: "Projekte in der Verwaltung", Kind: Further, Format: CMI5, Minutes: 70, parts: words("Auftrag", "Planen", "Steuern", "Abschließen"), questions: asked(7, 690), pull: 210, finish: 660, stop: 2, liked: 400, passing: 600},
	{Slug: "fuehren-auf-distanz", Name: "Führen auf Distanz", Kind: Further, Format: CMI5, Minutes: 45, parts: words("Vertrauen", "Vereinbaren", "Rückmelden"), questions: asked(5, 740), pull: 110, finish: 740, stop: 1, liked: 420, passing: 500},
	{Slug: "schwierige-gespraeche", Name: "Schwierige Gespräche führen", Kind: Further, Format: Attendance, Minutes: 420, pull: 110, liked: 450},
	{Slug: "deeskalation", Name: "Deeskalation", Kind: Further, Format: Attendance, Minutes: 480, pull: 120, liked: 460, only: words("32", "33", "50", "51.2")},
}

// words are a list of texts.
func words(list ...string) []string { return list }

// asked are n questions that are about so hard, of which the last but one is harder.
func asked(n, right int) []question {
	list := make([]question, n)
	for i := range list {
		list[i] = question{right: right + 40 - 80*(i%2), spread: 260}
		if i == n-2 {
			list[i].right -= 180
		}
	}
	return list
}

var yesNo = words("Ja", "Nein")

var dataProtection = []question{
	{"Welche Angabe ist ein personenbezogenes Datum?", words("Das Kennzeichen eines Dienstwagens mit Fahrtenbuch", "Die Einwohnerzahl der Stadt", "Die Höhe des Haushalts"), 820, 240},
	{"Dürfen Sie eine Liste mit Geburtstagen des Teams aushängen?", words("Nur mit Einwilligung aller", "Ja, immer", "Nein, nie"), 760, 260},
	{"Wer ist Verantwortlicher im Sinne der Datenschutz-Grundverordnung?", words("Die Stadt", "Die Leitung der IT", "Die Datenschutzbeauftragte"), 420, 300},
	{"Eine Bürgerin verlangt Auskunft über ihre Daten. Bis wann ist zu antworten?", words("Innerhalb eines Monats", "Innerhalb einer Woche", "Innerhalb eines Jahres"), 690, 280},
	{"Auf welcher Rechtsgrundlage verarbeitet ein Amt Daten in der Regel?", words("Öffentliche Aufgabe", "Einwilligung", "Berechtigtes Interesse"), 290, 330},
	{"Sie haben eine E-Mail an die falsche Person geschickt. Was tun Sie zuerst?", words("Ich melde es der Datenschutzbeauftragten", "Ich lösche die E-Mail bei mir", "Nichts"), 840, 220},
	{"Wann sind Daten zu löschen?", words("Wenn der Zweck erreicht ist und keine Aufbewahrungspflicht besteht", "Nach zehn Jahren", "Auf Zuruf"), 730, 260},
	{"Darf ein Foto vom Betriebsfest ins Intranet?", words("Mit Einwilligung der Abgebildeten", "Ja, es ist nur intern", "Nein, in keinem Fall"), 780, 230},
}

// procurement has the hardest questions of all, and one that is wrong.
var procurement = []question{
	{"Ab welchem Auftragswert ist europaweit auszuschreiben?", words("Ab dem Schwellenwert", "Ab 10.000 Euro", "Immer"), 560, 300},
	{"Welche Frist gilt für Angebote im offenen Verfahren mindestens?", words("35 Tage ab Absendung der Bekanntmachung", "14 Tage", "60 Tage"), 310, 320},
	{"Darf der Auftragswert geteilt werden?", words("Nur aus sachlichem Grund, und die Lose zählen zusammen", "Ja, jederzeit", "Nein, nie"), 480, 300},
	{"Wie lange darf nach der Vorabinformation nicht zugeschlagen werden?", words("Zehn Tage bei elektronischer Absendung", "Drei Tage", "Vier Wochen"), 260, 300},
	{"Ist ein Angebot ohne Unterschrift auszuschließen?", words("Wenn die Form verlangt war", "Immer", "Nie"), 440, -240}, // who knows the newer law chooses another answer
	{"Was ist ein Eignungskriterium?", words("Umsatz der letzten Jahre", "Preis", "Lieferzeit"), 620, 280},
	{"Wer entscheidet über eine Rüge, der nicht abgeholfen wird?", words("Die Vergabekammer", "Das Amtsgericht", "Der Stadtrat"), 590, 300},
	{"Ist eine Direktvergabe bei geringem Wert erlaubt?", yesNo, 800, 200},
}

var fireSafety = []question{
	{"Welche Nummer rufen Sie?", words("112", "110", "116117"), 960, 60},
	{"Was tun Sie zuerst?", words("Menschen warnen und den Brand melden", "Löschen", "Akten retten"), 850, 200},
	{"Benutzen Sie den Aufzug?", words("Nein", "Ja"), 930, 90},
	{"Welcher Löscher passt zu einem Brand in der Teeküche?", words("Fettbrandlöscher", "Wasserlöscher", "Jeder"), 340, 320},
	{"Wo sammeln Sie sich?", words("Am Sammelplatz im Hof", "Im Foyer", "Am Auto"), 880, 160},
}
