package web

import (
	"net/http"

	"lernspur/web/visitor"
)

// start leads to the only page that a visitor has, or lists them.
func (s *Site) start(q *request) error {
	places := q.menu()
	if len(places) == 1 {
		for _, m := range menu {
			if q.who.Has(m.roles...) {
				q.to(m.path)
				return nil
			}
		}
	}
	type task struct{ Name, Text, Link string }
	var tasks []task
	for _, m := range menu {
		if q.who.Has(m.roles...) {
			tasks = append(tasks, task{q.words.t(m.key), q.words.t(m.key + ".text"), q.link(m.path)})
		}
	}
	answer := q.words.t("start.answer")
	if len(tasks) == 0 {
		answer = q.words.t("start.nothing")
	}
	return q.show(http.StatusOK, "start", &view{Title: q.words.t("start.title", nameOf(q.who)), Answer: answer, Body: tasks})
}

func nameOf(v *visitor.Visitor) string {
	if v.Name != "" {
		return v.Name
	}
	return v.Account
}
