package lrs

import (
	"slices"

	"lernspur/lenient"
	"lernspur/statements"

	"github.com/gorilla/mux"
)

// LenientBase is the path of the second endpoint, which serves the same
// resources to the tenants that asked for it. It differs in one thing: statements
// that break a rule are repaired as package lenient knows how, and then judged
// like any others. What was sent is kept beside what was made of it.
const LenientBase = "/xapi-lenient"

// base is the path of the endpoint that a request came to.
func (x *exchange) base() string {
	if x.lenient {
		return LenientBase
	}
	return Base
}

// registerLenient adds the lenient endpoint. Nothing of it is there while no
// tenant has asked for it but a word on why.
func (a *API) registerLenient(router *mux.Router) {
	if len(a.opts.LenientTenants) > 0 {
		a.registerAt(router, LenientBase)
	}
	// The separate route without a rest keeps /xapi-lenience and the like out.
	all := a.shell(resource{path: LenientBase + "/*", lenient: true})
	router.Handle(LenientBase, all)
	router.PathPrefix(LenientBase + "/").Handler(all)
}

// offered refuses requests to the lenient endpoint of tenants that did not ask
// for it; tenant is "" while it is not known whose the request is.
func (a *API) offered(tenant string) error {
	switch {
	case len(a.opts.LenientTenants) == 0:
		return notFound("the lenient endpoint is not switched on here; %s is the strict one", Base)
	case tenant != "" && !slices.Contains(a.opts.LenientTenants, tenant):
		return notFound("the lenient endpoint is not switched on for this tenant; %s is the strict one", Base)
	}
	return nil
}

// parse reads the statements of a request: one only for a PUT. On the lenient
// endpoint those that are invalid are repaired first; the others cost nothing
// more. Violations are those of the repaired text.
func (a *API) parse(x *exchange, data []byte, opts statements.Options, one bool) ([]*statements.Statement, error) {
	sts, err := parseAs(data, opts, one)
	if err == nil || !x.lenient {
		return sts, a.judge(err, data, opts)
	}
	repaired, list := lenient.Repair(data, lenient.Options{Edition: opts.Edition, Actor: x.cred.BoundAgent, Limits: opts.Limits})
	if list == nil {
		return nil, a.judge(err, data, opts)
	}
	if sts, err = parseAs(repaired, opts, one); err != nil {
		return nil, a.judge(err, repaired, opts)
	}
	for i, r := range list {
		if r == nil {
			continue
		}
		if sts[i].Repairs, err = r.Encode(); err != nil {
			return nil, err
		}
		for _, repair := range r.Repairs {
			a.metrics.repaired.WithLabelValues(repair.Rule).Inc()
		}
	}
	return sts, nil
}

func parseAs(data []byte, opts statements.Options, one bool) ([]*statements.Statement, error) {
	if !one {
		return statements.Parse(data, opts)
	}
	st, err := statements.ParseOne(data, opts)
	if err != nil {
		return nil, err
	}
	return []*statements.Statement{st}, nil
}
