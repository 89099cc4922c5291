package web

import (
	"encoding/csv"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lernspur/directory"
	"lernspur/web/visitor"
)

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
	if strings.Contains(second.Body.String(), "Person 049") || strings.Contains(second.Body.String(), "Show more") {
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
	if rows[2][1] != "'"+formula || !slices.Contains(rows[3], "ada@musterstadt.example") || rows[3][7] != "11" || rows[3][8] != "2024-01-01" {
		t.Errorf("%q", rows)
	}
	// What was exported changes nothing when it is imported, formulas aside.
	lines := strings.SplitAfter(answer.Body.String(), "\r\n")
	file := strings.Join(slices.Delete(lines, 2, 3), "")
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
		contains(t, "what goes", ask(admin, "GET", page+"/delete", nil), 200, "dann niemandem", "Es bleiben: Statements")
		v := version(t, admin, page+"/delete")
		contains(t, "another name", ask(admin, "POST", page+"/delete", url.Values{"name": {"Ada"}, "version": {v}}), 422, "es ist nichts gelöscht", `href="#f-name"`)
		contains(t, "another version", ask(admin, "POST", page+"/delete", url.Values{"name": {name}, "version": {"1"}}), 409)
		led(t, name, ask(admin, "POST", page+"/delete", url.Values{"name": {name}, "version": {v}}), "/directory?done=person-deleted")
		contains(t, "gone", ask(admin, "GET", page, nil), 404)
	}
}
