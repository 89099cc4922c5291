package lrs_test

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"lernspur/directory"
	"lernspur/lrs"
	"lernspur/lrs/lrstest"
)

// leniently starts an endpoint whose default tenant uses the lenient one too,
// and returns a client of each.
func leniently(t *testing.T) (s *lrstest.Server, strict, lenient *client) {
	t.Helper()
	s = lrstest.Start(t, lrstest.Options{LRS: func(o *lrs.Options) {
		o.LenientTenants = []string{directory.DefaultTenant}
		o.CORSOrigins = []string{"https://content.example"}
	}})
	strict = clientOf(t, s)
	other := *strict
	other.endpoint = s.Root + lrs.LenientBase
	return s, strict, &other
}

// api asks our own API.
func (c *client) api(status int, path string) result {
	c.Helper()
	own := *c
	own.endpoint = strings.TrimSuffix(strings.TrimSuffix(c.endpoint, lrs.LenientBase), lrs.Base)
	return own.want(status, "GET", path, nil)
}

func TestLenientIsOff(t *testing.T) {
	s, c := start(t)
	for _, path := range []string{"", "/statements", "/about", "/nothing"} {
		r := (&client{T: t, endpoint: s.Root + lrs.LenientBase, key: s.Key, secret: s.Secret, version: "1.0.3"}).want(404, "GET", path, nil)
		if !strings.Contains(string(r.body), "not switched on") {
			t.Errorf("%s: %s", path, r.body)
		}
	}
	c.want(404, "GET", "-lenience/statements", nil)
}

func TestLenientIsPerTenant(t *testing.T) {
	s, _, c := leniently(t)
	key, secret := s.NewKey(t, "village", directory.ScopeAll)
	for _, method := range []string{"GET", "POST", "PUT"} {
		if r := c.as(key, secret).want(404, method, "/statements", []byte(`{}`)); !strings.Contains(string(r.body), "for this tenant") {
			t.Errorf("%s: %s", method, r.body)
		}
	}
	c.as(key, "wrong").want(401, "GET", "/statements", nil)
	c.want(404, "GET", "/nothing", nil)
	c.want(404, "GET", "", nil)
	c.want(405, "DELETE", "/statements", nil)
	c.want(200, "GET", "/about", nil)
	key, secret = s.NewKey(t, directory.DefaultTenant, "statements/read")
	c.as(key, secret).want(403, "POST", "/statements", []byte(`{}`))
}

const h5p = `{ "actor": {"name":"Anna","mbox":"mailto:anna@example.org","objectType":"Agent"},
  "verb": {"id":"http://adlnet.gov/expapi/verbs/answered","display":{"en-US":"answered"}},
  "object": {"id":"https://lms.example/h5p?id=57?subContentId=6f1b","objectType":"Activity","definition":{"extensions":{"http://h5p.org/x-api/h5p-local-content-id":null}}},
  "context": {"contextActivities":{"parent":[{"objectType":"Activity"}],"category":[{"id":"http://h5p.org/libraries/H5P.MultiChoice-1.13","objectType":"Activity"}]}},
  "result": {"score":{"min":0,"raw":0,"max":0,"scaled":0},"completion":true,"success":false,"duration":"PT12.3S"} }`

func TestLenientRepairs(t *testing.T) {
	_, strict, c := leniently(t)
	if r := strict.want(400, "POST", "/statements", []byte(h5p)); !strings.Contains(string(r.body), "violations") {
		t.Errorf("the strict endpoint says %s", r.body)
	}
	var ids []string
	c.decode(c.want(200, "POST", "/statements", []byte(h5p)).body, &ids)

	var got struct {
		Object  struct{ ID string }
		Context struct {
			ContextActivities map[string][]struct{ ID string }
		}
		Result struct {
			Score    map[string]float64
			Duration string
		}
	}
	c.decode(strict.want(200, "GET", "/statements?statementId="+ids[0], nil).body, &got)
	if got.Object.ID != "https://lms.example/h5p?id=57?subContentId=6f1b" || got.Result.Duration != "PT12.3S" || len(got.Result.Score) != 2 ||
		len(got.Context.ContextActivities["parent"]) != 0 || len(got.Context.ContextActivities["category"]) != 1 {
		t.Errorf("stored as %+v", got)
	}

	var kept struct {
		ID, Stored string
		Repairs    []struct{ Repair, Pointer string }
		Original   json.RawMessage
	}
	c.decode(c.api(200, "/api/v1/repairs/"+ids[0]).body, &kept)
	if kept.ID != ids[0] || string(kept.Original) != h5p {
		t.Errorf("the original is %s", kept.Original)
	}
	if len(kept.Repairs) != 2 || kept.Repairs[0].Repair != "context-activity-id" || kept.Repairs[0].Pointer != "/context/contextActivities/parent/0" || kept.Repairs[1].Repair != "score-min-max" {
		t.Errorf("repairs %+v", kept.Repairs)
	}
}

// A batch is judged as a whole on either endpoint: what is beyond repair refuses
// it, with the violations of that statement and no others.
func TestLenientBatches(t *testing.T) {
	_, strict, c := leniently(t)
	good, odd, bad := said("anna", "read", "x"), said("ben", "read", "x", m{"verb": "passed"}), said("carl", "read", "x", m{"actor": m{"name": "Carl"}})
	var refused struct{ Violations []struct{ Statement int } }
	c.decode(c.want(400, "POST", "/statements", c.encode([]any{good, odd, bad})).body, &refused)
	if len(refused.Violations) != 1 || refused.Violations[0].Statement != 2 {
		t.Errorf("violations %+v", refused.Violations)
	}
	c.post(good, odd)
	c.post(good, odd) // with the same ids: the same statements
	c.want(409, "POST", "/statements", c.encode(said("ben", "read", "x", m{"id": id(odd), "verb": "failed"})))
	if ids := strict.find("activity", activityID("x")).ids(t); len(ids) != 2 {
		t.Errorf("stored %v", ids)
	}
	c.api(404, "/api/v1/repairs/"+id(good))
	c.api(200, "/api/v1/repairs/"+id(odd))
	one := said("dora", "read", "x", m{"verb": "attended"})
	c.want(204, "PUT", "/statements?statementId="+id(one), c.encode(one))
	c.api(200, "/api/v1/repairs/"+id(one))
}

func TestLenientServesWhatTheStrictOneDoes(t *testing.T) {
	_, strict, c := leniently(t)
	var all []string
	for range 5 {
		all = append(all, strict.post(said("anna", "read", "x"))...)
	}
	p := c.find("limit", "2")
	if !strings.HasPrefix(p.More, lrs.LenientBase+"/statements?more=") {
		t.Fatalf("more is %q", p.More)
	}
	ids := p.ids(t)
	for p.More != "" {
		p = c.fetch(strings.TrimPrefix(p.More, lrs.LenientBase))
		ids = append(ids, p.ids(t)...)
	}
	if !slices.Equal(ids, reversed(all)) {
		t.Errorf("%v, want %v", ids, all)
	}
	if got := c.with("Origin", "https://content.example").want(200, "GET", "/about", nil).header.Get("Access-Control-Allow-Origin"); got != "https://content.example" {
		t.Errorf("CORS answers %q", got)
	}
	form := url.Values{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(c.key+":"+c.secret))}, "X-Experience-API-Version": {"1.0.3"}, "content": {string(c.encode(said("anna", "", "y", m{"verb": "passed"})))}}
	c.with("Content-Type", "text/plain").want(200, "POST", "/statements?method=POST", []byte(form.Encode()))
	if n := len(strict.find("verb", "http://adlnet.gov/expapi/verbs/passed").Statements); n != 1 {
		t.Errorf("%d statements through the alternate syntax", n)
	}
}

func TestRepairCounts(t *testing.T) {
	s, _, c := leniently(t)
	in := func(course string) m {
		return inContext(m{"contextActivities": m{"grouping": m{"id": activityID(course)}}})
	}
	c.post(said("anna", "", "quiz", m{"verb": "passed"}, in("safety")), said("ben", "read", "quiz", m{"timestamp": nil}, in("safety")),
		said("carl", "", "video", m{"verb": "failed", "timestamp": nil}), said("dora", "read", "video"))
	for _, tt := range []struct{ name, query, want string }{
		{"all", "", `"statements":3,"counts":[{"repair":"null-property","statements":2},{"repair":"verb-text","statements":2}],"more":false}`},
		{"by course", "?by=course&course=" + activityID("safety"), `"statements":2,"counts":[{"repair":"null-property","course":"` + activityID("safety") + `","statements":1},{"repair":"verb-text","course":"` + activityID("safety") + `","statements":1}],"more":false}`},
		{"by activity, one repair", "?by=activity&repair=verb-text&limit=1", `"statements":2,"counts":[{"repair":"verb-text","activity":"` + activityID("quiz") + `","statements":1}],"more":true}`},
		{"period", "?until=2020-01-01T00:00:00Z", `"statements":0,"counts":[],"more":false}`},
		{"since", "?since=2020-01-01T00:00:00Z&activity=" + activityID("video"), `"statements":1,"counts":[{"repair":"null-property","statements":1},{"repair":"verb-text","statements":1}],"more":false}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := c.api(200, "/api/v1/repairs"+tt.query)
			if got := strings.TrimSpace(string(r.body)); !strings.HasSuffix(got, tt.want) || !strings.HasPrefix(got, `{"watermark":"`) {
				t.Errorf("%s\nwant …%s", got, tt.want)
			}
		})
	}
	for _, query := range []string{"?x=1", "?by=verb", "?limit=0", "?limit=x", "?since=yesterday", "?repair=", "?repair=A", "?course=x", "?by=course&by=course", "?%zz"} {
		r := c.api(400, "/api/v1/repairs"+query)
		if got := r.header.Get("Content-Type"); got != "application/problem+json" {
			t.Errorf("%s: %s", query, got)
		}
	}
	c.api(400, "/api/v1/repairs/x")
	c.api(404, "/api/v1/repairs/"+id(said("", "", "")))
	c.api(404, "/api/v1/repairs/x/y")
	c.as(c.key, "wrong").api(401, "/api/v1/repairs")
	for scope, status := range map[string]int{"all/read": 200, "statements/read": 200, "statements/read/mine": 403, "statements/write": 403} {
		key, secret := s.NewKey(t, directory.DefaultTenant, scope)
		c.as(key, secret).api(status, "/api/v1/repairs")
	}
	key, secret := s.NewKey(t, "village", directory.ScopeAll)
	if r := c.as(key, secret).api(200, "/api/v1/repairs"); !strings.Contains(string(r.body), `"statements":0`) {
		t.Errorf("another tenant sees %s", r.body)
	}
	families, err := s.Registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	counted := map[string]float64{}
	for _, f := range families {
		if f.GetName() == "lernspur_statement_repairs_total" {
			for _, metric := range f.GetMetric() {
				if n := metric.GetCounter().GetValue(); n != 0 {
					counted[metric.GetLabel()[0].GetValue()] = n
				}
			}
		}
	}
	if counted["verb-text"] != 2 || counted["null-property"] != 2 || len(counted) != 2 {
		t.Errorf("counted %v", counted)
	}
}

// Everything beside statements is the same under either path.
func TestLenientDocumentsAndAttachments(t *testing.T) {
	_, strict, c := leniently(t)
	state := "/activities/state?" + url.Values{"stateId": {"s"}, "activityId": {activityID("x")}, "agent": {agentText("anna")}}.Encode()
	c.want(204, "PUT", state, []byte(`{"page":1}`))
	if r := strict.want(200, "GET", state, nil); string(r.body) != `{"page":1}` {
		t.Errorf("the State is %s", r.body)
	}
	c.want(200, "GET", "/agents?"+url.Values{"agent": {agentText("anna")}}.Encode(), nil)
	c.want(200, "GET", "/activities?"+url.Values{"activityId": {activityID("x")}}.Encode(), nil)
	c.with("If-None-Match", "*").want(204, "PUT", "/activities/profile?"+url.Values{"profileId": {"p"}, "activityId": {activityID("x")}}.Encode(), []byte(`{}`))

	bytes := []byte("a file")
	st := said("anna", "", "x", m{"verb": "passed"}, with(attached(bytes)))
	c.postParts(st, file(bytes))
	_, files := c.getParts("/statements?attachments=true&statementId=" + id(st))
	if got := string(files[sha(bytes)].body); got != "a file" {
		t.Errorf("the attachment is %q", got)
	}
	c.api(200, "/api/v1/repairs/"+id(st))
}

// A key that is bound sees neither counts nor originals of others.
func TestRepairsAndBoundKeys(t *testing.T) {
	s, _, c := leniently(t)
	record, secret, err := s.Keys.Create(t.Context(), directory.NewKey{Tenant: directory.DefaultTenant, Scopes: []string{"all"},
		Binding: directory.Binding{Actor: agentText("ben")}})
	if err != nil {
		t.Fatal(err)
	}
	c.as(record.ID, secret).api(403, "/api/v1/repairs")
}
