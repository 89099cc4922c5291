package web

import (
	"net/http"

	"lernspur/web/visitor"
)

// Evaluated is what is evaluated about single people of a tenant. The zero value is
// nothing.
type Evaluated struct {
	// AtRisk: who needs support, and why.
	AtRisk bool
	// Timelines: what one person did, in order.
	Timelines bool
}

// evaluated is what is evaluated where the visitor is.
func (q *request) evaluated() (Evaluated, error) {
	if q.site.deps.Evaluated == nil {
		return Evaluated{}, nil
	}
	return q.site.deps.Evaluated(q.r.Context(), q.who.Tenant)
}

// follows tells whether the visitor may pick out what one person did: who answers
// people's questions about their own data may whatever is evaluated.
func (q *request) follows() (bool, error) {
	on, err := q.evaluated()
	return on.Timelines || q.who.Has(visitor.DataProtection), err
}

// riskLink is the address of the list of those who need support, empty when it is not
// for the visitor.
func (q *request) riskLink(pairs ...string) (string, error) {
	if !q.who.Has(closeBy...) {
		return "", nil
	}
	on, err := q.evaluated()
	if err != nil || !on.AtRisk {
		return "", err
	}
	return q.page("/progress/at-risk", pairs...), nil
}

// switchedOff says that something is switched off, and who can switch it on.
var switchedOff = &problem{status: http.StatusForbidden, key: "switchedoff"}
