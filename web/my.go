package web

import (
	"cmp"
	"errors"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"lernspur/catalog"
)

// myCourse is one course of the learner who looks.
type myCourse struct {
	Registration       string
	Title, Description string
	State              string
	Act                string // begin, resume or again: what the button says
	Score              *float64
	Duration           string
	Last               int64
	Opens, Closes      int64
	Early, Over        bool // it cannot be opened yet, or any more
	Playable           bool // there is something to open
	Attempts           []attemptRow
	Certified          bool
}

// myPage is what the learner's page shows: what is to be done, and what is done.
type myPage struct {
	Open, Done []myCourse
	Unknown    bool // the account is that of no person
}

// done are the states in which a learner is through.
var done = []string{catalog.Completed, catalog.Passed, catalog.Satisfied}

// my shows a learner her courses.
func (s *Site) my(q *request) error { return s.showMy(q, http.StatusOK, nil) }

func (s *Site) showMy(q *request, status int, wrong []fieldError) error {
	list, known, err := s.mine(q)
	if err != nil {
		return err
	}
	body := myPage{Unknown: !known}
	for _, r := range list {
		c, err := s.deps.Catalog.Outline(q.r.Context(), q.who.Tenant, r.Course)
		if errors.Is(err, catalog.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		m := s.myCourse(q, r, c)
		if slices.Contains(done, r.State) {
			body.Done = append(body.Done, m)
		} else {
			body.Open = append(body.Open, m)
		}
	}
	var answer string
	switch {
	case body.Unknown:
		answer = q.words.t("my.unknown")
	case len(list) == 0:
		answer = q.words.t("my.none")
	case len(body.Open) == 0:
		answer = q.words.t("my.through")
	default:
		answer = q.words.tn("my.answer", len(body.Open))
	}
	return q.show(status, "my", &view{Title: q.words.t("my.title"), Answer: answer, Body: body, Errors: wrong})
}

// mine are the registrations of who looks, what was last touched first; known
// tells whether anybody knows who that is. Of several registrations for one course
// the newest counts.
func (s *Site) mine(q *request) (list []*catalog.Registration, known bool, err error) {
	identifiers, err := s.deps.Identifiers(q.r.Context(), q.who)
	if err != nil {
		return nil, false, err
	}
	newest := map[string]*catalog.Registration{}
	for _, identifier := range identifiers {
		some, err := s.deps.Catalog.RegistrationsOf(q.r.Context(), q.who.Tenant, identifier)
		if err != nil {
			return nil, false, err
		}
		for _, r := range some {
			if known := newest[r.Course]; known == nil || r.Created > known.Created {
				newest[r.Course] = r
			}
		}
	}
	for _, r := range newest {
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b *catalog.Registration) int {
		return cmp.Or(cmp.Compare(touched(b), touched(a)), cmp.Compare(a.Course, b.Course))
	})
	return list, len(identifiers) > 0, nil
}

// touched is when something last happened in a registration.
func touched(r *catalog.Registration) int64 {
	last := r.Created
	for _, a := range r.Attempts {
		last = max(last, a.Started, a.Ended)
	}
	return last
}

func (s *Site) myCourse(q *request, r *catalog.Registration, c *catalog.Course) myCourse {
	now := s.deps.Now().UnixMicro()
	m := myCourse{Registration: r.ID.String(), Title: q.words.titleOf(c), Description: c.Description.In(q.words.lang, "de", "en"), State: r.State, Score: r.Score(c.Grading),
		Duration: c.Duration, Opens: r.Opens, Closes: r.Closes, Early: r.Opens > now, Over: r.Closes != 0 && r.Closes <= now,
		Playable: !c.Deleted && c.Current != 0, Certified: c.Certified}
	switch r.State {
	case catalog.NotStarted:
		m.Act = "begin"
	case catalog.Started:
		m.Act = "resume"
	default:
		m.Act = "again"
	}
	if len(r.Attempts) > 0 {
		m.Last = touched(r)
		_, v, err := s.deps.Catalog.Version(q.r.Context(), q.who.Tenant, c.ID, r.Version)
		if err != nil {
			v = nil // then what was tried has no title
		}
		m.Attempts = q.words.attemptRows(r, v, nil)
	}
	return m
}

// openMine opens a course of the learner who asks, where content is. That of
// somebody else is not there.
func (s *Site) openMine(q *request) error {
	id, err := uuid.Parse(q.r.PathValue("registration"))
	if err != nil {
		return catalog.ErrNotFound
	}
	list, _, err := s.mine(q)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(list, func(r *catalog.Registration) bool { return r.ID == id }) {
		return catalog.ErrNotFound
	}
	l, err := s.deps.Catalog.Open(q.r.Context(), q.who.Tenant, id, "", catalog.Normal, catalog.OpenOptions{ReturnURL: q.absolute("/my"), By: nameOf(q.who)})
	if err != nil {
		return err
	}
	q.away(s.deps.Link(l.Token))
	return nil
}
