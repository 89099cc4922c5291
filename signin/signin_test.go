package signin

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"lernspur/documents"
	"lernspur/web/visitor"
)

func TestSigningInAndOut(t *testing.T) {
	s := newSite(t, nil)
	s.account(t, "default", "Ada", visitor.Trainer)
	b := s.browser(t)

	page := b.get("/page?text=kept&more=1")
	if page.Request.URL.Path != "/signin" || page.StatusCode != 200 || page.Request.URL.Query().Get("next") != "/page?text=kept&more=1" {
		t.Fatalf("nobody is not asked to sign in: %s %d", page.Request.URL, page.StatusCode)
	}
	for name, want := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"} {
		if got := page.Header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if policy := page.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") {
		t.Errorf("policy %q", policy)
	}
	wrong := b.submit(page, "/signin", url.Values{"account": {"ada"}, "password": {"not this one"}})
	if wrong.StatusCode != 403 || !strings.Contains(wrong.body, german.refusals["wrong"]) || !strings.Contains(wrong.body, `value="ada"`) || strings.Contains(wrong.body, "not this one") {
		t.Errorf("wrong password: %d %s", wrong.StatusCode, wrong.body)
	}
	if b.session() != "" {
		t.Error("a session without a password")
	}
	in := b.submit(wrong, "/signin", url.Values{"account": {" ADA "}, "password": {goodPassword}})
	if in.StatusCode != 200 || in.Request.URL.RequestURI() != "/page?text=kept&more=1" || in.body != "ada of default kept" {
		t.Fatalf("%d %s %s", in.StatusCode, in.Request.URL, in.body)
	}
	if in.Header.Get("Cache-Control") != "no-store" {
		t.Error("what is for one person can be kept by others")
	}
	first := b.session()
	if strings.Contains(s.records.text(), first) || strings.Contains(s.records.text(), goodPassword) || !strings.Contains(s.records.text(), "$argon2id$") {
		t.Error("the records have secrets in the clear")
	}
	if page := b.get("/signin"); page.Request.URL.Path != "/" {
		t.Errorf("who signed in sees %s", page.Request.URL)
	}
	if page := b.get("/admin"); page.StatusCode != 403 || !strings.Contains(page.body, german.refusals["role"]) {
		t.Errorf("a trainer at an administrator's page: %d", page.StatusCode)
	}
	// The page for signing in, sent again from another window, renews the session.
	guard := in.Header.Get("Guard")
	out := b.send("POST", "/signout", "guard="+guard, "Content-Type: application/x-www-form-urlencoded")
	if out.Request.URL.RequestURI() != "/signin?out=1" || !strings.Contains(out.body, germanLabels.Out) || b.session() != "" || s.records.count(documents.SigninSession) != 0 {
		t.Errorf("after signing out: %s, %d sessions", out.Request.URL, s.records.count(documents.SigninSession))
	}
	if page := b.get("/page", "Cookie: "+sessionCookie+"="+first); page.Request.URL.Path != "/signin" {
		t.Error("the session lives on")
	}
}

func TestTheSessionIsRenewed(t *testing.T) {
	s := newSite(t, nil)
	s.account(t, "default", "ada", visitor.Learner)
	b := s.browser(t)
	planted := newSecret()
	b.get("/open", "Cookie: "+sessionCookie+"="+planted)
	page := b.get("/signin")
	b.submit(page, "/signin", url.Values{"account": {"ada"}, "password": {goodPassword}}, "")
	first := b.session()
	if first == planted || first == "" {
		t.Fatal("the session of somebody else is used")
	}
	// The form of another window that was open before has the old word.
	again := b.submit(page, "/signin", url.Values{"account": {"ada"}, "password": {goodPassword}})
	if again.StatusCode != 403 || b.session() != first {
		t.Errorf("an old form: %d", again.StatusCode)
	}
}

func TestAnotherTenant(t *testing.T) {
	s := newSite(t, nil)
	s.account(t, "town", "ada", visitor.Learner)
	b := s.browser(t)
	if in := b.signIn("default", "ada", goodPassword); in.StatusCode != 403 {
		t.Errorf("in the wrong tenant: %d %s", in.StatusCode, in.body)
	}
	if in := b.signIn("town", "ada", goodPassword); in.body != "ada of town " {
		t.Errorf("%d %s", in.StatusCode, in.body)
	}
	guard := b.get("/page").Header.Get("Guard")
	out := b.send("POST", "/signout", "", GuardHeader+": "+guard)
	if out.Request.URL.Query().Get("tenant") != "town" {
		t.Errorf("after signing out: %s", out.Request.URL)
	}
}

// TestNext holds what a link can have somebody go to after signing in.
func TestNext(t *testing.T) {
	s := newSite(t, func(o *Options) { o.Base = "https://lrs.example.org/lernspur" })
	for wanted, want := range map[string]string{
		"":                          "/lernspur/",
		"/lernspur/my?a=b":          "/lernspur/my?a=b",
		"/elsewhere":                "/lernspur/",
		"//evil.example/lernspur/":  "/lernspur/",
		"https://evil.example":      "/lernspur/",
		"/lernspur/\\evil":          "/lernspur/",
		"\\\\evil.example":          "/lernspur/",
		"javascript:alert(1)":       "/lernspur/",
		"/lernspur/signin?next=x":   "/lernspur/",
		"/lernspur/a\r\nX: y":       "/lernspur/",
		"/lernspur/" + long:         "/lernspur/",
		"/lernspur//evil.example/x": "/lernspur//evil.example/x",
	} {
		if got := s.next(wanted); got != want {
			t.Errorf("%q: %q, want %q", wanted, got, want)
		}
	}
}

var long = strings.Repeat("a", 2001)

func TestSessionsEnd(t *testing.T) {
	s := newSite(t, func(o *Options) { o.Idle, o.Lifetime = time.Hour, 5*time.Hour })
	for name, test := range map[string]struct {
		happens func(t *testing.T, b *browser)
		in      bool
	}{
		"nothing happens":            {func(*testing.T, *browser) {}, true},
		"59 minutes":                 {func(*testing.T, *browser) { s.clock.advance(59 * time.Minute) }, true},
		"an hour":                    {func(*testing.T, *browser) { s.clock.advance(time.Hour) }, false},
		"an hour with use between":   {func(t *testing.T, b *browser) { s.use(t, b, 3, 50*time.Minute) }, true},
		"five hours with use":        {func(t *testing.T, b *browser) { s.use(t, b, 6, 50*time.Minute) }, false},
		"after a restart":            {func(t *testing.T, _ *browser) { s.restart(t) }, true},
		"the account is disabled":    {s.edits(Profile{Disabled: to(true)}), false},
		"disabled and enabled again": {s.edits(Profile{Disabled: to(true)}, Profile{Disabled: to(false)}), false},
		"other roles":                {s.edits(Profile{Roles: to([]visitor.Role{visitor.Auditor})}), true},
		"the account is removed": {func(t *testing.T, _ *browser) {
			if err := s.Remove(t.Context(), "default", "ada", ""); err != nil {
				t.Fatal(err)
			}
		}, false},
		"removed and made again": {func(t *testing.T, _ *browser) {
			if err := s.Remove(t.Context(), "default", "ada", ""); err != nil {
				t.Fatal(err)
			}
			s.clock.advance(time.Second)
			s.account(t, "default", "ada", visitor.Learner)
		}, false},
		"the password is reset": {func(t *testing.T, _ *browser) {
			if _, _, err := s.Reset(t.Context(), "default", "ada", ""); err != nil {
				t.Fatal(err)
			}
		}, false},
		"the password is changed elsewhere": {func(t *testing.T, _ *browser) {
			if _, err := s.ChangePassword(t.Context(), "default", "ada", goodPassword, "Vier Enten fliegen", "here"); err != nil {
				t.Fatal(err)
			}
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			_ = s.Remove(t.Context(), "default", "ada", "")
			s.clock.advance(time.Second)
			s.account(t, "default", "ada", visitor.Learner)
			b := s.browser(t)
			if in := b.signIn("default", "ada", goodPassword); in.body != "ada of default " {
				t.Fatal(in.body)
			}
			test.happens(t, b)
			if in := b.get("/page").body == "ada of default "; in != test.in {
				t.Errorf("in: %v", in)
			}
		})
	}
}

func to[T any](v T) *T { return &v }

func (s *site) edits(list ...Profile) func(*testing.T, *browser) {
	return func(t *testing.T, _ *browser) {
		for _, p := range list {
			if _, err := s.Edit(t.Context(), "default", "ada", "", p); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// use looks at a page again and again, and waits until that is noted.
func (s *site) use(t *testing.T, b *browser, times int, every time.Duration) {
	t.Helper()
	for range times {
		s.clock.advance(every)
		b.get("/page")
		for under := true; under; {
			under = false
			s.touching.Range(func(any, any) bool { under = true; return false })
		}
	}
}

// restart forgets what is only in memory.
func (s *site) restart(t *testing.T) {
	t.Helper()
	fresh, err := New(Options{Records: s.records, Hash: cheap})
	if err != nil {
		t.Fatal(err)
	}
	s.accounts, s.sessions = fresh.accounts, fresh.sessions
}

func TestSweep(t *testing.T) {
	s := newSite(t, nil)
	s.account(t, "default", "ada", visitor.Learner)
	s.browser(t).signIn("default", "ada", goodPassword)
	s.clock.advance(30 * time.Minute)
	s.browser(t).signIn("default", "ada", goodPassword)
	s.clock.advance(31 * time.Minute)
	if removed, err := s.Sweep(t.Context(), "default"); err != nil || removed != 1 || s.records.count(documents.SigninSession) != 1 {
		t.Errorf("%d %v", removed, err)
	}
}

// TestPagesCostNoReads: what a session needs is remembered.
func TestPagesCostNoReads(t *testing.T) {
	s := newSite(t, nil)
	s.account(t, "default", "ada", visitor.Learner)
	b := s.browser(t)
	b.signIn("default", "ada", goodPassword)
	b.get("/page")
	before := s.records.reads
	for range 10 {
		b.get("/page")
	}
	if s.records.reads != before {
		t.Errorf("%d reads", s.records.reads-before)
	}
}

// TestWhileTheDatabaseIsAway: nobody is signed out by it.
func TestWhileTheDatabaseIsAway(t *testing.T) {
	s := newSite(t, nil)
	s.account(t, "default", "ada", visitor.Learner)
	b := s.browser(t)
	b.signIn("default", "ada", goodPassword)
	s.restart(t)
	s.records.away = errAway
	for _, path := range []string{"/page", "/api/v1/page"} {
		if page := b.get(path); page.StatusCode != 503 || page.Header.Get("Retry-After") == "" {
			t.Errorf("%s: %d %v", path, page.StatusCode, page.Header)
		}
	}
	other := s.browser(t)
	if page := other.signIn("default", "ada", goodPassword); page.StatusCode != 503 {
		t.Errorf("signing in: %d", page.StatusCode)
	}
	s.records.away = nil
	if page := b.get("/page"); page.StatusCode != 200 {
		t.Errorf("afterwards: %d", page.StatusCode)
	}
}

// TestGuessing counts with the defaults: five wrong ones in quick succession, then
// one each 30 s.
func TestGuessing(t *testing.T) {
	s := newSite(t, nil)
	s.account(t, "default", "ada", visitor.Learner)
	for _, name := range []string{"ada", "nobody-here"} {
		b := s.browser(t)
		for n := range 5 {
			if page := b.signIn("default", name, "guess"); page.StatusCode != 403 {
				t.Fatalf("%s %d: %d", name, n, page.StatusCode)
			}
		}
		page := b.signIn("default", name, goodPassword)
		if page.StatusCode != 429 || page.Header.Get("Retry-After") == "" || !strings.Contains(page.body, german.refusals["slowed"]) {
			t.Errorf("%s: a sixth one is looked at: %d", name, page.StatusCode)
		}
	}
	s.account(t, "default", "grace", visitor.Learner)
	if page := s.browser(t).signIn("default", "grace", goodPassword); page.StatusCode != 200 {
		t.Errorf("another account from the same address: %d", page.StatusCode)
	}
	s.clock.advance(31 * time.Second)
	if page := s.browser(t).signIn("default", "ada", goodPassword); page.StatusCode != 200 {
		t.Errorf("after half a minute: %d", page.StatusCode)
	}
}

// TestWhatIsWrongIsNotTold: every reason looks alike.
func TestWhatIsWrongIsNotTold(t *testing.T) {
	s := newSite(t, nil)
	s.account(t, "default", "ada", visitor.Learner)
	s.account(t, "default", "gone", visitor.Learner)
	if _, err := s.Edit(t.Context(), "default", "gone", "", Profile{Disabled: to(true)}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Create(t.Context(), "default", "waiting", "", Profile{}); err != nil {
		t.Fatal(err)
	}
	strip := func(page answer, name string) string {
		return hidden.ReplaceAllString(strings.ReplaceAll(page.body, name, ""), "")
	}
	want := strip(s.browser(t).signIn("default", "ada", "guess"), "ada")
	for _, name := range []string{"unknown", "gone", "waiting", "oidc:0", "a:b"} {
		page := s.browser(t).signIn("default", name, goodPassword)
		if page.StatusCode != 403 || strip(page, name) != want {
			t.Errorf("%s: %d %s", name, page.StatusCode, page.body)
		}
	}
}

func TestWrongTakesItsTime(t *testing.T) {
	s := newSite(t, func(o *Options) { o.FailTime = 100 * time.Millisecond })
	for _, name := range []string{"unknown", "a:b"} {
		begun := time.Now()
		if _, err := s.check(t.Context(), "default", name, "guess", "here"); err != ErrWrong || time.Since(begun) < 100*time.Millisecond {
			t.Errorf("%s: %v after %s", name, err, time.Since(begun))
		}
	}
}
