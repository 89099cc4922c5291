package signin

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/gorilla/mux"

	"lernspur/apiv1"
	"lernspur/statements"
	"lernspur/web/visitor"
)

// desk asks the API as somebody.
type desk struct {
	*site
	t      *testing.T
	router *mux.Router
	who    *apiv1.Identity
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{site: newSite(t, func(o *Options) { o.Base = "https://lrs.example.org/sub" }), t: t, router: mux.NewRouter(),
		who: &apiv1.Identity{KeyID: "k", Tenant: "town", Scopes: []string{"all"}}}
	d.NewAPI(apiv1.Door{Identify: func(*http.Request) (*apiv1.Identity, error) { return d.who, nil }}).Register(d.router)
	return d
}

func (d *desk) ask(method, path, body string) (int, map[string]any, http.Header) {
	d.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	d.router.ServeHTTP(w, r)
	var answer map[string]any
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			d.t.Fatal(err, w.Body)
		}
	}
	if strings.Contains(w.Body.String(), "argon2") {
		d.t.Errorf("%s %s answers a hash", method, path)
	}
	return w.Code, answer, w.Header()
}

func TestAccountsAPI(t *testing.T) {
	d := newDesk(t)
	status, made, header := d.ask("POST", "/api/v1/accounts", `{"account":"Ada@town.example","name":"Ada Lovelace","roles":["trainer","learner","trainer"],"groups":["g2","g1"],"person":"p1","language":"en"}`)
	if status != 201 || header.Get("Location") != "/sub/api/v1/accounts/ada@town.example" || header.Get("Cache-Control") != "no-store" {
		t.Fatal(status, made, header)
	}
	link, _ := made["link"].(string)
	want := `{"account":"ada@town.example","created":"2026-03-01T12:00:00Z","disabled":false,"groups":["g1","g2"],"language":"en","link_expires":"2026-03-04T12:00:00Z",` +
		`"login":"Ada@town.example","name":"Ada Lovelace","password":false,"person":"p1","roles":["learner","trainer"]}`
	text := func(v map[string]any) string {
		delete(v, "link")
		b, _ := json.Marshal(v)
		return string(b)
	}
	if text(made) != want || !strings.HasPrefix(link, "https://lrs.example.org/sub/signin/reset?") {
		t.Errorf("%s\n%s", text(made), link)
	}
	if status, got, _ := d.ask("GET", "/api/v1/accounts/ada@town.example", ""); status != 200 || got["link"] != nil || text(got) != want {
		t.Errorf("%d %v", status, got)
	}
	u, _ := url.Parse(link)
	if _, err := d.Redeem(t.Context(), "town", "ada@town.example", u.Query().Get("token"), goodPassword); err != nil {
		t.Error(err)
	}
	status, got, _ := d.ask("PATCH", "/api/v1/accounts/ada@town.example", `{"roles":["administrator"],"groups":[],"disabled":true}`)
	if status != 200 || got["disabled"] != true || got["password"] != true || got["name"] != "Ada Lovelace" || len(got["groups"].([]any)) != 0 || got["roles"].([]any)[0] != "administrator" {
		t.Errorf("%d %v", status, got)
	}
	status, got, _ = d.ask("POST", "/api/v1/accounts/ada@town.example/reset", "")
	if status != 200 || got["password"] != false || !strings.HasPrefix(got["link"].(string), "https://lrs.example.org/sub/signin/reset?") {
		t.Errorf("%d %v", status, got)
	}
	if status, _, _ := d.ask("DELETE", "/api/v1/accounts/ada@town.example", ""); status != 204 {
		t.Error(status)
	}
	if status, _, _ := d.ask("GET", "/api/v1/accounts/ada@town.example", ""); status != 404 {
		t.Error(status)
	}
}

func TestAccountsByPages(t *testing.T) {
	d := newDesk(t)
	d.account(t, "default", "other", visitor.Learner)
	for _, name := range []string{"c", "a", "e", "b", "d"} {
		d.account(t, "town", name, visitor.Learner)
	}
	var names []string
	path := "/api/v1/accounts?limit=2"
	for path != "" {
		status, page, _ := d.ask("GET", path, "")
		if status != 200 {
			t.Fatal(status, page)
		}
		for _, item := range page["items"].([]any) {
			names = append(names, item.(map[string]any)["account"].(string))
		}
		more, _ := page["more"].(string)
		path = strings.TrimPrefix(more, "/sub")
	}
	if strings.Join(names, " ") != "a b c d e" {
		t.Error(names)
	}
}

func TestAccountsAPIRefuses(t *testing.T) {
	d := newDesk(t)
	d.account(t, "town", "ada", visitor.Administrator)
	d.account(t, "default", "foreign", visitor.Administrator)
	key, reader := d.who, &apiv1.Identity{KeyID: "r", Tenant: "town", Scopes: []string{"all/read"}}
	content := &apiv1.Identity{KeyID: "c", Tenant: "town", Scopes: []string{"content", "statements/read", "profile", "state"}}
	bound := &apiv1.Identity{KeyID: "b", Tenant: "town", Scopes: []string{"all"}, Bounds: statements.Bounds{Actor: "a"}}
	herself := Identity(&visitor.Visitor{Tenant: "town", Account: "ada", Roles: []visitor.Role{visitor.Administrator}})
	for name, test := range map[string]struct {
		who                *apiv1.Identity
		method, path, body string
		status             int
		field              string
	}{
		"nobody":                {nil, "GET", "", "", 401, ""},
		"a reader reads":        {reader, "GET", "", "", 200, ""},
		"a reader writes":       {reader, "POST", "", "{}", 403, ""},
		"other scopes":          {content, "GET", "", "", 403, ""},
		"a bound key":           {bound, "GET", "", "", 403, ""},
		"another method":        {key, "PUT", "", "", 405, ""},
		"another method of one": {key, "POST", "/ada", "", 405, ""},
		"another tenant's":      {key, "GET", "/foreign", "", 404, ""},
		"resetting another's":   {key, "POST", "/foreign/reset", "", 404, ""},
		"removing another's":    {key, "DELETE", "/foreign", "", 404, ""},
		"no such path":          {key, "GET", "/ada/password", "", 404, ""},
		"no name":               {key, "POST", "", "{}", 400, "account"},
		"taken":                 {key, "POST", "", `{"account":"ADA"}`, 409, ""},
		"an unknown member":     {key, "POST", "", `{"account":"b","admin":true}`, 400, ""},
		"an unknown role":       {key, "PATCH", "/ada", `{"roles":["boss"]}`, 400, "roles"},
		"a weak password":       {key, "POST", "", `{"account":"b","password":"passwort"}`, 400, "password"},
		"no JSON":               {key, "POST", "", `{`, 400, ""},
		"nothing":               {key, "POST", "", "", 400, ""},
		"two":                   {key, "POST", "", `{"account":"b"}{}`, 400, ""},
		"too large":             {key, "POST", "", `{"account":"` + strings.Repeat("a", maxBody) + `"}`, 413, ""},
		"an unknown parameter":  {key, "GET", "?order=name", "", 400, ""},
		"a limit of none":       {key, "GET", "?limit=0", "", 400, ""},
		"a limit of all":        {key, "GET", "?limit=1001", "", 400, ""},
		"disabling oneself":     {herself, "PATCH", "/ada", `{"disabled":true}`, 409, ""},
		"removing oneself":      {herself, "DELETE", "/ada", "", 409, ""},
	} {
		d.who = test.who
		status, got, header := d.ask(test.method, "/api/v1/accounts"+test.path, test.body)
		field, _ := got["field"].(string)
		if status != test.status || field != test.field || status >= 400 && header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %v", name, status, got)
		}
	}
}
