package web

import (
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/uuid"

	"lernspur/attendance"
	"lernspur/catalog"
	"lernspur/internal/browsertest"
	"lernspur/web/visitor"
)

// What is asked for when pages are to be looked at: all of them in a folder, or the
// pictures of the documentation, made anew.
var (
	lookAt   = flag.String("look", "", "folder for pictures of all pages")
	pictures = flag.Bool("pictures", false, "make docs/screenshots anew")
)

// picture keeps what the window shows, or the whole page.
func picture(b *browsertest.Page, file string, whole bool) {
	b.Helper()
	take := chromedp.CaptureScreenshot()
	if whole {
		take = chromedp.FullScreenshot(100)
	}
	png, err := chromedp.Run(b.Context, take)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(file), 0o755)
	}
	if err == nil {
		err = os.WriteFile(file, png, 0o644)
	}
	if err != nil {
		b.Fatal(err)
	}
}

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

// TestAccessible walks through every page, in both languages, light and dark, wide
// and narrow: axe-core finds nothing, and nothing is wider than its window.
func TestAccessible(t *testing.T) {
	axe, err := os.ReadFile("../player/library/node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatalf("%v: run make clients", err)
	}
	site := newTown(t, "http://content.example")
	course, registration := year(t, site)
	session, invitation := meeting(t, site, course)
	ids := settled(t, site)
	list := sendFile(t, site.as(visitor.Administrator), "personal.csv", []byte(staffList), url.Values{"kind": {"people"}}).Header().Get("Location")
	faulty := sendFile(t, site.asAccount("other", visitor.Administrator), "fehler.csv", []byte("Personalnummer;E-Mail;Amt\n1001;ada;99\n"), url.Values{"kind": {"people"}}).Header().Get("Location")
	roles := []visitor.Role{}
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
		{"registrations", "/courses/" + course + "/registrations", manager, ""}, {"registration", registration, manager, ""},
		{"my", "/my", learner, ""}, {"my-attempts", "/my", learner, open}, {"keys", "/keys", admin, ""},
		{"invitations", "/courses/" + course + "/invitations", manager, ""}, {"invitation", invitation, nil, ""}, {"invited", invitation, learner, ""}, {"uninvited", "/invitation/nothing", nil, ""},
		{"sessions", "/attendance", trainer, open}, {"session", session, trainer, open},
		{"overview", "/progress", admin, open}, {"overview-aggregates", "/progress", auditor, open}, {"overview-empty", "/progress?unit=empty", trainer, ""},
		{"course-figures", "/progress/course?course=" + fireCourse, admin, open}, {"course-figures-aggregates", "/progress/course?course=" + fireCourse, auditor, open}, {"course-figures-empty", "/progress/course?group=empty&course=" + fireCourse, trainer, ""},
		{"group", "/progress/group?group=g1", trainer, ""}, {"learner", "/progress/learner?learner=p1", trainer, ""},
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
	for _, dark := range []bool{false, true} {
		for i, lang := range []string{"de", "en"} {
			if dark != (i == 1) && *lookAt == "" {
				continue // half of it is enough as a rule: every page in each language, each scheme, each width
			}
			width := []int{1280, 360}[i]
			if dark != (i == 1) {
				width = 1640 - width
			}
			b.Screen(width, 800, dark)
			for _, page := range pages {
				roles = page.roles
				b.Visit(server.URL + withLanguage(page.path, lang))
				if page.before != "" {
					b.Text(page.before)
				}
				b.Until(`document.readyState === 'complete'` + map[bool]string{true: ` && document.querySelector('.bad')`}[page.name == "wrong"])
				if found := b.Accessible(string(axe)); found != "" {
					t.Errorf("%s in %s, %d wide, dark %v:\n%s", page.name, lang, width, dark, found)
				}
				if n := b.Wide(); n > 0 {
					t.Errorf("%s in %s: %d wider than %d", page.name, lang, n, width)
				}
				if *lookAt != "" {
					picture(b, filepath.Join(*lookAt, page.name+"-"+lang+map[bool]string{true: "-dark"}[dark]+".png"), true)
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

// TestPictures makes the pictures of the documentation, when that is asked for.
func TestPictures(t *testing.T) {
	if !*pictures {
		t.Skip("not asked for: -pictures")
	}
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
	picture(b, "../docs/screenshots/upload.png", false)
	role = visitor.Learner
	b.Screen(390, 780, false)
	b.Visit(server.URL + "/my?lang=de")
	picture(b, "../docs/screenshots/my-courses.png", false)
}
