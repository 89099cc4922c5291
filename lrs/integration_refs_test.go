package lrs_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

func TestVoiding(t *testing.T) {
	_, c := start(t)
	target := said("ada", "did", "a")
	byID, byVoided := "/statements?statementId="+id(target), "/statements?voidedStatementId="+id(target)
	c.post(target)
	before := c.want(200, "GET", byID, nil)
	c.want(404, "GET", byVoided, nil)

	v := voiding("admin", id(target))
	c.post(v)
	c.want(404, "GET", byID, nil)
	c.want(404, "HEAD", byID, nil)
	after := c.want(200, "GET", byVoided, nil)
	if diff := cmp.Diff(string(before.body), string(after.body)); diff != "" {
		t.Errorf("the voided statement changed: %s", diff)
	}
	if a, b := before.header.Get("Last-Modified"), after.header.Get("Last-Modified"); a != b || a == "" {
		t.Errorf("Last-Modified %q and %q", a, b)
	}
	// The voiding statement stays, and is found through what it voids.
	c.want(200, "GET", "/statements?statementId="+id(v), nil)
	for name, query := range map[string][]string{"all": nil, "the target's verb": {"verb", verbID("did")}, "the target's actor": {"agent", agentText("ada")}} {
		if diff := cmp.Diff([]string{id(v)}, c.find(query...).ids(t)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}

	// A voiding statement cannot be voided: both stay, and so does what was
	// voided.
	again := voiding("admin", id(v))
	c.post(again)
	c.want(200, "GET", "/statements?statementId="+id(v), nil)
	c.want(404, "GET", "/statements?voidedStatementId="+id(v), nil)
	c.want(404, "GET", byID, nil)
	if diff := cmp.Diff([]string{id(again), id(v)}, c.find().ids(t)); diff != "" {
		t.Error(diff)
	}

	// Voided or not, the id is taken.
	c.want(409, "PUT", byID, c.encode(said("ada", "undid", "a", m{"id": id(target)})))
	c.post(target)
	c.want(404, "GET", byID, nil)
}

func TestVoidingBeforeItsTarget(t *testing.T) {
	_, c := start(t)
	target := said("ada", "did", "a")
	v := voiding("admin", id(target))
	c.post(v)
	c.want(404, "GET", "/statements?voidedStatementId="+id(target), nil)
	c.post(target)
	c.want(404, "GET", "/statements?statementId="+id(target), nil)
	c.want(200, "GET", "/statements?voidedStatementId="+id(target), nil)
	if diff := cmp.Diff([]string{id(v)}, c.find("verb", verbID("did")).ids(t)); diff != "" {
		t.Error(diff)
	}
}

func TestVoidingInOneBatch(t *testing.T) {
	_, c := start(t)
	first, second := said("ada", "did", "a"), said("ada", "did", "b")
	v1, v2 := voiding("admin", id(first)), voiding("admin", id(second))
	c.post(v1, first, second, v2) // before and after the target
	for _, s := range []any{first, second} {
		c.want(404, "GET", "/statements?statementId="+id(s), nil)
		c.want(200, "GET", "/statements?voidedStatementId="+id(s), nil)
	}
	if diff := cmp.Diff([]string{id(v2), id(v1)}, c.find().ids(t)); diff != "" {
		t.Error(diff)
	}
}

func TestVoidingStaysInItsTenant(t *testing.T) {
	s, c := start(t)
	other := c.as(s.NewKey(t, "village", "all"))
	target := said("ada", "did", "a")
	c.post(target)
	other.post(voiding("eve", id(target)))
	c.want(200, "GET", "/statements?statementId="+id(target), nil)
}

func TestMentionsThatDoNotVoid(t *testing.T) {
	_, c := start(t)
	target := said("ada", "did", "a")
	c.post(target,
		said("bob", "commented", "", refTo(id(target))),
		said("bob", "planned", "", m{"object": m{"objectType": "SubStatement", "actor": agent("bob"), "verb": m{"id": voided},
			"object": m{"objectType": "StatementRef", "id": id(target)}}}))
	c.want(200, "GET", "/statements?statementId="+id(target), nil)
	// The verb voided with an object that is no StatementRef is refused.
	c.want(400, "POST", "/statements", c.encode(said("bob", "", "a", m{"verb": m{"id": voided}})))
}

func TestStatementRefs(t *testing.T) {
	_, c := start(t)
	target := said("ada", "did", "a", inContext(m{"registration": registration1}))
	one := said("bob", "commented", "", refTo(id(target)))
	two := said("carol", "commented", "", refTo(id(one)))
	three := said("dora", "commented", "", refTo(id(two)))
	mention := said("emil", "mentioned", "z", inContext(m{"statement": m{"objectType": "StatementRef", "id": id(target)}}))
	unrelated := said("emil", "commented", "", refTo(uuid.NewString()))
	n := names{
		id(target): "target", id(one): "one", id(two): "two", id(three): "three", id(mention): "mention", id(unrelated): "unrelated",
	}
	// In the worst order: each reference comes before what it points to.
	for _, s := range []any{three, two, one, mention, unrelated, target} {
		c.post(s)
	}
	chain := []string{"target", "one", "two", "three"} // newest first
	for _, q := range []struct {
		name  string
		query []string
		want  []string
	}{
		{"verb of the target", []string{"verb", verbID("did")}, chain},
		{"actor of the target", []string{"agent", agentText("ada")}, chain},
		{"activity of the target", []string{"activity", activityID("a")}, chain},
		{"activity of the target, related", []string{"activity", activityID("a"), "related_activities", "true"}, chain},
		{"registration of the target", []string{"registration", registration1}, chain},
		{"all of the target", []string{"agent", agentText("ada"), "verb", verbID("did"), "registration", registration1}, chain},
		{"one filter fits here, one there", []string{"agent", agentText("bob"), "verb", verbID("did")}, []string{}},
		{"a link of the chain", []string{"agent", agentText("bob")}, []string{"one", "two", "three"}},
		{"a link and its own verb", []string{"agent", agentText("bob"), "verb", verbID("commented")}, []string{"one", "two", "three"}},
		{"the end of the chain", []string{"agent", agentText("dora")}, []string{"three"}},
		{"context.statement does not count", []string{"agent", agentText("emil")}, []string{"unrelated", "mention"}},
		{"no filter", nil, []string{"target", "unrelated", "mention", "one", "two", "three"}},
	} {
		if diff := cmp.Diff(q.want, n.of(c.find(q.query...).ids(t))); diff != "" {
			t.Errorf("%s: %s", q.name, diff)
		}
		var paged []string
		for _, p := range c.pages(append(q.query, "limit", "1", "ascending", "true")...) {
			paged = append(paged, p...)
		}
		if diff := cmp.Diff(reversed(q.want), n.of(paged)); diff != "" {
			t.Errorf("%s, one by one: %s", q.name, diff)
		}
	}

	// since and until are held against the statement that points.
	at := func(s any) string {
		t.Helper()
		var got struct{ Stored string }
		c.decode(c.want(200, "GET", "/statements?statementId="+id(s), nil).body, &got)
		return got.Stored
	}
	if diff := cmp.Diff([]string{"one", "two"}, n.of(c.find("verb", verbID("did"), "since", at(three), "until", at(one)).ids(t))); diff != "" {
		t.Error(diff)
	}

	// A voided target still matches, and is itself not there.
	c.post(voiding("admin", id(target)))
	got := n.of(c.find("activity", activityID("a")).ids(t))
	if diff := cmp.Diff([]string{"", "one", "two", "three"}, got); diff != "" { // "" is the voiding statement
		t.Error(diff)
	}
}

func TestStatementRefsInACircle(t *testing.T) {
	_, c := start(t)
	a, b, d := uuid.NewString(), uuid.NewString(), uuid.NewString()
	itself := uuid.NewString()
	c.post(
		said("ada", "did", "", refTo(b), m{"id": a}),
		said("bob", "did", "", refTo(d), m{"id": b}),
		said("carol", "did", "", refTo(a), m{"id": d}),
		said("dora", "did", "", refTo(itself), m{"id": itself}))
	for _, who := range []string{"ada", "bob", "carol"} {
		if diff := cmp.Diff([]string{d, b, a}, c.find("agent", agentText(who)).ids(t)); diff != "" {
			t.Errorf("%s: %s", who, diff)
		}
	}
	if diff := cmp.Diff([]string{itself}, c.find("agent", agentText("dora")).ids(t)); diff != "" {
		t.Error(diff)
	}
}
