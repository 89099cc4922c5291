package web

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"lernspur/directory"
)

// personRow is somebody in a list.
type personRow struct{ Name, Link, Staff, Unit, Groups, Identifier string }

// peoplePage is what the page of the directory shows.
type peoplePage struct {
	Query, Unit, Group string
	Below              bool
	Filtered, Writes   bool
	Units, GroupNames  []string // that the fields offer
	Rows               []personRow
	More, CSV          string
}

// directoryTabs are the pages of the directory.
func (q *request) directoryTabs() []crumb {
	var list []crumb
	for _, tab := range []struct{ key, path string }{
		{"tab.people", "/directory"}, {"tab.units", "/directory/units"}, {"tab.groups", "/directory/groups"},
		{"tab.unassigned", "/directory/unassigned"}, {"tab.import", "/directory/import"},
	} {
		if tab.path == "/directory/import" && !q.writesDirectory() {
			continue
		}
		list = append(list, crumb{q.words.t(tab.key), q.link(tab.path), q.r.URL.Path == tab.path})
	}
	return list
}

// directoryCrumbs lead to the directory, and further.
func (q *request) directoryCrumbs(pairs ...string) []crumb {
	return q.crumbs(append([]string{"/directory", q.words.t("menu.directory")}, pairs...)...)
}

// peopleFilter is what an address asks the list of people for.
func (q *request) peopleFilter() (body peoplePage, f directory.PeopleFilter, wrong []fieldError) {
	values := q.r.URL.Query()
	body = peoplePage{Query: strings.TrimSpace(values.Get("q")), Unit: strings.TrimSpace(values.Get("unit")), Group: strings.TrimSpace(values.Get("group")), Below: values.Get("below") != ""}
	f = directory.PeopleFilter{Query: body.Query, Below: body.Below}
	if len(body.Query) > maxAsked {
		f.Query = ""
		wrong = append(wrong, fieldError{"q", q.words.t("people.query.long")})
	}
	if body.Unit != "" {
		if u, ok := q.findUnit(body.Unit); ok {
			f.Unit, body.Unit = u.ID, unitLabel(u)
		} else {
			wrong = append(wrong, fieldError{"unit", q.words.t("people.unit.unknown")})
		}
	}
	if body.Group != "" {
		if g, ok := q.findGroup(body.Group); ok {
			f.Group, body.Group = g.ID, g.Name
		} else {
			wrong = append(wrong, fieldError{"group", q.words.t("people.group.unknown")})
		}
	}
	body.Filtered = body.Query != "" || body.Unit != "" || body.Group != ""
	return body, f, wrong
}

// maxAsked bounds what people are searched by, in bytes.
const maxAsked = 200

// people answers whom the directory knows.
func (s *Site) people(q *request) error {
	body, f, wrong := q.peopleFilter()
	after := directory.ListPlace{}
	if place := q.r.URL.Query().Get("after"); place != "" {
		parts, ok := unpackPlace(place, 2)
		if !ok {
			return &problem{status: http.StatusBadRequest, key: "form"}
		}
		after = directory.ListPlace{ID: parts[0], Label: parts[1]}
	}
	status := http.StatusOK
	var list []*directory.Person
	if len(wrong) == 0 {
		list = s.deps.Directory.People(q.r.Context(), q.who.Tenant, f, after, pageSize+1)
	} else {
		status = http.StatusUnprocessableEntity
	}
	if len(list) > pageSize {
		list = list[:pageSize]
		last := list[pageSize-1].Place()
		body.More = q.nextPage(packPlace(last.ID, last.Label))
	}
	for _, p := range list {
		body.Rows = append(body.Rows, q.personRow(p))
	}
	body.Writes, body.Units, body.GroupNames = q.writesDirectory(), q.unitOffer(), q.groupOffer()
	body.CSV = q.page("/directory/export", "q", body.Query, "unit", body.Unit, "below", map[bool]string{true: "yes"}[body.Below], "group", body.Group)
	return q.show(status, "people", &view{Title: q.words.t("menu.directory"), Answer: q.peopleAnswer(body), Tabs: q.directoryTabs(), Body: body, Errors: wrong})
}

// peopleAnswer says how many people there are, or how many were found.
func (q *request) peopleAnswer(body peoplePage) string {
	switch {
	case body.Filtered && body.More != "":
		return q.words.t("people.found.more", len(body.Rows))
	case body.Filtered:
		return q.words.tn("people.found", len(body.Rows))
	}
	people, units, groups := q.site.deps.Directory.Size(q.who.Tenant)
	if people == 0 {
		return q.words.t("people.answer.none")
	}
	return q.words.tn("people.answer", people, q.words.tn("people.units", units), q.words.tn("people.groups", groups))
}

func (q *request) personRow(p *directory.Person) personRow {
	row := personRow{Name: q.words.personLabel(p), Link: q.link("/directory/people/" + url.PathEscape(p.ID)), Staff: p.Staff}
	if p.Unit != "" {
		row.Unit = q.unitName(p.Unit)
	}
	names := make([]string, len(p.Groups))
	for i, id := range p.Groups {
		names[i] = q.dirGroupName(id)
	}
	row.Groups = strings.Join(names, ", ")
	if len(p.Identifiers) > 0 {
		row.Identifier = identifierLine(p.Identifiers[0])
	}
	return row
}

// exportPeople answers the list as a file that can be imported again.
func (s *Site) exportPeople(q *request) error {
	_, f, wrong := q.peopleFilter()
	if len(wrong) > 0 {
		return &problem{status: http.StatusBadRequest, key: "form"}
	}
	var b bytes.Buffer
	b.WriteString("\ufeff") // by which spreadsheets know that it is UTF-8
	w := csv.NewWriter(&b)
	w.Comma, w.UseCRLF = ';', true
	heading := []string{"staff", "name", "mbox", "account", "home_page", "openid", "mbox_sha1sum", "unit", "since", "until"}
	for i, field := range heading {
		heading[i] = q.words.t("export." + field)
	}
	err := w.Write(heading)
	for _, p := range s.deps.Directory.People(q.r.Context(), q.who.Tenant, f, directory.ListPlace{}, maxExported) {
		for _, record := range q.exported(p) {
			if err == nil {
				err = w.Write(record)
			}
		}
	}
	w.Flush()
	if err != nil {
		return err
	}
	h := q.w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8; header=present")
	h.Set("Content-Disposition", `attachment; filename="`+q.words.t("export.file")+"-"+string(s.deps.Directory.Today())+`.csv"`)
	h.Set("Cache-Control", "no-store")
	_, _ = b.WriteTo(q.w) // the client is gone
	return nil
}

// maxExported bounds a file.
const maxExported = 200_000

// exported are the lines of a person: one for each further account, and for each time in a
// unit.
func (q *request) exported(p *directory.Person) [][]string {
	byKind := map[string][]string{}
	for _, identifier := range p.Identifiers {
		kind, _, _ := strings.Cut(identifier, "|")
		byKind[kind] = append(byKind[kind], identifierLine(identifier))
	}
	line := []string{safeCell(p.Staff), safeCell(p.Name), safeCell(strings.Join(byKind["mbox"], " ")), "", "", safeCell(strings.Join(byKind["openid"], " ")), strings.Join(byKind["mbox_sha1sum"], " "), "", "", ""}
	if n := len(byKind["account"]); n > 0 {
		home, name, _ := strings.Cut(byKind["account"][0], " ")
		line[3], line[4] = safeCell(name), safeCell(home)
	}
	var lines [][]string
	for _, m := range p.Memberships {
		next := slices.Clone(line)
		next[7], next[8], next[9] = safeCell(q.unitKey(m.Unit)), string(m.From), string(m.Until)
		lines = append(lines, next)
	}
	if len(lines) == 0 {
		return [][]string{line}
	}
	return lines
}

// unitKey is how a list calls a unit: by its code, else its name.
func (q *request) unitKey(id string) string {
	if u, ok := q.site.deps.Directory.Unit(q.r.Context(), q.who.Tenant, id); ok {
		if u.Code != "" {
			return u.Code
		}
		return u.Name
	}
	return id
}

// safeCell is a text that no spreadsheet takes for a formula.
func safeCell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

// spanRow is a time somewhere.
type spanRow struct {
	Name, Link, Span string
	Now              bool
	Tag              string
}

// mergeRow is somebody who was found to be this person.
type mergeRow struct {
	Name, Reason, By, Link string
	At                     int64
}

// personPage is what the page of a person shows.
type personPage struct {
	Person      *directory.Person
	Identifiers []identifierRow
	Unit        string
	Units       []spanRow
	Groups      []spanRow
	Merges      []mergeRow
	Writes      bool
	Path        string
	Progress    string // the page of the learner, for whom may see it
}

// findPerson is the person of an address. Somebody who went into another by a merge is
// that one.
func (q *request) findPerson() (*directory.Person, error) {
	p, ok := q.site.deps.Directory.Person(q.r.Context(), q.who.Tenant, q.r.PathValue("person"))
	if !ok {
		return nil, directory.ErrNotFound
	}
	return p, nil
}

func personPath(p *directory.Person) string { return "/directory/people/" + url.PathEscape(p.ID) }

// person shows who somebody is.
func (s *Site) person(q *request) error {
	p, err := q.findPerson()
	if err != nil {
		return err
	}
	if p.ID != q.r.PathValue("person") {
		q.to(personPath(p))
		return nil
	}
	today := s.deps.Directory.Today()
	body := personPage{Person: p, Identifiers: q.identifiers(p.Identifiers), Writes: q.writesDirectory(), Path: personPath(p)}
	if p.Unit != "" {
		body.Unit = q.unitName(p.Unit)
	}
	for _, m := range slices.Backward(p.Memberships) {
		now := m.From <= today && (m.Until == "" || m.Until >= today)
		body.Units = append(body.Units, spanRow{Name: q.unitName(m.Unit), Link: q.link("/directory/units/" + url.PathEscape(m.Unit)), Span: q.words.span(m.From, m.Until), Now: now})
	}
	body.Groups = q.groupsOf(p)
	for _, m := range s.deps.Directory.Merges(q.r.Context(), q.who.Tenant) {
		if m.Kept == p.ID && m.Split == 0 && m.Before.Gone != nil {
			row := mergeRow{Name: q.words.personLabel(m.Before.Gone), Reason: m.Reason, By: m.By, At: m.Merged}
			if body.Writes {
				row.Link = q.link("/directory/merges/" + url.PathEscape(m.ID) + "/split")
			}
			body.Merges = append(body.Merges, row)
		}
	}
	if q.who.Has(closeBy...) {
		body.Progress = q.page("/progress/learner", "learner", p.ID)
	}
	answer := q.words.t("person.answer.nowhere", len(p.Identifiers))
	if body.Unit != "" {
		answer = q.words.t("person.answer", body.Unit, len(p.Identifiers))
	}
	return q.show(http.StatusOK, "person", &view{Title: q.words.personLabel(p), Answer: answer, Body: body, Crumbs: q.directoryCrumbs()})
}

// groupsOf are the groups that somebody is in, was in, or trains.
func (q *request) groupsOf(p *directory.Person) []spanRow {
	var rows []spanRow
	for _, g := range q.site.deps.Directory.GroupsWith(q.r.Context(), q.who.Tenant, p.ID) {
		row := spanRow{Name: g.Name, Link: q.link("/directory/groups/" + url.PathEscape(g.ID))}
		if i := slices.IndexFunc(g.Members, func(m directory.GroupMember) bool { return m.Person == p.ID }); i >= 0 {
			m := g.Members[i]
			row.Span, row.Now = q.words.span(m.From, m.Until), slices.Contains(p.Groups, g.ID)
			rows = append(rows, row)
		}
		if slices.Contains(g.Trainers, p.ID) {
			row.Tag, row.Span, row.Now = q.words.t("group.trainer"), "", true
			rows = append(rows, row)
		}
	}
	return rows
}
