package conformance

import (
	"strings"

	"github.com/google/go-cmp/cmp"
)

// dataCases are about the content of statements, as far as the rules' own
// examples (TestRules) do not say it.
var dataCases = []testcase{
	{"numbers come back as they were sent", "XAPI-00002", both, func(c *client) {
		numbers := `{"http://example.org/x":[0.1234567890123456,1.50e1,-0.0,3.4028235e38,1.17549435e-38,123456789012345678901234567890]}`
		s := statement()
		text := strings.TrimSuffix(string(c.encode(s)), "}") + `,"result":{"score":{"scaled":0.123456789,"raw":16777217.5},"extensions":` + numbers + `}}`
		c.want(200, post(text))
		for _, q := range []request{get("statementId", id(s)), get("statementId", id(s), "format", "exact")} {
			if r := c.want(200, q); !strings.Contains(string(r.body), numbers) || !strings.Contains(string(r.body), `"scaled":0.123456789,"raw":16777217.5`) {
				c.Errorf("%s", r.body)
			}
		}
	}},
	{"objects of every kind are taken and come back", "XAPI-00014", both, func(c *client) {
		objects := map[string]m{
			"Activity":              activity("one"),
			"Activity with no type": {"id": courseID("one"), "definition": m{"name": language("de", "Eins"), "moreInfo": "http://example.org/more", "extensions": m{"http://example.org/x": 1}}},
			"Agent":                 agent("ben"),
			"Agent by account":      {"objectType": "Agent", "account": accountOf("ben"), "name": "Ben"},
			"Agent by openid":       {"objectType": "Agent", "openid": "http://ben.example.org/"},
			"Agent by hash":         {"objectType": "Agent", "mbox_sha1sum": strings.Repeat("0f", 20)},
			"anonymous Group":       groupOf(agent("ben"), agent("cem")),
			"identified Group":      {"objectType": "Group", "account": accountOf("team"), "member": list{}},
			"Group without member":  {"objectType": "Group", "mbox": mbox("team")},
			"StatementRef":          refTo(unusedID),
			"SubStatement":          subStatement(without(statement(withResult(m{"success": true})), "id")),
			"choice": {"id": courseID("q"), "definition": m{"interactionType": "choice", "correctResponsesPattern": list{"a[,]b"},
				"choices": list{m{"id": "a", "description": language("en", "A")}, m{"id": "b"}}}},
			"matching": {"id": courseID("q"), "definition": m{"interactionType": "matching", "correctResponsesPattern": list{"a[.]1"},
				"source": list{m{"id": "a"}}, "target": list{m{"id": "1"}}}},
			"performance": {"id": courseID("q"), "definition": m{"interactionType": "performance", "steps": list{m{"id": "a"}}}},
			"likert":      {"id": courseID("q"), "definition": m{"interactionType": "likert", "scale": list{m{"id": "a"}}}},
			"numeric":     {"id": courseID("q"), "definition": m{"interactionType": "numeric", "correctResponsesPattern": list{"4[:]6"}}},
		}
		ids := map[string]string{}
		for name, o := range objects {
			ids[name] = c.store(statement(object(o)))[0]
		}
		for name, o := range objects {
			var want m
			c.decode(c.encode(o), &want)
			if diff := cmp.Diff(any(want), c.stored(ids[name])["object"]); diff != "" {
				c.Errorf("%s: %s", name, diff)
			}
		}
	}},
	{"context and result come back", "XAPI-00014", both, func(c *client) {
		s := statement(m{
			"context": m{
				"registration": unusedID, "instructor": agent("ina"), "team": groupOf(agent("ben")), "revision": "7", "platform": "Portal",
				"language": "de-AT", "statement": refTo(unusedID), "extensions": m{"http://example.org/x": m{"a": nil}},
				"contextActivities": m{"parent": list{activity("p")}, "grouping": list{activity("g")}, "category": list{activity("c")}, "other": list{activity("o")}},
			},
			"result": m{"score": m{"scaled": 1, "raw": 5, "min": 0, "max": 5}, "success": true, "completion": false, "response": "", "duration": "PT1H0M0.50S"},
		})
		c.store(s)
		var want m
		c.decode(c.encode(s), &want)
		got := c.stored(id(s))
		if diff := cmp.Diff(list{want["context"], want["result"]}, list{got["context"], got["result"]}); diff != "" {
			c.Error(diff)
		}
	}},
	answers(400, "bodies that are no statements are refused", "XAPI-00014", both,
		post(""), post("{"), post("[]x"), post("7"), post(`"text"`), post("null"), post("[null]"), post("{'actor':1}"), post("[[]]"), post("{}")),
	{"a text is UTF-8 and comes back as it was sent", "XAPI-00015", both, func(c *client) {
		const text = "Grüße, Ελλάδα, 日本, 🎓"
		s := statement(withResult(m{"response": text}))
		c.want(200, request{method: "POST", path: "/statements", body: s, headers: []string{"Content-Type", "application/json; charset=utf-8"}})
		if got := c.stored(id(s))["result"].(m)["response"]; got != text {
			c.Errorf("%s", got)
		}
		c.want(400, post(strings.Replace(string(c.encode(statement(withResult(m{"response": "x?x"})))), "x?x", "x\xffx", 1)))
	}},
	{"an id is made where there is none", "XAPI-00026", both, func(c *client) {
		ids := c.store(without(statement(), "id"), without(statement(), "id"))
		if ids[0] == ids[1] {
			c.Error("the same id twice")
		}
		for _, made := range ids {
			if got := c.stored(made); !uuidForm.MatchString(made) || got["id"] != made {
				c.Errorf("%s: %v", made, got)
			}
		}
	}},
	answers(400, "an Agent or a Group as object says what it is", "XAPI-00065", both,
		post(without(statement(object(m{"mbox": mbox("ben")})), "id")),
		post(without(statement(object(m{"account": accountOf("ben"), "name": "Ben"})), "id")),
		post(without(statement(object(m{"member": list{agent("ben")}})), "id"))),
	{"Context Activities are answered as arrays", "XAPI-00096", both, func(c *client) {
		var s, sub []m
		keys := []string{"parent", "grouping", "category", "other"}
		for _, key := range keys {
			alone := contextActivities(m{key: activity("p")})
			s, sub = append(s, statement(alone)), append(sub, statement(object(subStatement(without(statement(alone), "id")))))
		}
		c.store(append(s, sub...)...)
		for i, key := range keys {
			for _, form := range []string{"exact", "ids", "canonical"} {
				got := c.stored(id(s[i]), "format", form)
				nested := c.stored(id(sub[i]), "format", form)["object"].(m)
				for _, holder := range []m{got, nested} {
					values, ok := holder["context"].(m)["contextActivities"].(m)[key].(list)
					if !ok || len(values) != 1 || values[0].(m)["id"] != courseID("p") {
						c.Errorf("%s as %s: %v", key, form, holder["context"])
					}
				}
			}
		}
	}},
	{"the server says what stored and authority are", "XAPI-00023 XAPI-00097 XAPI-00099", both, func(c *client) {
		forged := statement(m{"stored": "2001-01-01T00:00:00Z", "authority": agent("mayor")})
		plain := statement()
		c.store(forged, plain)
		for _, s := range []m{forged, plain} {
			got := c.stored(id(s))
			want := m{"objectType": "Agent", "account": m{"homePage": "http://lernspur.local", "name": c.key}}
			if diff := cmp.Diff(any(want), got["authority"]); diff != "" {
				c.Error(diff)
			}
			if at := c.instant(got["stored"]); at.Year() < 2020 {
				c.Errorf("stored %v", at)
			}
		}
	}},
	answers(400, "an identified Group is no authority", "XAPI-00098 XAPI-00100", both,
		post(without(statement(m{"authority": m{"objectType": "Group", "mbox": mbox("g"), "member": list{agent("a"), agent("b")}}}), "id")),
		post(without(statement(m{"authority": groupOf(agent("a"), agent("b"), agent("c"))}), "id")),
		post(without(statement(m{"authority": groupOf(agent("a"))}), "id"))),
	{"extensions hold anything", "XAPI-00119", both, func(c *client) {
		for _, value := range []any{nil, "", m{}, list{}, false, 0, m{"a": nil, "b": list{nil, ""}}} {
			for _, where := range []m{
				context(m{"extensions": m{"http://example.org/x": value}}),
				withResult(m{"extensions": m{"http://example.org/x": value}}),
				object(m{"id": courseID("x"), "definition": m{"extensions": m{"http://example.org/x": value}}}),
			} {
				s := statement(where)
				c.want(204, put(id(s), s))
				c.store(statement(where))
			}
		}
		s := statement(withResult(m{"extensions": m{"http://example.org/x": nil}}))
		c.store(s)
		if value, there := c.stored(id(s))["result"].(m)["extensions"].(m)["http://example.org/x"]; !there || value != nil {
			c.Errorf("null came back as %v", value)
		}
	}},
	{"IRIs are compared as they are written", "V2-IRI-COMPARISON", both, func(c *client) {
		base := "http://example.org/" + unique("iri")
		names := []string{base + "/a", base + "/A", base + "/%61", base + "/./a", base + "/a/"}
		for _, name := range names {
			c.store(statement(object(m{"id": name})))
		}
		for _, name := range names {
			if found := c.found("activity", name); len(found) != 1 || c.stored(found[0])["object"].(m)["id"] != name {
				c.Errorf("%s: %q", name, found)
			}
		}
	}},
	answers(400, "properties that nobody knows are refused everywhere", "V2-ADDITIONAL", both,
		post(without(statement(m{"dummy": "x"}), "id")),
		post(without(statement(withActor(m{"mbox": mbox("ada"), "dummy": "x"})), "id")),
		post(without(statement(m{"verb": m{"id": verbID("did"), "dummy": "x"}}), "id")),
		post(without(statement(withResult(m{"dummy": "x"})), "id")),
		post(without(statement(context(m{"dummy": "x"})), "id")),
		post(without(statement(object(m{"id": courseID("one"), "definition": m{"dummy": "x"}})), "id"))),
	answers(400, "one id stands once in a request", "V2-BATCH-IDS", both,
		post(list{statement(m{"id": unusedID}), statement(m{"id": unusedID})}),
		post(list{statement(m{"id": unusedID}), statement(), statement(m{"id": strings.ToUpper(unusedID)})})),
}
