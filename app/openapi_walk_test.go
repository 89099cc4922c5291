package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"lernspur/apiv1/openapi/openapitest"
	"lernspur/directory"
)

// answeredElsewhere are operations whose successes other tests of this package get, through the same
// transport: they need content that is open.
var answeredElsewhere = map[string]string{
	"GET /api/v1/registrations/{registration}/calls":    "TestContent",
	"POST /api/v1/registrations/{registration}/abandon": "TestLaunchFromTheCatalogue",
	"POST /api/v1/registrations/{registration}/waive":   "TestLaunchFromTheCatalogue",
	"GET /api/v1/statements/tail":                       "TestOwnInterfaceRefuses",
}

// walked are the resources whose operations have to be asked for here, each; of others package app's tests
// see what they ask for.
var walked = []string{"accounts", "attendance", "courses", "groups", "headcounts", "imports", "invitations", "launches", "openapi", "packages", "people", "progress", "registrations", "repairs", "statements", "units"}

// walk does one thing after the other, and keeps what was named on the way.
type walk struct {
	t      *testing.T
	a      *App
	client *http.Client
	kept   map[string]string
}

// do sends a request; {name} in path and body is what was kept under the name. keep is the member of
// the answer that is kept, and its name: "id=person".
func (w *walk) do(method, path, body string, keep ...string) {
	w.t.Helper()
	for name, value := range w.kept {
		path, body = strings.ReplaceAll(path, "{"+name+"}", value), strings.ReplaceAll(body, "{"+name+"}", value)
	}
	contentType := "application/json"
	if strings.HasPrefix(body, "PK") {
		contentType = "application/zip"
	} else if body != "" && body[0] != '{' {
		contentType = "text/csv"
	}
	w.send(method, path, contentType, body, keep...)
}

func (w *walk) send(method, path, contentType, body string, keep ...string) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, "http://"+w.a.Addr().String()+"/api/v1/"+path, bytes.NewReader([]byte(body)))
	if err != nil {
		w.t.Fatal(err)
	}
	r.SetBasicAuth(key, secret)
	r.Header.Set("Content-Type", contentType)
	answer, text := read(w.t, w.client, r)
	for again := 0; answer.StatusCode == http.StatusServiceUnavailable && again < 5; again++ { // the machine has other things to do
		r = r.Clone(w.t.Context())
		r.Body = io.NopCloser(strings.NewReader(body))
		answer, text = read(w.t, w.client, r)
	}
	if answer.StatusCode >= 300 {
		w.t.Fatalf("%s %s: %d %s", method, path, answer.StatusCode, text)
	}
	for _, k := range keep {
		from, to, _ := strings.Cut(k, "=")
		w.kept[to] = fmt.Sprint(member(w.t, text, from))
	}
}

// TestEverySuccessIsAsDescribed asks for a success of every operation of these resources, and fails for
// one that it does not ask for: a new one gets a line here.
func TestEverySuccessIsAsDescribed(t *testing.T) {
	t.Parallel()
	d, err := openapitest.Read()
	if err != nil {
		t.Fatal(err)
	}
	o := options(t)
	o.LRS.LenientTenants = []string{directory.DefaultTenant}
	a := start(t, o)
	defer stop(t, a)
	inner := http.DefaultTransport.(*openapitest.Transport).Inner
	w := &walk{t: t, a: a, client: &http.Client{Transport: &openapitest.Transport{Description: d, Inner: inner}}, kept: map[string]string{}}
	if d.Methods("/api/v1/evaluation") != nil {
		w.do("PATCH", "evaluation", `{"switches":{"at-risk":{"on":true,"ground":"DV 7"},"idle-days":{"on":true,"ground":"DV 7"},"hours":{"on":true,"ground":"DV 7"},"timelines":{"on":true,"ground":"DV 7"},"answers":{"on":true,"ground":"DV 7"}}}`)
	}
	w.people()
	w.courses()
	w.figures()
	w.accounts()
	for _, template := range d.Templates() {
		family, _, _ := strings.Cut(strings.NewReplacer("/", " ", ".", " ").Replace(strings.TrimPrefix(template, "/api/v1/")), " ")
		if !slices.Contains(walked, family) {
			continue
		}
		for _, method := range d.Methods(template) {
			operation := method + " " + template
			if !d.Answered(operation) && answeredElsewhere[operation] == "" {
				t.Errorf("no success of %s was asked for", operation)
			}
		}
	}
}

func (w *walk) people() {
	w.do("POST", "units", `{"name":"Hauptamt","code":"10"}`, "id=unit")
	w.do("POST", "units", `{"name":"Archiv","code":"10.1","places":[{"parent":"{unit}"}]}`, "id=below")
	w.do("GET", "units", "")
	w.do("GET", "units/{below}", "")
	w.do("PATCH", "units/{below}", `{"kind":"section"}`)
	w.do("PUT", "headcounts/{unit}/2026", `{"count":40}`)
	w.do("GET", "headcounts", "")
	w.do("POST", "people", `{"name":"Ada","staff":"7","identifiers":["mbox|mailto:ada@town.example"],"units":[{"unit":"{unit}","from":"2026-01-01"}]}`, "id=ada")
	w.do("POST", "people", `{"name":"Ada L.","otherNames":["A. L."],"identifiers":[{"account":{"homePage":"https://lms.example","name":"ada"}}]}`, "id=twin")
	w.do("GET", "people", "")
	w.do("GET", "people?limit=1", "")
	w.do("GET", "people?staff=7", "")
	w.do("GET", "people/{ada}", "")
	w.do("PATCH", "people/{ada}", `{"name":"Ada Lovelace"}`)
	w.do("POST", "people/{ada}/identifiers", `{"identifier":"openid|https://id.example/ada"}`)
	w.do("POST", "people/{ada}/merge", `{"gone":"{twin}","reason":"the same"}`, "id=merge")
	w.do("GET", "people/merges", "")
	w.do("POST", "people/merges/{merge}/split", "")
	w.do("POST", "groups", `{"name":"March","code":"m","members":[{"person":"{ada}"}],"trainers":["{ada}"]}`, "id=group")
	w.do("GET", "groups", "")
	w.do("GET", "groups/{group}", "")
	w.do("PATCH", "groups/{group}", `{"course":"fire"}`)
	w.do("PUT", "groups/{group}/members/{twin}", `{"from":"2026-02-01"}`)
	const list = "Name;Personalnummer\nGrace;8\n"
	w.do("POST", "imports/preview?kind=people", list)
	w.do("POST", "imports?kind=people&dryRun=true", list)
	w.do("POST", "imports?kind=people", list)
	w.do("GET", "imports", "")
}

func (w *walk) courses() {
	w.do("POST", "packages", string(zipped(w.t, scorm())), "package.course=package")
	w.do("PUT", "packages/{package}", string(zipped(w.t, scorm("more.html", "<p>"))))
	w.do("GET", "packages", "")
	w.do("GET", "packages/{package}", "")
	w.do("GET", "packages/{package}/download", "")
	w.do("GET", "courses", "")
	w.do("POST", "courses", `{"activity":"https://content.example/fire","title":{"de":"Brandschutz"},"certified":true}`, "id=course")
	w.do("GET", "courses/{course}", "")
	w.do("GET", "courses/{package}", "")
	w.do("PATCH", "courses/{course}", `{"description":{"und":"x"},"grading":"last"}`)
	const learner = `"learner":{"actor":{"mbox":"mailto:ada@town.example"},"name":"Ada"}`
	w.do("POST", "registrations", `{"course":"{package}",`+learner+`}`, "id=registration")
	w.do("GET", "registrations?course={package}", "")
	w.do("GET", "registrations/{registration}", "")
	w.do("PATCH", "registrations/{registration}", `{"opens":"2026-01-01T00:00:00Z","closes":null}`)
	w.do("POST", "launches", `{"registration":"{registration}","item":"one"}`)
	w.do("POST", "launches", `{"course":"{package}","item":"one"}`)
	w.do("GET", "launches?course={package}", "")
	w.do("POST", "registrations/{registration}/reset", "")
	w.do("POST", "invitations", `{"course":"{package}","most":5}`, "id=invitation", "token=token")
	w.do("GET", "invitations", "")
	w.do("POST", "invitations/accept", `{"token":"{token}","learner":{"actor":{"mbox":"mailto:eve@town.example"}}}`)
	w.do("DELETE", "invitations/{invitation}", "")
	w.do("POST", "attendance/sessions", `{"course":"{course}","title":"Hall","begins":"2026-03-02T08:00:00Z","ends":"2026-03-02T10:00:00Z","trainer":"Eve"}`, "id=session")
	w.do("GET", "attendance/sessions", "")
	w.do("GET", "attendance/sessions/{session}", "")
	w.do("PATCH", "attendance/sessions/{session}", `{"place":"Room 1","completes":true}`)
	w.do("POST", "attendance/sessions/{session}/records", `{"entries":[{`+learner+`}]}`)
	w.do("POST", "attendance/sessions/{session}/records?dryRun=true", `{"entries":[{`+learner+`,"attended":false}]}`)
	w.do("GET", "attendance/sessions/{session}/records", "", "items.0.id=record")
	w.do("DELETE", "attendance/sessions/{session}/records/{record}", "")
	hour := func(n time.Duration) string { return time.Now().UTC().Add(n * time.Hour).Format(time.RFC3339) }
	w.do("POST", "attendance/sessions/{session}/code", `{"opens":"`+hour(-1)+`","closes":"`+hour(1)+`"}`, "code.code=code")
	w.do("POST", "attendance/enter", `{"code":"{code}","learner":{"actor":{"mbox":"mailto:eve@town.example"}}}`)
	w.do("DELETE", "attendance/sessions/{session}/code", "")
	w.do("POST", "attendance/sessions", `{"course":"{course}","title":"Nobody came","begins":"2026-03-03T08:00:00Z","ends":"2026-03-03T10:00:00Z"}`, "id=empty")
	w.do("DELETE", "attendance/sessions/{empty}", "")
	w.do("DELETE", "packages/{package}?version=1", "")
	w.do("DELETE", "packages/{package}", "")
}

func (w *walk) figures() {
	status, text := ask(w.t, w.a, "POST", "/xapi/statements", `[
		{"actor":{"mbox":"mailto:ada@town.example"},"verb":{"id":"http://adlnet.gov/expapi/verbs/completed"},"object":{"id":"https://c.example/c"},"result":{"completion":true,"success":true,"score":{"scaled":0.5}}},
		{"actor":{"mbox":"mailto:bob@town.example"},"verb":{"id":"http://adlnet.gov/expapi/verbs/answered"},"object":{"id":"https://c.example/q"},"context":{"contextActivities":{"parent":[{"id":"https://c.example/c"}]}},"result":{"success":true,"response":"a"}}]`)
	if status != 200 {
		w.t.Fatal(text)
	}
	const course = "https%3A%2F%2Fc.example%2Fc"
	w.do("GET", "progress/courses?wait=true", "")
	for _, path := range []string{"summary", "courses/" + course, "courses/" + course + "/drop-off", "courses/" + course + "/hours", "learners?count=true", "learners/{ada}", "learners/{ada}/attempts",
		"groups", "units", "questions?course=" + course, "periods", "at-risk"} {
		w.do("GET", "progress/"+path, "")
	}
	w.do("PUT", "progress/courses/"+course, `{"duration":"cumulative"}`)
	w.do("GET", "people/unassigned", "")
	w.do("GET", "statements/count", "")
	if status, text := ask(w.t, w.a, "PUT", "/xapi-lenient/statements?statementId=5f6a1d3e-3b0c-4a53-9c7c-0d6f2d1c0077",
		`{"actor":{"mbox":"mailto:ada@town.example"},"verb":{"id":"http://adlnet.gov/expapi/verbs/attempted"},"object":{"id":"https://c.example/c"},"result":{"success":"true"}}`); status != 204 {
		w.t.Fatal(status, text)
	}
	w.do("GET", "repairs?by=activity", "")
	w.do("GET", "repairs/5f6a1d3e-3b0c-4a53-9c7c-0d6f2d1c0077", "")
	const selection = `{"verb":"http://adlnet.gov/expapi/verbs/answered"`
	w.do("POST", "statements/delete", selection+"}", "confirmation=confirmation")
	w.do("POST", "statements/delete", selection+`,"confirmation":"{confirmation}"}`, "deletion=deletion")
	w.do("GET", "statements/deletions/{deletion}", "")
	w.do("GET", "openapi.json", "")
	w.do("GET", "openapi.yaml", "")
}

func (w *walk) accounts() {
	w.do("POST", "accounts", `{"account":"maria","name":"Maria","roles":["trainer"],"groups":["{group}"]}`, "account=account")
	w.do("GET", "accounts", "")
	w.do("GET", "accounts/{account}", "")
	w.do("PATCH", "accounts/{account}", `{"language":"de"}`)
	w.do("POST", "accounts/{account}/reset", "")
	w.do("DELETE", "accounts/{account}/sessions", "")
	w.do("DELETE", "accounts/{account}", "")
	w.do("DELETE", "groups/{group}/members/{twin}", "")
	w.do("DELETE", "groups/{group}", "")
	w.do("DELETE", "people/{twin}", "")
	w.do("DELETE", "headcounts/{unit}/2026", "")
	w.do("DELETE", "units/{below}", "")
	if err := w.a.people.Wait(w.t.Context(), directory.DefaultTenant); err != nil {
		w.t.Error(err)
	}
	w.do("DELETE", "courses/{course}", "")
}

// member is a value in an answer, by the names and places that lead to it.
func member(t *testing.T, text, path string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	for part := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			v = at[part]
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i >= len(at) {
				t.Fatalf("no %s in %s", path, text)
			}
			v = at[i]
		}
	}
	if v == nil {
		t.Fatalf("no %s in %s", path, text)
	}
	return v
}
