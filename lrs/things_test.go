package lrs

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"lernspur/statements"
)

type definitions map[string]string

func (d definitions) Definitions(_ context.Context, tenant string, activities []string) (map[string][]byte, error) {
	found := map[string][]byte{}
	for _, id := range activities {
		if text, ok := d[tenant+" "+id]; ok {
			found[id] = []byte(text)
		}
	}
	return found, nil
}

type people map[string]Person

func (p people) Person(_ context.Context, tenant, identifier string) (Person, error) {
	if identifier == "mbox|mailto:broken@example.org" {
		return Person{}, errors.New("broken")
	}
	return p[tenant+" "+identifier], nil
}

func TestAgents(t *testing.T) {
	for _, c := range []struct {
		name, agent string
		status      int
		want        string
	}{
		{"mbox", `{"mbox":"mailto:ada@Example.ORG"}`, 200, `{"objectType":"Person","mbox":["mailto:ada@example.org"]}`},
		{"mbox_sha1sum", `{"objectType":"Agent","mbox_sha1sum":"EBD31E95054C018B10727CCFFD2EF2EC3A016EE9"}`, 200,
			`{"objectType":"Person","mbox_sha1sum":["ebd31e95054c018b10727ccffd2ef2ec3a016ee9"]}`},
		{"openid", `{"openid":"https://ada.example.org/"}`, 200, `{"objectType":"Person","openid":["https://ada.example.org/"]}`},
		{"account with a bar in its name", `{"account":{"homePage":"https://a.example","name":"x|y <&>"}}`, 200,
			`{"objectType":"Person","account":[{"homePage":"https://a.example","name":"x|y <&>"}]}`},
		{"name of the request", `{"mbox":"mailto:ada@example.org","name":"Ada"}`, 200, `{"objectType":"Person","name":["Ada"],"mbox":["mailto:ada@example.org"]}`},
		{"name of a statement", `{"mbox":"mailto:bob@example.org","name":"B."}`, 200, `{"objectType":"Person","name":["Bob Ä."],"mbox":["mailto:bob@example.org"]}`},
		{"tied together", `{"mbox":"mailto:eve@example.org"}`, 200,
			`{"objectType":"Person","name":["Eve","E. V."],"mbox":["mailto:eve@example.org","mailto:e@home.example"],"account":[{"homePage":"https://a.example","name":"eve"}]}`},

		{"missing", "", 400, ""},
		{"no JSON", `{`, 400, ""},
		{"no identifier", `{"name":"Ada"}`, 400, ""},
		{"two identifiers", `{"mbox":"mailto:a@b.cd","openid":"https://a.example"}`, 400, ""},
		{"Group", `{"objectType":"Group","mbox":"mailto:ada@example.org"}`, 400, ""},
		{"directory does not answer", `{"mbox":"mailto:broken@example.org"}`, 500, ""},
	} {
		w := newWorld(t, func(o *Options) {
			o.People = people{"town mbox|mailto:eve@example.org": {Names: []string{"Eve", "E. V."},
				Identifiers: []string{"mbox|mailto:eve@example.org", "mbox|mailto:e@home.example", "account|https://a.example|eve"}}}
		})
		w.double.find = func(_ context.Context, _ string, q statements.Query) (statements.Page, error) {
			if q.Limit != 1 || q.Upto != testWatermark || q.Authority != "" {
				t.Errorf("%s: %+v", c.name, q)
			}
			if q.Agent != "mbox|mailto:bob@example.org" {
				return statements.Page{}, nil
			}
			raw := `{"actor":{"objectType":"Group","name":"All","member":[{"mbox":"mailto:ada@example.org","name":"Ada"},{"name":"Bob \u00c4.","mbox":"mailto:bob@EXAMPLE.org"}]}}`
			return statements.Page{Statements: []statements.Found{{Raw: []byte(raw)}}}, nil
		}
		path := "/xapi/agents"
		if c.agent != "" {
			path += "?agent=" + url.QueryEscape(c.agent)
		}
		a := w.do("GET", path, "")
		if a.status != c.status || c.status == 200 && strings.TrimSpace(a.body) != c.want || a.header.Get("X-Experience-API-Consistent-Through") == "" {
			t.Errorf("%s: %d %s, want %d %s", c.name, a.status, a.body, c.status, c.want)
		}
		if head := w.do("HEAD", path, ""); head.status != c.status || head.body != "" {
			t.Errorf("%s: HEAD %d %q", c.name, head.status, head.body)
		}
	}
}

func TestActivities(t *testing.T) {
	w := newWorld(t, func(o *Options) {
		o.Activities = definitions{"town http://a.ex/1?b=<c>": `{"name":{"en":"A"}}`, "other http://a.ex/2": `{}`}
	})
	for _, c := range []struct {
		name, query string
		status      int
		want        string
	}{
		{"known", "?activityId=" + url.QueryEscape("http://a.ex/1?b=<c>"), 400, ""}, // no IRI contains <
		{"of another tenant", "?activityId=http://a.ex/2", 200, `{"objectType":"Activity","id":"http://a.ex/2"}`},
		{"unknown", "?activityId=http://a.ex/3%26", 200, `{"objectType":"Activity","id":"http://a.ex/3&"}`},
		{"missing", "", 400, ""},
		{"empty", "?activityId=", 400, ""},
		{"no IRI", "?activityId=true", 400, ""},
		{"unknown parameter", "?activityid=http://a.ex/1", 400, ""},
	} {
		a := w.do("GET", "/xapi/activities"+c.query, "")
		if a.status != c.status || c.status == 200 && strings.TrimSpace(a.body) != c.want {
			t.Errorf("%s: %d %s, want %d %s", c.name, a.status, a.body, c.status, c.want)
		}
	}
	w = newWorld(t, func(o *Options) { o.Activities = definitions{"town http://a.ex/1": `{"name":{"en":"A"}}`} })
	if a := w.do("GET", "/xapi/activities?activityId=http://a.ex/1", ""); strings.TrimSpace(a.body) != `{"objectType":"Activity","id":"http://a.ex/1","definition":{"name":{"en":"A"}}}` {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// TestThingsAndScopes: names come out of statements, so only who may read those
// gets them; who reads its own only gets names out of these.
func TestThingsAndScopes(t *testing.T) {
	const agent = "?agent=%7B%22mbox%22%3A%22mailto%3Aa%40b.cd%22%7D"
	for key, c := range map[string]struct {
		status int
		asked  []string // authorities of the queries for a name
	}{
		"all": {200, []string{""}}, "readall": {200, []string{""}}, "read": {200, []string{""}}, "mine": {200, []string{"account|http://town.example|mine"}},
		"write": {403, nil}, "none": {403, nil}, "profile": {200, nil}, "define": {200, nil},
	} {
		w := newWorld(t, func(o *Options) {
			keys := o.Keys.(testKeys)
			keys["profile:secret"], keys["define:secret"] = []string{"profile"}, []string{"define"}
		})
		var asked []string
		w.double.find = func(_ context.Context, _ string, q statements.Query) (statements.Page, error) {
			asked = append(asked, q.Authority)
			return statements.Page{}, nil
		}
		auth := "Authorization: " + basicAuth(key, "secret")
		a, b := w.do("GET", "/xapi/agents"+agent, "", auth), w.do("GET", "/xapi/activities?activityId=http://a.ex/1", "", auth)
		if a.status != c.status || b.status != c.status || !slices.Equal(asked, c.asked) {
			t.Errorf("%s: %d, %d, asked %q", key, a.status, b.status, asked)
		}
	}
}

// TestBoundKeysDefineTheirOwn: a key that is bound to some activities says
// nothing of others.
func TestBoundKeysDefineTheirOwn(t *testing.T) {
	c := &Credential{Scopes: []string{scopeDefine}, BoundActivityPrefix: "http://a.ex/course"}
	const text = `{"actor":{"mbox":"mailto:a@b.cd"},"verb":{"id":"http://v.ex/v"},"object":{"id":"http://a.ex/course/1"%s},"context":{"contextActivities":{"other":[{"id":"http://b.ex/1"%s}]}}}`
	for definitions, want := range map[[2]string]bool{
		{"", ""}: true,
		{`,"definition":{"name":{"en":"A"}}`, ""}:                                  true,
		{"", `,"definition":{"name":{"en":"A"}}`}:                                  false,
		{`,"definition":{"name":{"en":"A"}}`, `,"definition":{"name":{"en":"A"}}`}: false,
	} {
		st, err := statements.ParseOne(fmt.Appendf(nil, text, definitions[0], definitions[1]), statements.Options{Edition: statements.V1})
		if err != nil {
			t.Fatal(err)
		}
		if got := c.mayDefine(st); got != want {
			t.Errorf("%q: %v", definitions, got)
		}
		if !new(Credential).mayDefine(st) {
			t.Errorf("%q: not by a key without bounds", definitions)
		}
	}
}

// TestWhoDefines: what a credential says of activities counts with the scope
// define, or all.
func TestWhoDefines(t *testing.T) {
	for scopes, want := range map[string]bool{"all": true, "define statements/write": true, "statements/write": false, "statements/write profile": false} {
		w := newWorld(t, func(o *Options) { o.Keys.(testKeys)["some:secret"] = strings.Fields(scopes) })
		got := []bool{}
		w.double.commit = func(_ context.Context, _ string, sts []*statements.Statement) error {
			for _, st := range sts {
				got = append(got, st.Defines)
			}
			return nil
		}
		auth := "Authorization: " + basicAuth("some", "secret")
		w.do("POST", "/xapi/statements", "["+goodStatement+","+goodStatement+"]", auth)
		w.do("PUT", "/xapi/statements?statementId=6690e6c9-3ef0-4ed3-8b37-7f3964730bee", goodStatement, auth)
		if !slices.Equal(got, []bool{want, want, want}) {
			t.Errorf("%s: %v", scopes, got)
		}
	}
}
