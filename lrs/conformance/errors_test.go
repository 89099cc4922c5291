package conformance

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"lernspur/access"
	"lernspur/lrs/lrstest"

	"github.com/google/uuid"
)

// errorCases are about Comm 3.2 (2.0: 4.1).
var errorCases = []testcase{
	answers(400, "unknown parameters are refused", "XAPI-00324", both,
		get("foo", "bar"), get("statementId", unusedID, "foo", "bar"), head("foo", "bar"), get("stateId", "x"), get("authority", agentText("ada")),
		request{method: "PUT", path: "/statements", query: []string{"statementId", unusedID, "foo", "bar"}, body: statement()},
		request{method: "POST", path: "/statements", query: []string{"foo", "bar"}, body: statement()},
		request{method: "POST", path: "/statements", query: []string{"statementId", unusedID}, body: statement()}),
	answers(400, "parameters are held in their letter case", "XAPI-00325", both,
		get("StatementId", unusedID), get("statementID", unusedID), get("VoidedStatementId", unusedID), get("Agent", agentText("ada")), get("Verb", verbID("did")),
		get("Activity", courseID("one")), get("Registration", unusedID), get("Related_Activities", "true"), get("Related_Agents", "true"),
		get("Since", "2026-01-01T00:00:00Z"), get("Until", "2026-01-01T00:00:00Z"), get("Limit", "1"), get("Format", "ids"), get("Attachments", "true"),
		get("Ascending", "true"), request{method: "PUT", path: "/statements", query: []string{"StatementId", unusedID}, body: statement()}),
	answers(400, "parameters are held to the formats of statements", "XAPI-00012", both,
		get("statementId", "1"), get("statementId", strings.ReplaceAll(unusedID, "-", "")), get("statementId", "{"+unusedID+"}"), get("voidedStatementId", unusedID[1:]),
		get("agent", "ada"), get("agent", "{}"), get("agent", `{"mbox":"ada@example.org"}`), get("agent", `{"mbox":"mailto:ada@example.org","openid":"http://x.example"}`),
		get("agent", `{"name":"Ada"}`), get("agent", `[]`), get("agent", `{"mbox":"mailto:ada@example.org"`), get("agent", `{"objectType":"Activity","id":"http://x.example"}`),
		get("agent", `{"account":{"name":"ada"}}`), get("agent", `{"objectType":"Group","member":[{"mbox":"mailto:ada@example.org"}]}`),
		get("verb", "did"), get("verb", ""), get("activity", "one"), get("activity", "/one"), get("registration", "1"), get("registration", "x"+unusedID[1:]),
		get("related_agents", "yes"), get("related_agents", "1"), get("related_activities", "TRUE"), get("ascending", ""), get("attachments", "no"),
		get("since", "yesterday"), get("since", "2026-02-30T00:00:00Z"), get("until", "1"), get("until", "2026-01-01T00:00:00-00:00"),
		get("limit", "-1"), get("limit", "x"), get("limit", "1.5"), get("more", "x"), get("limit", "1", "limit", "2")),
	{"ids go with format and attachments only", "XAPI-00150 XAPI-00151", both, func(c *client) {
		s, v := statement(), statement()
		c.store(s, v, voiding(id(v)))
		for name, target := range map[string]string{"statementId": id(s), "voidedStatementId": id(v)} {
			for _, allowed := range [][]string{nil, {"format", "ids"}, {"attachments", "false"}, {"format", "exact", "attachments", "false"}} {
				c.want(200, get(append([]string{name, target}, allowed...)...))
			}
			for _, other := range [][]string{
				{"agent", agentText("ada")}, {"verb", verbID("did")}, {"activity", courseID("one")}, {"registration", unusedID}, {"related_activities", "true"},
				{"related_agents", "true"}, {"since", "2001-01-01T00:00:00Z"}, {"until", "2101-01-01T00:00:00Z"}, {"limit", "1"}, {"ascending", "true"},
			} {
				c.saysWhy(c.want(400, get(append([]string{name, target}, other...)...)))
			}
		}
		c.want(400, get("statementId", id(s), "voidedStatementId", id(v)))
	}},
	{"one bad statement refuses the request", "XAPI-00326 XAPI-00182", both, func(c *client) {
		c = c.tenant()
		kept := statement()
		c.store(kept)
		for _, bad := range []m{without(statement(), "actor"), statement(m{"dummy": 1}), merge(m{}, kept, withVerb("other")), statement(withResult(m{"success": "yes"}))} {
			good := statement()
			for _, batch := range []list{{good, bad}, {bad, good}, {statement(), good, bad, statement()}} {
				if r := c.send(post(batch)); r.status != 400 && r.status != 409 {
					c.Errorf("%d %s", r.status, r.body)
				}
			}
		}
		c.same([]string{id(kept)}, c.found())
	}},
	{"refusals change nothing", "XAPI-00182", both, func(c *client) {
		c = c.tenant()
		name := uuid.NewString()
		q := put(name, statement(m{"id": name}))
		for _, headers := range [][]string{{"Authorization", ""}, {"Authorization", "Basic eDp5"}, {"X-Experience-API-Version", ""}, {"X-Experience-API-Version", "0.9"}, {"Content-Type", "text/plain"}} {
			q.headers = headers
			if r := c.send(q); r.status != 400 && r.status != 401 {
				c.Errorf("%q: %d", headers, r.status)
			}
		}
		c.same([]string{}, c.found())
	}},
}

// credentialCases are about Comm 4.
var credentialCases = []testcase{
	{"without good credentials it is 401", "XAPI-00334 XAPI-00335 OWN-401-NOTHING", both, func(c *client) {
		s := statement()
		for _, authorization := range c.badCredentials() {
			for _, q := range []request{post(s), put(id(s), s), get(), head(), get("statementId", id(s)), get("limit", "x"), post("x")} {
				q.headers = []string{"Authorization", authorization}
				c.is401(q)
			}
		}
		c.want(404, get("statementId", id(s)))
	}},
	{"too many wrong credentials are 429", "OWN-429", both, func(c *client) {
		slow := func(o *access.Options) { o.Slow = access.Slow{PerKey: 3, PerAddress: 1000, Interval: time.Hour} }
		s := lrstest.Start(c, lrstest.Options{Access: slow})
		guess := &client{T: c.T, server: s, ed: c.ed, key: s.Key, secret: "guess"}
		for range 3 {
			guess.is401(get())
		}
		for _, q := range []request{get(), post(statement())} {
			r := guess.want(429, q)
			guess.saysWhy(r)
			if seconds, err := strconv.Atoi(r.header.Get("Retry-After")); err != nil || seconds < 1 {
				c.Errorf("Retry-After %q", r.header.Get("Retry-After"))
			}
		}
	}},
	{"Basic is taken", "XAPI-00335", both, func(c *client) {
		c.want(200, get("limit", "1"))
		c.as("all").want(200, get("limit", "1"))
	}},
	{"scopes bound what a key does", "OWN-SCOPES", both, func(c *client) {
		s := statement()
		c.store(s)
		for scope, may := range map[string]struct{ read, write int }{
			"all": {200, 200}, "all/read": {200, 403}, "statements/read": {200, 403}, "statements/write": {403, 200},
			"statements/read/mine": {404, 403}, "state": {403, 403}, "profile": {403, 403},
		} {
			other := c.as(scope)
			other.want(may.read, get("statementId", id(s)))
			fresh := statement()
			other.want(may.write, post(fresh))
			c.want(map[int]int{200: 200, 403: 404}[may.write], get("statementId", id(fresh)))
		}
	}},
	{"statements/read/mine reads what the key wrote", "OWN-SCOPES", both, func(c *client) {
		c = c.tenant()
		mine := c.as("statements/write", "statements/read/mine")
		others, own := statement(), statement()
		c.store(others)
		mine.store(own)
		c.same([]string{id(own)}, mine.found())
		mine.want(200, get("statementId", id(own)))
		mine.want(404, get("statementId", id(others)))
	}},
	{"another tenant sees nothing", "OWN-SCOPES", both, func(c *client) {
		s := statement()
		c.store(s)
		other := c.tenant()
		other.want(404, get("statementId", id(s)))
		c.same([]string{}, other.found())
		// The same id is free there.
		other.store(merge(m{}, s, withVerb("other")))
		c.want(200, get("statementId", id(s)))
	}},
}

// badCredentials are Authorization headers that let nobody in.
func (c *client) badCredentials() []string {
	c.Helper()
	basic := func(key, secret string) string {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(key+":"+secret))
	}
	revoked := c.as("all")
	if err := c.server.Keys.Revoke(c.Context(), revoked.key); err != nil {
		c.Fatal(err)
	}
	return []string{
		"", basic(c.key, "wrong"), basic(c.key, ""), basic("unknown", c.secret), basic("", ""), basic(c.secret, c.key),
		basic(c.key, c.secret[:len(c.secret)-1]), basic(revoked.key, revoked.secret), "Basic !", "Basic", "Bearer " + c.secret, "Digest x",
	}
}

// is401 holds a request without good credentials.
func (c *client) is401(q request) {
	c.Helper()
	r := c.send(q)
	if r.status != 401 || !strings.HasPrefix(r.header.Get("WWW-Authenticate"), "Basic ") {
		c.Errorf("%s %s %q with %q: %d %s", q.method, q.path, q.query, q.headers, r.status, r.body)
	}
	if q.method != http.MethodHead {
		c.saysWhy(r)
	}
}
