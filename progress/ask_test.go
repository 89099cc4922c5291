package progress

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"lernspur/apiv1"
	"lernspur/web/visitor"
)

// TestAsk: what is asked within the program is answered, and refused, as over HTTP,
// to everybody for every resource.
func TestAsk(t *testing.T) {
	w, h := pilot(t)
	a := NewAPI(Options{Projector: w.Projector, PathPrefix: "/lrs", Evaluated: w.evaluated,
		Wait: func(context.Context) (int64, error) { return w.mark.Load(), nil }})
	admin := &visitor.Visitor{Tenant: "town", Roles: []visitor.Role{visitor.Administrator}}
	if _, err := a.Ask(t.Context(), admin, "courses", url.Values{"wait": {"true"}}); err != nil {
		t.Fatal(err)
	}
	list := requests()
	list["nothing"], list["a bad parameter"], list["no such course"] = "nothing", "learners?kind=tall", "courses/nowhere"
	for name, v := range map[string]*visitor.Visitor{
		"an administrator": admin, "an auditor": {Tenant: "town", Roles: []visitor.Role{visitor.Auditor}},
		"a trainer":        {Tenant: "town", Roles: []visitor.Role{visitor.Trainer}, Groups: []string{"g"}},
		"another trainer":  {Tenant: "town", Roles: []visitor.Role{visitor.Trainer}, Groups: []string{"other"}},
		"a learner":        {Tenant: "town", Person: "ann", Roles: []visitor.Role{visitor.Learner}},
		"another tenant's": {Tenant: "village", Roles: []visitor.Role{visitor.Administrator}},
	} {
		for _, path := range list {
			r := httptest.NewRequest("GET", Base+path, nil)
			over := httptest.NewRecorder()
			h.ServeHTTP(over, r.WithContext(visitor.With(r.Context(), v)))
			path, query, _ := strings.Cut(path, "?")
			values, err := url.ParseQuery(query)
			if err != nil {
				t.Fatal(err)
			}
			text, err := a.Ask(t.Context(), v, path, values)
			var p *apiv1.Problem
			switch {
			case err == nil && (over.Code != http.StatusOK || string(text)+"\n" != over.Body.String()):
				t.Errorf("%s, %s: %s, over HTTP %d %s", name, path, text, over.Code, over.Body)
			case err != nil && (!errors.As(err, &p) || p.Status != over.Code):
				t.Errorf("%s, %s: %v, over HTTP %d", name, path, err, over.Code)
			}
		}
	}
	var p *apiv1.Problem
	if _, err := a.Ask(t.Context(), nil, "courses", nil); !errors.As(err, &p) || p.Status != http.StatusUnauthorized {
		t.Errorf("nobody: %v", err)
	}
}

// TestSummary: everybody once. In the pilot twenty have answered a question of the
// course, and a and b have tried it: a, who is ann, has completed it.
func TestSummary(t *testing.T) {
	w, _ := pilot(t)
	a := NewAPI(Options{Projector: w.Projector, Wait: func(context.Context) (int64, error) { return w.mark.Load(), nil }})
	get := func(v *visitor.Visitor) (figures struct {
		Summary struct {
			Learners, Completed, Enrolments, Failures *int64
			Suppressed                                []string
		}
	}) {
		t.Helper()
		v.Tenant = "town"
		text, err := a.Ask(t.Context(), v, "summary", url.Values{"wait": {"true"}})
		if err == nil {
			err = json.Unmarshal(text, &figures)
		}
		if err != nil {
			t.Fatal(err)
		}
		return figures
	}
	all := get(&visitor.Visitor{Roles: []visitor.Role{visitor.Administrator}}).Summary
	if *all.Learners != 22 || *all.Completed != 1 || *all.Enrolments != 22 || *all.Failures != 1 {
		t.Errorf("all: %d %d %d %d", *all.Learners, *all.Completed, *all.Enrolments, *all.Failures)
	}
	group := get(&visitor.Visitor{Roles: []visitor.Role{visitor.Trainer}, Groups: []string{"g"}}).Summary
	if *group.Learners != 1 || *group.Completed != 1 || *group.Failures != 0 {
		t.Errorf("her group: %d %d %d", *group.Learners, *group.Completed, *group.Failures)
	}
	many := get(&visitor.Visitor{Roles: []visitor.Role{visitor.Auditor}}).Summary
	if *many.Learners != 22 || many.Completed != nil || len(many.Suppressed) == 0 {
		t.Errorf("aggregates: %+v", many)
	}
}
