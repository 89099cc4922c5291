package main_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

var oneTimeLink = regexp.MustCompile(`(?m)^link +(http\S+/signin/reset\?\S+token=\S{43}\S*)$`)

func TestAccounts(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		out := p.must(t, "accounts", "create", "Ada@town.example", "--name", "Ada Lovelace", "--role", "trainer,learner", "--group", "g1", "--person", "p1", "--language", "de")
		contains(t, out, "account  ada@town.example", "roles    learner, trainer")
		if oneTimeLink.FindString(out) == "" {
			t.Fatalf("no link in:\n%s", out)
		}
		list := p.must(t, "accounts", "list")
		contains(t, list, "ada@town.example", "Ada Lovelace", "g1", "p1", "link until 20")
		r := p.run(t, "Drei Enten fliegen\n", "accounts", "create", "grace", "--tenant", "town", "--password-stdin")
		if r.code != 0 || strings.Contains(r.out, "link") {
			t.Errorf("%d %s %s", r.code, r.out, r.err)
		}
		list = p.must(t, "accounts", "list", "--tenant", "town")
		if !regexp.MustCompile(`(?m)^grace .* password$`).MatchString(list) || strings.Contains(list, "ada") {
			t.Errorf("the list is:\n%s", list)
		}
		contains(t, p.must(t, "accounts", "roles", "ada@town.example", "administrator", "auditor", "--group", ""), "roles    administrator, auditor", "groups   \n")
		p.must(t, "accounts", "create", "other", "--role", "administrator") // one has to stay
		contains(t, p.must(t, "accounts", "disable", "ada@town.example"), "disabled ada@town.example")
		contains(t, p.must(t, "accounts", "list"), "administrator, auditor", "disabled")
		if r := p.run(t, "", "accounts", "remove", "other"); r.code != 1 || !strings.Contains(r.err, "the last administrator") {
			t.Errorf("the last administrator is removed: %d %s", r.code, r.err)
		}
		contains(t, p.must(t, "accounts", "enable", "ada@town.example"), "enabled ada@town.example")
		if out := p.must(t, "accounts", "reset", "grace", "--tenant", "town"); oneTimeLink.FindString(out) == "" {
			t.Errorf("no link in:\n%s", out)
		}
		contains(t, p.must(t, "accounts", "remove", "grace", "--tenant", "town"), "removed grace")
		for _, bad := range []struct {
			args []string
			in   string
			want string
		}{
			{[]string{"accounts", "reset", "nobody"}, "", "there is no such account"},
			{[]string{"accounts", "disable", "grace"}, "", "there is no such account"},
			{[]string{"accounts", "create", "ADA@town.example"}, "", "already"},
			{[]string{"accounts", "create", "a b"}, "", "account:"},
			{[]string{"accounts", "create", "bob", "--role", "boss"}, "", "boss"},
			{[]string{"accounts", "create", "bob", "--password-stdin"}, "passwort1234\n", "too many people"},
			{[]string{"accounts", "create", "bob", "--password-stdin"}, "", "no password"},
			{[]string{"accounts", "create", "bob", "--tenant", "a b"}, "", "tenant"},
		} {
			r := p.run(t, bad.in, bad.args...)
			if r.code != 1 {
				t.Errorf("%v: exit code %d", bad.args, r.code)
			}
			contains(t, r.err, bad.want)
		}
	})
}

// TestSettingsOfSigningIn starts a server with an issuer and a first administrator.
func TestSettingsOfSigningIn(t *testing.T) {
	var issuer *httptest.Server
	issuer = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"issuer":%q,"authorization_endpoint":%q,"token_endpoint":%q,"jwks_uri":%q}`, issuer.URL, issuer.URL+"/auth", issuer.URL+"/token", issuer.URL+"/keys")
	}))
	defer issuer.Close()
	p, _ := newSharedPlace(t)
	p.env = append(p.env, "LERNSPUR_AUTH_OIDC_ISSUER="+issuer.URL, "LERNSPUR_AUTH_OIDC_CLIENT_ID=lernspur", "LERNSPUR_AUTH_OIDC_NAME=Stadtanmeldung",
		"LERNSPUR_AUTH_OIDC_ROLES=lms-admins=administrator")
	s := p.serve(t)
	get := func(path string) (*http.Response, string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.root+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = "localhost" // where the pages are
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer, string(text)
	}
	_, page := get("/signin")
	contains(t, page, "Stadtanmeldung", `href="/signin/oidc?next=%2F"`)
	answer, _ := get("/signin/oidc")
	contains(t, answer.Header.Get("Location"), issuer.URL+"/auth?", "client_id=lernspur", "code_challenge_method=S256", "scope=openid+profile+email",
		"redirect_uri=http%3A%2F%2Flocalhost%3A", "%2Fsignin%2Foidc%2Fcallback")
	contains(t, answer.Header.Get("Set-Cookie"), "lernspur-oidc=", "HttpOnly", "SameSite=Lax")
	s.stop(t)
	p.env = append(p.env, "LERNSPUR_AUTH_OIDC_ROLES=lms-admins=boss")
	contains(t, p.run(t, "", "serve").err, `"boss"`)
	p.env = append(p.env, "LERNSPUR_AUTH_OIDC_ROLES=", "LERNSPUR_ADMIN_PASSWORD=passwort1234")
	contains(t, p.run(t, "", "serve").err, "admin_password", "too many people")
}
