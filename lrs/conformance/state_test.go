package conformance

import "slices"

// stateCases are about what State has and the profiles have not: Comm 2.3.
var stateCases = []testcase{
	{"registration tells documents apart", "OWN-STATE-REGISTRATION XAPI-00218 XAPI-00219 XAPI-00220 XAPI-00227", both, func(c *client) {
		p := shelves[0].place()
		one, two := withRegistration(p), withRegistration(p)
		c.fresh(p, "a", "application/json", `{"of":"none"}`)
		c.fresh(one, "a", "application/json", `{"of":"one"}`)
		c.want(204, two.one("POST", "a").sends("application/json", `{"of":"two"}`))
		c.want(204, one.one("POST", "a").sends("application/json", `{"x":1}`))
		c.holds(p, "a", `{"of":"none"}`)
		c.holds(one, "a", `{"of":"one","x":1}`)
		c.holds(two, "a", `{"of":"two"}`)
		c.same([]string{"a"}, c.listed(one))
		c.want(204, one.one("DELETE", "a"))
		c.want(404, one.one("GET", "a"))
		c.document(two, "a")
		c.document(p, "a")
	}},
	{"DELETE of all deletes the context alone", "XAPI-00194 XAPI-00219", both, func(c *client) {
		p, other := shelves[0].place(), shelves[0].place()
		one, two := withRegistration(p), withRegistration(p)
		for _, where := range []place{one, two, other} {
			c.fresh(where, "a", "text/plain", "1")
			c.fresh(where, "b", "text/plain", "1")
		}
		c.want(204, one.all("DELETE"))
		c.same([]string{}, c.listed(one))
		c.want(404, one.one("GET", "a"))
		if ids := c.listed(two); len(ids) != 2 {
			c.Errorf("%q", ids)
		}
		c.fresh(p, "c", "text/plain", "1")
		c.want(204, p.all("DELETE"))
		c.same([]string{}, c.listed(p))
		c.want(404, p.one("GET", "c"))
		ids := c.listed(other)
		slices.Sort(ids)
		c.same([]string{"a", "b"}, ids)
	}},
	{"registration is a UUID", "XAPI-00200 XAPI-00201 XAPI-00202 XAPI-00203", both, func(c *client) {
		p := shelves[0].place()
		for _, method := range methods {
			for _, bad := range []string{"1", "x" + unusedID[1:], unusedID + "0", "true", "{}"} {
				c.saysWhy(c.want(400, p.one(method, "a").of("registration", bad).sends("application/json", `{"x":1}`).with("If-None-Match", "*")))
			}
		}
		c.same([]string{}, c.listed(p))
	}},
	{"PUT replaces a state without headers", "OWN-STATE-OVERWRITE", v1, func(c *client) {
		p := shelves[0].place()
		for _, body := range []string{`{"x":1}`, `{"y":2}`, `[3]`} {
			c.want(204, p.one("PUT", "a").sends("application/json", body))
			c.holds(p, "a", body)
		}
		c.want(204, p.one("DELETE", "a"))
		c.want(204, p.one("PUT", "a").sends("text/plain", "x"))
	}},
}

func withRegistration(p place) place {
	q := place{p.shelf, map[string]string{"registration": id(statement())}}
	for name, value := range p.values {
		q.values[name] = value
	}
	return q
}

var profileCases = []testcase{
	{"agent is no Group", "OWN-PROFILE-GROUP", both, func(c *client) {
		p := shelves[1].place()
		for _, method := range methods {
			q := p.one(method, "a").of("agent", `{"objectType":"Group","mbox":"mailto:team@example.org"}`)
			c.saysWhy(c.want(400, q.sends("application/json", `{"x":1}`).with("If-None-Match", "*")))
		}
	}},
	{"agent is compared by its identifier", "XAPI-00259", both, func(c *client) {
		p := shelves[1].place()
		who := unique("ada")
		p.values["agent"] = agentText(who)
		c.fresh(p, "a", "application/json", `{"x":1}`)
		p.values["agent"] = `{ "name" : "Ada", "objectType":"Agent", "mbox":"` + mbox(who) + `" }`
		c.holds(p, "a", `{"x":1}`)
	}},
}
