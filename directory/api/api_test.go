package api

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/mux"

	"lernspur/apiv1"
	"lernspur/directory"
	"lernspur/directory/sheet"
	"lernspur/documents"
)

// drawer keeps records in memory.
type drawer struct {
	mu      sync.Mutex
	version int64
	busy    bool
}

func (*drawer) Load(context.Context, func(*documents.Document) error) error { return nil }

func (r *drawer) Replace(_ context.Context, shelf documents.Shelf, docs []*documents.Document) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.busy {
		return &directory.Busy{RetryAfter: time.Second, Reason: "the log is full"}
	}
	for _, d := range docs {
		r.version++
		d.Shelf, d.Version = shelf, r.version
	}
	return nil
}

// site is an API with who asks.
type site struct {
	t       *testing.T
	handler http.Handler
	drawer  *drawer
	tenant  string
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, drawer: &drawer{}, tenant: "town"}
	d, err := directory.OpenDirectory(t.Context(), directory.Dependencies{Records: s.drawer})
	if err != nil {
		t.Fatal(err)
	}
	router := mux.NewRouter()
	New(Options{Directory: d, PathPrefix: "/lrs", Limits: sheet.Limits{Bytes: 10_000}, Door: apiv1.Door{Identify: func(*http.Request) (*apiv1.Identity, error) {
		return &apiv1.Identity{KeyID: "key", Tenant: s.tenant, Scopes: []string{"directory"}}, nil
	}}}).Register(router)
	s.handler = router
	return s
}

// ask sends a request and reads the answer, which has to have a status.
func (s *site) ask(want int, request, body string, header ...string) (map[string]any, http.Header) {
	s.t.Helper()
	method, path, _ := strings.Cut(request, " ")
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	var answer map[string]any
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			s.t.Errorf("%s: %v in %s", request, err, w.Body)
		}
	}
	if w.Code != want {
		s.t.Errorf("%s: %d %s, want %d", request, w.Code, w.Body, want)
	}
	if w.Code >= 400 && w.Header().Get("Content-Type") != "application/problem+json" {
		s.t.Errorf("%s: an error as %s", request, w.Header().Get("Content-Type"))
	}
	return answer, w.Header()
}

// items are the ids, or another member, of the things in a list.
func items(answer map[string]any, member string) (list []string) {
	all, _ := answer["items"].([]any)
	for _, item := range all {
		text, _ := item.(map[string]any)[member].(string)
		list = append(list, text)
	}
	return list
}

func text(answer map[string]any, member string) string {
	value, _ := answer[member].(string)
	return value
}

func TestPeopleOverHTTP(t *testing.T) {
	s := newSite(t)
	ada, header := s.ask(201, "POST /api/v1/people", `{"name":"Ada","staff":"1","identifiers":[{"mbox":"mailto:ada@Town.example"},"account|https://id.example|a1"]}`)
	id := text(ada, "id")
	if header.Get("Location") != "/lrs/api/v1/people/"+id || header.Get("ETag") != text(ada, "etag") {
		t.Errorf("%v", header)
	}
	s.ask(200, "GET /api/v1/people/"+id, "")
	for _, identifier := range []string{`{"mbox":"mailto:ada@town.example"}`, "mbox|mailto:ada@town.example", "account|https://id.example|a1"} {
		if got, _ := s.ask(200, "GET /api/v1/people?identifier="+url.QueryEscape(identifier), ""); len(items(got, "id")) != 1 {
			t.Errorf("%s: %v", identifier, got)
		}
	}
	if got, _ := s.ask(200, "GET /api/v1/people?staff=2", ""); len(items(got, "id")) != 0 {
		t.Errorf("somebody else: %v", got)
	}
	changed, _ := s.ask(200, "PATCH /api/v1/people/"+id, `{"name":"Ada E."}`, "If-Match", text(ada, "etag"))
	if text(changed, "name") != "Ada E." || text(changed, "staff") != "1" {
		t.Errorf("%v", changed)
	}
	s.ask(412, "PATCH /api/v1/people/"+id, `{"name":"Eve"}`, "If-Match", text(ada, "etag"))
	s.ask(412, "DELETE /api/v1/people/"+id, "", "If-Match", `"abc"`)
	s.ask(409, "POST /api/v1/people", `{"staff":"1"}`)
	s.ask(400, "POST /api/v1/people", `{}`)
	s.ask(400, "POST /api/v1/people", `{"identifiers":[{"mbox":"ada"}]}`)
	s.ask(400, "POST /api/v1/people", `{"nick":"a"}`)
	s.ask(415, "POST /api/v1/people", `{"name":"a"}`, "Content-Type", "text/plain")
	s.ask(413, "POST /api/v1/people", `{"name":"`+strings.Repeat("x", maxBody)+`"}`)
	s.ask(404, "GET /api/v1/people/nobody", "")
	s.ask(404, "GET /api/v1/people/a/b/c", "")
	s.ask(405, "PUT /api/v1/people", "")
	s.ask(200, "POST /api/v1/people/"+id+"/identifiers", `{"identifier":{"openid":"https://ada.example/"}}`)
	if got, _ := s.ask(200, "GET /api/v1/people/unassigned", ""); len(items(got, "identifier")) != 0 {
		t.Errorf("%v", got)
	}
	s.tenant = "village"
	s.ask(404, "GET /api/v1/people/"+id, "")
	s.ask(404, "DELETE /api/v1/people/"+id, "")
	s.tenant = "town"
	s.drawer.busy = true
	if _, header := s.ask(503, "DELETE /api/v1/people/"+id, ""); header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	s.drawer.busy = false
	s.ask(204, "DELETE /api/v1/people/"+id, "")
}

func TestMergingOverHTTP(t *testing.T) {
	s := newSite(t)
	a, _ := s.ask(201, "POST /api/v1/people", `{"name":"A","identifiers":["mbox|mailto:a@town.example"]}`)
	b, _ := s.ask(201, "POST /api/v1/people", `{"name":"B","identifiers":["mbox|mailto:b@town.example"]}`)
	m, _ := s.ask(201, "POST /api/v1/people/"+text(a, "id")+"/merge", `{"gone":"`+text(b, "id")+`","reason":"one desk"}`)
	if text(m, "by") != "key" || text(m, "name") != "B" {
		t.Errorf("%v", m)
	}
	if got, _ := s.ask(200, "GET /api/v1/people/"+text(b, "id"), ""); text(got, "id") != text(a, "id") {
		t.Errorf("%v", got)
	}
	if got, _ := s.ask(200, "GET /api/v1/people/merges", ""); len(items(got, "id")) != 1 {
		t.Errorf("%v", got)
	}
	split := "POST /api/v1/people/merges/" + text(m, "id") + "/split"
	s.ask(200, split, "")
	s.ask(409, split, "")
	s.ask(404, "POST /api/v1/people/merges/none/split", "")
	s.ask(404, "POST /api/v1/people/"+text(a, "id")+"/merge", `{"gone":"nobody"}`)
}

func TestUnitsAndHeadcountsOverHTTP(t *testing.T) {
	s := newSite(t)
	one, _ := s.ask(201, "POST /api/v1/units", `{"code":"I","name":"Dezernat I","kind":"Dezernat"}`)
	six, _ := s.ask(201, "POST /api/v1/units", `{"code":"VI","name":"Dezernat VI"}`)
	amt, _ := s.ask(201, "POST /api/v1/units", `{"code":"11","name":"Personalamt","parent":"`+text(one, "id")+`"}`)
	path := "/api/v1/units/" + text(amt, "id")
	s.ask(200, "PATCH "+path, `{"parent":"`+text(six, "id")+`","from":"2026-07-01"}`, "If-Match", text(amt, "etag"))
	for on, above := range map[string]string{"2026-06-30": text(one, "id"), "2026-07-01": text(six, "id")} {
		if got, _ := s.ask(200, "GET "+path+"?on="+on, ""); got["path"].([]any)[0] != above {
			t.Errorf("on %s: %v", on, got)
		}
		if got, _ := s.ask(200, "GET /api/v1/units?on="+on+"&below="+above, ""); len(items(got, "id")) != 2 {
			t.Errorf("below on %s: %v", on, got)
		}
	}
	s.ask(409, "PATCH /api/v1/units/"+text(six, "id"), `{"parent":"`+text(amt, "id")+`"}`)
	s.ask(400, "PATCH "+path, `{"from":"2026-07-01"}`)
	s.ask(400, "PATCH "+path, `{"parent":"","places":[]}`)
	s.ask(400, "PATCH "+path, `{"parent":"","from":"1.7.2026"}`)
	s.ask(400, "GET /api/v1/units?on=today", "")
	s.ask(409, "DELETE /api/v1/units/"+text(six, "id"), "")
	person, _ := s.ask(201, "POST /api/v1/people", `{"name":"Ada","units":[{"unit":"`+text(amt, "id")+`","from":"2026-01-01"}]}`)
	for query, n := range map[string]int{
		"unit=" + text(amt, "id"): 1, "unit=" + text(six, "id"): 0, "below=true&unit=" + text(six, "id"): 1, "below=true&on=2026-06-30&unit=" + text(six, "id"): 0,
		"below=true&on=2025-12-31&unit=" + text(one, "id"): 0, "q=ad": 1, "q=x": 0,
	} {
		if got, _ := s.ask(200, "GET /api/v1/people?"+query, ""); len(items(got, "id")) != n {
			t.Errorf("%s: %v", query, got)
		}
	}
	s.ask(204, "DELETE /api/v1/people/"+text(person, "id"), "")
	count := "/api/v1/headcounts/" + text(amt, "id") + "/2026"
	h, _ := s.ask(200, "PUT "+count, `{"count":40}`)
	s.ask(412, "PUT "+count, `{"count":41}`, "If-Match", `"999"`)
	s.ask(200, "PUT "+count, `{"count":41}`, "If-Match", text(h, "etag"))
	s.ask(400, "PUT "+count, `{}`)
	s.ask(400, "PUT "+count, `{"count":-1}`)
	s.ask(400, "PUT /api/v1/headcounts/"+text(amt, "id")+"/26", `{"count":1}`)
	s.ask(404, "PUT /api/v1/headcounts/nowhere/2026", `{"count":1}`)
	if got, _ := s.ask(200, "GET /api/v1/headcounts?year=2026&unit="+text(amt, "id"), ""); len(items(got, "unit")) != 1 {
		t.Errorf("%v", got)
	}
	s.ask(204, "DELETE "+count, "")
	s.ask(404, "DELETE "+count, "")
	s.ask(204, "DELETE "+path, "")
}

func TestGroupsOverHTTP(t *testing.T) {
	s := newSite(t)
	a, _ := s.ask(201, "POST /api/v1/people", `{"name":"A"}`)
	g, _ := s.ask(201, "POST /api/v1/groups", `{"name":"run","course":"fire","from":"2026-01-01","trainers":["`+text(a, "id")+`"]}`)
	path := "/api/v1/groups/" + text(g, "id")
	s.ask(412, "PUT "+path+"/members/"+text(a, "id"), `{}`, "If-Match", `"1"`)
	if got, _ := s.ask(200, "PUT "+path+"/members/"+text(a, "id"), `{"until":"2026-12-31"}`, "If-Match", text(g, "etag")); got["size"] != 1.0 {
		t.Errorf("%v", got)
	}
	s.ask(400, "PUT "+path+"/members/nobody", `{}`)
	for query, n := range map[string]int{"": 1, "?course=fire": 1, "?course=water": 0, "?person=" + text(a, "id"): 1, "?person=nobody": 0} {
		if got, _ := s.ask(200, "GET /api/v1/groups"+query, ""); len(items(got, "id")) != n {
			t.Errorf("%s: %v", query, got)
		}
	}
	if got, _ := s.ask(200, "GET /api/v1/people?group="+text(g, "id"), ""); len(items(got, "id")) != 1 {
		t.Errorf("%v", got)
	}
	s.ask(200, "GET "+path, "")
	s.ask(204, "DELETE "+path+"/members/"+text(a, "id"), "")
	s.ask(404, "DELETE "+path+"/members/"+text(a, "id"), "")
	s.ask(200, "PATCH "+path, `{"name":"other"}`)
	s.ask(204, "DELETE "+path, "")
	s.ask(404, "GET "+path, "")
}

func TestImportsOverHTTP(t *testing.T) {
	s := newSite(t)
	file := "Nr.;Name;E-Mail\n1;Ada;ada@town.example\n2;Bob;bob@town.example\n"
	kind := []string{"Content-Type", "text/csv"}
	mapping := "&mapping=" + url.QueryEscape(`{"Nr.":"staff"}`)
	preview, _ := s.ask(200, "POST /api/v1/imports/preview?kind=people"+mapping, file, kind...)
	if preview["rows"] != 2.0 || preview["delimiter"] != ";" || len(preview["sample"].([]any)) != 2 || preview["columns"].([]any)[0].(map[string]any)["field"] != "staff" {
		t.Errorf("%v", preview)
	}
	dry, _ := s.ask(200, "POST /api/v1/imports?kind=people&dryRun=true"+mapping, file, kind...)
	if dry["new"] != 2.0 || dry["dryRun"] != true || text(dry, "id") != "" {
		t.Errorf("%v", dry)
	}
	if got, _ := s.ask(200, "GET /api/v1/people", ""); len(items(got, "id")) != 0 {
		t.Errorf("a dry run made %v", got)
	}
	s.ask(200, "POST /api/v1/imports?kind=people&file=a.csv"+mapping, file, kind...)
	page, _ := s.ask(200, "GET /api/v1/people?limit=1", "")
	next := strings.TrimPrefix(text(page, "more"), "/lrs")
	second, _ := s.ask(200, "GET "+next, "")
	if items(page, "name")[0] != "Ada" || items(second, "name")[0] != "Bob" || text(second, "more") != "" {
		t.Errorf("%v %v", page, second)
	}
	if got, _ := s.ask(200, "GET /api/v1/imports", ""); len(items(got, "id")) != 1 || items(got, "by")[0] != "key" || items(got, "file")[0] != "a.csv" {
		t.Errorf("%v", got)
	}
	wrong := "staff;email\n3;x\n"
	p, _ := s.ask(422, "POST /api/v1/imports?kind=people", wrong, kind...)
	if finding := p["findings"].([]any)[0].(map[string]any); finding["line"] != 2.0 || finding["column"] != 2.0 || finding["heading"] != "email" {
		t.Errorf("%v", p)
	}
	if got, _ := s.ask(200, "POST /api/v1/imports?kind=people&dryRun=true", wrong, kind...); len(got["errors"].([]any)) != 1 {
		t.Errorf("%v", got)
	}
	s.ask(415, "POST /api/v1/imports?kind=people", file)
	s.ask(413, "POST /api/v1/imports?kind=people", strings.Repeat("x", 10_001), kind...)
	s.ask(400, "POST /api/v1/imports?kind=cats", file, kind...)
	s.ask(400, "POST /api/v1/imports?kind=people&dryRun=yes", file, kind...)
	s.ask(400, "POST /api/v1/imports?kind=people&mapping=[]", file, kind...)
	s.ask(400, "POST /api/v1/imports?kind=people&from=1.1.2026", file, kind...)
	s.ask(400, "POST /api/v1/imports?kind=units&complete=true", "code;name\nA;A\n", kind...)
	for _, bad := range []string{"limit=0", "limit=1001", "after=x", "after=" + "YQ", "what=1", "below=maybe", "limit=1&limit=2"} {
		s.ask(400, "GET /api/v1/people?"+bad, "")
	}
}
