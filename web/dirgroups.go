package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"lernspur/directory"
)

// dirGroupRow is a group in a list.
type dirGroupRow struct {
	Name, Link, Code, Course, Span string
	Members, Trainers              int
}

// dirGroupsPage is what the page of groups shows.
type dirGroupsPage struct {
	Query, Course string
	Courses       []choice
	Rows          []dirGroupRow
	More          string
	Writes        bool
	Form          groupForm
}

// groupForm is the form that a group is described with.
type groupForm struct {
	Name, Code, Course, From, Until string
	Courses                         []choice
}

// courseChoices are the courses that a group can be a run of.
func (q *request) courseChoices(chosen string) ([]choice, error) {
	courses, err := q.site.deps.Catalog.Courses(q.r.Context(), q.who.Tenant, "", titledCourses)
	if err != nil {
		return nil, err
	}
	list := []choice{{"", q.words.t("group.course.none"), chosen == ""}}
	known := chosen == ""
	for _, c := range courses {
		list = append(list, choice{c.ID, q.words.titleOf(c), c.ID == chosen})
		known = known || c.ID == chosen
	}
	if !known {
		list = append(list, choice{chosen, chosen, true}) // it is there no more, or never was
	}
	return list, nil
}

func chosenName(list []choice) string {
	for _, c := range list {
		if c.Chosen && c.Value != "" {
			return c.Name
		}
	}
	return ""
}

// dirGroups answers which groups there are.
func (s *Site) dirGroups(q *request) error {
	return s.showDirGroups(q, http.StatusOK, groupForm{}, nil)
}

func (s *Site) showDirGroups(q *request, status int, form groupForm, wrong []fieldError) error {
	values := q.r.URL.Query()
	body := dirGroupsPage{Query: strings.TrimSpace(values.Get("q")), Course: values.Get("course"), Writes: q.writesDirectory(), Form: form}
	var err error
	if body.Courses, err = q.courseChoices(body.Course); err != nil {
		return err
	}
	if body.Form.Courses, err = q.courseChoices(form.Course); err != nil {
		return err
	}
	titles := map[string]string{}
	for _, c := range body.Courses {
		titles[c.Value] = c.Name
	}
	all := s.deps.Directory.Groups(q.r.Context(), q.who.Tenant)
	total, query := len(all), strings.ToLower(body.Query)
	all = slices.DeleteFunc(all, func(g *directory.Group) bool {
		return body.Course != "" && g.Course != body.Course || !strings.Contains(strings.ToLower(g.Name+" "+g.Code), query)
	})
	if after := values.Get("after"); after != "" {
		at := slices.IndexFunc(all, func(g *directory.Group) bool { return g.ID == after })
		all = all[at+1:] // from the beginning when it is there no more
	}
	if len(all) > pageSize {
		all = all[:pageSize]
		body.More = q.nextPage(all[pageSize-1].ID)
	}
	for _, g := range all {
		row := dirGroupRow{Name: g.Name, Link: q.link(dirGroupPath(g)), Code: g.Code, Span: q.words.span(g.From, g.Until), Members: len(g.Members), Trainers: len(g.Trainers)}
		if g.Course != "" {
			if row.Course = titles[g.Course]; row.Course == "" {
				row.Course = g.Course
			}
		}
		body.Rows = append(body.Rows, row)
	}
	return q.show(status, "dirgroups", &view{Title: q.words.t("tab.groups"), Answer: q.words.tn("groups.answer", total), Tabs: q.directoryTabs(), Body: body, Errors: wrong, Crumbs: q.directoryCrumbs()})
}

func dirGroupPath(g *directory.Group) string { return "/directory/groups/" + url.PathEscape(g.ID) }

// groupFields are the fields of forms by those of the directory.
var groupFields = map[string]string{"*": "name"}

// readGroup reads what a form says of a group.
func (q *request) readGroup(values url.Values) (f groupForm, e directory.GroupEdit, wrong []fieldError) {
	f = groupForm{Name: strings.TrimSpace(values.Get("name")), Code: strings.TrimSpace(values.Get("code")), Course: values.Get("course"), From: strings.TrimSpace(values.Get("from")), Until: strings.TrimSpace(values.Get("until"))}
	from, ok := readDay(f.From)
	if !ok {
		wrong = append(wrong, fieldError{"from", q.words.t("invalid.day")})
	}
	until, ok := readDay(f.Until)
	if !ok {
		wrong = append(wrong, fieldError{"until", q.words.t("invalid.day")})
	}
	return f, directory.GroupEdit{Name: &f.Name, Code: &f.Code, Course: &f.Course, From: &from, Until: &until}, wrong
}

// addGroup adds a group.
func (s *Site) addGroup(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	form, edit, wrong := q.readGroup(values)
	if len(wrong) == 0 {
		g, err := s.deps.Directory.AddGroup(q.r.Context(), q.who.Tenant, edit)
		if err == nil {
			q.to(dirGroupPath(g) + "?done=group-made")
			return nil
		}
		var known bool
		if wrong, known = q.unfit(err, groupFields); !known {
			return err
		}
	}
	return s.showDirGroups(q, http.StatusUnprocessableEntity, form, wrong)
}

// dirMember is somebody in a group, or who trains it.
type dirMember struct{ ID, Name, Link, Detail, Span string }

// dirGroupPage is what the page of a group shows.
type dirGroupPage struct {
	Group             *directory.Group
	Path, Course      string
	Span, Progress    string
	Members, Trainers []dirMember
	Total             int
	More              string
	Writes            bool
	Form              groupForm
	// Query and Found are who could be put in, or could train.
	Query    string
	Found    []dirMember
	Searched bool
}

// findGroupOf is the group of an address.
func (q *request) findGroupOf() (*directory.Group, error) {
	g, ok := q.site.deps.Directory.Group(q.r.Context(), q.who.Tenant, q.r.PathValue("group"))
	if !ok {
		return nil, directory.ErrNotFound
	}
	return g, nil
}

// dirGroup shows one group.
func (s *Site) dirGroup(q *request) error {
	g, err := q.findGroupOf()
	if err != nil {
		return err
	}
	return s.showDirGroup(q, http.StatusOK, g, nil, nil)
}

func (s *Site) showDirGroup(q *request, status int, g *directory.Group, form *groupForm, wrong []fieldError) error {
	values := q.r.URL.Query()
	body := dirGroupPage{Group: g, Path: dirGroupPath(g), Span: q.words.span(g.From, g.Until), Total: len(g.Members), Writes: q.writesDirectory(), Query: strings.TrimSpace(values.Get("q"))}
	if form != nil {
		body.Form = *form
	} else {
		body.Form = groupForm{Name: g.Name, Code: g.Code, Course: g.Course, From: string(g.From), Until: string(g.Until)}
	}
	var err error
	if body.Form.Courses, err = q.courseChoices(body.Form.Course); err != nil {
		return err
	}
	courses, err := q.courseChoices(g.Course)
	if err != nil {
		return err
	}
	body.Course = chosenName(courses)
	if q.who.Has(closeBy...) {
		body.Progress = q.page("/progress/group", "group", g.ID)
	}
	members := q.membersOf(g)
	if after := values.Get("after"); after != "" {
		at := slices.IndexFunc(members, func(m dirMember) bool { return m.ID == after })
		members = members[at+1:]
	}
	if len(members) > pageSize {
		members = members[:pageSize]
		body.More = q.nextPage(members[pageSize-1].ID) + "#members"
	}
	body.Members = members
	for _, id := range g.Trainers {
		body.Trainers = append(body.Trainers, q.dirMember(id))
	}
	if body.Writes && body.Query != "" && len(body.Query) <= maxAsked {
		body.Searched = true
		for _, p := range s.deps.Directory.People(q.r.Context(), q.who.Tenant, directory.PeopleFilter{Query: body.Query}, directory.ListPlace{}, pageSize) {
			body.Found = append(body.Found, q.dirMember(p.ID))
		}
	}
	return q.show(status, "dirgroup", &view{Title: g.Name, Answer: q.words.tn("dirgroup.answer", len(g.Members), q.words.tn("dirgroup.trainers", len(g.Trainers))), Body: body, Errors: wrong,
		Crumbs: q.directoryCrumbs("/directory/groups", q.words.t("tab.groups"))})
}

// dirMember is somebody by name, with what tells two of one name apart.
func (q *request) dirMember(id string) dirMember {
	p, ok := q.site.deps.Directory.Person(q.r.Context(), q.who.Tenant, id)
	if !ok {
		return dirMember{ID: id, Name: id}
	}
	row := q.personRow(p)
	detail := []string{}
	for _, text := range []string{row.Staff, row.Unit, row.Identifier} {
		if text != "" && text != row.Name {
			detail = append(detail, text)
		}
	}
	return dirMember{ID: p.ID, Name: row.Name, Link: row.Link, Detail: strings.Join(detail, " · ")}
}

// membersOf are the members of a group by name.
func (q *request) membersOf(g *directory.Group) []dirMember {
	list := make([]dirMember, len(g.Members))
	for i, m := range g.Members {
		list[i] = q.dirMember(m.Person)
		list[i].Span = q.words.span(m.From, m.Until)
	}
	slices.SortFunc(list, func(a, b dirMember) int {
		if c := strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return list
}

// changeGroup changes what is said about a group.
func (s *Site) changeGroup(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	g, err := q.findGroupOf()
	if err != nil {
		return err
	}
	form, edit, wrong := q.readGroup(values)
	if len(wrong) == 0 {
		_, err := s.deps.Directory.EditGroup(q.r.Context(), q.who.Tenant, g.ID, formVersion(values, "version"), edit)
		if err == nil {
			q.to(dirGroupPath(g) + "?done=saved")
			return nil
		}
		var known bool
		if wrong, known = q.unfit(err, groupFields); !known {
			return err
		}
	}
	return s.showDirGroup(q, http.StatusUnprocessableEntity, g, &form, wrong)
}

// putMember puts somebody into a group, or has them train it.
func (s *Site) putMember(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	g, err := q.findGroupOf()
	if err != nil {
		return err
	}
	person := values.Get("person")
	if values.Get("as") == "trainer" {
		trainers := append(slices.Clone(g.Trainers), person)
		_, err := s.deps.Directory.EditGroup(q.r.Context(), q.who.Tenant, g.ID, g.Version, directory.GroupEdit{Trainers: &trainers})
		return q.afterGroup(g, "trainer-added", err)
	}
	from, fromOK := readDay(values.Get("from"))
	until, untilOK := readDay(values.Get("until"))
	if !fromOK || !untilOK {
		return s.showDirGroup(q, http.StatusUnprocessableEntity, g, nil, []fieldError{{"q", q.words.t("invalid.day")}})
	}
	_, err = s.deps.Directory.SetMember(q.r.Context(), q.who.Tenant, g.ID, 0, directory.GroupMember{Person: person, From: from, Until: until})
	return q.afterGroup(g, "member-added", err)
}

// afterGroup goes back to a group after a change, or says beside the search what cannot be.
func (q *request) afterGroup(g *directory.Group, done string, err error) error {
	if wrong, known := q.unfit(err, map[string]string{"members": "q", "trainers": "q", "*": "q"}); known {
		return q.site.showDirGroup(q, http.StatusUnprocessableEntity, g, nil, wrong)
	}
	if err != nil {
		return err
	}
	q.to(dirGroupPath(g) + "?" + doneParameter + "=" + done)
	return nil
}

// dropMember takes somebody out of a group.
func (s *Site) dropMember(q *request) error {
	g, err := q.findGroupOf()
	if err != nil {
		return err
	}
	_, err = s.deps.Directory.RemoveMember(q.r.Context(), q.who.Tenant, g.ID, 0, q.r.PathValue("person"))
	return q.afterGroup(g, "member-dropped", err)
}

// dropTrainer has somebody train a group no more.
func (s *Site) dropTrainer(q *request) error {
	g, err := q.findGroupOf()
	if err != nil {
		return err
	}
	person := q.r.PathValue("person")
	if !slices.Contains(g.Trainers, person) {
		return directory.ErrNotFound
	}
	trainers := slices.DeleteFunc(slices.Clone(g.Trainers), func(id string) bool { return id == person })
	_, err = s.deps.Directory.EditGroup(q.r.Context(), q.who.Tenant, g.ID, g.Version, directory.GroupEdit{Trainers: &trainers})
	return q.afterGroup(g, "trainer-dropped", err)
}

// askDeleteGroup says what would be gone and asks for the name.
func (s *Site) askDeleteGroup(q *request) error {
	return s.showDeleteGroup(q, http.StatusOK, nil)
}

func (s *Site) showDeleteGroup(q *request, status int, wrong []fieldError) error {
	g, err := q.findGroupOf()
	if err != nil {
		return err
	}
	body := gonePage{Name: g.Name, Action: dirGroupPath(g) + "/delete", Back: q.link(dirGroupPath(g)), Label: q.words.t("group.delete.name"), Button: q.words.t("group.delete"), Version: g.Version,
		Gone: []string{q.words.t("group.delete.entry", g.Name), q.words.tn("group.delete.members", len(g.Members)), q.words.tn("group.delete.trainers", len(g.Trainers))}, Stays: q.words.t("group.delete.stays")}
	return q.show(status, "gone", &view{Title: q.words.t("group.delete"), Answer: q.words.t("group.delete.answer", g.Name), Body: body, Errors: wrong,
		Crumbs: q.directoryCrumbs("/directory/groups", q.words.t("tab.groups"), dirGroupPath(g), g.Name)})
}

// deleteGroup takes out a group whose name was typed.
func (s *Site) deleteGroup(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	g, err := q.findGroupOf()
	if err != nil {
		return err
	}
	if !named(values, g.Name) {
		return s.showDeleteGroup(q, http.StatusUnprocessableEntity, []fieldError{{"name", q.words.t("invalid.gone")}})
	}
	if err := s.deps.Directory.DeleteGroup(q.r.Context(), q.who.Tenant, g.ID, formVersion(values, "version")); err != nil {
		return err
	}
	q.to("/directory/groups?done=group-deleted")
	return nil
}
