package gen

// word is a thing with a part for addresses and its name in both languages.
type word struct{ slug, de, en string }

// topics are what a town's employees are trained in; every one is given at
// each of the levels, which makes the 300 courses.
var topics = []word{
	{"datenschutz", "Datenschutz in der Verwaltung", "Data protection in public administration"},
	{"informationssicherheit", "Informationssicherheit am Arbeitsplatz", "Information security at work"},
	{"e-akte", "Die elektronische Akte", "The electronic file"},
	{"onlinezugang", "Onlinezugangsgesetz und digitale Dienste", "Online access act and digital services"},
	{"vergaberecht", "Vergaberecht", "Public procurement law"},
	{"haushaltsrecht", "Kommunales Haushaltsrecht", "Municipal budget law"},
	{"barrierefreiheit", "Barrierefreie Dokumente", "Accessible documents"},
	{"buergerservice", "Kundenfreundlich im Bürgerbüro", "Customer service in the citizens' office"},
	{"melderecht", "Pass- und Melderecht", "Passports and registration law"},
	{"brandschutz", "Brandschutz und Räumung", "Fire safety and evacuation"},
	{"arbeitsschutz", "Arbeitsschutzunterweisung", "Occupational safety briefing"},
	{"korruption", "Korruptionsprävention", "Prevention of corruption"},
	{"gleichbehandlung", "Allgemeines Gleichbehandlungsgesetz", "General equal treatment act"},
	{"verwaltungsverfahren", "Verwaltungsverfahren und Verwaltungsakt", "Administrative procedure and act"},
	{"bescheide", "Verständliche Bescheide schreiben", "Writing notices that people understand"},
	{"sozialrecht", "Sozialleistungen nach SGB II und XII", "Social benefits under SGB II and XII"},
	{"wohngeld", "Wohngeld bearbeiten", "Processing housing benefit"},
	{"kfz", "Kraftfahrzeugzulassung", "Vehicle registration"},
	{"baurecht", "Bauordnungsrecht", "Building regulations"},
	{"standesamt", "Beurkundung im Standesamt", "Certification at the registry office"},
	{"kita", "Kindertagesbetreuung: Bedarf und Plätze", "Day care: demand and places"},
	{"notfall", "Erste Hilfe und Notfälle", "First aid and emergencies"},
	{"krisenstab", "Arbeiten im Krisenstab", "Working in a crisis unit"},
	{"projekt", "Projekte in der Verwaltung", "Projects in administration"},
	{"fuehrung", "Führen auf Distanz", "Leading at a distance"},
	{"ki", "Künstliche Intelligenz in der Sachbearbeitung", "Artificial intelligence in case work"},
	{"tabellen", "Tabellenkalkulation für die Sachbearbeitung", "Spreadsheets for case work"},
	{"sprache", "Leichte Sprache", "Plain language"},
	{"umwelt", "Klimaschutz und Beschaffung", "Climate protection and purchasing"},
	{"archiv", "Schriftgut ordnen und aussondern", "Keeping and disposing of records"},
}

var levels = []word{
	{"grundlagen", "Grundlagen", "Basics"},
	{"aufbau", "Aufbaukurs", "Intermediate"},
	{"vertiefung", "Vertiefung", "Advanced"},
	{"auffrischung", "Jährliche Auffrischung", "Annual refresher"},
	{"fuehrungskraefte", "Für Führungskräfte", "For managers"},
	{"neu", "Für neue Beschäftigte", "For new employees"},
	{"ausbildung", "Für Auszubildende", "For trainees"},
	{"praxis", "Praxisfälle", "Case studies"},
	{"kompakt", "Kompakt in 30 Minuten", "Compact in 30 minutes"},
	{"test", "Einstufung und Abschlusstest", "Placement and final test"},
}

var lessons = []word{
	{"einfuehrung", "Einführung und Lernziele", "Introduction and objectives"},
	{"begriffe", "Wichtige Begriffe", "Important terms"},
	{"rechtsgrundlagen", "Rechtsgrundlagen", "Legal foundations"},
	{"zustaendigkeit", "Zuständigkeiten und Rollen", "Responsibilities and roles"},
	{"ablauf", "Der Ablauf Schritt für Schritt", "The procedure step by step"},
	{"fristen", "Fristen und Termine", "Deadlines and dates"},
	{"beispiele", "Beispiele aus dem Alltag", "Everyday examples"},
	{"fehler", "Häufige Fehler vermeiden", "Avoiding common mistakes"},
	{"fachverfahren", "Arbeiten im Fachverfahren", "Working in the application"},
	{"kommunikation", "Kommunikation mit Bürgerinnen und Bürgern", "Communicating with citizens"},
	{"dokumentation", "Dokumentation und Nachweis", "Documentation and evidence"},
	{"abschluss", "Zusammenfassung und Abschluss", "Summary and conclusion"},
}

var pages = []word{
	{"video", "Video: Worum es geht", "Video: what it is about"},
	{"ueberblick", "Auf einen Blick", "At a glance"},
	{"fall", "Fallbeispiel Frau Yıldız", "The case of Ms Yıldız"},
	{"fall-2", "Fallbeispiel Herr Krämer", "The case of Mr Krämer"},
	{"merkblatt", "Merkblatt zum Mitnehmen", "Leaflet to take away"},
	{"vertiefung", "Wer es genauer wissen will", "For those who want to know more"},
	{"gesetzestext", "Der Gesetzestext im Wortlaut", "The wording of the law"},
	{"interaktiv", "Ausprobieren: die Maske ausfüllen", "Try it: fill in the form"},
	{"checkliste", "Checkliste für den Arbeitsplatz", "Checklist for your desk"},
	{"interview", "Im Gespräch mit der Fachstelle", "Talking to the specialist unit"},
}

// sentences describe an activity; %s is replaced by the topic's name.
var sentences = []string{
	"Sie lernen, worauf es bei „%s“ im täglichen Betrieb ankommt und wo Sie Unterstützung finden.",
	"Der Abschnitt führt durch die wichtigsten Vorschriften und zeigt, wie sie im Fachverfahren umgesetzt werden.",
	"Anhand eines Vorgangs aus der Praxis üben Sie die einzelnen Schritte von der Annahme bis zum Bescheid.",
	"Die Inhalte wurden mit dem Fachamt und der Personalvertretung abgestimmt und jährlich geprüft.",
	"Planen Sie für diesen Teil etwa zehn Minuten ein; Sie können jederzeit unterbrechen und später fortsetzen.",
	"Am Ende prüfen Sie mit kurzen Fragen, ob Sie das Gelernte auf neue Fälle anwenden können.",
	"Ein Merkblatt fasst das Thema „%s“ zusammen und kann am Arbeitsplatz ausgehängt werden.",
	"Beachten Sie die Hinweise zum Umgang mit personenbezogenen Daten, bevor Sie das Beispiel bearbeiten.",
}

// stems are the questions; %s is replaced by the lesson's name.
var stems = []string{
	"Welche Aussage zum Thema „%s“ trifft zu?",
	"Was ist im Abschnitt „%s“ zuerst zu tun?",
	"Eine Bürgerin fragt nach dem Stand ihres Antrags. Was gilt nach „%s“?",
	"Welche Stelle ist nach dem Abschnitt „%s“ zuständig?",
	"Ordnen Sie die Schritte aus „%s“ richtig ein.",
	"Wie beurteilen Sie den Fall aus „%s“?",
}

var options = []word{
	{"pruefen", "Zuerst die Zuständigkeit prüfen und den Vorgang anlegen", "Check responsibility and open a file"},
	{"anhoeren", "Die betroffene Person vor der Entscheidung anhören", "Hear the person concerned first"},
	{"weiterleiten", "Den Vorgang ohne Vermerk an das Nachbaramt weiterleiten", "Forward the case without a note"},
	{"ablehnen", "Den Antrag ablehnen, weil eine Unterlage fehlt", "Refuse because a document is missing"},
	{"nachfordern", "Fehlende Unterlagen mit Frist nachfordern", "Ask for missing documents by a date"},
	{"dokumentieren", "Das Ergebnis in der elektronischen Akte dokumentieren", "Record the result in the electronic file"},
}

var (
	firstNames = []string{"Anna", "Mehmet", "Jürgen", "Sabine", "Thomas", "Ayşe", "Michael", "Katrin", "Stefan", "Olga",
		"Andreas", "Monika", "Wolfgang", "Petra", "Frank", "Zeynep", "Markus", "Claudia", "Paweł", "Birgit",
		"Jens", "Heike", "Uwe", "Martina", "Lukas", "Leonie", "Tobias", "Jana", "Florian", "Vanessa"}
	lastNames = []string{"Müller", "Schmidt", "Schneider", "Fischer", "Weber", "Yılmaz", "Wagner", "Becker", "Schulz", "Hoffmann",
		"Schäfer", "Koch", "Bauer", "Richter", "Klein", "Wolf", "Schröder", "Neumann", "Schwarz", "Zimmermann",
		"Braun", "Krüger", "Hofmann", "Hartmann", "Lange", "Schmitt", "Werner", "Kowalski", "Krause", "Lehmann",
		"Öztürk", "Köhler", "Maier", "Walter", "König", "Groß", "Vogel", "Jäger", "Weiß", "Jankowski"}
	offices = []string{"Bürgeramt", "Sozialamt", "Jugendamt", "Bauaufsicht", "Kämmerei", "Ordnungsamt", "Personalamt",
		"Standesamt", "Schulverwaltung", "Umweltamt", "Hauptamt", "Stadtarchiv"}
)
