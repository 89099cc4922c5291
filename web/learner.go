package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"

	"lernspur/evaluation"
)

// shownEvents is how many events a timeline has.
const shownEvents = 100

// event is something that a learner did, as a sentence.
type event struct {
	At   int64
	Day  string // where only that is told
	Text string
}

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
	Events      []event
	CSV, XLSX   string
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
	var learner, attempts row
	if err := together(
		func() (err error) { learner, err = q.ask(path); return err },
		func() (err error) {
			if !on.Timelines {
				return nil
			}
			if attempts, err = q.ask(path + "/attempts"); refused(err) {
				err = nil // of the courses there are none
			}
			return err
		},
	); err != nil {
		return err
	}
	names, err := q.named(activitiesOfLearner(learner, attempts))
	if err != nil {
		return err
	}
	body := learnerPage{On: on, CSV: q.export(path, "csv"), XLSX: q.export(path, "xlsx")}
	if on.Timelines {
		body.Events = q.events(learner, attempts, names)
	}
	for _, identifier := range learner.texts("identifiers") {
		body.Identifiers = append(body.Identifiers, identifierText(identifier))
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

func activitiesOfLearner(learner, attempts row) []string {
	var ids []string
	for _, r := range learner.rows("courses") {
		ids = append(ids, r.text("course"), r.text("last_place"))
	}
	for _, r := range attempts.rows("attempts") {
		ids = append(ids, r.text("course"))
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

// events are what a learner did, the latest first.
func (q *request) events(learner, attempts row, names map[string]string) []event {
	var list []event
	add := func(r row, when, text string) {
		if at := q.seen(r, when); !at.at.IsZero() {
			list = append(list, event{at.at.UnixMicro(), at.Day, text})
		}
	}
	for _, r := range learner.rows("courses") {
		add(r, "completed", q.words.t("event.completed", names[r.text("course")]))
	}
	for _, r := range attempts.rows("attempts") {
		name := names[r.text("course")]
		add(r, "began", q.words.t("event.began", name))
		if r.text("ended") == r.text("began") && r.verdict("passed") == nil && q.score(r, "score") == none {
			continue // there is no more to tell
		}
		add(r, "ended", q.ended(r, name))
	}
	slices.SortStableFunc(list, func(a, b event) int { return cmp.Compare(b.At, a.At) })
	return list[:min(shownEvents, len(list))]
}

// ended is a sentence on how an attempt came out.
func (q *request) ended(r row, name string) string {
	score := q.score(r, "score")
	passed := r.verdict("passed")
	switch {
	case passed != nil && *passed && score != none:
		return q.words.t("event.passed.score", name, score.Text)
	case passed != nil && *passed:
		return q.words.t("event.passed", name)
	case passed != nil && score != none:
		return q.words.t("event.failed.score", name, score.Text)
	case passed != nil:
		return q.words.t("event.failed", name)
	case score != none:
		return q.words.t("event.scored", name, score.Text)
	}
	return q.words.t("event.worked", name)
}
