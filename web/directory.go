package web

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"lernspur/directory"
	"lernspur/directory/sheet"
	"lernspur/store"
)

// Directory is what is asked of package directory. Errors: those of the package.
type Directory interface {
	Today() directory.Date
	Version(tenant string) uint64
	Size(tenant string) (people, units, groups int)

	People(ctx context.Context, tenant string, f directory.PeopleFilter, after directory.ListPlace, n int) []*directory.Person
	Person(ctx context.Context, tenant, id string) (*directory.Person, bool)
	PersonOf(ctx context.Context, tenant, identifier string) (*directory.Person, bool)
	PersonByStaff(ctx context.Context, tenant, staff string) (*directory.Person, bool)
	AddPerson(ctx context.Context, tenant string, e directory.PersonEdit) (*directory.Person, error)
	EditPerson(ctx context.Context, tenant, id string, version int64, e directory.PersonEdit) (*directory.Person, error)
	DeletePerson(ctx context.Context, tenant, id string, version int64) error
	Match(ctx context.Context, tenant, id string, version int64, identifiers ...string) (*directory.Person, error)
	PreviewMerge(ctx context.Context, tenant, kept, gone string) (*directory.MergePreview, error)
	Merge(ctx context.Context, tenant, kept, gone string, o directory.MergeOptions) (*directory.Merge, error)
	Split(ctx context.Context, tenant, merge string, version int64) (*directory.Merge, error)
	Merges(ctx context.Context, tenant string) []*directory.Merge
	Unassigned(ctx context.Context, tenant string, after *store.Unassigned, n int) ([]store.Unassigned, error)
	Alike(tenant string, unknown []directory.Stranger, most int) [][]*directory.Person

	Units(ctx context.Context, tenant string) []*directory.Unit
	Unit(ctx context.Context, tenant, id string) (*directory.Unit, bool)
	UnitPath(ctx context.Context, tenant, id string, day directory.Date) []string
	AddUnit(ctx context.Context, tenant string, e directory.UnitEdit) (*directory.Unit, error)
	EditUnit(ctx context.Context, tenant, id string, version int64, e directory.UnitEdit) (*directory.Unit, error)
	DeleteUnit(ctx context.Context, tenant, id string, version int64) error
	Members(tenant string, day directory.Date) map[string]int
	MembersBeyond(tenant, id string, day directory.Date) int
	Headcount(ctx context.Context, tenant, unit string, year int) (int, bool)
	Headcounts(ctx context.Context, tenant string, year int) []*directory.Headcount
	SetHeadcount(ctx context.Context, tenant, unit string, year int, version int64, count *int) (*directory.Headcount, error)

	Groups(ctx context.Context, tenant string) []*directory.Group
	GroupsWith(ctx context.Context, tenant, person string) []*directory.Group
	Group(ctx context.Context, tenant, id string) (*directory.Group, bool)
	AddGroup(ctx context.Context, tenant string, e directory.GroupEdit) (*directory.Group, error)
	EditGroup(ctx context.Context, tenant, id string, version int64, e directory.GroupEdit) (*directory.Group, error)
	SetMember(ctx context.Context, tenant, id string, version int64, m directory.GroupMember) (*directory.Group, error)
	RemoveMember(ctx context.Context, tenant, id string, version int64, person string) (*directory.Group, error)
	DeleteGroup(ctx context.Context, tenant, id string, version int64) error

	Preview(data []byte, o directory.ImportOptions) (*sheet.Table, []directory.Column, error)
	Import(ctx context.Context, tenant string, data []byte, o directory.ImportOptions) (*directory.ImportResult, error)
	Imports(ctx context.Context, tenant string) []*directory.Import
}

// directoryProblem makes a page of what the directory refuses; nil for other errors.
func directoryProblem(err error) *problem {
	var busy *directory.Busy
	var invalid *directory.Invalid
	var conflict *directory.Conflict
	switch {
	case errors.Is(err, directory.ErrNotFound):
		return &problem{status: http.StatusNotFound, key: "nothing"}
	case errors.Is(err, directory.ErrChanged):
		return &problem{status: http.StatusConflict, key: "changed"}
	case errors.As(err, &busy):
		return &problem{status: http.StatusServiceUnavailable, key: "busy", detail: busy.Reason, after: busy.RetryAfter}
	case errors.As(err, &conflict):
		return &problem{status: http.StatusConflict, key: "conflict", detail: conflict.Message}
	case errors.As(err, &invalid):
		return &problem{status: http.StatusBadRequest, key: "form", detail: invalid.Message}
	}
	return nil
}

// unfit are the words, beside their fields, for a change that the directory does not
// make of what somebody said; false for other errors. A field of the directory is
// that of the form of the same name, or as names has it.
func (q *request) unfit(err error, names map[string]string) ([]fieldError, bool) {
	var invalid *directory.Invalid
	var conflict *directory.Conflict
	field := ""
	switch {
	case errors.As(err, &invalid):
		field = invalid.Field
	case errors.As(err, &conflict):
	default:
		return nil, false
	}
	if other, ok := names[field]; ok {
		field = other
	}
	if field == "" {
		field = names["*"]
	}
	return []fieldError{{field, q.words.said(err)}}, true
}

// said is what an error of the directory says, in the language of the words.
func (w *words) said(err error) string {
	s, ok := directory.SentenceOf(err)
	if !ok {
		return err.Error()
	}
	return w.sentence(s)
}

// sentence is a sentence of the directory in the language of the words; in English
// where nobody has translated it.
func (w *words) sentence(s directory.Said) string {
	form, ok := translatedSentences[w.lang][s.Form]
	if !ok && s.Form != "%s" {
		if s.Form == "" {
			return ""
		}
		return s.String()
	}
	values := make([]string, len(s.Args))
	for i, arg := range s.Args {
		switch v := arg.(type) {
		case error:
			values[i] = w.said(v)
		case directory.Date:
			values[i] = w.day(v)
		case directory.FieldNames:
			names := make([]string, len(v))
			for j, field := range v {
				names[j] = w.t("import.field." + field)
			}
			values[i] = strings.Join(names, ", ")
		case string:
			values[i] = v
			if translated, ok := translatedSentences[w.lang][v]; ok && s.Form == "%s" {
				values[i] = translated
			}
		case []string:
			values[i] = strings.Join(v, ", ")
		default:
			values[i] = w.arg(v)
		}
	}
	if !ok {
		return values[0]
	}
	for i, value := range values {
		form = strings.ReplaceAll(form, "{"+string(rune('0'+i))+"}", value)
	}
	return form
}

// day is a day of the directory as people read it.
func (w *words) day(d directory.Date) string {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return string(d)
	}
	return w.date(t)
}

// span is a range of days in words; empty for all time.
func (w *words) span(from, until directory.Date) string {
	switch {
	case from == "" && until == "":
		return ""
	case until == "":
		return w.t("span.from", w.day(from))
	case from == "":
		return w.t("span.until", w.day(until))
	}
	return w.t("span.both", w.day(from), w.day(until))
}

// readDay reads a field that is a day, as browsers send it, or as people write it.
func readDay(text string) (directory.Date, bool) {
	text = strings.TrimSpace(text)
	if t, err := time.Parse("2.1.2006", text); err == nil {
		text = t.Format(time.DateOnly)
	}
	d, err := directory.ParseDate(text)
	return d, err == nil
}

// identifierRow is an identifier as it is shown.
type identifierRow struct{ Kind, Text, Canonical string }

// identifiers are identifiers in words.
func (q *request) identifiers(list []string) []identifierRow {
	rows := make([]identifierRow, len(list))
	for i, canonical := range list {
		kind, _, _ := strings.Cut(canonical, "|")
		rows[i] = identifierRow{Kind: q.words.t("identifier." + kind), Text: identifierLine(canonical), Canonical: canonical}
	}
	return rows
}

// identifierLine is an identifier as people write it: an address, the SHA-1 of one, an
// OpenID, or the home page of an account, a blank and its name.
func identifierLine(canonical string) string {
	kind, value, _ := strings.Cut(canonical, "|")
	switch kind {
	case "mbox":
		return strings.TrimPrefix(value, "mailto:")
	case "account":
		home, name, _ := strings.Cut(value, "|")
		return home + " " + name
	}
	return value
}

// readIdentifierLine is an identifier that somebody wrote. Errors: those of the
// directory.
func readIdentifierLine(line string) (string, error) {
	if home, name, ok := strings.Cut(line, " "); ok {
		return directory.AccountIdentifier(home, strings.TrimSpace(name))
	}
	isHex := len(line) == 40 && strings.Trim(strings.ToLower(line), "0123456789abcdef") == ""
	switch {
	case isHex:
		return directory.MailboxSum(strings.ToLower(line))
	case strings.Contains(line, ":") && !strings.HasPrefix(strings.ToLower(line), "mailto:"):
		return directory.OpenID(line)
	}
	return directory.Mailbox(line)
}

// personLabel is what a person is called: the name, else the staff number, else an
// identifier.
func (w *words) personLabel(p *directory.Person) string {
	switch {
	case p.Name != "":
		return p.Name
	case p.Staff != "":
		return w.t("person.staff.number", p.Staff)
	case len(p.Identifiers) > 0:
		return identifierLine(p.Identifiers[0])
	}
	return p.ID
}

// unitLabel is how people know a unit: by its code and its name.
func unitLabel(u *directory.Unit) string { return strings.TrimSpace(u.Code + " " + u.Name) }

// unitName is that of a unit by its id; the id when it is not there.
func (q *request) unitName(id string) string {
	if u, ok := q.site.deps.Directory.Unit(q.r.Context(), q.who.Tenant, id); ok {
		return unitLabel(u)
	}
	return id
}

// dirGroupName is that of a group by its id; the id when it is not there.
func (q *request) dirGroupName(id string) string {
	if g, ok := q.site.deps.Directory.Group(q.r.Context(), q.who.Tenant, id); ok {
		return g.Name
	}
	return id
}

// maxOffered bounds how many names a field offers while somebody types.
const maxOffered = 1000

// unitOffer are the names of units that a field offers: those that are not closed.
func (q *request) unitOffer() []string {
	var list []string
	today := q.site.deps.Directory.Today()
	for _, u := range q.site.deps.Directory.Units(q.r.Context(), q.who.Tenant) {
		if len(list) < maxOffered && !u.ClosedOn(today) {
			list = append(list, unitLabel(u))
		}
	}
	return list
}

// groupOffer are the names of groups that a field offers.
func (q *request) groupOffer() []string {
	var list []string
	for _, g := range q.site.deps.Directory.Groups(q.r.Context(), q.who.Tenant) {
		if len(list) < maxOffered {
			list = append(list, g.Name)
		}
	}
	return list
}

// findUnit is the unit that somebody means by its id, its code, its name, or both.
// Two of one name are none.
func (q *request) findUnit(text string) (*directory.Unit, bool) {
	var byName *directory.Unit
	several := false
	for _, u := range q.site.deps.Directory.Units(q.r.Context(), q.who.Tenant) {
		switch {
		case u.ID == text || u.Code == text && text != "":
			return u, true
		case strings.EqualFold(unitLabel(u), text) || strings.EqualFold(u.Name, text):
			several = byName != nil
			byName = u
		}
	}
	return byName, byName != nil && !several
}

// findGroup is the group that somebody means by its id, its code or its name.
func (q *request) findGroup(text string) (*directory.Group, bool) {
	var byName *directory.Group
	several := false
	for _, g := range q.site.deps.Directory.Groups(q.r.Context(), q.who.Tenant) {
		switch {
		case g.ID == text || g.Code == text && text != "":
			return g, true
		case strings.EqualFold(g.Name, text):
			several = byName != nil
			byName = g
		}
	}
	return byName, byName != nil && !several
}

// findPersonText is the person that somebody means by an id, a staff number, an
// identifier, or a name that only one has.
func (q *request) findPersonText(text string) (*directory.Person, bool) {
	d, ctx, tenant := q.site.deps.Directory, q.r.Context(), q.who.Tenant
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, false
	}
	if p, ok := d.Person(ctx, tenant, text); ok {
		return p, true
	}
	if p, ok := d.PersonByStaff(ctx, tenant, text); ok {
		return p, true
	}
	if identifier, err := readIdentifierLine(text); err == nil {
		if p, ok := d.PersonOf(ctx, tenant, identifier); ok {
			return p, true
		}
	}
	named := slices.DeleteFunc(d.People(ctx, tenant, directory.PeopleFilter{Query: text}, directory.ListPlace{}, pageSize), func(p *directory.Person) bool {
		return !slices.ContainsFunc(p.Names(), func(name string) bool { return strings.EqualFold(name, text) })
	})
	if len(named) == 1 {
		return named[0], true
	}
	return nil, false
}

// writesDirectory tells whether the visitor may change the directory.
func (q *request) writesDirectory() bool { return q.who.Has(keepers...) }

// packPlace is a place in a list as it stands in an address, and unpackPlace the
// place again, of n parts; false for what is none.
func packPlace(parts ...string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join(parts, "\n")))
}

func unpackPlace(text string, n int) ([]string, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	parts := strings.SplitN(string(raw), "\n", n)
	return parts, err == nil && len(parts) == n
}

// nextPage is the address of this page from another place on.
func (q *request) nextPage(after string) string {
	values := q.r.URL.Query()
	values.Del(doneParameter)
	values.Del(languageParameter)
	values.Set("after", after)
	return q.link(q.r.URL.Path + "?" + values.Encode())
}

// version reads the field of a form that says which version of a thing it shows.
func formVersion(values url.Values, field string) int64 {
	var n int64
	for _, c := range values.Get(field) {
		if c < '0' || c > '9' || n > 1<<58 {
			return -1 // of nothing: what it changes is not as it was
		}
		n = n*10 + int64(c-'0')
	}
	if n == 0 {
		return -1
	}
	return n
}
