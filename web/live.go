package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// shownLive is how many statements the page begins with, newLive how many that have
// come are answered at one time; the older ones are left out.
const (
	shownLive = 20
	newLive   = 50
)

// livePage is what the page of what is coming in shows.
type livePage struct {
	Rows    []told
	Filter  string // whom it is narrowed to, empty for nobody
	News    string // address at which what has come is asked for
	After   int64
	Reload  string
	Browser string
}

// live shows what is coming in. Without the script it is the newest statements, and a
// link that loads them anew.
func (s *Site) live(q *request) error {
	f, form, wrong, err := q.statementFilter()
	switch {
	case err != nil:
		return err
	case len(wrong) > 0 || form.Nobody || len(form.People) > 0:
		q.to(q.plainFiltered("/statements", form)) // which says what is wrong
		return nil
	}
	page, err := s.deps.Statements.Find(q.r.Context(), q.who, f, 0, shownLive)
	if err != nil {
		return err
	}
	body := livePage{After: page.Upto, News: q.filtered("/statements/live/new", form), Reload: q.filtered("/statements/live", form), Browser: q.filtered("/statements", form), Filter: form.Name}
	if body.Rows, err = q.told(page.Statements); err != nil {
		return err
	}
	answer := q.words.t("live.answer")
	if q.anyFilter() {
		answer = q.words.t("live.answer.filtered")
	}
	return q.show(http.StatusOK, "live", &view{Title: q.words.t("live.title"), Answer: answer, Live: true, Crumbs: q.crumbs("/statements", q.words.t("menu.statements")), Body: body})
}

// plainFiltered is filtered for a redirect, to which the language is added.
func (q *request) plainFiltered(path string, form statementForm) string {
	asked := q.asked
	q.asked = ""
	address := q.filtered(path, form)[len(q.site.prefix):]
	q.asked = asked
	return address
}

// liveNews is what has come, for the script of the page.
type liveNews struct {
	After string `json:"after"`
	HTML  string `json:"html"`
	Count int    `json:"count"`
	Text  string `json:"text"`
}

// news answers what has come behind an instant.
func (s *Site) news(q *request) error {
	after, err := strconv.ParseInt(q.r.URL.Query().Get("after"), 10, 64)
	if err != nil || after <= 0 {
		return &problem{status: http.StatusBadRequest, key: "form"}
	}
	f, form, wrong, err := q.statementFilter()
	if err != nil {
		return err
	}
	if len(wrong) > 0 || form.Nobody || len(form.People) > 0 {
		return &problem{status: http.StatusBadRequest, key: "form"}
	}
	found, err := s.deps.Statements.New(q.r.Context(), q.who, f, after, newLive)
	if err != nil {
		return err
	}
	answer := liveNews{After: strconv.FormatInt(found.Upto, 10), Count: len(found.Statements)}
	if answer.Count > 0 {
		rows, err := q.told(found.Statements)
		if err != nil {
			return err
		}
		var b bytes.Buffer
		if err := s.pages[q.words.lang]["live"].ExecuteTemplate(&b, "told-rows", rows); err != nil {
			return fmt.Errorf("what has come: %w", err)
		}
		answer.HTML = b.String()
		answer.Text = q.words.tn("live.news", answer.Count)
		if found.More {
			answer.Text = q.words.t("live.dropped", answer.Count)
		}
	}
	text, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	h := q.w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(len(text)))
	if q.r.Method != http.MethodHead {
		_, _ = q.w.Write(text) // the client is gone
	}
	return nil
}
