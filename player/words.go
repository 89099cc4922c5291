package player

// words are the texts of the pages in a language.
type words struct {
	Language string
	Messages map[string]message1
	// Play are those of the page that plays packages, Script those that it shows
	// later.
	Play, Script map[string]string
	// H5P are texts of the H5P core that learners meet; empty ones stay English.
	H5P map[string]string
}

// message1 is what a page with one message says.
type message1 struct{ Title, Text string }

var english = words{
	Language: "en",
	Messages: map[string]message1{
		"unknown": {"This link is not valid", "There is no course behind this link. Perhaps it was not copied as a whole, or it was withdrawn. Please open the course again from where you got the link."},
		"account": {"This course cannot be opened for you", "It asks for learners who are known by an account, and this link is for an address. Please tell whoever gave you the link."},
		"expired": {"This link has expired", "Links to courses are good for a limited time only. Nothing of what you have done is lost. Please open the course again from where you got the link."},
		"closed":  {"This course is not open now", "It can be opened at certain times only. Please ask those who registered you."},
		"nothing": {"There is nothing here", "The course has no such page. Please tell those who look after the course."},
		"kind":    {"This course cannot be opened here", "Packages of this kind are not played yet. Please tell those who look after the course."},
		"far":     {"On to the course", "It is on another server, and opens in a moment."},
		"busy":    {"Please try again in a moment", "The server is busy. Nothing is lost."},
		"broken":  {"Something went wrong", "Please try again. If it stays like this, please tell those who look after the course."},
	},
	Play: map[string]string{
		"contents": "Contents", "previous": "Back", "next": "Next", "exit": "Finish", "content": "Content of the course",
		"preview": "Preview: nothing is recorded", "skip": "To the content", "noscript": "This course needs JavaScript.", "menu": "Show contents",
	},
	Script: map[string]string{
		"completed": "completed", "passed": "passed", "failed": "not passed",
		"loading": "Loading …", "choose": "Please choose a part of the course.",
		"notOpened": "This part cannot be opened now.", "finished": "You have left the course. What you have done is saved. You can close this window.",
		"unsaved":   "Not saved yet. Please check your connection; it is tried again.",
		"toolarge":  "This could not be saved: the course keeps more than there is room for. Please tell whoever gave you the link.",
		"elsewhere": "This course was opened again in another window. Please go on there; this window saves nothing any more.",
		"gone":      "This link has expired. What was saved is kept; please open the course again.",
	},
	H5P: map[string]string{},
}

var german = words{
	Language: "de",
	Messages: map[string]message1{
		"unknown": {"Dieser Link ist ungültig", "Zu diesem Link gibt es keinen Kurs. Vielleicht wurde er nicht vollständig kopiert oder zurückgezogen. Bitte öffnen Sie den Kurs noch einmal von dort, wo Sie den Link bekommen haben."},
		"account": {"Dieser Kurs lässt sich für Sie nicht öffnen", "Er braucht Lernende, die mit einem Konto bekannt sind; dieser Link gilt für eine Adresse. Bitte sagen Sie es der Stelle, von der Sie den Link haben."},
		"expired": {"Dieser Link ist abgelaufen", "Links zu Kursen gelten nur eine begrenzte Zeit. Nichts von dem, was Sie bearbeitet haben, ist verloren. Bitte öffnen Sie den Kurs noch einmal von dort, wo Sie den Link bekommen haben."},
		"closed":  {"Dieser Kurs ist gerade nicht geöffnet", "Er kann nur zu bestimmten Zeiten bearbeitet werden. Bitte fragen Sie diejenigen, die Sie angemeldet haben."},
		"nothing": {"Hier ist nichts", "Diese Seite gibt es in dem Kurs nicht. Bitte sagen Sie denen Bescheid, die den Kurs betreuen."},
		"kind":    {"Dieser Kurs kann hier nicht geöffnet werden", "Pakete dieser Art werden noch nicht abgespielt. Bitte sagen Sie denen Bescheid, die den Kurs betreuen."},
		"far":     {"Weiter zum Kurs", "Er liegt auf einem anderen Server und öffnet sich gleich."},
		"busy":    {"Bitte versuchen Sie es gleich noch einmal", "Der Server ist ausgelastet. Nichts ist verloren."},
		"broken":  {"Etwas ist schiefgegangen", "Bitte versuchen Sie es noch einmal. Wenn es so bleibt, sagen Sie bitte denen Bescheid, die den Kurs betreuen."},
	},
	Play: map[string]string{
		"contents": "Inhalt", "previous": "Zurück", "next": "Weiter", "exit": "Beenden", "content": "Inhalt des Kurses",
		"preview": "Vorschau: Es wird nichts aufgezeichnet", "skip": "Zum Inhalt", "noscript": "Dieser Kurs braucht JavaScript.", "menu": "Inhalt zeigen",
	},
	Script: map[string]string{
		"completed": "abgeschlossen", "passed": "bestanden", "failed": "nicht bestanden",
		"loading": "Wird geladen …", "choose": "Bitte wählen Sie einen Teil des Kurses.",
		"notOpened": "Dieser Teil kann gerade nicht geöffnet werden.", "finished": "Sie haben den Kurs verlassen. Ihr Stand ist gespeichert. Sie können dieses Fenster schließen.",
		"unsaved":   "Noch nicht gespeichert. Bitte prüfen Sie Ihre Verbindung; es wird weiter versucht.",
		"toolarge":  "Das konnte nicht gespeichert werden: Der Kurs merkt sich mehr, als Platz hat. Bitte sagen Sie es der Stelle, von der Sie den Link haben.",
		"elsewhere": "Dieser Kurs wurde in einem anderen Fenster noch einmal geöffnet. Bitte machen Sie dort weiter; dieses Fenster speichert nichts mehr.",
		"gone":      "Dieser Link ist abgelaufen. Was gespeichert war, bleibt erhalten; bitte öffnen Sie den Kurs noch einmal.",
	},
	H5P: map[string]string{
		"fullscreen": "Vollbild", "disableFullscreen": "Vollbild beenden", "close": "Schließen", "showMore": "Mehr zeigen", "showLess": "Weniger zeigen",
		"confirmDialogHeader": "Bitte bestätigen", "confirmDialogBody": "Möchten Sie fortfahren? Das lässt sich nicht rückgängig machen.",
		"cancelLabel": "Abbrechen", "confirmLabel": "Bestätigen",
		"contentChanged": "Dieser Inhalt wurde geändert, seit Sie ihn zuletzt benutzt haben.", "startingOver": "Sie beginnen von vorn.",
	},
}
