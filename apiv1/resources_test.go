package apiv1

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gorilla/mux"
	"go.uber.org/zap"

	"lernspur/statements"
)

func TestResources(t *testing.T) {
	keys := map[string]*Identity{
		"reader": {Scopes: []string{"read"}},
		"writer": {Scopes: []string{"write"}},
		"bound":  {Scopes: []string{"read", "write"}, Bounds: statements.Bounds{Actor: "mbox|mailto:ada@example.org"}},
	}
	s := &Resources{Read: []string{"read"}, Write: []string{"write"}, Bound: "not for a part",
		Door: Door{Identify: func(r *http.Request) (*Identity, error) { return keys[r.Header.Get("Key")], nil }},
		Fail: func(w http.ResponseWriter, r *http.Request, err error) {
			Fail(w, r, ToProblem(err, "late"), err, zap.NewNop(), "tests")
		}}
	answer := func(name string) Serve {
		return func(w http.ResponseWriter, r *http.Request, _ *Identity) error {
			return Respond(w, r, http.StatusOK, name)
		}
	}
	router := mux.NewRouter()
	s.Handle(router, "/things/new", Methods{"GET": answer("new")})
	s.Handle(router, "/things/{thing}", Methods{"GET": answer("one"), "DELETE": answer("gone")})
	s.Rest(router, "/things")
	for _, tt := range []struct {
		key, method, path string
		status            int
		body, allow       string
	}{
		{"reader", "GET", "/things/new", 200, "\"new\"\n", ""},
		{"reader", "GET", "/things/1", 200, "\"one\"\n", ""},
		{"reader", "HEAD", "/things/1", 200, "", ""},
		{"writer", "DELETE", "/things/1", 200, "\"gone\"\n", ""},
		{"reader", "DELETE", "/things/1", 403, "-", ""},
		{"writer", "GET", "/things/1", 403, "-", ""},
		{"writer", "HEAD", "/things/1", 403, "", ""},
		{"bound", "GET", "/things/1", 403, "-", ""},
		{"nobody", "GET", "/things/1", 401, "-", ""},
		{"writer", "PUT", "/things/1", 405, "-", "DELETE, GET, HEAD"},
		{"writer", "DELETE", "/things/new", 405, "-", "GET, HEAD"},
		{"reader", "GET", "/things/1/2", 404, "-", ""},
	} {
		t.Run(tt.key+" "+tt.method+" "+tt.path, func(t *testing.T) {
			r := httptest.NewRequest(tt.method, tt.path, nil)
			r.Header.Set("Key", tt.key)
			w := httptest.NewRecorder()
			router.ServeHTTP(w, r)
			if w.Code != tt.status || w.Header().Get("Allow") != tt.allow {
				t.Errorf("%d, Allow %q; want %d, %q", w.Code, w.Header().Get("Allow"), tt.status, tt.allow)
			}
			if tt.body != "-" && w.Body.String() != tt.body {
				t.Errorf("the body is %q, want %q", w.Body, tt.body)
			}
			if tt.status != 404 && w.Header().Get("Cache-Control") != "no-store" {
				t.Error("the answer may be kept")
			}
		})
	}
}
