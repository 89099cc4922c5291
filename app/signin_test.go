package app

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"lernspur/signin"
	"lernspur/web/visitor"
)

const adminPassword = "Drei Enten fliegen"

// person is somebody with a browser.
type person struct {
	*http.Client
	t     *testing.T
	base  string
	guard string
}

func (p *person) send(method, path, body string, headers ...string) (int, string) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.base+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Origin", p.base)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	answer, err := p.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

var guardWord = regexp.MustCompile(`name="guard" value="([0-9a-f]{64})"`)

// word reads the guard of a page.
func (p *person) word(path string) string {
	p.t.Helper()
	_, page := p.send("GET", path, "")
	m := guardWord.FindStringSubmatch(page)
	if m == nil {
		p.t.Fatalf("%s has no guard: %s", path, page)
	}
	return m[1]
}

// comeIn signs somebody in at a server.
func comeIn(t *testing.T, a *App, account string) *person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &person{Client: &http.Client{Jar: jar}, t: t, base: "http://" + a.Addr().String()}
	form := url.Values{"guard": {p.word("/signin")}, "next": {"/signin/password"}, "account": {account}, "password": {adminPassword}}
	status, page := p.send("POST", "/signin", form.Encode(), "Content-Type: application/x-www-form-urlencoded")
	if status >= 400 && status != http.StatusNotFound { // where there is no page to go to
		t.Fatalf("%d %s", status, page)
	}
	p.guard = p.word("/signin/password")
	return p
}

// TestRolesAtOurOwnInterface walks every route as every role: those whose role has
// one of the scopes get what a key with it gets, others 403, and nobody writes
// without the guard.
func TestRolesAtOurOwnInterface(t *testing.T) {
	o := options(t)
	a := start(t, o)
	defer stop(t, a)
	for _, role := range visitor.Roles {
		_, _, err := a.signin.Create(t.Context(), "default", string(role)+"-1", adminPassword, signin.Profile{Roles: &[]visitor.Role{role}})
		if err != nil {
			t.Fatal(err)
		}
		p := comeIn(t, a, string(role)+"-1")
		p.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		for _, request := range ownRequests() {
			if strings.HasSuffix(request.path, "/tail") {
				continue // it would go on for ever
			}
			if strings.HasPrefix(request.path, "/api/v1/progress/") && role != visitor.Learner {
				continue // progress shows each role its part, and its own tests hold that
			}
			if strings.HasPrefix(request.path, "/api/v1/evaluation") {
				continue // it looks at roles itself, and its own tests hold that
			}
			want := http.StatusForbidden
			for _, scope := range signin.Scopes(&visitor.Visitor{Roles: []visitor.Role{role}}) {
				for _, enough := range request.scopes {
					if scope == enough {
						want = request.status
					}
				}
			}
			method, _, _ := strings.Cut(request.request, " ")
			if status, answer := p.send(method, request.path, request.body, "Content-Type: application/json", "X-Lernspur-Guard: "+p.guard); status != want {
				t.Errorf("%s, %s: %d, want %d: %s", request.request, role, status, want, answer)
			}
			if method == http.MethodGet {
				continue
			}
			if status, _ := p.send(method, request.path, request.body, "Content-Type: application/json"); status != http.StatusForbidden {
				t.Errorf("%s, %s, without the guard: %d", request.request, role, status)
			}
		}
		if status, _ := p.send("GET", "/xapi/statements", "", "X-Experience-API-Version: 1.0.3"); status != http.StatusUnauthorized {
			t.Errorf("%s at the endpoint: %d", role, status)
		}
	}
}

// TestSessionsOutliveAServer: the first administrator is made at the start, and a
// restart signs nobody out.
func TestSessionsOutliveAServer(t *testing.T) {
	o := options(t)
	o.AdminPassword = adminPassword
	a := start(t, o)
	p := comeIn(t, a, "admin")
	if status, answer := p.send("GET", "/api/v1/packages", ""); status != http.StatusOK {
		t.Errorf("%d %s", status, answer)
	}
	o.Addr = a.Addr().String()
	stop(t, a)
	p.CloseIdleConnections()
	a = start(t, o)
	defer stop(t, a)
	if status, answer := p.send("GET", "/api/v1/packages", ""); status != http.StatusOK {
		t.Errorf("after the restart: %d %s", status, answer)
	}
	if again := p.word("/signin/password"); again != p.guard {
		t.Error("forms that were open can no longer be sent")
	}
	if status, page := p.send("POST", "/signout", "", "X-Lernspur-Guard: "+p.guard); status != http.StatusOK {
		t.Errorf("%d %s", status, page)
	}
	if status, _ := p.send("GET", "/api/v1/packages", ""); status != http.StatusUnauthorized {
		t.Errorf("after signing out: %d", status)
	}
}
