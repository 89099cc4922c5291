package demo

import (
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"lernspur/admin"
	"lernspur/app"
	"lernspur/bench/town"
	"lernspur/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// TestLoad fills a real server with a twentieth of the town, twice, and counts what
// is there then by what package town says.
func TestLoad(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	a := app.New(app.Options{DataDir: dir, DSN: storetest.DSN(t), Addr: "127.0.0.1:0", Socket: true, MadeUp: []string{town.Tenant}})
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer a.Stop(t.Context())
	key, err := admin.Local(a.Admin()).CreateKey(t.Context(), admin.NewKeyRequest{Tenant: town.Tenant, Scopes: []string{"all"}, Label: "demo"})
	if err != nil {
		t.Fatal(err)
	}
	made := town.New(town.Config{Seed: 1, Cut: 20})
	done := map[string]int{}
	o := Options{Base: "http://" + a.Addr().String(), Key: key.ID, Secret: key.Secret, Town: made, Report: func(what string, n, _ int) { done[what] = n }}
	for range 2 {
		if err := Load(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		if done["statements"] != made.Len() {
			t.Errorf("%v of %d statements", done, made.Len())
		}
		counts(t, o)
	}
	pageSaysSo(t, o.Base)
}

// counts compares what the server counts with what was made.
func counts(t *testing.T, o Options) {
	t.Helper()
	ids, void := map[string]bool{}, 0
	voided := map[string]bool{}
	for s := range o.Town.Statements() {
		var m struct {
			Verb   struct{ ID string }
			Object struct{ ID string }
		}
		if err := json.Unmarshal(s.Raw, &m); err != nil {
			t.Fatal(err)
		}
		if ids[s.ID] {
			continue
		}
		ids[s.ID] = true
		if strings.HasSuffix(m.Verb.ID, "/voided") {
			voided[m.Object.ID], void = true, void+1
		}
	}
	c := &client{base: o.Base, key: o.Key, secret: o.Secret}
	get := func(path string, out any) {
		t.Helper()
		if err := c.ask(t.Context(), "GET", path, "", nil, out); err != nil {
			t.Fatal(err)
		}
	}
	var count struct{ Count int }
	get("/api/v1/statements/count", &count)
	if want := len(ids) - len(voided); count.Count != want || void != len(voided) {
		t.Errorf("%d statements are there, want %d; %d voided by %d", count.Count, want, len(voided), void)
	}
	var units struct {
		Units []struct {
			Name      string
			Headcount int
			People    int
			Learners  int
			Completed int
		}
	}
	get("/api/v1/progress/units?wait=true", &units)
	want, learn := learners(o.Town)
	if len(units.Units) != 6 {
		t.Fatalf("%+v", units)
	}
	for _, u := range units.Units {
		if u.Headcount != want[u.Name] || u.Learners != learn[u.Name] {
			t.Errorf("%+v, want %d people and %d learners", u, want[u.Name], learn[u.Name])
		}
	}
	var courses struct{ Items []struct{ ID string } }
	get("/api/v1/courses?limit=1000", &courses)
	var accounts struct{ Items []struct{ Account string } }
	get("/api/v1/accounts", &accounts)
	if len(courses.Items) != 42 || len(accounts.Items) != len(Accounts(o.Town)) {
		t.Errorf("%d courses, %d accounts", len(courses.Items), len(accounts.Items))
	}
}

// learners are, by department, the staff and those of today's staff who have learned.
func learners(made *town.Town) (staff, learn map[string]int) {
	above, names := map[string]string{}, map[string]string{}
	for _, u := range made.Units {
		above[u.Code], names[u.Code] = u.Parent, u.Name
	}
	top := func(code string) string {
		for above[code] != "" {
			code = above[code]
		}
		return names[code]
	}
	active := map[string]bool{}
	for s := range made.Statements() {
		var m struct {
			Actor struct {
				Mbox    string
				Account struct{ Name string }
			}
		}
		_ = json.Unmarshal(s.Raw, &m) // it was read before
		active[strings.TrimPrefix(m.Actor.Mbox, "mailto:")], active[m.Actor.Account.Name] = true, true
	}
	staff, learn = map[string]int{}, map[string]int{}
	for _, p := range made.People {
		staff[top(p.Unit)]++
		if p.Left < 0 && (active[p.Mail] || active[p.Staff]) {
			learn[top(p.Unit)]++
		}
	}
	return staff, learn
}

// pageSaysSo: somebody who is about to sign in sees that the data are made up.
func pageSaysSo(t *testing.T, base string) {
	t.Helper()
	for address, want := range map[string]bool{"/signin?tenant=demo&lang=de": true, "/signin?lang=de": false} {
		answer, err := http.Get(base + address)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || strings.Contains(string(text), "sind erfunden") != want {
			t.Errorf("%s: %v %s", address, err, text)
		}
	}
}
