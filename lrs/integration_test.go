package lrs_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"lernspur/lrs/lrstest"

	"github.com/google/uuid"
)

func TestMain(m *testing.M) { lrstest.Main(m) }

// client talks to an endpoint with one key under one version.
type client struct {
	*testing.T
	endpoint, key, secret, version string
	headers                        map[string]string
}

func start(t *testing.T) (*lrstest.Server, *client) {
	t.Helper()
	s := lrstest.Start(t, lrstest.Options{})
	return s, clientOf(t, s)
}

func clientOf(t *testing.T, s *lrstest.Server) *client {
	return &client{T: t, endpoint: s.Endpoint, key: s.Key, secret: s.Secret, version: "1.0.3"}
}

// as is the same client with another key.
func (c *client) as(key, secret string) *client {
	other := *c
	other.key, other.secret = key, secret
	return &other
}

// under is the same client under another version.
func (c *client) under(version string) *client {
	other := *c
	other.version = version
	return &other
}

// with is the same client with a header more.
func (c *client) with(name, value string) *client {
	other := *c
	other.headers = map[string]string{name: value}
	for n, v := range c.headers {
		other.headers[n] = v
	}
	return &other
}

type result struct {
	status int
	header http.Header
	body   []byte
}

// do sends a request; path is appended to the endpoint, or follows the host
// when it starts with /xapi (as the address of a further page does).
func (c *client) do(method, path string, body []byte) result {
	c.Helper()
	address := c.endpoint + path
	if strings.HasPrefix(path, "/xapi/") {
		address = strings.TrimSuffix(c.endpoint, "/xapi") + path
	}
	r, err := http.NewRequest(method, address, bytes.NewReader(body))
	if err != nil {
		c.Fatal(err)
	}
	r.SetBasicAuth(c.key, c.secret)
	r.Header.Set("X-Experience-API-Version", c.version)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, value := range c.headers {
		r.Header.Set(name, value)
	}
	res, err := (&http.Transport{DisableCompression: true, DisableKeepAlives: true}).RoundTrip(r)
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

// want is do for an answer that has to have a status.
func (c *client) want(status int, method, path string, body []byte) result {
	c.Helper()
	r := c.do(method, path, body)
	if r.status != status {
		c.Fatalf("%s %s: %d, want %d: %s", method, path, r.status, status, r.body)
	}
	return r
}

// post stores statements and returns their ids.
func (c *client) post(sts ...any) []string {
	c.Helper()
	var ids []string
	c.decode(c.want(200, "POST", "/statements", c.encode(sts)).body, &ids)
	if len(ids) != len(sts) {
		c.Fatalf("%d ids for %d statements", len(ids), len(sts))
	}
	return ids
}

// page is a StatementResult.
type page struct {
	Statements []json.RawMessage `json:"statements"`
	More       string            `json:"more"`
}

// find runs one query, given as pairs, and returns the page.
func (c *client) find(pairs ...string) page {
	c.Helper()
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return c.fetch("/statements?" + v.Encode())
}

func (c *client) fetch(path string) page {
	c.Helper()
	var p page
	c.decode(c.want(200, "GET", path, nil).body, &p)
	return p
}

// ids are the ids of a page, in its order.
func (p page) ids(t *testing.T) []string {
	t.Helper()
	list := []string{}
	for _, raw := range p.Statements {
		var s struct{ ID string }
		if err := json.Unmarshal(raw, &s); err != nil {
			t.Fatal(err)
		}
		list = append(list, s.ID)
	}
	return list
}

// pages follows more to the end and returns the ids of every page.
func (c *client) pages(pairs ...string) [][]string {
	c.Helper()
	p := c.find(pairs...)
	all := [][]string{p.ids(c.T)}
	for p.More != "" {
		p = c.fetch(p.More)
		all = append(all, p.ids(c.T))
	}
	return all
}

func (c *client) encode(v any) []byte {
	c.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		c.Fatal(err)
	}
	return b
}

func (c *client) decode(b []byte, v any) {
	c.Helper()
	if err := json.Unmarshal(b, v); err != nil {
		c.Fatalf("%v in %s", err, b)
	}
}

// m is a JSON object.
type m = map[string]any

// said is a plain statement: who did what to which activity; more properties
// replace those or come besides.
func said(who, verb, activity string, more ...m) m {
	s := m{
		"id":     uuid.NewString(),
		"actor":  agent(who),
		"verb":   m{"id": verbID(verb)},
		"object": m{"id": activityID(activity)},
	}
	for _, extra := range more {
		for name, value := range extra {
			s[name] = value
		}
	}
	return s
}

func agent(who string) m            { return m{"mbox": "mailto:" + who + "@example.org"} }
func agentText(who string) string   { return `{"mbox":"mailto:` + who + `@example.org"}` }
func verbID(verb string) string     { return "http://example.org/verbs/" + verb }
func activityID(name string) string { return "http://example.org/activities/" + name }
func id(s any) string               { return s.(m)["id"].(string) }
func refTo(target string) m         { return m{"object": m{"objectType": "StatementRef", "id": target}} }
func inContext(properties m) m      { return m{"context": properties} }
func voiding(who, target string) any {
	return said(who, "", "", refTo(target), m{"verb": m{"id": voided}})
}

const voided = "http://adlnet.gov/expapi/verbs/voided"

func reversed(list []string) []string {
	out := []string{}
	for i := len(list) - 1; i >= 0; i-- {
		out = append(out, list[i])
	}
	return out
}
