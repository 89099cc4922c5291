package conformance

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

const wrongETag = `"1111111111111111111111111111111111111111"`

// concurrencyCases are about Comm 3.1 (2.0: 4.1.4), for one of the resources.
func concurrencyCases(s shelf) []testcase {
	name := func(what string) string { return s.name + ": " + what }
	guarded := both // 1.0.3 exempts State
	if s.state {
		guarded = v2
	}
	put := func(p place, body string) request { return p.one("PUT", "a").sends("application/json", body) }
	post := func(p place, body string) request { return p.one("POST", "a").sends("application/json", body) }
	cases := []testcase{
		{name("GET has an ETag, the SHA-1 in quotes"), "XAPI-00322 OWN-ETAG-SHA1", both, func(c *client) {
			p := s.place()
			c.fresh(p, "a", "application/json", `{"x":1}`)
			// sha1sum of {"x":1}
			if etag := c.document(p, "a").header.Get("ETag"); etag != `"`+hexDigits(`{"x":1}`)+`"` {
				c.Errorf("%s", etag)
			}
		}},
		{name("a compressed answer has another ETag"), "OWN-ETAG-GZIP", both, func(c *client) {
			p := s.place()
			content := `{"x":"` + strings.Repeat("much of the same ", 500) + `"}`
			c.fresh(p, "a", "application/json", content)
			r := c.want(200, p.one("GET", "a").with("Accept-Encoding", "gzip"))
			etag := r.header.Get("ETag")
			if r.header.Get("Content-Encoding") != "gzip" || etag == `"`+hexDigits(content)+`"` || len(r.body) >= len(content) {
				c.Errorf("%s for %d bytes, Content-Encoding %q", etag, len(r.body), r.header.Get("Content-Encoding"))
			}
			c.want(204, put(p, `{"x":2}`).with("If-Match", etag))
			c.holds(p, "a", `{"x":2}`)
		}},
		{name("PUT with If-Match"), "XAPI-00322" + onlyIn(v2, guarded, " V2-IF-MATCH"), guarded, func(c *client) {
			p := s.place()
			c.refused412(put(p, `{"x":0}`).with("If-Match", wrongETag))
			c.want(404, p.one("GET", "a"))
			c.fresh(p, "a", "application/json", `{"x":1}`)
			etag := c.document(p, "a").header.Get("ETag")
			c.refused412(put(p, `{"x":2}`).with("If-Match", wrongETag))
			c.holds(p, "a", `{"x":1}`)
			c.want(204, put(p, `{"x":2}`).with("If-Match", etag))
			c.holds(p, "a", `{"x":2}`)
			c.refused412(put(p, `{"x":3}`).with("If-Match", etag)) // the one before
			// Clients of the field leave the quotes out.
			c.want(204, put(p, `{"x":4}`).with("If-Match", hexDigits(`{"x":2}`)))
			c.holds(p, "a", `{"x":4}`)
		}},
		{name("PUT with If-None-Match"), "XAPI-00322", guarded, func(c *client) {
			p := s.place()
			c.want(204, put(p, `{"x":1}`).with("If-None-Match", "*"))
			c.refused412(put(p, `{"x":2}`).with("If-None-Match", "*"))
			c.holds(p, "a", `{"x":1}`)
		}},
		{name("POST with If-Match"), "XAPI-00322" + onlyIn(v2, guarded, " V2-IF-MATCH"), guarded, func(c *client) {
			p := s.place()
			c.fresh(p, "a", "application/json", `{"x":1}`)
			etag := c.document(p, "a").header.Get("ETag")
			c.refused412(post(p, `{"y":2}`).with("If-Match", wrongETag))
			c.refused412(post(p, `{"y":2}`).with("If-None-Match", "*"))
			c.holds(p, "a", `{"x":1}`)
			c.want(204, post(p, `{"y":2}`).with("If-Match", etag))
			c.holds(p, "a", `{"x":1,"y":2}`)
			c.want(204, post(p, `{"z":3}`))
			c.holds(p, "a", `{"x":1,"y":2,"z":3}`)
		}},
		{name("DELETE with If-Match"), "XAPI-00322" + onlyIn(v2, guarded, " V2-IF-MATCH"), guarded, func(c *client) {
			p := s.place()
			c.fresh(p, "a", "application/json", `{"x":1}`)
			etag := c.document(p, "a").header.Get("ETag")
			c.refused412(p.one("DELETE", "a").with("If-Match", wrongETag))
			c.holds(p, "a", `{"x":1}`)
			c.want(204, p.one("DELETE", "a").with("If-Match", etag))
			c.want(404, p.one("GET", "a"))
		}},
		{name("PUT without headers on what is there"), "XAPI-00322" + onlyIn(v2, guarded, " V2-PUT-409"), guarded, func(c *client) {
			p := s.place()
			c.fresh(p, "a", "application/json", `{"x":1}`)
			c.saysWhy(c.want(409, put(p, `{"x":2}`)))
			c.holds(p, "a", `{"x":1}`)
		}},
		{name("PUT without headers on what is new"), "V2-PUT-409", v2, func(c *client) {
			p := s.place()
			c.want(204, put(p, `{"x":1}`))
			c.holds(p, "a", `{"x":1}`)
		}},
		{name("of many writers one wins"), "OWN-DOCUMENT-RACE", guarded, func(c *client) {
			p := s.place()
			c.fresh(p, "a", "application/json", `{"x":1}`)
			etag := c.document(p, "a").header.Get("ETag")
			c.oneWins(func(i int) request { return put(p, fmt.Sprintf(`{"x":%d}`, i+2)).with("If-Match", etag) })
			q := s.place()
			c.oneWins(func(i int) request { return put(q, fmt.Sprintf(`{"x":%d}`, i)).with("If-None-Match", "*") })
		}},
		{name("merges at the same time are all there"), "OWN-DOCUMENT-RACE", both, func(c *client) {
			p := s.place()
			var wg sync.WaitGroup
			want := m{}
			for i := range 10 {
				want[fmt.Sprint("k", i)] = i
				wg.Go(func() {
					if r := c.send(post(p, fmt.Sprintf(`{"k%d":%d}`, i, i))); r.status != 204 {
						c.Errorf("%d %s", r.status, r.body)
					}
				})
			}
			wg.Wait()
			c.holds(p, "a", string(c.encode(want)))
		}},
	}
	if !s.state {
		cases = append(cases, testcase{name("PUT without headers is refused under 1.0.3"), "XAPI-00322 " + map[string]string{
			"agent profile": "XAPI-00273", "activity profile": "XAPI-00287"}[s.name], v1, func(c *client) {
			p := s.place()
			c.saysWhy(c.want(400, put(p, `{"x":1}`)))
			c.want(404, p.one("GET", "a"))
		}})
	}
	return cases
}

// onlyIn is text when the set has the edition.
func onlyIn(ed, set editions, text string) string {
	if set&ed != 0 {
		return text
	}
	return ""
}

func (c *client) refused412(q request) {
	c.Helper()
	c.saysWhy(c.want(412, q))
}

// oneWins sends requests that exclude each other, all at once.
func (c *client) oneWins(make func(i int) request) {
	c.Helper()
	statuses := slices.Repeat([]int{0}, 10)
	var wg sync.WaitGroup
	for i := range statuses {
		wg.Go(func() { statuses[i] = c.send(make(i)).status })
	}
	wg.Wait()
	slices.Sort(statuses)
	if statuses[0] != 204 || statuses[1] != 412 || statuses[9] != 412 {
		c.Errorf("%v", statuses)
	}
}
