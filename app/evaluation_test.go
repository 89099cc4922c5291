package app

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"lernspur/catalog"
	"lernspur/content/manifest"
	"lernspur/directory"
	"lernspur/evaluation"
	"lernspur/signin"
	"lernspur/web/visitor"
)

// switchOn switches everything on that may be told about people.
func switchOn(t *testing.T, a *App) {
	t.Helper()
	var edits []evaluation.Edit
	for _, sw := range evaluation.Switches {
		edits = append(edits, evaluation.Edit{Switch: sw, On: true, Ground: "a test"})
	}
	if _, err := a.evaluation.Change(t.Context(), "default", "test", -1, edits); err != nil {
		t.Fatal(err)
	}
}

// TestEvaluation goes the whole way: nothing of single people is told by any door
// until an administrator switches it on, and a restart changes nothing of that.
func TestEvaluation(t *testing.T) {
	o := options(t)
	a := start(t, o)
	ctx := t.Context()
	const course = "https://content.example/fire"
	status, answer := ask(t, a, "POST", "/xapi/statements", `[{"actor":{"mbox":"mailto:ada@town.example"},"verb":{"id":"http://adlnet.gov/expapi/verbs/initialized"},"timestamp":"2026-01-02T08:15:00Z","object":{"id":"`+course+`"}},
		{"actor":{"mbox":"mailto:ada@town.example"},"verb":{"id":"http://adlnet.gov/expapi/verbs/failed"},"timestamp":"2026-01-02T08:16:00Z","object":{"id":"`+course+`"}}]`)
	if status != 200 {
		t.Fatalf("%d %s", status, answer)
	}
	do(t, a, "GET", "/api/v1/progress/courses?wait=true", "", 200)
	ada := url.PathEscape("mbox|mailto:ada@town.example")
	told := func(name string, on bool) {
		t.Helper()
		if status, answer := ask(t, a, "GET", "/api/v1/progress/learners/"+ada, ""); status != 200 || strings.Contains(answer, `"idle_days":`) != on || strings.Contains(answer, `"at_risk":[`) != on {
			t.Errorf("%s: %d %s", name, status, answer)
		}
		want := map[bool]int{true: 200, false: 403}[on]
		for _, path := range []string{"learners/" + ada + "/attempts", "learners?kind=at-risk", "learners?sort=-last_activity&format=xlsx", "courses/" + url.PathEscape(course) + "/hours?format=csv"} {
			if status, answer := ask(t, a, "GET", "/api/v1/progress/"+path, ""); status != want {
				t.Errorf("%s, %s: %d %s", name, path, status, answer)
			}
		}
	}
	told("at first", false)
	for _, role := range visitor.Roles {
		if _, _, err := a.signin.Create(ctx, "default", string(role), adminPassword, signin.Profile{Roles: &[]visitor.Role{role}}); err != nil {
			t.Fatal(err)
		}
		p := comeIn(t, a, string(role))
		reads := map[bool]int{true: 200, false: 403}[slices.Contains(evaluation.MayRead, role)]
		for path, want := range map[string]int{"/api/v1/evaluation": reads, "/api/v1/evaluation/changes": reads, "/settings": reads, "/api/v1/evaluation/statement?format=text": 200, "/evaluation-statement": 200} {
			if status, answer := p.send("GET", path, ""); status != want {
				t.Errorf("%s, %s: %d %s", role, path, status, answer)
			}
		}
		change := func(headers ...string) int {
			status, _ := p.send("PATCH", "/api/v1/evaluation", `{"switches":{"timelines":{"on":false,"ground":"`+string(role)+`"}}}`, append(headers, "Content-Type: application/json")...)
			return status
		}
		if got := change(); got != 403 {
			t.Errorf("%s changes it without the guard: %d", role, got)
		}
		if got, want := change("X-Lernspur-Guard: "+p.guard), map[bool]int{true: 200, false: 403}[role == visitor.Administrator]; got != want {
			t.Errorf("%s changes it: %d, want %d", role, got, want)
		}
	}
	switches := `{"ground":"§ 18 LDSG","switches":{`
	for i, sw := range evaluation.Switches {
		switches += strings.Repeat(",", min(i, 1)) + fmt.Sprintf(`"%s":{"on":true,"ground":"DV 7"}`, sw)
	}
	if status, answer := ask(t, a, "PATCH", "/api/v1/evaluation", switches+"}}"); status != 200 {
		t.Fatalf("%d %s", status, answer)
	}
	told("on", true)
	stop(t, a)
	a = start(t, o)
	defer stop(t, a)
	do(t, a, "GET", "/api/v1/progress/courses?wait=true", "", 200)
	told("on, after a restart", true)
	if status, answer := ask(t, a, "GET", "/api/v1/evaluation/changes", ""); status != 200 || !strings.Contains(answer, `"by":"administrator"`) || !strings.Contains(answer, `"by":"key `) || !strings.Contains(answer, "DV 7") {
		t.Errorf("%d %s", status, answer)
	}
	if status, answer := ask(t, a, "PATCH", "/api/v1/evaluation", `{"switches":{"at-risk":{"on":false},"idle-days":{"on":false},"hours":{"on":false},"timelines":{"on":false}}}`); status != 200 {
		t.Fatalf("%d %s", status, answer)
	}
	told("off again", false)
}

// TestEvaluationOfRegistrations: the catalogue tells when attempts and launches were
// only where that is switched on.
func TestEvaluationOfRegistrations(t *testing.T) {
	a := start(t, options(t))
	defer stop(t, a)
	ctx := t.Context()
	title := manifest.Text{{Language: "de", Value: "Brandschutz"}}
	c, err := a.catalog.RegisterActivity(ctx, "default", catalog.ActivityOptions{Activity: "https://content.example/fire", Edit: catalog.Edit{Title: &title}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := a.catalog.Register(ctx, "default", c.ID, catalog.Learner{Actor: []byte(`{"mbox":"mailto:ada@town.example"}`)}, catalog.RegisterOptions{})
	if err == nil {
		r, err = a.catalog.Note(ctx, "default", r.ID, func(r *catalog.Registration) error {
			r.Attempts = append(r.Attempts, catalog.Attempt{ID: r.ID, Item: "one", Started: 1767341700_000000, Ended: 1767341760_000000, Outcome: catalog.Passed})
			return nil
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, on := range []bool{false, true} {
		if on {
			switchOn(t, a)
		}
		for _, path := range []string{"/api/v1/registrations/" + r.ID.String(), "/api/v1/registrations?course=" + c.ID, "/api/v1/registrations?learner=" + url.QueryEscape(`{"mbox":"mailto:ada@town.example"}`)} {
			if status, answer := ask(t, a, "GET", path, ""); status != 200 || !strings.Contains(answer, `"outcome":"passed"`) || strings.Contains(answer, "2026-01-02T08:15:00") != on || strings.Contains(answer, `"ended"`) != on {
				t.Errorf("on %v, %s: %d %s", on, path, status, answer)
			}
		}
		want := map[bool]int{true: http.StatusOK, false: http.StatusForbidden}[on]
		if status, answer := ask(t, a, "GET", "/api/v1/launches?registration="+r.ID.String(), ""); status != want {
			t.Errorf("on %v: %d %s", on, status, answer)
		}
		if status, answer := ask(t, a, "GET", "/api/v1/launches?course="+c.ID, ""); status != 200 {
			t.Errorf("on %v: %d %s", on, status, answer)
		}
	}
}

// TestEvaluationByTenant: what one tenant has switched on is off in another.
func TestEvaluationByTenant(t *testing.T) {
	a := start(t, options(t))
	defer stop(t, a)
	switchOn(t, a)
	other, word, err := a.keys.Create(t.Context(), directory.NewKey{Tenant: "village", Scopes: []string{"all"}})
	if err != nil {
		t.Fatal(err)
	}
	for auth, want := range map[string]int{"": 200, "village": 403} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+a.Addr().String()+"/api/v1/progress/learners?kind=at-risk", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.SetBasicAuth(key, secret)
		if auth != "" {
			r.SetBasicAuth(other.ID, word)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("tenant %q: %d", auth, answer.StatusCode)
		}
	}
}
