package progress

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/mux"

	"lernspur/apiv1"
)

// served is a running world behind HTTP. The key is the scope, the secret
// the tenant.
func served(t *testing.T) (*world, http.Handler) {
	w := running(t)
	r := mux.NewRouter().SkipClean(true)
	NewAPI(Options{
		Projector: w.Projector,
		Door: apiv1.Door{Identify: func(r *http.Request) (*apiv1.Identity, error) {
			scope, tenant, ok := r.BasicAuth()
			switch {
			case !ok:
				return nil, nil
			case tenant == "broken":
				return nil, errors.New("a secret of the inside")
			}
			return &apiv1.Identity{Tenant: tenant, Scopes: []string{scope}}, nil
		}},
		Wait:       func(context.Context) (int64, error) { return w.mark.Load(), nil },
		Evaluated:  w.evaluated,
		PathPrefix: "/lrs",
	}).Register(r)
	return w, r
}

func get(h http.Handler, method, path, scope, tenant string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	if scope != "" {
		r.SetBasicAuth(scope, tenant)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestCoursesOverHTTP(t *testing.T) {
	w, h := served(t)
	w.post("town",
		statement("a", adl+"passed", c1, "2026-01-05T08:00:00.123456Z", result(object{"score": object{"scaled": 0.5}})),
		statement("b", adl+"failed", c1, "2026-01-04T08:00:00Z", result(object{"score": object{"scaled": 0.4}})),
		statement("b", adl+"completed", c2, "2026-01-04T09:00:00+01:00", nil))
	answer := get(h, "GET", "/api/v1/progress/courses?wait=true", "statements/read", "town")
	want := `{"watermark":"2026-01-01T00:00:00.000003Z","courses":[` +
		`{"id":"https://lernen.example/c/1","learners":2,"started":2,"completed":0,"passed":1,"failed":1,"average_score":0.45,"last_activity":"2026-01-05T08:00:00.123456Z"},` +
		`{"id":"https://lernen.example/c/2","learners":1,"started":1,"completed":1,"passed":0,"failed":0,"average_score":null,"last_activity":"2026-01-04T08:00:00.000000Z"}]}` + "\n"
	if diff := cmp.Diff(want, answer.Body.String()); diff != "" || answer.Code != 200 {
		t.Errorf("status %d (-want +got):\n%s", answer.Code, diff)
	}
	if body := get(h, "GET", "/api/v1/progress/courses?wait=true", "all", "village").Body.String(); !strings.Contains(body, `"courses":[]`) {
		t.Errorf("another tenant sees %s", body)
	}
	if head := get(h, "HEAD", "/api/v1/progress/courses", "all/read", "town"); head.Code != 200 || head.Body.Len() > 0 {
		t.Errorf("HEAD: %d %q", head.Code, head.Body)
	}
}

// coursesBody is the answer of /courses.
type coursesBody struct {
	Watermark string
	Courses   []struct{ ID string }
	More      string
}

func TestPagesOverHTTP(t *testing.T) {
	w, h := served(t)
	var sts, want []string
	for i := range 7 {
		id := fmt.Sprintf("https://lernen.example/c/%d?a=b&ü", i)
		want = append(want, id)
		sts = append(sts, statement("a", adl+"passed", id, "2026-01-05T08:00:00Z", nil))
	}
	w.post("town", sts...)
	for _, kept := range []bool{true, false} {
		var got []string
		path := "/api/v1/progress/courses?limit=3&wait=true"
		for pages := 0; path != "" && pages < 5; pages++ {
			if !kept {
				w.kept.put("town", keptTotals{watermark: w.Watermark(), tooMany: true}, 0)
			}
			var body coursesBody
			answer := get(h, "GET", path, "all", "town")
			if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil {
				t.Fatalf("%v: %s", err, answer.Body)
			}
			for _, c := range body.Courses {
				got = append(got, c.ID)
			}
			var ok bool
			if path, ok = strings.CutPrefix(body.More, "/lrs"); !ok && body.More != "" {
				t.Errorf("more is %s, without the path of the public URL", body.More)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("kept %v (-want +got):\n%s", kept, diff)
		}
	}
}

func TestProblems(t *testing.T) {
	w, h := served(t)
	const path = "/api/v1/progress/courses"
	cases := []struct {
		name, method, path, scope, tenant string
		status                            int
	}{
		{"no credentials", "GET", path, "", "", 401},
		{"only writing", "GET", path, "statements/write", "town", 403},
		{"only its own statements", "GET", path, "statements/read/mine", "town", 403},
		{"POST", "POST", path, "all", "town", 405},
		{"limit 0", "GET", path + "?limit=0", "all", "town", 400},
		{"limit too high", "GET", path + "?limit=10001", "all", "town", 400},
		{"limit twice", "GET", path + "?limit=1&limit=2", "all", "town", 400},
		{"no such parameter", "GET", path + "?limt=1", "all", "town", 400},
		{"malformed", "GET", path + "?limit=1;after=x", "all", "town", 400},
		{"no such resource", "GET", path + "/", "all", "town", 404},
		{"wait maybe", "GET", path + "?wait=1", "all", "town", 400},
		{"something inside", "GET", path, "all", "broken", 500},
	}
	check := func(t *testing.T, answer *httptest.ResponseRecorder, status int) {
		t.Helper()
		var body apiv1.Problem
		if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil {
			t.Fatalf("%v: %s", err, answer.Body)
		}
		if answer.Code != status || body.Status != status || body.Title == "" || answer.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("status %d, %s %+v; want %d", answer.Code, answer.Header().Get("Content-Type"), body, status)
		}
		if strings.Contains(answer.Body.String(), "secret of the inside") {
			t.Errorf("an internal text got out: %s", answer.Body)
		}
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { check(t, get(h, c.method, c.path, c.scope, c.tenant), c.status) })
	}
	t.Run("stopping", func(t *testing.T) {
		w.mark.Add(1)
		w.Stop()
		answer := get(h, "GET", path+"?wait=true", "all", "town")
		check(t, answer, 503)
		if answer.Header().Get("Retry-After") == "" {
			t.Error("503 without Retry-After")
		}
	})
}
