package conformance

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"lernspur/lrs"
	"lernspur/lrs/lrstest"
	"lernspur/statements"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

// resourceCases are about storing statements and reading them one by one or in
// pages: Comm 2.1, Data 2.5.
var resourceCases = []testcase{
	{"PUT stores a statement under an id", "XAPI-00139 XAPI-00143 XAPI-00144 XAPI-00156 XAPI-00158 XAPI-00159", both, func(c *client) {
		name := uuid.NewString()
		r := c.want(204, put(name, without(statement(), "id")))
		if len(r.body) != 0 {
			c.Errorf("204 with %q", r.body)
		}
		if got := c.stored(name); got["id"] != name {
			c.Errorf("%v", got)
		}
		s := statement()
		c.want(204, put(id(s), s))
		c.want(200, get("statementId", strings.ToUpper(id(s))))
		c.want(404, get("statementId", unusedID))
	}},
	{"PUT needs a good statementId", "XAPI-00144 XAPI-00145", both, func(c *client) {
		s := statement()
		for _, query := range [][]string{nil, {"statementId", ""}, {"statementId", "1"}, {"statementId", unusedID}, {"statementid", id(s)}, {"id", id(s)}} {
			c.saysWhy(c.want(400, request{method: "PUT", path: "/statements", query: query, body: s}))
		}
		c.want(400, put(id(s), list{s}))
		c.want(404, get("statementId", id(s)))
	}},
	{"POST answers the ids in their order", "XAPI-00146 XAPI-00147", both, func(c *client) {
		a, b := statement(), statement()
		var ids []string
		c.decode(c.want(200, post(list{a, without(statement(), "id"), b})).body, &ids)
		if len(ids) != 3 || ids[0] != id(a) || ids[2] != id(b) || !uuidForm.MatchString(ids[1]) {
			c.Errorf("%q", ids)
		}
		alone := statement()
		c.decode(c.want(200, post(alone)).body, &ids)
		c.same([]string{id(alone)}, ids)
		for _, name := range []string{id(a), id(b), id(alone)} {
			c.want(200, get("statementId", name))
		}
	}},
	{"the same statement again is the same", "OWN-SAME-ID", both, func(c *client) {
		s := statement(timestamped("2026-03-01T10:30:00.000Z"), m{"authority": agent("mayor")})
		c.store(s)
		before := c.want(200, get("statementId", id(s))).body
		// What a server may add or say otherwise does not count, nor does the
		// order of properties, nor how an instant is written.
		for _, again := range []m{s, without(s, "authority"), merge(m{}, s, timestamped("2026-03-01T11:30:00+01:00")), merge(m{}, s, m{"stored": "2001-01-01T00:00:00Z"})} {
			c.store(again)
			c.want(204, put(id(s), again))
		}
		if after := c.want(200, get("statementId", id(s))).body; string(after) != string(before) {
			c.Errorf("%s became %s", before, after)
		}
	}},
	{"another statement under the same id is refused", "XAPI-00142 XAPI-00182", both, func(c *client) {
		s := statement()
		c.store(s)
		before := c.want(200, get("statementId", id(s))).body
		for _, other := range []m{withVerb("other"), withActor(agent("ben")), object(activity("two")), withResult(m{"success": true})} {
			other = merge(m{}, s, other)
			c.saysWhy(c.want(409, put(id(s), other)))
			c.saysWhy(c.want(409, post(other)))
			bystander := statement()
			c.want(409, post(list{bystander, other}))
			c.want(404, get("statementId", id(bystander)))
		}
		if after := c.want(200, get("statementId", id(s))).body; string(after) != string(before) {
			c.Errorf("%s became %s", before, after)
		}
	}},
	{"of many under one id at once, one is taken", "OWN-SAME-ID-AT-ONCE", both, func(c *client) {
		name := uuid.NewString()
		statuses := make([]int, 12)
		var wg sync.WaitGroup
		for i := range statuses {
			wg.Go(func() {
				statuses[i] = c.send(put(name, statement(m{"id": name}, withVerb(fmt.Sprint("v", i))))).status
			})
		}
		wg.Wait()
		slices.Sort(statuses)
		if statuses[0] != 204 || statuses[1] != 409 || statuses[len(statuses)-1] != 409 {
			c.Errorf("%v", statuses)
		}
		c.want(200, get("statementId", name))
	}},
	{"results come in pages", "XAPI-00108 XAPI-00109 XAPI-00110 XAPI-00111 XAPI-00113 XAPI-00114 XAPI-00154 XAPI-00173", both, func(c *client) {
		verb := verbID(unique("verb"))
		var want []string
		for range 3 { // requests, so that stored differs more than within one
			want = append(want, c.store(statement(m{"verb": m{"id": verb}}), statement(m{"verb": m{"id": verb}}))...)
		}
		slices.Reverse(want)
		for _, limit := range []string{"1", "2", "4", "5", "6", "7", "0"} {
			q := get("verb", verb, "limit", limit)
			var all []string
			for pages := 0; ; pages++ {
				p := c.page(q)
				if n := len(p.Statements); limit != "0" && n > int(limit[0]-'0') || n == 0 && pages == 0 {
					c.Errorf("limit %s: a page of %d", limit, n)
				}
				all = append(all, c.ids(p)...)
				if *p.More == "" {
					break
				}
				if !strings.HasPrefix(*p.More, "/xapi/statements?") {
					c.Fatalf("more is %s", *p.More)
				}
				q = request{method: "GET", path: *p.More}
			}
			c.same(want, all)
		}
		if p := c.find("verb", verb); *p.More != "" {
			c.Errorf("more is %q", *p.More)
		}
	}},
	{"nothing found is an empty result", "XAPI-00149", both, func(c *client) {
		p := c.find("verb", verbID(unique("verb")))
		if len(p.Statements) != 0 || *p.More != "" {
			c.Errorf("%v", p)
		}
	}},
	{"ascending is the order of stored", "XAPI-00166", both, func(c *client) {
		verb := verbID(unique("verb"))
		var want []string
		for i := range 4 { // the order of timestamp is another
			want = append(want, c.store(statement(m{"verb": m{"id": verb}}, timestamped(fmt.Sprintf("202%d-01-01T00:00:00Z", 9-i))))...)
		}
		c.same(want, c.found("verb", verb, "ascending", "true"))
		c.same(want, c.found("verb", verb, "ascending", "true", "limit", "1"))
		slices.Reverse(want)
		c.same(want, c.found("verb", verb))
		c.same(want, c.found("verb", verb, "ascending", "false"))
	}},
	{"attachments=false answers JSON", "XAPI-00161 XAPI-00165", both, func(c *client) {
		s := statement()
		c.store(s)
		for _, query := range [][]string{{"statementId", id(s), "attachments", "false"}, {"attachments", "false", "limit", "1"}, {"limit", "1"}, {"statementId", id(s)}} {
			if r := c.want(200, get(query...)); r.header.Get("Content-Type") != "application/json" {
				c.Errorf("%q: %s", query, r.header.Get("Content-Type"))
			}
		}
	}},
	{"a single statement has Last-Modified", "V2-LAST-MODIFIED", both, func(c *client) {
		s := statement()
		c.store(s)
		for _, q := range []request{get("statementId", id(s)), head("statementId", id(s))} {
			at, err := time.Parse(time.RFC1123, c.want(200, q).header.Get("Last-Modified"))
			if want := c.instant(c.stored(id(s))["stored"]).Truncate(time.Second); err != nil || !at.Equal(want) {
				c.Errorf("%v %v, want %v", at, err, want)
			}
		}
	}},
	{"a batch of thousands is taken whole", "OWN-LARGE-BATCH", both, func(c *client) {
		c = c.tenant()
		batch := make([]m, 3000)
		for i := range batch {
			batch[i] = statement()
		}
		ids := c.store(batch...)
		found := c.found("ascending", "true")
		if diff := cmp.Diff(ids, found); diff != "" {
			c.Error(diff)
		}
		last := append(batch[:10:10], statement(), merge(m{}, batch[2999], withVerb("other")))
		c.want(409, post(last))
		c.want(404, get("statementId", id(last[10])))
	}},
	{"a slow body is taken and holds nobody up", "OWN-SLOW-BODY", both, func(c *client) {
		slow := statement()
		text := c.encode(slow)
		r, w := io.Pipe()
		answer := make(chan int, 1)
		go func() { answer <- c.piped(put(id(slow), nil), r, int64(len(text))) }()
		for i, b := range text {
			if i%40 == 0 {
				time.Sleep(20 * time.Millisecond)
			}
			if _, err := w.Write([]byte{b}); err != nil {
				c.Fatal(err)
			}
			if i == len(text)/2 {
				other := statement()
				c.store(other)
				c.want(200, get("statementId", id(other)))
				c.want(404, get("statementId", id(slow)))
			}
		}
		w.Close()
		if status := <-answer; status != 204 {
			c.Errorf("%d", status)
		}
		c.want(200, get("statementId", id(slow)))
	}},
	{"a body that breaks off leaves nothing", "OWN-SLOW-BODY XAPI-00182", both, func(c *client) {
		for _, part := range []int{0, 1, 50, 99} { // of a hundred
			whole := list{statement(), statement()}
			text := c.encode(whole)
			r, w := io.Pipe()
			go func() {
				_, _ = w.Write(text[:len(text)*part/100])
				w.CloseWithError(io.ErrUnexpectedEOF)
			}()
			if status := c.piped(post(nil), r, int64(len(text))); status >= 200 && status < 300 {
				c.Errorf("%d for %d of a hundred", status, part)
			}
			for _, s := range whole {
				c.want(404, get("statementId", id(s.(m))))
			}
		}
	}},
	{"what is too large is 413", "XAPI-00328", both, func(c *client) {
		s := lrstest.Start(c, lrstest.Options{LRS: func(o *lrs.Options) {
			o.MaxBody = 20_000
			o.Statements = statements.Limits{MaxStatementBytes: 5000, MaxStatements: 5}
		}})
		small := &client{T: c.T, server: s, ed: c.ed, key: s.Key, secret: s.Secret}
		small.store(statement())
		big := func(n int) m { return statement(withResult(m{"response": strings.Repeat("x", n)})) }
		for _, body := range []any{big(30_000), big(6000), list{statement(), big(6000)},
			list{statement(), statement(), statement(), statement(), statement(), statement()}} {
			small.saysWhy(small.want(413, post(body)))
		}
		if found := small.found(); len(found) != 1 {
			c.Errorf("%d statements", len(found))
		}
	}},
}

// piped sends a request whose body comes piece by piece, and returns the
// status; 0 when there was no answer.
func (c *client) piped(q request, body io.Reader, length int64) int {
	r, err := http.NewRequest(q.method, q.address(c.server.Endpoint), body)
	if err != nil {
		c.Error(err)
		return 0
	}
	r.ContentLength = length
	r.SetBasicAuth(c.key, c.secret)
	r.Header.Set("X-Experience-API-Version", c.ed.version())
	r.Header.Set("Content-Type", "application/json")
	res, err := transport.RoundTrip(r)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	return res.StatusCode
}
