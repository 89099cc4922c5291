package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"lernspur/directory"
)

// mergePage is what is shown before two people become one.
type mergePage struct {
	Path, Query string
	Name        string
	Found       []personRow
	Searched    bool
	// The rest is there when both are known.
	Preview                     *directory.MergePreview
	KeptName, GoneName          string
	Identifiers, GoneIdentities []identifierRow
	Groups                      string
	LostUnits                   []spanRow
	Reason, Swap                string
}

// askMerge searches for the other one, and says what a merge would make of both.
func (s *Site) askMerge(q *request) error {
	return s.showMerge(q, http.StatusOK, q.r.URL.Query().Get("with"), "", nil)
}

func (s *Site) showMerge(q *request, status int, with, reason string, wrong []fieldError) error {
	p, err := q.findPerson()
	if err != nil {
		return err
	}
	body := mergePage{Path: personPath(p), Name: q.words.personLabel(p), Query: strings.TrimSpace(q.r.URL.Query().Get("q")), Reason: reason}
	v := &view{Title: q.words.t("merge.title", body.Name), Answer: q.words.t("merge.answer.search"), Errors: wrong, Crumbs: q.directoryCrumbs(personPath(p), body.Name)}
	if with != "" {
		if err := q.previewMerge(&body, p, with); err != nil {
			return err
		}
		v.Answer = q.words.t("merge.answer", body.GoneName, body.KeptName)
	} else if body.Query != "" && len(body.Query) <= maxAsked {
		body.Searched = true
		for _, other := range s.deps.Directory.People(q.r.Context(), q.who.Tenant, directory.PeopleFilter{Query: body.Query}, directory.ListPlace{}, pageSize) {
			if other.ID == p.ID {
				continue
			}
			row := q.personRow(other)
			row.Link = q.page(personPath(p)+"/merge", "with", other.ID)
			body.Found = append(body.Found, row)
		}
	}
	v.Body = body
	return q.show(status, "merge", v)
}

// previewMerge says what a merge would make of two people.
func (q *request) previewMerge(body *mergePage, p *directory.Person, with string) error {
	preview, err := q.site.deps.Directory.PreviewMerge(q.r.Context(), q.who.Tenant, p.ID, with)
	if err != nil {
		return err
	}
	body.Preview, body.KeptName, body.GoneName = preview, q.words.personLabel(preview.Kept), q.words.personLabel(preview.Gone)
	body.Identifiers, body.GoneIdentities = q.identifiers(preview.Person.Identifiers), q.identifiers(preview.Gone.Identifiers)
	var names []string
	for _, row := range append(q.groupsOf(preview.Kept), q.groupsOf(preview.Gone)...) {
		if !slices.Contains(names, row.Name) {
			names = append(names, row.Name)
		}
	}
	body.Groups = strings.Join(names, ", ")
	for _, m := range preview.LostUnits {
		body.LostUnits = append(body.LostUnits, spanRow{Name: q.unitName(m.Unit), Span: q.words.span(m.From, m.Until)})
	}
	body.Swap = q.page("/directory/people/"+url.PathEscape(preview.Gone.ID)+"/merge", "with", p.ID)
	return nil
}

// mergePeople makes one person of two, as they were shown.
func (s *Site) mergePeople(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	p, err := q.findPerson()
	if err != nil {
		return err
	}
	gone, reason := values.Get("gone"), strings.TrimSpace(values.Get("reason"))
	_, err = s.deps.Directory.Merge(q.r.Context(), q.who.Tenant, p.ID, gone, directory.MergeOptions{
		Reason: reason, By: q.who.Account, Kept: formVersion(values, "kept-version"), Gone: formVersion(values, "gone-version"),
	})
	if err == nil {
		q.to(personPath(p) + "?done=merged")
		return nil
	}
	if wrong, known := q.unfit(err, map[string]string{"*": "reason"}); known {
		if _, there := s.deps.Directory.Person(q.r.Context(), q.who.Tenant, gone); there && gone != p.ID {
			return s.showMerge(q, http.StatusUnprocessableEntity, gone, reason, wrong)
		}
	}
	return err
}

// splitPage is what is shown before a merge is undone.
type splitPage struct {
	Path, Back            string
	KeptName, GoneName    string
	Identifiers           []identifierRow
	Version               int64
	At                    int64
	Reason, Staff, Groups string
}

// findMerge is the merge of an address that can be undone, and who remained.
func (q *request) findMerge() (*directory.Merge, *directory.Person, error) {
	for _, m := range q.site.deps.Directory.Merges(q.r.Context(), q.who.Tenant) {
		if m.ID == q.r.PathValue("merge") && m.Split == 0 && m.Before.Gone != nil {
			if kept, ok := q.site.deps.Directory.Person(q.r.Context(), q.who.Tenant, m.Kept); ok {
				return m, kept, nil
			}
		}
	}
	return nil, nil, directory.ErrNotFound
}

// askSplit says what comes back when a merge is undone.
func (s *Site) askSplit(q *request) error {
	m, kept, err := q.findMerge()
	if err != nil {
		return err
	}
	var names []string
	for _, g := range m.Groups {
		names = append(names, q.dirGroupName(g.Group))
	}
	body := splitPage{Path: "/directory/merges/" + url.PathEscape(m.ID) + "/split", Back: q.link(personPath(kept)), KeptName: q.words.personLabel(kept), GoneName: q.words.personLabel(m.Before.Gone),
		Identifiers: q.identifiers(m.Before.Gone.Identifiers), Version: m.Version, At: m.Merged, Reason: m.Reason, Staff: m.Before.Gone.Staff, Groups: strings.Join(names, ", ")}
	return q.show(http.StatusOK, "split", &view{Title: q.words.t("split.title"), Answer: q.words.t("split.answer", body.GoneName, body.KeptName), Body: body, Crumbs: q.directoryCrumbs(personPath(kept), body.KeptName)})
}

// splitPeople undoes a merge.
func (s *Site) splitPeople(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	m, err := s.deps.Directory.Split(q.r.Context(), q.who.Tenant, q.r.PathValue("merge"), formVersion(values, "version"))
	if err != nil {
		return err
	}
	q.to("/directory/people/" + url.PathEscape(m.Gone) + "?done=parted")
	return nil
}

// gonePage is what is shown before something of the directory is deleted: what will
// be gone, what stays, and its name to be typed.
type gonePage struct {
	Name, Action, Back, Label, Button string
	Lead                              string // over what will be gone; empty for the usual words
	Gone                              []string
	Stays                             string
	Version                           int64
	Hidden                            []hiddenField
	Unnamed                           bool // the name need not be typed
}

// hiddenField is what a form sends that nobody types.
type hiddenField struct{ Name, Value string }

// askDeletePerson says what would be gone and asks for the name.
func (s *Site) askDeletePerson(q *request) error {
	return s.showDeletePerson(q, http.StatusOK, nil)
}

func (s *Site) showDeletePerson(q *request, status int, wrong []fieldError) error {
	p, err := q.findPerson()
	if err != nil {
		return err
	}
	name, merges := q.words.personLabel(p), 0
	for _, m := range s.deps.Directory.Merges(q.r.Context(), q.who.Tenant) {
		if m.Kept == p.ID || m.Gone == p.ID {
			merges++
		}
	}
	body := gonePage{Name: name, Action: personPath(p) + "/delete", Back: q.link(personPath(p)), Label: q.words.t("person.delete.name"), Button: q.words.t("person.delete"), Version: p.Version, Stays: q.words.t("person.delete.stays"),
		Gone: []string{q.words.t("person.delete.entry", name), q.words.tn("person.delete.identifiers", len(p.Identifiers)), q.words.tn("person.delete.groups", len(q.groupsOf(p))), q.words.tn("person.delete.units", len(p.Memberships))}}
	if merges > 0 {
		body.Gone = append(body.Gone, q.words.tn("person.delete.merges", merges))
	}
	return q.show(status, "gone", &view{Title: q.words.t("person.delete"), Answer: q.words.t("person.delete.answer", name), Body: body, Errors: wrong, Crumbs: q.directoryCrumbs(personPath(p), name)})
}

// named tells whether a form has the name of what it deletes.
func named(values url.Values, name string) bool {
	return strings.Join(strings.Fields(values.Get("name")), " ") == strings.Join(strings.Fields(name), " ")
}

// deletePerson takes somebody out of the directory whose name was typed.
func (s *Site) deletePerson(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	p, err := q.findPerson()
	if err != nil {
		return err
	}
	if !named(values, q.words.personLabel(p)) {
		return s.showDeletePerson(q, http.StatusUnprocessableEntity, []fieldError{{"name", q.words.t("invalid.gone")}})
	}
	if err := s.deps.Directory.DeletePerson(q.r.Context(), q.who.Tenant, p.ID, formVersion(values, "version")); err != nil {
		return err
	}
	q.to("/directory?done=person-deleted")
	return nil
}
