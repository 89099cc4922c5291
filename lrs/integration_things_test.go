package lrs_test

import (
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
