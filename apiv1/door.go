package apiv1

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"lernspur/statements"
)

// Identity is who sent a request. Nobody changes it.
type Identity struct {
	KeyID  string
	Tenant string
	Scopes []string
	// AuthorityIdentifier is that of the Agent in whose name the key stores.
	AuthorityIdentifier string
	// Bounds are what the key is bound to: no statement out of them is there for
	// it.
	Bounds statements.Bounds
	// FromOrigin tells that the key is bound to an origin, which is that of the
	// request.
	FromOrigin bool
}

// Bound tells that the key is for less than its whole tenant: what is about all
// of it is then not for the key.
func (who *Identity) Bound() bool { return who.Bounds != statements.Bounds{} }

// Holds tells whether who asks has one of these scopes.
func (who *Identity) Holds(scopes []string) bool {
	return slices.ContainsFunc(who.Scopes, func(s string) bool { return slices.Contains(scopes, s) })
}

// Refused is an answer to credentials other than that they are missing or wrong.
type Refused struct {
	Status     int           // 403, 429 or 503
	RetryAfter time.Duration // not with 403
	Reason     string        // for the client
}

func (e *Refused) Error() string { return e.Reason }

// Door is where requests come in. It is the same for all resources.
type Door struct {
	// Identify finds out who sent a request: nil without an error when the
	// credentials are missing or wrong. *Refused says why it could not, or that
	// they are not for requests like this one. Nil: nobody is known.
	Identify func(*http.Request) (*Identity, error)
	// Challenges are the values of WWW-Authenticate in answers that ask for
	// credentials.
	Challenges []string
	// Pages tells which pages may change something with credentials that a browser
	// remembers; nil: those of this server.
	Pages *http.CrossOriginProtection
}

var ownPages = http.NewCrossOriginProtection()

// Allow refuses other methods than those listed with 405.
func Allow(w http.ResponseWriter, r *http.Request, methods ...string) error {
	if slices.Contains(methods, r.Method) {
		return nil
	}
	w.Header().Set("Allow", strings.Join(methods, ", "))
	return Problemf(http.StatusMethodNotAllowed, "this resource answers %s", strings.Join(methods, " and "))
}

// Admit finds out who asks and whether they may: one of the scopes is enough. The
// errors are ready for Fail.
func (d Door) Admit(w http.ResponseWriter, r *http.Request, scopes []string) (*Identity, error) {
	var who *Identity
	if d.Identify != nil {
		var err error
		if who, err = d.Identify(r); err != nil {
			return nil, err
		}
	}
	pages := d.Pages
	if pages == nil {
		pages = ownPages
	}
	switch {
	case who == nil:
		w.Header()["Www-Authenticate"] = d.Challenges
		return nil, Problemf(http.StatusUnauthorized, "credentials are needed: HTTP Basic, with a key and its secret, or a token")
	case !who.Holds(scopes):
		return nil, Problemf(http.StatusForbidden, "this key may not do that; it needs one of the scopes %q", scopes)
	case !who.FromOrigin && pages.Check(r) != nil:
		// A form of any page can be sent here, and the browser adds what it remembers.
		return nil, Problemf(http.StatusForbidden, "pages of another origin may not do that, unless the key is bound to their origin")
	}
	return who, nil
}
