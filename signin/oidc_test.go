package signin

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"lernspur/web/visitor"
)

// issued is a site whose people sign in at a provider.
type issued struct {
	*site
	p    *provider
	logs *observer.ObservedLogs
}

func newIssued(t *testing.T, change func(*OIDCOptions)) *issued {
	t.Helper()
	c := &clock{at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	p := newProvider(t, c)
	core, logs := observer.New(zap.DebugLevel)
	s := newSite(t, func(o *Options) {
		o.OIDC = &OIDCOptions{Issuer: p.issuer(), ClientID: clientID, ClientSecret: clientSecret, Name: "Town"}
		if change != nil {
			change(o.OIDC)
		}
		o.Now, o.Logger = c.now, zap.New(core)
	})
	s.clock = c
	return &issued{s, p, logs}
}

// enter goes from our page to the issuer's and back.
func (i *issued) enter(b *browser, user string) answer {
	b.t.Helper()
	page := b.get("/page?a=b")
	start := strings.Index(page.body, `href="`)
	if page.Request.URL.Path != "/signin" || start < 0 || !strings.Contains(page.body, "Town") {
		b.t.Fatalf("no way to the issuer: %s %s", page.Request.URL, page.body)
	}
	address, _, _ := strings.Cut(page.body[start+len(`href="`):], `"`)
	ask := b.get(strings.ReplaceAll(address, "&amp;", "&"))
	if ask.StatusCode != 200 || !strings.HasPrefix(ask.Request.URL.String(), i.p.issuer()+"/auth?") {
		return ask
	}
	return b.submit(ask, i.p.issuer()+"/auth", url.Values{"user": {user}}, "Origin: "+i.p.URL)
}

func (i *issued) only(t *testing.T, tenant string) *Account {
	t.Helper()
	list, err := i.Accounts(t.Context(), tenant, "", 10)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d accounts, %v", len(list), err)
	}
	return list[0]
}

func TestSigningInAtAnIssuer(t *testing.T) {
	i := newIssued(t, nil)
	b := i.browser(t)
	in := i.enter(b, "ada")
	if in.StatusCode != 200 || in.Request.URL.RequestURI() != "/page?a=b" {
		t.Fatalf("%s: %d %s", in.Request.URL, in.StatusCode, in.body)
	}
	a := i.only(t, "default")
	if in.body != a.ID+" of default " || !strings.HasPrefix(a.ID, "oidc:") || a.Name != "Ada Lovelace" || a.Login != "ada" || a.Issuer != i.p.issuer() ||
		a.Subject != "subject-ada" || !slices.Equal(a.Roles, []visitor.Role{visitor.Learner}) || a.Password != "" {
		t.Errorf("%s: %+v", in.body, a)
	}
	if i.p.asked != 0 {
		t.Error("it asks for what the token says already")
	}
	// What an administrator says stays, what the issuer says follows it.
	if _, err := i.Edit(t.Context(), "default", a.ID, "", Profile{Roles: &[]visitor.Role{visitor.Trainer}, Person: to("p1")}); err != nil {
		t.Fatal(err)
	}
	i.p.users["ada"]["name"] = "Ada King"
	if again := i.enter(i.browser(t), "ada"); again.StatusCode != 200 {
		t.Errorf("%d", again.StatusCode)
	}
	if a := i.only(t, "default"); a.Name != "Ada King" || !slices.Equal(a.Roles, []visitor.Role{visitor.Trainer}) || a.Person != "p1" {
		t.Errorf("%+v", a)
	}
	if page := b.get("/page"); page.StatusCode != 200 || page.Request.URL.Path != "/page" {
		t.Error("signing in elsewhere ends a session")
	}
	if page := b.get("/signin/password"); !strings.Contains(page.body, german.refusals["elsewhere"]) || strings.Contains(page.body, "<form") {
		t.Errorf("a password can be changed: %s", page.body)
	}
	if _, _, err := i.Reset(t.Context(), "default", a.ID, ""); err == nil {
		t.Error("a password can be reset")
	}
	if _, err := i.Edit(t.Context(), "default", a.ID, "", Profile{Disabled: to(true)}); err != nil {
		t.Fatal(err)
	}
	other := i.browser(t)
	if page := i.enter(other, "ada"); page.StatusCode != 403 || !strings.Contains(page.body, german.refusals["disabled"]) || other.session() != "" {
		t.Errorf("disabled: %d %s", page.StatusCode, page.body)
	}
}

func TestWhatAnIssuerSays(t *testing.T) {
	roles := func(o *OIDCOptions) {
		o.RolesClaim, o.GroupsClaim = "realm_access.roles", "groups"
		o.Roles = map[string]visitor.Role{"lms-admins": visitor.Administrator, "lms-trainers": visitor.Trainer}
	}
	plain := func(o *OIDCOptions) { o.RolesClaim, o.NameClaim = "https://town.example/roles", "given_name" }
	access := func(list ...any) map[string]any { return map[string]any{"roles": list} }
	for name, test := range map[string]struct {
		change     func(*OIDCOptions)
		says, info map[string]any
		want       string
	}{
		"roles and groups": {roles, map[string]any{"realm_access": access("lms-trainers", "other", "lms-admins", 7), "groups": []any{"g2", "g1", "", "ä", 1}}, nil, "ada [trainer administrator] [g1 g2] "},
		"no roles of ours": {roles, map[string]any{"realm_access": access("administrator"), "groups": nil}, nil, "ada [] [] "},
		"roles when asked": {roles, nil, map[string]any{"realm_access": access("lms-admins")}, "ada [administrator] [] "},
		"what is signed":   {roles, map[string]any{"realm_access": access("lms-trainers")}, map[string]any{"realm_access": access("lms-admins")}, "ada [trainer] [] "},
		"names of ours":    {plain, map[string]any{"https://town.example/roles": "auditor learner boss", "given_name": "Ada"}, nil, "Ada [learner auditor] [] "},
		"no name":          {plain, map[string]any{"https://town.example/roles": "", "name": nil, "preferred_username": nil, "email": nil}, nil, " [] [] "},
		"a strange name":   {nil, map[string]any{"name": "Ada\n\x00" + strings.Repeat("ä", 300)}, nil, "Ada" + strings.Repeat("ä", 197) + " [learner] [] "},
		"a tenant":         {func(o *OIDCOptions) { o.Tenant = "town" }, nil, nil, "ada [learner] [] "},
		"a tenant's claim": {func(o *OIDCOptions) { o.TenantClaim = "org" }, map[string]any{"org": "town"}, nil, "ada [learner] [] "},
		"a human": {func(o *OIDCOptions) {
			o.PersonOf = func(_ context.Context, tenant string, identifiers []string) string {
				return tenant + " " + strings.ReplaceAll(strings.Join(identifiers, " "), o.Issuer, "ISSUER")
			}
		}, map[string]any{"email_verified": true}, nil, "ada [learner] [] default account|ISSUER|subject-ada mbox|mailto:ada@town.example"},
		"an address that nobody has verified": {func(o *OIDCOptions) {
			o.PersonOf = func(_ context.Context, _ string, identifiers []string) string { return fmt.Sprint(len(identifiers)) }
		}, map[string]any{"email_verified": false}, nil, "ada [learner] [] 1"},
	} {
		t.Run(name, func(t *testing.T) {
			i := newIssued(t, test.change)
			i.p.users["ada"] = map[string]any{"name": "ada", "preferred_username": "ada", "email": "ada@town.example"}
			for claim, value := range test.says {
				i.p.users["ada"][claim] = value
			}
			i.p.infos["ada"] = test.info
			if in := i.enter(i.browser(t), "ada"); in.StatusCode != 200 {
				t.Fatalf("%d %s", in.StatusCode, in.body)
			}
			tenant := "default"
			if strings.HasPrefix(name, "a tenant") {
				tenant = "town"
			}
			a := i.only(t, tenant)
			if got := fmt.Sprintf("%s %v %v %s", a.Name, a.Roles, a.Groups, a.Person); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

// TestRolesOfAnIssuerAreTakenAwayAgain: with a claim for them the issuer decides.
func TestRolesOfAnIssuerAreTakenAwayAgain(t *testing.T) {
	i := newIssued(t, func(o *OIDCOptions) { o.RolesClaim = "roles" })
	i.p.users["ada"]["roles"] = []string{"administrator"}
	b := i.browser(t)
	i.enter(b, "ada")
	if page := b.get("/admin"); page.StatusCode != 200 {
		t.Fatal(page.StatusCode)
	}
	i.p.users["ada"]["roles"] = []string{}
	i.enter(i.browser(t), "ada")
	if page := b.get("/admin"); page.StatusCode != 403 {
		t.Errorf("the old session keeps the role: %d", page.StatusCode)
	}
}

// TestNoPasswordToChange: who has no password here is never asked for another one,
// which would be in the way of everything.
func TestNoPasswordToChange(t *testing.T) {
	i := newIssued(t, nil)
	b := i.browser(t)
	i.enter(b, "ada")
	must := true
	var invalid *Invalid
	if _, err := i.Edit(t.Context(), "default", i.only(t, "default").ID, "", Profile{MustChange: &must}); !errors.As(err, &invalid) || invalid.Field != "must_change" {
		t.Errorf("%v", err)
	}
	if page := b.get("/page"); page.Request.URL.Path != "/page" {
		t.Errorf("comes to %s", page.Request.URL.Path)
	}
}

// TestWhatAnIssuerMustNotSay has every answer that nobody gets in with.
func TestWhatAnIssuerMustNotSay(t *testing.T) {
	foreign, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	claim := func(name string, value any) func(*issued) {
		return func(i *issued) {
			i.p.tamper = func(c map[string]any) {
				c[name] = value
				if value == nil {
					delete(c, name)
				}
			}
		}
	}
	for name, wrong := range map[string]func(*issued){
		"another issuer":         claim("iss", "https://evil.example"),
		"another audience":       claim("aud", "other"),
		"no audience":            claim("aud", nil),
		"two, for somebody else": claim("aud", []string{clientID, "other"}),
		"another party":          claim("azp", "other"),
		"another nonce":          claim("nonce", "other"),
		"no nonce":               claim("nonce", nil),
		"no subject":             claim("sub", nil),
		"its time is over":       claim("exp", 1_700_000_000),
		"no end":                 claim("exp", nil),
		"another key": func(i *issued) {
			i.p.sign = func(c []byte) string { return i.p.signedWith(jose.ES256, foreign, "1", c) }
		},
		"an unknown key": func(i *issued) {
			i.p.sign = func(c []byte) string { return i.p.signedWith(jose.ES256, foreign, "2", c) }
		},
		"a shared secret": func(i *issued) {
			i.p.sign = func(c []byte) string { return i.p.signedWith(jose.HS256, []byte(strings.Repeat("s", 64)), "1", c) }
		},
		"no signature":            func(i *issued) { i.p.sign = unsigned },
		"no id token":             func(i *issued) { i.p.sign = func([]byte) string { return "" } },
		"not a token":             func(i *issued) { i.p.sign = func([]byte) string { return "a.b.c" } },
		"an error":                func(i *issued) { i.p.refuse = "access_denied\n" + strings.Repeat("x", 500) },
		"another issuer's answer": func(i *issued) { i.p.iss = "https://evil.example" },
		"another secret":          func(i *issued) { i.issuer.opts.ClientSecret = "other" },
		"another user when asked": func(i *issued) {
			i.issuer.opts.RolesClaim = "roles"
			i.p.infos["ada"] = map[string]any{"sub": "subject-bob"}
		},
		"no tenant":                 func(i *issued) { i.issuer.opts.TenantClaim = "org" },
		"a network in the clear":    func(i *issued) { i.p.document = map[string]any{"token_endpoint": "ftp://evil.example/token"} },
		"another name in discovery": func(i *issued) { i.p.document = map[string]any{"issuer": "https://evil.example"} },
		"it is away":                func(i *issued) { i.p.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			i := newIssued(t, nil)
			wrong(i)
			b := i.browser(t)
			page := i.enter(b, "ada")
			if page.StatusCode != 502 || page.Request.URL.Host != strings.TrimPrefix(i.URL, "http://") || !strings.Contains(page.body, german.refusals["issuer"]) || b.session() != "" {
				t.Errorf("%s: %d %s", page.Request.URL, page.StatusCode, page.body)
			}
			if list, _ := i.Accounts(t.Context(), "default", "", 1); len(list) > 0 {
				t.Error("there is an account")
			}
			lines := i.logs.FilterMessage("somebody could not sign in at the issuer").All()
			if len(lines) != 1 || len(fmt.Sprint(lines[0].ContextMap())) > 600 || strings.Contains(fmt.Sprint(lines[0].ContextMap()), clientSecret) {
				t.Errorf("the log says %v", lines)
			}
		})
	}
}

// unsigned is a token with the algorithm none.
func unsigned(claims []byte) string {
	b64 := base64.RawURLEncoding
	return b64.EncodeToString([]byte(`{"alg":"none"}`)) + "." + b64.EncodeToString(claims) + "."
}

func TestTheRightIssuerInTheAnswer(t *testing.T) {
	i := newIssued(t, nil)
	i.p.iss = i.p.issuer()
	if page := i.enter(i.browser(t), "ada"); page.StatusCode != 200 {
		t.Errorf("%d %s", page.StatusCode, page.body)
	}
}

// TestCallbacksThatWereNotAskedFor: nobody gets in with an answer that is for
// another browser, for another request, or late, or that was used.
func TestCallbacksThatWereNotAskedFor(t *testing.T) {
	i := newIssued(t, nil)
	// back is the answer of the issuer, which the browser has not followed yet.
	back := func(b *browser) string {
		b.CheckRedirect = nil
		ask := b.get("/signin/oidc?next=/page")
		b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		location := b.submit(ask, i.p.issuer()+"/auth", url.Values{"user": {"ada"}}).Header.Get("Location")
		b.CheckRedirect = nil
		return location
	}
	for name, test := range map[string]struct {
		change func(b *browser, address string) string
		in     bool
	}{
		"as it is":        {func(_ *browser, address string) string { return address }, true},
		"another browser": {func(b *browser, address string) string { *b = *i.browser(t); return address }, false},
		"another state":   {func(_ *browser, address string) string { return address + "&state=" }, true}, // the first one counts
		"no state":        {func(_ *browser, address string) string { return strings.Replace(address, "state=", "x=", 1) }, false},
		"an older answer": {func(b *browser, address string) string { back(b); return address }, false},
		"too late":        {func(_ *browser, address string) string { i.clock.advance(15 * time.Minute); return address }, false},
		"no code":         {func(_ *browser, address string) string { return strings.Replace(address, "code=", "x=", 1) }, false},
		"a second time":   {func(b *browser, address string) string { b.get(address); i.signOut(b); return address }, false},
		"a code of somebody else": {func(b *browser, address string) string {
			u, _ := url.Parse(address)
			mine, _ := url.Parse(back(b))
			q := mine.Query()
			q.Set("code", u.Query().Get("code"))
			mine.RawQuery = q.Encode()
			return mine.String()
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := i.browser(t)
			page := b.get(test.change(b, back(b)))
			if in := b.session() != ""; in != test.in || !in && page.StatusCode != 502 {
				t.Errorf("%d %s", page.StatusCode, page.body)
			}
		})
	}
}

func (i *issued) signOut(b *browser) {
	b.send("POST", "/signout", "", GuardHeader+": "+b.get("/page").Header.Get("Guard"))
}

// TestAnIssuerThatComesBack is asked again after a pause.
func TestAnIssuerThatComesBack(t *testing.T) {
	i := newIssued(t, nil)
	i.p.document = map[string]any{"issuer": "https://other.example"}
	if page := i.browser(t).get("/signin/oidc"); page.StatusCode != 502 {
		t.Error(page.StatusCode)
	}
	i.p.document = nil
	if page := i.browser(t).get("/signin/oidc"); page.StatusCode != 502 {
		t.Errorf("without a pause: %d", page.StatusCode)
	}
	i.clock.advance(discoveryPause)
	if page := i.enter(i.browser(t), "ada"); page.StatusCode != 200 {
		t.Errorf("%d", page.StatusCode)
	}
	i.p.document = map[string]any{"issuer": "https://other.example"}
	i.clock.advance(2 * discoveryAge)
	if page := i.enter(i.browser(t), "ada"); page.StatusCode != 200 {
		t.Errorf("what was known is forgotten: %d", page.StatusCode)
	}
}

func TestWithoutAnIssuer(t *testing.T) {
	s := newSite(t, nil)
	for _, path := range []string{"/signin/oidc", "/signin/oidc/callback?code=a&state=b"} {
		if page := s.browser(t).get(path); page.StatusCode != 404 {
			t.Errorf("%s: %d", path, page.StatusCode)
		}
	}
	for _, o := range []OIDCOptions{{}, {Issuer: "https://id.example"}, {ClientID: "a"},
		{Issuer: "https://id.example", ClientID: "a", Roles: map[string]visitor.Role{"admins": "boss"}}} {
		if _, err := New(Options{Records: newMemory(), OIDC: &o}); err == nil {
			t.Errorf("%+v", o)
		}
	}
}
