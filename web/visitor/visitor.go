// Package visitor says who looks at a page: what signing in found out, for
// everything behind it. It knows nothing of passwords, sessions or HTTP.
package visitor

import (
	"context"
	"slices"
)

// Role is what an account may do in its tenant.
type Role string

// The roles. A trainer sees the groups that are hers; a project lead and an
// auditor see aggregates and no single person.
const (
	Learner        Role = "learner"
	Trainer        Role = "trainer"
	ContentManager Role = "content-manager"
	ProjectLead    Role = "project-lead"
	DataProtection Role = "data-protection"
	Administrator  Role = "administrator"
	Auditor        Role = "auditor"
)

// Roles are all roles, in the order of the documentation.
var Roles = []Role{Learner, Trainer, ContentManager, ProjectLead, DataProtection, Administrator, Auditor}

// Visitor is somebody who signed in.
type Visitor struct {
	Tenant  string
	Account string // name that was signed in with
	Name    string // to be shown
	// Person is the directory's id of the same human, empty if there is none.
	Person string
	Roles  []Role
	// Groups are the directory's ids of the groups that a trainer has.
	Groups []string
	// Language is the one that was chosen, "de" or "en", empty for what the browser asks for.
	Language string
	// Guard is the word that every form and every writing call has to carry
	// against requests forged by other sites.
	Guard string
	// MustChange tells that nothing is to be had before another password is chosen.
	MustChange bool
}

// Has tells whether v has one of roles; nobody (nil) has none.
func (v *Visitor) Has(roles ...Role) bool {
	if v == nil {
		return false
	}
	return slices.ContainsFunc(v.Roles, func(r Role) bool { return slices.Contains(roles, r) })
}

type key struct{}

// With is ctx with a visitor in it.
func With(ctx context.Context, v *Visitor) context.Context { return context.WithValue(ctx, key{}, v) }

// From is the visitor of ctx, nil for nobody.
func From(ctx context.Context) *Visitor {
	v, _ := ctx.Value(key{}).(*Visitor)
	return v
}
