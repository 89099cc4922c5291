package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
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

func (c *clerk) Create(_ context.Context, _, _, login string, oneTime bool, e AccountEdit) (Account, string, string, error) {
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

func TestPeople(t *testing.T) {
	site := newTown(t, "http://content.example")
	admin := site.as(visitor.Administrator)
	contains(t, "empty", ask(admin, "GET", "/directory", nil), 200, "noch leer", "Importieren Sie eine Liste")
	ids := settled(t, site)
	all := ask(admin, "GET", "/directory", nil)
	contains(t, "all", all, 200, "kennt 4 Personen, 4 Organisationseinheiten und 1 Gruppe", "11 Personalamt", "Brandschutz Herbst", "&lt;script&gt;alert")
	if strings.Contains(all.Body.String(), "<script>alert") {
		t.Error("a name is taken for HTML")
	}
	for query, want := range map[string][]string{
		"q=yılmaz": {"Ada Yılmaz"}, "q=1002": {"Bernd Hoffmann"}, "q=ALT.example": {"Bernd Hofmann"}, "unit=11": {"Ada Yılmaz"}, "unit=Dezernat+I": nil, "unit=Dezernat+I&below=yes": {"Ada Yılmaz"},
		"unit=" + ids["Stadt Musterstadt"] + "&below=yes": {"Ada Yılmaz", "Bernd Hoffmann"}, "group=bs-26": nil, "group=BS-26": {"Ada Yılmaz"}, "q=nobody": nil,
	} {
		answer := ask(admin, "GET", "/directory?"+query, nil)
		var got []string
		for _, m := range regexp.MustCompile(`<th scope="row"><a [^>]*>([^<]*)</a>`).FindAllStringSubmatch(answer.Body.String(), -1) {
			got = append(got, m[1])
		}
		if query != "group=bs-26" && (answer.Code != 200 || !slices.Equal(got, want)) {
			t.Errorf("%s: %d %v, want %v", query, answer.Code, got, want)
		}
	}
	contains(t, "no such unit", ask(admin, "GET", "/directory?unit=99", nil), 422, `href="#f-unit"`, "nicht eindeutig oder nicht bekannt")
	contains(t, "a place that is none", ask(admin, "GET", "/directory?after=x", nil), 400)

	reader := site.as(visitor.DataProtection)
	person := "/directory/people/" + ids["Ada Yılmaz"]
	contains(t, "a person", ask(admin, "GET", person, nil), 200, "ada@musterstadt.example", "https://moodle.musterstadt.example ada", "ab 01.01.2024", "ab 01.09.2026", "A. Yilmaz", "selbe Person", "/split", "/delete")
	if page := ask(reader, "GET", person, nil).Body.String(); strings.Contains(page, "/delete") || strings.Contains(page, "/split") || strings.Contains(page, "/edit") {
		t.Error("who only reads is offered a change")
	}
	led(t, "who went into another", ask(admin, "GET", "/directory/people/"+ids["gone"], nil), person)
	contains(t, "nobody", ask(admin, "GET", "/directory/people/nobody", nil), 404)
}

func TestPeopleInPages(t *testing.T) {
	site := newTown(t, "http://content.example")
	admin := site.as(visitor.Administrator)
	for i := range pageSize + 3 {
		name := fmt.Sprintf("Person %03d", i)
		if _, err := site.people.AddPerson(t.Context(), "default", directory.PersonEdit{Name: &name}); err != nil {
			t.Fatal(err)
		}
	}
	first := ask(admin, "GET", "/directory?q=person&lang=en", nil)
	more := regexp.MustCompile(`href="(/directory\?[^"]*after=[^"]*)"`).FindStringSubmatch(first.Body.String())
	contains(t, "the first page", first, 200, "More than 50 people", "Person 049")
	if more == nil || !strings.Contains(more[1], "lang=en") || !strings.Contains(more[1], "q=person") {
		t.Fatalf("%v", more)
	}
	second := ask(admin, "GET", strings.ReplaceAll(more[1], "&amp;", "&"), nil)
	contains(t, "the second page", second, 200, "Person 050", "Person 052", "3 people found")
	if strings.Contains(second.Body.String(), "Person 049") || strings.Contains(second.Body.String(), "after=") {
		t.Error("the second page begins too early, or leads on")
	}
}

func TestExportPeople(t *testing.T) {
	site := newTown(t, "http://content.example")
	settled(t, site)
	formula := "=HYPERLINK(1)"
	if _, err := site.people.AddPerson(t.Context(), "default", directory.PersonEdit{Name: &formula}); err != nil {
		t.Fatal(err)
	}
	answer := ask(site.as(visitor.DataProtection), "GET", "/directory/export", nil)
	if h := answer.Header(); answer.Code != 200 || !strings.Contains(h.Get("Content-Disposition"), `filename="Personen-2026-11-20.csv"`) || h.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v", answer.Code, h)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(answer.Body.String(), "\ufeff")))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil || len(rows) != 6 {
		t.Fatalf("%v %v", rows, err)
	}
	if rows[1][1] != "'"+formula || !slices.Contains(rows[2], "ada@musterstadt.example") || rows[2][7] != "11" || rows[2][8] != "2024-01-01" {
		t.Errorf("%q", rows)
	}
	// What was exported changes nothing when it is imported, formulas aside.
	lines := strings.SplitAfter(answer.Body.String(), "\r\n")
	file := lines[0] + strings.Join(lines[2:], "")
	result, err := site.people.Import(t.Context(), "default", []byte(file), directory.ImportOptions{Kind: directory.KindPeople, DryRun: true})
	if err != nil || result.Errors != nil || len(result.Changes) != 0 {
		t.Errorf("%v %+v %+v", err, result.Errors, result.Changes)
	}
}

func TestEditPeople(t *testing.T) {
	site := newTown(t, "http://content.example")
	ids := settled(t, site)
	admin := site.as(visitor.Administrator)
	form := url.Values{"name": {"Clara Schulz"}, "staff": {"1001"}, "identifiers": {"clara@musterstadt.example\nhttps://moodle.musterstadt.example c.schulz\nhttps://clara.example/\nclara"}, "unit.0": {"99"}, "from.0": {"1.1.2026"}, "until.0": {"morgen"}, "unit.1": {""}}
	wrong := ask(admin, "POST", "/directory/new", form)
	contains(t, "a new person", wrong, 422, "Zeile 4: „clara“ ist keine E-Mail-Adresse.", `href="#f-unit.0"`, `href="#f-until.0"`, `value="Clara Schulz"`)
	form.Set("identifiers", strings.TrimSuffix(form.Get("identifiers"), "\nclara"))
	form.Set("unit.0", "11 Personalamt")
	form.Set("until.0", "")
	contains(t, "another's number", ask(admin, "POST", "/directory/new", form), 422, "Die Personalnummer 1001 gehört Ada Yılmaz (1001).")
	contains(t, "in English", ask(admin, "POST", "/directory/new?lang=en", form), 422, "the staff number 1001 is that of Ada")
	form.Set("staff", "1009")
	made := ask(admin, "POST", "/directory/new", form)
	page, ok := strings.CutSuffix(made.Header().Get("Location"), "?done=person-made")
	if !ok {
		t.Fatalf("%d %s", made.Code, made.Body)
	}
	contains(t, "who was made", ask(admin, "GET", page+"?done=person-made", nil), 200, "Die Person ist angelegt.", "https://moodle.musterstadt.example c.schulz", "ab 01.01.2026")
	form.Set("version", version(t, admin, page+"/edit"))
	form.Set("unit.0", "Dezernat VI")
	led(t, "a change", ask(admin, "POST", page+"/edit", form), page+"?done=saved")
	contains(t, "the same again, as it was", ask(admin, "POST", page+"/edit", form), 409, "Jemand hat das geändert")
	contains(t, "after it", ask(admin, "GET", page, nil), 200, "VI Dezernat VI")
	// An account whose name has blanks around stays as it is.
	odd := []string{"account|https://x.example| two  words "}
	if _, err := site.people.EditPerson(t.Context(), "default", ids["Bernd Hofmann"], 0, directory.PersonEdit{Identifiers: &odd}); err != nil {
		t.Fatal(err)
	}
	hofmann := "/directory/people/" + ids["Bernd Hofmann"]
	led(t, "an odd account", ask(admin, "POST", hofmann+"/edit", url.Values{"name": {"B. Hofmann"}, "identifiers": {"https://x.example  two  words "}, "version": {version(t, admin, hofmann+"/edit")}}), hofmann+"?done=saved")
	if p, _ := site.people.Person(t.Context(), "default", ids["Bernd Hofmann"]); p.Name != "B. Hofmann" || len(p.Identifiers) != 1 {
		t.Errorf("%+v", p)
	}
}

func TestMergeAndSplit(t *testing.T) {
	site := newTown(t, "http://content.example")
	ids := settled(t, site)
	admin := site.as(visitor.Administrator)
	kept, gone := "/directory/people/"+ids["Bernd Hoffmann"], ids["Bernd Hofmann"]
	contains(t, "the search", ask(admin, "GET", kept+"/merge?q=hofmann", nil), 200, "Mit wem?", "b.hofmann@alt.example", "with="+gone)
	preview := ask(admin, "GET", kept+"/merge?with="+gone, nil)
	contains(t, "the preview", preview, 200, "Noch ist nichts geändert", "bernd@musterstadt.example", "b.hofmann@alt.example", "Lieber umgekehrt")
	if _, ok := site.people.Person(t.Context(), "default", gone); !ok || len(site.people.Merges(t.Context(), "default")) != 1 {
		t.Error("looking merged them")
	}
	versions := regexp.MustCompile(`name="(kept|gone)-version" value="(\d+)"`).FindAllStringSubmatch(preview.Body.String(), -1)
	form := url.Values{"gone": {gone}, "reason": {" selber Mensch "}}
	for _, v := range versions {
		form.Set(v[1]+"-version", v[2])
	}
	form.Set("gone-version", "1")
	contains(t, "changed since", ask(admin, "POST", kept+"/merge", form), 409)
	form.Set("gone-version", versions[1][2])
	led(t, "the merge", ask(admin, "POST", kept+"/merge", form), kept+"?done=merged")
	merge := regexp.MustCompile(`/directory/merges/[a-z0-9]+/split`).FindString(ask(admin, "GET", kept, nil).Body.String())
	split := ask(admin, "GET", merge, nil)
	contains(t, "the split", split, 200, "b.hofmann@alt.example", "selber Mensch", "wieder eine eigene Person")
	form = url.Values{"version": versionInPage.FindStringSubmatch(split.Body.String())[1:]}
	led(t, "undone", ask(admin, "POST", merge, form), "/directory/people/"+gone+"?done=parted")
	contains(t, "undone again", ask(admin, "GET", merge, nil), 404)
	contains(t, "with oneself", ask(admin, "GET", kept+"/merge?with="+ids["Bernd Hoffmann"], nil), 400)
	contains(t, "with nobody", ask(admin, "GET", kept+"/merge?with=nobody", nil), 404)
}

func TestDeletePerson(t *testing.T) {
	site := newTown(t, "http://content.example")
	ids := settled(t, site)
	admin := site.as(visitor.Administrator)
	for _, name := range []string{"Ada Yılmaz", `<script>alert("1")</script>`} {
		page := "/directory/people/" + ids[name]
		contains(t, "what goes", ask(admin, "GET", page+"/delete", nil), 200, "gehört dann niemand", "Es bleiben: Statements")
		v := version(t, admin, page+"/delete")
		contains(t, "another name", ask(admin, "POST", page+"/delete", url.Values{"name": {"Ada"}, "version": {v}}), 422, "es ist nichts gelöscht", `href="#f-name"`)
		contains(t, "another version", ask(admin, "POST", page+"/delete", url.Values{"name": {name}, "version": {"1"}}), 409)
		led(t, name, ask(admin, "POST", page+"/delete", url.Values{"name": {name}, "version": {v}}), "/directory?done=person-deleted")
		contains(t, "gone", ask(admin, "GET", page, nil), 404)
	}
}

func TestUnitPages(t *testing.T) {
	site := newTown(t, "http://content.example")
	admin := site.as(visitor.Administrator)
	contains(t, "none", ask(admin, "GET", "/directory/units", nil), 200, "Noch keine.")
	ids := settled(t, site)
	tree := ask(admin, "GET", "/directory/units?year=2026", nil)
	contains(t, "the tree", tree, 200, "4 Organisationseinheiten mit 2 bekannten Personen am 20.11.2026", `class="level2"`, "Beschäftigte 2026", ">42<")
	if counts := strings.Count(tree.Body.String(), ">42<"); counts != 3 { // of the office, its department and the town
		t.Errorf("42 is there %d times", counts)
	}
	contains(t, "another year", ask(admin, "GET", "/directory/units?year=x&on=gestern", nil), 422, `href="#f-year"`, `href="#f-on"`)
	contains(t, "below nothing", ask(admin, "POST", "/directory/units", url.Values{"name": {""}, "parent": {"99"}}), 422, `href="#f-parent"`)
	contains(t, "without a name", ask(admin, "POST", "/directory/units", url.Values{"name": {""}}), 422, `href="#f-name"`, "Eine Einheit braucht einen Namen.")
	contains(t, "a code twice", ask(admin, "POST", "/directory/units", url.Values{"name": {"Neu"}, "code": {"11"}}), 422, "Die Nummer 11 hat schon die Einheit Personalamt.")
	made := ask(admin, "POST", "/directory/units", url.Values{"name": {"Ausbildung"}, "code": {"11.4"}, "parent": {"11"}, "from": {"2026-01-01"}})
	section, ok := strings.CutSuffix(made.Header().Get("Location"), "?done=unit-made")
	if !ok {
		t.Fatalf("%d %s", made.Code, made.Body)
	}
	contains(t, "a unit", ask(admin, "GET", section, nil), 200, "11.4 Ausbildung", "11 Personalamt", "I Dezernat I")
	led(t, "another name", ask(admin, "POST", section+"/edit", url.Values{"name": {"Aus- und Fortbildung"}, "code": {"11.4"}, "version": {version(t, admin, section)}}), section+"?done=saved")
	contains(t, "a move without a day", ask(admin, "POST", section+"/move", url.Values{"parent": {"VI"}, "version": {version(t, admin, section)}}), 422, `href="#f-from"`)
	led(t, "a move", ask(admin, "POST", section+"/move", url.Values{"parent": {"VI"}, "from": {"2027-01-01"}, "version": {version(t, admin, section)}}), section+"?done=unit-moved")
	contains(t, "after the move", ask(admin, "GET", section, nil), 200, "vor dem 01.01.2027", "ab 01.01.2027")
	contains(t, "below itself", ask(admin, "POST", "/directory/units/"+ids["Dezernat I"]+"/move", url.Values{"parent": {"11"}, "from": {"2027-01-01"}, "version": {version(t, admin, "/directory/units/"+ids["Dezernat I"])}}), 422, "ab 01.01.2027 unter sich selbst")

	office := "/directory/units/" + ids["Personalamt"]
	contains(t, "closing", ask(admin, "GET", office+"/close?until=2026-12-31", nil), 200, "Eine Person, die länger darin wäre", "31.12.2026")
	contains(t, "closing without a day", ask(admin, "GET", office+"/close?until=", nil), 422, `href="#f-until"`)
	led(t, "closed", ask(admin, "POST", office+"/close", url.Values{"until": {"2026-12-31"}, "version": {version(t, admin, office)}}), office+"?done=unit-closed")
	if p, _ := site.people.Person(t.Context(), "default", ids["Ada Yılmaz"]); len(p.Memberships) != 1 || p.Memberships[0].Until != "2026-12-31" {
		t.Errorf("%+v", p.Memberships)
	}
	if page := ask(admin, "GET", "/directory/units?on=2027-01-01", nil).Body.String(); strings.Contains(page, "Personalamt") || !strings.Contains(page, "11.4 Aus- und Fortbildung") {
		t.Error("a closed unit is in the tree of later days, or one that was moved is not")
	}
	contains(t, "with those closed", ask(admin, "GET", "/directory/units?on=2027-01-01&closed=yes", nil), 200, "geschlossen zum 31.12.2026")
	contains(t, "nobody comes in any more", ask(admin, "POST", "/directory/new", url.Values{"name": {"Zu Spät"}, "unit.0": {"11"}, "from.0": {"2026-06-01"}}), 422, "zum 31.12.2026 geschlossen")
	led(t, "opened", ask(admin, "POST", office+"/open", url.Values{"version": {version(t, admin, office)}}), office+"?done=unit-opened")

	for year, status := range map[string]int{"2027": 303, "27": 422, "x": 422} {
		if answer := ask(admin, "POST", office+"/headcount", url.Values{"year": {year}, "staff": {"44"}}); answer.Code != status {
			t.Errorf("the headcount of %s: %d", year, answer.Code)
		}
	}
	contains(t, "a headcount that is none", ask(admin, "POST", office+"/headcount", url.Values{"year": {"2026"}, "staff": {"-3"}}), 422, `href="#f-staff"`, "zwischen 0 und 10.000.000")
	for range 2 { // taking back what is not there is done already
		led(t, "taken back", ask(admin, "POST", office+"/headcount", url.Values{"year": {"2027"}, "staff": {""}}), office+"?done=headcount")
	}
	contains(t, "deleting one with people", ask(admin, "POST", office+"/delete", url.Values{"name": {"11 Personalamt"}, "version": {version(t, admin, office)}}), 422, "schließen Sie die Einheit")
	contains(t, "deleting by another name", ask(admin, "POST", section+"/delete", url.Values{"name": {"x"}, "version": {version(t, admin, section)}}), 422, `href="#f-name"`)
	led(t, "deleted", ask(admin, "POST", section+"/delete", url.Values{"name": {"11.4 Aus- und Fortbildung"}, "version": {version(t, admin, section)}}), "/directory/units?done=unit-deleted")
}

func TestGroupPages(t *testing.T) {
	site := newTown(t, "http://content.example")
	ids := settled(t, site)
	course := aCourse(t, site, fireSafety())
	admin := site.as(visitor.Administrator)
	contains(t, "the list", ask(admin, "GET", "/directory/groups", nil), 200, "Es gibt eine Gruppe.", "BS-26", "Brandschutz im Rathaus")
	contains(t, "a bad one", ask(admin, "POST", "/directory/groups", url.Values{"name": {""}, "from": {"x"}}), 422, `href="#f-from"`)
	contains(t, "the wrong way round", ask(admin, "POST", "/directory/groups", url.Values{"name": {"a"}, "from": {"2026-02-01"}, "until": {"2026-01-01"}}), 422, "liegt vor dem Beginn")
	made := ask(admin, "POST", "/directory/groups", url.Values{"name": {"Durchgang 2"}, "course": {course}, "from": {"2026-10-01"}, "until": {"2027-03-31"}})
	page, ok := strings.CutSuffix(made.Header().Get("Location"), "?done=group-made")
	if !ok {
		t.Fatalf("%d %s", made.Code, made.Body)
	}
	contains(t, "by course", ask(admin, "GET", "/directory/groups?course="+course, nil), 200, "Durchgang 2", "01.10.2026 bis 31.03.2027")
	contains(t, "the search", ask(admin, "GET", page+"?q=ada", nil), 200, "1001", "Als Mitglied")
	ada := ids["Ada Yılmaz"]
	led(t, "a member", ask(admin, "POST", page+"/people", url.Values{"person": {ada}, "as": {"member"}, "from": {"2026-10-05"}}), page+"?done=member-added")
	led(t, "a trainer", ask(admin, "POST", page+"/people", url.Values{"person": {ada}, "as": {"trainer"}}), page+"?done=trainer-added")
	contains(t, "nobody", ask(admin, "POST", page+"/people", url.Values{"person": {"nobody"}}), 422, "gibt es nicht")
	contains(t, "no day", ask(admin, "POST", page+"/people", url.Values{"person": {ada}, "from": {"x"}}), 422)
	contains(t, "the group", ask(admin, "GET", page, nil), 200, "Ein Mitglied, eine Trainerin oder ein Trainer.", "ab 05.10.2026", "Brandschutz im Rathaus")
	led(t, "no trainer", ask(admin, "POST", page+"/trainers/"+ada+"/remove", nil), page+"?done=trainer-dropped")
	contains(t, "no trainer again", ask(admin, "POST", page+"/trainers/"+ada+"/remove", nil), 404)
	led(t, "no member", ask(admin, "POST", page+"/members/"+ada+"/remove", nil), page+"?done=member-dropped")
	led(t, "another name", ask(admin, "POST", page+"/edit", url.Values{"name": {"Durchgang II"}, "version": {version(t, admin, page)}}), page+"?done=saved")
	contains(t, "deleting", ask(admin, "POST", page+"/delete", url.Values{"name": {"x"}, "version": {version(t, admin, page)}}), 422)
	led(t, "deleted", ask(admin, "POST", page+"/delete", url.Values{"name": {"Durchgang II"}, "version": {version(t, admin, page)}}), "/directory/groups?done=group-deleted")
	contains(t, "gone", ask(admin, "GET", page, nil), 404)
}

// upload sends a file to be looked at.
func sendFile(t testing.TB, h http.Handler, name string, file []byte, fields url.Values) *httptest.ResponseRecorder {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	err := form.WriteField("guard", "guard-word")
	for field, values := range fields {
		if err == nil {
			err = form.WriteField(field, values[0])
		}
	}
	if err == nil && name != "" {
		part, formErr := form.CreateFormFile("file", name)
		if err = formErr; err == nil {
			_, err = part.Write(file)
		}
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/directory/import", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

const staffList = "Personalnummer;Name;E-Mail;Amt;Bemerkung\n1001;Ada Yılmaz-Berg;ada@musterstadt.example;11;\n1010;<b>Dora</b>;dora@musterstadt.example;VI;neu\n"

// shownApply is the form that takes over what a preview shows.
func shownApply(t testing.TB, preview *httptest.ResponseRecorder) url.Values {
	t.Helper()
	form := url.Values{}
	for _, field := range []string{"sha256", "version"} {
		found := regexp.MustCompile(`name="` + field + `" value="([0-9a-f]+)"`).FindStringSubmatch(preview.Body.String())
		if found == nil {
			t.Fatalf("the preview has no %s:\n%s", field, preview.Body)
		}
		form.Set(field, found[1])
	}
	return form
}

// TestImport: what is shown is taken over, and nothing else.
func TestImport(t *testing.T) {
	site := newTown(t, "http://content.example")
	ids := settled(t, site)
	admin := site.as(visitor.Administrator)
	contains(t, "the page", ask(admin, "GET", "/directory/import", nil), 200, "Noch nichts.", "höchstens 17")
	before := site.people.Version("default")
	sent := sendFile(t, admin, `C:\Listen\personal.csv`, []byte(staffList), url.Values{"kind": {"people"}})
	path := sent.Header().Get("Location")
	if sent.Code != 303 || !strings.HasPrefix(path, "/directory/import/") {
		t.Fatalf("%d %s", sent.Code, sent.Body)
	}
	preview := ask(admin, "GET", path, nil)
	sum := sha256.Sum256([]byte(staffList))
	contains(t, "the preview", preview, 200, "Vorschau: personal.csv", "2 Änderungen aus 2 Zeilen. Noch ist nichts übernommen.", hex.EncodeToString(sum[:]), "CSV, UTF-8, ;", "&lt;b&gt;Dora", "Diese 2 Änderungen übernehmen", "Bemerkung")
	if site.people.Version("default") != before {
		t.Fatal("looking changed the directory")
	}
	form := shownApply(t, preview)

	for what, change := range map[string]func(url.Values){
		"another file":      func(f url.Values) { f.Set("sha256", strings.Repeat("0", 64)) },
		"another directory": func(f url.Values) { f.Set("version", "1") },
	} {
		other := url.Values{"sha256": form["sha256"], "version": form["version"]}
		change(other)
		refused := ask(admin, "POST", path+"/apply", other)
		contains(t, what, refused, 409, "Es ist nichts übernommen", "Diese 2 Änderungen übernehmen")
		contains(t, what+": the page of before", ask(admin, "GET", path, nil), 410, "Es ist nichts übernommen")
		path = "/directory/import/" + regexp.MustCompile(`/directory/import/([A-Z0-9]+)/apply`).FindStringSubmatch(refused.Body.String())[1]
	}
	contains(t, "without what was shown", ask(admin, "POST", path+"/apply", nil), 400)
	other := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visitor.Visitor{Tenant: "default", Account: "other", Roles: []visitor.Role{visitor.Administrator}}
		site.ServeHTTP(w, r.WithContext(visitor.With(r.Context(), v)))
	})
	contains(t, "by somebody else", ask(other, "POST", path+"/apply", form), 410)

	// The directory is changed by somebody else in between: what would happen now is shown.
	name := "Ada Y."
	if _, err := site.people.EditPerson(t.Context(), "default", ids["Ada Yılmaz"], 0, directory.PersonEdit{Name: &name}); err != nil {
		t.Fatal(err)
	}
	contains(t, "a change in between", ask(admin, "POST", path+"/apply", form), 409, "Verzeichnis wurde geändert")
	sent = sendFile(t, admin, "personal.csv", []byte(staffList), url.Values{"kind": {"people"}})
	path = sent.Header().Get("Location")
	form = shownApply(t, ask(admin, "GET", path, nil))
	led(t, "taken over", ask(admin, "POST", path+"/apply", form), "/directory/import?done=imported")
	contains(t, "taken over again", ask(admin, "POST", path+"/apply", form), 410)
	if p, _ := site.people.PersonByStaff(t.Context(), "default", "1010"); p == nil || p.Name != "<b>Dora</b>" || p.Unit != ids["Dezernat VI"] {
		t.Errorf("%+v", p)
	}
	contains(t, "the history", ask(admin, "GET", "/directory/import?done=imported", nil), 200, "Die Datei ist übernommen.", "personal.csv", "m.muster")
	path = sendFile(t, admin, "personal.csv", []byte(staffList), url.Values{"kind": {"people"}}).Header().Get("Location")
	contains(t, "nothing new", ask(admin, "GET", path, nil), 200, "Die 2 Zeilen ändern nichts")
	led(t, "dropped", ask(admin, "POST", path+"/drop", nil), "/directory/import?done=import-dropped")
	contains(t, "after that", ask(admin, "GET", path, nil), 410)
}

// TestImportFaults: what is wrong is said by line and column, and can be put right.
func TestImportFaults(t *testing.T) {
	site := newTown(t, "http://content.example")
	settled(t, site)
	admin := site.as(visitor.Administrator)
	look := func(file string, fields url.Values) (string, *httptest.ResponseRecorder) {
		t.Helper()
		sent := sendFile(t, admin, "liste.csv", []byte(file), fields)
		path := sent.Header().Get("Location")
		if sent.Code != 303 {
			t.Fatalf("%d %s", sent.Code, sent.Body)
		}
		return path, ask(admin, "GET", path, nil)
	}
	people := url.Values{"kind": {"people"}}
	path, page := look("Personalnummer;E-Mail;Amt;seit\n1001;ada;11;\n1002;;99;gestern\n", people)
	contains(t, "faults", page, 200, "An 3 Stellen stimmt etwas nicht", "„ada“ ist keine E-Mail-Adresse.", "Eine Einheit „99“ gibt es nicht; importieren Sie zuerst die Einheiten.", "„gestern“ ist kein Tag wie 31.01.2026", `<td class="n" data-label="Zeile">3</td><td data-label="Spalte">4 <span class="soft">seit</span>`)
	if strings.Contains(page.Body.String(), path+"/apply") {
		t.Error("faults can be taken over")
	}
	contains(t, "applied all the same", ask(admin, "POST", path+"/apply", url.Values{"sha256": {"x"}, "version": {"1"}}), 422)
	contains(t, "in English", ask(admin, "GET", path+"?lang=en", nil), 200, "&#34;ada&#34; is not an e-mail address", "something wrong in 3 places")

	path, page = look("Nummer;Wer\n7;Zoe\n", people)
	contains(t, "columns that say nothing", page, 200, "Keine Spalte ist als Personalnummer, E-Mail", `name="column.0"`)
	next := ask(admin, "POST", path+"/columns", url.Values{"column.0": {"staff"}, "column.1": {"name"}})
	page = ask(admin, "GET", next.Header().Get("Location"), nil)
	contains(t, "mapped", page, 200, "Eine Änderung aus einer Zeile.", "Zoe")
	contains(t, "the page before it", ask(admin, "GET", path, nil), 410)
	path = next.Header().Get("Location")
	contains(t, "a meaning that is none", ask(admin, "POST", path+"/columns", url.Values{"column.0": {"nothing"}}), 422, "kann hier keine Spalte bedeuten")
	led(t, "taken over as it was mapped", ask(admin, "POST", path+"/apply", shownApply(t, page)), "/directory/import?done=imported")
	if p, _ := site.people.PersonByStaff(t.Context(), "default", "7"); p == nil || p.Name != "Zoe" {
		t.Errorf("%+v", p)
	}

	_, page = look("", people)
	contains(t, "empty", page, 200, "Die Datei ist leer.")
	contains(t, "no file", sendFile(t, admin, "", nil, people), 422, "Bitte wählen Sie eine Datei.", `href="#f-file"`)
	contains(t, "no kind", sendFile(t, admin, "a.csv", []byte("a;b\n"), nil), 422, `href="#f-kind"`)
	contains(t, "no day", sendFile(t, admin, "a.csv", []byte("a;b\n"), url.Values{"kind": {"people"}, "from": {"x"}}), 422, `href="#f-from"`)
	contains(t, "units are never complete", sendFile(t, admin, "a.csv", []byte("Name\nx\n"), url.Values{"kind": {"units"}, "complete": {"yes"}}), 422, `href="#f-complete"`, "gilt nie als vollständig")
	contains(t, "too large", sendFile(t, admin, "a.csv", bytes.Repeat([]byte("x"), maxFile+1), people), 422, "größer als", `href="#f-file"`)
	contains(t, "far too large", sendFile(t, admin, "a.csv", bytes.Repeat([]byte("x"), maxFile+2*maxForm), people), 422, "größer als")

	path, page = look("Personalnummer;Name\n1001;Ada Yılmaz\n", url.Values{"kind": {"people"}, "complete": {"yes"}, "from": {"2026-12-01"}})
	contains(t, "a complete list", page, 200, "vollständige Liste", "nicht in der Datei", "Bernd Hoffmann", "01.12.2026")
	led(t, "taken over", ask(admin, "POST", path+"/apply", shownApply(t, page)), "/directory/import?done=imported")
	if p, _ := site.people.PersonByStaff(t.Context(), "default", "1002"); p.Memberships[0].Until != "2026-11-30" {
		t.Errorf("%+v", p.Memberships)
	}
}

// TestShownFiles: only the last preview of an account is kept, for a while, and not too many
// bytes of all.
func TestShownFiles(t *testing.T) {
	var f shownFiles
	keep := func(account string, bytes int) *shownFile {
		s := &shownFile{tenant: "town", account: account, data: make([]byte, bytes)}
		f.keep(s, testNow)
		return s
	}
	there := func(s *shownFile, at time.Time) bool { return f.find(s.tenant, s.account, s.id, at) == s }
	a := keep("a", 10)
	b := keep("b", shownBytes-30)
	if !there(a, testNow) || !there(b, testNow) || there(a, testNow.Add(shownFor)) || f.find("village", "a", a.id, testNow) != nil || f.find("town", "b", a.id, testNow) != nil {
		t.Error("what was kept")
	}
	again := keep("a", 10)
	if there(a, testNow) || !there(again, testNow) || !there(b, testNow) {
		t.Error("the second file of one account")
	}
	c := keep("c", 20)
	if there(b, testNow) || !there(again, testNow) || !there(c, testNow) {
		t.Error("the oldest does not make room")
	}
	f.keep(&shownFile{account: "d"}, testNow.Add(time.Hour))
	if len(f.list) != 1 {
		t.Errorf("%d are kept for ever", len(f.list)-1)
	}
}

func TestUnassigned(t *testing.T) {
	site := newTown(t, "http://content.example")
	ids := settled(t, site)
	admin, reader := site.as(visitor.Administrator), site.as(visitor.DataProtection)
	page := ask(admin, "GET", "/directory/unassigned", nil)
	contains(t, "the list", page, 200, "2 Kennungen", "bernd@alt.example", "Hoffmann, Bernd", "/directory/unassigned/match?", "person="+ids["Bernd Hoffmann"], "https://moodle.musterstadt.example gast")
	if strings.Contains(ask(reader, "GET", "/directory/unassigned", nil).Body.String(), "/match") {
		t.Error("who only reads is offered to match")
	}
	identifier := "mbox|mailto:bernd@alt.example"
	at := "/directory/unassigned/match?identifier=" + url.QueryEscape(identifier)
	contains(t, "whose", ask(admin, "GET", at+"&q=bernd", nil), 200, "Wem gehört bernd@alt.example?", "Bernd Hofmann", "/directory/new?identifier=bernd%40alt.example")
	chosen := ask(admin, "GET", at+"&person="+ids["Bernd Hoffmann"], nil)
	contains(t, "chosen", chosen, 200, "zählt danach bei „Bernd Hoffmann“", "bernd@musterstadt.example")
	form := url.Values{"identifier": {identifier}, "person": {ids["Bernd Hoffmann"]}, "version": versionInPage.FindStringSubmatch(chosen.Body.String())[1:]}
	led(t, "matched", ask(admin, "POST", "/directory/unassigned/match", form), "/directory/people/"+ids["Bernd Hoffmann"]+"?done=matched")
	contains(t, "once more", ask(admin, "POST", "/directory/unassigned/match", form), 409)
	led(t, "matched meanwhile", ask(admin, "GET", at, nil), "/directory/people/"+ids["Bernd Hoffmann"])
	contains(t, "no identifier", ask(admin, "GET", "/directory/unassigned/match?identifier=x", nil), 404)
	contains(t, "no identifier, posted", ask(admin, "POST", "/directory/unassigned/match", url.Values{"identifier": {"nonsense|x"}, "person": {ids["Bernd Hofmann"]}, "version": {version(t, admin, "/directory/people/"+ids["Bernd Hofmann"]+"/edit")}}), 422, "ist keine Kennung")
	contains(t, "nobody", ask(admin, "POST", "/directory/unassigned/match", url.Values{"identifier": {identifier}, "person": {"nobody"}}), 404)
	contains(t, "one left", ask(admin, "GET", "/directory/unassigned", nil), 200, "Eine Kennung, die lernt")
	contains(t, "a new person for it", ask(admin, "GET", "/directory/new?identifier=https%3A%2F%2Fmoodle.musterstadt.example+gast&name=Gast", nil), 200, "https://moodle.musterstadt.example gast", `value="Gast"`)
}

func TestAccountPages(t *testing.T) {
	site := newTown(t, "http://content.example")
	ids := settled(t, site)
	admin, reader := site.as(visitor.Administrator), site.as(visitor.DataProtection)
	contains(t, "the list", ask(admin, "GET", "/accounts", nil), 200, "Es gibt 4 Konten.", "Lernende, Trainerin/Trainer", "Link offen", "7 falsche Versuche", "gesperrt", "/accounts/oidc:7")
	if strings.Contains(ask(reader, "GET", "/accounts", nil).Body.String(), "/accounts/new") {
		t.Error("who only reads is offered a change")
	}
	contains(t, "an account", ask(admin, "GET", "/accounts/ada", nil), 200, "Brandschutz Herbst", "/directory/people/"+ids["Ada Yılmaz"], "Alle Sitzungen von Ada beenden?", "Zuletzt 7")
	if page := ask(reader, "GET", "/accounts/ada", nil).Body.String(); strings.Contains(page, "/accounts/ada/") {
		t.Error("who only reads is offered a change")
	}
	contains(t, "no account", ask(admin, "GET", "/accounts/nobody", nil), 404)

	form := url.Values{"login": {"b hoffmann"}, "name": {"Bernd <i>Hoffmann</i>"}, "person": {"nobody at all"}}
	contains(t, "no roles", ask(admin, "POST", "/accounts/new", form), 422, `href="#f-role"`, `href="#f-person"`, "&lt;i&gt;Hoffmann")
	form.Set("person", "1002")
	form["role"] = []string{"trainer", "king"}
	contains(t, "a name that is none", ask(admin, "POST", "/accounts/new", form), 422, `href="#f-login"`, "keine Leerzeichen")
	form.Set("login", "ada")
	contains(t, "a name that is taken", ask(admin, "POST", "/accounts/new", form), 422, "gibt es schon")
	form.Set("login", "b.hoffmann")
	contains(t, "by a link", ask(admin, "POST", "/accounts/new", form), 200, "https://lrs.example/signin/reset?token=one", "nur jetzt zu sehen")
	if a, _ := site.accounts.Account(t.Context(), "default", "b.hoffmann"); a.Person != ids["Bernd Hoffmann"] || !slices.Equal(a.Roles, []visitor.Role{visitor.Trainer}) {
		t.Errorf("%+v", a)
	}
	form.Set("login", "once")
	form.Set("opens", "password")
	contains(t, "by a one-time password", ask(admin, "POST", "/accounts/new", form), 200, "one-time-word", "wählt dann ein eigenes")
	contains(t, "not a second time", ask(admin, "GET", "/accounts/once", nil), 200, "Einmalpasswort")
	if strings.Contains(ask(admin, "GET", "/accounts/once", nil).Body.String(), "one-time-word") {
		t.Error("a one-time password is shown twice")
	}

	led(t, "other roles", ask(admin, "POST", "/accounts/ada/edit", url.Values{"name": {"Ada"}, "role": {"auditor"}, "person": {"1001"}}), "/accounts/ada?done=saved")
	contains(t, "giving up oneself", ask(admin, "POST", "/accounts/m.muster/edit", url.Values{"role": {"learner"}}), 422, "Sich selbst kann niemand")
	led(t, "disabled", ask(admin, "POST", "/accounts/ada/disable", nil), "/accounts/ada?done=disabled")
	led(t, "enabled", ask(admin, "POST", "/accounts/ada/enable", nil), "/accounts/ada?done=enabled")
	contains(t, "disabling oneself", ask(admin, "POST", "/accounts/m.muster/disable", nil), 409, "Sich selbst kann niemand")
	led(t, "signed out", ask(admin, "POST", "/accounts/ada/signout", nil), "/accounts/ada?done=signed-out")
	contains(t, "reset", ask(admin, "POST", "/accounts/ada/reset", nil), 200, "token=two", "nur jetzt zu sehen")
	contains(t, "no password to reset", ask(admin, "POST", "/accounts/oidc:7/reset", nil), 409, "hier kein Passwort")
	contains(t, "deleting", ask(admin, "GET", "/accounts/ada/delete", nil), 200, "alle Sitzungen, sofort")
	contains(t, "by another name", ask(admin, "POST", "/accounts/ada/delete", url.Values{"name": {"Adam"}}), 422)
	contains(t, "the last one", ask(admin, "POST", "/accounts/m.muster/delete", url.Values{"name": {"m.muster"}}), 409, "das letzte Konto der Administration")
	led(t, "deleted", ask(admin, "POST", "/accounts/ada/delete", url.Values{"name": {"Ada"}}), "/accounts?done=account-deleted")
}

// TestSentences: whatever the directory says can be said in German, and nothing else
// is translated.
func TestSentences(t *testing.T) {
	forms := map[string]bool{
		"there is more than one unit of the name %q; say its code": true, "there is more than one group of the name %q; say its code": true,
		"%q is not an e-mail address": true, "%q is not the home page and the name of an account": true, "%q is not an OpenID, which is a URI": true, "%q is not a SHA-1 of 40 hexadecimal digits": true,
		"a quote that opens a text is not closed before the next delimiter; a quote within a text is written twice":     true,
		"there is a quote within a text that does not begin with one; put the text in quotes and write the quote twice": true, "this is not CSV": true,
	}
	place := map[string]int{"invalid": 1, "conflict": 0, "tell": 0, "problem": 3, "wrong": 2, "failed": 2} // of the form, by function
	for _, folder := range []string{"../directory", "../directory/sheet"} {
		files, err := filepath.Glob(folder + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(tree, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				name := ""
				switch f := call.Fun.(type) {
				case *ast.Ident:
					name = f.Name
				case *ast.SelectorExpr:
					name = f.Sel.Name
				}
				at, known := place[name]
				if !known || len(call.Args) <= at {
					return true
				}
				if text, ok := call.Args[at].(*ast.BasicLit); ok {
					if form, err := strconv.Unquote(text.Value); err == nil && form != "%s" && form != "" {
						forms[form] = true
					}
				}
				return true
			})
		}
	}
	german := translatedSentences["de"]
	verbs := regexp.MustCompile(`%[dqs]`)
	for form := range forms {
		said, ok := german[form]
		if !ok {
			t.Errorf("%q cannot be said in German", form)
		}
		for i := range verbs.FindAllString(form, -1) {
			if !strings.Contains(said, fmt.Sprintf("{%d}", i)) {
				t.Errorf("%q lacks {%d}", said, i)
			}
		}
	}
	for form := range german {
		if !forms[form] {
			t.Errorf("nobody says %q", form)
		}
	}
}
