package signin

import (
	"net/http"

	"golang.org/x/text/language"
)

// texts are what the pages say of what was not done, in one language.
type texts struct {
	refusals map[string]string
	weak     map[Weakness]string
}

// words are the texts in a language, de or en.
func words(language string) texts {
	if language == "en" {
		return english
	}
	return german
}

var matcher = language.NewMatcher([]language.Tag{language.German, language.English})

// languageOf is the language of a page for somebody who has not said which: that
// of the query, else what the browser asks for, else German.
func languageOf(r *http.Request) string {
	_, i := language.MatchStrings(matcher, r.URL.Query().Get("lang"), r.Header.Get("Accept-Language"))
	return []string{"de", "en"}[i]
}

var german = texts{
	refusals: map[string]string{
		"wrong":     "Benutzername und Passwort passen nicht zusammen.",
		"slowed":    "Es gab zu viele falsche Versuche. Bitte warten Sie einen Moment und versuchen Sie es dann erneut.",
		"busy":      "Das ist gerade nicht möglich. Bitte versuchen Sie es in einem Moment erneut.",
		"away":      "Das ist gerade nicht möglich. Bitte versuchen Sie es in einem Moment erneut.",
		"guard":     "Diese Seite war zu alt, oder der Browser nimmt keine Cookies an. Bitte laden Sie die Seite neu und versuchen Sie es noch einmal.",
		"origin":    "Diese Anfrage kam von einer anderen Website und wurde nicht ausgeführt.",
		"role":      "Dafür reicht Ihre Berechtigung nicht.",
		"over":      "Die Anmeldung ist abgelaufen. Bitte melden Sie sich neu an.",
		"old":       "Das bisherige Passwort ist ein anderes.",
		"repeated":  "Die beiden neuen Passwörter sind verschieden.",
		"link":      "Dieser Link wurde schon benutzt oder ist abgelaufen. Bitte lassen Sie sich einen neuen geben.",
		"issuer":    "Die Anmeldung bei Ihrem Anbieter hat nicht geklappt. Bitte versuchen Sie es noch einmal.",
		"none":      "Die Anmeldung bei einem Anbieter ist hier nicht eingerichtet.",
		"disabled":  "Dieses Konto ist gesperrt. Bitte wenden Sie sich an Ihre Administration.",
		"method":    "Diese Adresse nimmt solche Anfragen nicht an.",
		"change":    "Das Passwort haben Sie von jemandem bekommen. Bitte wählen Sie zuerst ein eigenes.",
		"elsewhere": "Dieses Konto meldet sich bei einem Anbieter an und hat hier kein Passwort.",
	},
	weak: map[Weakness]string{
		TooShort:     "Das Passwort ist zu kurz: mindestens 12 Zeichen, oder mindestens 8 mit Groß- und Kleinbuchstaben, Ziffern und Sonderzeichen.",
		TooLong:      "Das Passwort ist zu lang: höchstens 256 Bytes.",
		NotText:      "Das Passwort enthält Zeichen, die sich nicht verwenden lassen.",
		CommonWord:   "Dieses Passwort benutzen zu viele: Es wird als Erstes ausprobiert.",
		Simple:       "Dieses Passwort ist zu einfach: eine Reihe, nur Ziffern oder nur wenige verschiedene Zeichen.",
		OwnName:      "Das Passwort darf den Benutzernamen oder den eigenen Namen nicht enthalten.",
		SamePassword: "Das neue Passwort ist das bisherige.",
	},
}

var english = texts{
	refusals: map[string]string{
		"wrong":     "This user name and password do not belong together.",
		"slowed":    "There were too many wrong attempts. Please wait a moment and try again.",
		"busy":      "This is not possible right now. Please try again in a moment.",
		"away":      "This is not possible right now. Please try again in a moment.",
		"guard":     "This page was too old, or the browser takes no cookies. Please reload the page and try again.",
		"origin":    "This request came from another website and was not carried out.",
		"role":      "You are not permitted to do this.",
		"over":      "The session is over. Please sign in again.",
		"old":       "The current password is another one.",
		"repeated":  "The two new passwords differ.",
		"link":      "This link has been used, or its time is over. Please ask for another one.",
		"issuer":    "Signing in at your provider did not work. Please try again.",
		"none":      "Signing in at a provider is not set up here.",
		"disabled":  "This account is disabled. Please ask your administrators.",
		"method":    "This address does not take such requests.",
		"change":    "Somebody gave you this password. Please choose one of your own first.",
		"elsewhere": "This account signs in at a provider and has no password here.",
	},
	weak: map[Weakness]string{
		TooShort:     "the password is too short: at least 12 characters, or at least 8 with upper and lower case letters, digits and others",
		TooLong:      "the password is too long: 256 bytes at most",
		NotText:      "the password has characters that cannot be used",
		CommonWord:   "too many people use this password: it is tried first",
		Simple:       "this password is too simple: a row of keys, digits alone, or few different characters",
		OwnName:      "the password must not contain the name of the account or of its holder",
		SamePassword: "the new password is the current one",
	},
}
