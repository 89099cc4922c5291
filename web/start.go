package web

import (
	"net/http"
	"net/url"
	"strings"

	"lernspur/web/visitor"
)

// start leads to the only page that a visitor has, or lists them.
func (s *Site) start(q *request) error {
	type task struct{ Name, Text, Link string }
	var tasks []task
	only := ""
	for _, m := range menu {
		if q.who.Has(m.roles...) {
			tasks = append(tasks, task{q.words.t(m.key), q.words.t(m.key + ".text"), q.link(m.path)})
			only = m.path
		}
	}
	if len(tasks) == 1 {
		q.to(only)
		return nil
	}
	answer := q.words.t("start.answer")
	if len(tasks) == 0 {
		answer = q.words.t("start.nothing")
	}
	return q.show(http.StatusOK, "start", &view{Title: q.words.t("start.title", nameOf(q.who)), Answer: answer, Body: tasks})
}

// chooseLanguage notes the language that a visitor wants pages in, and goes back to
// where that was asked for.
func (s *Site) chooseLanguage(q *request) error {
	form, err := q.form()
	if err != nil {
		return err
	}
	lang, back := form.Get(languageParameter), form.Get("back")
	if languages[lang] == nil {
		return &problem{status: http.StatusBadRequest, key: "form"}
	}
	if !ownPath(back) {
		back = "/"
	}
	if s.deps.SetLanguage == nil {
		back = withLanguage(back, lang)
	} else if err := s.deps.SetLanguage(q.r.Context(), q.who, lang); err != nil {
		return err
	}
	q.asked = ""
	q.to(back)
	return nil
}

// ownPath tells whether an address is one of our pages'.
func ownPath(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "" && u.Host == "" && strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//") && !strings.ContainsAny(address, "\\\r\n\t")
}

func nameOf(v *visitor.Visitor) string {
	if v.Name != "" {
		return v.Name
	}
	return v.Account
}
