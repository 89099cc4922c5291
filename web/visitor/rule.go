package visitor

import "slices"

// Rule says who may use a page or ask for a thing. The zero Rule lets in everybody
// who signed in.
type Rule struct {
	// Public lets in whoever comes, signed in or not.
	Public bool
	// Roles are those of which one is enough; empty: any, or none.
	Roles []Role
	// Group is the group that it is about, empty for none in particular: a trainer
	// has to have it.
	Group string
	// Person is the human whom it is about, empty for nobody in particular: a
	// learner has to be that human, and those who see aggregates only see nobody.
	Person string
	// Own lets the human in whom it is about, whatever the roles.
	Own bool
}

// Allowed tells whether somebody may. Pages ask it, each route with a Rule of its own;
// whose figures somebody sees is decided by package progress. v is nil for nobody.
func Allowed(v *Visitor, rule Rule) bool {
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
		return rule.Group == "" && rule.Person == "" || slices.ContainsFunc(v.Roles, func(r Role) bool { return reaches(v, r, rule) })
	}
	return slices.ContainsFunc(rule.Roles, func(r Role) bool { return v.Has(r) && reaches(v, r, rule) })
}

// reaches tells whether somebody in a role has to do with the group and the human
// of a rule. Both have to fit where both are named.
func reaches(v *Visitor, role Role, rule Rule) bool {
	switch role {
	case Trainer:
		// Whether a human is in the group is the directory's to know: without a group
		// a trainer reaches nobody.
		if rule.Group == "" {
			return rule.Person == ""
		}
		return slices.Contains(v.Groups, rule.Group)
	case Learner:
		if rule.Group != "" {
			return false
		}
		return rule.Person == "" || rule.Person == v.Person
	case ProjectLead, Auditor:
		return rule.Person == ""
	}
	return true
}
