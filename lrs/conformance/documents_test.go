package conformance

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

var methods = []string{"GET", "PUT", "POST", "DELETE"}

// documentCases hold for State and both profiles; of names the requirements of
// the one at hand.
func documentCases(s shelf) []testcase {
	cases := []testcase{
		{"documents are stored, read, replaced and deleted", s.of["crud"] + " OWN-DOCUMENT-UNKNOWN", both, func(c *client) {
			p := s.place()
			c.want(404, p.one("GET", "a"))
			c.fresh(p, "a", "application/json", `{"x":1}`)
			c.fresh(p, "b", "application/json", `{"x":2}`)
			c.holds(p, "a", `{"x":1}`)
			etag := c.document(p, "a").header.Get("ETag")
			if r := c.want(204, p.one("PUT", "a").sends("application/json", `{"y":3}`).with("If-Match", etag)); len(r.body) != 0 {
				c.Errorf("204 with %q", r.body)
			}
			c.holds(p, "a", `{"y":3}`)
			c.want(204, p.one("POST", "a").sends("application/json", `{"z":4}`))
			c.holds(p, "a", `{"y":3,"z":4}`)
			c.want(204, p.one("DELETE", "a"))
			c.want(404, p.one("GET", "a"))
			c.holds(p, "b", `{"x":2}`)
			c.want(204, p.one("DELETE", "a")) // gone is gone
			c.fresh(p, "a", "text/plain", "again")
			c.document(p, "a")
		}},
		{"documents of any type come back byte by byte", "OWN-DOCUMENT-BYTES", both, func(c *client) {
			p := s.place()
			all := make([]byte, 256)
			for i := range all {
				all[i] = byte(i)
			}
			for kind, content := range map[string][]byte{
				"application/octet-stream": all, "image/png": bytes.Repeat(all, 300), "text/plain; charset=utf-8": []byte("Grüße\r\n"), "application/json": []byte(" [1, 2.50]\n"), "text/html": {},
			} {
				name := "d/" + kind + " ü?&=+%"
				c.fresh(p, name, kind, content)
				r := c.document(p, name)
				if !bytes.Equal(r.body, content) || r.header.Get("Content-Type") != kind {
					c.Errorf("%s: %s, %d bytes", kind, r.header.Get("Content-Type"), len(r.body))
				}
				sum := sha1.Sum(content)
				if want := `"` + hex.EncodeToString(sum[:]) + `"`; r.header.Get("ETag") != want {
					c.Errorf("%s: ETag %s, want %s", kind, r.header.Get("ETag"), want)
				}
			}
		}},
		{"the ids are listed", s.of["ids"], both, func(c *client) {
			p := s.place()
			c.same([]string{}, c.listed(p))
			for _, name := range []string{"a", "b", "c"} {
				c.fresh(p, name, "text/plain", name)
			}
			c.want(204, p.one("DELETE", "b"))
			ids := c.listed(p)
			slices.Sort(ids)
			c.same([]string{"a", "c"}, ids)
		}},
		{"since is after", s.of["since"], both, func(c *client) {
			p := s.place()
			c.fresh(p, "old", "text/plain", "1")
			c.fresh(p, "changed", "application/json", `{"a":1}`)
			time.Sleep(20 * time.Millisecond)
			between := time.Now().UTC()
			time.Sleep(20 * time.Millisecond)
			c.fresh(p, "new", "text/plain", "2")
			c.want(204, p.one("POST", "changed").sends("application/json", `{"b":1}`))
			ids := c.listed(p, "since", between.Format(time.RFC3339Nano))
			slices.Sort(ids)
			c.same([]string{"changed", "new"}, ids)
			zoned := between.In(time.FixedZone("", -4*3600)).Format(time.RFC3339Nano)
			if ids := c.listed(p, "since", zoned); len(ids) != 2 {
				c.Errorf("since %s: %q", zoned, ids)
			}
			c.same([]string{}, c.listed(p, "since", "2101-01-01T00:00:00Z"))
			for _, bad := range []string{"yesterday", "", "1", "2026-02-30T00:00:00Z", "2026-01-01T00:00:00-00:00"} {
				q := p.all("GET")
				q.query = append(q.query, "since", bad)
				c.saysWhy(c.want(400, q))
			}
		}},
		{"parameters that are required", s.of["missing"], both, func(c *client) {
			p := s.place()
			c.fresh(p, "a", "text/plain", "1")
			for _, method := range methods {
				for _, name := range append([]string{s.idName}, s.params...) {
					if name == s.idName && (method == "GET" || method == "DELETE" && s.state) {
						continue // which is about all documents
					}
					q := p.one(method, "a").of(name, "")
					if method == "PUT" || method == "POST" {
						q = q.sends("application/json", `{"x":1}`).with("If-None-Match", "*")
					}
					c.saysWhy(c.want(400, q))
				}
			}
			c.document(p, "a")
		}},
		{"parameters that are wrong", "XAPI-00012 XAPI-00324 XAPI-00325", both, func(c *client) {
			p := s.place()
			for _, method := range methods {
				q := p.one(method, "a").sends("application/json", `{"x":1}`).with("If-None-Match", "*")
				bad := []request{q.of("foo", "bar"), q.of(s.idName, "").of(strings.ToLower(s.idName), "a")}
				for _, name := range s.params {
					bad = append(bad, q.of(name, "").of(strings.ToUpper(name), p.values[name]), q.of(name, "x"))
				}
				for _, q := range bad {
					c.saysWhy(c.want(400, q))
				}
			}
			c.same([]string{}, c.listed(p))
		}},
		{"POST of what is not there stores it", s.of["new"], both, func(c *client) {
			p := s.place()
			c.want(204, p.one("POST", "a").sends("application/json", `{"x":1}`))
			c.holds(p, "a", `{"x":1}`)
		}},
		{"POST merges", s.of["merge"] + " XAPI-00183 XAPI-00184", both, func(c *client) {
			p := s.place()
			c.fresh(p, "a", "application/json", `{"kept":1,"replaced":"x","deep":{"a":1,"b":{"c":2}},"list":[1,2]}`)
			c.want(204, p.one("POST", "a").sends("application/json; charset=utf-8", `{"replaced":null,"deep":{"b":{"d":3}},"list":[],"new":1.50}`))
			c.holds(p, "a", `{"kept":1,"replaced":null,"deep":{"b":{"d":3}},"list":[],"new":1.50}`)
			c.want(204, p.one("POST", "a").sends("application/json", `{}`))
			c.holds(p, "a", `{"kept":1,"replaced":null,"deep":{"b":{"d":3}},"list":[],"new":1.50}`)
		}},
		{"a merge needs two JSON objects", s.of["object"], both, func(c *client) {
			p := s.place()
			c.fresh(p, "object", "application/json", `{"x":1}`)
			c.fresh(p, "array", "application/json", `[1]`)
			for _, q := range []request{
				p.one("POST", "object").sends("application/json", `[1]`), p.one("POST", "object").sends("application/json", `"x"`),
				p.one("POST", "object").sends("application/json", `null`), p.one("POST", "array").sends("application/json", `{"x":1}`),
			} {
				c.saysWhy(c.want(400, q))
			}
			c.holds(p, "object", `{"x":1}`)
			c.holds(p, "array", `[1]`)
		}},
		{"a merge needs two documents of the type JSON", s.of["type"], both, func(c *client) {
			p := s.place()
			c.fresh(p, "json", "application/json", `{"x":1}`)
			c.fresh(p, "text", "text/plain", `{"x":1}`)
			c.saysWhy(c.want(400, p.one("POST", "json").sends("text/plain", `{"y":1}`)))
			c.saysWhy(c.want(400, p.one("POST", "text").sends("application/json", `{"y":1}`)))
			c.holds(p, "json", `{"x":1}`)
			if r := c.document(p, "text"); string(r.body) != `{"x":1}` {
				c.Errorf("%s", r.body)
			}
		}},
		{"POST of JSON that is none is refused", s.of["json"], both, func(c *client) {
			p := s.place()
			for _, name := range []string{"new", "old"} {
				if name == "old" {
					c.fresh(p, name, "application/json", `{"x":1}`)
				}
				for _, body := range []string{"", "{", "/", `{"x":}`, `{"x":1}}`, "{'x':1}"} {
					c.saysWhy(c.want(400, p.one("POST", name).sends("application/json", body)))
				}
			}
			c.holds(p, "old", `{"x":1}`)
			c.want(404, p.one("GET", "new"))
		}},
		{"HEAD is GET without a body", "XAPI-00125 XAPI-00126", both, func(c *client) {
			p := s.place()
			c.fresh(p, "a", "text/plain", "1")
			for _, q := range []request{p.one("GET", "a"), p.all("GET"), p.one("GET", "b"), p.all("GET").of(s.params[0], "")} {
				c.sameAsHead(q)
			}
		}},
		{"Last-Modified follows the document", "V2-DOCUMENT-LAST-MODIFIED", both, func(c *client) {
			p := s.place()
			modified := func(q request) time.Time {
				at, err := time.Parse(time.RFC1123, c.want(200, q).header.Get("Last-Modified"))
				if err != nil {
					c.Fatal(err)
				}
				return at
			}
			start := time.Now().Truncate(time.Second)
			c.fresh(p, "a", "application/json", `{"x":1}`)
			c.fresh(p, "b", "application/json", `{"x":1}`)
			first := modified(p.one("GET", "a"))
			if first.Before(start) || first.After(time.Now().Add(time.Second)) {
				c.Errorf("%v", first)
			}
			time.Sleep(1100 * time.Millisecond)
			c.want(204, p.one("POST", "a").sends("application/json", `{"x":2}`))
			second := modified(p.one("GET", "a"))
			if !second.After(first) || !modified(p.all("GET")).Equal(second) || modified(p.one("GET", "b")).After(first.Add(time.Second)) {
				c.Errorf("%v, then %v; of the list %v", first, second, modified(p.all("GET")))
			}
		}},
		{"tenants and other places see nothing", "OWN-SCOPES", both, func(c *client) {
			p := s.place()
			c.fresh(p, "a", "text/plain", "1")
			c.tenant().want(404, p.one("GET", "a"))
			for _, name := range s.params {
				other := s.place()
				c.want(404, p.one("GET", "a").of(name, other.values[name]))
			}
		}},
	}
	if s.of["agent"] == "" {
		return cases
	}
	return append(cases, testcase{"agent is an Agent", s.of["agent"], both, func(c *client) {
		p := s.place()
		for _, method := range methods {
			for _, bad := range []string{"ada", "{}", "[]", "1", "true", `{"mbox":"ada@example.org"}`, `{"name":"Ada"}`, `{"key":"value"}`, `{"account":{"name":"ada"}}`, `{"mbox":"mailto:a@example.org"`} {
				c.saysWhy(c.want(400, p.one(method, "a").of("agent", bad).sends("application/json", `{"x":1}`).with("If-None-Match", "*")))
			}
		}
	}})
}
