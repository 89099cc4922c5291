package app

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestFence(t *testing.T) {
	inner := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	f := fenced(inner, "http://localhost:8080", "http://127.0.0.1:8081")
	for _, test := range []struct {
		name, method, host, path string
		status                   int
		location                 string
	}{
		{"the pages' host", "GET", "localhost:8080", "/signin", 418, ""},
		{"content's host", "GET", "127.0.0.1:8080", "/signin?a=b", 307, "http://localhost:8080/signin?a=b"},
		{"a form to content's host", "POST", "127.0.0.1:8080", "/signin", 421, ""},
		{"the endpoint under content's host", "POST", "127.0.0.1:8080", "/xapi/statements", 418, ""},
		{"the interface under content's host", "GET", "127.0.0.1:8080", "/api/v1/courses", 418, ""},
		{"another name", "GET", "town.example", "/", 418, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			w, r := httptest.NewRecorder(), httptest.NewRequest(test.method, test.path, nil)
			r.Host = test.host
			f.ServeHTTP(w, r)
			if w.Code != test.status || w.Header().Get("Location") != test.location {
				t.Errorf("%d %s", w.Code, w.Header().Get("Location"))
			}
			for name, want := range map[string]string{"X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff",
				"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin"} {
				if got := w.Header().Get(name); got != want {
					t.Errorf("%s: %q", name, got)
				}
			}
		})
	}
	if w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "http://town.example/", nil); true {
		fenced(inner, "http://town.example", "http://town.example:8081").ServeHTTP(w, r)
		if w.Code != 418 {
			t.Errorf("one host name for both: %d", w.Code)
		}
	}
}
