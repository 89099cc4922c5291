package web

import "net/http"

// Entry is what the pages around signing in have in common. Who signs people in
// says all of it; here it is only shown.
type Entry struct {
	Status   int
	Language string // de or en
	// Guard goes into the first field of a form.
	Guard string
	// Message says why it was not done, empty at first.
	Message string
	// Action is where the form goes.
	Action string
}

// SignIn is what the page for signing in shows. Its form posts the fields guard,
// next, tenant, account and password.
type SignIn struct {
	Entry
	Next, Tenant, Account string
	// OIDC is the address that leads to an issuer, empty without one; OIDCName is
	// how it is called.
	OIDC, OIDCName string
	Other          string // address of the page in the other language
	Out            bool   // somebody has just signed out
}

// Password is what the page for choosing a password shows. Its form posts the
// fields guard, old, password and repeated, and those of Hidden.
type Password struct {
	Entry
	Account string
	Old     bool // the old password is asked for
	Hidden  map[string]string
	Gone    bool // the link cannot be used: there is no form
	Done    bool // the password was changed
}

// Notice says why something was not done.
type Notice struct {
	Entry
	Back string // address of the page for signing in
}

// SignIn shows the page for signing in.
func (s *Site) SignIn(w http.ResponseWriter, r *http.Request, p SignIn) {
	v := &view{Title: "signin.title", Body: p, OtherLink: p.Other, Tenant: p.Tenant}
	if p.Out {
		v.Done = "signin.out"
	}
	s.enter(w, r, p.Entry, "signin", v)
}

// Password shows the page for choosing a password.
func (s *Site) Password(w http.ResponseWriter, r *http.Request, p Password) {
	v := &view{Title: "password.title", Body: p, Tenant: p.Hidden[tenantParameter]}
	if p.Done {
		v.Done = "password.done"
	}
	s.enter(w, r, p.Entry, "password", v)
}

// Notice shows why something was not done.
func (s *Site) Notice(w http.ResponseWriter, r *http.Request, n Notice) {
	s.enter(w, r, n.Entry, "notice", &view{Title: "notice.title", Body: n})
}

// enter shows one of these pages. Its title and what was done are keys of messages
// until here.
func (s *Site) enter(w http.ResponseWriter, r *http.Request, e Entry, name string, v *view) {
	s.secure(w.Header())
	q := s.newRequest(w, r)
	if words := languages[e.Language]; words != nil {
		q.words = words
	}
	v.Title = q.words.t(v.Title)
	if v.Done != "" {
		v.Done = q.words.t(v.Done)
	}
	if e.Message != "" {
		v.Wrongs = e.Message
	}
	if err := q.show(e.Status, name, v); err != nil {
		s.fail(q, err)
	}
}
