package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"lernspur/directory"
)

// spanForm is a time in a unit as somebody writes it.
type spanForm struct{ Unit, From, Until string }

// personForm is the form that a person is described with, as it was sent or as the
// person is.
type personForm struct {
	Name, Staff  string
	Others       string // other names, one a line
	Identifiers  string // one a line
	Spans        []spanForm
	Units        []string // that the fields offer
	Version      int64
	Action, Back string
	New          bool
	// What stands for an identifier, or a unit, that is there.
	identifierLines, unitID map[string]string
}

// emptySpans is how many more times in units a form has room for.
const emptySpans = 2

// formOfPerson is the form of a person; nil for a new one.
func (q *request) formOfPerson(p *directory.Person) personForm {
	f := personForm{New: p == nil, Units: q.unitOffer(), identifierLines: map[string]string{}, unitID: map[string]string{}}
	if p != nil {
		f.Name, f.Staff, f.Others, f.Version = p.Name, p.Staff, strings.Join(p.OtherNames, "\n"), p.Version
		var lines []string
		for _, canonical := range p.Identifiers {
			line := identifierLine(canonical)
			f.identifierLines[line] = canonical
			lines = append(lines, line)
		}
		f.Identifiers = strings.Join(lines, "\n")
		for _, m := range p.Memberships {
			label := q.unitName(m.Unit)
			f.unitID[label] = m.Unit
			f.Spans = append(f.Spans, spanForm{label, string(m.From), string(m.Until)})
		}
	}
	for range emptySpans {
		f.Spans = append(f.Spans, spanForm{})
	}
	return f
}

// maxSpanFields bounds how many times in units a form sends.
const maxSpanFields = 210

// readPerson reads the form: what was sent is shown again, and means an edit. before is
// the form as it was.
func (q *request) readPerson(values url.Values, before personForm) (personForm, directory.PersonEdit, []fieldError) {
	var wrong []fieldError
	f := before
	f.Name, f.Staff = strings.TrimSpace(values.Get("name")), strings.TrimSpace(values.Get("staff"))
	f.Others, f.Identifiers, f.Spans = values.Get("others"), values.Get("identifiers"), nil
	others, identifiers, units := linesOf(f.Others), []string{}, []directory.Membership{}
	for i, line := range linesOf(f.Identifiers) {
		if canonical, known := before.identifierLines[line]; known {
			identifiers = append(identifiers, canonical)
			continue
		}
		canonical, err := readIdentifierLine(line)
		if err != nil {
			wrong = append(wrong, fieldError{"identifiers", q.words.t("person.identifier.wrong", i+1, q.words.said(err))})
			continue
		}
		identifiers = append(identifiers, canonical)
	}
	for i := range maxSpanFields {
		n := strconv.Itoa(i)
		if !values.Has("unit." + n) {
			break
		}
		row := spanForm{strings.TrimSpace(values.Get("unit." + n)), strings.TrimSpace(values.Get("from." + n)), strings.TrimSpace(values.Get("until." + n))}
		f.Spans = append(f.Spans, row)
		if row.Unit == "" {
			continue
		}
		m, bad := q.readSpan(row, before, i)
		wrong = append(wrong, bad...)
		units = append(units, m)
	}
	return f, directory.PersonEdit{Name: &f.Name, Staff: &f.Staff, OtherNames: &others, Identifiers: &identifiers, Memberships: &units}, wrong
}

// readSpan reads a time in a unit.
func (q *request) readSpan(row spanForm, before personForm, i int) (m directory.Membership, wrong []fieldError) {
	n := strconv.Itoa(i)
	id, known := before.unitID[row.Unit]
	if !known {
		u, ok := q.findUnit(row.Unit)
		if !ok {
			wrong = append(wrong, fieldError{"unit." + n, q.words.t("people.unit.unknown")})
		} else {
			id = u.ID
		}
	}
	from, ok := readDay(row.From)
	if !ok {
		wrong = append(wrong, fieldError{"from." + n, q.words.t("invalid.day")})
	}
	until, ok := readDay(row.Until)
	if !ok {
		wrong = append(wrong, fieldError{"until." + n, q.words.t("invalid.day")})
	}
	return directory.Membership{Unit: id, From: from, Until: until}, wrong
}

// linesOf are the lines of a text that have something.
func linesOf(text string) []string {
	lines := []string{}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// personFields are the fields of the form by those of the directory.
var personFields = map[string]string{"units": "unit.0", "otherNames": "others", "mbox": "identifiers", "account": "identifiers", "openid": "identifiers", "mbox_sha1sum": "identifiers", "*": "name"}

func (s *Site) showPersonForm(q *request, status int, title, answer string, f personForm, wrong []fieldError, crumbs ...string) error {
	return q.show(status, "personedit", &view{Title: title, Answer: answer, Body: f, Errors: wrong, Crumbs: q.directoryCrumbs(crumbs...)})
}

// newPerson asks for somebody who is not there yet.
func (s *Site) newPerson(q *request) error {
	f := q.formOfPerson(nil)
	f.Name, f.Identifiers = q.r.URL.Query().Get("name"), q.r.URL.Query().Get("identifier")
	return s.showNewPerson(q, http.StatusOK, f, nil)
}

func (s *Site) showNewPerson(q *request, status int, f personForm, wrong []fieldError) error {
	f.Action, f.Back = q.link("/directory/new"), q.link("/directory")
	return s.showPersonForm(q, status, q.words.t("person.new"), q.words.t("person.new.answer"), f, wrong)
}

// makePerson adds somebody.
func (s *Site) makePerson(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	f, edit, wrong := q.readPerson(values, q.formOfPerson(nil))
	if len(wrong) == 0 {
		p, err := s.deps.Directory.AddPerson(q.r.Context(), q.who.Tenant, edit)
		if err == nil {
			q.to(personPath(p) + "?done=person-made")
			return nil
		}
		var known bool
		if wrong, known = q.unfit(err, personFields); !known {
			return err
		}
	}
	return s.showNewPerson(q, http.StatusUnprocessableEntity, f, wrong)
}

// editPerson shows what is known of somebody, to be changed.
func (s *Site) editPerson(q *request) error {
	p, err := q.findPerson()
	if err != nil {
		return err
	}
	return s.showEditPerson(q, http.StatusOK, p, q.formOfPerson(p), nil)
}

func (s *Site) showEditPerson(q *request, status int, p *directory.Person, f personForm, wrong []fieldError) error {
	f.Action, f.Back = q.link(personPath(p)+"/edit"), q.link(personPath(p))
	return s.showPersonForm(q, status, q.words.t("person.edit"), q.words.t("person.edit.answer"), f, wrong, personPath(p), q.words.personLabel(p))
}

// changePerson changes what is known of somebody, as far as nobody else did meanwhile.
func (s *Site) changePerson(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	p, err := q.findPerson()
	if err != nil {
		return err
	}
	f, edit, wrong := q.readPerson(values, q.formOfPerson(p))
	if len(wrong) == 0 {
		_, err := s.deps.Directory.EditPerson(q.r.Context(), q.who.Tenant, p.ID, formVersion(values, "version"), edit)
		if err == nil {
			q.to(personPath(p) + "?done=saved")
			return nil
		}
		var known bool
		if wrong, known = q.unfit(err, personFields); !known {
			return err
		}
	}
	return s.showEditPerson(q, http.StatusUnprocessableEntity, p, f, wrong)
}
