package signin

import (
	"net/http"
	"net/url"

	"lernspur/apiv1"
	"lernspur/directory"
	"lernspur/web/visitor"
)

// scopes are what a role may do at our own interface, in its terms. Roles that see
// a part of a tenant have none: what is for them looks at the visitor itself, as
// package progress does.
var scopes = map[visitor.Role][]string{
	visitor.Administrator:  {directory.ScopeAll},
	visitor.ContentManager: {directory.ScopeContent},
	visitor.DataProtection: {directory.ScopeReadAll},
}

// Scopes are those of somebody who signed in.
func Scopes(v *visitor.Visitor) []string {
	var list []string
	if v == nil {
		return nil
	}
	for _, role := range visitor.Roles {
		if v.Has(role) {
			list = append(list, scopes[role]...)
		}
	}
	return list
}

// accountKeyPrefix begins the id under which our own interface knows somebody who
// signed in. The name of a key has no colon.
const accountKeyPrefix = "account:"

// Identity is somebody who signed in as our own interface sees them; nil for
// nobody.
func Identity(v *visitor.Visitor) *apiv1.Identity {
	if v == nil {
		return nil
	}
	return &apiv1.Identity{KeyID: accountKeyPrefix + v.Account, Tenant: v.Tenant, Scopes: Scopes(v)}
}

// ask sends somebody to the page for signing in, and back from there.
func (s *Service) ask(w http.ResponseWriter, r *http.Request) {
	values := url.Values{}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		values.Set("next", s.prefix+r.URL.RequestURI())
	}
	if t, ok := parseToken(s.cookie(r, sessionCookie)); ok && t.tenant != directory.DefaultTenant {
		values.Set("tenant", t.tenant)
	}
	address := s.prefix + pathSignin
	if len(values) > 0 {
		address += "?" + values.Encode()
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, address, http.StatusSeeOther)
}
