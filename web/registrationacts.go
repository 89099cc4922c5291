package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"lernspur/catalog"
)

// registerForm is the form that a learner is registered with.
type registerForm struct {
	Kind, Mail, Account, HomePage, Name string
}

// register registers a learner, and leads to where a link can be made.
func (s *Site) register(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	form := registerForm{values.Get("kind"), strings.TrimSpace(values.Get("mail")), strings.TrimSpace(values.Get("account")),
		strings.TrimSpace(values.Get("home")), strings.TrimSpace(values.Get("name"))}
	course := q.r.PathValue("course")
	actor, wrong := q.actor(form)
	if len(wrong) == 0 {
		r, err := s.deps.Catalog.Register(q.r.Context(), q.who.Tenant, course, catalog.Learner{Actor: actor, Name: form.Name}, catalog.RegisterOptions{})
		if err == nil {
			s.deps.Registered(q.r.Context(), q.who.Tenant, r)
			q.to("/courses/" + course + "/registrations/" + r.ID.String() + "?done=registered")
			return nil
		}
		var known bool
		if wrong, known = q.invalid(err); !known {
			return err
		}
		wrong[0].Field = form.Kind
	}
	return s.showCourse(q, http.StatusUnprocessableEntity, form, wrong)
}

// actor is the Agent that a form means.
func (q *request) actor(form registerForm) (json.RawMessage, []fieldError) {
	type account struct {
		HomePage string `json:"homePage"`
		Name     string `json:"name"`
	}
	agent := struct {
		ObjectType string   `json:"objectType"`
		Account    *account `json:"account"`
	}{ObjectType: "Agent"}
	switch form.Kind {
	case "account":
		home, err := url.Parse(form.HomePage)
		switch {
		case form.Account == "":
			return nil, []fieldError{{"account", q.words.t("invalid.account")}}
		case err != nil || home.Scheme == "" || home.Host == "":
			return nil, []fieldError{{"home", q.words.t("invalid.home")}}
		}
		agent.Account = &account{form.HomePage, form.Account}
	default:
		l, err := catalog.InvitedLearner("", form.Mail)
		if err != nil {
			return nil, []fieldError{{"mail", q.words.t("invalid.mail")}}
		}
		return l.Actor, nil
	}
	text, err := json.Marshal(agent)
	if err != nil {
		panic(err) // it is made of texts
	}
	return text, nil
}

// makeLink makes a link that opens the course for the learner. It is in the answer
// and nowhere else.
func (s *Site) makeLink(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	r, c, err := s.find(q)
	if err != nil {
		return err
	}
	days, ok := readLength("", strings.TrimSpace(values.Get("days")))
	if !ok || days < 1 {
		return s.showRegistration(q, http.StatusUnprocessableEntity, r, c, nil, []fieldError{{"days", q.words.t("invalid.lifetime")}})
	}
	l, err := s.deps.Catalog.Open(q.r.Context(), q.who.Tenant, r.ID, "", catalog.Normal, catalog.OpenOptions{Lifetime: time.Duration(days) * 24 * time.Hour, By: nameOf(q.who)})
	if wrong, known := q.invalid(err); known {
		wrong[0].Field = "days"
		return s.showRegistration(q, http.StatusUnprocessableEntity, r, c, nil, wrong)
	}
	if err != nil {
		return err
	}
	return s.showRegistration(q, http.StatusOK, r, c, l, nil)
}

// dayFormat is that of days in forms.
const dayFormat = "2006-01-02"

// day is an instant as a field of a form has it; empty for none.
func (s *Site) day(micros int64) string {
	if micros == 0 {
		return ""
	}
	return time.UnixMicro(micros).In(s.deps.Location).Format(dayFormat)
}

// fromDay is the beginning of a day, days later; 0 for an empty text.
func (s *Site) fromDay(text string, days int) (micros int64, ok bool) {
	if text == "" {
		return 0, true
	}
	t, err := time.ParseInLocation(dayFormat, text, s.deps.Location)
	if err != nil || t.Year() < 1971 {
		return 0, false
	}
	return t.AddDate(0, 0, days).UnixMicro(), true
}

// setDates says from when until when a registration can be opened: the last day is
// one of them.
func (s *Site) setDates(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	r, c, err := s.find(q)
	if err != nil {
		return err
	}
	opens, first := s.fromDay(values.Get("opens"), 0)
	closes, last := s.fromDay(values.Get("closes"), 1)
	if closes > 0 {
		closes-- // the day before midnight
	}
	if !first || !last || closes != 0 && closes <= opens {
		return s.showRegistration(q, http.StatusUnprocessableEntity, r, c, nil, []fieldError{{"opens", q.words.t("invalid.dates")}})
	}
	if _, err := s.deps.Catalog.Note(q.r.Context(), q.who.Tenant, r.ID, func(r *catalog.Registration) error {
		r.Opens, r.Closes = opens, closes
		return nil
	}); err != nil {
		return err
	}
	q.to("/courses/" + c.ID + "/registrations/" + r.ID.String() + "?done=saved")
	return nil
}

// reset lets a learner begin anew.
func (s *Site) reset(q *request) error {
	r, c, err := s.find(q)
	if err != nil {
		return err
	}
	if r, err = s.deps.Catalog.Reset(q.r.Context(), q.who.Tenant, r.ID); err != nil {
		return err
	}
	s.deps.WasReset(q.r.Context(), q.who.Tenant, r)
	q.to("/courses/" + c.ID + "/registrations/" + r.ID.String() + "?done=reset")
	return nil
}
