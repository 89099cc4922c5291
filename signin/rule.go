package signin

import (
	"net/http"
	"net/url"
	"slices"

	"lernspur/apiv1"
	"lernspur/directory"
	"lernspur/web/visitor"
)

// Rule says who may use a page or ask for a thing. The zero Rule lets in everybody
// who signed in.
type Rule struct {
	// Public lets in whoever comes, signed in or not.
	Public bool
	// Roles are those of which one is enough; empty: any, or none.
	Roles []visitor.Role
	// Group is the group that it is about, empty for none in particular: a trainer
	// has to have it.
	Group string
	// Person is the human whom it is about, empty for nobody in particular: a
	// learner has to be that human, and those who see aggregates only see nobody.
	Person string
	// Own lets the human in whom it is about, whatever the roles.
	Own bool
}

// Allowed tells whether somebody may. It is the one place that decides so: pages
// and our own interface ask it, each route with a Rule of its own. v is nil for
// nobody.
func Allowed(v *visitor.Visitor, rule Rule) bool {
	if rule.Public {
		return true
	}
	if v == nil {
		return false
	}
	if rule.Own && rule.Person != "" && v.Person == rule.Person {
		return true
	}
	if len(rule.Roles) == 0 {
		return rule.Group == "" && rule.Person == "" || slices.ContainsFunc(v.Roles, func(r visitor.Role) bool { return reaches(v, r, rule) })
	}
	return slices.ContainsFunc(rule.Roles, func(r visitor.Role) bool { return v.Has(r) && reaches(v, r, rule) })
}

// reaches tells whether somebody in a role has to do with the group and the human
// of a rule. Both have to fit where both are named.
func reaches(v *visitor.Visitor, role visitor.Role, rule Rule) bool {
	switch role {
	case visitor.Trainer:
		// Whether a human is in the group is the directory's to know: without a group
		// a trainer reaches nobody.
		if rule.Group == "" {
			return rule.Person == ""
		}
		return slices.Contains(v.Groups, rule.Group)
	case visitor.Learner:
		if rule.Group != "" {
			return false
		}
		return rule.Person == "" || rule.Person == v.Person
	case visitor.ProjectLead, visitor.Auditor:
		return rule.Person == ""
	}
	return true
}

// scopes are what a role may do at our own interface, in its terms. Roles that see
// a part of a tenant have none: what is for them asks Allowed itself.
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

// Require lets a request through when its visitor is allowed by a rule. Nobody is
// sent to the page for signing in, and back from there; others get 403. Below
// /api/ both are problem documents.
func (s *Service) Require(rule Rule, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := visitor.From(r.Context())
		switch {
		case Allowed(v, rule):
			next.ServeHTTP(w, r)
		case v != nil:
			s.refuse(w, r, http.StatusForbidden, "role")
		case isAPI(r):
			s.refuse(w, r, http.StatusUnauthorized, "over")
		default:
			s.ask(w, r)
		}
	})
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
