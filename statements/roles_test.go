package statements

import (
	"fmt"
	"testing"
)

// TestRolesByPlace holds each place where an Agent or an Activity can stand
// against what the filters agent and activity, and related_agents and
// related_activities, look at (1.0.3 Part 3, 2.1.3; 2.0, 4.1.6.1, which adds
// contextAgents and contextGroups).
func TestRolesByPlace(t *testing.T) {
	const (
		who   = `{"mbox":"mailto:x@y.zz"}`
		group = `{"objectType":"Group","member":[{"mbox":"mailto:o@y.zz"},{"mbox":"mailto:x@y.zz"}]}`
		known = `{"objectType":"Group","mbox":"mailto:x@y.zz"}`
		other = `{"mbox":"mailto:o@y.zz"}`
		what  = `{"id":"http://x.ex/y"}`
		thing = `{"id":"http://o.ex/o"}`
	)
	object := func(agent string) string { return `{"objectType":"Agent",` + agent[1:] }
	statement := func(actor, object, context string) string {
		return fmt.Sprintf(`"actor":%s,"verb":{"id":"http://v.ex/v"},"object":%s,"context":{%s}`, actor, object, context)
	}
	type place struct {
		name, text string
		role       Role
	}
	agents := []place{
		{"actor", statement(who, thing, ``), RoleDirect},
		{"actor, Group", statement(known, thing, ``), RoleDirect},
		{"member of the actor", statement(group, thing, ``), RoleDirect},
		{"object", statement(other, object(who), ``), RoleDirect},
		{"object, Group", statement(other, known, ``), RoleDirect},
		{"member of the object", statement(other, group, ``), RoleDirect},
		{"instructor", statement(other, thing, `"instructor":`+who), RoleRelated},
		{"member of the instructor", statement(other, thing, `"instructor":`+group), RoleRelated},
		{"team", statement(other, thing, `"team":`+known), RoleRelated},
		{"member of the team", statement(other, thing, `"team":`+group), RoleRelated},
		{"contextAgents", statement(other, thing, `"contextAgents":[{"objectType":"contextAgent","agent":`+other+`},{"objectType":"contextAgent","agent":`+who+`}]`), RoleRelated},
		{"contextGroups", statement(other, thing, `"contextGroups":[{"objectType":"contextGroup","group":`+known+`}]`), RoleRelated},
		{"member in contextGroups", statement(other, thing, `"contextGroups":[{"objectType":"contextGroup","group":`+group+`}]`), RoleRelated},
		{"actor and team", statement(who, thing, `"team":`+group), RoleDirect | RoleRelated},
		{"nowhere", statement(other, thing, `"extensions":{"http://e.ex/e":`+who+`}`), 0},
	}
	activities := []place{
		{"object", statement(other, what, ``), RoleDirect},
		{"parent", statement(other, thing, `"contextActivities":{"parent":[`+thing+`,`+what+`]}`), RoleRelated},
		{"grouping", statement(other, thing, `"contextActivities":{"grouping":[`+what+`]}`), RoleRelated},
		{"category", statement(other, thing, `"contextActivities":{"category":`+what+`}`), RoleRelated},
		{"other", statement(other, thing, `"contextActivities":{"other":[`+what+`]}`), RoleRelated},
		{"verb", statement(other, thing, ``) + `,"result":{"extensions":{"http://x.ex/y":1}}`, 0},
		{"object and parent", statement(other, what, `"contextActivities":{"parent":[`+what+`]}`), RoleDirect | RoleRelated},
	}
	check := func(kind, name, text string, want Role) {
		t.Helper()
		st, err := ParseOne([]byte("{"+text+"}"), Options{Edition: V2})
		if err != nil {
			t.Errorf("%s, %s: %v", kind, name, err)
			return
		}
		st.Stamp(1)
		again, err := Reparse(st.Raw)
		if err != nil {
			t.Fatal(err)
		}
		for _, st := range []*Statement{st, again} {
			var got Role
			for _, a := range st.Agents {
				if kind == "agent" && a.Identifier == "mbox|mailto:x@y.zz" {
					got = a.Roles
				}
			}
			for _, a := range st.Activities {
				if kind == "activity" && a.ID == "http://x.ex/y" {
					got = a.Roles
				}
			}
			if got != want {
				t.Errorf("%s, %s: roles %b, want %b", kind, name, got, want)
			}
		}
	}
	for kind, places := range map[string][]place{"agent": agents, "activity": activities} {
		for _, p := range places {
			check(kind, p.name, p.text, p.role)
			inside := Role(0)
			if p.role != 0 {
				inside = RoleRelated
			}
			check(kind, p.name+" of a SubStatement", statement(`{"mbox":"mailto:s@y.zz"}`, `{"objectType":"SubStatement",`+p.text+`}`, ``), inside)
		}
	}
}

// TestAuthorityIsRelated: the authority counts for related_agents, and so do
// the members of one that is a Group.
func TestAuthorityIsRelated(t *testing.T) {
	const body = `{"actor":{"mbox":"mailto:o@y.zz"},"verb":{"id":"http://v.ex/v"},"object":{"id":"http://o.ex/o"}}`
	for name, authority := range map[string]string{
		"Agent":  `{"mbox":"mailto:x@y.zz"}`,
		"member": `{"objectType":"Group","member":[{"account":{"homePage":"http://oauth.ex","name":"app"}},{"mbox":"mailto:x@y.zz"}]}`,
	} {
		st, err := ParseOne([]byte(body), Options{Edition: V1, Authority: []byte(authority)})
		if err != nil {
			t.Fatal(err)
		}
		st.Stamp(1)
		again, err := Reparse(st.Raw)
		if err != nil {
			t.Fatal(err)
		}
		for _, st := range []*Statement{st, again} {
			found := false
			for _, a := range st.Agents {
				found = found || a == AgentUse{"mbox|mailto:x@y.zz", RoleRelated}
			}
			if !found {
				t.Errorf("%s: %v", name, st.Agents)
			}
		}
	}
}
