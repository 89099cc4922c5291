package signin

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"lernspur/web/visitor"
)

// TestForgedWrites has every way in which another page could have a browser write.
func TestForgedWrites(t *testing.T) {
	s := newSite(t, nil)
	s.account(t, "default", "ada", visitor.Administrator)
	b := s.browser(t)
	guard := b.signIn("default", "ada", goodPassword).Header.Get("Guard")
	multipart := func(fields ...string) string {
		var body strings.Builder
		for i := 0; i < len(fields); i += 2 {
			body.WriteString("--x\r\nContent-Disposition: form-data; name=\"" + fields[i] + "\"\r\n\r\n" + fields[i+1] + "\r\n")
		}
		return body.String() + "--x--\r\n"
	}
	const form, files = "Content-Type: application/x-www-form-urlencoded", "Content-Type: multipart/form-data; boundary=x"
	large := strings.Repeat("0123456789", 1000)
	for name, test := range map[string]struct {
		path, body string
		headers    []string
		status     int
		answer     string
	}{
		"a form":                          {"/page", "guard=" + guard + "&text=hello", []string{form}, 200, "hello"},
		"a form without":                  {"/page", "text=hello", []string{form}, 403, ""},
		"a form with another":             {"/page", "guard=" + strings.Repeat("0", 64), []string{form}, 403, ""},
		"a form with it in the query":     {"/page?guard=" + guard, "text=hello", []string{form}, 403, ""},
		"files":                           {"/page", multipart("guard", guard, "text", large), []string{files}, 200, large},
		"files with the guard last":       {"/page", multipart("text", "hello", "guard", guard), []string{files}, 403, ""},
		"files without":                   {"/page", multipart("text", "hello"), []string{files}, 403, ""},
		"files without a boundary":        {"/page", multipart("guard", guard), []string{"Content-Type: multipart/form-data"}, 403, ""},
		"text":                            {"/page", "guard=" + guard, []string{"Content-Type: text/plain"}, 403, ""},
		"the header":                      {"/page", "", []string{GuardHeader + ": " + guard}, 200, ""},
		"another origin":                  {"/page", "guard=" + guard, []string{form, "Origin: https://evil.example"}, 403, ""},
		"no origin":                       {"/page", "guard=" + guard, []string{form, "Origin: null"}, 403, ""},
		"another site":                    {"/page", "guard=" + guard, []string{form, "Origin: ", "Sec-Fetch-Site: cross-site"}, 403, ""},
		"another host of the site":        {"/page", "guard=" + guard, []string{form, "Sec-Fetch-Site: same-site", "Origin: http://127.0.0.1:1"}, 403, ""},
		"a call":                          {"/api/v1/page", "{}", []string{GuardHeader + ": " + guard}, 200, ""},
		"a call without":                  {"/api/v1/page", "{}", nil, 403, ""},
		"a call with a form":              {"/api/v1/page", "guard=" + guard, []string{form}, 403, ""},
		"a call of another origin":        {"/api/v1/page", "{}", []string{GuardHeader + ": " + guard, "Origin: https://evil.example"}, 403, ""},
		"a call with a key":               {"/api/v1/open", "{}", []string{"Authorization: Basic YTpi", "Origin: https://content.example"}, 200, "nobody"},
		"the endpoint knows no sessions":  {"/xapi/statements", "{}", []string{"Origin: https://content.example"}, 200, "nobody"},
		"nobody from another origin":      {"/open", "text=hello", []string{form, "Cookie: a=b", "Origin: https://evil.example"}, 403, ""},
		"signing in from another origin":  {"/signin", "account=ada", []string{form, "Origin: https://evil.example"}, 403, ""},
		"signing in without having asked": {"/signin", "account=ada&password=" + url.QueryEscape(goodPassword), []string{form}, 403, ""},
		"signing out without":             {"/signout", "", []string{form}, 403, ""},
	} {
		t.Run(name, func(t *testing.T) {
			page := b.send("POST", test.path, test.body, test.headers...)
			if page.StatusCode != test.status || !strings.Contains(page.body, test.answer) {
				t.Errorf("%d %.200s", page.StatusCode, page.body)
			}
			if problem := page.Header.Get("Content-Type") == "application/problem+json"; problem != (page.StatusCode == 403 && strings.HasPrefix(test.path, "/api/")) {
				t.Errorf("it is %s", page.Header.Get("Content-Type"))
			}
		})
	}
	if b.get("/page").body != "ada of default " {
		t.Error("one of them ended the session")
	}
}

// TestACallAfterTheSession gets no challenge, which would open a window of the
// browser.
func TestACallAfterTheSession(t *testing.T) {
	s := newSite(t, nil)
	page := s.browser(t).get("/api/v1/open", GuardHeader+": 0")
	if page.StatusCode != 401 || page.Header.Get("Www-Authenticate") != "" || page.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%d %v", page.StatusCode, page.Header)
	}
	if page := s.browser(t).get("/api/v1/page"); page.StatusCode != 401 {
		t.Errorf("%d", page.StatusCode)
	}
}

func TestCookies(t *testing.T) {
	for name, test := range map[string]struct {
		base, prefix string
		secure       bool
	}{
		"https": {"https://lrs.example.org", "__Host-", true},
		"http":  {"http://localhost:8080", "", false},
	} {
		s := newSite(t, func(o *Options) { o.Base = test.base })
		page := s.browser(t).get("/signin")
		c, err := http.ParseSetCookie(page.Header.Get("Set-Cookie"))
		if err != nil {
			t.Fatal(name, err)
		}
		if c.Name != test.prefix+formCookie || c.Secure != test.secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("%s: %v", name, c)
		}
		if s.cookieName(sessionCookie) != test.prefix+"lernspur" {
			t.Error(s.cookieName(sessionCookie))
		}
	}
}

func TestTokens(t *testing.T) {
	for _, tenant := range []string{"default", "town", "a;b=\"c\""} {
		x := token{tenant, newSecret()}
		if got, ok := parseToken(x.String()); !ok || got != x {
			t.Errorf("%v became %v", x, got)
		}
		if strings.ContainsAny(x.String(), ";=\", ") {
			t.Errorf("%q is no cookie", x.String())
		}
	}
	for _, bad := range []string{"", "x", strings.Repeat("a", 42), strings.Repeat("a", 43) + ".!", strings.Repeat("a", 43) + ".", strings.Repeat("a", 43) + ".YTpi"} {
		if _, ok := parseToken(bad); ok {
			t.Errorf("%q is a token", bad)
		}
	}
}

func TestMethods(t *testing.T) {
	s := newSite(t, nil)
	s.account(t, "default", "ada", visitor.Learner)
	b := s.browser(t)
	guard := b.signIn("default", "ada", goodPassword).Header.Get("Guard")
	for path, method := range map[string]string{"/signout": "GET", "/signin": "DELETE", "/signin/password": "PUT", "/signin/oidc": "POST"} {
		if page := b.send(method, path, "", GuardHeader+": "+guard); page.StatusCode != 405 || page.Header.Get("Allow") == "" {
			t.Errorf("%s %s: %d", method, path, page.StatusCode)
		}
	}
	if page := b.send("HEAD", "/signin/password", ""); page.StatusCode != 200 {
		t.Error(page.StatusCode)
	}
}
