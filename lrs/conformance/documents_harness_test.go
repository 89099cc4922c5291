package conformance

import "strings"

// shelf is a resource for documents, and how a document is named there.
type shelf struct {
	name   string
	path   string
	idName string
	state  bool
	params []string // that are required beside the id
	// ids of the requirements that each topic of documentCases is about
	of map[string]string
}

var shelves = []shelf{
	{"state", "/activities/state", "stateId", true, []string{"activityId", "agent"}, map[string]string{
		"crud": "XAPI-00187 XAPI-00188 XAPI-00189 XAPI-00190 XAPI-00191 XAPI-00192 XAPI-00216 XAPI-00217 XAPI-00230 XAPI-00231", "ids": "XAPI-00193",
		"since": "XAPI-00195 XAPI-00221 XAPI-00204", "agent": "XAPI-00196 XAPI-00197 XAPI-00198 XAPI-00199", "new": "XAPI-00233", "merge": "XAPI-00234",
		"missing": "XAPI-00206 XAPI-00207 XAPI-00208 XAPI-00209 XAPI-00210 XAPI-00211 XAPI-00212 XAPI-00213 XAPI-00214 XAPI-00215",
		"object":  "XAPI-00229", "type": "XAPI-00232", "json": "XAPI-00235",
	}},
	{"agent profile", "/agents/profile", "profileId", false, []string{"agent"}, map[string]string{
		"crud": "XAPI-00259 XAPI-00269 XAPI-00271 XAPI-00272 XAPI-00273 XAPI-00274 XAPI-00282 XAPI-00283", "ids": "XAPI-00270", "since": "XAPI-00275 XAPI-00268 XAPI-00260",
		"agent": "XAPI-00255 XAPI-00256 XAPI-00257 XAPI-00258", "missing": "XAPI-00261 XAPI-00262 XAPI-00263 XAPI-00264 XAPI-00265 XAPI-00266 XAPI-00267",
		"new": "XAPI-00280", "merge": "XAPI-00279", "object": "XAPI-00281", "type": "XAPI-00278", "json": "XAPI-00284",
	}},
	{"activity profile", "/activities/profile", "profileId", false, []string{"activityId"}, map[string]string{
		"crud": "XAPI-00285 XAPI-00286 XAPI-00287 XAPI-00288 XAPI-00290 XAPI-00291 XAPI-00292 XAPI-00293 XAPI-00311 XAPI-00312", "ids": "XAPI-00289",
		"since": "XAPI-00294 XAPI-00303 XAPI-00295", "agent": "", "missing": "XAPI-00296 XAPI-00297 XAPI-00298 XAPI-00299 XAPI-00300 XAPI-00301 XAPI-00302",
		"new": "XAPI-00310", "merge": "XAPI-00308", "object": "XAPI-00313", "type": "XAPI-00309", "json": "XAPI-00314",
	}},
}

// place is where documents of a case are, which no other case knows.
type place struct {
	shelf
	values map[string]string
}

func (s shelf) place() place {
	p := place{s, map[string]string{}}
	for _, name := range s.params {
		p.values[name] = map[string]string{"agent": agentText(unique("ada")), "activityId": courseID(unique("course"))}[name]
	}
	return p
}

// all is a request about the place as a whole; id, one about a document.
func (p place) all(method string) request {
	q := request{method: method, path: p.path}
	for _, name := range p.params {
		q.query = append(q.query, name, p.values[name])
	}
	if p.values["registration"] != "" {
		q.query = append(q.query, "registration", p.values["registration"])
	}
	return q
}

func (p place) one(method, id string) request {
	q := p.all(method)
	q.query = append(q.query, p.idName, id)
	return q
}

// of has the parameter with another value; without one it is not sent.
func (q request) of(name, value string) request {
	var query []string
	for i := 0; i < len(q.query); i += 2 {
		if q.query[i] != name {
			query = append(query, q.query[i], q.query[i+1])
		}
	}
	if value != "" {
		query = append(query, name, value)
	}
	q.query = query
	return q
}

func (q request) sends(contentType string, body any) request {
	q.body = body
	return q.with("Content-Type", contentType)
}

// fresh stores a document where there is none.
func (c *client) fresh(p place, id, contentType string, body any) {
	c.Helper()
	c.want(204, p.one("PUT", id).sends(contentType, body).with("If-None-Match", "*"))
}

// document reads a document that has to be there.
func (c *client) document(p place, id string) result {
	c.Helper()
	return c.want(200, p.one("GET", id))
}

// holds compares the content of a JSON document.
func (c *client) holds(p place, id, want string) {
	c.Helper()
	var a, b any
	got := c.document(p, id)
	c.decode(got.body, &a)
	c.decode([]byte(want), &b)
	if x, y := string(c.encode(a)), string(c.encode(b)); x != y || !strings.HasPrefix(got.header.Get("Content-Type"), "application/json") {
		c.Errorf("%s holds %s, want %s", id, got.body, want)
	}
}

// listed are the ids of a place.
func (c *client) listed(p place, query ...string) []string {
	c.Helper()
	q := p.all("GET")
	q.query = append(q.query, query...)
	var ids []string
	c.decode(c.want(200, q).body, &ids)
	return ids
}
