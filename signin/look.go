package signin

import "net/http"

// Look shows the pages around signing in. Each method writes the whole answer,
// status and header included.
type Look interface {
	// SignIn is the page for signing in.
	SignIn(w http.ResponseWriter, r *http.Request, view SignInView)
	// Password is the page for choosing a password.
	Password(w http.ResponseWriter, r *http.Request, view PasswordView)
	// Notice says why something was not done.
	Notice(w http.ResponseWriter, r *http.Request, view NoticeView)
}

// Common is what all views have.
type Common struct {
	Status   int
	Language string // de or en
	// Guard goes into the field "guard" of a form, the first one.
	Guard string
	// Message says in Language why it was not done, empty at first.
	Message string
}

// SignInView is what the page for signing in shows. Its form posts the fields
// guard, next, tenant, account and password to Action.
type SignInView struct {
	Common
	Action  string
	Next    string // where to go then
	Tenant  string
	Account string // as it was typed before
	// OIDC is the address that leads to the issuer, empty without one; OIDCName is
	// how it is called.
	OIDC, OIDCName string
	// Other is the address of the page in the other language.
	Other string
	// Out tells that somebody has just signed out.
	Out bool
}

// PasswordView is what the page for choosing a password shows. Its form posts the
// fields guard, old (when Old is set), password and repeated, and those of Hidden,
// to Action.
type PasswordView struct {
	Common
	Action  string
	Account string
	Old     bool
	Hidden  map[string]string
	// Gone tells that the link cannot be used: there is no form then.
	Gone bool
	// Done tells that the password was changed.
	Done bool
}

// NoticeView says why something was not done.
type NoticeView struct {
	Common
	SignIn string // address of the page for signing in
}
