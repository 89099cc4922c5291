package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"lernspur/catalog"
	"lernspur/web/visitor"
)

// invitationRow is an invitation in a list.
type invitationRow struct {
	*catalog.Invitation
	State string // open, revoked, expired or used
	Text  string // the id, for addresses
}

// invitationsPage is what the page of a course's invitations shows.
type invitationsPage struct {
	Rows               []invitationRow
	Course             string
	Link               string // of the one that was just made
	Days, Most, Domain string
	SignedIn           bool
}

// shownInvitations is how many invitations a course's page of them lists: of more
// the latest.
const shownInvitations = 500

// invitations shows the invitations to a course.
func (s *Site) invitations(q *request) error {
	return s.showInvitations(q, http.StatusOK, invitationsPage{Days: "30"}, nil)
}

func (s *Site) showInvitations(q *request, status int, body invitationsPage, wrong []fieldError) error {
	c, err := s.liveCourse(q)
	if err != nil {
		return err
	}
	list, err := latest(shownInvitations, func(after uuid.UUID, n int) ([]*catalog.Invitation, error) {
		return s.deps.Catalog.Invitations(q.r.Context(), q.who.Tenant, c.ID, after, n)
	}, func(i *catalog.Invitation) (uuid.UUID, bool) { return i.ID, true })
	if err != nil {
		return err
	}
	body.Course = c.ID
	for _, i := range slices.Backward(list) {
		body.Rows = append(body.Rows, invitationRow{i, s.invitationState(i), i.ID.String()})
	}
	return q.show(status, "invitations", &view{Title: q.words.t("invitations.title"), Answer: q.words.t("invitations.answer"), Body: body, Errors: wrong,
		Crumbs: q.crumbs("/courses", q.words.t("menu.courses"), "/courses/"+c.ID, q.words.titleOf(c))})
}

// liveCourse is the course of an address that is not deleted.
func (s *Site) liveCourse(q *request) (*catalog.Course, error) {
	c, err := s.deps.Catalog.Outline(q.r.Context(), q.who.Tenant, q.r.PathValue("course"))
	if err == nil && c.Deleted {
		err = catalog.ErrNotFound
	}
	return c, err
}

func (s *Site) invitationState(i *catalog.Invitation) string {
	switch {
	case i.Revoked != 0:
		return "revoked"
	case i.Expires <= s.deps.Now().UnixMicro():
		return "expired"
	case i.Most != 0 && i.Used >= i.Most:
		return "used"
	}
	return "open"
}

// invite makes an invitation and shows its link, this once.
func (s *Site) invite(q *request) error {
	form, err := q.form()
	if err != nil {
		return err
	}
	body := invitationsPage{Days: strings.TrimSpace(form.Get("days")), Most: strings.TrimSpace(form.Get("most")), Domain: strings.TrimSpace(form.Get("domain")), SignedIn: form.Get("signed-in") != ""}
	var wrong []fieldError
	days, err := strconv.Atoi(body.Days)
	if err != nil || days < 1 || days > 366 {
		wrong = append(wrong, fieldError{"days", q.words.t("invalid.days")})
	}
	most, err := strconv.Atoi("0" + body.Most)
	if err != nil {
		wrong = append(wrong, fieldError{"most", q.words.t("invalid.most")})
	}
	if len(wrong) == 0 {
		i, err := s.deps.Catalog.Invite(q.r.Context(), q.who.Tenant, catalog.InviteOptions{Course: q.r.PathValue("course"), Lifetime: time.Duration(days) * 24 * time.Hour,
			Most: most, Domain: body.Domain, SignedIn: body.SignedIn, By: nameOf(q.who)})
		if err == nil {
			return s.showInvitations(q, http.StatusOK, invitationsPage{Days: "30", Link: s.deps.Base() + "/invitation/" + i.Token}, nil)
		}
		var known bool
		if wrong, known = q.invalid(err); !known {
			return err
		}
	}
	return s.showInvitations(q, http.StatusUnprocessableEntity, body, wrong)
}

// revokeInvitation ends an invitation.
func (s *Site) revokeInvitation(q *request) error {
	id, err := uuid.Parse(q.r.PathValue("invitation"))
	if err != nil {
		return catalog.ErrNotFound
	}
	if _, err := s.deps.Catalog.RevokeInvitation(q.r.Context(), q.who.Tenant, id); err != nil {
		return err
	}
	q.to("/courses/" + q.r.PathValue("course") + "/invitations?done=uninvited")
	return nil
}

// invitationPage is what somebody who was invited sees.
type invitationPage struct {
	View       *catalog.InvitationView
	Action     string
	Name, Mail string
	// Me is what the visitor is called who has signed in where the invitation is from.
	Me    string
	Enter string // where to sign in, and come back
	// Nobody tells that the visitor's account is that of no person.
	Nobody bool
	// Link opens the course for whoever has just accepted, until Expires.
	Link    string
	Expires int64
}

// invitation shows what somebody is invited to.
func (s *Site) invitation(q *request) error {
	return s.showInvitation(q, http.StatusOK, invitationPage{}, nil)
}

func (s *Site) showInvitation(q *request, status int, body invitationPage, wrong []fieldError) error {
	token := q.r.PathValue("token")
	about, err := s.deps.Catalog.Invitation(q.r.Context(), token)
	if err != nil {
		return invitationProblem(err)
	}
	if !about.Open && body.Link == "" {
		return &problem{status: http.StatusGone, key: "uninvited"}
	}
	body.View, body.Action = about, q.link("/invitation/"+token)
	body.Enter = q.link(SignInPath + "?" + next + "=" + url.QueryEscape(s.prefix+"/invitation/"+token) + "&tenant=" + url.QueryEscape(about.Tenant))
	body.Nobody = q.who != nil && q.who.Person == ""
	if s.invited(q, about) {
		body.Me = nameOf(q.who)
	}
	answer := q.words.t("invitation.answer")
	if body.Link != "" {
		answer = q.words.t("invitation.accepted")
	}
	title := about.Title.In(q.words.lang, "de", "en")
	if title == "" {
		title = about.Course
	}
	return q.show(status, "invitation", &view{Title: title, Answer: answer, Body: body, Errors: wrong, Tenant: about.Tenant})
}

// invited tells whether a visitor has signed in where an invitation is from, as a
// person who can learn.
func (s *Site) invited(q *request, i *catalog.InvitationView) bool {
	return q.who != nil && q.who.Tenant == i.Tenant && q.who.Person != ""
}

func invitationProblem(err error) error {
	switch {
	case errors.Is(err, catalog.ErrInvitationOver):
		return &problem{status: http.StatusGone, key: "uninvited"}
	case errors.Is(err, catalog.ErrNoInvitation):
		return &problem{status: http.StatusNotFound, key: "uninvited"}
	}
	return err
}

// accept registers whoever was invited. Who has signed in goes on to the course, or
// to her own page. All others get a link that is theirs; but who only says to be
// somebody that was registered before gets none, since a mail address can be typed
// by anybody.
func (s *Site) accept(q *request) error {
	form, err := q.form()
	if err != nil {
		return err
	}
	token := q.r.PathValue("token")
	about, err := s.deps.Catalog.Invitation(q.r.Context(), token)
	if err != nil {
		return invitationProblem(err)
	}
	body := invitationPage{Name: strings.TrimSpace(form.Get("name")), Mail: strings.TrimSpace(form.Get("mail"))}
	signedIn := s.invited(q, about)
	var learner catalog.Learner
	switch {
	case signedIn:
		learner, err = s.deps.Learner(q.r.Context(), q.who)
	case about.SignedIn:
		return s.showInvitation(q, http.StatusForbidden, body, nil)
	default:
		learner, err = catalog.InvitedLearner(body.Name, body.Mail)
	}
	began := s.deps.Now().UnixMicro()
	var r *catalog.Registration
	if err == nil {
		r, err = s.deps.Catalog.Accept(q.r.Context(), token, learner)
	}
	if wrong, known := q.invalid(err); known {
		if wrong[0].Field == "mail" && learner.Actor != nil { // it is an address, of another domain
			wrong[0].Text = q.words.t("invalid.mail.domain", about.Domain)
		}
		return s.showInvitation(q, http.StatusUnprocessableEntity, body, wrong)
	}
	if err != nil {
		return invitationProblem(err)
	}
	s.deps.Registered(q.r.Context(), about.Tenant, r)
	switch {
	case signedIn && q.who.Has(visitor.Learner):
		q.to("/my?done=accepted")
		return nil
	case !signedIn && r.Created < began:
		return &problem{status: http.StatusConflict, key: "known"}
	}
	return s.welcome(q, about.Tenant, r, body)
}

// welcome shows a link to a course to somebody who was just registered.
func (s *Site) welcome(q *request, tenant string, r *catalog.Registration, body invitationPage) error {
	c, err := s.deps.Catalog.Outline(q.r.Context(), tenant, r.Course)
	if err != nil {
		return err
	}
	if c.Current == 0 {
		body.Link = c.Activity // there is nothing here to open
		return s.showInvitation(q, http.StatusOK, body, nil)
	}
	l, err := s.deps.Catalog.Open(q.r.Context(), tenant, r.ID, "", catalog.Normal, catalog.OpenOptions{Lifetime: welcomeLifetime, By: "invitation"})
	var invalid *catalog.Invalid
	if errors.As(err, &invalid) { // links may not last that long here
		l, err = s.deps.Catalog.Open(q.r.Context(), tenant, r.ID, "", catalog.Normal, catalog.OpenOptions{By: "invitation"})
	}
	if err != nil {
		return err
	}
	body.Link, body.Expires = s.deps.Link(l.Token), l.Expires
	return s.showInvitation(q, http.StatusOK, body, nil)
}

// welcomeLifetime is how long the link can be used that an invitation leads to.
const welcomeLifetime = 30 * 24 * time.Hour
