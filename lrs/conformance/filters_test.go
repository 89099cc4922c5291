package conformance

import (
	"slices"
	"time"
)

// filterCases are about the parameters of GET: Comm 2.1.3 (2.0: 4.1.6.1).
var filterCases = []testcase{
	{"agent is who acts or is acted upon", "XAPI-00181 XAPI-00164", both, func(c *client) {
		ada, ben := unique("ada"), unique("ben")
		acts := statement(withActor(agent(ada)))
		isObject := statement(object(agent(ada)))
		inGroup := statement(withActor(groupOf(agent(ada), agent(ben))))
		elsewhere := statement(context(m{"instructor": agent(ada)}))
		nested := statement(object(subStatement(without(statement(withActor(agent(ada))), "id"))))
		c.store(acts, isObject, inGroup, elsewhere, nested)
		want := []string{id(acts), id(isObject), id(inGroup)}
		c.same(want, c.found("agent", agentText(ada), "ascending", "true"))
		// How the Agent is written, and its name, make no difference.
		c.same(want, c.found("agent", `{"name":"X","objectType":"Agent","mbox":"`+mbox(ada)+`"}`, "ascending", "true"))
		c.same([]string{id(inGroup)}, c.found("agent", agentText(ben), "ascending", "true"))
		c.same([]string{}, c.found("agent", agentText(unique("cem"))))
	}},
	{"agent by every identifier", "XAPI-00181", both, func(c *client) {
		name := unique("ada")
		for _, a := range []m{
			{"account": accountOf(name)}, {"openid": "http://example.org/" + name}, {"mbox": mbox(name)}, {"mbox_sha1sum": hexDigits(name)},
		} {
			s := statement(withActor(a))
			c.store(s)
			c.same([]string{id(s)}, c.found("agent", string(c.encode(a))))
			g := statement(withActor(merge(m{"objectType": "Group", "member": list{agent(unique("x"))}}, a)))
			c.store(g)
			if found := c.found("agent", string(c.encode(merge(m{"objectType": "Group"}, a)))); !slices.Contains(found, id(g)) {
				c.Errorf("%v: %q", a, found)
			}
		}
	}},
	{"related_agents looks everywhere", "XAPI-00176", both, func(c *client) {
		ada := unique("ada")
		in := []m{
			statement(withActor(agent(ada))),
			statement(withActor(groupOf(agent(ada)))),
			statement(object(agent(ada))),
			statement(object(groupOf(agent(ada)))),
			statement(context(m{"instructor": agent(ada)})),
			statement(context(m{"team": groupOf(agent(ada))})),
			statement(object(subStatement(without(statement(withActor(agent(ada))), "id")))),
			statement(object(subStatement(without(statement(object(agent(ada))), "id")))),
			statement(object(subStatement(without(statement(context(m{"instructor": agent(ada)})), "id")))),
			statement(object(subStatement(without(statement(context(m{"team": groupOf(agent(ada))})), "id")))),
		}
		c.store(in...)
		c.same(idsOf(in), c.found("agent", agentText(ada), "related_agents", "true", "ascending", "true"))
		c.same(idsOf(in[:4]), c.found("agent", agentText(ada), "related_agents", "false", "ascending", "true"))
	}},
	{"related_agents looks at the authority", "XAPI-00176", both, func(c *client) {
		other := c.as("all")
		s := statement()
		other.store(s)
		authority := string(c.encode(c.stored(id(s))["authority"]))
		c.same([]string{id(s)}, c.found("agent", authority, "related_agents", "true"))
		c.same([]string{}, c.found("agent", authority))
	}},
	{"related_agents looks at contextAgents and contextGroups", "OWN-RELATED-CONTEXT-AGENTS V2-CONTEXT-AGENTS V2-CONTEXT-GROUPS", v2, func(c *client) {
		ada, team := unique("ada"), m{"objectType": "Group", "account": accountOf(unique("team"))}
		types := m{"relevantTypes": list{"http://example.org/roles/tutor"}}
		in := []m{
			statement(context(m{"contextAgents": list{contextAgent(agent(unique("x"))), merge(contextAgent(agent(ada)), types)}})),
			statement(context(m{"contextGroups": list{merge(contextGroup(merge(m{"member": list{agent(ada)}}, team)), types)}})),
			statement(object(subStatement(without(statement(context(m{"contextAgents": list{contextAgent(agent(ada))}})), "id")))),
			statement(object(subStatement(without(statement(context(m{"contextGroups": list{contextGroup(groupOf(agent(ada)))}})), "id")))),
		}
		c.store(in...)
		c.same(idsOf(in), c.found("agent", agentText(ada), "related_agents", "true", "ascending", "true"))
		c.same([]string{}, c.found("agent", agentText(ada)))
		c.same(idsOf(in[1:2]), c.found("agent", string(c.encode(team)), "related_agents", "true"))
		// They are found and answered under the other edition too.
		c.same(idsOf(in), c.under(v1).found("agent", agentText(ada), "related_agents", "true", "ascending", "true"))
	}},
	{"verb", "XAPI-00180 XAPI-00164", both, func(c *client) {
		verb := unique("verb")
		s := statement(withVerb(verb))
		c.store(s, statement(withVerb(verb+"x")), statement(object(subStatement(without(statement(withVerb(verb)), "id")))))
		c.same([]string{id(s)}, c.found("verb", verbID(verb)))
		c.same([]string{}, c.found("verb", verbID(verb)+"/"))
	}},
	{"activity is the object", "XAPI-00179 XAPI-00164", both, func(c *client) {
		course := unique("course")
		s := statement(object(activity(course)))
		c.store(s, statement(contextActivities(m{"parent": activity(course)})), statement(object(subStatement(without(statement(object(activity(course))), "id")))))
		c.same([]string{id(s)}, c.found("activity", courseID(course)))
		c.same([]string{}, c.found("activity", courseID(course)+"x"))
	}},
	{"related_activities looks everywhere", "XAPI-00177", both, func(c *client) {
		course := unique("course")
		in := []m{statement(object(activity(course)))}
		for _, key := range []string{"parent", "grouping", "category", "other"} {
			in = append(in,
				statement(contextActivities(m{key: list{activity(unique("x")), activity(course)}})),
				statement(object(subStatement(without(statement(contextActivities(m{key: activity(course)})), "id")))))
		}
		in = append(in, statement(object(subStatement(without(statement(object(activity(course))), "id")))))
		c.store(in...)
		c.same(idsOf(in), c.found("activity", courseID(course), "related_activities", "true", "ascending", "true"))
		c.same(idsOf(in[:1]), c.found("activity", courseID(course), "related_activities", "false"))
	}},
	{"registration", "XAPI-00178 XAPI-00164", both, func(c *client) {
		text := id(statement())
		s := statement(registration(text))
		c.store(s, statement(registration(id(statement()))))
		c.same([]string{id(s)}, c.found("registration", text))
	}},
	{"since is after, until is at or before", "XAPI-00174 XAPI-00175 XAPI-00164", both, func(c *client) {
		verb := verbID(unique("verb"))
		var all []string
		for range 3 {
			all = append(all, c.store(statement(m{"verb": m{"id": verb}}))...)
		}
		at := c.stored(all[1])["stored"].(string)
		find := func(pairs ...string) []string {
			return c.found(append(pairs, "verb", verb, "ascending", "true")...)
		}
		c.same(all[2:], find("since", at))
		c.same(all[:2], find("until", at))
		c.same(all[1:2], find("since", c.stored(all[0])["stored"].(string), "until", at))
		c.same([]string{}, find("since", at, "until", at))
		c.same(all, find("since", "2001-01-01T00:00:00Z", "until", "2101-01-01T00:00:00Z"))
		// The same instant in another zone.
		c.same(all[2:], find("since", c.instant(at).In(time.FixedZone("", 5*3600+1800)).Format(time.RFC3339Nano)))
	}},
	{"filters narrow together", "XAPI-00164", both, func(c *client) {
		ada, verb, course, reg := unique("ada"), unique("verb"), unique("course"), id(statement())
		full := []m{withActor(agent(ada)), withVerb(verb), object(activity(course)), registration(reg)}
		s := statement(full...)
		others := []m{s}
		for i := range full { // each lacks one
			others = append(others, statement(slices.Concat(full[:i], full[i+1:])...))
		}
		c.store(others...)
		c.same([]string{id(s)}, c.found("agent", agentText(ada), "verb", verbID(verb), "activity", courseID(course), "registration", reg))
	}},
}

// referenceCases are about filters that follow StatementRefs (Comm 2.1.3).
var referenceCases = []testcase{
	{"a chain of references is followed", "OWN-REF-CHAINS", both, func(c *client) {
		verb := unique("verb")
		s := statement(withVerb(verb))
		first := statement(object(refTo(id(s))))
		second := statement(object(refTo(id(first))))
		third := statement(object(refTo(id(second))))
		c.store(third) // before what it refers to
		c.store(s, second)
		c.store(first)
		c.same([]string{id(third), id(s), id(second), id(first)}, c.found("verb", verbID(verb), "ascending", "true"))
		at := c.stored(id(s))["stored"].(string)
		c.same([]string{id(second), id(first)}, c.found("verb", verbID(verb), "ascending", "true", "since", at))
		c.same([]string{id(third), id(s)}, c.found("verb", verbID(verb), "ascending", "true", "until", at))
		c.same([]string{id(third), id(s), id(second), id(first)}, c.found("verb", verbID(verb), "ascending", "true", "limit", "1"))
	}},
	{"every filter follows references", "OWN-REF-CHAINS", both, func(c *client) {
		ada, verb, course, reg := unique("ada"), unique("verb"), unique("course"), id(statement())
		s := statement(withActor(agent(ada)), withVerb(verb), object(activity(course)),
			context(m{"registration": reg, "instructor": agent("i" + ada), "contextActivities": m{"parent": activity("p" + course)}}))
		ref := statement(object(refTo(id(s))))
		c.store(s, ref)
		for _, query := range [][]string{
			{"agent", agentText(ada)}, {"verb", verbID(verb)}, {"activity", courseID(course)}, {"registration", reg},
			{"agent", agentText("i" + ada), "related_agents", "true"}, {"activity", courseID("p" + course), "related_activities", "true"},
			{"agent", agentText(ada), "verb", verbID(verb), "activity", courseID(course), "registration", reg},
		} {
			c.same([]string{id(ref), id(s)}, c.found(query...))
		}
	}},
	{"references in a circle end", "OWN-REF-CHAINS", both, func(c *client) {
		a, b := statement(), statement()
		verb := unique("verb")
		a = merge(a, object(refTo(id(b))), withVerb(verb))
		b = merge(b, object(refTo(id(a))))
		c.store(a, b)
		c.same([]string{id(b), id(a)}, c.found("verb", verbID(verb)))
	}},
	{"a statement in the context is no reference", "OWN-CONTEXT-REF", both, func(c *client) {
		verb := unique("verb")
		s := statement(withVerb(verb))
		c.store(s, statement(context(m{"statement": refTo(id(s))})))
		c.same([]string{id(s)}, c.found("verb", verbID(verb)))
	}},
}

func idsOf(statements []m) []string {
	ids := []string{}
	for _, s := range statements {
		ids = append(ids, id(s))
	}
	return ids
}
