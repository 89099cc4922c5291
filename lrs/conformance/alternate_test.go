package conformance

import "encoding/base64"

// form is a request in the alternate syntax of 1.0.3: the fields are pairs.
func form(path, method string, fields ...string) request {
	return request{method: "POST", path: path, query: []string{"method", method}, body: encodePairs(fields),
		headers: []string{"Content-Type", "application/x-www-form-urlencoded"}}
}

// with is a request with one more header; without a value it is not sent.
func (q request) with(name, value string) request {
	q.headers = append(q.headers[:len(q.headers):len(q.headers)], name, value)
	return q
}

// basic is what the header Authorization has.
func (c *client) basic() string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(c.key+":"+c.secret))
}

// alternateCases are about Comm 1.3.
var alternateCases = []testcase{
	{"PUT, POST and GET as a form", "XAPI-00336 XAPI-00148", v1, func(c *client) {
		s, other := statement(), statement()
		c.want(204, form("/statements", "PUT", "statementId", id(s), "content", string(c.encode(without(s, "id")))))
		c.want(200, form("/statements", "POST", "content", string(c.encode(list{other})), "Content-Type", "application/json"))
		for _, target := range []m{s, other} {
			var got m
			c.decode(c.want(200, form("/statements", "GET", "statementId", id(target))).body, &got)
			if got["id"] != id(target) {
				c.Errorf("%v", got)
			}
		}
		verb := verbID(unique("verb"))
		third := statement(m{"verb": m{"id": verb}})
		c.store(third)
		c.same([]string{id(third)}, c.ids(c.page(form("/statements", "GET", "verb", verb, "limit", "1"))))
	}},
	{"fields stand for headers", "XAPI-00336", v1, func(c *client) {
		s := statement()
		bare := func(q request) request { return q.with("Authorization", "").with("X-Experience-API-Version", "") }
		fields := []string{"statementId", id(s), "content", string(c.encode(s)), "Authorization", c.basic(), "X-Experience-API-Version", "1.0.3", "Content-Type", "application/json"}
		c.want(204, bare(form("/statements", "PUT", fields...)))
		c.want(200, get("statementId", id(s)))
		c.want(400, bare(form("/statements", "PUT", "statementId", id(s), "content", string(c.encode(s)), "Authorization", c.basic())))
		c.want(401, bare(form("/statements", "PUT", "statementId", id(s), "content", string(c.encode(s)), "X-Experience-API-Version", "1.0.3")))
		// A field goes before the header.
		c.want(400, form("/statements", "PUT", "statementId", id(s), "content", string(c.encode(s)), "X-Experience-API-Version", "0.8"))
		c.want(401, form("/statements", "PUT", "statementId", id(s), "content", string(c.encode(s)), "Authorization", "Basic eDp5"))
	}},
	{"a form of another type is read all the same", "XAPI-00336", v1, func(c *client) {
		s := statement()
		c.want(204, form("/statements", "PUT", "statementId", id(s), "content", string(c.encode(s))).with("Content-Type", "text/plain"))
		c.want(200, get("statementId", id(s)))
	}},
	{"a text is UTF-8", "XAPI-00336", v1, func(c *client) {
		s := statement(withResult(m{"response": "Grüße + 1 & 2 = 日本"}))
		c.want(204, form("/statements", "PUT", "statementId", id(s), "content", string(c.encode(s))))
		if got := c.stored(id(s))["result"].(m)["response"]; got != "Grüße + 1 & 2 = 日本" {
			c.Errorf("%v", got)
		}
	}},
	{"documents as a form", "XAPI-00336", v1, func(c *client) {
		for _, shelf := range shelves {
			p := shelf.place()
			fields := func(more ...string) []string { return append(p.one("", "a").query, more...) }
			c.want(204, form(p.path, "PUT", fields("content", `{"x":"ü"}`, "Content-Type", "application/json", "If-None-Match", "*")...))
			c.holds(p, "a", `{"x":"ü"}`)
			c.want(204, form(p.path, "POST", fields("content", `{"y":2}`, "Content-Type", "application/json")...))
			r := c.want(200, form(p.path, "GET", fields()...))
			if r.header.Get("ETag") != c.document(p, "a").header.Get("ETag") {
				c.Errorf("%v", r.header)
			}
			if !p.state {
				c.want(412, form(p.path, "PUT", fields("content", `{}`, "Content-Type", "application/json", "If-Match", wrongETag)...))
			}
			c.want(204, form(p.path, "DELETE", fields("If-Match", r.header.Get("ETag"))...))
			c.want(404, p.one("GET", "a"))
		}
	}},
	{"agents, activities and about as a form", "XAPI-00336", v1, func(c *client) {
		c.want(200, form("/agents", "GET", "agent", agentText("ada")))
		c.want(200, form("/activities", "GET", "activityId", courseID("one")))
		c.want(200, form("/about", "GET"))
		c.want(400, form("/agents", "GET"))
	}},
	{"a form that is wrong is refused", "XAPI-00336", v1, func(c *client) {
		s := statement()
		text := string(c.encode(s))
		extra := form("/statements", "PUT", "statementId", id(s), "content", text)
		extra.query = append(extra.query, "statementId", id(s))
		notPosted := form("/statements", "POST", "content", text)
		notPosted.method = "PUT"
		noForm := form("/statements", "PUT")
		noForm.body = `{"statementId":"` + id(s) + `","content":` + text + `}`
		noBody := form("/statements", "PUT")
		noBody.body = nil
		for _, q := range []request{
			extra, notPosted, noForm, noBody,
			form("/statements", "PUT", "statementId", id(s)),
			form("/statements", "PUT", "content", text),
			form("/statements", "PUT", "statementId", id(s), "content", "{}"),
			form("/statements", "PUT", "statementId", id(s), "content", text, "foo", "bar"),
			form("/statements", "PUT", "StatementId", id(s), "content", text),
			form("/statements", "put", "statementId", id(s), "content", text),
			form("/statements", "GET", "limit", "x"),
		} {
			c.saysWhy(c.want(400, q))
		}
		c.want(404, get("statementId", id(s)))
	}},
	{"2.0 has none", "V2-NO-ALTERNATE", v2, func(c *client) {
		s := statement()
		text := string(c.encode(s))
		for _, q := range []request{
			form("/statements", "PUT", "statementId", id(s), "content", text), form("/statements", "POST", "content", text), form("/statements", "GET", "limit", "1"),
			form("/statements", "PUT"), form("/statements", "GET", "limit", "1").with("Content-Type", "application/json"),
			form("/statements", "PUT", "statementId", id(s), "content", text, "X-Experience-API-Version", "2.0.0").with("X-Experience-API-Version", ""),
		} {
			c.saysWhy(c.want(400, q))
		}
		c.want(404, get("statementId", id(s)))
	}},
}
