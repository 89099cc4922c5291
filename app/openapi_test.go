package app

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gorilla/mux"

	"lernspur/apiv1/openapi/openapitest"
)

// TestEveryRouteIsDescribed: every route that is mounted below /api/v1, with all its methods, is in the
// description, and everything in the description is mounted. Methods are what a route says
// that it allows.
func TestEveryRouteIsDescribed(t *testing.T) {
	t.Parallel()
	a := start(t, options(t))
	defer stop(t, a)
	d, err := openapitest.Read()
	if err != nil {
		t.Fatal(err)
	}
	handler := *a.public.inner.Load()
	router := handler.(*fence).inner.(*mux.Router)
	mounted := make(map[string]bool)
	parameter := regexp.MustCompile(`\{[^}]+\}`)
	err = router.Walk(func(route *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		template, err := route.GetPathTemplate()
		if err != nil || !strings.HasPrefix(template, "/api/v1/") || rest(route) {
			return nil
		}
		mounted[template] = true
		want := d.Methods(template)
		if want == nil {
			t.Errorf("%s is mounted and not described: its paths go into a part of apiv1/openapi", template)
			return nil
		}
		r := httptest.NewRequest("PROPFIND", parameter.ReplaceAllString(template, "5f6a1d3e-3b0c-4a53-9c7c-0d6f2d1c0001"), nil)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if got := allowed(route, w); !slices.Equal(got, want) {
			t.Errorf("%s does %v, and described are %v", template, got, want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, template := range d.Templates() {
		if !mounted[template] {
			t.Errorf("%s is described and not mounted", template)
		}
	}
}

// allowed are the methods of a route without HEAD, sorted.
func allowed(route *mux.Route, w *httptest.ResponseRecorder) []string {
	methods, err := route.GetMethods()
	if err != nil || len(methods) == 0 {
		methods = strings.Split(strings.ReplaceAll(w.Header().Get("Allow"), " ", ""), ",")
	}
	methods = slices.DeleteFunc(slices.Clone(methods), func(m string) bool { return m == http.MethodHead || m == http.MethodOptions })
	slices.Sort(methods)
	return methods
}

// TestDescriptionIsAnswered: all of it, in both forms. That answers are as described is held by the transport
// through which all tests of this package send (TestMain).
func TestDescriptionIsAnswered(t *testing.T) {
	t.Parallel()
	a := start(t, options(t))
	defer stop(t, a)
	for _, path := range []string{"/api/v1/openapi.json", "/api/v1/openapi.yaml"} {
		status, text := ask(t, a, "GET", path, "")
		if status != 200 || !strings.Contains(text, "/api/v1/attendance/enter") || !strings.Contains(text, "3.1.0") {
			t.Errorf("%s: %d %.200s", path, status, text)
		}
	}
}
