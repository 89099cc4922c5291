package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"lernspur/apiv1"
	"lernspur/catalog"
	"lernspur/content/manifest"
)

// findingRow is something about a package, in the reader's language.
type findingRow struct {
	manifest.Finding
	Refused bool
	// Text says what it is, Advice what to do. Detail is the message as it was
	// written, in English, where Text is a translation of the rule alone.
	Text, Advice, Detail string
}

func (q *request) findings(list []manifest.Finding) []findingRow {
	var rows []findingRow
	for _, refused := range [...]bool{true, false} { // what matters most, first
		for _, f := range list {
			if (f.Severity == manifest.Error) != refused {
				continue
			}
			row := findingRow{Finding: f, Refused: refused, Text: f.Message, Advice: f.Advice}
			if rule, ok := translatedRules[q.words.lang][f.Rule]; ok {
				row.Text, row.Advice, row.Detail = rule[0], rule[1], f.Message
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// packagesPage is what the page of packages shows.
type packagesPage struct {
	courseList
	Upload uploadForm
}

// uploadForm is the form that a package is uploaded with.
type uploadForm struct {
	Action string
	// Refused and Findings are what became of the upload before.
	Refused, Detail string
	Findings        []findingRow
}

// packages shows the packages that there are, and takes new ones.
func (s *Site) packages(q *request) error {
	return s.showPackages(q, http.StatusOK, uploadForm{})
}

func (s *Site) showPackages(q *request, status int, form uploadForm) error {
	list, err := s.deps.Catalog.Packages(q.r.Context(), q.who.Tenant, q.r.URL.Query().Get("after"), pageSize+1)
	if err != nil {
		return err
	}
	form.Action = q.link("/packages")
	body := packagesPage{q.courseList("/packages", list), form}
	v := &view{Title: q.words.t("packages.title"), Answer: q.words.t("packages.answer"), Body: body, Script: true}
	if form.Refused != "" {
		v.Answer = form.Refused
	}
	return q.show(status, "packages", v)
}

// addPackage makes a course of a package.
func (s *Site) addPackage(q *request) error { return s.upload(q, "") }

// replacePackage makes a package the next version of a course.
func (s *Site) replacePackage(q *request) error { return s.upload(q, q.r.PathValue("course")) }

// upload takes a package, from the form or from its script. The script gets one
// line of JSON for every step, and in the last one where to go or what to show.
func (s *Site) upload(q *request, course string) error {
	tell := &teller{w: q.w, wanted: strings.Contains(q.r.Header.Get("Accept"), ndjson)}
	c, _, err := s.deps.Transfer.Receive(q.w, q.r, q.who.Tenant, catalog.AddOptions{Course: course, By: nameOf(q.who), Progress: tell.progress})
	if err != nil {
		return s.refuse(q, tell, course, err)
	}
	to := "/courses/" + c.ID + "?done=uploaded"
	if course != "" {
		to = "/courses/" + c.ID + "?done=replaced"
	}
	if tell.wanted {
		tell.line(map[string]string{"location": q.link(to)})
		return nil
	}
	q.to(to)
	return nil
}

// refuse says why a package was not taken.
func (s *Site) refuse(q *request, tell *teller, course string, err error) error {
	form := uploadForm{}
	status := http.StatusUnprocessableEntity
	var refused *catalog.Refused
	var sent *apiv1.Problem
	switch {
	case errors.As(err, &refused):
		form.Refused, form.Findings = q.words.t("packages.refused"), q.findings(refused.Findings)
	case errors.As(err, &sent) && sent.Status < 500:
		form.Refused, form.Detail, status = q.words.t("packages.unread"), sent.Detail, sent.Status
	case tell.wanted:
		p := toProblem(err)
		if p.status == http.StatusInternalServerError {
			s.deps.Logger.Error("a package could not be taken: " + err.Error())
		}
		form.Refused, form.Detail = q.words.t("problem."+p.key+".text")+" "+q.words.t("problem."+p.key+".next"), p.detail
	default:
		return err
	}
	if tell.wanted {
		var b strings.Builder
		if err := s.pages[q.words.lang]["packages"].ExecuteTemplate(&b, "refused", form); err != nil {
			return err
		}
		tell.line(map[string]string{"html": b.String()})
		return nil
	}
	if course != "" {
		q.r.SetPathValue("course", course)
		return s.showReplace(q, status, form)
	}
	return s.showPackages(q, status, form)
}

// showReplace shows what is wrong with a package that was to replace another.
func (s *Site) showReplace(q *request, status int, form uploadForm) error {
	c, err := s.deps.Catalog.Outline(q.r.Context(), q.who.Tenant, q.r.PathValue("course"))
	if err != nil {
		return err
	}
	form.Action = q.link("/courses/" + c.ID + "/package")
	return q.show(status, "replace", &view{Title: q.words.t("replace.title"), Answer: form.Refused, Script: true, Body: form,
		Crumbs: q.crumbs("/courses", q.words.t("menu.courses"), "/courses/"+c.ID, q.words.titleOf(c))})
}

// ndjson is the type of an answer that tells how far it is, line by line.
const ndjson = "application/x-ndjson"

// tellEvery is the time between two lines.
const tellEvery = 250 * time.Millisecond

// teller tells the script how far the work is.
type teller struct {
	w      http.ResponseWriter
	wanted bool
	begun  bool
	last   time.Time
}

func (t *teller) progress(done, total int64) {
	if !t.wanted || time.Since(t.last) < tellEvery {
		return
	}
	t.last = time.Now()
	t.line(map[string]int64{"done": done, "total": total})
}

func (t *teller) line(v any) {
	if !t.begun {
		t.begun = true
		t.w.Header().Set("Content-Type", ndjson)
		t.w.Header().Set("Cache-Control", "no-store")
		t.w.Header().Set("X-Accel-Buffering", "no")
	}
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // it is made of texts and numbers
	}
	_, _ = t.w.Write(append(b, '\n'))           // a client that left is found out by its context
	_ = http.NewResponseController(t.w).Flush() // what cannot be sent now is sent later
}

// download answers a version as a file.
func (s *Site) download(q *request) error {
	number, err := versionNumber(q.r.URL.Query().Get("version"))
	if err != nil {
		return err
	}
	c, v, err := s.deps.Catalog.Version(q.r.Context(), q.who.Tenant, q.r.PathValue("course"), number)
	if err != nil {
		return err
	}
	s.deps.Transfer.Send(q.w, q.r, c, v)
	return nil
}

// versionNumber reads the number of a version; 0 for none.
func versionNumber(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, catalog.ErrNotFound
	}
	return n, nil
}

// preview opens a course so that nothing is recorded.
func (s *Site) preview(q *request) error {
	form, err := q.form()
	if err != nil {
		return err
	}
	number, err := versionNumber(form.Get("version"))
	if err != nil {
		return err
	}
	course := q.r.PathValue("course")
	l, err := s.deps.Catalog.Open(q.r.Context(), q.who.Tenant, uuid.Nil, form.Get("item"), catalog.Browse, catalog.OpenOptions{
		Course: course, Version: number, ReturnURL: q.absolute("/courses/" + course), By: nameOf(q.who),
	})
	if err != nil {
		return err
	}
	q.away(s.deps.Link(l.Token))
	return nil
}

// absolute is the whole address of one of our pages; empty when nobody knows it.
func (q *request) absolute(path string) string {
	base := q.site.deps.Base()
	if u, err := url.Parse(base); err != nil || u.Host == "" {
		return ""
	}
	return base + withLanguage(path, q.asked)
}

// deleteVersion deletes a version that is not the current one.
func (s *Site) deleteVersion(q *request) error {
	number, err := versionNumber(q.r.PathValue("version"))
	if err != nil || number == 0 {
		return catalog.ErrNotFound
	}
	course := q.r.PathValue("course")
	if err := s.deps.Catalog.DeleteVersion(q.r.Context(), q.who.Tenant, course, number); err != nil {
		return err
	}
	q.to("/courses/" + course + "?done=version-deleted")
	return nil
}
