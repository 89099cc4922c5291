package web

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"lernspur/browse"
	"lernspur/evaluation"
	"lernspur/statements"
)

// shownTimeline is how many statements the page of a learner has.
const shownTimeline = 30

// learnerCourse is a course of a learner.
type learnerCourse struct {
	Name, Link             string
	State                  string
	Score, Attempts, Spent figure
	Last                   seen
	Place                  string
	Reasons                []string
}

// learnerPage is what the page of a learner shows.
type learnerPage struct {
	On          evaluation.Settings
	Identifiers []string
	Courses     []learnerCourse
	// Timeline is what the learner did, All the address of all of it. Off tells that
	// this is not evaluated.
	Timeline  []told
	All       string
	Off       bool
	CSV, XLSX string
}

// learner answers where a learner stands, and what she did last.
func (s *Site) learner(q *request) error {
	id := q.r.URL.Query().Get("learner")
	if id == "" {
		q.to("/progress")
		return nil
	}
	on, err := q.evaluated()
	if err != nil {
		return err
	}
	path := "learners/" + url.PathEscape(id)
	learner, err := q.ask(path)
	if err != nil {
		return err
	}
	body := learnerPage{On: on, CSV: q.export(path, "csv"), XLSX: q.export(path, "xlsx"), All: q.page("/statements", "person", id)}
	var names map[string]string
	if err := together(
		func() (err error) { names, err = q.named(activitiesOfLearner(learner)); return err },
		func() error { return q.timeline(&body, id) },
	); err != nil {
		return err
	}
	for _, identifier := range learner.texts("identifiers") {
		body.Identifiers = append(body.Identifiers, statements.IdentifierText(identifier))
	}
	rows := learner.rows("courses")
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(b.text("last_activity"), a.text("last_activity")) })
	for _, r := range rows {
		c := learnerCourse{Name: names[r.text("course")], Link: q.page("/progress/course", "course", r.text("course")), State: stateOf(r), Score: q.score(r, "best_score"), Attempts: q.count(r, "attempts"),
			Spent: q.span(r, "time_spent"), Last: q.seen(r, "last_activity"), Reasons: q.reasons(r)}
		if place := r.text("last_place"); place != "" && place != r.text("course") {
			c.Place = names[place]
		}
		body.Courses = append(body.Courses, c)
	}
	return q.show(http.StatusOK, "learner", &view{Title: personName(learner), Answer: q.learnerAnswer(rows, body), Crumbs: q.crumbs("/progress", q.words.t("menu.progress")), Body: body})
}

// timeline fills in what a learner did last.
func (q *request) timeline(body *learnerPage, id string) error {
	page, err := q.site.deps.Statements.Find(q.r.Context(), q.who, browse.Filter{Person: id}, 0, shownTimeline)
	if errors.Is(err, browse.ErrOff) {
		body.Off = true
		return nil
	}
	if err == nil {
		body.Timeline, err = q.told(page.Statements)
	}
	return err
}

func activitiesOfLearner(learner row) []string {
	var ids []string
	for _, r := range learner.rows("courses") {
		ids = append(ids, r.text("course"), r.text("last_place"))
	}
	slices.Sort(ids)
	return slices.DeleteFunc(slices.Compact(ids), func(id string) bool { return id == "" })
}

// learnerAnswer says how far a learner is, and what she did last. rows are the
// courses, the latest first.
func (q *request) learnerAnswer(rows []row, body learnerPage) string {
	if len(rows) == 0 {
		return q.words.t("learner.nothing")
	}
	completed := 0
	for _, r := range rows {
		if r.text("completed") != "" {
			completed++
		}
	}
	if !body.On.IdleDays {
		return q.words.t("learner.answer.courses", completed, len(rows))
	}
	last := body.Courses[0]
	ago := q.words.ago(last.Last.at, q.site.deps.Now())
	if last.Last.Day != "" {
		ago = q.words.t("learner.on", last.Last.Day)
	}
	if last.Place != "" {
		return q.words.t("learner.answer.place", completed, len(rows), ago, last.Place, last.Name)
	}
	return q.words.t("learner.answer", completed, len(rows), ago, last.Name)
}
