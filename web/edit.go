package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"lernspur/catalog"
	"lernspur/content/manifest"
)

// editForm is the form that a course is described with, as it was sent or as the
// course is.
type editForm struct {
	// Titles and Descriptions are by language, German and English always.
	Titles, Descriptions []languageField
	Kind, Provider       string
	Competences          string // one a line
	Hours, Minutes       string
	Certified            bool
	Grading              string
	Gradings             []string
	// Activity and Prefix are for a course without a package.
	Activity string
	Prefix   bool
	Action   string
	Back     string
}

type languageField struct{ Field, Language, Value string }

// undetermined stands for no language, in names of fields.
const undetermined = "und"

// languageFields are the texts that there are, and places for German and English.
func languageFields(field string, text manifest.Text) []languageField {
	byLanguage := map[string]string{"de": "", "en": ""}
	order := []string{"de", "en"}
	for _, p := range text {
		language := p.Language
		if language == "" {
			language = undetermined
		}
		if !slices.Contains(order, language) {
			order = append(order, language)
		}
		byLanguage[language] = p.Value
	}
	var fields []languageField
	for _, language := range order {
		fields = append(fields, languageField{field + "." + language, language, byLanguage[language]})
	}
	return fields
}

// textOf reads what was sent for a text.
func textOf(form url.Values, field string) (manifest.Text, []languageField) {
	var text manifest.Text
	var sent manifest.Text
	for _, name := range sortedKeys(form) {
		language, ok := strings.CutPrefix(name, field+".")
		if !ok || len(language) > 35 {
			continue
		}
		if language == undetermined {
			language = ""
		}
		value := strings.TrimSpace(form.Get(name))
		sent = append(sent, manifest.Phrase{Language: language, Value: value})
		if value != "" {
			text = append(text, manifest.Phrase{Language: language, Value: value})
		}
	}
	return text, languageFields(field, sent)
}

func sortedKeys(form url.Values) []string {
	names := make([]string, 0, len(form))
	for name := range form {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

var gradings = []string{string(catalog.GradeBest), string(catalog.GradeLast), string(catalog.GradeFirst), string(catalog.GradeAverage)}

// formOf is the form that shows a course as it is.
func formOf(c *catalog.Course) editForm {
	f := editForm{
		Titles: languageFields("title", c.Title), Descriptions: languageFields("description", c.Description),
		Kind: c.Kind, Provider: c.Provider, Competences: strings.Join(c.Competences, "\n"), Certified: c.Certified, Grading: string(c.Grading), Gradings: gradings,
	}
	if f.Grading == "" {
		f.Grading = string(catalog.GradeBest)
	}
	if minutes, ok := minutesOf(c.Duration); ok {
		f.Hours, f.Minutes = strconv.Itoa(minutes/60), strconv.Itoa(minutes%60)
	}
	return f
}

// readEdit reads the form: what was sent, to be shown again, and what it means.
// before is the course as it was; nil for a new one.
func (q *request) readEdit(form url.Values, before *catalog.Course) (editForm, catalog.Edit, []fieldError) {
	var wrong []fieldError
	f := editForm{Kind: form.Get("kind"), Provider: strings.TrimSpace(form.Get("provider")), Competences: form.Get("competences"),
		Hours: strings.TrimSpace(form.Get("hours")), Minutes: strings.TrimSpace(form.Get("minutes")), Certified: form.Get("certified") != "",
		Grading: form.Get("grading"), Gradings: gradings, Activity: strings.TrimSpace(form.Get("activity")), Prefix: form.Get("prefix") != ""}
	var title, description manifest.Text
	title, f.Titles = textOf(form, "title")
	description, f.Descriptions = textOf(form, "description")
	if len(title) == 0 {
		wrong = append(wrong, fieldError{"title", q.words.t("invalid.title")})
	}
	competences := []string{}
	for line := range strings.Lines(f.Competences) {
		if line = strings.TrimSpace(line); line != "" && !slices.Contains(competences, line) {
			competences = append(competences, line)
		}
	}
	edit := catalog.Edit{Title: &title, Description: &description, Kind: &f.Kind, Provider: &f.Provider, Competences: &competences, Certified: &f.Certified}
	if f.Grading != "" {
		grading := catalog.Grading(f.Grading)
		edit.Grading = &grading
	}
	switch minutes, ok := readLength(f.Hours, f.Minutes); {
	case !ok:
		wrong = append(wrong, fieldError{"duration", q.words.t("invalid.duration")})
	case before != nil && sameLength(before.Duration, minutes): // it stays as it was written
	default:
		duration := ""
		if minutes > 0 {
			duration = isoMinutes(minutes)
		}
		edit.Duration = &duration
	}
	return f, edit, wrong
}

// sameLength tells whether the form shows a duration as this number of minutes.
func sameLength(iso string, minutes int) bool {
	before, ok := minutesOf(iso)
	return ok && before == minutes || !ok && minutes == 0
}

// readLength is a number of minutes; both empty is none.
func readLength(hours, minutes string) (int, bool) {
	total := 0
	for _, part := range [...]struct {
		text string
		unit int
	}{{hours, 60}, {minutes, 1}} {
		if part.text == "" {
			continue
		}
		n, err := strconv.Atoi(part.text)
		if err != nil || n < 0 || n > 10_000 {
			return 0, false
		}
		total += n * part.unit
	}
	return total, true
}

// invalid turns what the catalogue says about a field into words beside the field.
func (q *request) invalid(err error) ([]fieldError, bool) {
	var invalid *catalog.Invalid
	if !errors.As(err, &invalid) {
		return nil, false
	}
	key := "invalid." + invalid.Field
	if !q.words.has(key) {
		key = "invalid.other"
	}
	return []fieldError{{invalid.Field, q.words.t(key)}}, true
}

// editCourse shows what people say about a course, to be changed.
func (s *Site) editCourse(q *request) error {
	c, err := s.deps.Catalog.Course(q.r.Context(), q.who.Tenant, q.r.PathValue("course"))
	if err != nil {
		return err
	}
	return s.showEdit(q, http.StatusOK, c, formOf(c), nil)
}

func (s *Site) showEdit(q *request, status int, c *catalog.Course, form editForm, wrong []fieldError) error {
	form.Action, form.Back = q.link("/courses/"+c.ID+"/edit"), q.link("/courses/"+c.ID)
	return q.show(status, "edit", &view{Title: q.words.t("edit.title"), Answer: q.words.t("edit.answer"), Body: form, Errors: wrong,
		Crumbs: q.crumbs("/courses", q.words.t("menu.courses"), "/courses/"+c.ID, q.words.titleOf(c))})
}

// changeCourse changes what people say about a course.
func (s *Site) changeCourse(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	c, err := s.deps.Catalog.Outline(q.r.Context(), q.who.Tenant, q.r.PathValue("course"))
	if err != nil {
		return err
	}
	form, edit, wrong := q.readEdit(values, c)
	if len(wrong) == 0 {
		_, err := s.deps.Catalog.Edit(q.r.Context(), q.who.Tenant, c.ID, edit)
		if err == nil {
			q.to("/courses/" + c.ID + "?done=saved")
			return nil
		}
		var known bool
		if wrong, known = q.invalid(err); !known {
			return err
		}
	}
	return s.showEdit(q, http.StatusUnprocessableEntity, c, form, wrong)
}

// newCourse asks for an Activity that never had a package.
func (s *Site) newCourse(q *request) error {
	return s.showNew(q, http.StatusOK, formOf(&catalog.Course{}), nil)
}

func (s *Site) showNew(q *request, status int, form editForm, wrong []fieldError) error {
	form.Action, form.Back = q.link("/courses/new"), q.link("/courses")
	return q.show(status, "new", &view{Title: q.words.t("new.title"), Answer: q.words.t("new.answer"), Body: form, Errors: wrong,
		Crumbs: q.crumbs("/courses", q.words.t("menu.courses"))})
}

// makeCourse makes a course of an Activity.
func (s *Site) makeCourse(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	form, edit, wrong := q.readEdit(values, nil)
	if len(wrong) == 0 {
		c, err := s.deps.Catalog.RegisterActivity(q.r.Context(), q.who.Tenant, catalog.ActivityOptions{Activity: form.Activity, Prefix: form.Prefix, Edit: edit})
		if err == nil {
			q.to("/courses/" + c.ID + "?done=made")
			return nil
		}
		var known bool
		if wrong, known = q.invalid(err); !known {
			var conflict *catalog.Conflict
			if !errors.As(err, &conflict) {
				return err
			}
			wrong = []fieldError{{"activity", q.words.t("invalid.activity.taken")}}
		}
	}
	return s.showNew(q, http.StatusUnprocessableEntity, form, wrong)
}

// deletePage is what is shown before a course is deleted.
type deletePage struct {
	ID, Title     string
	Versions      int
	Size          int64
	Registrations string
}

// askDelete says what would be gone and asks for the course's name.
func (s *Site) askDelete(q *request) error { return s.showDelete(q, http.StatusOK, nil) }

func (s *Site) showDelete(q *request, status int, wrong []fieldError) error {
	c, err := s.deps.Catalog.Outline(q.r.Context(), q.who.Tenant, q.r.PathValue("course"))
	if err == nil && c.Deleted {
		err = catalog.ErrNotFound
	}
	if err != nil {
		return err
	}
	body := deletePage{ID: c.ID, Title: q.words.titleOf(c), Versions: len(c.Versions)}
	for _, v := range c.Versions {
		body.Size += v.Unpacked
	}
	list, err := s.registrationList(q, c, pageSize)
	if err != nil {
		return err
	}
	body.Registrations = list.Count
	return q.show(status, "delete", &view{Title: q.words.t("delete.title"), Answer: q.words.t("delete.answer", body.Title), Body: body, Errors: wrong,
		Crumbs: q.crumbs("/courses", q.words.t("menu.courses"), "/courses/"+c.ID, body.Title)})
}

// deleteCourse deletes a course whose name was typed.
func (s *Site) deleteCourse(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	c, err := s.deps.Catalog.Outline(q.r.Context(), q.who.Tenant, q.r.PathValue("course"))
	if err != nil {
		return err
	}
	if strings.TrimSpace(values.Get("name")) != q.words.titleOf(c) {
		return s.showDelete(q, http.StatusUnprocessableEntity, []fieldError{{"name", q.words.t("invalid.name")}})
	}
	if err := s.deps.Catalog.Delete(q.r.Context(), q.who.Tenant, c.ID); err != nil {
		return err
	}
	q.to("/courses?done=deleted")
	return nil
}
