package signin

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
)

// plain is the look without another one: complete, in both languages, usable
// with a keyboard, a screen reader, and without script.
type plain struct{}

//go:embed plain.html
var plainText string

//go:embed plain.css
var plainStyle string

var plainPages = template.Must(template.New("").Funcs(template.FuncMap{
	"words": words,
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
