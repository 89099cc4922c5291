package lrs

import (
	"cmp"
	"slices"
	"strings"

	"lernspur/statements"
)

const (
	// explainedBody is the size up to which a rejected body is explained in
	// detail.
	explainedBody = 1 << 20
	// maxViolations is how many violations an explanation may list.
	maxViolations = 200
)

// explain adds to the first broken rule that the strict pass found in each bad
// statement all others that are broken. It stays at what the strict pass found
// when a size is wrong, the body is too large to explain, or too many
// explanations are under way.
func (a *API) explain(data []byte, opts statements.Options, invalid *statements.Invalid) *statements.Invalid {
	if a.opts.Explain == nil || len(data) > explainedBody {
		return invalid
	}
	for _, v := range invalid.Violations {
		if strings.HasPrefix(v.Rule, "limit-") {
			return invalid
		}
	}
	select {
	case a.explains <- struct{}{}:
	default:
		return invalid
	}
	defer func() { <-a.explains }()
	explained := a.opts.Explain(data, opts)
	explained = explained[:min(len(explained), maxViolations)]
	return &statements.Invalid{Violations: merge(invalid.Violations, explained)}
}

// merge joins what both found, without naming a rule twice for one statement
// because the strict pass points elsewhere. Statements that the strict pass
// accepts are left out: its word decides.
func merge(strict, explained []statements.Violation) []statements.Violation {
	type key struct {
		statement int
		rule      string
	}
	bad := make(map[int]struct{}, len(strict))
	for _, v := range strict {
		bad[v.Statement] = struct{}{}
	}
	named := make(map[key]struct{}, len(explained))
	var found []statements.Violation
	for _, v := range explained {
		if _, ok := bad[v.Statement]; ok {
			named[key{v.Statement, v.Rule}] = struct{}{}
			found = append(found, v)
		}
	}
	for _, v := range strict {
		if _, ok := named[key{v.Statement, v.Rule}]; !ok {
			found = append(found, v)
		}
	}
	slices.SortStableFunc(found, func(x, y statements.Violation) int { return cmp.Compare(x.Statement, y.Statement) })
	return found
}

// keepsOwnRules holds statements against the rules that their tenant has of its
// own. The error is a *statements.Invalid.
func (a *API) keepsOwnRules(tenant string, sts []*statements.Statement) error {
	if a.opts.OwnRules == nil {
		return nil
	}
	rules := a.opts.OwnRules(tenant)
	if rules == nil {
		return nil
	}
	var found []statements.Violation
	for i, st := range sts {
		found = append(found, rules.Check(i, st.Raw)...)
		if len(found) >= maxViolations {
			found = found[:maxViolations]
			break
		}
	}
	if len(found) == 0 {
		return nil
	}
	a.metrics.reject(found)
	return &statements.Invalid{Violations: found}
}
