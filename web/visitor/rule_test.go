package visitor

import (
	"slices"
	"testing"
)

// TestAllowed says for each kind of rule which roles it lets in. The visitor has
// the group mine and is the human me.
func TestAllowed(t *testing.T) {
	const (
		learner = Learner
		trainer = Trainer
		content = ContentManager
		lead    = ProjectLead
		dpo     = DataProtection
		admin   = Administrator
		auditor = Auditor
		nobody  = Role("nobody")
		none    = Role("none")
	)
	all := Roles
	everyone := append(slices.Clone(all), none)
	for name, test := range map[string]struct {
		rule Rule
		in   []Role
	}{
		"public":                    {Rule{Public: true}, append(slices.Clone(everyone), nobody)},
		"signed in":                 {Rule{}, everyone},
		"one role":                  {Rule{Roles: []Role{admin}}, []Role{admin}},
		"two roles":                 {Rule{Roles: []Role{admin, trainer}}, []Role{admin, trainer}},
		"her group":                 {Rule{Roles: all, Group: "mine"}, []Role{trainer, content, lead, dpo, admin, auditor}},
		"another group":             {Rule{Roles: all, Group: "other"}, []Role{content, lead, dpo, admin, auditor}},
		"a group, any role":         {Rule{Group: "other"}, []Role{content, lead, dpo, admin, auditor}},
		"oneself":                   {Rule{Roles: all, Person: "me"}, []Role{learner, content, dpo, admin}},
		"somebody else":             {Rule{Roles: all, Person: "you"}, []Role{content, dpo, admin}},
		"somebody of her group":     {Rule{Roles: all, Person: "you", Group: "mine"}, []Role{trainer, content, dpo, admin}},
		"somebody of another group": {Rule{Roles: all, Person: "you", Group: "other"}, []Role{content, dpo, admin}},
		"oneself in a group":        {Rule{Roles: all, Person: "me", Group: "other"}, []Role{content, dpo, admin}},
		"oneself, whatever role":    {Rule{Roles: []Role{admin}, Person: "me", Own: true}, everyone},
		"own of somebody else":      {Rule{Roles: []Role{admin}, Person: "you", Own: true}, []Role{admin}},
		"own of nobody":             {Rule{Roles: []Role{admin}, Own: true}, []Role{admin}},
	} {
		for _, role := range append(slices.Clone(everyone), nobody) {
			var v *Visitor
			if role != nobody {
				v = &Visitor{Tenant: "default", Account: "a", Person: "me", Groups: []string{"mine"}}
				if role != none {
					v.Roles = []Role{role}
				}
			}
			if got, want := Allowed(v, test.rule), slices.Contains(test.in, role); got != want {
				t.Errorf("%s, %s: %v", name, role, got)
			}
		}
	}
	// Of two roles the one that reaches further counts.
	both := &Visitor{Person: "me", Roles: []Role{learner, trainer}, Groups: []string{"mine"}}
	if !Allowed(both, Rule{Roles: all, Group: "mine", Person: "you"}) || !Allowed(both, Rule{Roles: all, Person: "me"}) || Allowed(both, Rule{Roles: all, Person: "you"}) {
		t.Error("a trainer who learns")
	}
	if Allowed(&Visitor{Roles: []Role{learner}}, Rule{Roles: all, Person: "you"}) {
		t.Error("who is nobody in the directory sees somebody")
	}
}
