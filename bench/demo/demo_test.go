package demo

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"lernspur/admin"
	"lernspur/app"
	"lernspur/bench/town"
	"lernspur/internal/browsertest"
	"lernspur/report/result"
	"lernspur/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// TestLoad fills a real server with a twentieth of the town, twice, and counts what
// is there then by what package town says.
func TestLoad(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	evening := func() time.Time { return time.Date(2026, time.September, 30, 17, 0, 0, 0, town.Zone) } // of the last day
	a := app.New(app.Options{DataDir: dir, DSN: storetest.DSN(t), Addr: "127.0.0.1:0", Socket: true, MadeUp: []string{town.Tenant}, Now: evening})
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer a.Stop(t.Context())
	local := admin.Local(a.Admin())
	defer local.Close()
	key, err := local.CreateKey(t.Context(), admin.NewKeyRequest{Tenant: town.Tenant, Scopes: []string{"all"}, Label: "demo"})
	if err != nil {
		t.Fatal(err)
	}
	cut := 20
	if browsertest.MakingPictures() {
		cut = 1
	}
	made := town.New(town.Config{Seed: 1, Cut: cut})
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
	example(t, local)
	pictures(t, o)
}

// example makes the example report, with the headcounts of the directory, since the
// definition has those of the whole town: it says all that it is made for.
func example(t *testing.T, c *admin.Client) {
	t.Helper()
	text, err := os.ReadFile("../../docs/examples/wiesbaden-pilot.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text = regexp.MustCompile(`(?s)headcounts:.*?\n\n`).ReplaceAll(text, nil)
	made, err := c.RunReport(t.Context(), admin.RunReportRequest{Definition: text, By: "test"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var r result.Report
	if err := json.Unmarshal(made.JSON, &r); err != nil {
		t.Fatal(err)
	}
	if !r.Head.Demo || r.Summary.Consequence != "extend" || len(r.Summary.Headlines) != 5 {
		t.Errorf("made up: %v, %s, %+v", r.Head.Demo, r.Summary.Consequence, r.Summary.Headlines)
	}
	for _, h := range r.Summary.Headlines {
		if h.Figure.State != result.Shown || h.Light != result.Green && h.Light != result.Amber {
			t.Errorf("%s is %+v: %s", h.ID, h.Figure, h.Light)
		}
	}
	for _, row := range r.Reach.Units.Rows {
		if row.Label == "Stadtarchiv" && row.Cells[2].State != result.Suppressed {
			t.Errorf("of the archive it is shown how many were active: %+v", row)
		}
	}
}

// pictures makes those of the documentation that have figures: of the whole town when
// they are made, else of what is loaded, to see that the pages are there.
func pictures(t *testing.T, o Options) {
	t.Helper()
	c := &client{base: o.Base, key: o.Key, secret: o.Secret}
	var groups struct{ Items []struct{ ID, Code string } }
	if err := c.ask(t.Context(), "GET", "/api/v1/groups", "", nil, &groups); err != nil {
		t.Fatal(err)
	}
	group := ""
	for _, g := range groups.Items {
		if g.Code == "ES26" {
			group = g.ID
		}
	}
	var learners struct{ Learners []struct{ ID string } }
	if err := c.ask(t.Context(), "GET", "/api/v1/progress/learners?sort=-courses&limit=1&group="+group, "", nil, &learners); err != nil || len(learners.Learners) != 1 {
		t.Fatalf("%v %+v", err, learners)
	}
	b := browsertest.Open(t, 2*time.Minute)
	b.Screen(1200, 900, false)
	for account, pages := range map[string]map[string]string{
		"chefin":    {"overview": "/progress", "course": "/progress/course?course=" + url.QueryEscape(town.Base+"/kurse/vergaberecht")},
		"trainerin": {"group": "/progress/group?group=" + group, "learner": "/progress/learner?learner=" + url.QueryEscape(learners.Learners[0].ID)},
	} {
		b.Visit(o.Base + "/signin?tenant=" + town.Tenant + "&lang=de")
		b.Do(chromedp.SendKeys(chromedp.CSS("#account"), account), chromedp.SendKeys(chromedp.CSS("#password"), Password), chromedp.Click(chromedp.CSS("form .wide")))
		b.Until(`location.pathname !== '/signin' && document.querySelector('.made-up')`)
		for name, address := range pages {
			b.Visit(o.Base + address)
			b.Until(`document.readyState === 'complete' && document.querySelector('.made-up') && document.querySelector('h1')`)
			b.Budget(name)
			b.Picture("../../docs/screenshots/"+name+".png", false)
		}
		b.Text(`document.querySelector('form[action$="/signout"] button').click()`)
		b.Until(`location.pathname === '/signin' && document.querySelector('.done')`)
	}
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
