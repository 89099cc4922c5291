package conformance

import (
	"crypto/sha1"
	"encoding/hex"
	"strings"

	"github.com/google/go-cmp/cmp"
)

// hexDigits is what the SHA-1 of a text is written as.
func hexDigits(text string) string {
	sum := sha1.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

// worded is a statement whose texts are there in two languages. Nobody else
// speaks of its activities: canonical answers with what all have said.
func worded() m {
	in := func(english, german string) m { return m{"en-GB": english, "de-DE": german} }
	return statement(
		withActor(m{"objectType": "Group", "name": "Club", "member": list{m{"objectType": "Agent", "name": "Ada", "mbox": mbox("ada")}}}),
		m{"verb": m{"id": verbID("did"), "display": in("did", "tat")}},
		object(m{"objectType": "Activity", "id": courseID("worded"), "definition": m{
			"name": in("Course", "Kurs"), "description": in("A course", "Ein Kurs"), "type": "http://example.org/course",
		}}),
		contextActivities(m{"parent": list{m{"objectType": "Activity", "id": courseID("worded-parent"), "definition": m{"name": in("Parent", "Eltern")}}}}),
	)
}

// formatCases are about the parameter format: Comm 2.1.3 (2.0: 4.1.6.1).
var formatCases = []testcase{
	{"exact, and no format, is what was sent", "XAPI-00168 XAPI-00170", both, func(c *client) {
		s := worded()
		c.store(s)
		var want m
		c.decode(c.encode(s), &want)
		for _, query := range [][]string{nil, {"format", "exact"}} {
			for _, language := range []string{"", "de"} {
				got := c.formatted(s, language, query...)
				for _, added := range []string{"stored", "timestamp", "authority", "version"} {
					delete(got, added)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					c.Errorf("%q: %s", query, diff)
				}
			}
		}
	}},
	{"canonical is one language each", "XAPI-00169 XAPI-00172", both, func(c *client) {
		s := worded()
		c.store(s)
		for accepted, tag := range map[string]string{
			"de-DE": "de-DE", "de": "de-DE", "en-GB": "en-GB", "en": "en-GB", "de;q=0.3, en;q=0.9": "en-GB", "fr, de;q=0.5": "de-DE",
		} {
			got := c.formatted(s, accepted, "format", "canonical")
			parent := got["context"].(m)["contextActivities"].(m)["parent"].(list)[0].(m)
			definition := got["object"].(m)["definition"].(m)
			for _, texts := range []any{got["verb"].(m)["display"], definition["name"], definition["description"], parent["definition"].(m)["name"]} {
				if texts := texts.(m); len(texts) != 1 || texts[tag] == nil {
					c.Errorf("%s: %v, want %s alone", accepted, texts, tag)
				}
			}
		}
		got := c.formatted(s, "", "format", "canonical")
		if texts := got["verb"].(m)["display"].(m); len(texts) != 1 {
			c.Errorf("without Accept-Language: %v", texts)
		}
	}},
	{"ids is what identifies", "XAPI-00171", both, func(c *client) {
		s := worded()
		c.store(s)
		got := c.formatted(s, "", "format", "ids")
		delete(got["actor"].(m), "objectType")
		for _, thing := range []any{got["actor"].(m)["member"].(list)[0], got["object"], got["context"].(m)["contextActivities"].(m)["parent"].(list)[0]} {
			delete(thing.(m), "objectType")
		}
		want := m{
			"actor":   m{"member": list{m{"mbox": mbox("ada")}}},
			"verb":    m{"id": verbID("did")},
			"object":  m{"id": courseID("worded")},
			"context": m{"contextActivities": m{"parent": list{m{"id": courseID("worded-parent")}}}},
		}
		if diff := cmp.Diff(want, m{"actor": got["actor"], "verb": got["verb"], "object": got["object"], "context": got["context"]}); diff != "" {
			c.Error(diff)
		}
	}},
	{"ids of an identified Group is its identifier", "XAPI-00171", both, func(c *client) {
		s := statement(withActor(m{"objectType": "Group", "name": "Club", "account": accountOf("club"), "member": list{m{"name": "Ada", "mbox": mbox("ada")}}}))
		c.store(s)
		if diff := cmp.Diff(any(m{"objectType": "Group", "account": m{"homePage": "http://hr.example.org", "name": "club"}}), c.formatted(s, "", "format", "ids")["actor"]); diff != "" {
			c.Error(diff)
		}
	}},
	{"further pages keep the format", "XAPI-00111 XAPI-00172", both, func(c *client) {
		verb := verbID(unique("verb"))
		s := worded()
		s["verb"].(m)["id"] = verb
		c.store(s, merge(m{}, s, m{"id": id(statement())}), merge(m{}, s, m{"id": id(statement())}))
		q := get("verb", verb, "limit", "1", "format", "canonical")
		q.headers = []string{"Accept-Language", "de"}
		for range 3 {
			p := c.page(q)
			if !strings.Contains(string(p.Statements[0]), "Kurs") || strings.Contains(string(p.Statements[0]), "Course") {
				c.Errorf("%s", p.Statements[0])
			}
			q = request{method: "GET", path: *p.More}
		}
	}},
	answers(400, "other formats are refused", "XAPI-00012", both,
		get("format", "all"), get("format", "Exact"), get("format", ""), get("format", "ids", "format", "exact")),
}

// formatted reads a statement in a format, alone and in a list, which have to
// agree.
func (c *client) formatted(s m, language string, query ...string) m {
	c.Helper()
	q := get(append([]string{"statementId", id(s)}, query...)...)
	q.headers = []string{"Accept-Language", language}
	var alone, listed m
	c.decode(c.want(200, q).body, &alone)
	at := alone["stored"].(string)
	q = get(append([]string{"until", at, "limit", "1"}, query...)...)
	q.headers = []string{"Accept-Language", language}
	c.decode(c.page(q).Statements[0], &listed)
	if diff := cmp.Diff(alone, listed); diff != "" {
		c.Errorf("alone and in a list: %s", diff)
	}
	return alone
}
