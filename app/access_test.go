package app

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/mux"

	"lernspur/access"
	"lernspur/apiv1/openapi"
	"lernspur/directory"
)

// own is a request on our own interface, and what becomes of it with all kinds
// of credentials.
type own struct {
	request string // "METHOD path template"
	path    string // with a query
	body    string
	scopes  []string
	status  int
	bound   int // with a key that is bound to an actor, a registration or activities
}

// ownRequests has an entry for every route under /api/v1; the test fails without.
func ownRequests() []own {
	everything := []string{"all", "all/read", "statements/read"}
	mine := append(slices.Clone(everything), "statements/read/mine")
	catalogue := []string{"all", "all/read", "content"}
	content := []string{"all", "content"}
	people, whole := []string{"all", "all/read", "directory"}, []string{"all", "directory"}
	const (
		course       = "nothing-here"
		registration = "5f6a1d3e-3b0c-4a53-9c7c-0d6f2d1c0001"
	)
	return []own{
		{"GET /api/v1/progress/summary", "/api/v1/progress/summary", "", everything, 200, 403},
		{"GET /api/v1/progress/courses", "/api/v1/progress/courses", "", everything, 200, 403},
		{"GET /api/v1/progress/courses/{id}", "/api/v1/progress/courses/nothing-here", "", everything, 404, 403},
		{"PUT /api/v1/progress/courses/{id}", "/api/v1/progress/courses/nothing-here", `{"duration":"session"}`, content, 204, 403},
		{"GET /api/v1/progress/courses/{id}/drop-off", "/api/v1/progress/courses/nothing-here/drop-off", "", everything, 404, 403},
		{"GET /api/v1/progress/courses/{id}/hours", "/api/v1/progress/courses/nothing-here/hours", "", everything, 403, 403},
		{"GET /api/v1/progress/learners", "/api/v1/progress/learners", "", everything, 200, 403},
		{"GET /api/v1/progress/learners/{id}", "/api/v1/progress/learners/nothing-here", "", everything, 404, 403},
		{"GET /api/v1/progress/learners/{id}/attempts", "/api/v1/progress/learners/nothing-here/attempts", "", everything, 403, 403},
		{"GET /api/v1/progress/at-risk", "/api/v1/progress/at-risk", "", everything, 403, 403},
		{"GET /api/v1/progress/groups", "/api/v1/progress/groups", "", everything, 200, 403},
		{"GET /api/v1/progress/units", "/api/v1/progress/units", "", everything, 200, 403},
		{"GET /api/v1/progress/questions", "/api/v1/progress/questions?course=nothing-here", "", everything, 200, 403},
		{"GET /api/v1/progress/periods", "/api/v1/progress/periods", "", everything, 200, 403},
		{"GET /api/v1/repairs", "/api/v1/repairs", "", everything, 200, 403},
		{"GET /api/v1/repairs/{id}", "/api/v1/repairs/5f6a1d3e-3b0c-4a53-9c7c-0d6f2d1c0001", "", everything, 404, 403},
		{"GET /api/v1/statements/count", "/api/v1/statements/count", "", mine, 200, 200},
		{"GET /api/v1/statements/tail", "/api/v1/statements/tail", "", mine, 200, 200},
		{"POST /api/v1/statements/delete", "/api/v1/statements/delete", `{"ids":["5f6a1d3e-3b0c-4a53-9c7c-0d6f2d1c0001"]}`, []string{"all"}, 200, 403},
		{"GET /api/v1/statements/deletions/{id}", "/api/v1/statements/deletions/5f6a1d3e-3b0c-4a53-9c7c-0d6f2d1c0001", "", []string{"all"}, 404, 403},
		{"GET /api/v1/packages", "/api/v1/packages", "", catalogue, 200, 403},
		{"POST /api/v1/packages", "/api/v1/packages", "{}", content, 415, 403},
		{"GET /api/v1/packages/{course}", "/api/v1/packages/" + course, "", catalogue, 404, 403},
		{"PUT /api/v1/packages/{course}", "/api/v1/packages/" + course, "{}", content, 415, 403},
		{"DELETE /api/v1/packages/{course}", "/api/v1/packages/" + course, "", content, 404, 403},
		{"GET /api/v1/packages/{course}/download", "/api/v1/packages/" + course + "/download", "", catalogue, 404, 403},
		{"GET /api/v1/courses", "/api/v1/courses", "", catalogue, 200, 403},
		{"POST /api/v1/courses", "/api/v1/courses", "{}", content, 400, 403},
		{"GET /api/v1/courses/{course}", "/api/v1/courses/" + course, "", catalogue, 404, 403},
		{"PATCH /api/v1/courses/{course}", "/api/v1/courses/" + course, "{}", content, 404, 403},
		{"DELETE /api/v1/courses/{course}", "/api/v1/courses/" + course, "", content, 404, 403},
		{"GET /api/v1/registrations", "/api/v1/registrations?course=" + course, "", catalogue, 200, 403},
		{"POST /api/v1/registrations", "/api/v1/registrations", `{"course":"nothing-here","learner":{"actor":{"mbox":"mailto:ada@example.org"}}}`, content, 404, 403},
		{"GET /api/v1/registrations/{registration}", "/api/v1/registrations/" + registration, "", catalogue, 404, 403},
		{"PATCH /api/v1/registrations/{registration}", "/api/v1/registrations/" + registration, "{}", content, 404, 403},
		{"GET /api/v1/registrations/{registration}/calls", "/api/v1/registrations/" + registration + "/calls?item=one", "", catalogue, 404, 403},
		{"POST /api/v1/registrations/{registration}/reset", "/api/v1/registrations/" + registration + "/reset", "", content, 404, 403},
		{"POST /api/v1/registrations/{registration}/abandon", "/api/v1/registrations/" + registration + "/abandon", "", content, 409, 403},
		{"POST /api/v1/registrations/{registration}/waive", "/api/v1/registrations/" + registration + "/waive", `{"item":"a","reason":"b"}`, content, 404, 403},
		{"GET /api/v1/launches", "/api/v1/launches?course=" + course, "", catalogue, 200, 403},
		{"POST /api/v1/launches", "/api/v1/launches", `{"course":"nothing-here"}`, content, 404, 403},
		{"GET /api/v1/people", "/api/v1/people", "", people, 200, 403},
		{"POST /api/v1/people", "/api/v1/people", "{}", whole, 400, 403},
		{"GET /api/v1/people/unassigned", "/api/v1/people/unassigned", "", people, 200, 403},
		{"GET /api/v1/people/merges", "/api/v1/people/merges", "", people, 200, 403},
		{"POST /api/v1/people/merges/{merge}/split", "/api/v1/people/merges/nothing/split", "", whole, 404, 403},
		{"GET /api/v1/people/{person}", "/api/v1/people/nobody", "", people, 404, 403},
		{"PATCH /api/v1/people/{person}", "/api/v1/people/nobody", "{}", whole, 404, 403},
		{"DELETE /api/v1/people/{person}", "/api/v1/people/nobody", "", whole, 404, 403},
		{"POST /api/v1/people/{person}/identifiers", "/api/v1/people/nobody/identifiers", `{"identifier":"mbox|mailto:ada@example.org"}`, whole, 404, 403},
		{"POST /api/v1/people/{person}/merge", "/api/v1/people/nobody/merge", `{"gone":"nobody"}`, whole, 404, 403},
		{"GET /api/v1/units", "/api/v1/units", "", people, 200, 403},
		{"POST /api/v1/units", "/api/v1/units", "{}", whole, 400, 403},
		{"GET /api/v1/units/{unit}", "/api/v1/units/nowhere", "", people, 404, 403},
		{"PATCH /api/v1/units/{unit}", "/api/v1/units/nowhere", "{}", whole, 404, 403},
		{"DELETE /api/v1/units/{unit}", "/api/v1/units/nowhere", "", whole, 404, 403},
		{"GET /api/v1/groups", "/api/v1/groups", "", people, 200, 403},
		{"POST /api/v1/groups", "/api/v1/groups", "{}", whole, 400, 403},
		{"GET /api/v1/groups/{group}", "/api/v1/groups/none", "", people, 404, 403},
		{"PATCH /api/v1/groups/{group}", "/api/v1/groups/none", "{}", whole, 404, 403},
		{"DELETE /api/v1/groups/{group}", "/api/v1/groups/none", "", whole, 404, 403},
		{"PUT /api/v1/groups/{group}/members/{person}", "/api/v1/groups/none/members/nobody", "{}", whole, 404, 403},
		{"DELETE /api/v1/groups/{group}/members/{person}", "/api/v1/groups/none/members/nobody", "", whole, 404, 403},
		{"GET /api/v1/headcounts", "/api/v1/headcounts", "", people, 200, 403},
		{"PUT /api/v1/headcounts/{unit}/{year}", "/api/v1/headcounts/nowhere/2026", `{"count":1}`, whole, 404, 403},
		{"DELETE /api/v1/headcounts/{unit}/{year}", "/api/v1/headcounts/nowhere/2026", "", whole, 404, 403},
		{"GET /api/v1/imports", "/api/v1/imports", "", people, 200, 403},
		{"POST /api/v1/imports", "/api/v1/imports?kind=people", "{}", whole, 415, 403},
		{"POST /api/v1/imports/preview", "/api/v1/imports/preview?kind=people", "{}", whole, 415, 403},
		{"GET /api/v1/invitations", "/api/v1/invitations", "", catalogue, 200, 403},
		{"POST /api/v1/invitations", "/api/v1/invitations", `{"course":"nothing-here"}`, content, 404, 403},
		{"DELETE /api/v1/invitations/{invitation}", "/api/v1/invitations/" + registration, "", content, 404, 403},
		{"POST /api/v1/invitations/accept", "/api/v1/invitations/accept", `{"token":"none","learner":{"actor":{"mbox":"mailto:ada@example.org"}}}`, content, 404, 403},
		{"GET /api/v1/attendance/sessions", "/api/v1/attendance/sessions", "", catalogue, 200, 403},
		{"POST /api/v1/attendance/sessions", "/api/v1/attendance/sessions", `{"course":"nothing-here"}`, content, 404, 403},
		{"GET /api/v1/attendance/sessions/{session}", "/api/v1/attendance/sessions/" + registration, "", catalogue, 404, 403},
		{"PATCH /api/v1/attendance/sessions/{session}", "/api/v1/attendance/sessions/" + registration, "{}", content, 404, 403},
		{"DELETE /api/v1/attendance/sessions/{session}", "/api/v1/attendance/sessions/" + registration, "", content, 404, 403},
		{"POST /api/v1/attendance/sessions/{session}/code", "/api/v1/attendance/sessions/" + registration + "/code", "{}", content, 404, 403},
		{"DELETE /api/v1/attendance/sessions/{session}/code", "/api/v1/attendance/sessions/" + registration + "/code", "", content, 404, 403},
		{"GET /api/v1/attendance/sessions/{session}/records", "/api/v1/attendance/sessions/" + registration + "/records", "", catalogue, 404, 403},
		{"POST /api/v1/attendance/sessions/{session}/records", "/api/v1/attendance/sessions/" + registration + "/records", `{"entries":[]}`, content, 404, 403},
		{"DELETE /api/v1/attendance/sessions/{session}/records/{learner}", "/api/v1/attendance/sessions/" + registration + "/records/nobody", "", content, 404, 403},
		{"POST /api/v1/attendance/enter", "/api/v1/attendance/enter", `{"code":"AAAA-AAAA","learner":{"actor":{"mbox":"mailto:ada@example.org"}}}`, content, 404, 403},
		{"GET /api/v1/evaluation", "/api/v1/evaluation", "", []string{"all", "all/read"}, 200, 403},
		{"PATCH /api/v1/evaluation", "/api/v1/evaluation", `{"switches":{"hours":{"on":false}}}`, []string{"all"}, 200, 403},
		{"GET /api/v1/evaluation/changes", "/api/v1/evaluation/changes", "", []string{"all", "all/read"}, 200, 403},
		{"GET /api/v1/evaluation/statement", "/api/v1/evaluation/statement", "", []string{"all", "all/read"}, 200, 403},
		{"GET /api/v1/accounts", "/api/v1/accounts", "", []string{"all", "all/read"}, 200, 403},
		{"POST /api/v1/accounts", "/api/v1/accounts", "{}", []string{"all"}, 400, 403},
		{"GET /api/v1/accounts/{account}", "/api/v1/accounts/nobody", "", []string{"all", "all/read"}, 404, 403},
		{"PATCH /api/v1/accounts/{account}", "/api/v1/accounts/nobody", "{}", []string{"all"}, 404, 403},
		{"DELETE /api/v1/accounts/{account}", "/api/v1/accounts/nobody", "", []string{"all"}, 404, 403},
		{"POST /api/v1/accounts/{account}/reset", "/api/v1/accounts/nobody/reset", "", []string{"all"}, 404, 403},
		{"GET /api/v1/forwards", "/api/v1/forwards", "", []string{"all", "all/read"}, 200, 403},
		{"POST /api/v1/forwards", "/api/v1/forwards", "{}", []string{"all"}, 400, 403},
		{"GET /api/v1/forwards/{target}", "/api/v1/forwards/nothing", "", []string{"all", "all/read"}, 404, 403},
		{"PATCH /api/v1/forwards/{target}", "/api/v1/forwards/nothing", "{}", []string{"all"}, 404, 403},
		{"DELETE /api/v1/forwards/{target}", "/api/v1/forwards/nothing", "", []string{"all"}, 404, 403},
		{"POST /api/v1/forwards/{target}/pause", "/api/v1/forwards/nothing/pause", "", []string{"all"}, 404, 403},
		{"POST /api/v1/forwards/{target}/resume", "/api/v1/forwards/nothing/resume", "", []string{"all"}, 404, 403},
		{"POST /api/v1/forwards/{target}/retry", "/api/v1/forwards/nothing/retry", "", []string{"all"}, 404, 403},
		{"GET /api/v1/forwards/{target}/refused", "/api/v1/forwards/nothing/refused", "", []string{"all", "all/read"}, 404, 403},
		{"GET /api/v1/webhooks", "/api/v1/webhooks", "", []string{"all", "all/read"}, 200, 403},
		{"POST /api/v1/webhooks", "/api/v1/webhooks", "{}", []string{"all"}, 400, 403},
		{"GET /api/v1/webhooks/{hook}", "/api/v1/webhooks/nothing", "", []string{"all", "all/read"}, 404, 403},
		{"PATCH /api/v1/webhooks/{hook}", "/api/v1/webhooks/nothing", "{}", []string{"all"}, 404, 403},
		{"DELETE /api/v1/webhooks/{hook}", "/api/v1/webhooks/nothing", "", []string{"all"}, 404, 403},
		{"POST /api/v1/webhooks/{hook}/test", "/api/v1/webhooks/nothing/test", "", []string{"all"}, 404, 403},
		{"POST /api/v1/webhooks/{hook}/secret", "/api/v1/webhooks/nothing/secret", "", []string{"all"}, 404, 403},
		{"DELETE /api/v1/webhooks/{hook}/secret/previous", "/api/v1/webhooks/nothing/secret/previous", "", []string{"all"}, 404, 403},
		{"GET /api/v1/webhooks/{hook}/dead", "/api/v1/webhooks/nothing/dead", "", []string{"all", "all/read"}, 404, 403},
		{"POST /api/v1/webhooks/{hook}/retry", "/api/v1/webhooks/nothing/retry", "", []string{"all"}, 404, 403},
		{"GET /api/v1/digests", "/api/v1/digests", "", []string{"all", "all/read"}, 200, 403},
		{"POST /api/v1/digests/{account}/send", "/api/v1/digests/nobody/send", "", []string{"all"}, 409, 403},
		{"DELETE /api/v1/accounts/{account}/sessions", "/api/v1/accounts/nobody/sessions", "", []string{"all"}, 404, 403},
	}
}

// TestOwnInterfaceRefuses holds every route of our own interface to the one gate;
// docs/api.md has the same table.
func TestOwnInterfaceRefuses(t *testing.T) {
	o := options(t)
	o.Access.Slow = access.Slow{PerKey: 3, PerAddress: 10_000, Interval: time.Hour}
	a := start(t, o)
	defer stop(t, a)
	list := ownRequests()
	coverRoutes(t, a, list)
	send := func(request own, key, secret, origin string) *http.Response {
		t.Helper()
		method, _, _ := strings.Cut(request.request, " ")
		r, err := http.NewRequestWithContext(t.Context(), method, "http://"+a.Addr().String()+request.path, strings.NewReader(request.body))
		if err != nil {
			t.Fatal(err)
		}
		if key != "" {
			r.SetBasicAuth(key, secret)
		}
		r.Header.Set("Origin", origin)
		r.Header.Set("Content-Type", "application/json")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close() // a tail would go on for ever
		return answer
	}
	check := func(name string, request own, answer *http.Response, want int) {
		t.Helper()
		if answer.StatusCode != want {
			t.Errorf("%s, %s: %d, want %d", request.request, name, answer.StatusCode, want)
		}
		if (answer.Header.Get("WWW-Authenticate") != "") != (want == 401) || (answer.Header.Get("Retry-After") != "") != (want == 429) {
			t.Errorf("%s, %s: headers %v", request.request, name, answer.Header)
		}
	}
	make := func(n directory.NewKey) (string, string) {
		t.Helper()
		r, secret, err := a.keys.Create(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		return r.ID, secret
	}
	for _, request := range list {
		for _, scope := range directory.Scopes() {
			want := 403
			if slices.Contains(request.scopes, scope) {
				want = request.status
			}
			key, secret := make(directory.NewKey{Scopes: []string{scope}})
			check("scope "+scope, request, send(request, key, secret, ""), want)
		}
		check("no credentials", request, send(request, "", "", ""), 401)
		key, secret := make(directory.NewKey{Scopes: []string{"all"}})
		check("a wrong secret", request, send(request, key, secret+"x", ""), 401)
		check("an unknown key", request, send(request, "nobody"+key, secret, ""), 401)
		if err := a.keys.Revoke(t.Context(), key); err != nil {
			t.Fatal(err)
		}
		check("revoked", request, send(request, key, secret, ""), 401)
		for name, bound := range map[string]directory.Binding{
			"actor": {Actor: `{"mbox":"mailto:ada@example.org"}`}, "activities": {ActivityPrefix: "http://example.org/"}, "registration": {Registration: [16]byte{1}},
		} {
			key, secret = make(directory.NewKey{Scopes: []string{"all"}, Binding: bound})
			check("bound to "+name, request, send(request, key, secret, ""), request.bound)
		}
		key, secret = make(directory.NewKey{Scopes: []string{"all"}, Binding: directory.Binding{Expires: 1}})
		check("expired", request, send(request, key, secret, ""), 401)
		key, secret = make(directory.NewKey{Scopes: []string{"all"}, Binding: directory.Binding{Origin: "https://content.example"}})
		check("another origin", request, send(request, key, secret, "https://evil.example"), 403)
		check("the same origin", request, send(request, key, secret, "https://content.example"), request.status)
		key, secret = make(directory.NewKey{Scopes: []string{"all"}})
		foreign := request.status
		if !strings.HasPrefix(request.request, "GET ") {
			foreign = 403
		}
		check("a page of another origin", request, send(request, key, secret, "https://evil.example"), foreign)
		key, secret = make(directory.NewKey{Scopes: []string{"all"}, Binding: directory.Binding{Origin: "https://content.example"}})
		for range 3 {
			check("guesses", request, send(request, key, "guess", ""), 401)
		}
		check("one guess too many", request, send(request, key, "guess", ""), 429)
		check("right, but not looked at", request, send(request, key, secret, "https://content.example"), 429)
	}
	holdOwnTable(t, list)
}

// coverRoutes fails for routes under /api/v1 that no request stands for.
func coverRoutes(t *testing.T, a *App, list []own) {
	t.Helper()
	router := (*a.public.inner.Load()).(*fence).inner.(*mux.Router)
	found := 0
	err := router.Walk(func(route *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		template, err := route.GetPathTemplate()
		if err != nil || !strings.HasPrefix(template, "/api/v1/") || template == openapi.Path || template == openapi.PathJSON || rest(route) {
			return nil
		}
		found++
		if !slices.ContainsFunc(list, func(o own) bool { _, path, _ := strings.Cut(o.request, " "); return path == template }) {
			t.Errorf("%s is not in the table of this test", template)
		}
		return nil
	})
	if err != nil || found == 0 {
		t.Errorf("%d routes, %v", found, err)
	}
}

// rest tells whether a route is for all paths that begin like it: those are
// answered 404, whoever asks.
func rest(route *mux.Route) bool {
	expression, err := route.GetPathRegexp()
	return err == nil && !strings.HasSuffix(expression, "$")
}

func holdOwnTable(t *testing.T, list []own) {
	var b strings.Builder
	b.WriteString("| request | one of these scopes | bound to actor, registration or activities |\n| --- | --- | --- |\n")
	for _, o := range list {
		fmt.Fprintf(&b, "| `%s` | `%s` | %d |\n", o.request, strings.Join(o.scopes, "`, `"), o.bound)
	}
	page, err := os.ReadFile(filepath.Join("..", "docs", "api.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), b.String()) {
		t.Errorf("docs/api.md does not have this table:\n%s", b.String())
	}
}
