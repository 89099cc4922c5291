package lrs

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"net/url"
	"strings"
	"testing"

	"lernspur/statements"

	"github.com/google/uuid"
)

const formType = "Content-Type: application/x-www-form-urlencoded"

// form encodes fields given as name, value, …
func form(fields ...string) string {
	values := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		values.Add(fields[i], fields[i+1])
	}
	return values.Encode()
}

func basicAuth(user, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+secret))
}

// TestAlternateSyntax is xAPI 1.0.3 Part 3, 1.3.
func TestAlternateSyntax(t *testing.T) {
	const id = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"
	auth, version := basicAuth("all", "secret"), "1.0.3"
	put := form("statementId", id, "content", goodStatement)
	all := form("statementId", id, "content", goodStatement, "Authorization", auth, "X-Experience-API-Version", version, "Content-Type", "application/json")
	bare := []string{"Authorization:", "X-Experience-API-Version:", formType}
	for _, c := range []struct {
		name, query, body string
		headers           []string
		status, committed int
	}{
		{"PUT, headers as headers", "?method=PUT", put, []string{formType}, 204, 1},
		{"PUT, headers as fields", "?method=PUT", all, bare, 204, 1},
		{"as text/plain", "?method=PUT", all, []string{"Authorization:", "X-Experience-API-Version:", "Content-Type: text/plain;charset=UTF-8"}, 204, 1},
		{"without a type", "?method=PUT", all, []string{"Authorization:", "X-Experience-API-Version:", "Content-Type:"}, 204, 1},
		{"names of headers in another letter case", "?method=PUT", form("statementId", id, "content", goodStatement, "authorization", auth, "x-experience-api-version", version), bare, 204, 1},
		{"Content-Length as a field means nothing", "?method=PUT", put + "&Content-Length=7", []string{formType}, 204, 1},
		{"POST", "?method=POST", form("content", "["+goodStatement+"]"), []string{formType}, 200, 1},
		{"GET", "?method=GET", "limit=1", []string{formType}, 200, 0},
		{"GET without a body", "?method=GET", "", []string{formType}, 200, 0},
		{"HEAD", "?method=HEAD", "limit=1", []string{formType}, 200, 0},

		{"version of the field counts", "?method=PUT", put + "&X-Experience-API-Version=0.8", []string{formType}, 400, 0},
		{"2.0", "?method=PUT", put, []string{formType, "X-Experience-API-Version: 2.0.0"}, 400, 0},
		{"2.0 as a field", "?method=PUT", put + "&X-Experience-API-Version=2.0.0", []string{formType}, 400, 0},
		{"1.0.3 as a field, 2.0 as a header", "?method=PUT", put + "&X-Experience-API-Version=1.0.3", []string{formType, "X-Experience-API-Version: 2.0.0"}, 204, 1},
		{"no version", "?method=PUT", put, []string{formType, "X-Experience-API-Version:"}, 400, 0},
		{"wrong secret in the field", "?method=PUT", put + "&" + form("Authorization", basicAuth("all", "wrong")), []string{formType}, 401, 0},
		{"no credentials", "?method=PUT", put, []string{formType, "Authorization:"}, 401, 0},
		{"scope", "?method=PUT", put + "&" + form("Authorization", basicAuth("read", "secret")), []string{formType}, 403, 0},

		{"another parameter", "?method=PUT&statementId=" + id, put, []string{formType}, 400, 0},
		{"method twice", "?method=PUT&method=PUT", put, []string{formType}, 400, 0},
		{"unknown method", "?method=PATCH", put, []string{formType}, 400, 0},
		{"method in small letters", "?method=put", put, []string{formType}, 400, 0},
		{"DELETE, which statements do not know", "?method=DELETE", "", []string{formType}, 405, 0},
		{"no content", "?method=PUT", "statementId=" + id, []string{formType}, 400, 0},
		{"no body", "?method=PUT", "", []string{formType}, 400, 0},
		{"content twice", "?method=PUT", put + "&content=x", []string{formType}, 400, 0},
		{"content of a GET", "?method=GET", "content=x", []string{formType}, 400, 0},
		{"a header twice", "?method=PUT", put + "&If-Match=a&if-match=a", []string{formType}, 400, 0},
		{"unknown field", "?method=PUT", put + "&foo=1", []string{formType}, 400, 0},
		{"a parameter twice", "?method=PUT", put + "&statementId=" + id, []string{formType}, 400, 0},
		{"content that is not UTF-8", "?method=PUT", "statementId=" + id + "&content=%ff", []string{formType}, 400, 0},
		{"a form that is none", "?method=PUT", "%zz", []string{formType}, 400, 0},
		{"JSON for a form", "?method=PUT", `{"statementId":"` + id + `","content":` + goodStatement + `}`, []string{formType}, 400, 0},
		{"content that is no statement", "?method=PUT", form("statementId", id, "content", "{}"), []string{formType}, 400, 0},
		{"content of another type", "?method=PUT", put + "&Content-Type=text%2Fplain", []string{formType}, 400, 0},
		{"too many fields", "?method=GET", strings.Repeat("a=1&", 64), []string{formType}, 400, 0},
	} {
		w := newWorld(t, nil)
		committed := 0
		w.double.commit = func(_ context.Context, _ string, sts []*statements.Statement) error {
			if committed += len(sts); c.query == "?method=PUT" && sts[0].ID != uuid.MustParse(id) {
				t.Errorf("%s: id %s", c.name, sts[0].ID)
			}
			return nil
		}
		a := w.do("POST", "/xapi/statements"+c.query, c.body, c.headers...)
		if a.status != c.status || committed != c.committed {
			t.Errorf("%s: %d %s, %d committed; want %d, %d", c.name, a.status, a.body, committed, c.status, c.committed)
		}
		if a.status >= 400 {
			a.errorText(t)
		}
		if a.header.Get("X-Experience-API-Version") == "" || strings.HasPrefix(c.query, "?method=HEAD") && a.body != "" {
			t.Errorf("%s: %v %q", c.name, a.header, a.body)
		}
	}
}

// TestAlternateVersionOfErrors: the version that the field asks for is the one
// that is answered with.
func TestAlternateVersionOfErrors(t *testing.T) {
	w := newWorld(t, nil)
	for version, want := range map[string]string{"1.0.1": "1.0.3", "2.0.0": "2.0.0"} {
		a := w.do("POST", "/xapi/statements?method=PUT", form("X-Experience-API-Version", version), formType, "X-Experience-API-Version:")
		if a.status != 400 || a.header.Get("X-Experience-API-Version") != want {
			t.Errorf("%s: %d with %q", version, a.status, a.header.Get("X-Experience-API-Version"))
		}
	}
}

// TestAlternateIsPostedOnly: every other method knows no parameter of this
// name.
func TestAlternateIsPostedOnly(t *testing.T) {
	w := newWorld(t, nil)
	for _, method := range []string{"PUT", "GET"} {
		if a := w.do(method, "/xapi/statements?method=POST", form("content", goodStatement), formType); a.status != 400 {
			t.Errorf("%s: %d %s", method, a.status, a.body)
		}
	}
	if a := w.do("POST", "/xapi/statements?Method=PUT", form("content", goodStatement), formType); a.status != 400 {
		t.Errorf("Method: %d %s", a.status, a.body)
	}
	if a := w.do("POST", "/xapi/about?method=GET", "", "Authorization:"); a.status != 200 || !strings.Contains(a.body, `"version"`) {
		t.Errorf("about: %d %s", a.status, a.body)
	}
}

func TestAlternateLimits(t *testing.T) {
	w := newWorld(t, nil)
	large := form("content", "["+strings.Repeat(" ", maxForm)+"]")
	// Who asks before sending is not in the middle of it when the answer comes.
	if a := w.do("POST", "/xapi/statements?method=POST", large, formType, "Expect: 100-continue"); a.status != 413 {
		t.Errorf("a large form: %d %s", a.status, a.body)
	}
	if a := w.send("POST", "/xapi/statements?method=POST", struct{ *strings.Reader }{strings.NewReader(large)}, formType); a.status != 413 {
		t.Errorf("a large form of unknown size: %d %s", a.status, a.body)
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write([]byte(large))
	_ = z.Close()
	if a := w.do("POST", "/xapi/statements?method=POST", zipped.String(), formType, "Content-Encoding: gzip"); a.status != 413 {
		t.Errorf("a large form, packed: %d %s", a.status, a.body)
	}
	small := newWorld(t, func(o *Options) { o.MaxBody = 1000 })
	if a := small.do("POST", "/xapi/statements?method=POST", form("content", strings.Repeat(" ", 1000)), formType); a.status != 413 {
		t.Errorf("MaxBody: %d %s", a.status, a.body)
	}
}

// TestAlternateAndBrowsers: pages of origins that are let in see the answers,
// and no page uses credentials that a browser remembers.
func TestAlternateAndBrowsers(t *testing.T) {
	w := newWorld(t, func(o *Options) {
		o.CORSOrigins, o.ContentOrigin = []string{"https://lms.example"}, "https://content.example"
	})
	body := form("content", goodStatement)
	own := body + "&" + form("Authorization", basicAuth("all", "secret"))
	for _, c := range []struct {
		name, body string
		headers    []string
		status     int
		allowed    string
	}{
		{"a listed origin", own, []string{"Origin: https://lms.example", "Authorization:"}, 200, "https://lms.example"},
		{"another origin with credentials of its own", own, []string{"Origin: https://evil.example", "Authorization:"}, 200, ""},
		{"another origin with remembered credentials", body, []string{"Origin: https://evil.example"}, 403, ""},
		{"the same, as newer browsers say it", body, []string{"Sec-Fetch-Site: cross-site"}, 403, ""},
		{"a listed origin, header", body, []string{"Origin: https://lms.example", "Sec-Fetch-Site: cross-site"}, 200, "https://lms.example"},
		{"content of our own with credentials of its own", own, []string{"Origin: https://content.example", "Authorization:"}, 200, "https://content.example"},
		{"content of our own with remembered credentials", body, []string{"Origin: https://content.example"}, 403, "https://content.example"},
		{"another origin without credentials", body, []string{"Origin: https://evil.example", "Authorization:"}, 401, ""},
	} {
		a := w.do("POST", "/xapi/statements?method=POST", c.body, append(c.headers, formType)...)
		if a.status != c.status || a.header.Get("Access-Control-Allow-Origin") != c.allowed {
			t.Errorf("%s: %d %s, allowed %q", c.name, a.status, a.body, a.header.Get("Access-Control-Allow-Origin"))
		}
	}
}

// TestAlternateCountsOnce: what was received is the form.
func TestAlternateCountsOnce(t *testing.T) {
	w := newWorld(t, nil)
	body := form("content", goodStatement)
	w.do("POST", "/xapi/statements?method=POST", body, formType)
	if got := w.counter("lernspur_http_received_bytes_total", "path=/xapi/statements"); got != float64(len(body)) {
		t.Errorf("%v bytes, want %d", got, len(body))
	}
}
