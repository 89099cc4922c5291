package conformance

import (
	"encoding/json"

	"github.com/google/uuid"
)

// m is a JSON object, list a JSON array.
type (
	m    = map[string]any
	list = []any
)

const voided = "http://adlnet.gov/expapi/verbs/voided"

// unique is a name that no other case uses.
func unique(name string) string { return name + "-" + uuid.NewString() }

func agent(who string) m           { return m{"objectType": "Agent", "mbox": mbox(who)} }
func mbox(who string) string       { return "mailto:" + who + "@example.org" }
func agentText(who string) string  { return `{"mbox":"` + mbox(who) + `"}` }
func verbID(name string) string    { return "http://example.org/verbs/" + name }
func courseID(name string) string  { return "http://example.org/courses/" + name }
func activity(name string) m       { return m{"objectType": "Activity", "id": courseID(name)} }
func refTo(id string) m            { return m{"objectType": "StatementRef", "id": id} }
func id(statement m) string        { return statement["id"].(string) }
func language(tag, text string) m  { return m{tag: text} }
func groupOf(members ...any) m     { return m{"objectType": "Group", "member": members} }
func subStatement(properties m) m  { return merge(m{"objectType": "SubStatement"}, properties) }
func context(properties m) m       { return m{"context": properties} }
func object(properties m) m        { return m{"object": properties} }
func contextActivities(of m) m     { return context(m{"contextActivities": of}) }
func contextAgent(agent m) m       { return m{"objectType": "contextAgent", "agent": agent} }
func contextGroup(group m) m       { return m{"objectType": "contextGroup", "group": group} }
func voiding(target string) m      { return statement(object(refTo(target)), m{"verb": m{"id": voided}}) }
func withVerb(verb string) m       { return m{"verb": m{"id": verbID(verb)}} }
func withActor(actor m) m          { return m{"actor": actor} }
func timestamped(text string) m    { return m{"timestamp": text} }
func withResult(properties m) m    { return m{"result": properties} }
func registration(text string) m   { return context(m{"registration": text}) }
func accountOf(name string) m      { return m{"homePage": "http://hr.example.org", "name": name} }
func post(body any) request        { return request{method: "POST", path: "/statements", body: body} }
func get(query ...string) request  { return request{method: "GET", path: "/statements", query: query} }
func head(query ...string) request { return request{method: "HEAD", path: "/statements", query: query} }

func put(id string, body any) request {
	return request{method: "PUT", path: "/statements", query: []string{"statementId", id}, body: body}
}

// statement is a plain statement with an id of its own; more properties replace
// those or come besides.
func statement(more ...m) m {
	s := m{
		"id":     uuid.NewString(),
		"actor":  agent("ada"),
		"verb":   m{"id": verbID("did"), "display": language("en", "did")},
		"object": activity("one"),
	}
	return merge(s, more...)
}

// without is a statement without some of its properties.
func without(s m, names ...string) m {
	s = merge(m{}, s)
	for _, name := range names {
		delete(s, name)
	}
	return s
}

// merge puts all properties of the later objects over the first.
func merge(first m, others ...m) m {
	for _, other := range others {
		for name, value := range other {
			first[name] = value
		}
	}
	return first
}

// store posts statements in one request and returns their ids.
func (c *client) store(statements ...m) []string {
	c.Helper()
	var ids []string
	c.decode(c.want(200, post(statements)).body, &ids)
	if len(ids) != len(statements) {
		c.Fatalf("%d ids for %d statements", len(ids), len(statements))
	}
	return ids
}

// stored reads a statement by its id.
func (c *client) stored(id string, query ...string) m {
	c.Helper()
	var s m
	c.decode(c.want(200, get(append([]string{"statementId", id}, query...)...)).body, &s)
	return s
}

// page is a StatementResult.
type page struct {
	Statements []json.RawMessage `json:"statements"`
	More       *string           `json:"more"`
}

// find runs one query, given as pairs, and returns its first page.
func (c *client) find(query ...string) page {
	c.Helper()
	return c.page(get(query...))
}

func (c *client) page(q request) page {
	c.Helper()
	var p page
	c.decode(c.want(200, q).body, &p)
	if p.Statements == nil || p.More == nil {
		c.Fatalf("no StatementResult for %q", q.query)
	}
	return p
}

// ids are the ids of a page, in its order.
func (c *client) ids(p page) []string {
	c.Helper()
	found := []string{}
	for _, raw := range p.Statements {
		var s struct{ ID string }
		c.decode(raw, &s)
		found = append(found, s.ID)
	}
	return found
}

// found are the ids that a query finds, page by page to the end.
func (c *client) found(query ...string) []string {
	c.Helper()
	p := c.find(query...)
	all := c.ids(p)
	for *p.More != "" {
		p = c.page(request{method: "GET", path: *p.More})
		all = append(all, c.ids(p)...)
	}
	return all
}
