package web

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"lernspur/catalog"
	"lernspur/content/manifest"
	"lernspur/web/visitor"
)

// put uploads a package by the form, or as its script does.
func put(t testing.TB, h http.Handler, address string, file []byte, script bool) *httptest.ResponseRecorder {
	t.Helper()
	var body bytes.Buffer
	kind := "application/zip"
	if script {
		body.Write(file)
	} else {
		form := multipart.NewWriter(&body)
		kind = form.FormDataContentType()
		err := form.WriteField("guard", "guard-word")
		if err == nil {
			part, formErr := form.CreateFormFile("package", "fire.zip")
			_, err = part.Write(file)
			if err == nil {
				err = formErr
			}
		}
		if err == nil {
			err = form.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	r := httptest.NewRequest("POST", address, &body)
	r.Header.Set("Content-Type", kind)
	if script {
		r.Header.Set("Accept", ndjson)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// aCourse uploads a package and answers its course's id.
func aCourse(t testing.TB, site *town, files map[string]string) string {
	t.Helper()
	answer := put(t, site.as(visitor.ContentManager), "/packages", zipped(t, files), false)
	id, ok := strings.CutPrefix(answer.Header().Get("Location"), "/courses/")
	if answer.Code != 303 || !ok {
		t.Fatalf("%d %s", answer.Code, answer.Body)
	}
	return strings.TrimSuffix(id, "?done=uploaded")
}

func contains(t testing.TB, what string, answer *httptest.ResponseRecorder, status int, texts ...string) {
	t.Helper()
	if answer.Code != status {
		t.Errorf("%s: %d, want %d", what, answer.Code, status)
	}
	for _, text := range texts {
		if !strings.Contains(answer.Body.String(), text) {
			t.Errorf("%s does not say %q:\n%s", what, text, answer.Body)
		}
	}
}

// TestUpload: by form and by script, taken and refused, new and replaced.
func TestUpload(t *testing.T) {
	site := newTown(t, "http://content.example")
	manager := site.as(visitor.ContentManager)
	contains(t, "no packages", ask(manager, "GET", "/packages", nil), 200, "Noch keine.")
	id := aCourse(t, site, fireSafety())
	contains(t, "the course", ask(manager, "GET", "/courses/"+id+"?done=uploaded", nil), 200, "Brandschutz im Rathaus", "kann benutzt werden", "SCORM 1.2", "Abschlusstest", "bestanden ab 80", "One.html")
	contains(t, "the course in English", ask(manager, "GET", "/courses/"+id+"?lang=en", nil), 200, "passed from 80%", "lang=en")

	answer := put(t, manager, "/packages", []byte("no zip"), false)
	contains(t, "a refusal", answer, 422, "kein ZIP-Archiv", "die das Autorenwerkzeug exportiert hat")
	answer = put(t, manager, "/packages?lang=en", []byte("no zip"), true)
	var last struct{ Location, HTML string }
	lastLine := func() []byte {
		lines := bytes.Split(bytes.TrimSpace(answer.Body.Bytes()), []byte("\n"))
		return lines[len(lines)-1]
	}
	if err := json.Unmarshal(lastLine(), &last); err != nil || !strings.Contains(last.HTML, "Nothing of it is stored") || answer.Header().Get("Content-Type") != ndjson {
		t.Errorf("%v %s", err, answer.Body)
	}
	answer = put(t, manager, "/courses/"+id+"/package", zipped(t, fireSafety()), true)
	if err := json.Unmarshal(lastLine(), &last); err != nil || last.Location != "/courses/"+id+"?done=replaced" {
		t.Errorf("%v %s", err, answer.Body)
	}
	contains(t, "two versions", ask(manager, "GET", "/courses/"+id, nil), 200, "Version 2", "/versions/1/delete")
	contains(t, "a refused version", put(t, manager, "/courses/"+id+"/package", zipped(t, map[string]string{"a": "b"}), false), 422, "kein Manifest", "/courses/"+id+"/package")
	contains(t, "a version of no course", put(t, manager, "/courses/nothing/package", zipped(t, fireSafety()), false), 404)
	contains(t, "a form without a file", ask(manager, "POST", "/packages", url.Values{"guard": {"x"}}), 415, "konnte nicht gelesen werden")

	if answer := ask(manager, "POST", "/courses/"+id+"/versions/1/delete", nil); answer.Header().Get("Location") != "/courses/"+id+"?done=version-deleted" {
		t.Errorf("%d %v", answer.Code, answer.Header())
	}
	contains(t, "the current version", ask(manager, "POST", "/courses/"+id+"/versions/2/delete", nil), 409, "upload another one first")
	if answer := ask(manager, "GET", "/courses/"+id+"/download?version=2", nil); answer.Code != 200 || answer.Header().Get("Content-Type") != "application/zip" || answer.Body.Len() < 500 {
		t.Errorf("the download: %d %v", answer.Code, answer.Header())
	}
	contains(t, "a download of nothing", ask(manager, "GET", "/courses/"+id+"/download?version=7", nil), 404)
	if answer := ask(manager, "POST", "/courses/"+id+"/preview", nil); answer.Code != 303 || !strings.HasPrefix(answer.Header().Get("Location"), "http://content.example/launch/") {
		t.Errorf("the preview: %d %v", answer.Code, answer.Header())
	}
}

// TestEdit: what people say about a course is kept, and what cannot be is said
// beside the field, with all that was typed.
func TestEdit(t *testing.T) {
	site := newTown(t, "http://content.example")
	manager := site.as(visitor.ContentManager)
	id := aCourse(t, site, fireSafety())
	form := url.Values{"title.de": {"Brandschutz"}, "title.en": {"Fire safety"}, "title.und": {""}, "description.de": {"Was zu tun ist."}, "kind": {"induction"}, "hours": {"1"}, "minutes": {"30"},
		"provider": {"Feuerwehr"}, "competences": {"Retten\nRetten\nLöschen\n"}, "certified": {"yes"}, "grading": {"last"}}
	if answer := ask(manager, "POST", "/courses/"+id+"/edit", form); answer.Header().Get("Location") != "/courses/"+id+"?done=saved" {
		t.Fatalf("%d %s", answer.Code, answer.Body)
	}
	c, err := site.catalog.Course(t.Context(), "default", id)
	if err != nil || c.Title.In("en") != "Fire safety" || c.Kind != "induction" || c.Duration != "PT1H30M" || !c.Certified || c.Grading != "last" || strings.Join(c.Competences, " ") != "Retten Löschen" || len(c.Title) != 2 {
		t.Errorf("%v %+v", err, c)
	}
	contains(t, "the course", ask(manager, "GET", "/courses/"+id+"?done=saved", nil), 200, "Gespeichert.", "1\u00a0Std. 30\u00a0Min.", "Einarbeitung", "Feuerwehr", "Retten, Löschen", "letzter Versuch")

	bad := url.Values{"title.de": {" "}, "hours": {"viele"}, "provider": {"<b>Feuerwehr</b>"}}
	contains(t, "a bad form", ask(manager, "POST", "/courses/"+id+"/edit", bad), 422, "mindestens einer Sprache", `href="#f-duration"`, "&lt;b&gt;Feuerwehr")
	bad = url.Values{"title.de": {"A"}, "provider": {"a\x01b"}}
	contains(t, "what the catalogue refuses", ask(manager, "POST", "/courses/"+id+"/edit", bad), 422, "Dieser Anbieter ist so nicht möglich")

	// A length that the form cannot show stays as it is.
	odd := "P1M"
	if _, err := site.catalog.Edit(t.Context(), "default", id, catalog.Edit{Duration: &odd}); err != nil {
		t.Fatal(err)
	}
	ask(manager, "POST", "/courses/"+id+"/edit", url.Values{"title.de": {"A"}})
	if c, err = site.catalog.Course(t.Context(), "default", id); err != nil || c.Duration != odd || c.Certified || len(c.Competences) != 0 {
		t.Errorf("%v %+v", err, c)
	}
}

// TestNewCourse: an Activity without a package.
func TestNewCourse(t *testing.T) {
	site := newTown(t, "http://content.example")
	manager := site.as(visitor.ContentManager)
	form := url.Values{"title.de": {"Moodle"}, "activity": {"https://moodle.example/course/1"}, "prefix": {"yes"}}
	answer := ask(manager, "POST", "/courses/new", form)
	to := answer.Header().Get("Location")
	if !strings.HasSuffix(to, "?done=made") {
		t.Fatalf("%d %s", answer.Code, answer.Body)
	}
	contains(t, "the course", ask(manager, "GET", to, nil), 200, "ohne Lernpaket", "https://moodle.example/course/1", "deren Kennung so beginnt")
	contains(t, "the same again", ask(manager, "POST", "/courses/new", form), 422, "hat diese Aktivität schon")
	contains(t, "no IRI", ask(manager, "POST", "/courses/new", url.Values{"title.de": {"A"}, "activity": {"course 1"}}), 422, "keine IRI", `value="course 1"`)
	contains(t, "the list", ask(manager, "GET", "/courses", nil), 200, "Es gibt einen Kurs.", "Moodle")
	contains(t, "a preview of nothing", ask(manager, "POST", strings.TrimSuffix(to, "?done=made")+"/preview", nil), 409)
}

// TestDelete: only with the title.
func TestDelete(t *testing.T) {
	site := newTown(t, "http://content.example")
	manager := site.as(visitor.ContentManager)
	id := aCourse(t, site, fireSafety())
	contains(t, "the question", ask(manager, "GET", "/courses/"+id+"/delete", nil), 200, "1 Version des Lernpakets", "0 Registrierungen")
	contains(t, "another title", ask(manager, "POST", "/courses/"+id+"/delete", url.Values{"name": {"brandschutz"}}), 422, "nicht der Titel")
	if answer := ask(manager, "POST", "/courses/"+id+"/delete", url.Values{"name": {"Brandschutz im Rathaus"}}); answer.Header().Get("Location") != "/courses?done=deleted" {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
	for _, address := range []string{"/courses/" + id, "/courses/" + id + "/delete", "/courses/" + id + "/edit"} {
		contains(t, address, ask(manager, "GET", address, nil), 404)
	}
}

var linkInPage = regexp.MustCompile(`http://content\.example/launch/[A-Za-z0-9_.-]+`)

// TestRegister: a learner is registered, gets a link, and can begin anew.
func TestRegister(t *testing.T) {
	site := newTown(t, "http://content.example")
	manager := site.as(visitor.ContentManager)
	id := aCourse(t, site, fireSafety())
	other := aCourse(t, site, fireSafety())
	answer := ask(manager, "POST", "/courses/"+id+"/registrations", url.Values{"kind": {"mail"}, "mail": {"ada@example.org"}, "name": {"Ada Muster"}})
	page, ok := strings.CutSuffix(answer.Header().Get("Location"), "?done=registered")
	if !ok {
		t.Fatalf("%d %s", answer.Code, answer.Body)
	}
	contains(t, "the registration", ask(manager, "GET", page, nil), 200, "Ada Muster", "ada@example.org", "noch nicht begonnen", "Noch kein Versuch")
	contains(t, "under another course", ask(manager, "GET", strings.Replace(page, id, other, 1), nil), 404)
	made := ask(manager, "POST", page+"/link", url.Values{"days": {"7"}})
	contains(t, "the link", made, 200, "nur jetzt zu sehen", "27.11.2026", "Maria Muster")
	token := strings.TrimPrefix(linkInPage.FindString(made.Body.String()), "http://content.example/launch/")
	if l, _, err := site.catalog.Launched(t.Context(), token); err != nil || l.Learner.Name != "Ada Muster" || l.Mode != catalog.Normal {
		t.Errorf("%v %+v", err, l)
	}
	if again := ask(manager, "GET", page, nil); linkInPage.MatchString(again.Body.String()) {
		t.Error("the link is shown twice")
	}
	for _, days := range []string{"", "0", "x", "9000"} {
		contains(t, "days: "+days, ask(manager, "POST", page+"/link", url.Values{"days": {days}}), 422, "Zahl von Tagen")
	}
	if answer := ask(manager, "POST", page+"/reset", nil); answer.Header().Get("Location") != page+"?done=reset" {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
	if _, _, err := site.catalog.Launched(t.Context(), token); err == nil {
		t.Error("the link counts after the reset")
	}
	account := url.Values{"kind": {"account"}, "account": {"bob"}, "home": {"https://id.example.org"}}
	if answer := ask(manager, "POST", "/courses/"+id+"/registrations", account); answer.Code != 303 {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
	contains(t, "the list", ask(manager, "GET", "/courses/"+id+"/registrations", nil), 200, "2 Registrierungen", "Ada Muster", "bob")
	for field, form := range map[string]url.Values{
		"mail": {"kind": {"mail"}, "mail": {"ada"}, "name": {"Ada"}}, "account": {"kind": {"account"}, "home": {"https://id.example.org"}}, "home": {"kind": {"account"}, "account": {"x"}, "home": {"id"}},
	} {
		contains(t, "a bad "+field, ask(manager, "POST", "/courses/"+id+"/registrations", form), 422, `href="#f-`+field+`"`)
	}
}

// TestCalls: the registration leads to what content called in each of its attempts
// that count.
func TestCalls(t *testing.T) {
	site := newTown(t, "http://content.example")
	manager := site.as(visitor.ContentManager)
	id := aCourse(t, site, fireSafety())
	r, err := site.catalog.Register(t.Context(), "default", id, catalog.Learner{Actor: json.RawMessage(`{"mbox":"mailto:ada@example.org"}`)}, catalog.RegisterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := site.catalog.Note(t.Context(), "default", r.ID, func(r *catalog.Registration) error {
		for i, item := range []string{"one", "one", "two", catalog.AttendanceItem("s"), "one"} {
			r.Attempts = append(r.Attempts, catalog.Attempt{ID: uuid.New(), Item: item, Started: 1, Reset: i == 0})
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	page := "/courses/" + id + "/registrations/" + r.ID.String()
	answer := ask(manager, "GET", page, nil)
	contains(t, "the registration", answer, 200, page+"/calls?attempt=1&amp;item=one", page+"/calls?attempt=2&amp;item=one", page+"/calls?attempt=1&amp;item=two")
	if n := strings.Count(answer.Body.String(), "/calls?"); n != 3 {
		t.Errorf("%d attempts lead to calls, want 3", n)
	}
	contains(t, "the calls", ask(manager, "GET", page+"/calls?attempt=2&item=one", nil), 200, "LMSSetValue", "1.250", "cmi.core.exit", "&lt;gone&gt;", "405")
	for _, query := range []string{"attempt=3&item=one", "attempt=2&item=two", "attempt=0&item=one", "item=one", ""} {
		contains(t, query, ask(manager, "GET", page+"/calls?"+query, nil), 404)
	}
}

// TestMy: a learner sees her courses and nobody else's, and opens hers only.
func TestMy(t *testing.T) {
	site := newTown(t, "http://content.example")
	learner := site.as(visitor.Learner)
	contains(t, "an account of nobody", ask(learner, "GET", "/my", nil), 200, "noch mit keiner Person verbunden")
	site.who = []string{"mailto:ada@example.org"}
	contains(t, "no course", ask(learner, "GET", "/my", nil), 200, "für keinen Kurs registriert")

	id := aCourse(t, site, fireSafety())
	register := func(mail string, o catalog.RegisterOptions) *catalog.Registration {
		t.Helper()
		r, err := site.catalog.Register(t.Context(), "default", id, catalog.Learner{Actor: json.RawMessage(`{"mbox":"mailto:` + mail + `"}`)}, o)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	ada, bob := register("ada@example.org", catalog.RegisterOptions{}), register("bob@example.org", catalog.RegisterOptions{})
	site.who[0] = ada.Learner.Identifier
	page := ask(learner, "GET", "/my", nil)
	contains(t, "her page", page, 200, "Ein Kurs wartet auf Sie.", "Brandschutz im Rathaus", "Beginnen", ada.ID.String())
	if strings.Contains(page.Body.String(), bob.ID.String()) {
		t.Error("she sees another's registration")
	}
	opened := ask(learner, "POST", "/my/"+ada.ID.String()+"/open", nil)
	token, ok := strings.CutPrefix(opened.Header().Get("Location"), "http://content.example/launch/")
	if !ok {
		t.Fatalf("%d %s", opened.Code, opened.Body)
	}
	if l, _, err := site.catalog.Launched(t.Context(), token); err != nil || l.Registration != ada.ID || l.Mode != catalog.Normal || l.ReturnURL != "https://lrs.example/my" {
		t.Errorf("%v %+v", err, l)
	}
	for _, other := range []string{bob.ID.String(), uuid.NewString(), "x"} {
		contains(t, "another's", ask(learner, "POST", "/my/"+other+"/open", nil), 404)
	}

	score := 0.9
	note := func(state string) {
		t.Helper()
		_, err := site.catalog.Note(t.Context(), "default", ada.ID, func(r *catalog.Registration) error {
			r.State = state
			r.Attempts = []catalog.Attempt{{ID: uuid.New(), Item: "two", Started: site.now.UnixMicro(), Outcome: state, Score: &score}}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	note(catalog.Started)
	contains(t, "begun", ask(learner, "GET", "/my?lang=en", nil), 200, "Resume", "Score 90%", "Abschlusstest")
	note(catalog.Passed)
	contains(t, "passed", ask(learner, "GET", "/my", nil), 200, "alle Ihre Kurse abgeschlossen", "Geschafft", "Noch einmal öffnen", "Ergebnis 90\u00a0%")

	site.who = []string{register("early@example.org", catalog.RegisterOptions{Opens: site.now.Add(48 * time.Hour).UnixMicro()}).Learner.Identifier}
	early := ask(learner, "GET", "/my", nil)
	contains(t, "too early", early, 200, "Öffnet am 22.11.2026")
	if strings.Contains(early.Body.String(), "/open") {
		t.Error("it can be opened too early")
	}
	site.who = []string{register("late@example.org", catalog.RegisterOptions{Closes: site.now.Add(time.Hour).UnixMicro()}).Learner.Identifier}
	site.now = site.now.Add(2 * time.Hour)
	contains(t, "too late", ask(learner, "GET", "/my", nil), 200, "Geschlossen seit 20.11.2026")
	if err := site.catalog.Delete(t.Context(), "default", id); err != nil {
		t.Fatal(err)
	}
	site.who = []string{ada.Learner.Identifier}
	contains(t, "a course that was deleted", ask(learner, "GET", "/my", nil), 200, "Brandschutz im Rathaus", "wird anderswo geöffnet")
}

// TestKeys: the secret is shown once.
func TestKeys(t *testing.T) {
	site := newTown(t, "http://content.example")
	admin := site.as(visitor.Administrator)
	contains(t, "no keys", ask(admin, "GET", "/keys", nil), 200, "Keiner.", "0 Zugangsschlüssel")
	contains(t, "an empty form", ask(admin, "POST", "/keys", nil), 422, "wofür der Schlüssel ist", "mindestens eine Berechtigung")
	made := ask(admin, "POST", "/keys", url.Values{"label": {"Moodle"}, "scope": {"statements/write", "nonsense"}})
	contains(t, "a key", made, 200, "not-a-real-secret", "63h4uqx2icwv")
	if got := site.keys.list[0].Scopes; len(got) != 1 || got[0] != "statements/write" {
		t.Error(got)
	}
	if again := ask(admin, "GET", "/keys", nil); strings.Contains(again.Body.String(), "not-a-real-secret") {
		t.Error("the secret is shown again")
	}
	if answer := ask(admin, "POST", "/keys/63h4uqx2icwv/revoke", nil); answer.Header().Get("Location") != "/keys?done=revoked" {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
	contains(t, "revoked", ask(admin, "GET", "/keys?done=revoked", nil), 200, "1 widerrufener Schlüssel", "Der Schlüssel ist widerrufen.")
	contains(t, "another key", ask(admin, "POST", "/keys/other/revoke", nil), 404)
}

// TestPages: lists go on where the page before ended.
func TestPages(t *testing.T) {
	site := newTown(t, "http://content.example")
	manager := site.as(visitor.ContentManager)
	for i := range pageSize + 1 {
		title := manifest.Text{{Language: "de", Value: "Kurs"}}
		_, err := site.catalog.RegisterActivity(t.Context(), "default", catalog.ActivityOptions{Activity: "https://a.example/" + strconv.Itoa(i), Edit: catalog.Edit{Title: &title}})
		if err != nil {
			t.Fatal(err)
		}
	}
	first := ask(manager, "GET", "/courses", nil).Body.String()
	more := regexp.MustCompile(`/courses\?after=[a-z0-9-]+`).FindString(first)
	second := ask(manager, "GET", more, nil).Body.String()
	if a, b := strings.Count(first, `<th scope="row">`), strings.Count(second, `<th scope="row">`); a != pageSize || b != 1 || strings.Contains(second, "Weitere anzeigen") {
		t.Errorf("%d and %d courses", a, b)
	}
}
