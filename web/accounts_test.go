package web

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"lernspur/web/visitor"
)

func TestUnassigned(t *testing.T) {
	site := newTown(t, "http://content.example")
	ids := settled(t, site)
	admin, reader := site.as(visitor.Administrator), site.as(visitor.DataProtection)
	page := ask(admin, "GET", "/directory/unassigned", nil)
	contains(t, "the list", page, 200, "2 Kennungen", "bernd@alt.example", "Hoffmann, Bernd", "/directory/unassigned/match?", "person="+ids["Bernd Hoffmann"], "https://moodle.musterstadt.example gast")
	if strings.Contains(ask(reader, "GET", "/directory/unassigned", nil).Body.String(), "/match") {
		t.Error("who only reads is offered to match")
	}
	identifier := "mbox|mailto:bernd@alt.example"
	at := "/directory/unassigned/match?identifier=" + url.QueryEscape(identifier)
	contains(t, "whose", ask(admin, "GET", at+"&q=bernd", nil), 200, "Wem gehört bernd@alt.example?", "Bernd Hofmann", "/directory/new?identifier=bernd%40alt.example")
	chosen := ask(admin, "GET", at+"&person="+ids["Bernd Hoffmann"], nil)
	contains(t, "chosen", chosen, 200, "zählt danach bei „Bernd Hoffmann“", "bernd@musterstadt.example")
	form := url.Values{"identifier": {identifier}, "person": {ids["Bernd Hoffmann"]}, "version": versionInPage.FindStringSubmatch(chosen.Body.String())[1:]}
	led(t, "matched", ask(admin, "POST", "/directory/unassigned/match", form), "/directory/people/"+ids["Bernd Hoffmann"]+"?done=matched")
	contains(t, "once more", ask(admin, "POST", "/directory/unassigned/match", form), 409)
	led(t, "matched meanwhile", ask(admin, "GET", at, nil), "/directory/people/"+ids["Bernd Hoffmann"])
	contains(t, "no identifier", ask(admin, "GET", "/directory/unassigned/match?identifier=x", nil), 404)
	contains(t, "no identifier, posted", ask(admin, "POST", "/directory/unassigned/match", url.Values{"identifier": {"nonsense|x"}, "person": {ids["Bernd Hofmann"]}, "version": {version(t, admin, "/directory/people/"+ids["Bernd Hofmann"]+"/edit")}}), 422, "ist keine Kennung")
	contains(t, "nobody", ask(admin, "POST", "/directory/unassigned/match", url.Values{"identifier": {identifier}, "person": {"nobody"}}), 404)
	contains(t, "one left", ask(admin, "GET", "/directory/unassigned", nil), 200, "Eine Kennung, die lernt")
	contains(t, "a new person for it", ask(admin, "GET", "/directory/new?identifier=https%3A%2F%2Fmoodle.musterstadt.example+gast&name=Gast", nil), 200, "https://moodle.musterstadt.example gast", `value="Gast"`)
}

func TestAccountPages(t *testing.T) {
	site := newTown(t, "http://content.example")
	ids := settled(t, site)
	admin, reader := site.as(visitor.Administrator), site.as(visitor.DataProtection)
	contains(t, "the list", ask(admin, "GET", "/accounts", nil), 200, "Es gibt 4 Konten.", "Lernende, Trainerin/Trainer", "Link offen", "7 falsche Versuche", "gesperrt", "/accounts/oidc:7")
	if strings.Contains(ask(reader, "GET", "/accounts", nil).Body.String(), "/accounts/new") {
		t.Error("who only reads is offered a change")
	}
	contains(t, "an account", ask(admin, "GET", "/accounts/ada", nil), 200, "Brandschutz Herbst", "/directory/people/"+ids["Ada Yılmaz"], "Alle Sitzungen von Ada beenden?", "Zuletzt 7")
	if page := ask(reader, "GET", "/accounts/ada", nil).Body.String(); strings.Contains(page, "/accounts/ada/") {
		t.Error("who only reads is offered a change")
	}
	contains(t, "no account", ask(admin, "GET", "/accounts/nobody", nil), 404)

	form := url.Values{"login": {"b hoffmann"}, "name": {"Bernd <i>Hoffmann</i>"}, "person": {"nobody at all"}}
	contains(t, "no roles", ask(admin, "POST", "/accounts/new", form), 422, `href="#f-role"`, `href="#f-person"`, "&lt;i&gt;Hoffmann")
	form.Set("person", "1002")
	form["role"] = []string{"trainer", "king"}
	contains(t, "a name that is none", ask(admin, "POST", "/accounts/new", form), 422, `href="#f-login"`, "keine Leerzeichen")
	form.Set("login", "ada")
	contains(t, "a name that is taken", ask(admin, "POST", "/accounts/new", form), 422, "gibt es schon")
	form.Set("login", "b.hoffmann")
	contains(t, "by a link", ask(admin, "POST", "/accounts/new", form), 200, "https://lrs.example/signin/reset?token=one", "nur jetzt zu sehen")
	if a, _ := site.accounts.Account(t.Context(), "default", "b.hoffmann"); a.Person != ids["Bernd Hoffmann"] || !slices.Equal(a.Roles, []visitor.Role{visitor.Trainer}) {
		t.Errorf("%+v", a)
	}
	form.Set("login", "once")
	form.Set("opens", "password")
	contains(t, "by a one-time password", ask(admin, "POST", "/accounts/new", form), 200, "one-time-word", "wählt dann ein eigenes")
	contains(t, "not a second time", ask(admin, "GET", "/accounts/once", nil), 200, "Einmalpasswort")
	if strings.Contains(ask(admin, "GET", "/accounts/once", nil).Body.String(), "one-time-word") {
		t.Error("a one-time password is shown twice")
	}

	led(t, "other roles", ask(admin, "POST", "/accounts/ada/edit", url.Values{"name": {"Ada"}, "role": {"auditor"}, "person": {"1001"}}), "/accounts/ada?done=saved")
	contains(t, "giving up oneself", ask(admin, "POST", "/accounts/m.muster/edit", url.Values{"role": {"learner"}}), 422, "Sich selbst kann niemand")
	led(t, "disabled", ask(admin, "POST", "/accounts/ada/disable", nil), "/accounts/ada?done=disabled")
	led(t, "enabled", ask(admin, "POST", "/accounts/ada/enable", nil), "/accounts/ada?done=enabled")
	contains(t, "disabling oneself", ask(admin, "POST", "/accounts/m.muster/disable", nil), 409, "Sich selbst kann niemand")
	led(t, "signed out", ask(admin, "POST", "/accounts/ada/signout", nil), "/accounts/ada?done=signed-out")
	contains(t, "reset", ask(admin, "POST", "/accounts/ada/reset", nil), 200, "token=two", "nur jetzt zu sehen")
	contains(t, "no password to reset", ask(admin, "POST", "/accounts/oidc:7/reset", nil), 409, "hier kein Passwort")
	contains(t, "deleting", ask(admin, "GET", "/accounts/ada/delete", nil), 200, "alle Sitzungen, sofort")
	contains(t, "by another name", ask(admin, "POST", "/accounts/ada/delete", url.Values{"name": {"Adam"}}), 422)
	contains(t, "the last one", ask(admin, "POST", "/accounts/m.muster/delete", url.Values{"name": {"m.muster"}}), 409, "das letzte Konto der Administration")
	led(t, "deleted", ask(admin, "POST", "/accounts/ada/delete", url.Values{"name": {"Ada"}}), "/accounts?done=account-deleted")
}

// TestSentences: whatever the directory says can be said in German, and nothing else
// is translated.
func TestSentences(t *testing.T) {
	forms := map[string]bool{
		"there is more than one unit of the name %q; say its code": true, "there is more than one group of the name %q; say its code": true,
		"%q is not an e-mail address": true, "%q is not the home page and the name of an account": true, "%q is not an OpenID, which is a URI": true, "%q is not a SHA-1 of 40 hexadecimal digits": true,
		"a quote that opens a text is not closed before the next delimiter; a quote within a text is written twice":     true,
		"there is a quote within a text that does not begin with one; put the text in quotes and write the quote twice": true, "this is not CSV": true,
	}
	place := map[string]int{"invalid": 1, "conflict": 0, "tell": 0, "problem": 3, "wrong": 2, "failed": 2} // of the form, by function
	for _, folder := range []string{"../directory", "../directory/sheet"} {
		files, err := filepath.Glob(folder + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(tree, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				name := ""
				switch f := call.Fun.(type) {
				case *ast.Ident:
					name = f.Name
				case *ast.SelectorExpr:
					name = f.Sel.Name
				}
				at, known := place[name]
				if !known || len(call.Args) <= at {
					return true
				}
				if text, ok := call.Args[at].(*ast.BasicLit); ok {
					if form, err := strconv.Unquote(text.Value); err == nil && form != "%s" && form != "" {
						forms[form] = true
					}
				}
				return true
			})
		}
	}
	german := translatedSentences["de"]
	verbs := regexp.MustCompile(`%[dqs]`)
	for form := range forms {
		said, ok := german[form]
		if !ok {
			t.Errorf("%q cannot be said in German", form)
		}
		for i := range verbs.FindAllString(form, -1) {
			if !strings.Contains(said, fmt.Sprintf("{%d}", i)) {
				t.Errorf("%q lacks {%d}", said, i)
			}
		}
	}
	for form := range german {
		if !forms[form] {
			t.Errorf("nobody says %q", form)
		}
	}
}
