package lrs_test

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"lernspur/commit"
	"lernspur/lrs"
	"lernspur/lrs/lrstest"
	"lernspur/statements"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

// complaint is the body of a 400.
type complaint struct {
	Error      string
	Violations []statements.Violation
}

func TestBatchesAreTakenWholeOrNotAtAll(t *testing.T) {
	_, c := start(t)
	good := said("ada", "did", "a")
	kept := said("ada", "did", "kept")
	c.post(kept)
	twice := said("ada", "did", "b")
	bad := func(change m) m { return said("ada", "did", "a", change) }
	for _, q := range []struct {
		name   string
		batch  []any
		status int
		places map[int]string // bad statement -> a rule that has to be named
	}{
		{"two bad among four", []any{good, bad(m{"verb": m{}}), said("ada", "did", "c"), bad(m{"actor": m{"mbox": "ada"}})}, 400,
			map[int]string{1: "verb-id-required", 3: "mbox-format"}},
		{"the same id twice", []any{good, twice, said("bob", "did", "z", m{"id": twice["id"]})}, 400, map[int]string{2: "id-duplicate-in-batch"}},
		{"the same statement twice", []any{twice, twice}, 400, map[int]string{1: "id-duplicate-in-batch"}},
		{"another statement's id", []any{good, said("bob", "did", "z", m{"id": kept["id"]})}, 409, map[int]string{1: "id-conflict"}},
		{"null", []any{good, bad(m{"result": nil})}, 400, map[int]string{1: "null-value"}},
		{"wrong case", []any{good, bad(m{"Context": m{}})}, 400, map[int]string{1: "unknown-property"}},
	} {
		r := c.do("POST", "/statements", c.encode(q.batch))
		if r.status != q.status {
			t.Errorf("%s: %d %s", q.name, r.status, r.body)
			continue
		}
		var got complaint
		c.decode(r.body, &got)
		rules := map[int]string{}
		for _, v := range got.Violations {
			if want, ok := q.places[v.Statement]; !ok || v.Message == "" {
				t.Errorf("%s: %+v", q.name, v)
			} else if v.Rule == want {
				rules[v.Statement] = v.Rule
			}
		}
		if diff := cmp.Diff(q.places, rules); diff != "" || got.Error == "" {
			t.Errorf("%s: %s in %s", q.name, diff, r.body)
		}
	}
	if diff := cmp.Diff([]string{id(kept)}, c.find().ids(t)); diff != "" {
		t.Errorf("something of a refused request was stored: %s", diff)
	}
	// The good one of those requests is as new as ever.
	c.post(good)
}

func TestSameIDs(t *testing.T) {
	_, c := start(t)
	s := said("ada", "did", "a")
	path := "/statements?statementId=" + id(s)
	c.want(204, "PUT", path, c.encode(s))
	first := c.want(200, "GET", path, nil)
	c.want(204, "PUT", path, c.encode(s))
	c.want(200, "POST", "/statements", c.encode(s))
	// What a record store may add or change does not make it another one.
	c.want(200, "POST", "/statements", c.encode(said("ada", "did", "a", s, m{"stored": "2001-01-01T00:00:00Z", "authority": agent("x"), "version": "1.0.3"})))
	c.want(409, "PUT", path, c.encode(said("ada", "did", "b", m{"id": id(s)})))
	c.want(409, "POST", "/statements", c.encode(said("bob", "did", "a", m{"id": id(s)})))
	c.want(400, "PUT", "/statements?statementId="+uuid.NewString(), c.encode(s))
	c.want(400, "PUT", path, c.encode([]any{s}))
	// In capitals it is the same id.
	c.want(200, "GET", "/statements?statementId="+strings.ToUpper(id(s)), nil)
	if got := c.want(200, "GET", path, nil); !bytes.Equal(got.body, first.body) {
		t.Errorf("it changed: %s and %s", first.body, got.body)
	}
	if got := c.find().ids(t); len(got) != 1 {
		t.Errorf("stored %d times", len(got))
	}
}

func TestSameIDAtTheSameTime(t *testing.T) {
	_, c := start(t)
	s := said("ada", "did", "a")
	other := said("bob", "did", "b", m{"id": id(s)})
	var mu sync.Mutex
	seen := map[string]int{}
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			which, body := "same", s
			if i%4 == 3 {
				which, body = "other", other
			}
			r := c.do("POST", "/statements", c.encode([]any{body, said("carol", "did", "c")}))
			mu.Lock()
			defer mu.Unlock()
			seen[fmt.Sprint(which, " ", r.status)]++
		}()
	}
	wg.Wait()
	same := seen["same 200"] == 48 && seen["other 409"] == 16
	different := seen["other 200"] == 16 && seen["same 409"] == 48
	if !same && !different {
		t.Errorf("%v", seen)
	}
	if got := c.find("activity", activityID("a")).ids(t); same && len(got) != 1 {
		t.Errorf("stored %d times", len(got))
	}
	want := seen["same 200"] + seen["other 200"]
	if got := c.find("activity", activityID("c")).ids(t); len(got) != want {
		t.Errorf("%d statements of requests that were accepted, not %d", len(got), want)
	}
}

func TestSizes(t *testing.T) {
	s := lrstest.Start(t, lrstest.Options{LRS: func(o *lrs.Options) {
		o.MaxBody = 64 << 10
		o.Statements = statements.Limits{MaxStatements: 10, MaxStatementBytes: 8 << 10}
		o.MaxPage = 4
	}})
	c := clientOf(t, s)
	long := func(n int) m { return said("ada", "did", "a", m{"result": m{"response": strings.Repeat("x", n)}}) }
	many := func(n int) []any {
		var list []any
		for range n {
			list = append(list, said("ada", "did", "a"))
		}
		return list
	}
	c.want(200, "POST", "/statements", c.encode(many(10)))
	c.want(413, "POST", "/statements", c.encode(many(11)))
	c.want(200, "POST", "/statements", c.encode(long(7<<10)))
	c.want(413, "POST", "/statements", c.encode(long(9<<10)))
	c.want(413, "POST", "/statements", bytes.Repeat([]byte(" "), 64<<10+1))
	c.want(200, "POST", "/statements", []byte("[]"))
	for _, q := range [][]string{nil, {"limit", "0"}, {"limit", "100"}} {
		if p := c.find(q...); len(p.Statements) != 4 || p.More == "" {
			t.Errorf("%v: %d statements, more %q", q, len(p.Statements), p.More)
		}
	}
}

func TestFullLogIs503(t *testing.T) {
	// A log of 64 KiB, and nothing is taken over into the database for a
	// while: posts are refused, at once and in words.
	s := lrstest.Start(t, lrstest.Options{Commit: func(o *commit.Options) {
		o.LogBytes, o.SegmentBytes, o.FlushInterval, o.FlushBytes = 64<<10, 16<<10, time.Hour, 1<<30
	}})
	c := clientOf(t, s)
	for range 1000 {
		r := c.do("POST", "/statements", c.encode(said("ada", "did", "a", m{"result": m{"response": strings.Repeat("x", 2000)}})))
		if r.status == 200 {
			continue
		}
		if r.status != 503 || r.header.Get("Retry-After") == "" {
			t.Errorf("%d %s, Retry-After %q", r.status, r.body, r.header.Get("Retry-After"))
		}
		return
	}
	t.Error("the log is never full")
}

// TestErrorsTellThePresent: while nothing is on its way, Consistent-Through of
// an error follows the clock like that of any answer.
func TestErrorsTellThePresent(t *testing.T) {
	_, c := start(t)
	c.defined(`{"id":"http://a.ex/1"}`)
	if r := c.do("GET", "/statements?limit=1", nil); r.status != 200 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	before := time.Now().UTC().Format("2006-01-02T15:04:05.000000Z")
	r := c.do("GET", "/statements?format=none", nil)
	if got := r.header.Get("X-Experience-API-Consistent-Through"); r.status != 400 || got < before {
		t.Errorf("%d, consistent through %s, asked at %s", r.status, got, before)
	}
}
