package directory

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lernspur/directory/sheet"
)

const unitsFile = "Nummer;Bezeichnung;Art;Übergeordnete Einheit;gültig ab\n" +
	"11;Personalamt;Amt;I;\n" + // before what it lies below
	"I;Dezernat I;Dezernat;Stadt;\nVI;Dezernat VI;Dezernat;Stadt;\n;Stadt;Stadt;;\n"

func imported(t testing.TB, d *Directory, kind, file string, o ImportOptions) *ImportResult {
	t.Helper()
	o.Kind = kind
	r, err := d.Import(t.Context(), "town", []byte(file), o)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return r
}

func counts(r *ImportResult) string {
	return fmt.Sprintf("%d new, %d changed, %d unchanged, %d left out, %d merged", r.New, r.Changed, r.Unchanged, r.LeftOut, r.Merged)
}

func unitBy(t testing.TB, d *Directory, code string) *Unit {
	t.Helper()
	s := d.read("town")
	for _, u := range s.units {
		if u.Code == code || u.Name == code {
			return u
		}
	}
	t.Fatalf("no unit %s", code)
	return nil
}

func staffed(t testing.TB, d *Directory, staff string) *Person {
	t.Helper()
	p, ok := d.PersonByStaff(t.Context(), "town", staff)
	if !ok {
		t.Fatalf("nobody has the number %s", staff)
	}
	return p
}

func TestImportUnits(t *testing.T) {
	r := &drawer{}
	d := openDirectory(t, r)
	if dry := imported(t, d, KindUnits, unitsFile, ImportOptions{DryRun: true}); counts(dry) != "4 new, 0 changed, 0 unchanged, 0 left out, 0 merged" || d.Version("town") != 0 {
		t.Errorf("dry run: %s, version %d", counts(dry), d.Version("town"))
	}
	imported(t, d, KindUnits, unitsFile, ImportOptions{})
	amt, one, six, town := unitBy(t, d, "11"), unitBy(t, d, "I"), unitBy(t, d, "VI"), unitBy(t, d, "Stadt")
	if got := d.UnitPath(t.Context(), "town", amt.ID, "2020-01-01"); !slices.Equal(got, []string{town.ID, one.ID, amt.ID}) {
		t.Errorf("%v", got)
	}
	if r.writes != 1 {
		t.Errorf("%d writes", r.writes)
	}
	version := d.Version("town")
	if again := imported(t, d, KindUnits, unitsFile, ImportOptions{}); counts(again) != "0 new, 0 changed, 4 unchanged, 0 left out, 0 merged" || d.Version("town") != version {
		t.Errorf("the same again: %s", counts(again))
	}
	moved := imported(t, d, KindUnits, "Nummer,Name,gehört zu,ab\n11,,VI,1.7.2026\n", ImportOptions{})
	if counts(moved) != "0 new, 1 changed, 0 unchanged, 3 left out, 0 merged" || moved.Changes[0].Fields[0] != "places" {
		t.Errorf("a move: %s %+v", counts(moved), moved.Changes)
	}
	for day, above := range map[Date]*Unit{"2026-06-30": one, "2026-07-01": six} {
		if got := d.UnitPath(t.Context(), "town", amt.ID, day); got[1] != above.ID {
			t.Errorf("on %s: %v", day, got)
		}
	}
	sound(t, d, r)
}

func TestImportPeople(t *testing.T) {
	r := &drawer{}
	d := openDirectory(t, r)
	imported(t, d, KindUnits, unitsFile, ImportOptions{})
	first := "Personal-Nr.;Vorname;Name;E-Mail;Benutzername;Amt;seit\n" +
		"1;Ada;Example;ada@town.example;ada;11;\n2;Bob;Müller;bob@town.example, b@town.example;;Dezernat VI;1.1.2025\n"
	o := ImportOptions{HomePage: "https://id.town.example"}
	got := imported(t, d, KindPeople, first, o)
	if counts(got) != "2 new, 0 changed, 0 unchanged, 0 left out, 0 merged" {
		t.Error(counts(got))
	}
	wantColumns := []Column{{"Personal-Nr.", "staff"}, {"Vorname", "first"}, {"Name", "last"}, {"E-Mail", "mbox"}, {"Benutzername", "account"}, {"Amt", "unit"}, {"seit", "since"}}
	if diff := cmp.Diff(wantColumns, got.Columns); diff != "" {
		t.Error(diff)
	}
	ada, bob := staffed(t, d, "1"), staffed(t, d, "2")
	if ada.Name != "Ada Example" || !slices.Equal(ada.Identifiers, []string{adaBox, "account|https://id.town.example|ada"}) ||
		!slices.Equal(ada.Memberships, []Membership{{unitBy(t, d, "11").ID, "", ""}}) {
		t.Errorf("%+v", ada)
	}
	if len(bob.Identifiers) != 2 || bob.Memberships[0].From != "2025-01-01" {
		t.Errorf("%+v", bob)
	}
	if again := imported(t, d, KindPeople, first, o); counts(again) != "0 new, 0 changed, 2 unchanged, 0 left out, 0 merged" {
		t.Errorf("the same again: %s", counts(again))
	}
	// What a file does not say stays; a new unit holds from the day given on.
	second := imported(t, d, KindPeople, "staff,unit\n1,VI\n", ImportOptions{From: "2026-09-01"})
	if counts(second) != "0 new, 1 changed, 0 unchanged, 1 left out, 0 merged" {
		t.Error(counts(second))
	}
	ada = staffed(t, d, "1")
	want := []Membership{{unitBy(t, d, "11").ID, "", "2026-08-31"}, {unitBy(t, d, "VI").ID, "2026-09-01", ""}}
	if diff := cmp.Diff(want, ada.Memberships); diff != "" || ada.Name != "Ada Example" || len(ada.Identifiers) != 2 {
		t.Errorf("%+v %s", ada, diff)
	}
	// Bob leaves at the end of the year, where he is.
	imported(t, d, KindPeople, "staff;unit;until\n2;VI;31.12.2026\n", ImportOptions{})
	if bob = staffed(t, d, "2"); len(bob.Memberships) != 1 || bob.Memberships[0].From != "2025-01-01" || bob.Memberships[0].Until != "2026-12-31" {
		t.Errorf("%+v", bob)
	}
	// Nobody else is there any longer.
	complete := imported(t, d, KindPeople, "staff\n1\n", ImportOptions{Complete: true, From: "2026-10-01"})
	if counts(complete) != "0 new, 0 changed, 1 unchanged, 1 left out, 0 merged" {
		t.Error(counts(complete))
	}
	if bob = staffed(t, d, "2"); bob.Unit != "" || bob.Memberships[0].Until != "2026-09-30" {
		t.Errorf("%+v", bob)
	}
	if list := d.Imports(t.Context(), "town"); len(list) != 5 {
		t.Errorf("the history: %+v", list)
	}
	sound(t, d, r)
}

// TestImportMerges: a row that has identifiers of two makes one person of them, and
// it can be undone.
func TestImportMerges(t *testing.T) {
	r := &drawer{}
	d := openDirectory(t, r)
	account, box := addPerson(t, d, "", "", adaAccount), addPerson(t, d, "Ada", "1", adaBox)
	file := "staff;email;account;home page\n1;ada@town.example;a1;https://id.town.example\n"
	if dry := imported(t, d, KindPeople, file, ImportOptions{DryRun: true}); dry.Merged != 1 || len(d.Merges(t.Context(), "town")) != 0 {
		t.Errorf("dry run: %s", counts(dry))
	}
	got := imported(t, d, KindPeople, file, ImportOptions{})
	if counts(got) != "0 new, 1 changed, 0 unchanged, 0 left out, 1 merged" {
		t.Error(counts(got))
	}
	if p, _ := d.PersonOf(t.Context(), "town", adaAccount); p.ID != box.ID {
		t.Errorf("%+v", p)
	}
	m := d.Merges(t.Context(), "town")[0]
	if m.Gone != account.ID || m.Reason != "import "+got.ID {
		t.Errorf("%+v", m)
	}
	if _, err := d.Split(t.Context(), "town", m.ID, 0); err != nil {
		t.Fatal(err)
	}
	if p, _ := d.PersonOf(t.Context(), "town", adaAccount); p.ID != account.ID {
		t.Errorf("%+v", p)
	}
	// Two rows of one file, of which a third knows that they are one.
	r = &drawer{}
	d = openDirectory(t, r)
	imported(t, d, KindPeople, "email;openid;name\na@t.example;;A\n;https://a.example/;\n", ImportOptions{})
	got = imported(t, d, KindPeople, "email;openid;name\na@t.example;https://a.example/;\nb@t.example;;B\n", ImportOptions{})
	if counts(got) != "1 new, 1 changed, 0 unchanged, 0 left out, 1 merged" {
		t.Error(counts(got))
	}
	sound(t, d, r)
}

func TestImportGroups(t *testing.T) {
	r := &drawer{}
	d := openDirectory(t, r)
	a, b, c := addPerson(t, d, "A", "1"), addPerson(t, d, "B", "2", adaBox), addPerson(t, d, "C", "3")
	file := "Gruppe;Kurs;Personalnummer;E-Mail;Rolle;bis\nBrandschutz 26/1;brandschutz;1;;Teilnehmerin;31.12.2026\nBrandschutz 26/1;;;ada@town.example;TN;\nBrandschutz 26/1;;3;;Dozent;\nleer;;;;;\n"
	if got := imported(t, d, KindGroups, file, ImportOptions{}); counts(got) != "2 new, 0 changed, 0 unchanged, 0 left out, 0 merged" {
		t.Error(counts(got))
	}
	g := d.Groups(t.Context(), "town")[0]
	members := []GroupMember{{a.ID, "", "2026-12-31"}, {b.ID, "", ""}}
	slices.SortFunc(members, func(x, y GroupMember) int { return strings.Compare(x.Person, y.Person) })
	if g.Course != "brandschutz" || !slices.Equal(g.Members, members) || !slices.Equal(g.Trainers, []string{c.ID}) {
		t.Errorf("%+v", g)
	}
	if got := imported(t, d, KindGroups, file, ImportOptions{}); counts(got) != "0 new, 0 changed, 2 unchanged, 0 left out, 0 merged" {
		t.Errorf("the same again: %s", counts(got))
	}
	less := "group;staff\nbrandschutz 26/1;2\n"
	if got := imported(t, d, KindGroups, less, ImportOptions{}); got.Changed != 1 || got.LeftOut != 1 {
		t.Errorf("another spelling renames: %s", counts(got))
	}
	imported(t, d, KindGroups, less, ImportOptions{Complete: true})
	if g, _ = d.Group(t.Context(), "town", g.ID); len(g.Members) != 1 || len(g.Trainers) != 0 {
		t.Errorf("who is not in a complete file: %+v", g)
	}
	sound(t, d, r)
}

func TestImportHeadcounts(t *testing.T) {
	r := &drawer{}
	d := openDirectory(t, r)
	imported(t, d, KindUnits, unitsFile, ImportOptions{})
	imported(t, d, KindHeadcounts, "OE;Jahr;Beschäftigte\nStadt;2025;3.200\n11;2026;40\nVI;2026;1 100\n", ImportOptions{})
	got := imported(t, d, KindHeadcounts, "OE;Jahr;Beschäftigte\n11;2026;41\n", ImportOptions{Complete: true})
	if counts(got) != "0 new, 1 changed, 0 unchanged, 2 left out, 0 merged" {
		t.Error(counts(got))
	}
	if n, _ := d.Headcount(t.Context(), "town", unitBy(t, d, "Stadt").ID, 2025); n != 3200 {
		t.Errorf("another year: %d", n)
	}
	if _, ok := d.Headcount(t.Context(), "town", unitBy(t, d, "VI").ID, 2026); ok {
		t.Error("what a complete file does not have is there")
	}
	sound(t, d, r)
}

// TestImportErrors: by line and column, in words, and nothing is taken over.
func TestImportErrors(t *testing.T) {
	for name, tc := range map[string]struct {
		kind, file   string
		line, column int
		words        string
	}{
		"no identifier":         {KindPeople, "staff;name\n9;A\n;B\n", 3, 0, "neither a staff number"},
		"no address":            {KindPeople, "email\nada\n", 2, 1, "not an e-mail address"},
		"no address, in a list": {KindPeople, "staff;email\n9;a@b.example, x@\n", 2, 2, "not an e-mail address"},
		"no sum":                {KindPeople, "sha1\n12\n", 2, 1, "40 hexadecimal digits"},
		"no OpenID":             {KindPeople, "openid\nada\n", 2, 1, "OpenID"},
		"no home page":          {KindPeople, "account\nada\n", 2, 1, "home page"},
		"no unit":               {KindPeople, "staff;unit\n9;77\n", 2, 2, "import the units first"},
		"no day":                {KindPeople, "staff;unit;since\n9;10;31.02.2026\n", 2, 3, "not a day"},
		"ends before":           {KindPeople, "staff;unit;since;until\n9;10;2.1.2026;1.1.2026\n", 2, 4, "before"},
		"twice":                 {KindPeople, "staff;name\n9;A\n9;B\n", 3, 0, "in line 2 already"},
		"two staff numbers":     {KindPeople, "staff;email\n9;ada@town.example\n", 2, 2, "another staff number"},
		"of two with numbers":   {KindPeople, "email;openid\nada@town.example;https://b.example/\n", 2, 2, "different staff numbers"},
		"a long name":           {KindPeople, "staff;name\n9;" + strings.Repeat("x", 201) + "\n", 2, 2, "longer"},
		"nothing recognised":    {KindPeople, "Foo;Bar\n1;2\n", 1, 0, "no column is recognised as staff"},
		"one field twice":       {KindPeople, "staff;Personalnummer\n1;2\n", 1, 2, "map one of them"},
		"a broken file":         {KindPeople, "staff;name\n1;\"A\n", 2, 0, "quote"},
		"a circle":              {KindUnits, "code;name;parent\nA;A;B\nB;B;A\n", 0, 0, "below itself"},
		"no parent":             {KindUnits, "code;name;parent\nA;A;Z\n", 2, 3, "neither in the file"},
		"a unit twice":          {KindUnits, "code;name\nA;A\nA;B\n", 3, 0, "in line 2 already"},
		"a unit without a name": {KindUnits, "code;name\nA;\n", 2, 2, "needs a name"},
		"no role":               {KindGroups, "group;staff;role\ng;1;boss\n", 2, 3, "neither a member nor a trainer"},
		"nobody":                {KindGroups, "group;staff\ng;77\n", 2, 0, "import the people first"},
		"listed twice":          {KindGroups, "group;staff\ng;1\ng;1\n", 3, 0, "twice"},
		"no year":               {KindHeadcounts, "unit;year;count\n10;x;1\n", 2, 2, "not a year"},
		"no number":             {KindHeadcounts, "unit;year;count\n10;2026;many\n", 2, 3, "whole number"},
		"a year of long ago":    {KindHeadcounts, "unit;year;count\n10;26;1\n", 2, 2, "between"},
		"no count":              {KindHeadcounts, "unit;year\n10;26\n", 1, 0, "recognised as count"},
		"a year twice":          {KindHeadcounts, "unit;year;count\n10;2026;1\n10;2026;1\n", 3, 0, "in line 2 already"},
	} {
		t.Run(name, func(t *testing.T) {
			r := &drawer{}
			d := openDirectory(t, r)
			addUnit(t, d, "10", "")
			addPerson(t, d, "Ada", "1", adaBox)
			addPerson(t, d, "B", "2", "openid|https://b.example/")
			before, writes := contents(d.read("town")), r.writes
			check := func(err error) {
				t.Helper()
				var list *ImportErrors
				if !errors.As(err, &list) {
					t.Fatalf("%v", err)
				}
				if e := list.List[0]; e.Line != tc.line || e.Column != tc.column || !strings.Contains(e.Message, tc.words) {
					t.Errorf("%+v", e)
				}
			}
			_, err := d.Import(t.Context(), "town", []byte(tc.file), ImportOptions{Kind: tc.kind})
			check(err)
			if dry, err := d.Import(t.Context(), "town", []byte(tc.file), ImportOptions{Kind: tc.kind, DryRun: true}); err != nil {
				check(err) // of the file as a whole
			} else {
				check(dry.Errors)
			}
			if diff := cmp.Diff(before, contents(d.read("town"))); diff != "" || r.writes != writes {
				t.Errorf("%d writes: %s", r.writes-writes, diff)
			}
		})
	}
}

func TestImportOptions(t *testing.T) {
	d := openDirectory(t, &drawer{})
	for name, o := range map[string]ImportOptions{
		"no kind":             {},
		"unknown kind":        {Kind: "cats"},
		"no such field":       {Kind: KindPeople, Mapping: map[string]string{"Nr": "number"}},
		"no such column":      {Kind: KindPeople, Mapping: map[string]string{"Nummer": "staff"}},
		"units are not whole": {Kind: KindUnits, Complete: true},
	} {
		var bad *Invalid
		if _, err := d.Import(t.Context(), "town", []byte("Nr;Wer\n1;A\n"), o); !errors.As(err, &bad) {
			t.Errorf("%s: %v", name, err)
		}
	}
	imported(t, d, KindPeople, "Nr;Wer;Amt\n1;A;unknown\n", ImportOptions{Mapping: map[string]string{"Nr": "staff", "Wer": "name", "Amt": ""}})
	if p := staffed(t, d, "1"); p.Name != "A" || p.Memberships != nil {
		t.Errorf("%+v", p)
	}
	_, err := d.Import(t.Context(), "town", []byte("staff\n1\n2\n"), ImportOptions{Kind: KindPeople, Limits: sheet.Limits{Rows: 1}})
	if err == nil || !strings.Contains(err.Error(), "line 3") {
		t.Error(err)
	}
}

// TestManyPeople is a large town at once: its time is that of one change.
func TestManyPeople(t *testing.T) {
	r := &drawer{}
	d := openDirectory(t, r)
	var file strings.Builder
	file.WriteString("staff;email;name\n")
	for i := range 20_000 {
		fmt.Fprintf(&file, "%d;p%d@town.example;Person %d\n", i, i, i)
	}
	if got := imported(t, d, KindPeople, file.String(), ImportOptions{}); got.New != 20_000 || got.More != 19_000 || r.writes != 1 {
		t.Errorf("%s, %d writes", counts(got), r.writes)
	}
	page := d.People(t.Context(), "town", PeopleFilter{Query: "PERSON 1999"}, ListPlace{}, 5)
	next := d.People(t.Context(), "town", PeopleFilter{Query: "person 1999"}, page[4].Place(), 100)
	if len(page) != 5 || len(next) != 6 || next[0].Name != "Person 19994" {
		t.Errorf("%d and %d: %+v", len(page), len(next), next[0])
	}
}

func TestOverlay(t *testing.T) {
	a := []Membership{{"a", "", ""}}
	for name, tc := range map[string]struct {
		old  []Membership
		new  Membership
		want []Membership
	}{
		"the first":          {nil, Membership{"b", "", ""}, []Membership{{"b", "", ""}}},
		"from a day on":      {a, Membership{"b", "2026-01-01", ""}, []Membership{{"a", "", "2025-12-31"}, {"b", "2026-01-01", ""}}},
		"for a while":        {a, Membership{"b", "2026-01-01", "2026-01-31"}, []Membership{{"a", "", "2025-12-31"}, {"b", "2026-01-01", "2026-01-31"}, {"a", "2026-02-01", ""}}},
		"where it is":        {a, Membership{"a", "2026-01-01", ""}, a},
		"since ever":         {[]Membership{{"a", "2026-01-01", ""}}, Membership{"b", "", ""}, []Membership{{"b", "", ""}}},
		"until a day":        {[]Membership{{"a", "2026-01-01", ""}}, Membership{"b", "", "2026-06-30"}, []Membership{{"b", "", "2026-06-30"}, {"a", "2026-07-01", ""}}},
		"over several":       {[]Membership{{"a", "", "2025-12-31"}, {"b", "2026-01-01", "2026-01-31"}, {"c", "2026-02-01", ""}}, Membership{"d", "2025-07-01", "2026-03-01"}, []Membership{{"a", "", "2025-06-30"}, {"d", "2025-07-01", "2026-03-01"}, {"c", "2026-03-02", ""}}},
		"after a gap":        {[]Membership{{"a", "", "2025-12-31"}}, Membership{"a", "2026-02-01", ""}, []Membership{{"a", "", "2025-12-31"}, {"a", "2026-02-01", ""}}},
		"on the day behind":  {[]Membership{{"a", "", "2025-12-31"}}, Membership{"a", "2026-01-01", ""}, a},
		"ending what is now": {a, Membership{"a", "2026-01-01", "2026-06-30"}, []Membership{{"a", "", "2026-06-30"}}},
	} {
		if diff := cmp.Diff(tc.want, overlay(tc.old, tc.new)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestReadDate(t *testing.T) {
	for _, tc := range []struct {
		text     string
		workbook bool
		want     Date
		good     bool
	}{
		{"", false, "", true}, {"2026-01-31", false, "2026-01-31", true}, {"31.01.2026", false, "2026-01-31", true}, {"1.2.2026", false, "2026-02-01", true},
		{"2026-01-31T00:00:00", false, "2026-01-31", true},
		// Spreadsheets: 2026-01-01 is day 46023, and a time of day behind it does not matter.
		{"46023", true, "2026-01-01", true}, {"46023.75", true, "2026-01-01", true}, {"46023", false, "", false},
		{"31.02.2026", false, "", false}, {"1/2/2026", false, "", false}, {"31.01.26", false, "", false}, {"60", true, "", false}, {"1.1.1899", false, "", false},
	} {
		if got, err := readDate(tc.text, tc.workbook); got != tc.want || (err == nil) != tc.good {
			t.Errorf("%q: %q, %v", tc.text, got, err)
		}
	}
}

// TestListsBeyondTheTenant: a list of more units or groups than a tenant has room
// for is refused before they are compared with each other.
func TestListsBeyondTheTenant(t *testing.T) {
	d, err := OpenDirectory(t.Context(), Dependencies{Records: &drawer{}, Limits: Limits{Units: 2, Groups: 2}})
	if err != nil {
		t.Fatal(err)
	}
	for kind, tc := range map[string]struct{ fits, beyond, words string }{
		KindUnits:  {"name\na\nb\n", "name\na\nb\nc\n", "more than 2 units"},
		KindGroups: {"group\na\na\nb\n", "group\na\na\nb\nc\n", "more than 2 groups"},
	} {
		var problems *ImportErrors
		_, err := d.Import(t.Context(), "town", []byte(tc.beyond), ImportOptions{Kind: kind})
		if !errors.As(err, &problems) || !strings.Contains(problems.Error(), tc.words) || problems.List[0].Line == 0 {
			t.Errorf("%s: %v", kind, err)
		}
		if r, err := d.Import(t.Context(), "town", []byte(tc.fits), ImportOptions{Kind: kind}); err != nil || r.New != 2 {
			t.Errorf("%s that fit: %+v, %v", kind, r, err)
		}
	}
}
