package web

import (
	"net/http"

	"lernspur/evaluation"
	"lernspur/web/visitor"
)

// follows tells whether the visitor may pick out what one person did: who answers
// people's questions about their own data may whatever is evaluated.
func (q *request) follows() (bool, error) {
	on, err := q.evaluated()
	return on.Missing(evaluation.Moments...) == "" || q.who.Has(visitor.DataProtection), err
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
