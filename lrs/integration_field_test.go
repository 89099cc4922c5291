package lrs_test

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"

	"lernspur/directory"
	"lernspur/lrs"
	"lernspur/progress"
)

// How content in the field behaves, one test for each of them.

// joined is the client of content that joins the address of the endpoint, given
// without a slash at its end, and the resource without one.
func joined(c *client) *client {
	other := *c
	other.endpoint = strings.TrimSuffix(c.endpoint, "/")
	return &other
}

// TestStoryline2: a form as text/plain through ?method=PUT, credentials and
// version in it, as pages under the same-origin rule of old browsers do.
func TestStoryline2(t *testing.T) {
	_, c := start(t)
	st := said("anna", "experienced", "slide-1", m{"context": m{"contextActivities": m{"parent": m{"id": activityID("course")}}},
		"result": m{"duration": "PT1M0.5S"}})
	form := url.Values{
		"statementId":              {id(st)},
		"Authorization":            {"Basic " + base64.StdEncoding.EncodeToString([]byte(c.key+":"+c.secret))},
		"X-Experience-API-Version": {"1.0.3"},
		"Content-Type":             {"application/json"},
		"content":                  {string(c.encode(st))},
	}
	post := func(version string) result {
		form.Set("X-Experience-API-Version", version)
		return c.with("Content-Type", "text/plain").with("Authorization", "").do("POST", "/statements?method=PUT", []byte(form.Encode()))
	}
	for _, version := range []string{"1.0.3", "1.0.1"} { // the second is the same statement again
		if r := post(version); r.status != 204 {
			t.Fatalf("%s: %d: %s", version, r.status, r.body)
		}
	}
	if r := post("2.0.0"); r.status != 400 {
		t.Errorf("2.0 has no such syntax, but answers %d", r.status)
	}
	var got struct {
		Context struct{ ContextActivities struct{ Parent []any } }
	}
	c.decode(c.want(200, "GET", "/statements?statementId="+id(st), nil).body, &got)
	if len(got.Context.ContextActivities.Parent) != 1 {
		t.Errorf("a lone object is not answered as an array of one: %+v", got)
	}
}

// TestISpring: an endpoint joined without a slash, ids of a scheme of its own,
// one digit of fractions in timestamps.
func TestISpring(t *testing.T) {
	_, c := start(t)
	content := joined(c)
	st := said("anna", "", "", m{
		"verb":      m{"id": "http://adlnet.gov/expapi/verbs/attempted"},
		"object":    m{"id": "ispring://presentations/AB12-CD34", "definition": m{"type": "http://adlnet.gov/expapi/activities/course"}},
		"timestamp": "2026-03-31T14:05:00.0Z",
	})
	content.want(200, "POST", "statements", content.encode(st))
	var got struct {
		Object    struct{ ID string }
		Timestamp string
	}
	c.decode(content.want(200, "GET", "statements?statementId="+id(st), nil).body, &got)
	if got.Object.ID != "ispring://presentations/AB12-CD34" || got.Timestamp != "2026-03-31T14:05:00.0Z" {
		t.Errorf("answered as %+v", got)
	}
	if n := len(c.find("activity", "ispring://presentations/AB12-CD34").Statements); n != 1 {
		t.Errorf("%d statements by the activity", n)
	}
	content.want(200, "GET", "about", nil)
	content.want(404, "GET", "nothing", nil)
}

// TestISpringProbe: before the first statement iSpring stores the State [1] for
// temp@example.com, reads it and deletes it, to see whether it may. That person
// is no learner.
func TestISpringProbe(t *testing.T) {
	s, c := start(t)
	content := joined(c)
	state := "activities/state?" + url.Values{"stateId": {"probe"}, "activityId": {"ispring://presentations/AB12-CD34"},
		"agent": {`{"mbox":"mailto:temp@example.com"}`}}.Encode()
	content.want(204, "PUT", state, []byte("[1]"))
	if r := content.want(200, "GET", state, nil); string(r.body) != "[1]" {
		t.Errorf("the probe reads %s", r.body)
	}
	content.want(200, "POST", "statements", c.encode(said("anna", "", "", m{"verb": m{"id": "http://adlnet.gov/expapi/verbs/attempted"}, "object": m{"id": "ispring://presentations/AB12-CD34"}})))
	content.want(204, "DELETE", state, nil)

	p := progress.New(progress.Dependencies{Conn: s.Store.Conn(), Watermark: s.Commit.Watermark})
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	upto, err := s.Commit.Wait(t.Context())
	if err == nil {
		err = p.Wait(t.Context(), min(upto, s.Commit.Watermark()))
	}
	if err != nil {
		t.Fatal(err)
	}
	page, err := p.Courses(t.Context(), directory.DefaultTenant, progress.Filter{Limit: 10, Selection: progress.Selection{Scope: progress.Scope{All: true}}})
	if err != nil || len(page.Courses) != 1 || page.Courses[0].Learners != 1 {
		t.Errorf("courses %+v, %v; want one with one learner", page.Courses, err)
	}
	if n := len(c.find("agent", `{"mbox":"mailto:temp@example.com"}`).Statements); n != 0 {
		t.Errorf("%d statements of the probe", n)
	}
}

// TestH5P: what its core sends is refused by the strict endpoint with every
// fault named, and taken by the lenient one; what only looks odd is taken by both.
func TestH5P(t *testing.T) {
	s, strict, lenient := leniently(t)
	answered := m{"verb": m{"id": "http://adlnet.gov/expapi/verbs/answered"}}
	for _, tt := range []struct {
		name   string
		more   m
		strict int
		rule   string
	}{
		{"score without points", m{"result": m{"score": m{"min": 0, "max": 0, "raw": 0}}}, 400, "score-min-max"},
		{"parent without an id", m{"context": m{"contextActivities": m{"parent": []any{m{"objectType": "Activity"}}}}}, 400, "activity-id-required"},
		{"time not measured", m{"result": m{"duration": "PTNaNS"}}, 400, "duration-format"},
		{"time", m{"result": m{"duration": "PT12.3S"}}, 200, ""},
		{"two question marks", m{"object": m{"id": "https://lms.example/h5p?id=57?subContentId=6f1b"}}, 200, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			st := said("anna", "", "question", answered, tt.more)
			delete(st, "id")
			body := strict.encode(st)
			if r := strict.want(tt.strict, "POST", "/statements", body); tt.strict == 400 && !strings.Contains(string(r.body), `"violations":[{"statement":0`) {
				t.Errorf("the strict endpoint says %s", r.body)
			}
			lenient.want(200, "POST", "/statements", body)
		})
	}
	unknown := strict.encode(said("anna", "", "question", answered, m{"actor": m{"name": "undefined", "mbox": "mailto:undefined"}}))
	strict.want(400, "POST", "/statements", unknown)
	lenient.want(400, "POST", "/statements", unknown) // nobody knows who it was

	// A key of a launch knows it.
	record, secret, err := s.Keys.Create(t.Context(), directory.NewKey{Tenant: directory.DefaultTenant, Scopes: []string{"statements/write"},
		Binding: directory.Binding{Actor: agentText("ben")}})
	if err != nil {
		t.Fatal(err)
	}
	launched := lenient.as(record.ID, secret)
	launched.want(200, "POST", "/statements", unknown)
	if got := strict.find("agent", agentText("ben")).ids(t); len(got) != 1 {
		t.Errorf("the launch's learner has %v", got)
	}
	// It speaks for nobody else.
	launched.want(403, "POST", "/statements", strict.encode(said("anna", "", "question", m{"verb": "passed"})))
}

// TestMoodle: logstore_xapi sends batches with account actors. One bad statement
// refuses all, and the answer says which it was; then it sends them one by one.
func TestMoodle(t *testing.T) {
	_, c := start(t)
	var batch []any
	for _, user := range []string{"2", "3", "4", "5"} {
		batch = append(batch, said("", "", "course", m{
			"actor": m{"name": "User " + user, "account": m{"homePage": "https://moodle.example.org", "name": user}},
			"verb":  m{"id": "http://id.tincanapi.com/verb/viewed", "display": m{"en": "viewed"}},
		}))
	}
	batch[2].(m)["actor"].(m)["account"].(m)["homePage"] = "moodle"
	var refused struct {
		Error      string
		Violations []struct {
			Statement              int
			Pointer, Rule, Message string
		}
	}
	c.decode(c.want(400, "POST", "/statements", c.encode(batch)).body, &refused)
	if len(refused.Violations) != 1 || refused.Violations[0].Statement != 2 || refused.Violations[0].Pointer != "/actor/account/homePage" || refused.Violations[0].Message == "" {
		t.Fatalf("the answer is %+v", refused)
	}
	if n := len(c.find().Statements); n != 0 {
		t.Fatalf("%d statements of a refused batch are stored", n)
	}
	for i, st := range batch {
		status := 200
		if i == 2 {
			status = 400
		}
		c.want(status, "POST", "/statements", c.encode([]any{st}))
	}
	if got := c.find("agent", `{"account":{"homePage":"https://moodle.example.org","name":"5"}}`).ids(t); len(got) != 1 || got[0] != id(batch[3]) {
		t.Errorf("user 5 has %v", got)
	}
	if n := len(c.find().Statements); n != 3 {
		t.Errorf("%d statements are stored, want three", n)
	}
}

// TestCaptivate: answers to questions come with the verb experienced. That is
// unusual and breaks no rule.
func TestCaptivate(t *testing.T) {
	_, c := start(t)
	st := said("anna", "", "question", m{
		"verb": m{"id": "http://adlnet.gov/expapi/verbs/experienced", "display": m{"en-US": "experienced"}},
		"object": m{"id": activityID("question"), "definition": m{"type": "http://adlnet.gov/expapi/activities/cmi.interaction",
			"interactionType": "choice", "correctResponsesPattern": []string{"a"}}}, // choices are left out, as Storyline 360 does
		"result": m{"response": "a", "success": true, "score": m{"raw": 10, "min": 0, "max": 10, "scaled": 1}},
	})
	c.post(st)
	if n := len(c.find("verb", "http://adlnet.gov/expapi/verbs/experienced").Statements); n != 1 {
		t.Errorf("%d statements", n)
	}
}

// TestOldTinCan: actors of 0.9 in a statement of 1.0.
func TestOldTinCan(t *testing.T) {
	_, strict, lenient := leniently(t)
	st := said("", "", "course", m{"actor": m{"objectType": "Person", "name": []string{"Joe Schmoe"}, "mbox": []string{"mailto:joe@example.org"}},
		"verb": "completed", "result": m{"score": m{"raw": "85", "min": "0", "max": "100"}}})
	strict.want(400, "POST", "/statements", strict.encode(st))
	lenient.post(st)
	found := strict.find("agent", agentText("joe"), "verb", "http://adlnet.gov/expapi/verbs/completed")
	if got := found.ids(t); len(got) != 1 || got[0] != id(st) {
		t.Errorf("found %v", got)
	}
	if !strings.Contains(string(found.Statements[0]), `"raw":85`) {
		t.Errorf("stored as %s", found.Statements[0])
	}
	other := *lenient
	other.endpoint = strings.TrimSuffix(lenient.endpoint, "/")
	if r := other.do("GET", "statements?statementId="+id(st), nil); r.status != 200 {
		t.Errorf("%sstatements answers %d", lrs.LenientBase, r.status)
	}
}
