package app

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/mux"

	"lernspur/directory"
	"lernspur/signin"
	"lernspur/web"
	"lernspur/web/visitor"
)

// showsHer says, for every page and every resource of our own interface that is read,
// whether somebody is to be seen there at all: whether an administrator who asks for
// her sees her. A route without an entry fails the test, and so does a wrong entry; so
// a trainer who sees nobody has asked in a way in which there was somebody to be seen.
var showsHer = map[string]bool{
	// pages
	"GET /{$}": false, "GET /assets/{name}": false, "GET /packages": false, "GET /courses": false, "GET /courses/new": false,
	"GET /courses/{course}": true, "GET /courses/{course}/download": false, "GET /courses/{course}/edit": false, "GET /courses/{course}/delete": false,
	"GET /courses/{course}/registrations": true, "GET /courses/{course}/registrations/{registration}": true, "GET /courses/{course}/registrations/{registration}/calls": false,
	"GET /courses/{course}/invitations": false, "GET /invitation/{token}": false, "GET /my": false, "GET /attendance": false, "GET /attendance/{session}": true,
	"GET /progress": false, "GET /progress/course": true, "GET /progress/group": true, "GET /progress/learner": true, "GET /keys": false,

	"GET /directory": true, "GET /directory/export": true, "GET /directory/new": false, "GET /directory/people/{person}": true, "GET /directory/people/{person}/edit": true,
	"GET /directory/people/{person}/merge": true, "GET /directory/people/{person}/delete": true, "GET /directory/merges/{merge}/split": false,
	"GET /directory/units": false, "GET /directory/units/{unit}": false, "GET /directory/units/{unit}/close": false, "GET /directory/units/{unit}/delete": false,
	"GET /directory/groups": false, "GET /directory/groups/{group}": true, "GET /directory/groups/{group}/delete": false, "GET /directory/import": false, "GET /directory/import/{preview}": false,
	"GET /directory/unassigned": false, "GET /directory/unassigned/match": false,
	"GET /accounts": true, "GET /accounts/new": false, "GET /accounts/{account}": true, "GET /accounts/{account}/delete": false,
	"GET /progress/at-risk": true, "GET /statements": true, "GET /statements/live": true, "GET /statements/live/new": false, "GET /statements/{statement}": true, "GET /statements/{statement}/raw": true,
	"GET /reports": false, "GET /reports/new": false, "GET /reports/definitions/{definition}": false, "GET /reports/progress": false, "GET /reports/compare": false, "GET /reports/runs/{run}": false, "GET /reports/runs/{run}/files/{form}": false,

	"GET /public/reports/{token}": false, "GET /public/reports/{token}/report.pdf": false,
	"GET /digest/unsubscribe": false, "GET /evaluation-statement": false, "GET /settings": false, "GET /settings/digest": false, "GET /settings/forwarding": false, "GET /settings/forwarding/{target}": false, "GET /settings/webhooks": false, "GET /settings/webhooks/{hook}": false,

	// our own interface
	"GET /api/v1/digests": false, "GET /api/v1/evaluation": false, "GET /api/v1/evaluation/changes": false, "GET /api/v1/evaluation/statement": false, "GET /api/v1/forwards": false,
	"GET /api/v1/forwards/{target}": false, "GET /api/v1/forwards/{target}/refused": false, "GET /api/v1/webhooks": false, "GET /api/v1/webhooks/{hook}": false, "GET /api/v1/webhooks/{hook}/dead": false,
	"GET /api/v1/progress/at-risk": true,
	"GET /api/v1/progress/summary": false, "GET /api/v1/progress/courses": false, "GET /api/v1/progress/courses/{id}": false, "GET /api/v1/progress/courses/{id}/drop-off": false,
	"GET /api/v1/progress/courses/{id}/hours": false, "GET /api/v1/progress/learners": true, "GET /api/v1/progress/learners/{id}": true, "GET /api/v1/progress/learners/{id}/attempts": true,
	"GET /api/v1/progress/groups": false, "GET /api/v1/progress/units": false, "GET /api/v1/progress/questions": false, "GET /api/v1/progress/periods": false,
	"GET /api/v1/repairs": false, "GET /api/v1/repairs/{id}": false, "GET /api/v1/statements/count": false, "GET /api/v1/statements/tail": false, "GET /api/v1/statements/deletions/{id}": false,
	"GET /api/v1/packages": false, "GET /api/v1/packages/{course}": false, "GET /api/v1/packages/{course}/download": false, "GET /api/v1/courses": false, "GET /api/v1/courses/{course}": false,
	"GET /api/v1/registrations": true, "GET /api/v1/registrations/{registration}": true, "GET /api/v1/registrations/{registration}/calls": false, "GET /api/v1/launches": true,
	"GET /api/v1/people": true, "GET /api/v1/people/unassigned": false, "GET /api/v1/people/merges": false, "GET /api/v1/people/{person}": true, "GET /api/v1/units": false, "GET /api/v1/units/{unit}": false,
	"GET /api/v1/groups": false, "GET /api/v1/groups/{group}": true, "GET /api/v1/headcounts": false, "GET /api/v1/imports": false, "GET /api/v1/invitations": false,
	"GET /api/v1/attendance/sessions": false, "GET /api/v1/attendance/sessions/{session}": false, "GET /api/v1/attendance/sessions/{session}/records": true,
	"GET /api/v1/accounts": true, "GET /api/v1/accounts/{account}": true,
}

// neither says which routes are not asked: they end the session of whoever asks, or
// are nobody's.
var neither = []string{"POST /signout"}

// endless is not asked by who may: nothing comes there before something happens.
const endless = "GET /api/v1/statements/tail"

// Whom nobody but an administrator may see here: she is in another group.
const (
	herName   = "Bea Fremdling"
	herMail   = "bea.fremdling@town.example"
	herLogin  = "bea-4711"
	herStaff  = "S-4711"
	herCourse = "https://content.example/only-hers"
)

// secrets is a town with two groups, and what leads to whoever is in the other one.
type secrets struct {
	a       *App
	group   string              // whose trainer asks
	fill    *strings.Replacer   // of wildcards
	queries map[string][]string // by how paths begin
	her     []string            // whatever tells that an answer is about her
}

func makeSecrets(t *testing.T) *secrets {
	t.Helper()
	a := start(t, options(t))
	t.Cleanup(func() { stop(t, a) })
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	add := func(name, staff string, identifiers ...string) *directory.Person {
		t.Helper()
		p, err := a.people.AddPerson(ctx, "default", directory.PersonEdit{Name: &name, Staff: &staff, Identifiers: &identifiers})
		must(err)
		return p
	}
	ada := add("Ada Yılmaz", "S-1", "mbox|mailto:ada@town.example")
	bea := add(herName, herStaff, "mbox|mailto:"+herMail, "account|https://id.town.example|"+herLogin)
	into := func(name string, p *directory.Person) string {
		t.Helper()
		members := []directory.GroupMember{{Person: p.ID}}
		g, err := a.people.AddGroup(ctx, "default", directory.GroupEdit{Name: &name, Members: &members})
		must(err)
		return g.ID
	}
	own, other := into("Einarbeitung", ada), into("Brandschutz", bea)
	must(a.people.Wait(ctx, "default"))
	course := dig(t, upload(t, a, "POST", "/api/v1/packages", scorm(), 201), "package", "course").(string)
	learner := `{"actor":{"mbox":"mailto:` + herMail + `"},"name":"` + herName + `"}`
	registration := do(t, a, "POST", "/api/v1/registrations", `{"course":"`+course+`","learner":`+learner+`}`, 200)["id"].(string)
	session := sessionAt(t, a, course, "")["id"].(string)
	record := dig(t, do(t, a, "POST", "/api/v1/attendance/sessions/"+session+"/records", `{"entries":[{"learner":`+learner+`}]}`, 200), "records", 0, "id").(string)
	do(t, a, "POST", "/api/v1/launches", `{"registration":"`+registration+`"}`, 201)
	do(t, a, "PATCH", "/api/v1/evaluation", `{"ground":"test","switches":{"at-risk":{"on":true,"ground":"test"},"idle-days":{"on":true,"ground":"test"},"hours":{"on":true,"ground":"test"},
		"timelines":{"on":true,"ground":"test"},"answers":{"on":true,"ground":"test"}}}`, 200)
	const statementID = "7d2a6a44-2f0e-4a4d-8a53-0a0b0c0d0e0f"
	for _, st := range []string{
		`{"actor":{"mbox":"mailto:ada@town.example"},"verb":{"id":"http://adlnet.gov/expapi/verbs/initialized"},"object":{"id":"https://content.example/fire"}}`,
		`{"actor":{"mbox":"mailto:` + herMail + `","name":"` + herName + `"},"verb":{"id":"http://adlnet.gov/expapi/verbs/initialized"},"object":{"id":"https://content.example/fire"}}`,
		`{"id":"` + statementID + `","actor":{"account":{"homePage":"https://id.town.example","name":"` + herLogin + `"}},"verb":{"id":"http://adlnet.gov/expapi/verbs/completed"},
			"object":{"id":"` + herCourse + `"},"context":{"registration":"` + registration + `"}}`,
	} {
		status, answer := ask(t, a, "POST", "/xapi/statements", st)
		if status != 200 {
			t.Fatalf("%d %s", status, answer)
		}
	}
	name, person := herName, bea.ID
	_, _, err := a.signin.Create(ctx, "default", "bea-konto", adminPassword, signin.Profile{Name: &name, Person: &person, Roles: &[]visitor.Role{visitor.Learner}})
	must(err)
	do(t, a, "GET", "/api/v1/progress/courses?wait=true", "", 200)

	escape := url.QueryEscape
	return &secrets{a: a, group: own,
		fill: strings.NewReplacer("{$}", "", "{course}", course, "{version}", "1", "{registration}", registration, "{session}", session, "{record}", record, "{learner}", bea.ID,
			"{person}", bea.ID, "{group}", other, "{account}", "bea-konto", "{statement}", statementID, "{year}", "2026", "{key}", "town"),
		queries: map[string][]string{
			"/progress": {"", "learner=" + escape(bea.ID), "group=" + escape(other), "course=" + escape(herCourse), "course=" + escape("https://content.example/fire")},
			"/api/v1/progress": {"", "learner=" + escape(bea.ID), "group=" + escape(other), "course=" + escape(herCourse),
				"course=" + escape("https://content.example/fire")},
			"/api/v1/people":        {"", "q=Fremdling", "staff=" + herStaff, "identifier=" + escape("mbox|mailto:"+herMail)},
			"/api/v1/groups":        {"", "person=" + escape(bea.ID)},
			"/api/v1/registrations": {"", "course=" + course, "learner=" + escape(`{"mbox":"mailto:`+herMail+`"}`)},
			"/api/v1/launches":      {"course=" + course, "registration=" + registration},
			"/statements":           {"", "person=" + escape(bea.ID), "agent=" + escape("mbox|mailto:"+herMail), "id=" + statementID},
			"/xapi/statements":      {"", "statementId=" + statementID, "agent=" + escape(`{"mbox":"mailto:`+herMail+`"}`)},
		},
		her: []string{herName, herMail, herLogin, herStaff, bea.ID, registration, record, statementID, "bea-konto"},
	}
}

// ids are what stands for {id} in a route of our own interface.
func (s *secrets) ids(route string) []string {
	person := s.fill.Replace("{person}")
	switch {
	case strings.Contains(route, "/progress/courses/"):
		return []string{url.PathEscape(herCourse), url.PathEscape("https://content.example/fire")}
	case strings.Contains(route, "/progress/learners/"):
		return []string{person, url.PathEscape("mbox|mailto:" + herMail)}
	}
	return []string{s.fill.Replace("{statement}"), person, s.fill.Replace("{registration}")}
}

// addresses are the ways in which a route is asked for her, also for files.
func (s *secrets) addresses(route string, files bool) (list []string) {
	method, path, _ := strings.Cut(route, " ")
	ids := []string{""}
	if strings.Contains(path, "{id}") {
		ids = s.ids(route)
	}
	for _, id := range ids {
		at := s.fill.Replace(strings.ReplaceAll(path, "{id}", id))
		at = strings.NewReplacer("{unit}", "nowhere", "{merge}", "none", "{preview}", "none", "{target}", "none", "{hook}", "none", "{definition}", "none", "{run}", "none", "{form}", "pdf", "{query}", "none", "{invitation}", s.fill.Replace("{registration}"), "{token}", "none", "{name}", "none").Replace(at)
		if method != "GET" {
			list = append(list, at)
			continue
		}
		if strings.HasPrefix(at, "/api/v1/progress/") && files {
			list = append(list, at+"?format=xlsx")
		}
		queries := []string{""}
		for begin, these := range s.queries {
			if strings.HasPrefix(at, begin) {
				queries = these
			}
		}
		for _, query := range queries {
			list = append(list, at+"?"+query)
			if strings.HasPrefix(at, "/api/v1/progress/") && files {
				list = append(list, at+"?format=csv&"+query)
			}
		}
	}
	return list
}

// tells answers what an answer says of her that was not in the question.
func (s *secrets) tells(address, body, answer string) string {
	asked, err := url.QueryUnescape(address)
	if err != nil {
		asked = address
	}
	for _, word := range s.her {
		if strings.Contains(answer, word) && !strings.Contains(asked, word) && !strings.Contains(body, word) {
			return word
		}
	}
	return ""
}

// get asks for an address for a moment only, as the live tail has no end, and reads
// workbooks and packages as what is in them.
func (p *person) get(method, address, body string) (int, string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), 20*time.Second)
	defer cancel()
	if strings.HasSuffix(strings.SplitN(address, "?", 2)[0], "/tail") {
		ctx, cancel = context.WithTimeout(ctx, 1500*time.Millisecond)
		defer cancel()
	}
	r, err := http.NewRequestWithContext(ctx, method, p.base+address, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Origin", p.base)
	r.Header.Set("X-Lernspur-Guard", p.guard)
	r.Header.Set("Accept-Language", "en")
	switch {
	case body == "":
	case json.Valid([]byte(body)):
		r.Header.Set("Content-Type", "application/json")
	default:
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := p.Do(r)
	if err != nil {
		p.t.Fatalf("%s %s: %v", method, address, err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil && ctx.Err() == nil {
		p.t.Fatal(err)
	}
	if z, err := zip.NewReader(bytes.NewReader(text), int64(len(text))); err == nil {
		for _, f := range z.File {
			if part, err := f.Open(); err == nil {
				whole, _ := io.ReadAll(part) // what cannot be read tells nothing
				text = append(text, whole...)
				part.Close()
			}
		}
	}
	return answer.StatusCode, string(text) + answer.Header.Get("Location") + answer.Header.Get("Link")
}

// routes are all pages and resources, with a body for those that change something.
func (s *secrets) routes(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	form := url.Values{"mail": {herMail}, "learner": {s.fill.Replace("{person}")}, "person": {s.fill.Replace("{person}")}, "group": {s.fill.Replace("{group}")}, "name": {"x"}}.Encode()
	for _, route := range web.Routes() {
		all[route] = ""
		if strings.HasPrefix(route, "POST ") {
			all[route] = form
		}
	}
	for _, o := range ownRequests() {
		all[o.request] = o.body
	}
	router := (*s.a.public.inner.Load()).(*fence).inner.(*mux.Router)
	if err := router.Walk(func(route *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		if template, err := route.GetPathTemplate(); err == nil && !strings.HasPrefix(template, "/api/v1/") {
			all["GET "+template] = ""
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for _, route := range neither {
		delete(all, route)
	}
	return all
}

// cursors are the addresses of next pages that somebody else was given.
func (s *secrets) cursors(admin *person) (list []string) {
	for _, path := range []string{"/api/v1/progress/learners?limit=1", "/api/v1/progress/courses?limit=1", "/api/v1/progress/learners?limit=1&course=" + url.QueryEscape("https://content.example/fire"),
		"/api/v1/people?limit=1", "/api/v1/groups?limit=1", "/api/v1/registrations?limit=1", "/api/v1/accounts?limit=1"} {
		_, text := admin.get("GET", path, "")
		var page struct{ More string }
		if json.Unmarshal([]byte(text[:strings.LastIndexByte(text, '}')+1]), &page) == nil && page.More != "" {
			list = append(list, page.More)
		}
	}
	return list
}

// TestNobodySeesAnotherGroupsLearner asks every route of pages and interfaces for
// somebody of another group, by every id that there is of her, as those who may not
// see her, and first as one who may.
func TestNobodySeesAnotherGroupsLearner(t *testing.T) {
	s := makeSecrets(t)
	in := func(account string, role visitor.Role, groups ...string) *person {
		t.Helper()
		if _, _, err := s.a.signin.Create(t.Context(), "default", account, adminPassword, signin.Profile{Roles: &[]visitor.Role{role}, Groups: &groups}); err != nil {
			t.Fatal(err)
		}
		p := comeIn(t, s.a, account)
		p.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		return p
	}
	admin := in("chief", visitor.Administrator)
	routes := s.routes(t)
	for route := range routes {
		if !strings.HasPrefix(route, "GET ") || route == endless {
			continue
		}
		want, known := showsHer[route]
		seen, word := "", ""
		for _, address := range s.addresses(route, false) {
			if status, answer := admin.get("GET", address, ""); status < 300 {
				if word = s.tells(address, "", answer); word != "" {
					seen = address
					break
				}
			}
		}
		switch {
		case !known && (strings.HasPrefix(route, "GET /api/") || slices.Contains(web.Routes(), route)):
			t.Errorf("%s is not in the table of this test; an administrator sees her there: %v", route, seen != "")
		case want != (seen != ""):
			t.Errorf("%s: that she is to be seen there is %v (%q in %s); the table says %v", route, seen != "", word, seen, want)
		}
	}
	cursors := s.cursors(admin)
	if len(cursors) < 4 {
		t.Errorf("there are only the cursors %v", cursors)
	}
	before := s.state(t, admin)
	s.tryAll(t, in("trainer", visitor.Trainer, s.group), routes, cursors, true)
	for account, role := range map[string]visitor.Role{"learner": visitor.Learner, "lead": visitor.ProjectLead, "auditor": visitor.Auditor} {
		s.tryAll(t, in(account, role), routes, cursors, false)
	}
	if after := s.state(t, admin); after != before {
		t.Errorf("what there is of her has changed:\n%s\nbefore:\n%s", after, before)
	}
}

// tryAll asks everything as somebody who may not see her: all of it, with what changes
// something and all files, or what is read.
func (s *secrets) tryAll(t *testing.T, who *person, routes map[string]string, cursors []string, all bool) {
	t.Helper()
	for route, body := range routes {
		method, _, _ := strings.Cut(route, " ")
		if method != "GET" && !all {
			continue
		}
		if method == "POST" && !json.Valid([]byte(body)) && body != "" {
			body += "&guard=" + who.guard
		}
		addresses := s.addresses(route, all)
		if !all { // what differs between roles is decided before anything is looked at
			addresses = addresses[:min(len(addresses), 2)]
		}
		for _, address := range addresses {
			if status, answer := who.get(method, address, body); s.tells(address, body, answer) != "" {
				t.Errorf("%s: %d, and it tells %q: %.300s", route+" as "+address, status, s.tells(address, body, answer), answer)
			}
		}
	}
	for _, address := range cursors {
		if status, answer := who.get("GET", address, ""); s.tells(address, "", answer) != "" {
			t.Errorf("the cursor %s: %d %.300s", address, status, answer)
		}
	}
}

// state is what there is of her.
func (s *secrets) state(t *testing.T, admin *person) string {
	t.Helper()
	var b strings.Builder
	for _, path := range []string{"/api/v1/people/{person}", "/api/v1/groups/{group}", "/api/v1/registrations/{registration}", "/api/v1/attendance/sessions/{session}/records", "/api/v1/accounts/{account}",
		"/api/v1/progress/learners/{person}?wait=true"} {
		status, text := admin.get("GET", s.fill.Replace(path), "")
		if status != 200 {
			t.Fatalf("%s: %d %s", path, status, text)
		}
		var v map[string]any
		if err := json.Unmarshal([]byte(text[:strings.LastIndexByte(text, '}')+1]), &v); err != nil {
			t.Fatal(err)
		}
		delete(v, "watermark")
		delete(v, "as_of")
		whole, _ := json.Marshal(v) // it was JSON
		b.Write(append(whole, '\n'))
	}
	return b.String()
}
