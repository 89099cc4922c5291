package conformance

import (
	"net/http"
	"strings"
	"time"
)

// headerCases are about HEAD, content types and Consistent-Through: Comm 1.1,
// 1.5, 2.1.3.
var headerCases = []testcase{
	{"HEAD is GET without a body", "XAPI-00125 XAPI-00126", both, func(c *client) {
		s := statement()
		c.store(s)
		v := statement()
		c.store(v, voiding(id(v)))
		for _, q := range []request{
			get("statementId", id(s)), get("voidedStatementId", id(v)), get("verb", verbID("did"), "limit", "1"), get("statementId", unusedID),
			get("limit", "x"), get("statementId", id(s), "limit", "1"), {method: "GET", path: "/about"},
		} {
			c.sameAsHead(q)
		}
	}},
	{"Consistent-Through is on every answer", "XAPI-00153 XAPI-00160", both, func(c *client) {
		s := statement()
		for _, q := range []request{post(s), put(id(s), s), get("statementId", id(s)), get(), head(), get("statementId", unusedID), get("limit", "x"), post("x")} {
			text := c.send(q).header.Get("X-Experience-API-Consistent-Through")
			if at, err := time.Parse(time.RFC3339Nano, text); err != nil || time.Since(at) > time.Hour || !strings.HasSuffix(text, "Z") {
				c.Errorf("%s %q: %q", q.method, q.query, text)
			}
		}
		// All that is stored until then is there.
		text := c.want(200, get("statementId", id(s))).header.Get("X-Experience-API-Consistent-Through")
		if c.instant(text).Before(c.instant(c.stored(id(s))["stored"])) {
			c.Errorf("consistent through %s, and a later statement is visible", text)
		}
	}},
	{"statements come as JSON", "OWN-CONTENT-TYPE", both, func(c *client) {
		for kind, status := range map[string]int{
			"application/json": 200, "application/json; charset=utf-8": 200, "APPLICATION/JSON": 200,
			"text/plain": 400, "application/xml": 400, "multipart/form-data; boundary=x": 400, "application/x-www-form-urlencoded": 400, "application/jsonx": 400,
		} {
			q := post(statement())
			q.headers = []string{"Content-Type", kind}
			c.want(status, q)
		}
	}},
	{"answers have a Content-Type", "XAPI-00165", both, func(c *client) {
		s := statement()
		for _, q := range []request{post(s), get("statementId", id(s)), get("limit", "1"), get("statementId", unusedID), get("x", "y"), {method: "GET", path: "/about"}} {
			if kind := c.send(q).header.Get("Content-Type"); kind != "application/json" {
				c.Errorf("%s %q: %s", q.method, q.query, kind)
			}
		}
	}},
}

// sameAsHead holds HEAD against GET: status, headers, no body.
func (c *client) sameAsHead(q request) {
	c.Helper()
	full := c.send(q)
	q.method = http.MethodHead
	short := c.send(q)
	if short.status != full.status || len(short.body) != 0 {
		c.Errorf("HEAD %s %q: %d with %d bytes, GET: %d", q.path, q.query, short.status, len(short.body), full.status)
	}
	for _, name := range []string{"Content-Type", "Last-Modified", "ETag", "X-Experience-API-Version", "Allow"} {
		if short.header.Get(name) != full.header.Get(name) {
			c.Errorf("HEAD %s %q: %s is %q, GET: %q", q.path, q.query, name, short.header.Get(name), full.header.Get(name))
		}
	}
}

// versionCases are about Comm 3.3 and Data 2.4.10 (2.0: 4.1.5, 4.2.4.3).
var versionCases = []testcase{
	{"a version is asked for", "XAPI-00331", both, func(c *client) {
		s := statement()
		for _, version := range []string{"", "1", "2", "0.9", "0.95", "1.1", "1.1.0", "1.0.", "1.0.x", "3.0.0", "2.1.0", "v2.0.0", "1.0.3.1", "BAD"} {
			for _, q := range []request{post(s), put(id(s), s), get(), head(), get("statementId", id(s))} {
				q.headers = []string{"X-Experience-API-Version", version}
				r := c.want(400, q)
				if q.method != http.MethodHead {
					c.saysWhy(r)
				}
			}
		}
		c.want(404, get("statementId", id(s)))
	}},
	{"every patch of an edition is taken", "XAPI-00331 XAPI-00333", both, func(c *client) {
		of := map[editions][]string{v1: {"1.0", "1.0.0", "1.0.1", "1.0.2", "1.0.3", "1.0.9"}, v2: {"2.0", "2.0.0", "2.0.1"}}
		for _, version := range of[c.ed] {
			s := statement()
			for status, q := range map[int]request{204: put(id(s), s), 200: get("limit", "1"), 404: get("statementId", unusedID), 400: get("limit", "x")} {
				q.headers = []string{"X-Experience-API-Version", version}
				if r := c.want(status, q); r.header.Get("X-Experience-API-Version") != c.ed.version() {
					c.Errorf("%s: answered as %s", version, r.header.Get("X-Experience-API-Version"))
				}
			}
		}
	}},
	{"about needs none", "XAPI-00331", both, func(c *client) {
		c.want(200, request{method: "GET", path: "/about", headers: []string{"X-Experience-API-Version", ""}})
	}},
	{"statements keep their version", "XAPI-00332 XAPI-00330", both, func(c *client) {
		sent := []string{"1.0.0", "1.0", "1.0.2", "1.0.9"}
		if c.ed == v2 {
			sent = append(sent, "2.0.0", "2.0", "2.0.1")
		}
		var ids []string
		for _, version := range sent {
			ids = append(ids, c.store(statement(m{"version": version}))...)
		}
		for i, version := range sent {
			for _, reader := range both.split() {
				if got := c.under(reader).stored(ids[i]); got["version"] != version {
					c.Errorf("%s came back as %v", version, got["version"])
				}
			}
		}
	}},
	{"statements without a version get that of the edition", "OWN-VERSION-DEFAULT XAPI-00330", both, func(c *client) {
		s := statement()
		c.store(s)
		want := map[editions]string{v1: "1.0.0", v2: "2.0.0"}[c.ed]
		for _, reader := range both.split() {
			if got := c.under(reader).stored(id(s))["version"]; got != want {
				c.Errorf("%v, want %s", got, want)
			}
		}
	}},
	{"other versions of statements are refused", "XAPI-00101", both, func(c *client) {
		sent := []string{"0.9", "0.9.9", "0.95", "1.1.0", "3.0.0", "1", "x", ""}
		if c.ed == v1 {
			sent = append(sent, "2.0.0", "2.0")
		}
		for _, version := range sent {
			c.want(400, post(statement(m{"version": version})))
		}
	}},
	{"what only 2.0 knows is refused under 1.0.3", "OWN-CONTEXT-AGENTS-V1", v1, func(c *client) {
		c.want(400, post(statement(context(m{"contextAgents": list{contextAgent(agent("ben"))}}))))
		c.want(400, post(statement(context(m{"contextGroups": list{contextGroup(groupOf(agent("ben")))}}))))
	}},
}
