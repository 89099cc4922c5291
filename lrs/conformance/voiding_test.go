package conformance

import "slices"

// voidingCases are about Data 2.3.2 and Comm 2.1.4 (2.0: 4.2.5).
var voidingCases = []testcase{
	{"a voided statement is found by voidedStatementId only", "XAPI-00018 XAPI-00155 XAPI-00157 XAPI-00163", both, func(c *client) {
		c = c.tenant()
		s := statement()
		c.store(s)
		c.want(404, get("voidedStatementId", id(s)))
		v := voiding(id(s))
		c.store(v)
		c.want(404, get("statementId", id(s)))
		r := c.want(200, get("voidedStatementId", id(s)))
		var got m
		c.decode(r.body, &got)
		if got["id"] != id(s) || got["verb"].(m)["id"] != verbID("did") {
			c.Errorf("%s", r.body)
		}
		c.want(200, get("voidedStatementId", id(s), "format", "ids"))
		c.want(404, get("voidedStatementId", id(v)))
		c.same([]string{id(v)}, c.found())
		c.same([]string{id(v)}, c.found("agent", agentText("ada")))
	}},
	{"a voiding statement cannot be voided", "XAPI-00016", both, func(c *client) {
		s := statement()
		c.store(s)
		v := voiding(id(s))
		c.store(v)
		// To refuse it or to take and ignore it is both allowed.
		again := voiding(id(v))
		if r := c.send(post(again)); r.status != 200 && r.status != 400 {
			c.Errorf("%d %s", r.status, r.body)
		}
		c.want(200, get("statementId", id(v)))
		c.want(404, get("voidedStatementId", id(v)))
		c.want(404, get("statementId", id(s)))
		c.want(200, get("voidedStatementId", id(s)))
	}},
	{"voiding twice changes nothing", "XAPI-00018", both, func(c *client) {
		s := statement()
		c.store(s)
		c.store(voiding(id(s)))
		c.store(voiding(id(s)))
		c.want(200, get("voidedStatementId", id(s)))
		c.want(404, get("statementId", id(s)))
	}},
	{"the target may be missing, or come later", "XAPI-00019 V2-VOID-MISSING", both, func(c *client) {
		s := statement()
		v := voiding(id(s))
		c.store(v)
		c.want(200, get("statementId", id(v)))
		c.want(404, get("statementId", id(s)))
		c.want(404, get("voidedStatementId", id(s)))
		c.store(s)
		c.want(404, get("statementId", id(s)))
		c.want(200, get("voidedStatementId", id(s)))
	}},
	{"target and voiding statement in one request, in either order", "XAPI-00018 V2-VOID-MISSING", both, func(c *client) {
		s, other := statement(), statement()
		c.store(s, voiding(id(s)), voiding(id(other)), other)
		for _, target := range []m{s, other} {
			c.want(404, get("statementId", id(target)))
			c.want(200, get("voidedStatementId", id(target)))
		}
	}},
	answers(400, "what voids points to a statement", "XAPI-00017 XAPI-00020", both,
		post(without(statement(m{"verb": m{"id": voided}}), "id")),
		post(without(statement(m{"verb": m{"id": voided}}, object(agent("ben"))), "id")),
		post(without(statement(m{"verb": m{"id": voided}}, object(m{"id": unusedID})), "id")),
		post(without(statement(m{"verb": m{"id": voided}}, object(subStatement(without(statement(object(refTo(unusedID))), "id")))), "id"))),
	{"another verb on a StatementRef voids nothing", "XAPI-00019", both, func(c *client) {
		s := statement()
		c.store(s)
		c.store(statement(object(refTo(id(s)))), statement(m{"verb": m{"id": "http://example.org/voided"}}, object(refTo(id(s)))),
			statement(context(m{"statement": refTo(id(s))}), m{"verb": m{"id": voided}}, object(refTo(unusedID))))
		c.want(200, get("statementId", id(s)))
	}},
	{"what points to a voided statement is still found", "XAPI-00162", both, func(c *client) {
		verb := unique("verb")
		s := statement(withVerb(verb))
		ref := statement(object(refTo(id(s))))
		c.store(s, ref)
		v := voiding(id(s))
		c.store(v)
		c.same([]string{id(v), id(ref)}, c.found("verb", verbID(verb)))
		if slices.Contains(c.found("verb", verbID(verb), "ascending", "true"), id(s)) {
			c.Error("the voided statement is in a list")
		}
	}},
}

// same compares two lists of ids.
func (c *client) same(want, got []string) {
	c.Helper()
	if !slices.Equal(want, got) {
		c.Errorf("found %q, want %q", got, want)
	}
}
