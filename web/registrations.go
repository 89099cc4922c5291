package web

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"lernspur/catalog"
	"lernspur/content/manifest"
	"lernspur/evaluation"
)

// registrationRow is a learner in a course.
type registrationRow struct {
	ID      string
	Learner string // name, or identifier
	Detail  string // the identifier where there is a name
	State   string
	Score   *float64
	Created int64
	Last    int64 // the latest attempt
	Link    string
}

// registrationList is a page of registrations.
type registrationList struct {
	Rows  []registrationRow
	Count string // how many there are, or how many at least
	More  string
}

// registrationList are the first registrations of a course, or those behind the one
// that the address names.
func (s *Site) registrationList(q *request, c *catalog.Course, n int) (registrationList, error) {
	after := uuid.Nil
	if text := q.r.URL.Query().Get("after"); text != "" {
		var err error
		if after, err = uuid.Parse(text); err != nil {
			return registrationList{}, catalog.ErrNotFound
		}
	}
	list, err := s.deps.Catalog.Registrations(q.r.Context(), q.who.Tenant, c.ID, after, n+1)
	if err != nil {
		return registrationList{}, err
	}
	on, err := q.evaluated()
	if err != nil {
		return registrationList{}, err
	}
	l := registrationList{Count: q.words.tn("registrations.count", len(list))}
	if len(list) > n {
		l.Count = q.words.t("registrations.more", n)
		l.More = q.link("/courses/" + c.ID + "/registrations?after=" + list[n-1].ID.String())
		list = list[:n]
	}
	for _, r := range list {
		row := registrationRow{ID: r.ID.String(), State: r.State, Score: r.Score(c.Grading), Created: r.Created,
			Link: q.link("/courses/" + c.ID + "/registrations/" + r.ID.String())}
		row.Learner, row.Detail = learnerName(r.Learner)
		if on.IdleDays && on.Hours {
			for _, a := range r.Attempts {
				row.Last = max(row.Last, a.Started, a.Ended)
			}
		}
		l.Rows = append(l.Rows, row)
	}
	return l, nil
}

// learnerName is what a learner is called, and the identifier where that is
// something else.
func learnerName(l catalog.Learner) (name, detail string) {
	var agent struct {
		Mbox    string `json:"mbox"`
		OpenID  string `json:"openid"`
		Account *struct {
			Name string `json:"name"`
		} `json:"account"`
	}
	detail = l.Identifier
	if json.Unmarshal(l.Actor, &agent) == nil {
		switch {
		case agent.Mbox != "":
			detail = strings.TrimPrefix(agent.Mbox, "mailto:")
		case agent.Account != nil:
			detail = agent.Account.Name
		case agent.OpenID != "":
			detail = agent.OpenID
		}
	}
	if l.Name == "" || l.Name == detail {
		return detail, ""
	}
	return l.Name, detail
}

// registrations lists who is registered for a course.
func (s *Site) registrations(q *request) error {
	c, err := s.deps.Catalog.Course(q.r.Context(), q.who.Tenant, q.r.PathValue("course"))
	if err != nil {
		return err
	}
	list, err := s.registrationList(q, c, pageSize)
	if err != nil {
		return err
	}
	return q.show(http.StatusOK, "registrations", &view{Title: q.words.t("registrations.title"), Answer: list.Count, Body: list,
		Crumbs: q.crumbs("/courses", q.words.t("menu.courses"), "/courses/"+c.ID, q.words.titleOf(c))})
}

// attemptRow is one try at one item.
type attemptRow struct {
	Item           string
	Started, Ended int64
	Outcome        string
	Score          *float64
	Reset          bool
	// Calls is the address of what content called; empty when nothing is kept of that.
	Calls string
}

// attemptRows are attempts, the latest first, with the titles of what was tried. calls
// is the address of the calls of one; nil leaves these out.
func (w *words) attemptRows(r *catalog.Registration, v *catalog.Version, calls func(item string, number int) string) []attemptRow {
	titles := map[string]string{}
	called := false
	if v != nil && v.Manifest != nil {
		called = v.Kind == manifest.SCORM12 || v.Kind == manifest.SCORM2004 || v.Kind == manifest.H5P
		for i := range v.Manifest.Items() {
			titles[i.ID] = itemTitle(i, w)
		}
	}
	var rows []attemptRow
	for i := len(r.Attempts) - 1; i >= 0; i-- {
		a := r.Attempts[i]
		title := titles[a.Item]
		switch {
		case a.Attended():
			title = w.t("attempts.attended")
		case title == "":
			title = a.Item
		}
		row := attemptRow{Item: title, Started: a.Started, Ended: a.Ended, Outcome: a.Outcome, Score: a.Score, Reset: a.Reset}
		if number := numberOf(r.Attempts, i); called && calls != nil && number > 0 {
			row.Calls = calls(a.Item, number)
		}
		rows = append(rows, row)
	}
	return rows
}

// numberOf is which attempt at its item one is, from 1 on; 0 for one that was before
// a reset, or is attendance.
func numberOf(attempts []catalog.Attempt, i int) (n int) {
	if attempts[i].Reset || attempts[i].Attended() {
		return 0
	}
	for _, a := range attempts[:i+1] {
		if a.Item == attempts[i].Item && !a.Reset {
			n++
		}
	}
	return n
}

func itemTitle(i *manifest.Item, w *words) string { return i.Title.In(w.lang, "de", "en") }

// registrationPage is what the page of a registration shows.
type registrationPage struct {
	Registration        *catalog.Registration
	Course              string
	Learner, Identifier string
	Score               *float64
	Attempts            []attemptRow
	Launches            []*catalog.Launch
	// Untimed is the switch because of which it is not told when something was; empty
	// when it is told.
	Untimed evaluation.Switch
	Link    string // one that was just made
	Expires int64
	Path    string
	Items   []itemRow
	Days    string
	// Opens and Closes are days, as fields of forms have them.
	Opens, Closes string
}

// find is the registration that an address names, with its course: one of another
// course is not there.
func (s *Site) find(q *request) (*catalog.Registration, *catalog.Course, error) {
	id, err := uuid.Parse(q.r.PathValue("registration"))
	if err != nil {
		return nil, nil, catalog.ErrNotFound
	}
	r, err := s.deps.Catalog.Registration(q.r.Context(), q.who.Tenant, id)
	if err != nil {
		return nil, nil, err
	}
	if course := q.r.PathValue("course"); course != "" && r.Course != course {
		return nil, nil, catalog.ErrNotFound
	}
	c, err := s.deps.Catalog.Outline(q.r.Context(), q.who.Tenant, r.Course)
	return r, c, err
}

// registration shows one registration.
func (s *Site) registration(q *request) error {
	r, c, err := s.find(q)
	if err != nil {
		return err
	}
	return s.showRegistration(q, http.StatusOK, r, c, nil, nil)
}

// shownLaunches is how many launches stand on the page of a registration.
const shownLaunches = 50

func (s *Site) showRegistration(q *request, status int, r *catalog.Registration, c *catalog.Course, made *catalog.Launch, wrong []fieldError) error {
	_, v, err := s.deps.Catalog.Version(q.r.Context(), q.who.Tenant, c.ID, r.Version)
	if err != nil {
		v = nil // it is gone, or there never was one: then items have no titles
	}
	body := registrationPage{Registration: r, Course: c.ID, Score: r.Score(c.Grading), Path: "/courses/" + c.ID + "/registrations/" + r.ID.String(), Days: "14"}
	body.Attempts = q.words.attemptRows(r, v, func(item string, number int) string { return q.link(body.Path + callsPath(item, number)) })
	on, err := q.evaluated()
	if err != nil {
		return err
	}
	body.untime(on)
	body.Learner, body.Identifier = learnerName(r.Learner)
	body.Opens, body.Closes = s.day(r.Opens), s.day(r.Closes)
	if body.Untimed == "" {
		if body.Launches, err = s.deps.Catalog.History(q.r.Context(), q.who.Tenant, c.ID, r.ID, nil, shownLaunches); err != nil {
			return err
		}
	}
	if made != nil {
		body.Link, body.Expires = s.deps.Link(made.Token), made.Expires
	}
	return q.show(status, "registration", &view{Title: body.Learner, Answer: q.words.t("registration.answer", q.words.titleOf(c), q.words.t("state."+r.State)), Body: body, Errors: wrong,
		Crumbs: q.crumbs("/courses", q.words.t("menu.courses"), "/courses/"+c.ID, q.words.titleOf(c))})
}

// untime takes out of a page when somebody did something, and what content called
// then, where that is switched off.
func (p *registrationPage) untime(on evaluation.Settings) {
	p.Untimed = on.Missing(evaluation.Moments...)
	for i := range p.Attempts {
		if p.Untimed != "" {
			p.Attempts[i].Started, p.Attempts[i].Ended = 0, 0
		}
		if p.Untimed != "" || !on.Answers {
			p.Attempts[i].Calls = ""
		}
	}
}
