package conformance

import "net/http"

// everywhere is one request for each method of each resource that needs a
// version and credentials, and would be taken with them.
func everywhere(c *client) []request {
	s := statement()
	all := []request{post(s), put(id(s), s), get("limit", "1"), head("limit", "1"), getAgent(agent("ada"))(c), getActivity(courseID("one"))}
	for _, shelf := range shelves {
		p := shelf.place()
		for _, method := range append([]string{http.MethodHead}, methods...) {
			q := p.one(method, "a")
			if method == http.MethodPut || method == http.MethodPost {
				q = q.sends("application/json", `{"x":1}`)
			}
			if method == http.MethodPut {
				q = q.with("If-None-Match", "*")
			}
			all = append(all, q)
		}
		all = append(all, p.all(http.MethodGet))
	}
	return all
}

// everywhereCases hold for every resource.
var everywhereCases = []testcase{
	{"good requests are let in", "XAPI-00335", both, func(c *client) {
		for _, q := range everywhere(c) {
			if r := c.send(q); r.status != 200 && r.status != 204 && r.status != 404 {
				c.Errorf("%s %s: %d %s", q.method, q.path, r.status, r.body)
			}
		}
	}},
	{"without good credentials it is 401", "OWN-401-NOTHING XAPI-00334", both, func(c *client) {
		for _, authorization := range c.badCredentials() {
			for _, q := range everywhere(c) {
				c.is401(q.with("Authorization", authorization))
			}
		}
		p := shelves[0].place()
		c.is401(p.one("PUT", "a").sends("application/json", `{}`).with("Authorization", ""))
		c.want(404, p.one("GET", "a"))
		c.fresh(p, "a", "application/json", `{"x":1}`)
		c.is401(p.one("DELETE", "a").with("Authorization", "Basic eDp5"))
		c.holds(p, "a", `{"x":1}`)
	}},
	{"every resource but about needs a version", "XAPI-00321 XAPI-00331", both, func(c *client) {
		for _, version := range []string{"", "0.9", "1.1.0", "3.0.0", "BAD"} {
			for _, q := range everywhere(c) {
				if r := c.want(400, q.with("X-Experience-API-Version", version)); q.method != http.MethodHead {
					c.saysWhy(r)
				}
			}
		}
	}},
	{"every answer has the version", "XAPI-00333", both, func(c *client) {
		for _, q := range everywhere(c) {
			for _, q := range []request{q, q.with("Authorization", ""), q.of("foo", "bar")} {
				if got := c.send(q).header.Get("X-Experience-API-Version"); got != c.ed.version() {
					c.Errorf("%s %s: %q", q.method, q.path, got)
				}
			}
		}
	}},
	{"unknown parameters are refused", "XAPI-00324", both, func(c *client) {
		for _, q := range everywhere(c) {
			c.want(400, q.of("foo", "bar"))
		}
	}},
}
