package lrs

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"lernspur/statements"
)

func TestVersionHeader(t *testing.T) {
	w := newWorld(t, nil)
	for _, c := range []struct {
		sent   string
		status int
		answer string
	}{
		{"1.0", 200, "1.0.3"}, {"1.0.0", 200, "1.0.3"}, {"1.0.1", 200, "1.0.3"}, {"1.0.3", 200, "1.0.3"}, {"1.0.17", 200, "1.0.3"},
		{"2.0", 200, "2.0.0"}, {"2.0.0", 200, "2.0.0"}, {"2.0.9", 200, "2.0.0"},
		{"", 400, "2.0.0"}, {"0.9", 400, "2.0.0"}, {"0.95", 400, "2.0.0"}, {"1", 400, "2.0.0"}, {"1.1", 400, "2.0.0"}, {"1.1.0", 400, "2.0.0"},
		{"1.0.", 400, "2.0.0"}, {"1.0.x", 400, "2.0.0"}, {"1.0.3.1", 400, "2.0.0"}, {"1.00", 400, "2.0.0"}, {"2.1.0", 400, "2.0.0"},
		{"3.0", 400, "2.0.0"}, {"1.0.-1", 400, "2.0.0"}, {"1.0.3, 2.0.0", 400, "2.0.0"},
	} {
		a := w.do("GET", "/xapi/statements", "", "X-Experience-API-Version: "+c.sent)
		if a.status != c.status || a.header.Get("X-Experience-API-Version") != c.answer {
			t.Errorf("%q: %d with %q, want %d with %q", c.sent, a.status, a.header.Get("X-Experience-API-Version"), c.status, c.answer)
		}
		if about := w.do("GET", "/xapi/about", "", "X-Experience-API-Version: "+c.sent, "Authorization:"); about.status != 200 {
			t.Errorf("about under %q: %d", c.sent, about.status)
		}
	}
}

func TestAbout(t *testing.T) {
	w := newWorld(t, nil)
	a := w.do("GET", "/xapi/about", "", "Authorization:", "X-Experience-API-Version:")
	var about struct {
		Version    []string
		Extensions map[string]map[string]any
	}
	if err := json.Unmarshal([]byte(a.body), &about); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(about.Version) != "[1.0.0 1.0.1 1.0.2 1.0.3 2.0.0]" ||
		about.Extensions["http://lernspur.local/xapi/about/limits"]["statement_bytes"] != 1048576.0 ||
		about.Extensions["http://lernspur.local/xapi/about/limits"]["body_bytes"] != 16777216.0 ||
		about.Extensions["http://lernspur.local/xapi/about/limits"]["attachment_bytes"] != 268435456.0 ||
		fmt.Sprint(about.Extensions["http://lernspur.local/xapi/about/endpoints"]["/statements"]) != "[GET HEAD POST PUT]" ||
		fmt.Sprint(about.Extensions["http://lernspur.local/xapi/about/syntax"]["formats"]) != "[exact ids canonical]" {
		t.Errorf("%s", a.body)
	}
	if a.status != 200 ||
		a.header.Get("Content-Type") != "application/json" || a.header.Get("X-Experience-API-Version") == "" {
		t.Errorf("%+v", a)
	}
	if head := w.do("HEAD", "/xapi/about", ""); head.status != 200 || head.body != "" || head.header.Get("Content-Length") != a.header.Get("Content-Length") {
		t.Errorf("HEAD: %+v", head)
	}
	if a := w.do("GET", "/xapi/about?x=1", ""); a.status != 400 {
		t.Errorf("unknown parameter: %d", a.status)
	}
}

func TestCredentialsAndScopes(t *testing.T) {
	w := newWorld(t, nil)
	basic := func(user, secret string) string {
		r := http.Request{Header: http.Header{}}
		r.SetBasicAuth(user, secret)
		return "Authorization: " + r.Header.Get("Authorization")
	}
	for _, c := range []struct {
		name, header string
		read, write  int
	}{
		{"none", "Authorization:", 401, 401},
		{"not Basic", "Authorization: Bearer abc", 401, 401},
		{"Basic, but no base64", "Authorization: Basic !!!", 401, 401},
		{"Basic with a colon for the space", "Authorization: Basic:YWxsOnNlY3JldA==", 401, 401},
		{"unknown key", basic("nobody", "secret"), 401, 401},
		{"wrong secret", basic("all", "wrong"), 401, 401},
		{"all", basic("all", "secret"), 200, 200},
		{"all/read", basic("readall", "secret"), 200, 403},
		{"statements/read", basic("read", "secret"), 200, 403},
		{"statements/read/mine", basic("mine", "secret"), 200, 403},
		{"statements/write", basic("write", "secret"), 403, 200},
		{"no scope", basic("none", "secret"), 403, 403},
	} {
		for method, want := range map[string]int{"GET": c.read, "HEAD": c.read, "POST": c.write} {
			body := ""
			if method == "POST" {
				body = goodStatement
			}
			a := w.do(method, "/xapi/statements", body, c.header)
			if a.status != want {
				t.Errorf("%s, %s: %d, want %d", c.name, method, a.status, want)
			}
			if challenge := a.header.Get("WWW-Authenticate"); (want == 401) != strings.HasPrefix(challenge, "Basic realm=") {
				t.Errorf("%s, %s: challenge %q", c.name, method, challenge)
			}
			if a.header.Get("X-Experience-API-Version") != "1.0.3" || a.header.Get("X-Experience-API-Consistent-Through") != "2023-11-14T22:13:20.123456Z" {
				t.Errorf("%s, %s: headers %v", c.name, method, a.header)
			}
		}
	}
}

func TestUnknownPathsAndMethods(t *testing.T) {
	w := newWorld(t, nil)
	for _, c := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"GET", "/xapi/nothing", 404, ""},
		{"GET", "/xapi", 404, ""},
		{"GET", "/xapi/statements/more", 404, ""},
		{"DELETE", "/xapi/statements", 405, "GET, HEAD, OPTIONS, POST, PUT"},
		{"PATCH", "/xapi/statements", 405, "GET, HEAD, OPTIONS, POST, PUT"},
		{"POST", "/xapi/about", 405, "GET, HEAD, OPTIONS"},
		{"OPTIONS", "/xapi/statements", 204, "GET, HEAD, OPTIONS, POST, PUT"},
	} {
		a := w.do(c.method, c.path, "")
		if a.status != c.status || a.header.Get("Allow") != c.allow || a.header.Get("X-Experience-API-Version") == "" {
			t.Errorf("%s %s: %d, Allow %q", c.method, c.path, a.status, a.header.Get("Allow"))
		}
		if c.status >= 400 {
			a.errorText(t)
		}
	}
}

func TestRequestIDs(t *testing.T) {
	w := newWorld(t, nil)
	for sent, kept := range map[string]bool{
		"abc-123_X.y": true, strings.Repeat("a", 64): true,
		"": false, strings.Repeat("a", 65): false, "a b": false, "a;b": false, "ä": false, `"x"`: false,
	} {
		got := w.do("GET", "/xapi/about", "", "X-Request-Id: "+sent).header.Get("X-Request-Id")
		if (got == sent) != kept || !validRequestID(got) {
			t.Errorf("sent %q, got %q", sent, got)
		}
	}
	a, b := w.do("GET", "/xapi/about", ""), w.do("GET", "/xapi/about", "")
	if a.header.Get("X-Request-Id") == b.header.Get("X-Request-Id") {
		t.Error("two requests, one id")
	}
}

func TestCORS(t *testing.T) {
	for _, c := range []struct {
		name    string
		origins []string
		origin  string
		allowed string
	}{
		{"off", nil, "https://lms.example", ""},
		{"listed", []string{"https://lms.example"}, "https://lms.example", "https://lms.example"},
		{"not listed", []string{"https://lms.example"}, "https://evil.example", ""},
		{"prefix is not enough", []string{"https://lms.example"}, "https://lms.example.evil", ""},
		{"any", []string{"*"}, "https://lms.example", "*"},
		{"no origin", []string{"*"}, "", ""},
		{"content of our own", nil, "https://content.example", "https://content.example"},
	} {
		w := newWorld(t, func(o *Options) {
			o.CORSOrigins = c.origins
			if strings.HasPrefix(c.name, "content") {
				o.ContentOrigin = c.origin
			}
		})
		pre := w.do("OPTIONS", "/xapi/statements", "", "Authorization:", "X-Experience-API-Version:",
			"Origin: "+c.origin, "Access-Control-Request-Method: PUT")
		get := w.do("GET", "/xapi/statements", "", "Origin: "+c.origin)
		bad := w.do("GET", "/xapi/statements?x=1", "", "Origin: "+c.origin)
		for what, a := range map[string]answer{"preflight": pre, "answer": get, "error": bad} {
			if got := a.header.Get("Access-Control-Allow-Origin"); got != c.allowed {
				t.Errorf("%s, %s: origin %q, want %q", c.name, what, got, c.allowed)
			}
			if a.header.Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("%s, %s: the browser's own credentials are let in", c.name, what)
			}
		}
		if pre.status != 204 {
			t.Errorf("%s: preflight %d", c.name, pre.status)
		}
		if c.allowed != "" && (!strings.Contains(pre.header.Get("Access-Control-Allow-Methods"), "PUT") ||
			!strings.Contains(pre.header.Get("Access-Control-Allow-Headers"), "X-Experience-API-Version") ||
			!strings.Contains(get.header.Get("Access-Control-Expose-Headers"), "X-Experience-API-Consistent-Through")) {
			t.Errorf("%s: %v %v", c.name, pre.header, get.header)
		}
	}
}

func TestAccessLogHoldsNoSecretsAndNoPersons(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.AccessLog = true })
	w.do("GET", "/xapi/statements?agent=%7B%22mbox%22%3A%22mailto%3Aada%40example.org%22%7D&foo=1", "", "X-Request-Id: r1")
	w.do("POST", "/xapi/statements", goodStatement, "X-Request-Id: r2")
	w.do("GET", "/xapi/statements", "", "Authorization: Basic bm9ib2R5OnRvcHNlY3JldA==")
	if n := w.logs.Len(); n != 3 {
		t.Fatalf("%d lines", n)
	}
	for _, line := range w.logs.All() {
		fields := line.ContextMap()
		for name, value := range fields {
			text, _ := value.(string)
			for _, secret := range []string{"ada", "secret", "bm9ib2R5", "nobody"} {
				if strings.Contains(text, secret) {
					t.Errorf("%s=%q holds %q", name, text, secret)
				}
			}
		}
		if fields["path"] != "/xapi/statements" || fields["request"] == "" {
			t.Errorf("%v", fields)
		}
	}
	if first := w.logs.All()[0].ContextMap(); first["request"] != "r1" || first["status"] != int64(400) || first["tenant"] != "town" || first["key"] != "all" {
		t.Errorf("%v", first)
	}
}

func TestMetricsHaveClosedLabels(t *testing.T) {
	w := newWorld(t, nil)
	w.do("POST", "/xapi/statements", "["+goodStatement+","+goodStatement+"]")
	w.do("POST", "/xapi/statements", `{"verb":{"id":"http://example.org/did"},"object":{"id":"http://example.org/it"}}`)
	w.do("BREW", "/xapi/coffee/123", "")
	for _, c := range []struct {
		name   string
		labels []string
		want   float64
	}{
		{"lernspur_http_request_duration_seconds", []string{"path=/xapi/statements", "method=POST", "status=200"}, 1},
		{"lernspur_http_request_duration_seconds", []string{"path=/xapi/statements", "method=POST", "status=400"}, 1},
		{"lernspur_http_request_duration_seconds", []string{"path=/xapi/*", "method=other", "status=404"}, 1},
		{"lernspur_statements_accepted_total", nil, 2},
		{"lernspur_statements_rejected_total", []string{"rule=actor-required"}, 1},
		{"lernspur_http_received_bytes_total", []string{"path=/xapi/statements"}, float64(2*len(goodStatement) + 3 + 80)},
	} {
		if got := w.counter(c.name, c.labels...); got != c.want {
			t.Errorf("%s%v = %v, want %v", c.name, c.labels, got, c.want)
		}
	}
	New(Options{Writer: w.double, Reader: w.double, Keys: testKeys{}}).metrics.reject([]statements.Violation{{Rule: "invented by a caller"}})
}

// TestPathsAreNotRedirected: a redirected post arrives as a GET.
func TestPathsAreNotRedirected(t *testing.T) {
	w := newWorld(t, nil)
	for _, path := range []string{"/xapi//statements", "/xapi/./statements", "/xapi/x/../statements", "/xapi/statements/"} {
		if a := w.do("POST", path, goodStatement); a.status != 404 || a.errorText(t) == "" {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	if a := w.do("POST", "//xapi/statements", goodStatement); a.status != 404 {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// TestEmptyQueryIsNoAnswer: a query string without a parameter changes nothing;
// what is acknowledged was committed.
func TestEmptyQueryIsNoAnswer(t *testing.T) {
	for _, query := range []string{"?", "?&", "?&&"} {
		w := newWorld(t, nil)
		committed := 0
		w.double.commit = func(_ context.Context, _ string, sts []*statements.Statement) error {
			committed += len(sts)
			return nil
		}
		if a := w.do("POST", "/xapi/statements"+query, goodStatement); a.status != 200 || committed != 1 || len(a.body) != len(`["00000000-0000-0000-0000-000000000000"]`) {
			t.Errorf("%s: %d %s, %d committed", query, a.status, a.body, committed)
		}
		if a := w.do("GET", "/xapi/about"+query, ""); a.status != 200 {
			t.Errorf("about%s: %d", query, a.status)
		}
	}
}
