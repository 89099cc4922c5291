package signin

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
)

// plain is a look for tests: complete, in both languages, and no more.
type plain struct{}

//go:embed testdata/plain.html
var plainText string

//go:embed testdata/plain.css
var plainStyle string

var plainPages = template.Must(template.New("").Funcs(template.FuncMap{
	"words": labelsIn,
	"style": func() template.CSS { return template.CSS(plainStyle) },
}).Parse(plainText))

// plainPolicy lets a page have its own style and forms, and nothing else.
var plainPolicy = func() string {
	sum := sha256.Sum256([]byte(plainStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}()

func (plain) SignIn(w http.ResponseWriter, _ *http.Request, view SignInView) {
	plainPage(w, "signin", view.Status, view)
}

func (plain) Password(w http.ResponseWriter, _ *http.Request, view PasswordView) {
	plainPage(w, "password", view.Status, view)
}

func (plain) Notice(w http.ResponseWriter, _ *http.Request, view NoticeView) {
	plainPage(w, "notice", view.Status, view)
}

func plainPage(w http.ResponseWriter, name string, status int, view any) {
	var page bytes.Buffer
	if err := plainPages.ExecuteTemplate(&page, name, view); err != nil {
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", plainPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	// With less, browsers would not say where a form comes from.
	h.Set("Referrer-Policy", "same-origin")
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes()) // a browser that left is no error of ours
}

// labels are what the plain pages say themselves.
type labels struct {
	SignIn, Account, Password              string
	NewPassword, Repeat, OldPassword, Save string
	With, Out, Choose, Change, Rules, Done string
	Again, Refused                         string
}

func labelsIn(language string) labels {
	if language == "en" {
		return englishLabels
	}
	return germanLabels
}

var germanLabels = labels{
	SignIn: "Anmelden", Account: "Benutzername", Password: "Passwort",
	NewPassword: "Neues Passwort", Repeat: "Neues Passwort wiederholen", OldPassword: "Bisheriges Passwort", Save: "Passwort speichern",
	With: "Anmelden mit", Out: "Sie sind abgemeldet.", Choose: "Passwort wählen", Change: "Passwort ändern",
	Rules: "Mindestens 12 Zeichen, oder mindestens 8 mit Groß- und Kleinbuchstaben, Ziffern und Sonderzeichen. Gut ist ein Satz aus mehreren Wörtern.",
	Done:  "Ihr Passwort ist geändert. Alle anderen Anmeldungen sind beendet.",
	Again: "Zur Anmeldung", Refused: "Das geht nicht",
}

var englishLabels = labels{
	SignIn: "Sign in", Account: "User name", Password: "Password",
	NewPassword: "New password", Repeat: "Repeat the new password", OldPassword: "Current password", Save: "Save password",
	With: "Sign in with", Out: "You are signed out.", Choose: "Choose a password", Change: "Change password",
	Rules: "At least 12 characters, or at least 8 with upper and lower case letters, digits and other characters. A sentence of several words is good.",
	Done:  "Your password is changed. All other sessions are ended.",
	Again: "Go to sign in", Refused: "This was not done",
}
