package lrs_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// names maps the ids of named statements back to their names.
type names map[string]string

func (n names) of(ids []string) []string {
	list := []string{}
	for _, id := range ids {
		list = append(list, n[id])
	}
	return list
}

// named is a statement with the name that expectations use.
type named struct {
	name string
	m
}

// store posts named statements one after the other, so that they are stored
// in this order.
func store(c *client, list []named) names {
	c.Helper()
	n := names{}
	var batch []any
	for _, s := range list {
		n[s.m["id"].(string)] = s.name
		batch = append(batch, s.m)
	}
	c.post(batch...)
	return n
}

const (
	registration1 = "0f5c4d4e-6f3b-4a36-9a3d-0d8f1f1b0001"
	registration2 = "0f5c4d4e-6f3b-4a36-9a3d-0d8f1f1b0002"
)

// filterStatements has one statement for each place that a filter looks at, or
// must not look at (xAPI 1.0.3 Part 3, 2.1.3).
func filterStatements() []named {
	group := func(id m, members ...any) m {
		g := m{"objectType": "Group"}
		if len(members) > 0 {
			g["member"] = members
		}
		for k, v := range id {
			g[k] = v
		}
		return g
	}
	activity := func(name string) m { return m{"id": activityID(name)} }
	return []named{
		{"plain", said("ada", "did", "a")},
		{"verb", said("ada", "passed", "a")},
		{"object", said("bob", "met", "", m{"object": m{"objectType": "Agent", "mbox": "mailto:ada@example.org"}})},
		{"instructor", said("bob", "did", "b", inContext(m{"instructor": agent("ada"), "registration": registration1}))},
		{"team", said("bob", "did", "b", inContext(m{"team": group(agent("team")), "registration": registration1}))},
		{"member", said("", "did", "c", m{"actor": group(agent("club"), agent("ada"), agent("bob"))})},
		{"anonymous", said("", "did", "c", m{"actor": group(nil, agent("ada"))})},
		{"parent", said("bob", "did", "item1", inContext(m{"contextActivities": m{"parent": []any{activity("a")}}}))},
		{"lone category", said("bob", "did", "item2", inContext(m{"contextActivities": m{"category": activity("a")}}))},
		{"sub", said("bob", "planned", "", m{"object": m{
			"objectType": "SubStatement", "actor": agent("ada"), "verb": m{"id": verbID("passed")}, "object": activity("a"),
			"context": m{"instructor": agent("carol"), "registration": registration2, "contextActivities": m{"grouping": activity("d")}},
		}})},
		{"account", said("", "did", "e", m{"actor": m{"account": m{"homePage": "http://lms.example.org", "name": "ada"}}})},
		{"sha1", said("", "did", "e", m{"actor": m{"mbox_sha1sum": "cd9b00a5611f94eaa7b1661edab976068e364975"}})},
		{"openid", said("", "did", "e", m{"actor": m{"openid": "http://ada.openid.example.org/"}})},
	}
}

func TestFilters(t *testing.T) {
	s, c := start(t)
	n := store(c, filterStatements())
	everything := []string{
		"openid", "sha1", "account", "sub", "lone category", "parent", "anonymous", "member", "team", "instructor", "object", "verb", "plain",
	}
	key := fmt.Sprintf(`{"account":{"homePage":"http://lernspur.local","name":%q}}`, s.Key)
	for _, q := range []struct {
		name  string
		query []string
		want  []string // newest first
	}{
		{"nothing", nil, everything},
		{"agent", []string{"agent", agentText("ada")}, []string{"anonymous", "member", "object", "verb", "plain"}},
		{"agent, related", []string{"agent", agentText("ada"), "related_agents", "true"},
			[]string{"sub", "anonymous", "member", "instructor", "object", "verb", "plain"}},
		{"agent, explicitly not related", []string{"agent", agentText("ada"), "related_agents", "false"},
			[]string{"anonymous", "member", "object", "verb", "plain"}},
		{"agent with a name besides", []string{"agent", `{"objectType":"Agent","name":"Somebody","mbox":"mailto:ada@example.org"}`},
			[]string{"anonymous", "member", "object", "verb", "plain"}},
		{"group by its own identifier", []string{"agent", `{"objectType":"Group","mbox":"mailto:club@example.org"}`}, []string{"member"}},
		{"team only when related", []string{"agent", `{"objectType":"Group","mbox":"mailto:team@example.org"}`}, nil},
		{"team, related", []string{"agent", `{"objectType":"Group","mbox":"mailto:team@example.org"}`, "related_agents", "true"}, []string{"team"}},
		{"instructor in a SubStatement", []string{"agent", agentText("carol"), "related_agents", "true"}, []string{"sub"}},
		{"authority, related", []string{"agent", key, "related_agents", "true"}, everything},
		{"authority, not related", []string{"agent", key}, nil},
		{"account", []string{"agent", `{"account":{"homePage":"http://lms.example.org","name":"ada"}}`}, []string{"account"}},
		{"account elsewhere", []string{"agent", `{"account":{"homePage":"http://lms2.example.org","name":"ada"}}`}, nil},
		{"sha1", []string{"agent", `{"mbox_sha1sum":"cd9b00a5611f94eaa7b1661edab976068e364975"}`}, []string{"sha1"}},
		{"openid", []string{"agent", `{"openid":"http://ada.openid.example.org/"}`}, []string{"openid"}},
		{"nobody", []string{"agent", agentText("nobody")}, nil},
		{"verb", []string{"verb", verbID("passed")}, []string{"verb"}},
		{"verb elsewhere", []string{"verb", verbID("pass")}, nil},
		{"activity", []string{"activity", activityID("a")}, []string{"verb", "plain"}},
		{"activity, related", []string{"activity", activityID("a"), "related_activities", "true"},
			[]string{"sub", "lone category", "parent", "verb", "plain"}},
		{"grouping in a SubStatement", []string{"activity", activityID("d"), "related_activities", "true"}, []string{"sub"}},
		{"grouping, not related", []string{"activity", activityID("d")}, nil},
		{"registration", []string{"registration", registration1}, []string{"team", "instructor"}},
		{"registration of a SubStatement", []string{"registration", registration2}, nil},
		{"agent and verb", []string{"agent", agentText("ada"), "verb", verbID("did")}, []string{"anonymous", "member", "plain"}},
		{"agent, verb and activity", []string{"agent", agentText("ada"), "verb", verbID("did"), "activity", activityID("c")}, []string{"anonymous", "member"}},
		{"agent and registration", []string{"agent", agentText("bob"), "registration", registration1}, []string{"team", "instructor"}},
		{"related agent and related activity", []string{
			"agent", agentText("ada"), "related_agents", "true", "activity", activityID("a"), "related_activities", "true",
		}, []string{"sub", "verb", "plain"}},
		{"everything at once", []string{
			"agent", agentText("ada"), "related_agents", "true", "verb", verbID("did"), "activity", activityID("b"), "registration", registration1,
			"since", "2020-01-01T00:00:00Z", "until", "2100-01-01T00:00:00Z", "limit", "5", "format", "exact", "attachments", "false",
		}, []string{"instructor"}},
		{"nothing fits", []string{"agent", agentText("ada"), "registration", registration2}, nil},
	} {
		if q.want == nil {
			q.want = []string{}
		}
		p := c.find(q.query...)
		if diff := cmp.Diff(q.want, n.of(p.ids(t))); diff != "" {
			t.Errorf("%s: %s", q.name, diff)
		}
		if p.More != "" {
			t.Errorf("%s: more after everything", q.name)
		}
		up := c.find(append(q.query, "ascending", "true")...)
		if diff := cmp.Diff(reversed(q.want), n.of(up.ids(t))); diff != "" {
			t.Errorf("%s, ascending: %s", q.name, diff)
		}
	}
}

func TestContextAgentsAndGroups(t *testing.T) {
	_, c := start(t)
	c = c.under("2.0.0")
	in := func(inner m) []named {
		return []named{{"statement", said("bob", "did", "x", inContext(inner))}, {"sub", said("bob", "planned", "", m{"object": m{
			"objectType": "SubStatement", "actor": agent("bob"), "verb": m{"id": verbID("did")}, "object": m{"id": activityID("x")}, "context": inner,
		}})}}
	}
	agents := store(c, in(m{"contextAgents": []any{m{"objectType": "contextAgent", "agent": agent("dora"), "relevantTypes": []any{"http://example.org/coach"}}}}))
	groups := store(c, in(m{"contextGroups": []any{m{"objectType": "contextGroup", "group": m{
		"objectType": "Group", "mbox": "mailto:choir@example.org", "member": []any{agent("emil")},
	}}}}))
	for who, n := range map[string]names{"dora": agents, "choir": groups, "emil": groups} {
		want := []string{"sub", "statement"}
		if diff := cmp.Diff(want, n.of(c.find("agent", agentText(who), "related_agents", "true").ids(t))); diff != "" {
			t.Errorf("%s, related: %s", who, diff)
		}
		if got := c.find("agent", agentText(who)).ids(t); len(got) != 0 {
			t.Errorf("%s, not related: %v", who, got)
		}
		// What was stored under 2.0 is found and answered unchanged under 1.0.
		if got := c.under("1.0.3").find("agent", agentText(who), "related_agents", "true").ids(t); len(got) != 2 {
			t.Errorf("%s under 1.0.3: %v", who, got)
		}
	}
	// Under 1.0 the two properties are unknown.
	c.under("1.0.3").want(400, "POST", "/statements", c.encode(in(m{"contextAgents": []any{}})[0].m))
}

func TestSinceAndUntil(t *testing.T) {
	_, c := start(t)
	n := names{}
	var stored []string
	for i := range 5 {
		s := said("ada", "did", "a")
		n[id(s)] = fmt.Sprint(i)
		c.post(s)
		var got struct{ Stored string }
		c.decode(c.want(200, "GET", "/statements?statementId="+id(s), nil).body, &got)
		stored = append(stored, got.Stored)
	}
	shift := func(text string, d time.Duration, zone *time.Location) string {
		at, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			t.Fatal(err)
		}
		return at.Add(d).In(zone).Format("2006-01-02T15:04:05.999999Z07:00")
	}
	east := time.FixedZone("", 5*3600+1800)
	for _, q := range []struct {
		name  string
		query []string
		want  []string
	}{
		{"since leaves its own instant out", []string{"since", stored[1]}, []string{"4", "3", "2"}},
		{"since just before", []string{"since", shift(stored[1], -time.Microsecond, time.UTC)}, []string{"4", "3", "2", "1"}},
		{"until takes its own instant in", []string{"until", stored[1]}, []string{"1", "0"}},
		{"until just before", []string{"until", shift(stored[1], -time.Microsecond, time.UTC)}, []string{"0"}},
		{"both", []string{"since", stored[0], "until", stored[3]}, []string{"3", "2", "1"}},
		{"both the same", []string{"since", stored[2], "until", stored[2]}, nil},
		{"another zone", []string{"since", shift(stored[1], 0, east), "until", shift(stored[3], 0, east)}, []string{"3", "2"}},
		{"with an agent", []string{"agent", agentText("ada"), "since", stored[2]}, []string{"4", "3"}},
		{"with a verb, ascending", []string{"verb", verbID("did"), "since", stored[2], "ascending", "true"}, []string{"3", "4"}},
		{"in the future", []string{"since", "2100-01-01T00:00:00Z"}, nil},
		{"long ago", []string{"until", "1901-01-01T00:00:00Z"}, nil},
	} {
		if q.want == nil {
			q.want = []string{}
		}
		if diff := cmp.Diff(q.want, n.of(c.find(q.query...).ids(t))); diff != "" {
			t.Errorf("%s: %s", q.name, diff)
		}
	}
}

func TestPages(t *testing.T) {
	_, c := start(t)
	var batch []any
	var all []string
	for i := range 10 {
		s := said([]string{"ada", "bob"}[i%2], "did", "a")
		batch = append(batch, s)
		all = append(all, id(s))
	}
	c.post(batch...)
	var adas []string
	for i := 0; i < 10; i += 2 {
		adas = append(adas, all[i])
	}
	down := reversed(all)
	for _, q := range []struct {
		name  string
		query []string
		want  [][]string
	}{
		{"newest first", []string{"limit", "4"}, [][]string{down[:4], down[4:8], down[8:]}},
		{"oldest first", []string{"limit", "4", "ascending", "true"}, [][]string{all[:4], all[4:8], all[8:]}},
		{"the last page is full", []string{"limit", "5"}, [][]string{down[:5], down[5:]}},
		{"one page", []string{"limit", "10"}, [][]string{down}},
		{"one by one, filtered", []string{"limit", "1", "agent", agentText("ada"), "ascending", "true"},
			[][]string{adas[:1], adas[1:2], adas[2:3], adas[3:4], adas[4:]}},
		{"filtered, newest first", []string{"limit", "2", "agent", agentText("ada"), "verb", verbID("did")},
			[][]string{reversed(adas)[:2], reversed(adas)[2:4], reversed(adas)[4:]}},
		{"nothing", []string{"limit", "2", "agent", agentText("nobody")}, [][]string{{}}},
	} {
		if diff := cmp.Diff(q.want, c.pages(q.query...)); diff != "" {
			t.Errorf("%s: %s", q.name, diff)
		}
	}
}

func TestPagesKeepTheirForm(t *testing.T) {
	_, c := start(t)
	display := m{"verb": m{"id": verbID("did"), "display": m{"de": "tat", "en": "did"}}}
	c.post(said("ada", "", "a", display), said("ada", "", "a", display))
	verb := func(p page) m {
		t.Helper()
		var s struct{ Verb m }
		c.decode(p.Statements[0], &s)
		return s.Verb
	}
	first := c.with("Accept-Language", "de").find("format", "canonical", "limit", "1")
	// The second request names no language: the first one's is kept.
	second := c.fetch(first.More)
	for _, p := range []page{first, second} {
		if diff := cmp.Diff(m{"id": verbID("did"), "display": m{"de": "tat"}}, verb(p)); diff != "" {
			t.Error(diff)
		}
	}
	ids := c.find("format", "ids", "limit", "1", "ascending", "true")
	for _, p := range []page{ids, c.fetch(ids.More)} {
		if diff := cmp.Diff(m{"id": verbID("did")}, verb(p)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestPagesOfOtherTenantsAreRefused(t *testing.T) {
	s, c := start(t)
	other := c.as(s.NewKey(t, "village", "all"))
	c.post(said("ada", "did", "a"), said("ada", "did", "a"))
	other.post(said("eve", "did", "a"))
	more := c.find("limit", "1").More
	if r := other.do("GET", more, nil); r.status != 400 {
		t.Errorf("another tenant's: %d %s", r.status, r.body)
	}
	if r := c.do("GET", more[:len(more)-1], nil); r.status != 400 {
		t.Errorf("damaged: %d %s", r.status, r.body)
	}
	if r := c.as(s.NewKey(t, "default", "statements/write")).do("GET", more, nil); r.status != 403 {
		t.Errorf("without the scope: %d", r.status)
	}
	if p := c.as(s.NewKey(t, "default", "statements/read")).fetch(more); len(p.Statements) != 1 {
		t.Errorf("another key of the same tenant: %d statements", len(p.Statements))
	}
	if p := other.find(); len(p.Statements) != 1 {
		t.Errorf("the other tenant sees %d statements", len(p.Statements))
	}
	theirs := c.find().ids(t)[0]
	if r := other.do("GET", "/statements?statementId="+theirs, nil); r.status != 404 {
		t.Errorf("the other tenant reads by id: %d", r.status)
	}
	// Ids of two tenants have nothing to do with each other.
	other.want(204, "PUT", "/statements?statementId="+theirs, c.encode(said("eve", "did", "else", m{"id": theirs})))
}

func TestReadMine(t *testing.T) {
	s, c := start(t)
	mine := c.as(s.NewKey(t, "default", "statements/read/mine", "statements/write"))
	theirs := said("ada", "did", "a")
	own := said("ada", "did", "a")
	pointing := said("ada", "commented", "", refTo(id(own)))
	c.post(theirs)
	mine.post(own)
	c.post(pointing)
	for name, query := range map[string][]string{
		"nothing": nil, "agent": {"agent", agentText("ada")}, "verb": {"verb", verbID("did")},
		"activity": {"activity", activityID("a"), "ascending", "true"}, "page": {"limit", "1"},
	} {
		// Another key's statement is not there, also not as one that points to
		// one's own.
		if diff := cmp.Diff([][]string{{id(own)}}, mine.pages(query...)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	mine.want(200, "GET", "/statements?statementId="+id(own), nil)
	mine.want(404, "GET", "/statements?statementId="+id(theirs), nil)
	c.want(200, "GET", "/statements?statementId="+id(own), nil)
	c.post(voiding("ada", id(own)), voiding("ada", id(theirs)))
	mine.want(404, "GET", "/statements?statementId="+id(own), nil)
	mine.want(200, "GET", "/statements?voidedStatementId="+id(own), nil)
	mine.want(404, "GET", "/statements?voidedStatementId="+id(theirs), nil)
	if got := mine.find().ids(t); len(got) != 0 {
		t.Errorf("after voiding: %v", got)
	}
}
