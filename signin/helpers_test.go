package signin

import (
	"context"
	"errors"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/mux"

	"lernspur/documents"
	"lernspur/web/visitor"
)

// memory keeps records as the commit path does: one change at a time, and what is
// answered is never changed.
type memory struct {
	mu      sync.Mutex
	records map[documents.Key]*documents.Document
	reads   int
	away    error
}

func newMemory() *memory { return &memory{records: map[documents.Key]*documents.Document{}} }

func (m *memory) Change(_ context.Context, key documents.Key, change func(*documents.Document) (*documents.Document, error)) (*documents.Document, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away != nil {
		return nil, m.away
	}
	next, err := change(m.records[key])
	if err != nil || next == nil {
		return nil, err
	}
	next.Key = key
	if next.Deleted {
		delete(m.records, key)
	} else {
		m.records[key] = next
	}
	return next, nil
}

func (m *memory) Document(_ context.Context, key documents.Key) (*documents.Document, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reads++
	return m.records[key], m.away
}

func (m *memory) List(_ context.Context, r documents.Range) ([]*documents.Document, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []*documents.Document
	for key, d := range m.records {
		if key.Shelf == r.Shelf && key.ID > r.AfterID {
			list = append(list, d)
		}
	}
	slices.SortFunc(list, func(a, b *documents.Document) int { return strings.Compare(a.ID, b.ID) })
	return list[:min(len(list), r.Limit)], m.away
}

func (m *memory) text() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var b strings.Builder
	for key, d := range m.records {
		b.WriteString(key.ID + string(d.Content) + "\n")
	}
	return b.String()
}

func (m *memory) count(kind documents.Kind) (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key := range m.records {
		if key.Kind == kind {
			n++
		}
	}
	return n
}

// clock is a time that stands still until it is moved.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// cheap are hashes for tests.
var cheap = HashOptions{Memory: 64, Passes: 1}

// site is a server with pages behind signing in.
type site struct {
	*Service
	*httptest.Server
	records *memory
	clock   *clock
}

const goodPassword = "Drei Enten fliegen"

// newSite has /page for everybody who signed in, /admin for administrators, /open
// for all, and the same below /api/v1/. Each answers who looks at it and
// what came in the field text.
func newSite(t *testing.T, change func(*Options)) *site {
	t.Helper()
	s := &site{records: newMemory(), clock: &clock{at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}}
	router := mux.NewRouter()
	s.Server = httptest.NewServer(router)
	t.Cleanup(s.Close)
	o := Options{Records: s.records, Base: s.URL, Hash: cheap, Now: s.clock.now, FailTime: time.Nanosecond, Look: plain{}}
	if change != nil {
		change(&o)
	}
	var err error
	if s.Service, err = New(o); err != nil {
		t.Fatal(err)
	}
	router.Use(s.Middleware)
	show := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who := "nobody"
		if v := visitor.From(r.Context()); v != nil {
			who = v.Account + " of " + v.Tenant
			w.Header().Set("Guard", v.Guard)
		}
		text := r.FormValue("text")
		_, _ = io.WriteString(w, who+" "+text)
	})
	for _, base := range []string{"", "/api/v1"} {
		router.Handle(base+"/open", s.require(visitor.Rule{Public: true}, show))
		router.Handle(base+"/page", s.require(visitor.Rule{}, show))
		router.Handle(base+"/admin", s.require(visitor.Rule{Roles: []visitor.Role{visitor.Administrator}}, show))
	}
	router.PathPrefix("/xapi").Handler(show)
	router.Handle("/", show)
	s.Routes(router)
	return s
}

func (s *site) account(t *testing.T, tenant, login string, roles ...visitor.Role) *Account {
	t.Helper()
	a, link, err := s.Create(t.Context(), tenant, login, goodPassword, Profile{Roles: &roles})
	if err != nil || link != "" {
		t.Fatal(link, err)
	}
	return a
}

// browser has cookies, and says where its requests come from as browsers do.
type browser struct {
	*http.Client
	t    *testing.T
	site *site
}

func (s *site) browser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar, Transport: s.Client().Transport}
	return &browser{c, t, s}
}

// answer is what came back in the end, redirects followed.
type answer struct {
	*http.Response
	body string
}

// send makes a request with headers "Name: value".
func (b *browser) send(method, path, body string, headers ...string) answer {
	b.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = b.site.URL + path
	}
	r, err := http.NewRequestWithContext(b.t.Context(), method, path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	if method != http.MethodGet {
		r.Header.Set("Origin", b.site.URL)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
		if value == "" {
			r.Header.Del(name)
		}
	}
	response, err := b.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{response, string(text)}
}

func (b *browser) get(path string, headers ...string) answer {
	b.t.Helper()
	return b.send(http.MethodGet, path, "", headers...)
}

var hidden = regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)">`)

// submit fills in the form of a page and sends it to an address.
func (b *browser) submit(page answer, action string, fields url.Values, headers ...string) answer {
	b.t.Helper()
	form := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(page.body, -1) {
		form.Set(m[1], html.UnescapeString(m[2]))
	}
	for name, values := range fields {
		form[name] = values
	}
	return b.send(http.MethodPost, action, form.Encode(), append([]string{"Content-Type: application/x-www-form-urlencoded"}, headers...)...)
}

// signIn goes through the page for signing in.
func (b *browser) signIn(tenant, account, password string) answer {
	b.t.Helper()
	page := b.get("/signin?next=/page&tenant=" + tenant)
	return b.submit(page, "/signin", url.Values{"account": {account}, "password": {password}})
}

// session is the value of the cookie that there is.
func (b *browser) session() string {
	b.t.Helper()
	u, err := url.Parse(b.site.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range b.Jar.Cookies(u) {
		if c.Name == sessionCookie {
			return c.Value
		}
	}
	return ""
}

var errAway = errors.New("away")

// require lets a request through when its visitor is allowed by a rule. Nobody is
// sent to the page for signing in, and back from there; others get 403. Below
// /api/ both are problem documents.
func (s *Service) require(rule visitor.Rule, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := visitor.From(r.Context())
		switch {
		case visitor.Allowed(v, rule):
			next.ServeHTTP(w, r)
		case v != nil:
			s.refuse(w, r, http.StatusForbidden, "role")
		case isAPI(r):
			s.refuse(w, r, http.StatusUnauthorized, "over")
		default:
			s.ask(w, r)
		}
	})
}
