package api

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/gorilla/mux"

	"lernspur/apiv1"
	"lernspur/documents"
	"lernspur/evaluation"
	"lernspur/web/visitor"
)

// drawer keeps records in memory.
type drawer map[documents.Key]*documents.Document

func (d drawer) Load(_ context.Context, yield func(*documents.Document) error) error {
	for _, doc := range d {
		if err := yield(doc); err != nil {
			return err
		}
	}
	return nil
}

func (d drawer) Replace(_ context.Context, shelf documents.Shelf, docs []*documents.Document) error {
	for _, doc := range docs {
		doc.Shelf = shelf
		d[doc.Key] = doc
	}
	return nil
}

// served is the interface; the key is the scope, the secret the tenant.
func served(t *testing.T) http.Handler {
	t.Helper()
	service, err := evaluation.Open(t.Context(), evaluation.Dependencies{Records: drawer{}})
	if err != nil {
		t.Fatal(err)
	}
	r := mux.NewRouter()
	New(Options{Service: service, PathPrefix: "/lrs", Door: apiv1.Door{Identify: func(r *http.Request) (*apiv1.Identity, error) {
		scope, tenant, ok := r.BasicAuth()
		if !ok {
			return nil, nil
		}
		return &apiv1.Identity{KeyID: "k1", Tenant: tenant, Scopes: []string{scope}}, nil
	}}}).Register(r)
	return r
}

// send asks with a key of a scope, or as somebody in a role.
func send(h http.Handler, method, path, body, scope string, role visitor.Role, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if scope != "" {
		r.SetBasicAuth(scope, "town")
	}
	if role != "" {
		r = r.WithContext(visitor.With(r.Context(), &visitor.Visitor{Tenant: "town", Account: "m.muster", Roles: []visitor.Role{role}}))
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

const atRiskOn = `{"switches":{"at-risk":{"on":true,"ground":"Dienstvereinbarung 7"}}}`

// TestWhoMay: administrators change, data protection officers and auditors read,
// everybody reads the statement; of keys those that read or do everything.
func TestWhoMay(t *testing.T) {
	for _, c := range []struct {
		scope                   string
		role                    visitor.Role
		read, change, statement int
	}{
		{role: visitor.Administrator, read: 200, change: 200, statement: 200},
		{role: visitor.DataProtection, read: 200, change: 403, statement: 200},
		{role: visitor.Auditor, read: 200, change: 403, statement: 200},
		{role: visitor.ProjectLead, read: 403, change: 403, statement: 200},
		{role: visitor.Trainer, read: 403, change: 403, statement: 200},
		{role: visitor.ContentManager, read: 403, change: 403, statement: 200},
		{role: visitor.Learner, read: 403, change: 403, statement: 200},
		{scope: "all", read: 200, change: 200, statement: 200},
		{scope: "all/read", read: 200, change: 403, statement: 200},
		{scope: "statements/read", read: 403, change: 403, statement: 403},
		{scope: "statements/read", role: visitor.Administrator, read: 403, change: 403, statement: 403},
		{read: 401, change: 401, statement: 401},
	} {
		h := served(t)
		for what, got := range map[string][2]int{
			"read":      {send(h, "GET", Path, "", c.scope, c.role).Code, c.read},
			"history":   {send(h, "GET", Path+"/changes", "", c.scope, c.role).Code, c.read},
			"change":    {send(h, "PATCH", Path, atRiskOn, c.scope, c.role).Code, c.change},
			"statement": {send(h, "GET", Path+"/statement", "", c.scope, c.role).Code, c.statement},
		} {
			if got[0] != got[1] {
				t.Errorf("%s%s, %s: %d, want %d", c.scope, c.role, what, got[0], got[1])
			}
		}
	}
}

// TestChanging: what is changed holds, with who did it and why; nothing is changed on
// settings of before, or without a ground.
func TestChanging(t *testing.T) {
	h := served(t)
	first := send(h, "GET", Path, "", "all", "")
	if !strings.Contains(first.Body.String(), `{"switch":"timelines","name":"timelines of single people","on":false}`) || first.Header().Get("ETag") != `"1"` {
		t.Errorf("%s %s", first.Header().Get("ETag"), first.Body)
	}
	changed := send(h, "PATCH", Path, `{"ground":"§ 18 LDSG","switches":{"at-risk":{"on":true,"ground":"DV 7"}}}`, "", visitor.Administrator, "If-Match", `"1"`)
	var v View
	if err := json.Unmarshal(changed.Body.Bytes(), &v); err != nil || changed.Code != 200 || v.Ground != "§ 18 LDSG" || !v.Switches[0].On || v.Switches[0].By != "m.muster" || v.Switches[0].Since == 0 || v.Version != 2 {
		t.Errorf("%d %v %s", changed.Code, err, changed.Body)
	}
	if changed.Header().Get("ETag") != `"3"` {
		t.Error(changed.Header())
	}
	for body, want := range map[string]int{
		`{}`: 400, `{"switches":{}}`: 400, `{"switches":{"shoes":{"on":true,"ground":"x"}}}`: 400, `{"switches":{"hours":{"on":true}}}`: 400, `{"switches":{"hours":true}}`: 400, `{"hours":true}`: 400,
	} {
		if answer := send(h, "PATCH", Path, body, "all", ""); answer.Code != want || answer.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s", body, answer.Code, answer.Body)
		}
	}
	if answer := send(h, "PATCH", Path, `{"switches":{"at-risk":{"on":false}}}`, "all", "", "If-Match", `"1"`); answer.Code != 412 {
		t.Errorf("on settings of before: %d", answer.Code)
	}
	if answer := send(h, "PATCH", Path, `{"switches":{"at-risk":{"on":false,"ground":"gekündigt"}}}`, "all", ""); answer.Code != 200 {
		t.Errorf("off: %d %s", answer.Code, answer.Body)
	}
	page := send(h, "GET", Path+"/changes?limit=2", "", "", visitor.DataProtection)
	var changes apiv1.Page[ChangeView]
	if err := json.Unmarshal(page.Body.Bytes(), &changes); err != nil || len(changes.Items) != 2 || changes.Items[0].By != "key k1" || *changes.Items[0].On || changes.Items[1].Ground != "DV 7" || !strings.HasPrefix(changes.More, "/lrs"+Path+"/changes?") {
		t.Fatalf("%v %s", err, page.Body)
	}
	rest := send(h, "GET", strings.TrimPrefix(changes.More, "/lrs"), "", "", visitor.DataProtection)
	if !strings.Contains(rest.Body.String(), `"number":1`) || !strings.Contains(rest.Body.String(), "§ 18 LDSG") || strings.Contains(rest.Body.String(), "more") {
		t.Errorf("%s", rest.Body)
	}
	for _, path := range []string{Path + "?x=1", Path + "/changes?limit=0", Path + "/changes?after=AA", Path + "/statement?language=fr", Path + "/statement?format=pdf"} {
		if answer := send(h, "GET", path, "", "all", ""); answer.Code != 400 {
			t.Errorf("%s: %d", path, answer.Code)
		}
	}
	if answer := send(h, "GET", Path+"/nothing", "", "all", ""); answer.Code != 404 {
		t.Errorf("nothing: %d", answer.Code)
	}
}

// TestStatement: in two languages and three formats, true to the settings.
func TestStatement(t *testing.T) {
	h := served(t)
	read := func(query, kind string) string {
		answer := send(h, "GET", Path+"/statement"+query, "", "", visitor.Learner)
		if answer.Code != 200 || !strings.HasPrefix(answer.Header().Get("Content-Type"), kind) {
			t.Errorf("%s: %d %s", query, answer.Code, answer.Header().Get("Content-Type"))
		}
		return answer.Body.String()
	}
	state := func() string {
		var st evaluation.Statement
		if err := json.Unmarshal([]byte(read("", "application/json")), &st); err != nil || st.Language != "de" {
			t.Fatal(err)
		}
		i := slices.IndexFunc(st.Single, func(f evaluation.StatementFigure) bool { return f.Key == "risk" })
		return st.Single[i].Status
	}
	if got := state(); got != evaluation.NotTold {
		t.Errorf("off, and %s", got)
	}
	if answer := send(h, "PATCH", Path, atRiskOn, "all", ""); answer.Code != 200 {
		t.Fatal(answer.Body)
	}
	if got := state(); got != evaluation.Told {
		t.Errorf("on, and %s", got)
	}
	if text := read("?language=en&format=text", "text/plain"); !strings.Contains(text, "What is evaluated about learners\n====") || !strings.Contains(text, "Dienstvereinbarung 7") {
		t.Error(text)
	}
	if page := read("?format=html", "text/html"); !strings.Contains(page, `<html lang="de">`) || !strings.Contains(page, "Dienstvereinbarung 7") {
		t.Error(page)
	}
}
