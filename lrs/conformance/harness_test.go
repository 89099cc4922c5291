package conformance

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"lernspur/lrs/lrstest"
)

func TestMain(m *testing.M) {
	flag.Parse()
	// Cases wait for the database most of their time.
	if err := flag.Set("test.parallel", "40"); err != nil {
		panic(err)
	}
	lrstest.Main(m)
}

// editions are those of the specification, as a set.
type editions uint8

const (
	v1 editions = 1 << iota
	v2
	both = v1 | v2
)

// version is the header that asks for an edition.
func (e editions) version() string {
	if e == v1 {
		return "1.0.3"
	}
	return "2.0.0"
}

// split lists the editions of a set.
func (e editions) split() []editions {
	switch e {
	case both:
		return []editions{v1, v2}
	default:
		return []editions{e}
	}
}

// testcase holds requirements in one or both editions.
type testcase struct {
	name   string
	covers string // ids of requirements, separated by spaces
	in     editions
	run    func(c *client)
}

// group is the cases about one resource or one topic.
type group struct {
	name  string
	cases []testcase
}

// TestConformance runs all cases against one server.
func TestConformance(t *testing.T) {
	s := lrstest.Start(t, lrstest.Options{})
	for _, g := range groups() {
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			for _, tc := range g.cases {
				for _, ed := range tc.in.split() {
					t.Run(tc.name+"/"+ed.version(), func(t *testing.T) {
						t.Parallel()
						tc.run(&client{T: t, server: s, ed: ed, key: s.Key, secret: s.Secret})
					})
				}
			}
		})
	}
}

// client talks to the server with one key under one edition.
type client struct {
	*testing.T
	server      *lrstest.Server
	ed          editions
	key, secret string
	in          string // the tenant of the key; "" is default
}

// tenant is the same client in a tenant of its own, for cases that look at all
// statements there are.
func (c *client) tenant() *client {
	c.Helper()
	other := *c
	other.in = unique("tenant")
	return other.as("all")
}

// as is the same client with another key of its tenant.
func (c *client) as(scopes ...string) *client {
	c.Helper()
	other := *c
	other.key, other.secret = c.server.NewKey(c, cmp.Or(c.in, "default"), scopes...)
	return &other
}

// under is the same client under another edition.
func (c *client) under(ed editions) *client {
	other := *c
	other.ed = ed
	return &other
}

// request is one request. The parameters and headers are pairs of name and
// value; a header with an empty value is not sent.
type request struct {
	method  string
	path    string // below the endpoint, or from the root when it starts with /xapi
	query   []string
	headers []string
	body    any // nil, string, []byte, or what is sent as JSON
}

type result struct {
	status int
	header http.Header
	body   []byte
}

func (q request) address(endpoint string) string {
	address := endpoint + q.path
	if strings.HasPrefix(q.path, "/xapi/") {
		address = strings.TrimSuffix(endpoint, "/xapi") + q.path
	}
	if len(q.query) > 0 {
		address += "?" + encodePairs(q.query)
	}
	return address
}

func encodePairs(pairs []string) string {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v.Encode()
}

// transport neither compresses nor follows anything.
var transport = &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 40}

// send sends a request and returns whatever comes back.
func (c *client) send(q request) result {
	c.Helper()
	body := c.encode(q.body)
	r, err := http.NewRequest(q.method, q.address(c.server.Endpoint), bytes.NewReader(body))
	if err != nil {
		c.Fatal(err)
	}
	r.SetBasicAuth(c.key, c.secret)
	r.Header.Set("X-Experience-API-Version", c.ed.version())
	if q.body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(q.headers); i += 2 {
		r.Header.Set(q.headers[i], q.headers[i+1])
		if q.headers[i+1] == "" {
			r.Header.Del(q.headers[i])
		}
	}
	res, err := transport.RoundTrip(r)
	if err != nil {
		c.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		c.Fatal(err)
	}
	return result{res.StatusCode, res.Header, b}
}

// want sends a request that has to be answered with a status.
func (c *client) want(status int, q request) result {
	c.Helper()
	r := c.send(q)
	if r.status != status {
		c.Fatalf("%s %s %q: %d, want %d: %.500s", q.method, q.path, q.query, r.status, status, r.body)
	}
	return r
}

// encode is the body of a request.
func (c *client) encode(v any) []byte {
	c.Helper()
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		return []byte(v)
	case []byte:
		return v
	}
	b, err := json.Marshal(v)
	if err != nil {
		c.Fatal(err)
	}
	return b
}

// decode reads JSON and keeps numbers as they are written.
func (c *client) decode(b []byte, v any) {
	c.Helper()
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(v); err != nil {
		c.Fatalf("%v in %.500s", err, b)
	}
}

// instant reads a timestamp of an answer.
func (c *client) instant(text any) time.Time {
	c.Helper()
	at, err := time.Parse(time.RFC3339Nano, text.(string))
	if err != nil {
		c.Fatal(err)
	}
	return at
}

// answers is a case of requests that all get the same status and, from 400 on,
// a JSON body that says why.
func answers(status int, name, covers string, in editions, requests ...request) testcase {
	return testcase{name, covers, in, func(c *client) {
		for _, q := range requests {
			r := c.send(q)
			if r.status != status {
				c.Errorf("%s %s %q %s: %d, want %d: %.300s", q.method, q.path, q.query, c.encode(q.body), r.status, status, r.body)
				continue
			}
			if status >= 400 && q.method != http.MethodHead {
				c.saysWhy(r)
			}
		}
	}}
}

// saysWhy holds the body of a refusal: JSON with an error in words.
func (c *client) saysWhy(r result) {
	c.Helper()
	var body struct{ Error string }
	c.decode(r.body, &body)
	if body.Error == "" || r.header.Get("Content-Type") != "application/json" {
		c.Errorf("%d without words: %s", r.status, r.body)
	}
}
