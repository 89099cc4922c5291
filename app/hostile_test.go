package app

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"lernspur/internal/browsertest"
)

// refusals are the attempts of testdata/hostile/hostile.js that every package makes,
// and what has to come of them.
var refusals = map[string]string{
	"read the cookies of the pages":           "nothing|__Host-session=evil; plain=evil", // what content set itself
	"set a cookie of the pages":               ".*",                                      // the pages' side tells
	"API with the cookies of the pages":       "blocked",
	"API write with the cookies of the pages": "blocked|opaque", // the pages' side tells
	"API on the content origin":               "404",
	"xAPI on the content origin":              "404",
	"xAPI without a token":                    "401",
	"xAPI write without a token":              "401",
	"another launch, guessed":                 "404",
	"commit of another launch, guessed":       "410",
	"state of another launch, guessed":        "410",
	"files of another launch, guessed":        "404",
	"a file of another package":               "404",
	"a file of another package, by climbing":  "404",
	"a file of the server":                    "404",
	"a part of another package":               "404",
	"a service worker":                        "TypeError",
	"a service worker for everything":         "TypeError|SecurityError",
	"a service worker of a blob":              "TypeError|SecurityError",
	"service workers that are left":           "0",
	"who opened the window":                   "null|undefined",
	"the outermost window":                    "own",
	"the pages in a frame":                    "out of reach",
	"the pages in a window":                   "severed",
	"messages to other windows":               "sent", // the pages' side tells
	"what browsers ask learners for":          "nothing",
	"done":                                    "yes",
}

// tokenRefusals are those of packages with a token for the endpoint.
var tokenRefusals = map[string]string{
	"its own statement":                             "200", // or else the others would prove nothing
	"API with its token":                            "blocked",
	"statement of another registration":             "403",
	"statement of no registration":                  "403",
	"statement of another actor":                    "403",
	"statement of another actor among its own":      "403",
	"statement about another course":                "403",
	"statement about a part of another course":      "403",
	"voiding a statement of another":                "403",
	"voiding its own statement":                     "403",
	"statement of another by id":                    "404",
	"statements of another registration":            "0",
	"statements of another actor":                   "0",
	"state of another registration":                 "403",
	"state of another learner":                      "403",
	"state of no registration":                      "403",
	"deleting the state of another":                 "403",
	"profile of another learner":                    "403",
	"who another learner is":                        "403",
	"profile of another course":                     "403",
	"a page of its own at the address of the pages": "204",
}

var cmi5Refusals = map[string]string{"its own beginning": "200", "the token again": "1", "the token of another session": "2"}

// framed are those that end otherwise in a frame of the pages.
var framed = map[string]string{
	"the outermost window":            "SecurityError",
	"the pages in a window":           "severed|blocked",
	"navigating the outermost window": "threw SecurityError", // the pages' side tells
}

const hostileCmi5 = `<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd">
<course id="https://h.example/c"><title><langstring lang="en">C</langstring></title><description><langstring lang="en">d</langstring></description></course>
<au id="https://h.example/au"><title><langstring lang="en">One</langstring></title><description><langstring lang="en">d</langstring></description><url>index.html</url></au>
</courseStructure>`

// TestHostilePackages plays packages that mean harm in a real browser, beside pages
// with a session, and the course of somebody else.
func TestHostilePackages(t *testing.T) {
	h := newHostile(t)
	for _, kind := range [...]string{"scorm", "tincan", "cmi5"} {
		h.upload(kind)
	}
	tab := browsertest.Tab(t)
	for _, where := range [...]string{"scorm", "scorm framed", "tincan", "tincan framed", "cmi5"} {
		t.Run(where, func(t *testing.T) { h.play(t, tab, where) })
	}
	h.untouched()
}

// hostile is a server with a victim, and what packages told the test.
type hostile struct {
	*testing.T
	app    *App
	pages  string
	link   map[string]string // of the packages, by kind
	victim map[string]any

	mu      sync.Mutex
	told    map[string]map[string]string // by where, then by attempt
	foreign []string                     // what came to the interface from content
}

func newHostile(t *testing.T) *hostile {
	h := &hostile{T: t, link: map[string]string{}, told: map[string]map[string]string{}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	l.Close()
	h.pages = "http://localhost:" + port
	o := options(t)
	o.Addr, o.ContentAddr, o.Pages, o.Catalog.Base = "127.0.0.1:"+port, "127.0.0.1:0", h.pages, h.pages
	h.app = start(t, o)
	t.Cleanup(func() { stop(t, h.app) })
	f := (*h.app.public.inner.Load()).(*fence)
	h.app.public.open(&fence{inner: h.watch(f.inner), pages: f.pages, content: f.content})
	h.makeVictim()
	return h
}

// makeVictim makes another course with a learner who has got somewhere.
func (h *hostile) makeVictim() {
	const actor = `{"objectType":"Agent","account":{"homePage":"https://id.example.org","name":"eva"}}`
	course := dig(h, upload(h, h.app, "POST", "/api/v1/packages", scorm("secret.txt", "the answers", "told.js", "x"), 201), "package", "course").(string)
	reg := do(h, h.app, "POST", "/api/v1/registrations", `{"course":"`+course+`","learner":{"actor":`+actor+`}}`, 200)["id"].(string)
	activity := h.pages + "/courses/" + course
	const id = "0a0b0c0d-1111-4222-8333-444455556666"
	text := fmt.Sprintf(`{"id":%q,"actor":%s,"verb":{"id":"http://example.org/did"},"object":{"id":%q},"context":{"registration":%q}}`, id, actor, activity, reg)
	if status, answer := ask(h.T, h.app, "POST", "/xapi/statements", text); status != 200 {
		h.Fatal(status, answer)
	}
	h.victim = map[string]any{"actor": json.RawMessage(actor), "registration": reg, "statement": id, "course": course, "activity": activity}
	if status, answer := ask(h.T, h.app, "PUT", h.victimState(), `{"page":7}`); status != 204 {
		h.Fatal(status, answer)
	}
}

func (h *hostile) victimState() string {
	return "/xapi/activities/state?" + url.Values{"stateId": {"bookmark"}, "activityId": {h.victim["activity"].(string)},
		"agent": {string(h.victim["actor"].(json.RawMessage))}, "registration": {h.victim["registration"].(string)}}.Encode()
}

// upload makes a package of a kind that tries everything, and a learner for it.
func (h *hostile) upload(kind string) {
	collector := httptest.NewServer(http.HandlerFunc(h.collect))
	h.Cleanup(collector.Close)
	told, err := json.Marshal(map[string]any{"kind": kind, "pages": h.pages, "collector": collector.URL, "victim": h.victim,
		"guess": strings.Repeat("A", 43) + "." + base64.RawURLEncoding.EncodeToString([]byte("default"))})
	if err != nil {
		h.Fatal(err)
	}
	files := map[string]string{"told.js": "const told = " + string(told)}
	for _, name := range [...]string{"index.html", "hostile.js", "sw.js"} {
		text, err := os.ReadFile(filepath.Join("testdata", "hostile", name))
		if err != nil {
			h.Fatal(err)
		}
		files[name] = string(text)
	}
	switch kind {
	case "scorm":
		files["imsmanifest.xml"] = strings.NewReplacer("one.html", "index.html", "two.html", "index.html").Replace(scormManifest)
	case "tincan":
		files["tincan.xml"] = tincanManifest
	case "cmi5":
		files["cmi5.xml"] = hostileCmi5
	}
	course := dig(h, upload(h, h.app, "POST", "/api/v1/packages", files, 201), "package", "course").(string)
	reg := do(h, h.app, "POST", "/api/v1/registrations", `{"course":"`+course+`","learner":{"actor":`+learnerJSON+`}}`, 200)
	h.link[kind] = do(h, h.app, "POST", "/api/v1/launches", `{"registration":"`+reg["id"].(string)+`"}`, 201)["link"].(string)
}

// collect takes what a package or a page reports.
func (h *hostile) collect(_ http.ResponseWriter, r *http.Request) {
	var m struct{ Where, Name, Value string }
	if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
		h.Error("a report: ", err)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.told[m.Where] == nil {
		h.told[m.Where] = map[string]string{}
	}
	h.told[m.Where][m.Name] = m.Value
}

func (h *hostile) known(where string) map[string]string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.Clone(h.told[where])
}

// watch stands for the pages: a dashboard with a session. It notes what comes from
// other sites to the interface.
func (h *hostile) watch(inner http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/dashboard" {
			if _, err := r.Cookie("plain"); err != nil {
				http.SetCookie(w, &http.Cookie{Name: "__Host-session", Value: "secret", Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
				http.SetCookie(w, &http.Cookie{Name: "plain", Value: "secret", Path: "/"})
			}
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprintf(w, `<!doctype html><title>Dashboard</title><p id=cookie>%s</p><div id=place></div>`, strings.Join(r.Header["Cookie"], "; "))
			return
		}
		site := r.Header.Get("Sec-Fetch-Site")
		if site != "cross-site" && site != "same-site" || !strings.HasPrefix(r.URL.Path, "/api/") {
			inner.ServeHTTP(w, r)
			return
		}
		recorder := httptest.NewRecorder()
		inner.ServeHTTP(recorder, r)
		h.mu.Lock()
		h.foreign = append(h.foreign, fmt.Sprintf("%s %s %d %v", r.Method, r.URL.Path, recorder.Code, r.Header["Cookie"]))
		h.mu.Unlock()
		maps.Copy(w.Header(), recorder.Header())
		w.WriteHeader(recorder.Code)
		_, _ = recorder.Body.WriteTo(w)
	})
}

// frameOf is how pages would show content in themselves: without leave to navigate
// them.
const frameOf = `(() => { const f = document.createElement('iframe'); f.width = 900; f.height = 600
f.sandbox = 'allow-scripts allow-same-origin allow-forms allow-popups allow-modals allow-downloads'; f.src = %q; document.getElementById('place').append(f); return true })()`

// play opens a package, waits until it has tried everything, and looks what came of
// it.
func (h *hostile) play(t *testing.T, tab context.Context, where string) {
	kind, inFrame := strings.CutSuffix(where, " framed")
	const secrets = "__Host-session=secret; plain=secret"
	visit := func() {
		if err := chromedp.Do(tab, chromedp.Navigate(h.pages+"/dashboard"), chromedp.Navigate(h.pages+"/dashboard")); err != nil {
			t.Fatal(err)
		}
	}
	read := func(expression string) string {
		got, err := chromedp.Run(tab, chromedp.Evaluate[string]("String("+expression+")"))
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	visit()
	if got := read(`document.getElementById('cookie').textContent`); got != secrets {
		t.Fatalf("the pages have the cookies %q", got)
	}
	begin := fmt.Sprintf("window.open(%q) || true", h.link[kind])
	if inFrame {
		begin = fmt.Sprintf(frameOf, h.link[kind])
	}
	read(begin)
	want := h.expected(kind, inFrame)
	for end := time.Now().Add(30 * time.Second); h.known(where)["done"] == "" && time.Now().Before(end); {
		time.Sleep(50 * time.Millisecond)
	}
	h.compare(t, h.known(where), want)
	if got := read("location.href"); got != h.pages+"/dashboard" {
		t.Errorf("the pages are at %s now", got)
	}
	visit()
	if got := read(`document.getElementById('cookie').textContent`); got != secrets {
		t.Errorf("the pages' cookies are %q now", got)
	}
}

func (h *hostile) expected(kind string, inFrame bool) map[string]string {
	want := maps.Clone(refusals)
	if kind != "scorm" {
		maps.Copy(want, tokenRefusals)
	}
	if kind == "cmi5" {
		maps.Copy(want, cmi5Refusals)
	}
	if inFrame {
		maps.Copy(want, framed)
	}
	return want
}

func (h *hostile) compare(t *testing.T, got, want map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if !regexp.MustCompile("^(" + want[name] + ")$").MatchString(got[name]) {
			t.Errorf("%s: %q, want %s", name, got[name], want[name])
		}
	}
	for name, value := range got {
		if _, known := want[name]; !known {
			t.Errorf("nothing is expected of %q: %s", name, value)
		}
	}
}

// untouched looks at everything that the packages were after.
func (h *hostile) untouched() {
	if told := h.known("pages"); len(told) > 0 {
		h.Errorf("at the address of the pages: %v", told)
	}
	h.mu.Lock()
	for _, line := range h.foreign {
		if !strings.HasSuffix(line, " []") || !regexp.MustCompile(` 40[1345] `).MatchString(line) {
			h.Errorf("content came to the interface: %s", line)
		}
	}
	if len(h.foreign) == 0 {
		h.Error("nothing came to the interface from content, so nothing was tried")
	}
	h.mu.Unlock()
	if got := verbsOf(h.T, h.app, h.victim["registration"].(string)); !slices.Equal(got, []string{"did"}) {
		h.Errorf("the victim's statements: %v", got)
	}
	if _, state := ask(h.T, h.app, "GET", h.victimState(), ""); state != `{"page":7}` {
		h.Errorf("the victim's state: %s", state)
	}
	list := do(h, h.app, "GET", "/api/v1/registrations?course="+h.victim["course"].(string), "", 200)
	if all, _ := list["items"].([]any); len(all) != 1 {
		h.Errorf("the victim's course has these registrations: %v", list)
	}
	if status, profile := ask(h.T, h.app, "GET", "/xapi/activities/profile?profileId=p&activityId="+url.QueryEscape(h.victim["activity"].(string)), ""); status != 404 {
		h.Errorf("a profile of the victim's course: %d %s", status, profile)
	}
}
