package lrs

import (
	"context"
	"encoding/base64"
	"net/url"
	"strings"
	"testing"

	"lernspur/statements"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

const (
	idA = "f4c2d5a8-0c0a-4a52-8f5b-3f4a0f1a9d11"
	ada = `{"mbox":"mailto:ada@example.org"}`
)

// params writes a query string of pairs.
func params(pairs ...string) string {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v.Encode()
}

func TestBadParametersAre400(t *testing.T) {
	w := newWorld(t, nil)
	cases := map[string]string{
		"unknown":                     "foo=bar",
		"malformed":                   "verb=%zz",
		"semicolon":                   "limit=1;verb=http://x",
		"twice":                       "limit=1&limit=2",
		"both ids":                    params("statementId", idA, "voidedStatementId", idA),
		"id not a UUID":               "statementId=123",
		"id without dashes":           "statementId=" + strings.ReplaceAll(idA, "-", ""),
		"id in braces":                params("voidedStatementId", "{"+idA+"}"),
		"agent not JSON":              params("agent", "ada"),
		"agent without identifier":    params("agent", `{"name":"Ada"}`),
		"verb not an IRI":             params("verb", "did"),
		"empty verb":                  "verb=",
		"activity not an IRI":         params("activity", "it"),
		"registration":                "registration=1",
		"registration of nothing":     "registration=" + uuid.Nil.String(),
		"long filters":                params("agent", ada, "activity", "http://x.example/"+strings.Repeat("a", maxFilters)),
		"related_agents":              "related_agents=yes",
		"related_activities":          "related_activities=1",
		"ascending":                   "ascending=TRUE",
		"attachments":                 "attachments=",
		"since":                       "since=yesterday",
		"until":                       "until=2026-13-01T00:00:00Z",
		"limit below zero":            "limit=-1",
		"limit not a number":          "limit=ten",
		"limit with a fraction":       "limit=1.5",
		"format":                      "format=exakt",
		"format in capitals":          "format=IDS",
		"more and another":            "more=abc&limit=1",
		"more is nonsense":            "more=abc",
		"more is empty":               "more=",
		"since without its plus sign": "since=2026-01-01T00:00:00+01:00", // + means a space
	}
	for _, name := range statementsNames {
		cases["wrong case: "+name] = strings.ToUpper(name) + "=1"
	}
	for _, name := range []string{"statementId", "voidedStatementId"} {
		for filter, value := range map[string]string{
			"agent": ada, "verb": "http://x.example/v", "activity": "http://x.example/a", "registration": idA,
			"related_activities": "true", "related_agents": "true", "since": "2026-01-01T00:00:00Z",
			"until": "2026-01-01T00:00:00Z", "limit": "1", "ascending": "true",
		} {
			cases[name+" with "+filter] = params(name, idA, filter, value)
		}
	}
	for name, query := range cases {
		a := w.do("GET", "/xapi/statements?"+query, "")
		if a.status != 400 {
			t.Errorf("%s: %d %s", name, a.status, a.body)
			continue
		}
		a.errorText(t)
	}
	for name, c := range map[string]struct{ method, query string }{
		"POST with any":           {"POST", params("statementId", idA)},
		"POST with method":        {"POST", "method=PUT"},
		"PUT without an id":       {"PUT", ""},
		"PUT with a bad id":       {"PUT", "statementId=1"},
		"PUT with the wrong case": {"PUT", params("StatementId", idA)},
		"PUT with another too":    {"PUT", params("statementId", idA, "format", "ids")},
		"PUT of nothing's id":     {"PUT", params("statementId", uuid.Nil.String())},
	} {
		if a := w.do(c.method, "/xapi/statements?"+c.query, goodStatement); a.status != 400 {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
}

func TestParametersBecomeAQuery(t *testing.T) {
	base := func(change func(q *statements.Query)) statements.Query {
		q := statements.Query{Limit: 500, Upto: testWatermark}
		if change != nil {
			change(&q)
		}
		return q
	}
	reg := uuid.MustParse(idA)
	for _, c := range []struct {
		name, key, query string
		want             statements.Query
	}{
		{"nothing", "all", "", base(nil)},
		{"agent", "all", params("agent", ada, "related_agents", "true"), base(func(q *statements.Query) {
			q.Agent, q.RelatedAgents = "mbox|mailto:ada@example.org", true
		})},
		{"agent by account", "all", params("agent", `{"objectType":"Agent","account":{"homePage":"http://h.example","name":"a|b"}}`),
			base(func(q *statements.Query) { q.Agent = "account|http://h.example|a|b" })},
		{"verb", "all", params("verb", "http://x.example/v?a=b&c"), base(func(q *statements.Query) { q.Verb = "http://x.example/v?a=b&c" })},
		{"activity", "all", params("activity", "ispring://x", "related_activities", "true"), base(func(q *statements.Query) {
			q.Activity, q.RelatedActivities = "ispring://x", true
		})},
		{"registration", "all", params("registration", strings.ToUpper(idA)), base(func(q *statements.Query) { q.Registration = reg })},
		{"times", "all", params("since", "1970-01-01T00:00:01.5Z", "until", "1970-01-01T01:00:02+01:00"), base(func(q *statements.Query) {
			q.Since, q.Until = 1_500_000, 2_000_000
		})},
		{"before all time", "all", params("since", "1960-01-01T00:00:00Z", "until", "1960-01-01T00:00:00Z"), base(func(q *statements.Query) { q.Until = 1 })},
		{"limit", "all", "limit=7&ascending=true", base(func(q *statements.Query) { q.Limit, q.Ascending = 7, true })},
		{"limit 0 is the most", "all", "limit=0", base(nil)},
		{"limit above the most", "all", "limit=501", base(nil)},
		{"limit beyond all numbers", "all", "limit=99999999999999999999", base(nil)},
		{"only one's own", "mine", "", base(func(q *statements.Query) { q.Authority = "account|http://town.example|mine" })},
	} {
		w := newWorld(t, nil)
		var got statements.Query
		var tenant string
		w.double.find = func(_ context.Context, where string, q statements.Query) (statements.Page, error) {
			got, tenant = q, where
			return statements.Page{}, nil
		}
		a := w.do("GET", "/xapi/statements?"+c.query, "", basicHeader(c.key))
		if a.status != 200 || a.body != `{"statements":[],"more":""}` || tenant != "town" {
			t.Errorf("%s: %d %s in %q", c.name, a.status, a.body, tenant)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func basicHeader(key string) string {
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(key+":secret"))
}

func TestTokensRoundTrip(t *testing.T) {
	a := New(Options{})
	for name, req := range map[string]statementsRequest{
		"least": {query: statements.Query{Limit: 1, Cursor: 1, Upto: 1}},
		"most": {format: formatCanonical, attachments: true, languages: "de-CH, en;q=0.5", query: statements.Query{
			Agent: "mbox|mailto:ada@example.org", RelatedAgents: true, Verb: "http://x.example/ü", Activity: strings.Repeat("a", 3000),
			RelatedActivities: true, Registration: uuid.MustParse(idA), Since: 5, Until: 1 << 60, Ascending: true, Limit: 499,
			Cursor: testWatermark, Upto: testWatermark + 1,
		}},
	} {
		token := req.sealToken("town")
		got, err := a.openToken(token, "town")
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(req, got, cmp.AllowUnexported(statementsRequest{})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if url.QueryEscape(token) != token {
			t.Errorf("%s: the token needs escaping", name)
		}
		for tenant, damaged := range map[string]string{"village": token, "town": token + "A"} {
			if _, err := a.openToken(damaged, tenant); err == nil {
				t.Errorf("%s: accepted in %s", name, tenant)
			}
		}
		for i := range token {
			for _, c := range []byte{'A', 'Z', '_', '='} {
				if token[i] == c {
					continue
				}
				if _, err := a.openToken(token[:i]+string(c)+token[i+1:], "town"); err == nil {
					t.Fatalf("%s: accepted with character %d changed to %c", name, i, c)
				}
			}
			if _, err := a.openToken(token[:i], "town"); err == nil {
				t.Fatalf("%s: accepted with %d characters", name, i)
			}
		}
	}
	tight := New(Options{MaxPage: 10})
	big := statementsRequest{query: statements.Query{Limit: 400, Cursor: 1, Upto: 1}}
	if got, err := tight.openToken(big.sealToken("t"), "t"); err != nil || got.query.Limit != 10 {
		t.Errorf("a limit above what is configured now: %d, %v", got.query.Limit, err)
	}
}

func FuzzOpenToken(f *testing.F) {
	a := New(Options{})
	req := statementsRequest{query: statements.Query{Limit: 9, Cursor: 8, Upto: 7, Agent: "x"}}
	f.Add(req.sealToken("t"))
	f.Add("")
	f.Fuzz(func(t *testing.T, token string) {
		// The check sum hides the reader from a fuzzer, so it gets a sound one.
		got, err := a.openToken(token, "t")
		if err != nil {
			payload, decodeErr := base64.RawURLEncoding.Strict().DecodeString(token)
			if decodeErr != nil {
				return
			}
			sealed := base64.RawURLEncoding.EncodeToString(append(payload, tokenSum(payload, "t")...))
			if got, err = a.openToken(sealed, "t"); err != nil {
				return
			}
		}
		if got.query.Limit < 1 || got.query.Limit > 500 || got.query.Cursor < 1 || got.query.Upto < 1 {
			t.Errorf("%+v", got)
		}
	})
}

// TestLongestToken: what is accepted as a filter comes back in a further page's
// address that is accepted as well.
func TestLongestToken(t *testing.T) {
	a := New(Options{Writer: &double{}, Reader: &double{}, Keys: testKeys{}})
	req := statementsRequest{
		format: formatCanonical, languages: strings.Repeat("d", maxLanguages),
		query: statements.Query{Activity: strings.Repeat("a", maxFilters), Limit: 500, Cursor: testWatermark, Upto: testWatermark, Since: testWatermark, Until: testWatermark},
	}
	if got, err := a.openToken(req.sealToken("town"), "town"); err != nil || len(got.query.Activity) != maxFilters {
		t.Errorf("%v", err)
	}
}

func TestMoreFollowsThePublicPath(t *testing.T) {
	for _, prefix := range []string{"", "/lrs"} {
		w := newWorld(t, func(o *Options) { o.PathPrefix = prefix })
		var got []statements.Query
		w.double.find = func(_ context.Context, _ string, q statements.Query) (statements.Page, error) {
			got = append(got, q)
			return statements.Page{More: len(got) == 1, Statements: []statements.Found{{Stored: 40, Raw: []byte(`{"id":1}`)}, {Stored: 30, Raw: []byte(`{"id":2}`)}}}, nil
		}
		a := w.do("GET", "/xapi/statements?limit=2&verb=http://x.example/v", "")
		rest, ok := strings.CutPrefix(a.body, `{"statements":[{"id":1},{"id":2}],"more":"`+prefix+`/xapi/statements?more=`)
		if !ok {
			t.Fatalf("%s", a.body)
		}
		token := strings.TrimSuffix(rest, `"}`)
		if b := w.do("GET", "/xapi/statements?more="+token, "", basicHeader("mine")); b.status != 200 {
			t.Fatalf("%d %s", b.status, b.body)
		}
		want := statements.Query{Verb: "http://x.example/v", Limit: 2, Upto: testWatermark}
		next := want
		// The token gives no rights: this key reads only its own.
		next.Cursor, next.Authority = 30, "account|http://town.example|mine"
		if diff := cmp.Diff([]statements.Query{want, next}, got); diff != "" {
			t.Error(diff)
		}
		if c := w.do("GET", "/xapi/statements?more="+token, "", basicHeader("write")); c.status != 403 {
			t.Errorf("without the scope: %d", c.status)
		}
	}
}

func TestUptoOfPages(t *testing.T) {
	for _, ascending := range []bool{false, true} {
		w := newWorld(t, nil)
		watermark := int64(1000)
		var upto []int64
		w.double.wait = func(context.Context) (int64, error) { watermark += 10; return watermark, nil }
		w.double.find = func(_ context.Context, _ string, q statements.Query) (statements.Page, error) {
			upto = append(upto, q.Upto)
			return statements.Page{More: true, Statements: []statements.Found{{Stored: 500, Raw: []byte(`{}`)}}}, nil
		}
		query := "/xapi/statements?limit=1"
		if ascending {
			query += "&ascending=true"
		}
		for range 3 {
			a := w.do("GET", query, "")
			_, rest, _ := strings.Cut(a.body, `"more":"`)
			query = strings.TrimSuffix(rest, `"}`)
		}
		want := []int64{1010, 1020, 1030}
		if ascending {
			want = []int64{1010, 1010, 1010}
		}
		if diff := cmp.Diff(want, upto); diff != "" {
			t.Errorf("ascending %v: %s", ascending, diff)
		}
	}
}

func TestAcceptsGzip(t *testing.T) {
	for header, want := range map[string]bool{
		"": false, "gzip": true, "GZIP": true, "deflate, gzip;q=1.0, *;q=0.5": true, "gzip;q=0": false, "gzip; q=0.0": false,
		"identity": false, "*": true, "*;q=0": false, "br, *": true, "*, gzip;q=0": false, "gzipped": false, "x-gzip": true, "gzip;q=x": false,
	} {
		if got := acceptsGzip(header); got != want {
			t.Errorf("%q: %v", header, got)
		}
	}
}
