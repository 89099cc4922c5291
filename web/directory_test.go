package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lernspur/directory"
	"lernspur/documents"
	"lernspur/store"
	"lernspur/web/visitor"
)

// drawer keeps the records of a directory in memory.
type drawer struct {
	mu      sync.Mutex
	version int64
}

func (*drawer) Load(context.Context, func(*documents.Document) error) error { return nil }

func (r *drawer) Replace(_ context.Context, shelf documents.Shelf, docs []*documents.Document) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, d := range docs {
		r.version++
		d.Shelf, d.Version = shelf, r.version
	}
	return nil
}

// registry is a directory with strangers, who learn and are nobody.
type registry struct {
	*directory.Directory
	strangers []store.Unassigned
}

func newRegistry(t testing.TB, now func() time.Time) *registry {
	t.Helper()
	d, err := directory.OpenDirectory(t.Context(), directory.Dependencies{Records: &drawer{}, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return &registry{Directory: d}
}

func (r *registry) Unassigned(ctx context.Context, tenant string, after *store.Unassigned, n int) ([]store.Unassigned, error) {
	var list []store.Unassigned
	for _, u := range r.strangers {
		_, known := r.PersonOf(ctx, tenant, u.Identifier)
		if !known && len(list) < n && (after == nil || u.Last < after.Last) {
			list = append(list, u)
		}
	}
	return list, nil
}

// clerk keeps accounts in memory.
type clerk struct{ list []Account }

func (c *clerk) at(id string) int {
	return slices.IndexFunc(c.list, func(a Account) bool { return a.ID == id })
}

func (c *clerk) List(_ context.Context, _, after string, n int) ([]Account, error) {
	list := slices.DeleteFunc(slices.Clone(c.list), func(a Account) bool { return a.ID <= after })
	return list[:min(n, len(list))], nil
}

func (c *clerk) Account(_ context.Context, _, id string) (Account, error) {
	if i := c.at(id); i >= 0 {
		return c.list[i], nil
	}
	return Account{}, ErrNoAccount
}

func (c *clerk) Create(_ context.Context, _, login string, oneTime bool, e AccountEdit) (Account, string, string, error) {
	if strings.Contains(login, " ") || login == "" {
		return Account{}, "", "", &AccountRefused{Field: "login", Why: "login"}
	}
	if c.at(login) >= 0 {
		return Account{}, "", "", &AccountRefused{Field: "login", Why: "taken"}
	}
	a := Account{ID: login, Login: login, Name: *e.Name, Roles: *e.Roles, Person: *e.Person, Created: testNow.UnixMicro(), MustChange: oneTime, Password: oneTime}
	c.list = append(c.list, a)
	if oneTime {
		return a, "", "one-time-word", nil
	}
	return a, "https://lrs.example/signin/reset?token=one", "", nil
}

func (c *clerk) Edit(_ context.Context, _, id, by string, e AccountEdit) (Account, error) {
	i := c.at(id)
	if i < 0 {
		return Account{}, ErrNoAccount
	}
	if id == by && (e.Disabled != nil && *e.Disabled || e.Roles != nil && !slices.Contains(*e.Roles, visitor.Administrator)) {
		return Account{}, &AccountRefused{Field: "act", Why: "yourself"}
	}
	if e.Name != nil {
		c.list[i].Name = *e.Name
	}
	if e.Roles != nil {
		c.list[i].Roles = *e.Roles
	}
	if e.Person != nil {
		c.list[i].Person = *e.Person
	}
	if e.Disabled != nil {
		c.list[i].Disabled = *e.Disabled
	}
	return c.list[i], nil
}

func (c *clerk) Remove(_ context.Context, _, id, by string) error {
	switch i := c.at(id); {
	case i < 0:
		return ErrNoAccount
	case id == by:
		return &AccountRefused{Field: "act", Why: "last"}
	default:
		c.list = slices.Delete(c.list, i, i+1)
	}
	return nil
}

func (c *clerk) Reset(_ context.Context, _, id, _ string) (string, error) {
	i := c.at(id)
	switch {
	case i < 0:
		return "", ErrNoAccount
	case c.list[i].Issuer != "":
		return "", &AccountRefused{Field: "act", Why: "elsewhere"}
	}
	return "https://lrs.example/signin/reset?token=two", nil
}

func (c *clerk) SignOut(_ context.Context, _, id, _ string) error {
	if c.at(id) < 0 {
		return ErrNoAccount
	}
	return nil
}

// settled is a town with an organisation, people and groups. It answers the ids of
// who and what tests ask for, by what they are called.
func settled(t testing.TB, site *town) map[string]string {
	t.Helper()
	ids := map[string]string{}
	ctx := t.Context()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	text := func(s string) *string { return &s }
	for _, u := range []struct{ code, name, kind, parent string }{
		{"", "Stadt Musterstadt", "Stadt", ""}, {"I", "Dezernat I", "Dezernat", "Stadt Musterstadt"}, {"VI", "Dezernat VI", "Dezernat", "Stadt Musterstadt"}, {"11", "Personalamt", "Amt", "Dezernat I"},
	} {
		parent := ids[u.parent]
		unit, err := site.people.AddUnit(ctx, "default", directory.UnitEdit{Code: text(u.code), Name: text(u.name), Kind: text(u.kind), Parent: &parent})
		check(err)
		ids[u.name] = unit.ID
	}
	count := 42
	_, err := site.people.SetHeadcount(ctx, "default", ids["Personalamt"], 2026, 0, &count)
	check(err)
	for _, p := range []struct{ name, staff, mail, unit string }{
		{"Ada Yılmaz", "1001", "ada@musterstadt.example", "Personalamt"}, {"Bernd Hoffmann", "1002", "bernd@musterstadt.example", "Dezernat VI"}, {"Bernd Hofmann", "", "b.hofmann@alt.example", ""},
		{`<script>alert("1")</script>`, "1004", `o'neil+"x"@musterstadt.example`, ""},
	} {
		identifier, err := directory.Mailbox(p.mail)
		if err != nil { // a quoted address is one as people write it, not as IRIs have it
			identifier, err = directory.AccountIdentifier("https://moodle.musterstadt.example", p.mail)
		}
		check(err)
		edit := directory.PersonEdit{Name: text(p.name), Staff: text(p.staff), Identifiers: &[]string{identifier}}
		if p.unit != "" {
			edit.Memberships = &[]directory.Membership{{Unit: ids[p.unit], From: "2024-01-01"}}
		}
		person, err := site.people.AddPerson(ctx, "default", edit)
		check(err)
		ids[p.name] = person.ID
	}
	g, err := site.people.AddGroup(ctx, "default", directory.GroupEdit{Name: text("Brandschutz Herbst"), Code: text("BS-26"), Members: &[]directory.GroupMember{{Person: ids["Ada Yılmaz"], From: "2026-09-01"}}, Trainers: &[]string{ids["Bernd Hoffmann"]}})
	check(err)
	ids["group"] = g.ID
	m, err := site.people.AddPerson(ctx, "default", directory.PersonEdit{Name: text("A. Yilmaz"), Identifiers: &[]string{"account|https://moodle.musterstadt.example|ada"}})
	check(err)
	merge, err := site.people.Merge(ctx, "default", ids["Ada Yılmaz"], m.ID, directory.MergeOptions{Reason: "selbe Person", By: "m.muster"})
	check(err)
	ids["merge"], ids["gone"] = merge.ID, m.ID
	site.people.strangers = []store.Unassigned{
		{Identifier: "mbox|mailto:bernd@alt.example", Name: "Hoffmann, Bernd", Statements: 17, Last: testNow.Add(-time.Hour).UnixMicro()},
		{Identifier: "account|https://moodle.musterstadt.example|gast", Statements: 1, Last: testNow.Add(-2 * time.Hour).UnixMicro()},
	}
	site.accounts.list = []Account{
		{ID: "admin", Login: "admin", Roles: []visitor.Role{visitor.Administrator}, Password: true, Created: testNow.UnixMicro()},
		{ID: "ada", Login: "Ada", Name: "Ada Yılmaz", Roles: []visitor.Role{visitor.Learner, visitor.Trainer}, Person: ids["Ada Yılmaz"], Groups: []string{ids["group"]}, Created: testNow.UnixMicro(), LinkExpires: testNow.Add(72 * time.Hour).UnixMicro(), Failures: 7, FailuresEnd: testNow.Add(4 * time.Minute).UnixMicro()},
		{ID: "m.muster", Login: "m.muster", Name: "Maria Muster", Roles: []visitor.Role{visitor.Administrator}, Password: true, Created: testNow.UnixMicro()},
		{ID: "oidc:7", Login: "oidc:7", Name: "Olga", Issuer: "https://id.example", Roles: []visitor.Role{visitor.Auditor}, Disabled: true, Created: testNow.UnixMicro()},
	}
	slices.SortFunc(site.accounts.list, func(a, b Account) int { return strings.Compare(a.ID, b.ID) })
	return ids
}

// led tells whether an answer leads to a place.
func led(t testing.TB, what string, answer *httptest.ResponseRecorder, to string) {
	t.Helper()
	if got := answer.Header().Get("Location"); answer.Code != 303 || got != to {
		t.Errorf("%s: %d to %q, want %q\n%s", what, answer.Code, got, to, answer.Body)
	}
}

var versionInPage = regexp.MustCompile(`name="version" value="(\d+)"`)

// version is the one that a page's form carries.
func version(t testing.TB, h http.Handler, address string) string {
	t.Helper()
	found := versionInPage.FindStringSubmatch(ask(h, "GET", address, nil).Body.String())
	if found == nil {
		t.Fatalf("%s has no version", address)
	}
	return found[1]
}
