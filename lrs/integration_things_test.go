package lrs_test

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// defined posts a statement about an activity.
func (c *client) defined(activity string) {
	c.Helper()
	r := c.do("POST", "/statements", []byte(`{"actor":{"mbox":"mailto:ada@example.org","name":"Ada"},"verb":{"id":"http://v.ex/v"},"object":`+activity+`}`))
	if r.status != 200 {
		c.Fatalf("%d %s", r.status, r.body)
	}
}

// TestActivitiesKeepWhatStatementsSaid: every answer has what was acknowledged
// before, under either version, and of the own tenant only.
func TestActivitiesKeepWhatStatementsSaid(t *testing.T) {
	s, c := start(t)
	other := c.as(s.NewKey(t, "other", "all"))
	writer := c.as(s.NewKey(t, "default", "statements/write", "statements/read"))
	get := func(c *client, want string) {
		t.Helper()
		r := c.do("GET", "/activities?activityId=http://a.ex/1", nil)
		if r.status != 200 || strings.TrimSpace(string(r.body)) != want {
			t.Errorf("%d %s, want %s", r.status, r.body, want)
		}
	}
	const bare = `{"objectType":"Activity","id":"http://a.ex/1"}`
	get(c, bare)
	c.defined(`{"id":"http://a.ex/1"}`)
	get(c, bare)
	c.defined(`{"id":"http://a.ex/1","definition":{"name":{"en":"A"},"extensions":{"http://e.ex/1":{"a":1.50}}}}`)
	get(c, `{"objectType":"Activity","id":"http://a.ex/1","definition":{"name":{"en":"A"},"extensions":{"http://e.ex/1":{"a":1.50}}}}`)
	c.under("2.0.0").defined(`{"id":"http://a.ex/1","definition":{"name":{"fr":"B"}}}`)
	writer.defined(`{"id":"http://a.ex/1","definition":{"name":{"en":"not by this key"}}}`)
	want := `{"objectType":"Activity","id":"http://a.ex/1","definition":{"name":{"en":"A","fr":"B"},"extensions":{"http://e.ex/1":{"a":1.50}}}}`
	get(c, want)
	get(writer, want)
	get(c.under("2.0.0"), want)
	get(other, bare)
	c.defined(`{"objectType":"SubStatement","actor":{"mbox":"mailto:ada@example.org"},"verb":{"id":"http://v.ex/v"},"object":{"id":"http://a.ex/2"},` +
		`"context":{"contextActivities":{"parent":{"id":"http://a.ex/1","definition":{"name":{"en":"C"}}}}}}`)
	get(c, strings.Replace(want, `"A"`, `"C"`, 1))
}

func TestAgentsNameWhomStatementsNamed(t *testing.T) {
	s, c := start(t)
	stranger := c.as(s.NewKey(t, "default", "statements/read/mine"))
	path := "/agents?agent=" + url.QueryEscape(`{"mbox":"mailto:ada@example.org"}`)
	get := func(c *client, want string) {
		t.Helper()
		if r := c.do("GET", path, nil); r.status != 200 || strings.TrimSpace(string(r.body)) != want {
			t.Errorf("%d %s, want %s", r.status, r.body, want)
		}
	}
	get(c, `{"objectType":"Person","mbox":["mailto:ada@example.org"]}`)
	c.defined(`{"id":"http://a.ex/1"}`)
	get(c, `{"objectType":"Person","name":["Ada"],"mbox":["mailto:ada@example.org"]}`)
	get(stranger, `{"objectType":"Person","mbox":["mailto:ada@example.org"]}`)
}

// TestCanonicalFormatHasTheServersDefinitions: what others said of an activity,
// in the language asked for, on every page.
func TestCanonicalFormatHasTheServersDefinitions(t *testing.T) {
	s, c := start(t)
	writer := c.as(s.NewKey(t, "default", "statements/write", "statements/read"))
	c.defined(`{"id":"http://a.ex/1","definition":{"name":{"en":"A","de":"B"},"type":"http://t.ex/1"}}`)
	for range 2 {
		writer.defined(`{"id":"http://a.ex/1","definition":{"name":{"en":"not by this key"}}}`)
	}
	german := writer.with("Accept-Language", "en;q=0.3, de-DE;q=0.9")
	r := german.do("GET", "/statements?format=canonical&limit=2&activity=http://a.ex/1", nil)
	page := string(r.body)
	const want = `"object":{"id":"http://a.ex/1","definition":{"name":{"de":"B"},"type":"http://t.ex/1"}}`
	if r.status != 200 || strings.Count(page, want) != 2 || strings.Contains(page, "not by this key") {
		t.Errorf("%d %s", r.status, page)
	}
	_, more, _ := strings.Cut(page, `"more":"`)
	if r := writer.do("GET", strings.TrimSuffix(more, `"}`), nil); strings.Count(string(r.body), want) != 1 {
		t.Errorf("the next page: %d %s", r.status, r.body)
	}
	if r := german.do("GET", "/statements?limit=1", nil); !strings.Contains(string(r.body), "not by this key") {
		t.Errorf("exact: %s", r.body)
	}
}

// TestDocumentsInTheAlternateSyntax: a course of an old authoring tool keeps its
// place with forms alone, credentials and version in them.
func TestDocumentsInTheAlternateSyntax(t *testing.T) {
	_, c := start(t)
	auth := "Basic " + base64.StdEncoding.EncodeToString([]byte(c.key+":"+c.secret))
	send := func(method string, fields ...string) result {
		t.Helper()
		form := url.Values{"Authorization": {auth}, "X-Experience-API-Version": {"1.0.3"},
			"activityId": {"http://a.ex/1"}, "agent": {`{"mbox":"mailto:ada@example.org"}`}}
		for i := 0; i < len(fields); i += 2 {
			form.Set(fields[i], fields[i+1])
		}
		r, err := http.Post(c.endpoint+"/activities/state?method="+method, "text/plain", strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return result{r.StatusCode, r.Header, b}
	}
	if r := send("PUT", "stateId", "resume", "content", "place=3&ä", "Content-Type", "text/plain"); r.status != 204 {
		t.Fatalf("PUT: %d %s", r.status, r.body)
	}
	r := send("GET", "stateId", "resume")
	if r.status != 200 || string(r.body) != "place=3&ä" || r.header.Get("Content-Type") != "text/plain" || r.header.Get("ETag") == "" {
		t.Errorf("GET: %d %q %v", r.status, r.body, r.header)
	}
	if h := send("HEAD", "stateId", "resume"); h.status != 200 || len(h.body) != 0 || h.header.Get("ETag") != r.header.Get("ETag") {
		t.Errorf("HEAD: %d %q %v", h.status, h.body, h.header)
	}
	if r := send("PUT", "stateId", "resume", "content", "x", "If-Match", `"0000000000000000000000000000000000000000"`); r.status != 412 {
		t.Errorf("PUT of one who knows another document: %d %s", r.status, r.body)
	}
	if r := send("POST", "stateId", "json", "content", `{"a":1}`, "Content-Type", "application/json"); r.status != 204 {
		t.Errorf("POST: %d %s", r.status, r.body)
	}
	if r := send("GET"); r.status != 200 || len(r.body) != len(`["json","resume"]`) || !strings.Contains(string(r.body), `"json"`) {
		t.Errorf("the list: %d %s", r.status, r.body)
	}
	if r := send("DELETE", "stateId", "resume"); r.status != 204 {
		t.Errorf("DELETE: %d %s", r.status, r.body)
	}
	if r := send("GET", "stateId", "resume"); r.status != 404 {
		t.Errorf("GET of what is gone: %d %s", r.status, r.body)
	}
	if r := send("PUT", "stateId", "none", "content", "bytes"); r.status != 204 {
		t.Errorf("PUT without a type: %d %s", r.status, r.body)
	}
}
