package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"lernspur/directory"
	"lernspur/web/visitor"
)

// sendFile sends a file to be looked at.
func sendFile(t testing.TB, h http.Handler, name string, file []byte, fields url.Values) *httptest.ResponseRecorder {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	err := form.WriteField("guard", "guard-word")
	for field, values := range fields {
		if err == nil {
			err = form.WriteField(field, values[0])
		}
	}
	if err == nil && name != "" {
		part, formErr := form.CreateFormFile("file", name)
		if err = formErr; err == nil {
			_, err = part.Write(file)
		}
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/directory/import", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

const staffList = "Personalnummer;Name;E-Mail;Amt;Bemerkung\n1001;Ada Yılmaz-Berg;ada@musterstadt.example;11;\n1010;<b>Dora</b>;dora@musterstadt.example;VI;neu\n"

// shownApply is the form that takes over what a preview shows.
func shownApply(t testing.TB, preview *httptest.ResponseRecorder) url.Values {
	t.Helper()
	form := url.Values{}
	for _, field := range []string{"sha256", "version"} {
		found := regexp.MustCompile(`name="` + field + `" value="([0-9a-f]+)"`).FindStringSubmatch(preview.Body.String())
		if found == nil {
			t.Fatalf("the preview has no %s:\n%s", field, preview.Body)
		}
		form.Set(field, found[1])
	}
	return form
}

// TestImport: what is shown is taken over, and nothing else.
func TestImport(t *testing.T) {
	site := newTown(t, "http://content.example")
	ids := settled(t, site)
	admin := site.as(visitor.Administrator)
	contains(t, "the page", ask(admin, "GET", "/directory/import", nil), 200, "Noch nichts.", "höchstens 17")
	before := site.people.Version("default")
	sent := sendFile(t, admin, `C:\Listen\personal.csv`, []byte(staffList), url.Values{"kind": {"people"}})
	path := sent.Header().Get("Location")
	if sent.Code != 303 || !strings.HasPrefix(path, "/directory/import/") {
		t.Fatalf("%d %s", sent.Code, sent.Body)
	}
	preview := ask(admin, "GET", path, nil)
	sum := sha256.Sum256([]byte(staffList))
	contains(t, "the preview", preview, 200, "Vorschau: personal.csv", "2 Änderungen aus 2 Zeilen. Noch ist nichts übernommen.", hex.EncodeToString(sum[:]), "CSV, UTF-8, ;", "&lt;b&gt;Dora", "Diese 2 Änderungen übernehmen", "Bemerkung", "Ada Yılmaz-Berg (bisher Ada Yılmaz)", "dora@musterstadt.example")
	if site.people.Version("default") != before {
		t.Fatal("looking changed the directory")
	}
	form := shownApply(t, preview)

	for what, change := range map[string]func(url.Values){
		"another file":      func(f url.Values) { f.Set("sha256", strings.Repeat("0", 64)) },
		"another directory": func(f url.Values) { f.Set("version", "1") },
	} {
		other := url.Values{"sha256": form["sha256"], "version": form["version"]}
		change(other)
		refused := ask(admin, "POST", path+"/apply", other)
		contains(t, what, refused, 409, "Es ist nichts übernommen", "Diese 2 Änderungen übernehmen")
		contains(t, what+": the page of before", ask(admin, "GET", path, nil), 410, "Es ist nichts übernommen")
		path = "/directory/import/" + regexp.MustCompile(`action="/directory/import/([A-Z0-9]+)/apply"`).FindStringSubmatch(refused.Body.String())[1]
	}
	contains(t, "without what was shown", ask(admin, "POST", path+"/apply", nil), 400)
	other := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visitor.Visitor{Tenant: "default", Account: "other", Roles: []visitor.Role{visitor.Administrator}}
		site.ServeHTTP(w, r.WithContext(visitor.With(r.Context(), v)))
	})
	contains(t, "by somebody else", ask(other, "POST", path+"/apply", form), 410)

	// The directory is changed by somebody else in between: what would happen now is shown.
	name := "Ada Y."
	if _, err := site.people.EditPerson(t.Context(), "default", ids["Ada Yılmaz"], 0, directory.PersonEdit{Name: &name}); err != nil {
		t.Fatal(err)
	}
	contains(t, "a change in between", ask(admin, "POST", path+"/apply", form), 409, "Verzeichnis wurde geändert")
	sent = sendFile(t, admin, "personal.csv", []byte(staffList), url.Values{"kind": {"people"}})
	path = sent.Header().Get("Location")
	form = shownApply(t, ask(admin, "GET", path, nil))
	led(t, "taken over", ask(admin, "POST", path+"/apply", form), "/directory/import?done=imported")
	contains(t, "taken over again", ask(admin, "POST", path+"/apply", form), 410)
	if p, _ := site.people.PersonByStaff(t.Context(), "default", "1010"); p == nil || p.Name != "<b>Dora</b>" || p.Unit != ids["Dezernat VI"] {
		t.Errorf("%+v", p)
	}
	contains(t, "the history", ask(admin, "GET", "/directory/import?done=imported", nil), 200, "Die Datei ist übernommen.", "personal.csv", "m.muster")
	path = sendFile(t, admin, "personal.csv", []byte(staffList), url.Values{"kind": {"people"}}).Header().Get("Location")
	contains(t, "nothing new", ask(admin, "GET", path, nil), 200, "Die 2 Zeilen ändern nichts")
	led(t, "dropped", ask(admin, "POST", path+"/drop", nil), "/directory/import?done=import-dropped")
	contains(t, "after that", ask(admin, "GET", path, nil), 410)
}

// TestImportFaults: what is wrong is said by line and column, and can be put right.
func TestImportFaults(t *testing.T) {
	site := newTown(t, "http://content.example")
	settled(t, site)
	admin := site.as(visitor.Administrator)
	look := func(file string, fields url.Values) (string, *httptest.ResponseRecorder) {
		t.Helper()
		sent := sendFile(t, admin, "liste.csv", []byte(file), fields)
		path := sent.Header().Get("Location")
		if sent.Code != 303 {
			t.Fatalf("%d %s", sent.Code, sent.Body)
		}
		return path, ask(admin, "GET", path, nil)
	}
	people := url.Values{"kind": {"people"}}
	path, page := look("Personalnummer;E-Mail;Amt;seit\n1001;ada;11;\n1002;;99;\n1003;;11;gestern\n", people)
	contains(t, "faults", page, 200, "An 3 Stellen stimmt etwas nicht", "„ada“ ist keine E-Mail-Adresse.", "Eine Einheit „99“ gibt es nicht; importieren Sie zuerst die Einheiten.", "„gestern“ ist kein Tag wie 31.01.2026", `<td class="n" data-label="Zeile">4</td><td data-label="Spalte">4 <span class="soft">seit</span>`)
	if strings.Contains(page.Body.String(), path+"/apply") {
		t.Error("faults can be taken over")
	}
	contains(t, "applied all the same", ask(admin, "POST", path+"/apply", url.Values{"sha256": {"x"}, "version": {"1"}}), 422)
	contains(t, "in English", ask(admin, "GET", path+"?lang=en", nil), 200, "&#34;ada&#34; is not an e-mail address", "something wrong in 3 places")

	path, page = look("Nummer;Wer\n7;Zoe\n", people)
	contains(t, "columns that say nothing", page, 200, "Keine Spalte ist als Personalnummer, E-Mail", `name="column.0"`)
	next := ask(admin, "POST", path+"/columns", url.Values{"column.0": {"staff"}, "column.1": {"name"}})
	page = ask(admin, "GET", next.Header().Get("Location"), nil)
	contains(t, "mapped", page, 200, "Eine Änderung aus einer Zeile.", "Zoe")
	contains(t, "the page before it", ask(admin, "GET", path, nil), 410)
	path = next.Header().Get("Location")
	contains(t, "a meaning that is none", ask(admin, "POST", path+"/columns", url.Values{"column.0": {"nothing"}}), 422, "kann hier keine Spalte bedeuten")
	led(t, "taken over as it was mapped", ask(admin, "POST", path+"/apply", shownApply(t, page)), "/directory/import?done=imported")
	if p, _ := site.people.PersonByStaff(t.Context(), "default", "7"); p == nil || p.Name != "Zoe" {
		t.Errorf("%+v", p)
	}

	_, page = look("", people)
	contains(t, "empty", page, 200, "Die Datei ist leer.")
	contains(t, "no file", sendFile(t, admin, "", nil, people), 422, "Bitte wählen Sie eine Datei.", `href="#f-file"`)
	contains(t, "no kind", sendFile(t, admin, "a.csv", []byte("a;b\n"), nil), 422, `href="#f-kind"`)
	contains(t, "no day", sendFile(t, admin, "a.csv", []byte("a;b\n"), url.Values{"kind": {"people"}, "from": {"x"}}), 422, `href="#f-from"`)
	contains(t, "units are never complete", sendFile(t, admin, "a.csv", []byte("Name\nx\n"), url.Values{"kind": {"units"}, "complete": {"yes"}}), 422, `href="#f-complete"`, "gilt nie als vollständig")
	contains(t, "too large", sendFile(t, admin, "a.csv", bytes.Repeat([]byte("x"), maxFile+1), people), 422, "größer als", `href="#f-file"`)
	contains(t, "far too large", sendFile(t, admin, "a.csv", bytes.Repeat([]byte("x"), maxFile+2*maxForm), people), 422, "größer als")

	path, page = look("Personalnummer;Name\n1001;Ada Yılmaz\n", url.Values{"kind": {"people"}, "complete": {"yes"}, "from": {"2026-12-01"}})
	contains(t, "a complete list", page, 200, "vollständige Liste", "nicht in der Datei", "Bernd Hoffmann", "01.12.2026", "VI (Dezernat VI) 01.01.2024 bis 30.11.2026 (bisher VI (Dezernat VI) ab 01.01.2024)")
	led(t, "taken over", ask(admin, "POST", path+"/apply", shownApply(t, page)), "/directory/import?done=imported")
	if p, _ := site.people.PersonByStaff(t.Context(), "default", "1002"); p.Memberships[0].Until != "2026-11-30" {
		t.Errorf("%+v", p.Memberships)
	}
}

// TestShownFiles: only the last preview of an account is kept, for a while, and not too many
// bytes of all.
func TestShownFiles(t *testing.T) {
	var f shownFiles
	keep := func(account string, bytes int) *shownFile {
		s := &shownFile{tenant: "town", account: account, data: make([]byte, bytes)}
		f.keep(s, testNow)
		return s
	}
	there := func(s *shownFile, at time.Time) bool { return f.find(s.tenant, s.account, s.id, at) == s }
	a := keep("a", 10)
	b := keep("b", shownBytes-30)
	if !there(a, testNow) || !there(b, testNow) || there(a, testNow.Add(shownFor)) || f.find("village", "a", a.id, testNow) != nil || f.find("town", "b", a.id, testNow) != nil {
		t.Error("what was kept")
	}
	again := keep("a", 10)
	if there(a, testNow) || !there(again, testNow) || !there(b, testNow) {
		t.Error("the second file of one account")
	}
	c := keep("c", 21)
	if there(b, testNow) || !there(again, testNow) || !there(c, testNow) {
		t.Error("the oldest does not make room")
	}
	f.keep(&shownFile{account: "d"}, testNow.Add(time.Hour))
	if len(f.list) != 1 {
		t.Errorf("%d are kept for ever", len(f.list)-1)
	}
}
