package app

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"lernspur/signin"
	"lernspur/web/visitor"
)

// TestBehindAProxy: the pages and the interface work under the address and the path
// that a proxy gives them, and every address that is passed on begins so.
func TestBehindAProxy(t *testing.T) {
	var a *App
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		to := &url.URL{Scheme: "http", Host: a.Addr().String()}
		(&httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(to)
			p.Out.Host = p.In.Host
			p.Out.URL.Path = strings.TrimPrefix(p.In.URL.Path, "/lern")
			p.Out.URL.RawPath = ""
		}}).ServeHTTP(w, r)
	}))
	defer proxy.Close()
	base := strings.Replace(proxy.URL, "127.0.0.1", "localhost", 1) + "/lern"
	o := options(t)
	o.ContentAddr, o.Pages = "127.0.0.1:0", strings.TrimSuffix(base, "/lern")
	o.Catalog.Base, o.LRS.PathPrefix, o.Signin.Base = base, "/lern", base
	a = start(t, o)
	defer stop(t, a)
	roles := []visitor.Role{visitor.ContentManager}
	if _, _, err := a.signin.Create(t.Context(), "default", "maria", adminPassword, signin.Profile{Roles: &roles}); err != nil {
		t.Fatal(err)
	}
	jar, _ := cookiejar.New(nil)
	client := &http.Client{Jar: jar}
	read := whole(t)
	answer, text := read(client.Get(base + "/packages?lang=en"))
	if answer.Request.URL.Path != "/lern/signin" {
		t.Fatalf("to sign in: %s", answer.Request.URL)
	}
	hidden := url.Values{"account": {"maria"}, "password": {adminPassword}}
	for _, m := range regexp.MustCompile(`<input type="hidden" name="([a-z]+)" value="([^"]*)"`).FindAllStringSubmatch(text, -1) {
		hidden.Set(m[1], m[2])
	}
	action := regexp.MustCompile(`<form[^>]* action="([^"]+)"`).FindStringSubmatch(text[strings.Index(text, "<main"):])
	to, err := answer.Request.URL.Parse(strings.ReplaceAll(action[1], "&amp;", "&"))
	if err != nil || !strings.HasPrefix(to.Path, "/lern/signin") {
		t.Fatalf("the form leads to %v, %v", action, err)
	}
	r, err := http.NewRequestWithContext(t.Context(), "POST", to.String(), strings.NewReader(hidden.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", o.Pages)
	answer, text = read(client.Do(r))
	if answer.StatusCode != 200 || answer.Request.URL.Path != "/lern/packages" {
		t.Fatalf("after signing in: %d %s %s", answer.StatusCode, answer.Request.URL, text)
	}
	for _, m := range regexp.MustCompile(`(?:href|src|action)="(/[^"]*)"`).FindAllStringSubmatch(text, -1) {
		if !strings.HasPrefix(m[1], "/lern/") {
			t.Errorf("the page leads to %s", m[1])
		}
	}
	for _, m := range regexp.MustCompile(`(?:href|src)="(/lern/assets/[^"]*)"`).FindAllStringSubmatch(text, -1) {
		if answer, _ := read(client.Get(o.Pages + m[1])); answer.StatusCode != 200 {
			t.Errorf("%s: %d", m[1], answer.StatusCode)
		}
	}
	course := dig(t, upload(t, a, "POST", "/api/v1/packages", scorm(), 201), "package", "course").(string)
	invitation := do(t, a, "POST", "/api/v1/invitations", `{"course":"`+course+`"}`, 201)
	if link, _ := dig(t, invitation, "link").(string); !strings.HasPrefix(link, base+"/invitation/") {
		t.Errorf("the invitation leads to %q", link)
	} else if answer, text := read(http.Get(link)); answer.StatusCode != 200 || !strings.Contains(text, "Fire safety") {
		t.Errorf("the invitation: %d %s", answer.StatusCode, text)
	}
	// Asked for under the host name of content, pages are where they belong.
	if answer, _ := read(http.Get("http://" + a.Addr().String() + "/courses")); answer.Request.URL.Host != strings.TrimPrefix(o.Pages, "http://") || !strings.HasPrefix(answer.Request.URL.Path, "/lern/") {
		t.Errorf("under content's host name: %s", answer.Request.URL)
	}
}
