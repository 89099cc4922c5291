package directory

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"lernspur/directory/sheet"
)

// The kinds of files.
const (
	KindPeople     = "people"
	KindUnits      = "units"
	KindGroups     = "groups"
	KindHeadcounts = "headcounts"
)

// Kinds lists them.
func Kinds() []string { return []string{KindPeople, KindUnits, KindGroups, KindHeadcounts} }

// kind is what is known of the files of one kind.
type kind struct {
	fields []field
	needs  [][]string // of each, one at least
	run    func(*importing)
}

// field is what a column can mean, with headings by which it is recognised: as
// plain leaves them.
type field struct {
	name     string
	headings []string
}

// Who a row is about, in files of people and of groups.
var identity = []field{
	{"staff", []string{"personalnummer", "personalnr", "persnr", "personalnum", "pnr", "mitarbeiternummer", "mitarbeiternr", "manr", "stammnummer", "staff", "staffnumber", "staffno", "staffid", "employeenumber", "employeeno", "employeeid", "personnelnumber"}},
	{"mbox", []string{"email", "emailadresse", "emailadressen", "mail", "mailadresse", "emails", "emailaddress", "emailaddresses", "mbox", "dienstlicheemail", "dienstlicheemailadresse"}},
	{"mbox_sha1sum", []string{"mboxsha1sum", "sha1", "sha1sum"}},
	{"openid", []string{"openid"}},
	{"account", []string{"konto", "kontoname", "benutzername", "benutzerkennung", "benutzer", "login", "loginname", "anmeldename", "account", "accountname", "username", "user", "userid"}},
	{"home_page", []string{"homepage", "accounthomepage", "homepagedeskontos", "kontohomepage"}},
}

// Spans of days.
var days = []field{
	{"since", []string{"seit", "ab", "von", "gueltigab", "gueltigvon", "beginn", "eintritt", "since", "from", "validfrom", "start", "startdate"}},
	{"until", []string{"bis", "gueltigbis", "ende", "austritt", "until", "to", "end", "validuntil", "validto", "enddate"}},
}

var unitHeadings = []string{"organisationseinheit", "orgeinheit", "orgaeinheit", "oe", "einheit", "amt", "abteilung", "dienststelle", "fachbereich", "sachgebiet", "unit", "orgunit", "organisationalunit", "organizationalunit", "department"}

var kinds = map[string]kind{
	KindPeople: {
		fields: slices.Concat(identity, []field{
			{"name", []string{"name", "vollstaendigername", "anzeigename", "fullname", "displayname"}},
			{"first", []string{"vorname", "vornamen", "rufname", "firstname", "givenname"}},
			{"last", []string{"nachname", "familienname", "zuname", "lastname", "surname", "familyname"}},
			{"unit", unitHeadings},
		}, days),
		needs: [][]string{{"staff", "mbox", "mbox_sha1sum", "openid", "account"}},
		run:   (*importing).people,
	},
	KindUnits: {
		fields: []field{
			{"code", []string{"code", "nummer", "nr", "kuerzel", "kennziffer", "kennung", "schluessel", "amtsnummer", "oenummer", "oekuerzel", "number", "key", "sign"}},
			{"name", []string{"name", "bezeichnung", "einheit", "organisationseinheit", "title", "unit", "unitname"}},
			{"kind", []string{"art", "typ", "ebene", "kind", "type", "level"}},
			{"parent", []string{"uebergeordnet", "uebergeordneteeinheit", "uebergeordneteoe", "uebergeordneteorganisationseinheit", "gehoertzu", "oberhalb", "parent", "parentunit", "belongsto", "above"}},
			{"since", days[0].headings},
		},
		needs: [][]string{{"code", "name"}},
		run:   (*importing).unitRows,
	},
	KindGroups: {
		fields: slices.Concat([]field{
			{"group", []string{"gruppe", "gruppenname", "kursgruppe", "kursdurchgang", "durchgang", "kohorte", "jahrgang", "lerngruppe", "group", "groupname", "cohort", "run", "courserun"}},
			{"code", []string{"code", "gruppennummer", "gruppennr", "gruppencode", "kuerzel", "groupcode", "groupnumber"}},
			{"course", []string{"kurs", "kursid", "lehrgang", "course", "courseid"}},
			{"role", []string{"rolle", "funktion", "role"}},
		}, identity, days),
		needs: [][]string{{"group", "code"}},
		run:   (*importing).groupRows,
	},
	KindHeadcounts: {
		fields: []field{
			{"unit", slices.Concat(unitHeadings, []string{"code", "nummer", "kuerzel", "bezeichnung", "name"})},
			{"year", []string{"jahr", "haushaltsjahr", "year"}},
			{"count", []string{"anzahl", "beschaeftigte", "personal", "personalbestand", "mitarbeitende", "mitarbeiter", "koepfe", "kopfzahl", "headcount", "count", "staffcount", "employees"}},
		},
		needs: [][]string{{"unit"}, {"year"}, {"count"}},
		run:   (*importing).headcountRows,
	},
}

func kindOf(name string) (kind, error) {
	k, ok := kinds[name]
	if !ok {
		return kind{}, invalid("kind", "kind is one of %s", strings.Join(Kinds(), ", "))
	}
	return k, nil
}

// Fields are what the columns of a kind of file can mean.
func Fields(kind string) []string {
	var names []string
	for _, f := range kinds[kind].fields {
		names = append(names, f.name)
	}
	return names
}

// plain is a heading without what people write one way or another.
func plain(heading string) string {
	text := strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss").Replace(strings.ToLower(heading))
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, text)
}

// recognise finds out what columns mean: as they are mapped, by the names of fields,
// or by their headings.
func (k kind) recognise(t *sheet.Table, mapping map[string]string) ([]Column, error) {
	columns := make([]Column, len(t.Header))
	used := 0
	for i, heading := range t.Header {
		columns[i] = Column{Heading: heading}
		if name, mapped := mapping[heading]; mapped {
			if name != "" && !slices.ContainsFunc(k.fields, func(f field) bool { return f.name == name }) {
				return nil, invalid("mapping", "no column can mean %q here", short(name))
			}
			columns[i].Field = name
			used++
			continue
		}
		for _, f := range k.fields {
			if heading == f.name || slices.Contains(f.headings, plain(heading)) {
				columns[i].Field = f.name
				break
			}
		}
	}
	if used < len(mapping) {
		for heading := range mapping {
			if !slices.Contains(t.Header, heading) {
				return nil, invalid("mapping", "there is no column %q; there are %q", short(heading), t.Header)
			}
		}
	}
	separateNames(columns)
	return columns, k.complete(t, columns)
}

// separateNames knows what German lists mean: beside a first name, the name is the
// last one.
func separateNames(columns []Column) {
	there := func(field string) int {
		return slices.IndexFunc(columns, func(c Column) bool { return c.Field == field })
	}
	if name := there("name"); name >= 0 && there("first") >= 0 && there("last") < 0 {
		columns[name].Field = "last"
	}
}

// complete refuses files that lack a column without which they say nothing, and
// such as say one thing twice.
func (k kind) complete(t *sheet.Table, columns []Column) error {
	several := []string{"", "mbox", "mbox_sha1sum", "openid", "account"}
	for i, c := range columns {
		for j := range columns[:i] {
			if columns[j].Field == c.Field && !slices.Contains(several, c.Field) {
				return &ImportErrors{List: []ImportError{problem(t.Line, i+1, c.Heading, "this column means %s, as %q does; map one of them", FieldNames{c.Field}, columns[j].Heading)}}
			}
		}
	}
	for _, one := range k.needs {
		if !slices.ContainsFunc(columns, func(c Column) bool { return slices.Contains(one, c.Field) }) {
			return &ImportErrors{List: []ImportError{problem(t.Line, 0, "", "no column is recognised as %s; the headings are %q", FieldNames(one), t.Header)}}
		}
	}
	return nil
}

// readDate reads a day: 2026-01-31, 31.01.2026, or in workbooks its number.
func readDate(text string, workbook bool) (Date, error) {
	if text == "" {
		return "", nil
	}
	if days, err := strconv.ParseFloat(text, 64); workbook && err == nil && days >= 61 && days < 150_000 {
		return DateOf(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(days))), nil
	}
	for _, layout := range []string{"2.1.2006", "2006-01-02T15:04:05", "2006-01-02 15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			text = t.Format(time.DateOnly)
			break
		}
	}
	day, err := ParseDate(text)
	if err != nil {
		return "", tell("%q is not a day such as 31.01.2026 or 2026-01-31", short(text))
	}
	return day, nil
}
