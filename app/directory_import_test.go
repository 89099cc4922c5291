package app

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"lernspur/directory"
)

var fieldInPage = regexp.MustCompile(`name="(guard|next|tenant|sha256|version|identifier|person)" value="([^"]*)"`)

// fieldsOf are the hidden fields of a page's forms, the last of each name.
func fieldsOf(page string) url.Values {
	form := url.Values{}
	for _, m := range fieldInPage.FindAllStringSubmatch(page, -1) {
		form.Set(m[1], strings.NewReplacer("&#43;", "+", "&amp;", "&").Replace(m[2]))
	}
	return form
}

// TestListsOverPages: an administrator signs in, imports a list that was looked at, and gives
// an identifier that learns and is nobody's to somebody: what she did then counts for her.
func TestListsOverPages(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.AdminPassword = adminPassword
	a := start(t, o)
	defer stop(t, a)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	base := "http://" + a.Addr().String()
	do := func(method, path, kind string, body io.Reader, want int) (page, at string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, base+path, body)
		if err != nil {
			t.Fatal(err)
		}
		if kind != "" {
			r.Header.Set("Content-Type", kind)
		}
		answer, text := read(t, client, r)
		if answer.StatusCode != want {
			t.Fatalf("%s %s: %d, want %d\n%s", method, path, answer.StatusCode, want, text)
		}
		return text, answer.Request.URL.Path
	}
	get := func(path string) string { t.Helper(); page, _ := do("GET", path, "", nil, 200); return page }
	post := func(path string, form url.Values, want int) string {
		t.Helper()
		page, _ := do("POST", path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()), want)
		return page
	}
	form := fieldsOf(get("/signin"))
	form.Set("account", "admin")
	form.Set("password", adminPassword)
	post("/signin", form, 200)

	send := func(guard string, want int) (page, at string) {
		t.Helper()
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		err := w.WriteField("guard", guard)
		if err == nil {
			err = w.WriteField("kind", directory.KindPeople)
		}
		part, formErr := w.CreateFormFile("file", "personal.csv")
		if err == nil && formErr == nil {
			_, err = io.WriteString(part, "Personalnummer;Name\n7;Ada Yılmaz\n")
		}
		if err != nil || formErr != nil || w.Close() != nil {
			t.Fatal(err, formErr)
		}
		return do("POST", "/directory/import", w.FormDataContentType(), &body, want)
	}
	send("forged", http.StatusForbidden)
	preview, at := send(fieldsOf(get("/directory/import")).Get("guard"), 200)
	if !strings.Contains(preview, "Ada Yılmaz") || !strings.HasPrefix(at, "/directory/import/") {
		t.Fatalf("at %s: %s", at, preview)
	}
	if people, _, _ := a.people.Size("default"); people != 0 {
		t.Error("looking imported it")
	}
	post(at+"/apply", fieldsOf(preview), 200)
	ada, ok := a.people.PersonByStaff(t.Context(), "default", "7")
	if !ok {
		t.Fatal("nobody was imported")
	}

	const statement = `{"actor":{"mbox":"mailto:ada@example.org","name":"Ada Yılmaz"},"verb":{"id":"http://adlnet.gov/expapi/verbs/completed"},"object":{"id":"http://example.org/course","definition":{"type":"http://adlnet.gov/expapi/activities/course"}}}`
	if status, text := ask(t, a, "POST", "/xapi/statements", statement); status != 200 {
		t.Fatal(status, text)
	}
	if status, text := ask(t, a, "GET", "/api/v1/progress/summary?wait=true", ""); status != 200 {
		t.Fatal(status, text)
	}
	if page := get("/directory/unassigned"); !strings.Contains(page, "ada@example.org") || !strings.Contains(page, "person="+ada.ID) {
		t.Errorf("who learns is not listed, or Ada is not suggested: %s", page)
	}
	chosen := get("/directory/unassigned/match?" + url.Values{"identifier": {"mbox|mailto:ada@example.org"}, "person": {ada.ID}}.Encode())
	if page := post("/directory/unassigned/match", fieldsOf(chosen), 200); !strings.Contains(page, "ada@example.org") {
		t.Errorf("her page: %s", page)
	}
	if page := get("/directory/unassigned"); strings.Contains(page, "ada@example.org") {
		t.Error("still nobody's")
	}
	if status, text := ask(t, a, "GET", "/api/v1/progress/learners/"+ada.ID+"?wait=true", ""); status != 200 || !strings.Contains(text, "http://example.org/course") {
		t.Errorf("her progress: %d %s", status, text)
	}
}
