package web

import (
	"net/http"
	"strconv"
	"strings"

	"lernspur/catalog"
	"lernspur/content/manifest"
)

// pageSize is how many courses or registrations a page lists.
const pageSize = 50

// titleOf is what a course is called; its id when it has no title.
func (w *words) titleOf(c *catalog.Course) string {
	if title := strings.TrimSpace(c.Title.In(w.lang, "de", "en")); title != "" {
		return title
	}
	return c.ID
}

// courseRow is a course in a list.
type courseRow struct {
	ID, Title, Kind, Package string
	Version                  int
	Duration, Provider, By   string
	Certified                bool
	Changed, Uploaded        int64
	Size                     int64
}

func (q *request) courseRow(c *catalog.Course) courseRow {
	row := courseRow{ID: c.ID, Title: q.words.titleOf(c), Kind: c.Kind, Duration: c.Duration, Provider: c.Provider, Certified: c.Certified, Changed: c.Changed}
	if v := c.Version(c.Current); v != nil {
		row.Package, row.Version, row.Uploaded, row.Size, row.By = string(v.Kind), v.Number, v.Uploaded, v.Unpacked, v.By
	}
	return row
}

// courseList is a page of courses; More is the address of the next one.
type courseList struct {
	Rows    []courseRow
	More    string
	Further bool // it is not the first page
}

func (q *request) courseList(path string, courses []*catalog.Course) courseList {
	l := courseList{Further: q.r.URL.Query().Has("after")}
	for i, c := range courses {
		if i == pageSize {
			l.More = q.link(path + "?after=" + courses[i-1].ID)
			break
		}
		l.Rows = append(l.Rows, q.courseRow(c))
	}
	return l
}

// courses lists all courses.
func (s *Site) courses(q *request) error {
	list, err := s.deps.Catalog.Courses(q.r.Context(), q.who.Tenant, q.r.URL.Query().Get("after"), pageSize+1)
	if err != nil {
		return err
	}
	body := q.courseList("/courses", list)
	answer := q.words.tn("courses.answer", len(body.Rows))
	switch {
	case len(body.Rows) == 0:
		answer = q.words.t("courses.none")
	case body.More != "" || body.Further:
		answer = q.words.t("courses.some")
	}
	return q.show(http.StatusOK, "courses", &view{Title: q.words.t("menu.courses"), Answer: answer, Body: body})
}

// itemRow is a part of a course, each before those below it.
type itemRow struct {
	Title, Type, ID string
	Level           int
	Launchable      bool
	Hidden          bool
	Passing         *float64
}

func itemRows(rows []itemRow, items []*manifest.Item, level int, w *words) []itemRow {
	for _, i := range items {
		title := i.Title.In(w.lang, "de", "en")
		if title == "" {
			title = i.ID
		}
		rows = append(rows, itemRow{title, string(i.Type), i.ID, min(level, 5), i.Launch != nil, i.Hidden, i.PassingScore})
		rows = itemRows(rows, i.Children, level+1, w)
	}
	return rows
}

// versionRow is one version of a course's package.
type versionRow struct {
	Number         int
	Kind           string
	Uploaded, Size int64
	By             string
	Current        bool
	Text           string // the number, for addresses
}

// coursePage is what the page of a course shows.
type coursePage struct {
	Course        *catalog.Course
	ID, Title     string
	Package       string
	Edition       string
	Grading       string
	Items         []itemRow
	Launchable    int
	Versions      []versionRow
	Findings      []findingRow
	Registrations registrationList
	Form          registerForm
	Upload        uploadForm
}

// course shows one course.
func (s *Site) course(q *request) error {
	return s.showCourse(q, http.StatusOK, registerForm{Kind: "mail"}, nil)
}

// shownRegistrations is how many registrations stand on the page of a course.
const shownRegistrations = 10

func (s *Site) showCourse(q *request, status int, form registerForm, wrong []fieldError) error {
	c, err := s.deps.Catalog.Course(q.r.Context(), q.who.Tenant, q.r.PathValue("course"))
	if err != nil {
		return err
	}
	body := coursePage{Upload: uploadForm{Action: q.link("/courses/" + c.ID + "/package")}, Course: c, ID: c.ID, Title: q.words.titleOf(c), Grading: string(c.Grading), Form: form}
	if body.Grading == "" {
		body.Grading = string(catalog.GradeBest)
	}
	for i := len(c.Versions) - 1; i >= 0; i-- {
		v := c.Versions[i]
		body.Versions = append(body.Versions, versionRow{v.Number, string(v.Kind), v.Uploaded, v.Unpacked, v.By, v.Number == c.Current, strconv.Itoa(v.Number)})
	}
	answer := q.words.t("course.answer.none")
	if v := c.Version(c.Current); v != nil && v.Manifest != nil {
		body.Package, body.Edition = string(v.Kind), v.Manifest.Edition
		body.Items = itemRows(nil, v.Manifest.Structure, 0, q.words)
		for _, i := range body.Items {
			if i.Launchable {
				body.Launchable++
			}
		}
		body.Findings = q.findings(v.Manifest.Findings)
		answer = q.words.tn("course.answer", body.Launchable, q.words.t("standard."+body.Package), v.Number)
	}
	if body.Registrations, err = s.registrationList(q, c, shownRegistrations); err != nil {
		return err
	}
	return q.show(status, "course", &view{Title: body.Title, Answer: answer, Crumbs: q.crumbs("/courses", q.words.t("menu.courses")), Body: body, Errors: wrong, Script: true})
}

// crumbs are links to the pages that the current one is below of: pairs of address
// and name.
func (q *request) crumbs(pairs ...string) []crumb {
	var list []crumb
	for i := 0; i+1 < len(pairs); i += 2 {
		list = append(list, crumb{pairs[i+1], q.link(pairs[i]), false})
	}
	return list
}
