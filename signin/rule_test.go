package signin

import (
	"fmt"
	"slices"
	"testing"

	"lernspur/directory"
	"lernspur/web/visitor"
)

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
