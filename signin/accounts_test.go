package signin

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"lernspur/web/visitor"
)

// target is the path and query of a one-time link.
func target(t *testing.T, s *site, address string) string {
	t.Helper()
	path, ok := strings.CutPrefix(address, s.URL)
	if !ok {
		t.Fatalf("the link is %s", address)
	}
	return path
}

func TestOneTimeLinks(t *testing.T) {
	s := newSite(t, nil)
	a, address, err := s.Create(t.Context(), "town", "Ada", "", Profile{Name: to("Ada Lovelace"), Roles: &[]visitor.Role{visitor.Trainer}})
	if err != nil || a.ID != "ada" || !a.Waiting(s.clock.now()) {
		t.Fatal(a, err)
	}
	link := target(t, s, address)
	u, _ := url.Parse(address)
	if strings.Contains(s.records.text(), u.Query().Get("token")) {
		t.Error("the token is kept")
	}
	b := s.browser(t)
	for range 2 { // mail programs look at links before people do
		if page := b.get(link); page.StatusCode != 200 || !strings.Contains(page.body, germanLabels.Choose) {
			t.Fatal(page.StatusCode, page.body)
		}
	}
	page := b.get(link)
	for password, want := range map[string]string{"short": german.weak[TooShort], "Lovelace fliegt hoch": german.weak[OwnName]} {
		again := b.submit(page, "/signin/reset", url.Values{"password": {password}, "repeated": {password}})
		if again.StatusCode != 422 || !strings.Contains(again.body, want) {
			t.Errorf("%s: %d %s", password, again.StatusCode, again.body)
		}
	}
	if again := b.submit(page, "/signin/reset", url.Values{"password": {goodPassword}, "repeated": {goodPassword + "!"}}); again.StatusCode != 422 {
		t.Error(again.StatusCode)
	}
	if in := b.submit(page, "/signin/reset", url.Values{"password": {goodPassword}, "repeated": {goodPassword}}); in.body != "ada of town " {
		t.Fatal(in.StatusCode, in.body)
	}
	other := s.browser(t)
	if again := other.get(link); again.StatusCode != 410 || !strings.Contains(again.body, german.refusals["link"]) || strings.Contains(again.body, "<form") {
		t.Errorf("a second time: %d", again.StatusCode)
	}
	other.get("/signin")
	if again := other.submit(other.get("/signin"), "/signin/reset", u.Query()); again.StatusCode != 410 {
		t.Errorf("sent a second time: %d", again.StatusCode)
	}
	if _, err := s.Redeem(t.Context(), "town", "ada", "", goodPassword); !errors.Is(err, ErrLink) {
		t.Error(err)
	}
	if in := s.browser(t).signIn("town", "ada", goodPassword); in.StatusCode != 200 {
		t.Error(in.StatusCode)
	}
}

func TestLinksEnd(t *testing.T) {
	for name, happens := range map[string]func(*site) error{
		"time": func(s *site) error { s.clock.advance(72 * time.Hour); return nil },
		"disabled": func(s *site) error {
			_, err := s.Edit(t.Context(), "default", "ada", "", Profile{Disabled: to(true)})
			return err
		},
		"a newer one": func(s *site) error { _, _, err := s.Reset(t.Context(), "default", "ada", ""); return err },
		"removed":     func(s *site) error { return s.Remove(t.Context(), "default", "ada", "") },
	} {
		s := newSite(t, nil)
		_, address, err := s.Create(t.Context(), "default", "ada", "", Profile{})
		if err != nil {
			t.Fatal(err)
		}
		if err := happens(s); err != nil {
			t.Fatal(name, err)
		}
		if page := s.browser(t).get(target(t, s, address)); page.StatusCode != 410 {
			t.Errorf("%s: %d", name, page.StatusCode)
		}
		u, _ := url.Parse(address)
		if _, err := s.Redeem(t.Context(), "default", "ada", u.Query().Get("token"), goodPassword); !errors.Is(err, ErrLink) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReset(t *testing.T) {
	s := newSite(t, nil)
	s.account(t, "default", "ada", visitor.Learner)
	b := s.browser(t)
	b.signIn("default", "ada", goodPassword)
	_, address, err := s.Reset(t.Context(), "default", "ada", "root")
	if err != nil {
		t.Fatal(err)
	}
	if page := s.browser(t).signIn("default", "ada", goodPassword); page.StatusCode != 403 {
		t.Errorf("the old password: %d", page.StatusCode)
	}
	page := b.get(target(t, s, address))
	if in := b.submit(page, "/signin/reset", url.Values{"password": {"Vier Enten fliegen"}, "repeated": {"Vier Enten fliegen"}}); in.StatusCode != 200 {
		t.Errorf("%d %s", in.StatusCode, in.body)
	}
	if _, _, err := s.Reset(t.Context(), "default", "nobody", ""); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
}

func TestChangingTheOwnPassword(t *testing.T) {
	s := newSite(t, nil)
	s.account(t, "default", "ada", visitor.Learner)
	b, other := s.browser(t), s.browser(t)
	if page := b.get("/signin/password"); page.Request.URL.Path != "/signin" {
		t.Errorf("nobody sees %s", page.Request.URL)
	}
	b.signIn("default", "ada", goodPassword)
	other.signIn("default", "ada", goodPassword)
	before := b.session()
	page := b.get("/signin/password?lang=en")
	if !strings.Contains(page.body, englishLabels.OldPassword) || !strings.Contains(page.body, `lang="en"`) {
		t.Error(page.body)
	}
	const next = "Vier Enten fliegen"
	for name, test := range map[string]struct {
		old, password, repeated string
		status                  int
		says                    string
	}{
		"a wrong one":   {"guess", next, next, 403, german.refusals["old"]},
		"two":           {goodPassword, next, next + "!", 422, german.refusals["repeated"]},
		"a weak one":    {goodPassword, "passwort1234", "passwort1234", 422, german.weak[CommonWord]},
		"the same":      {goodPassword, goodPassword, goodPassword, 422, german.weak[SamePassword]},
		"nothing":       {"", "", "", 403, german.refusals["old"]},
		"without guard": {"", "", "", 403, german.refusals["guard"]},
	} {
		form := url.Values{"old": {test.old}, "password": {test.password}, "repeated": {test.repeated}}
		if name == "without guard" {
			form.Set("guard", "")
		}
		if again := b.submit(page, "/signin/password", form); again.StatusCode != test.status || !strings.Contains(again.body, test.says) {
			t.Errorf("%s: %d %s", name, again.StatusCode, again.body)
		}
	}
	s.clock.advance(10 * time.Minute)
	done := b.submit(page, "/signin/password", url.Values{"old": {goodPassword}, "password": {next}, "repeated": {next}})
	if done.StatusCode != 200 || !strings.Contains(done.body, germanLabels.Done) || b.session() == before {
		t.Fatal(done.StatusCode, done.body)
	}
	if b.get("/page").body != "ada of default " {
		t.Error("who changed it is signed out")
	}
	if page := other.get("/page"); page.Request.URL.Path != "/signin" {
		t.Error("the other session lives on")
	}
	if page := s.browser(t).signIn("default", "ada", goodPassword); page.StatusCode != 403 {
		t.Error("the old password still opens")
	}
}

func TestWhatAccountsCannotBe(t *testing.T) {
	s := newSite(t, nil)
	s.account(t, "default", "ada", visitor.Administrator)
	text := func(err error) string {
		var invalid *Invalid
		var conflict *Conflict
		switch {
		case errors.As(err, &invalid):
			return invalid.Field
		case errors.As(err, &conflict):
			return "conflict"
		case errors.Is(err, ErrNotFound):
			return "not found"
		case err != nil:
			return err.Error()
		}
		return ""
	}
	create := func(tenant, login, password string, p Profile) func() error {
		return func() error { _, _, err := s.Create(t.Context(), tenant, login, password, p); return err }
	}
	edit := func(id, by string, p Profile) func() error {
		return func() error { _, err := s.Edit(t.Context(), "default", id, by, p); return err }
	}
	roles := func(list ...visitor.Role) Profile { return Profile{Roles: &list} }
	for name, test := range map[string]struct {
		do   func() error
		want string
	}{
		"no tenant":          {create("a b", "grace", "", Profile{}), "tenant"},
		"no name":            {create("default", " ", "", Profile{}), "account"},
		"a blank in it":      {create("default", "a b", "", Profile{}), "account"},
		"a colon in it":      {create("default", "oidc:a", "", Profile{}), "account"},
		"a slash in it":      {create("default", "a/b", "", Profile{}), "account"},
		"dots":               {create("default", "..", "", Profile{}), "account"},
		"too long":           {create("default", strings.Repeat("a", 129), "", Profile{}), "account"},
		"taken, in capitals": {create("default", "ADA", "", Profile{}), "conflict"},
		"free in another":    {create("other", "ada", "", Profile{}), ""},
		"a weak password":    {create("default", "grace", "passwort1234", Profile{}), "password"},
		"an unknown role":    {create("default", "grace", "", roles("boss")), "roles"},
		"a long name":        {create("default", "grace", "", Profile{Name: to(strings.Repeat("ä", 201))}), "name"},
		"a name with a line": {create("default", "grace", "", Profile{Name: to("a\nb")}), "name"},
		"another language":   {create("default", "grace", "", Profile{Language: to("fr")}), "language"},
		"no group":           {create("default", "grace", "", Profile{Groups: to([]string{"ä"})}), "groups"},
		"nobody":             {edit("nobody", "", Profile{}), "not found"},
		"disabling oneself":  {edit("ada", "ada", Profile{Disabled: to(true)}), "conflict"},
		"not administrating": {edit("ada", "ada", roles(visitor.Learner)), "conflict"},
		"renaming oneself":   {edit("ada", "ada", Profile{Name: to("Ada")}), ""},
		"removing oneself":   {func() error { return s.Remove(t.Context(), "default", "ada", "ada") }, "conflict"},
		"removing nobody":    {func() error { return s.Remove(t.Context(), "default", "nobody", "") }, "not found"},
		"another language, own": {func() error {
			return s.SetLanguage(t.Context(), &visitor.Visitor{Tenant: "default", Account: "ada"}, "fr")
		}, "language"},
		"its own language": {func() error {
			return s.SetLanguage(t.Context(), &visitor.Visitor{Tenant: "default", Account: "ada"}, "en")
		}, ""},
	} {
		if got := text(test.do()); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
	list, err := s.Accounts(t.Context(), "default", "", 10)
	if err != nil || len(list) != 1 || list[0].Language != "en" || list[0].Name != "Ada" {
		t.Errorf("%v %v", list, err)
	}
}

// TestFirstAdministrator follows the account over restarts.
func TestFirstAdministrator(t *testing.T) {
	core, logs := observer.New(zap.InfoLevel)
	s := newSite(t, func(o *Options) { o.Logger = zap.New(core) })
	opens := func(password string) bool { return s.browser(t).signIn("default", "admin", password).StatusCode == 200 }
	const one, two, own = "eins zwei drei vier", "fünf sechs sieben", "acht neun zehn elf"
	for _, weak := range []string{"short", "administrator 1"} {
		if err := s.EnsureAdmin(t.Context(), weak); err == nil || !strings.Contains(err.Error(), "admin_password") {
			t.Errorf("%s: %v", weak, err)
		}
	}
	ensure := func(password string) {
		t.Helper()
		s.clock.advance(time.Hour)
		if err := s.EnsureAdmin(t.Context(), password); err != nil {
			t.Fatal(err)
		}
	}
	ensure(one)
	a, err := s.Account(t.Context(), "default", "admin")
	if err != nil || len(a.Roles) != 1 || a.Roles[0] != visitor.Administrator || !opens(one) {
		t.Fatal(a, err)
	}
	ensure(one)
	if again, _ := s.Account(t.Context(), "default", "admin"); again.Epoch != a.Epoch {
		t.Error("the same password ends sessions")
	}
	ensure(two)
	if opens(one) || !opens(two) {
		t.Error("another password of the configuration does not count")
	}
	s.clock.advance(time.Hour)
	if _, err := s.ChangePassword(t.Context(), "default", "admin", two, own, "here"); err != nil {
		t.Fatal(err)
	}
	ensure(two)
	ensure(one)
	if opens(one) || opens(two) || !opens(own) {
		t.Error("a restart brought an old password back")
	}
	if logs.FilterMessageSnippet("admin_password is not looked at").Len() != 2 {
		t.Error("the log does not say so")
	}
	if _, _, err := s.Reset(t.Context(), "default", "admin", ""); err != nil {
		t.Fatal(err)
	}
	ensure(two)
	if opens(two) {
		t.Error("a restart undid a reset")
	}
	for _, entry := range logs.All() {
		for _, secret := range []string{one, two, own} {
			if strings.Contains(entry.Message, secret) {
				t.Error("the log has a password")
			}
		}
	}
}
