package web

import (
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/uuid"

	"lernspur/attendance"
	"lernspur/catalog"
	"lernspur/evaluation"
	"lernspur/forward"
	"lernspur/internal/browsertest"
	"lernspur/web/visitor"
	"lernspur/webhook"
)

// lookAt is where pictures of all pages are put when they are to be looked at.
var lookAt = flag.String("look", "", "folder for pictures of all pages")

// year is a town with courses and learners, at work for a while. It answers the
// course of a package, and the page of a registration.
func year(t testing.TB, site *town) (course, registration string) {
	t.Helper()
	site.now = testNow.Add(-40 * 24 * time.Hour)
	course = aCourse(t, site, fireSafety())
	kind, duration, provider, certified := catalog.Induction, "PT45M", "Feuerwehr Musterstadt", true
	competences := []string{"Arbeitsschutz", "Verhalten im Notfall"}
	if _, err := site.catalog.Edit(t.Context(), "default", course, catalog.Edit{Kind: &kind, Duration: &duration, Provider: &provider, Certified: &certified, Competences: &competences}); err != nil {
		t.Fatal(err)
	}
	score := 0.92
	for i, who := range []struct{ mail, name, state string }{
		{"ada@musterstadt.example", "Ada Yılmaz", catalog.Passed}, {"bernd@musterstadt.example", "Bernd Hoffmann", catalog.Started}, {"clara@musterstadt.example", "Clara Schulz", catalog.NotStarted},
	} {
		site.now = testNow.Add(-time.Duration(30-7*i) * 24 * time.Hour)
		r, err := site.catalog.Register(t.Context(), "default", course, catalog.Learner{Actor: json.RawMessage(`{"mbox":"mailto:` + who.mail + `"}`), Name: who.name}, catalog.RegisterOptions{})
		if err != nil {
			t.Fatal(err)
		}
		site.now = site.now.Add(26 * time.Hour)
		r, err = site.catalog.Note(t.Context(), "default", r.ID, func(r *catalog.Registration) error {
			if r.State = who.state; r.State == catalog.NotStarted {
				return nil
			}
			r.Attempts = append(r.Attempts, catalog.Attempt{ID: uuid.New(), Item: "one", Started: site.now.UnixMicro(), Ended: site.now.Add(20 * time.Minute).UnixMicro(), Outcome: catalog.Completed})
			if r.State == catalog.Passed {
				r.Attempts = append(r.Attempts, catalog.Attempt{ID: uuid.New(), Item: "two", Started: site.now.Add(21 * time.Minute).UnixMicro(), Ended: site.now.Add(30 * time.Minute).UnixMicro(), Outcome: catalog.Passed, Score: &score})
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			registration = "/courses/" + course + "/registrations/" + r.ID.String()
		}
	}
	site.who = []string{"mailto:ada@musterstadt.example"}
	for title, state := range map[string]string{"Datenschutz in der Verwaltung": catalog.Started, "Barrierefreie Dokumente": catalog.NotStarted} {
		site.now = testNow.Add(-4 * 24 * time.Hour)
		files := fireSafety()
		files["imsmanifest.xml"] = replaceTitle(files["imsmanifest.xml"], title)
		id := aCourse(t, site, files)
		r, err := site.catalog.Register(t.Context(), "default", id, catalog.Learner{Actor: json.RawMessage(`{"mbox":"mailto:ada@musterstadt.example"}`), Name: "Ada Yılmaz"}, catalog.RegisterOptions{})
		if err != nil {
			t.Fatal(err)
		}
		site.who = []string{r.Learner.Identifier}
		site.now = testNow.Add(-3 * time.Hour)
		if _, err := site.catalog.Note(t.Context(), "default", r.ID, func(r *catalog.Registration) error {
			if r.State = state; state == catalog.Started {
				r.Attempts = []catalog.Attempt{{ID: uuid.New(), Item: "one", Started: site.now.UnixMicro()}}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	site.keys.list = []Key{{ID: "63h4uqx2icwv", Label: "Moodle der Volkshochschule", Scopes: []string{"statements/write", "statements/read/mine"}, Created: testNow.Add(-90 * 24 * time.Hour).UnixMicro()}}
	site.now = testNow
	return course, registration
}

// meeting is the page of a session at which somebody was, with a code, and link
// that of an invitation.
func meeting(t testing.TB, site *town, course string) (session, link string) {
	t.Helper()
	title, place, trainer, completes := "Löschübung", "Feuerwache, Hof 2", "Bernd Hoffmann", true
	begins, ends := testNow.Add(-time.Hour).UnixMicro(), testNow.Add(time.Hour).UnixMicro()
	se, err := site.attendance.Create(t.Context(), "default", course, "m.muster", attendance.Edit{Title: &title, Place: &place, Trainer: &trainer, Completes: &completes, Begins: &begins, Ends: &ends})
	if err == nil {
		_, err = site.attendance.MakeCode(t.Context(), "default", se.ID, 0, 0)
	}
	if err == nil {
		_, err = site.attendance.Mark(t.Context(), "default", se.ID, []attendance.Entry{
			{Learner: catalog.Learner{Actor: json.RawMessage(`{"mbox":"mailto:clara@musterstadt.example"}`), Name: "Clara Schulz"}, Attended: true},
			{Learner: catalog.Learner{Actor: json.RawMessage(`{"mbox":"mailto:dirk@musterstadt.example"}`), Name: "Dirk Neumann"}},
		}, attendance.ByList, "m.muster")
	}
	var i *catalog.Invitation
	if err == nil {
		i, err = site.catalog.Invite(t.Context(), "default", catalog.InviteOptions{Course: course, Most: 30, Domain: "musterstadt.example", By: "Maria Muster"})
	}
	if err != nil {
		t.Fatal(err)
	}
	return "/attendance/" + se.ID.String(), "/invitation/" + i.Token
}

// connected forwards statements and makes a webhook.
func connected(t testing.TB, site *town) (forwarded, hooked string) {
	t.Helper()
	text := func(s string) *string { return &s }
	target, err := site.sent.forwards.Add(t.Context(), "default", forward.Edit{Name: text("Landesamt"), URL: text("https://other.example/xapi"), Key: text("town"), Secret: text("geheim"),
		Filter: &forward.Filter{Verbs: []string{"http://adlnet.gov/expapi/verbs/"}}}, true)
	if err != nil {
		t.Fatal(err)
	}
	h, _, err := site.sent.webhooks.Add(t.Context(), "default", webhook.Edit{Name: text("Personal"), URL: text("https://hr.example/hook"), Events: &webhook.Events})
	if err != nil {
		t.Fatal(err)
	}
	return "/settings/forwarding/" + target.ID, "/settings/webhooks/" + h.ID
}

// entrance shows the pages around signing in.
func entrance(site *town, w http.ResponseWriter, r *http.Request) bool {
	lang := r.URL.Query().Get("lang")
	switch r.URL.Path {
	case "/signin":
		site.SignIn(w, r, SignIn{Entry: Entry{Status: 401, Language: lang, Message: "Account or password are wrong.", Action: "/signin"}, Tenant: "default", OIDC: "/signin/oidc", OIDCName: "Musterstadt", Other: "/signin?lang=xx", Out: true})
	case "/signin/password":
		site.Password(w, r, Password{Entry: Entry{Status: 200, Language: lang, Action: "/signin/password"}, Account: "m.muster", Old: true})
	case "/signin/reset":
		site.Password(w, r, Password{Entry: Entry{Status: 200, Language: lang}, Done: true})
	case "/signin/refused":
		site.Notice(w, r, Notice{Entry: Entry{Status: 403, Language: lang, Message: "This page was too old."}, Back: "/signin"})
	default:
		return false
	}
	return true
}

// noPages are routes of the table that answer no page: files, and addresses that lead
// on.
var noPages = []string{"GET /assets/{name}", "GET /courses/{course}/download", "GET /directory/export", "GET /statements/live/new", "GET /statements/{statement}/raw",
	"GET /reports/progress", "GET /reports/runs/{run}/files/{form}", "GET /public/reports/{token}", "GET /public/reports/{token}/report.pdf"}

// visits notes to which routes of the table somebody went.
type visits struct {
	*http.ServeMux
	routes map[string]bool
}

func newVisits() visits {
	v := visits{http.NewServeMux(), map[string]bool{}}
	v.HandleFunc("/", func(http.ResponseWriter, *http.Request) {})
	for _, to := range routeTable {
		v.HandleFunc(to.method+" "+to.path, func(http.ResponseWriter, *http.Request) { v.routes[to.method+" "+to.path] = true })
	}
	return v
}

// complete fails for pages to which nobody went.
func (v visits) complete(t *testing.T) {
	for _, to := range routeTable {
		if name := to.method + " " + to.path; to.method == "GET" && !v.routes[name] && !slices.Contains(noPages, name) {
			t.Errorf("%s is not among the pages of this test", name)
		}
	}
}

// TestAccessible walks through every page, in both languages, light and dark, wide
// and narrow: axe-core finds nothing, nothing is wider than its window, nothing moves
// while a page is built, and none takes more than it may.
func TestAccessible(t *testing.T) {
	axe, err := os.ReadFile("../player/library/node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatalf("%v: run make clients", err)
	}
	site := newTown(t, "http://content.example")
	course, registration := year(t, site)
	session, invitation := meeting(t, site, course)
	forwarded, hooked := connected(t, site)
	learnerStatements(t, site)
	odd := hostile(t, site)
	ids := settled(t, site)
	list := sendFile(t, site.as(visitor.Administrator), "personal.csv", []byte(staffList), url.Values{"kind": {"people"}}).Header().Get("Location")
	faulty := sendFile(t, site.asAccount("other", visitor.Administrator), "fehler.csv", []byte("Personalnummer;E-Mail;Amt\n1001;ada;99\n"), url.Values{"kind": {"people"}}).Header().Get("Location")
	roles := []visitor.Role{}
	for _, sw := range evaluation.Switches { // so that there is a history
		site.switches(t, evaluation.Everything.With(sw, false))
	}
	site.switches(t, evaluation.Everything)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !entrance(site, w, r) {
			if r.URL.Path == faulty {
				site.asAccount("other", roles...).ServeHTTP(w, r)
				return
			}
			site.as(roles...).ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	report, run := reported(t, site)
	lead := []visitor.Role{visitor.ProjectLead}
	b := browsertest.Open(t, 3*time.Minute)
	const open = "document.querySelectorAll('details').forEach((d) => { d.open = true })"
	trainer := []visitor.Role{visitor.Trainer}
	manager, learner, admin, auditor, protector := []visitor.Role{visitor.ContentManager}, []visitor.Role{visitor.Learner}, []visitor.Role{visitor.Administrator}, []visitor.Role{visitor.Auditor}, []visitor.Role{visitor.DataProtection}
	pages := []struct {
		name, path string
		roles      []visitor.Role
		before     string // done in the page first
	}{
		{"start", "/", admin, ""}, {"forbidden", "/keys", learner, ""}, {"nothing", "/nothing", manager, ""},
		{"packages", "/packages", manager, ""}, {"courses", "/courses", manager, ""}, {"course", "/courses/" + course + "?done=saved", manager, open},
		{"edit", "/courses/" + course + "/edit", manager, ""}, {"new", "/courses/new", manager, ""}, {"delete", "/courses/" + course + "/delete", manager, ""},
		{"registrations", "/courses/" + course + "/registrations", manager, ""}, {"registration", registration, manager, ""}, {"calls", registration + "/calls?item=one&attempt=2", manager, ""},
		{"my", "/my", learner, ""}, {"my-attempts", "/my", learner, open}, {"keys", "/keys", admin, ""},
		{"settings", "/settings", admin, ""}, {"statement", "/evaluation-statement", learner, ""},
		{"invitations", "/courses/" + course + "/invitations", manager, ""}, {"invitation", invitation, nil, ""}, {"invited", invitation, learner, ""}, {"uninvited", "/invitation/nothing", nil, ""},
		{"sessions", "/attendance", trainer, open}, {"session", session, trainer, open},
		{"overview", "/progress", admin, open}, {"overview-aggregates", "/progress", auditor, open}, {"overview-empty", "/progress?unit=empty", trainer, ""},
		{"course-figures", "/progress/course?course=" + fireCourse, admin, open}, {"course-figures-aggregates", "/progress/course?course=" + fireCourse, auditor, open}, {"course-figures-empty", "/progress/course?group=empty&course=" + fireCourse, trainer, ""},
		{"group", "/progress/group?group=g1", trainer, ""}, {"learner", "/progress/learner?learner=p1", trainer, ""},
		{"forwarding", "/settings/forwarding", admin, open}, {"forward", forwarded, admin, open}, {"webhooks", "/settings/webhooks", admin, open}, {"webhook", hooked, admin, open},
		{"digest", "/settings/digest", trainer, ""}, {"unsubscribe", "/digest/unsubscribe?tenant=town&account=ute&token=token-of-town-ute", nil, ""},
		{"group-off", "/progress/group?group=g1", trainer, ""}, {"learner-off", "/progress/learner?learner=p1", trainer, ""}, {"course-figures-off", "/progress/course?course=" + fireCourse, admin, open},
		{"person-new", "/directory/new", admin, ""}, {"unit-delete", "/directory/units/" + ids["Personalamt"] + "/delete", admin, ""}, {"dir-group-delete", "/directory/groups/" + ids["group"] + "/delete", admin, ""}, {"account-delete", "/accounts/ada/delete", admin, ""},
		{"reports", "/reports", lead, ""}, {"reports-read", "/reports", protector, ""}, {"report-new", "/reports/new", lead, ""}, {"report-definition", "/reports/definitions/" + report, lead, ""},
		{"report-run", "/reports/runs/" + run, lead, ""}, {"report-compare", "/reports/compare?before=" + run + "&after=" + run, auditor, ""},
		{"report-wrong", "/reports/new", lead, "(document.querySelector('textarea').value = 'version: 2', document.querySelector('button[value=check]').click())"},
		{"at-risk", "/progress/at-risk", trainer, ""}, {"statements", "/statements", admin, open}, {"statements-chosen", "/statements?person=clara", protector, open}, {"statements-wrong", "/statements?verb=x&since=y", admin, open},
		{"single", "/statements/" + odd[1].String(), admin, open}, {"live", "/statements/live", trainer, ""},
		{"people", "/directory", admin, ""}, {"people-read", "/directory?q=bernd", protector, ""}, {"person", "/directory/people/" + ids["Ada Yılmaz"], admin, ""}, {"person-edit", "/directory/people/" + ids["Ada Yılmaz"] + "/edit", admin, ""},
		{"person-merge", "/directory/people/" + ids["Bernd Hoffmann"] + "/merge?q=bernd", admin, ""}, {"person-merge-preview", "/directory/people/" + ids["Bernd Hoffmann"] + "/merge?with=" + ids["Bernd Hofmann"], admin, ""},
		{"person-split", "/directory/merges/" + ids["merge"] + "/split", admin, ""}, {"person-delete", "/directory/people/" + ids["Ada Yılmaz"] + "/delete", admin, ""},
		{"units", "/directory/units", admin, ""}, {"unit", "/directory/units/" + ids["Personalamt"], admin, open}, {"unit-close", "/directory/units/" + ids["Personalamt"] + "/close?until=2026-12-31", admin, ""},
		{"dir-groups", "/directory/groups", admin, ""}, {"dir-group", "/directory/groups/" + ids["group"] + "?q=bernd", admin, ""}, {"dir-group-read", "/directory/groups/" + ids["group"], protector, ""},
		{"unassigned", "/directory/unassigned", admin, ""}, {"match", "/directory/unassigned/match?identifier=mbox%7Cmailto%3Abernd%40alt.example&q=bernd", admin, ""}, {"match-person", "/directory/unassigned/match?identifier=mbox%7Cmailto%3Abernd%40alt.example&person=" + ids["Bernd Hoffmann"], admin, ""},
		{"import", "/directory/import", admin, open}, {"preview", list, admin, ""}, {"preview-faults", faulty, admin, ""},
		{"accounts", "/accounts", admin, ""}, {"account", "/accounts/ada", admin, ""}, {"account-new", "/accounts/new", admin, ""}, {"account-read", "/accounts/oidc:7", protector, ""},
		{"signin", "/signin", nil, ""}, {"password", "/signin/password", manager, ""}, {"password-done", "/signin/reset", manager, ""}, {"refused", "/signin/refused", nil, ""},
		{"wrong", "/courses/new", manager, "(document.forms[document.forms.length - 1].noValidate = true, document.forms[document.forms.length - 1].querySelector('button').click())"},
	}
	visited := newVisits()
	defer visited.complete(t)
	for _, dark := range []bool{false, true} {
		for i, lang := range []string{"de", "en"} {
			if dark != (i == 1) && *lookAt == "" {
				continue // half of it is enough as a rule: every page in each language, each scheme, each width
			}
			width := []int{360, 1280}[i] // German words are the longer ones
			if dark != (i == 1) {
				width = 1640 - width
			}
			b.Screen(width, 800, dark)
			for _, page := range pages {
				roles = page.roles
				site.switches(t, map[bool]evaluation.Settings{true: {}, false: evaluation.Everything}[strings.HasSuffix(page.name, "-off")])
				b.Visit(server.URL + withLanguage(page.path, lang))
				b.Budget(page.name + " in " + lang)
				visited.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", page.path, nil))
				if page.before != "" {
					b.Text(page.before)
				}
				b.Until(`document.readyState === 'complete'` + map[bool]string{true: ` && document.querySelector('.bad')`}[page.name == "wrong"] + map[bool]string{true: ` && document.querySelector('#problems')`}[page.name == "report-wrong"])
				if found := b.Accessible(string(axe)); found != "" {
					t.Errorf("%s in %s, %d wide, dark %v:\n%s", page.name, lang, width, dark, found)
				}
				if n := b.Wide(); n > 0 {
					t.Errorf("%s in %s: %d wider than %d", page.name, lang, n, width)
				}
				if *lookAt != "" {
					b.Save(filepath.Join(*lookAt, page.name+"-"+lang+map[bool]string{true: "-dark"}[dark]+".png"), true)
				}
			}
		}
	}
	roles = admin
	listByScript(b, server.URL)
}

// listByScript sends lists by the form with its script: one that is refused is said on the
// page, without leaving it, and one that is taken leads to its preview.
func listByScript(b *browsertest.Page, base string) {
	b.Helper()
	file := filepath.Join(b.TempDir(), "liste.csv")
	if err := os.WriteFile(file, []byte(staffList), 0o600); err != nil {
		b.Fatal(err)
	}
	b.Visit(base + "/directory/import?lang=de")
	b.Text(`(document.getElementById('f-kind').value = 'units', document.getElementById('complete').checked = true)`)
	b.Do(chromedp.SetUploadFiles(chromedp.CSS("#f-file"), []string{file}))
	b.Text(`document.querySelector('form.file button').click()`)
	b.Until(`document.activeElement?.matches('.wrong[role=alert]') && document.body.innerText.includes('gilt nie als vollständig')`)
	b.Visit(base + "/directory/import?lang=de")
	b.Do(chromedp.SetUploadFiles(chromedp.CSS("#f-file"), []string{file}))
	b.Text(`document.querySelector('form.file button').click()`)
	b.Until(`location.pathname.startsWith('/directory/import/') && document.querySelector('h1')?.textContent === 'Vorschau: liste.csv'`)
	b.Text(`document.querySelector('form[action$="/apply?lang=de"] button').click()`)
	b.Until(`location.search.includes('done=imported') && document.querySelector('.done')`)
}

// TestPictures makes the pictures of the documentation that need no figures; others
// are made by package bench/demo.
func TestPictures(t *testing.T) {
	site := newTown(t, "http://content.example")
	year(t, site)
	role := visitor.ContentManager
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { site.as(role).ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	b := browsertest.Open(t, time.Minute)
	file := filepath.Join(t.TempDir(), "Erste-Hilfe-SCORM.zip")
	if err := os.WriteFile(file, []byte("no package"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.Screen(1100, 720, false)
	b.Visit(server.URL + "/packages?lang=de")
	b.Do(chromedp.SetUploadFiles(chromedp.CSS("#package"), []string{file}))
	b.Until(`document.querySelector('.chosen').textContent`)
	b.Picture("../docs/screenshots/upload.png", false)
	role = visitor.Learner
	b.Screen(390, 780, false)
	b.Visit(server.URL + "/my?lang=de")
	b.Picture("../docs/screenshots/my-courses.png", false)
}

// TestWatching: what comes in appears by itself and is said politely; it can be paused
// with the keyboard, and goes on without a gap.
func TestWatching(t *testing.T) {
	site := newTown(t, "http://content.example")
	learnerStatements(t, site)
	handler := site.as(visitor.Administrator)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	b := browsertest.Open(t, time.Minute)
	b.Screen(1100, 800, false)
	b.Visit(server.URL + "/statements/live?lang=de")
	const status, first = `document.querySelector('.live [role=status]').textContent`, `document.querySelector('.live li .told').innerText`
	const press = `(() => { const button = document.querySelector('.live button'); button.focus(); button.click(); return document.activeElement === button })()`
	b.Until(status + ` === 'Es wird mitgelesen.' && !document.querySelector('.live button').hidden`)
	b.Text(`document.querySelector('[data-news]').dataset.every = 50`)
	b.Text(press)
	b.Until(status + `.startsWith('Angehalten')`)
	site.said.say(t, testNow, says(adaAgent, "completed", fireObject, ""))
	site.said.say(t, testNow, says(`{"mbox":"mailto:x@example.org","name":"<img src=x onerror=\"document.title='broken'\">"}`, "completed", fireObject, ""))
	if got := b.Text(press); got != "true" {
		t.Errorf("the button has lost the focus: %s", got)
	}
	b.Until(status + ` === '2 neue Statements'`)
	if got := b.Text(first); !strings.Contains(got, "<img src=x") || !strings.Contains(got, "abgeschlossen") {
		t.Errorf("the first is %q", got)
	}
	site.said.say(t, testNow, says(adaAgent, "passed", fireObject, ""))
	b.Until(first + `.includes('Ada Yılmaz hat „Brandschutz im Rathaus“ bestanden')`)
	if n := b.Text(`document.querySelectorAll('.live li').length`); n != "8" {
		t.Errorf("%s statements are shown", n)
	}
	if title := b.Text(`document.title`); strings.Contains(title, "broken") {
		t.Error("what somebody wrote was run")
	}
	server.Config.Handler = http.NotFoundHandler()
	b.Until(status + `.startsWith('Es konnte nicht')`)
}
