package app

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/mux"

	"lernspur/apiv1"
	"lernspur/catalog"
	"lernspur/directory"
	directoryapi "lernspur/directory/api"
	"lernspur/documents"
	"lernspur/signin"
	"lernspur/web"
	"lernspur/web/visitor"
)

// desk keeps the records of the directory and of signing in, in memory.
type desk struct {
	mu      sync.Mutex
	version int64
	records map[documents.Key]*documents.Document
}

func (*desk) Load(context.Context, func(*documents.Document) error) error { return nil }

func (d *desk) Replace(_ context.Context, shelf documents.Shelf, docs []*documents.Document) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, doc := range docs {
		d.version++
		doc.Shelf, doc.Version = shelf, d.version
	}
	return nil
}

func (d *desk) Change(_ context.Context, key documents.Key, change func(*documents.Document) (*documents.Document, error)) (*documents.Document, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	next, err := change(d.records[key])
	if err == nil && next != nil {
		next.Key, d.records[key] = key, next
	}
	return next, err
}

func (d *desk) Document(_ context.Context, key documents.Key) (*documents.Document, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.records[key], nil
}

func (d *desk) List(context.Context, documents.Range) ([]*documents.Document, error) { return nil, nil }

// TestPagesAgreeWithTheInterface: on the pages of the directory and of accounts each role
// may do what our own interface lets it do, and nothing else.
func TestPagesAgreeWithTheInterface(t *testing.T) {
	t.Parallel()
	records := &desk{records: map[documents.Key]*documents.Document{}}
	people, err := directory.OpenDirectory(t.Context(), directory.Dependencies{Records: records})
	if err != nil {
		t.Fatal(err)
	}
	accounts, err := signin.New(signin.Options{Records: records})
	if err != nil {
		t.Fatal(err)
	}
	door := apiv1.Door{Identify: func(r *http.Request) (*apiv1.Identity, error) {
		return signin.Identity(visitor.From(r.Context())), nil
	}}
	router := mux.NewRouter()
	directoryapi.New(directoryapi.Options{Door: door, Directory: people}).Register(router)
	accounts.NewAPI(door).Register(router)
	router.PathPrefix("/").Handler(web.New(web.Dependencies{Catalog: catalog.New(catalog.Dependencies{Records: records, Spool: t.TempDir()}), Directory: people, Accounts: pageAccounts{accounts}}))

	// A page, and the request at our own interface that does the same.
	for page, request := range map[string]string{
		"GET /directory": "GET /api/v1/people", "GET /directory/export": "GET /api/v1/people", "GET /directory/people/x": "GET /api/v1/people/x", "POST /directory/new": "POST /api/v1/people",
		"POST /directory/people/x/edit": "PATCH /api/v1/people/x", "POST /directory/people/x/merge": "POST /api/v1/people/x/merge", "POST /directory/people/x/delete": "DELETE /api/v1/people/x",
		"POST /directory/merges/x/split": "POST /api/v1/people/merges/x/split", "GET /directory/unassigned": "GET /api/v1/people/unassigned", "POST /directory/unassigned/match": "POST /api/v1/people/x/identifiers",
		"GET /directory/units": "GET /api/v1/units", "POST /directory/units": "POST /api/v1/units", "GET /directory/units/x": "GET /api/v1/units/x", "POST /directory/units/x/edit": "PATCH /api/v1/units/x",
		"POST /directory/units/x/move": "PATCH /api/v1/units/x", "POST /directory/units/x/close": "PATCH /api/v1/units/x", "POST /directory/units/x/headcount": "PUT /api/v1/headcounts/x/2026", "POST /directory/units/x/delete": "DELETE /api/v1/units/x",
		"GET /directory/groups": "GET /api/v1/groups", "POST /directory/groups": "POST /api/v1/groups", "GET /directory/groups/x": "GET /api/v1/groups/x", "POST /directory/groups/x/edit": "PATCH /api/v1/groups/x",
		"POST /directory/groups/x/people": "PUT /api/v1/groups/x/members/x", "POST /directory/groups/x/members/x/remove": "DELETE /api/v1/groups/x/members/x", "POST /directory/groups/x/delete": "DELETE /api/v1/groups/x",
		"POST /directory/import": "POST /api/v1/imports", "POST /directory/import/x/apply": "POST /api/v1/imports",
		"GET /accounts": "GET /api/v1/accounts", "GET /accounts/x": "GET /api/v1/accounts/x", "POST /accounts/new": "POST /api/v1/accounts", "POST /accounts/x/edit": "PATCH /api/v1/accounts/x",
		"POST /accounts/x/disable": "PATCH /api/v1/accounts/x", "POST /accounts/x/reset": "POST /api/v1/accounts/x/reset", "POST /accounts/x/signout": "DELETE /api/v1/accounts/x/sessions", "POST /accounts/x/delete": "DELETE /api/v1/accounts/x",
	} {
		for _, role := range visitor.Roles {
			refused := func(what string) bool {
				method, path, _ := strings.Cut(what, " ")
				r := httptest.NewRequest(method, path, nil)
				v := &visitor.Visitor{Tenant: "default", Account: "somebody", Roles: []visitor.Role{role}}
				w := httptest.NewRecorder()
				router.ServeHTTP(w, r.WithContext(visitor.With(r.Context(), v)))
				if w.Code == http.StatusUnauthorized || w.Code >= 500 {
					t.Errorf("%s as %s: %d %s", what, role, w.Code, w.Body)
				}
				return w.Code == http.StatusForbidden
			}
			if onPage, there := refused(page), refused(request); onPage != there {
				t.Errorf("%s: %s is refused: %v, %s: %v", role, page, onPage, request, there)
			}
		}
	}
}
