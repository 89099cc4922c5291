package progress

import (
	"net/http"

	"lernspur/apiv1"
	"lernspur/evaluation"
	"lernspur/web/visitor"
)

// scopeOf decides who may see whom, by the table of package evaluation. It is the one
// place for that: every resource asks here, and every query is given what it answers.
//
// A key that may read all statements sees everybody. Of who has signed in, an
// administrator sees everybody, a trainer the members of the own groups, and
// project leads and auditors what is about many (aggregates), without small
// groups. Everybody sees what is about themselves. single tells that the answer is
// about single people, learner is the one it is about, "" for many.
func scopeOf(v *visitor.Visitor, single bool, learner string) (Scope, error) {
	if v == nil || v.Person != "" && v.Person == learner { // a key, or oneself
		return Scope{All: true}, nil
	}
	switch evaluation.ReachOfAll(v.Roles, single) {
	case evaluation.Everybody:
		return Scope{All: true}, nil
	case evaluation.Aggregates:
		return Scope{All: true, Aggregates: true}, nil
	case evaluation.OwnGroups:
		return Scope{Groups: v.Groups}, nil
	}
	return Scope{}, apiv1.Problemf(http.StatusForbidden, "your roles do not let you see this")
}
