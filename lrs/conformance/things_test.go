package conformance

import (
	"regexp"
	"slices"

	"github.com/google/go-cmp/cmp"
)

func getAgent(agent m) func(c *client) request {
	return func(c *client) request {
		return request{method: "GET", path: "/agents", query: []string{"agent", string(c.encode(agent))}}
	}
}

func (c *client) person(agent m) m {
	c.Helper()
	r := c.want(200, getAgent(agent)(c))
	var person m
	c.decode(r.body, &person)
	if person["objectType"] != "Person" || r.header.Get("Content-Type") != "application/json" {
		c.Errorf("%s", r.body)
	}
	return person
}

// agentCases are about Comm 2.4 (2.0: 4.1.6.3).
var agentCases = []testcase{
	{"a Person has what was asked with, each in an array", "XAPI-00236 XAPI-00237 XAPI-00239 XAPI-00240 XAPI-00241 XAPI-00242 XAPI-00244 XAPI-00245 XAPI-00248", both, func(c *client) {
		name := unique("ada")
		for _, known := range []bool{false, true} {
			for kind, value := range map[string]any{
				"mbox": mbox(name), "mbox_sha1sum": hexDigits(name), "openid": "http://example.org/" + name, "account": accountOf(name),
			} {
				if known {
					c.store(statement(withActor(m{kind: value})))
				}
				if diff := cmp.Diff(m{"objectType": "Person", kind: list{value}}, c.person(m{kind: value})); diff != "" {
					c.Errorf("%s: %s", kind, diff)
				}
			}
		}
	}},
	{"a Person has names", "XAPI-00238 XAPI-00248", both, func(c *client) {
		ada := agent(unique("ada"))
		c.store(statement(withActor(merge(m{"name": "Ada"}, ada))))
		if diff := cmp.Diff(any(list{"Ada"}), c.person(ada)["name"]); diff != "" {
			c.Error(diff)
		}
	}},
	{"what is no Agent is refused", "XAPI-00243 XAPI-00249", both, func(c *client) {
		for _, query := range [][]string{
			nil, {"agent", ""}, {"agent", "ada"}, {"agent", "{}"}, {"agent", `[]`}, {"agent", `{"mbox":"ada@example.org"}`}, {"agent", `{"name":"Ada"}`},
			{"agent", `{"mbox":"mailto:a@example.org","openid":"http://example.org"}`}, {"agent", `{"account":{"name":"a"}}`}, {"agent", `{"objectType":"Group","mbox":"mailto:a@example.org"}`},
			{"agent", agentText("ada"), "foo", "bar"}, {"Agent", agentText("ada")}, {"agent", `{"mbox":"mailto:a@example.org","x":1}`},
		} {
			c.saysWhy(c.want(400, request{method: "GET", path: "/agents", query: query}))
		}
	}},
	{"HEAD is GET without a body", "XAPI-00125 XAPI-00126", both, func(c *client) {
		c.sameAsHead(getAgent(agent("ada"))(c))
		c.sameAsHead(request{method: "GET", path: "/agents"})
	}},
	{"other methods are not there", "XAPI-00236", both, func(c *client) {
		q := getAgent(agent("ada"))(c)
		for _, method := range []string{"PUT", "POST", "DELETE"} {
			q.method = method
			c.want(405, q)
		}
	}},
	{"Agents of the same name are different persons", "OWN-PERSONS", both, func(c *client) {
		name := unique("ada")
		one, two := m{"mbox": mbox(name), "name": "Ada"}, m{"account": accountOf(name), "name": "Ada"}
		hashed := m{"mbox_sha1sum": hexDigits(mbox(name)), "name": "Ada"}
		c.store(statement(withActor(one)), statement(withActor(two)), statement(withActor(hashed)))
		for _, a := range []m{one, two, hashed} {
			want := m{"objectType": "Person"}
			for kind, value := range a {
				want[kind] = list{value}
			}
			if diff := cmp.Diff(want, c.person(a)); diff != "" {
				c.Error(diff)
			}
			if found := c.found("agent", string(c.encode(a))); len(found) != 1 {
				c.Errorf("%v finds %q", a, found)
			}
		}
	}},
}

func getActivity(name string) request {
	return request{method: "GET", path: "/activities", query: []string{"activityId", name}}
}

// activityCases are about Comm 2.5 (2.0: 4.1.6.4).
var activityCases = []testcase{
	{"an Activity comes back complete", "XAPI-00251 XAPI-00252 XAPI-00253", both, func(c *client) {
		full := m{"objectType": "Activity", "id": courseID(unique("course")), "definition": m{
			"name": language("en", "Course"), "description": language("de", "Ein Kurs"), "type": "http://example.org/course", "moreInfo": "http://example.org/more",
			"interactionType": "choice", "correctResponsesPattern": list{"a"}, "choices": list{m{"id": "a", "description": language("en", "A")}},
			"extensions": m{"http://example.org/x": m{"y": list{"1", nil}}},
		}}
		c.store(statement(object(full)))
		var got m
		c.decode(c.want(200, getActivity(full["id"].(string))).body, &got)
		if diff := cmp.Diff(full, got); diff != "" {
			c.Error(diff)
		}
	}},
	{"what statements said of it comes together", "XAPI-00254", both, func(c *client) {
		name := courseID(unique("course"))
		as := func(definition m) m { return m{"id": name, "definition": definition} }
		c.store(statement(object(as(m{"name": language("en-GB", "Course"), "description": language("en-GB", "A course")}))))
		c.store(statement(object(as(m{"name": language("de-DE", "Kurs"), "type": "http://example.org/course"}))))
		c.store(statement(object(m{"id": name})))
		c.store(statement(contextActivities(m{"parent": as(m{"name": language("fr", "Cours")})})))
		for _, reader := range both.split() {
			var got m
			c.decode(c.under(reader).want(200, getActivity(name)).body, &got)
			want := m{"objectType": "Activity", "id": name, "definition": m{
				"name":        m{"en-GB": "Course", "de-DE": "Kurs", "fr": "Cours"},
				"description": language("en-GB", "A course"), "type": "http://example.org/course",
			}}
			if diff := cmp.Diff(want, got); diff != "" {
				c.Error(diff)
			}
		}
	}},
	{"an unknown Activity is its id", "V2-UNKNOWN-ACTIVITY", both, func(c *client) {
		for _, name := range []string{courseID(unique("course")), "urn:uuid:" + unusedID, "ispring://" + unique("x")} {
			var got m
			c.decode(c.want(200, getActivity(name)).body, &got)
			if diff := cmp.Diff(m{"objectType": "Activity", "id": name}, got); diff != "" {
				c.Error(diff)
			}
		}
	}},
	answers(400, "GET needs an activityId", "XAPI-00250", both,
		request{method: "GET", path: "/activities"}, getActivity(""), getActivity("one"), request{method: "GET", path: "/activities", query: []string{"ActivityId", courseID("one")}},
		request{method: "GET", path: "/activities", query: []string{"activityId", courseID("one"), "foo", "bar"}}),
	{"HEAD is GET without a body", "XAPI-00125 XAPI-00126", both, func(c *client) {
		c.sameAsHead(getActivity(courseID("one")))
		c.sameAsHead(getActivity("x"))
	}},
}

// aboutCases are about Comm 2.8 (2.0: 4.1.6.7).
var aboutCases = []testcase{
	{"about lists versions", "XAPI-00315 XAPI-00316 XAPI-00317 XAPI-00318 XAPI-00319", both, func(c *client) {
		var about struct{ Version []string }
		c.decode(c.want(200, request{method: "GET", path: "/about"}).body, &about)
		for _, want := range []string{"1.0.3", "2.0.0"} {
			if !slices.Contains(about.Version, want) {
				c.Errorf("%q lacks %s", about.Version, want)
			}
		}
		for _, version := range about.Version {
			if !regexp.MustCompile(`^(0\.9|0\.95|1\.0\.[0-9]+|2\.0\.[0-9]+)$`).MatchString(version) {
				c.Errorf("%s is no version", version)
			}
		}
	}},
	{"about needs neither version nor credentials", "XAPI-00321", both, func(c *client) {
		about := request{method: "GET", path: "/about"}
		c.want(200, about.with("X-Experience-API-Version", ""))
		c.want(200, about.with("X-Experience-API-Version", "").with("Authorization", ""))
		c.want(200, about.with("X-Experience-API-Version", "BAD"))
	}},
	{"every other resource needs a version", "XAPI-00321 XAPI-00331", both, func(c *client) {
		for _, path := range []string{"/statements", "/agents", "/activities"} {
			q := request{method: "GET", path: path, query: []string{"agent", agentText("ada")}}
			if path == "/activities" {
				q.query = []string{"activityId", courseID("one")}
			}
			c.want(200, q)
			for _, version := range []string{"", "0.9", "1.1.0"} {
				c.saysWhy(c.want(400, q.with("X-Experience-API-Version", version)))
			}
		}
	}},
	answers(400, "about knows no parameters", "XAPI-00324", both, request{method: "GET", path: "/about", query: []string{"foo", "bar"}}),
}
