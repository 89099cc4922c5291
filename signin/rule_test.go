package signin

import (
	"fmt"
	"slices"
	"testing"

	"lernspur/directory"
	"lernspur/web/visitor"
)

// TestAllowed says for each kind of rule which roles it lets in. The visitor has
// the group mine and is the human me.
func TestAllowed(t *testing.T) {
	const (
		learner = visitor.Learner
		trainer = visitor.Trainer
		content = visitor.ContentManager
		lead    = visitor.ProjectLead
		dpo     = visitor.DataProtection
		admin   = visitor.Administrator
		auditor = visitor.Auditor
		nobody  = visitor.Role("nobody")
		none    = visitor.Role("none")
	)
	all := visitor.Roles
	everyone := append(slices.Clone(all), none)
	for name, test := range map[string]struct {
		rule Rule
		in   []visitor.Role
	}{
		"public":                    {Rule{Public: true}, append(slices.Clone(everyone), nobody)},
		"signed in":                 {Rule{}, everyone},
		"one role":                  {Rule{Roles: []visitor.Role{admin}}, []visitor.Role{admin}},
		"two roles":                 {Rule{Roles: []visitor.Role{admin, trainer}}, []visitor.Role{admin, trainer}},
		"her group":                 {Rule{Roles: all, Group: "mine"}, []visitor.Role{trainer, content, lead, dpo, admin, auditor}},
		"another group":             {Rule{Roles: all, Group: "other"}, []visitor.Role{content, lead, dpo, admin, auditor}},
		"a group, any role":         {Rule{Group: "other"}, []visitor.Role{content, lead, dpo, admin, auditor}},
		"oneself":                   {Rule{Roles: all, Person: "me"}, []visitor.Role{learner, content, dpo, admin}},
		"somebody else":             {Rule{Roles: all, Person: "you"}, []visitor.Role{content, dpo, admin}},
		"somebody of her group":     {Rule{Roles: all, Person: "you", Group: "mine"}, []visitor.Role{trainer, content, dpo, admin}},
		"somebody of another group": {Rule{Roles: all, Person: "you", Group: "other"}, []visitor.Role{content, dpo, admin}},
		"oneself in a group":        {Rule{Roles: all, Person: "me", Group: "other"}, []visitor.Role{content, dpo, admin}},
		"oneself, whatever role":    {Rule{Roles: []visitor.Role{admin}, Person: "me", Own: true}, everyone},
		"own of somebody else":      {Rule{Roles: []visitor.Role{admin}, Person: "you", Own: true}, []visitor.Role{admin}},
		"own of nobody":             {Rule{Roles: []visitor.Role{admin}, Own: true}, []visitor.Role{admin}},
	} {
		for _, role := range append(slices.Clone(everyone), nobody) {
			var v *visitor.Visitor
			if role != nobody {
				v = &visitor.Visitor{Tenant: "default", Account: "a", Person: "me", Groups: []string{"mine"}}
				if role != none {
					v.Roles = []visitor.Role{role}
				}
			}
			if got, want := Allowed(v, test.rule), slices.Contains(test.in, role); got != want {
				t.Errorf("%s, %s: %v", name, role, got)
			}
		}
	}
	// Of two roles the one that reaches further counts.
	both := &visitor.Visitor{Person: "me", Roles: []visitor.Role{learner, trainer}, Groups: []string{"mine"}}
	if !Allowed(both, Rule{Roles: all, Group: "mine", Person: "you"}) || !Allowed(both, Rule{Roles: all, Person: "me"}) || Allowed(both, Rule{Roles: all, Person: "you"}) {
		t.Error("a trainer who learns")
	}
	if Allowed(&visitor.Visitor{Roles: []visitor.Role{learner}}, Rule{Roles: all, Person: "you"}) {
		t.Error("who is nobody in the directory sees somebody")
	}
}

func TestScopes(t *testing.T) {
	for role, want := range map[visitor.Role][]string{
		visitor.Learner: nil, visitor.Trainer: nil, visitor.ProjectLead: nil, visitor.Auditor: nil,
		visitor.ContentManager: {"content"}, visitor.DataProtection: {"all/read"}, visitor.Administrator: {"all"},
	} {
		who := Identity(&visitor.Visitor{Tenant: "town", Account: "ada", Roles: []visitor.Role{role}})
		if fmt.Sprint(who.Scopes) != fmt.Sprint(want) || who.Tenant != "town" || who.KeyID != "account:ada" || who.Bound() {
			t.Errorf("%s: %v", role, who)
		}
		for _, scope := range who.Scopes {
			if !slices.Contains(directory.Scopes(), scope) {
				t.Errorf("there is no scope %s", scope)
			}
		}
	}
	if Identity(nil) != nil {
		t.Error("nobody is somebody")
	}
}
