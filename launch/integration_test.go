package launch_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"lernspur/catalog"

	"github.com/google/uuid"
)

// TestCourse plays a course of two AUs to its end.
func TestCourse(t *testing.T) {
	c := open(t, fire("CompletedAndPassed", "CompletedAndPassed"))
	for n := range 2 {
		a := c.launch(n, catalog.Normal)
		a.want(http.StatusNoContent, a.allowed("experienced"))
		a.want(http.StatusNoContent, a.defined("passed"))
		a.want(http.StatusNoContent, a.defined("completed"))
		a.want(http.StatusNoContent, a.defined("terminated"))
	}
	list := c.stored(c.registration.String())
	want := []string{
		"launched", "initialized", "experienced", "passed", "completed", "satisfied", "terminated",
		"launched", "initialized", "experienced", "passed", "completed", "satisfied", "satisfied", "terminated",
	}
	if got := verbs(list); !slices.Equal(got, want) {
		t.Fatalf("%v\nwant %v", got, want)
	}
	for _, st := range list {
		if at(st, "context", "registration") != c.registration.String() || at(st, "actor", "account", "name") != "1625378" || at(st, "actor", "name") != nil {
			t.Errorf("%v is about somebody else, or says who: %v", at(st, "verb", "id"), st)
		}
	}
	block, whole := list[5], list[13]
	if got := at(block, "object", "definition", "type"); got != "https://w3id.org/xapi/cmi5/activitytype/block" {
		t.Errorf("9.4: the block is a %v", got)
	}
	if got := at(whole, "object", "id"); got != c.shelf.course.Activity {
		t.Errorf("9.4: the course is %v", got)
	}
	if got := at(whole, "object", "definition", "type"); got != "https://w3id.org/xapi/cmi5/activitytype/course" {
		t.Errorf("9.4: the course is a %v", got)
	}
	if session := at(list[7], "context", "extensions", inside+"sessionid"); session != at(whole, "context", "extensions", inside+"sessionid") {
		t.Error("9.3.9: satisfied has not the session id of the launch")
	}
	if grouping := at(whole, "context", "contextActivities", "grouping"); !strings.Contains(text(grouping), `"https://publisher.example/course"`) {
		t.Errorf("9.6.2.3: the grouping is %v", grouping)
	}
	r := c.shelf.registrations[c.registration]
	if r.State != catalog.Satisfied || len(r.Attempts) != 2 || r.Attempts[1].Outcome != "passed" || *r.Attempts[1].Score != 0.95 || r.Attempts[1].Ended == 0 {
		t.Errorf("the catalogue has %+v", r)
	}
}

func text(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

// TestLaunch looks at the launch itself.
func TestLaunch(t *testing.T) {
	c := open(t, fire("Completed", "Passed"))
	address := c.address(0, catalog.Normal, c.registration)
	u, _ := url.Parse(address)
	q := u.Query()
	if u.Path != "/1/index.html" || q.Get("paramA") != "1" {
		t.Errorf("8.1: the AU is at %s", address)
	}
	for _, name := range []string{"endpoint", "fetch", "actor", "registration", "activityId"} {
		if len(q[name]) != 1 || q.Get(name) == "" {
			t.Errorf("8.1: the parameter %s is %v", name, q[name])
		}
	}
	if q.Get("activityId") == c.item(0).ID {
		t.Error("8.1.5: the activity id is the publisher's")
	}
	launched := c.stored(c.registration.String())[0]
	for extension, want := range map[string]any{
		"launchmode": "Normal", "masteryscore": 0.9, "moveon": "Completed", "launchparameters": "chapter=1", "launchurl": "http://content.test/1/index.html?paramA=1",
	} {
		if got := at(launched, "context", "extensions", inside+extension); got != want {
			t.Errorf("9.6.3: %s is %v, want %v", extension, got, want)
		}
	}
	a := &content{c: c, endpoint: q.Get("endpoint"), fetch: q.Get("fetch"), actor: q.Get("actor"), registration: q.Get("registration"), object: q.Get("activityId")}
	a.auth = "Basic " + a.askToken()["auth-token"]
	if again := a.askToken(); again["error-code"] != "1" || again["auth-token"] != "" {
		t.Errorf("8.2.3.1: the second answer is %v", again)
	}
	wrong := &content{c: c, fetch: a.fetch[:len(a.fetch)-1] + "x"}
	if answer := wrong.askToken(); answer["error-code"] != "2" {
		t.Errorf("8.2.3.2: a wrong address answers %v", answer)
	}
	if status, _ := a.do(http.MethodGet, a.fetch, "", nil); status != http.StatusMethodNotAllowed {
		t.Errorf("8.2.1: GET answers %d", status)
	}
	a.greet()
	for name, want := range map[string]string{
		"launchMode": `"Normal"`, "masteryScore": "0.9", "moveOn": `"Completed"`, "launchParameters": `"chapter=1"`,
		"entitlementKey": `{"courseStructure":"sample value"}`, "returnURL": `"https://town.example/courses"`,
	} {
		if got := text(a.data[name]); got != want {
			t.Errorf("10.2: %s is %s, want %s", name, got, want)
		}
	}
	if !strings.Contains(text(a.template), c.item(0).ID) {
		t.Error("10.2.1: the template has no publisher's id")
	}
}

// TestRefusals sends what the rules refuse, one by one, and then what they take.
func TestRefusals(t *testing.T) {
	c := open(t, fire("CompletedAndPassed", "Passed"))
	a := c.arrive(0, catalog.Normal, c.registration)
	status, body := a.do(http.MethodGet, a.state("LMS.LaunchData"), "", nil)
	if err := json.Unmarshal(body, &a.data); err != nil || status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	a.template = a.data["contextTemplate"].(map[string]any)
	a.want(http.StatusForbidden, a.defined("initialized")) // 11.0
	a.greet()
	a.want(http.StatusForbidden, a.allowed("experienced"))
	a.want(http.StatusNoContent, a.defined("initialized"))
	a.want(http.StatusNoContent, a.allowed("experienced"))
	context := func(st object) object { return st["context"].(object) }
	tests := []struct {
		name, verb string
		change     func(st object)
	}{
		{"9.1 no id", "", func(st object) { delete(st, "id") }},
		{"9.7 no timestamp", "", func(st object) { delete(st, "timestamp") }},
		{"9.7 not UTC", "", func(st object) { st["timestamp"] = strings.Replace(st["timestamp"].(string), "Z", "-06:00", 1) }},
		{"9.2 a Group", "passed", func(st object) { st["actor"].(object)["objectType"] = "Group" }},
		{"8.1.3 another actor", "passed", func(st object) { st["actor"] = object{"mbox": "mailto:x@example.org"} }},
		{"9.3 initialized again", "initialized", func(object) {}},
		{"9.4 another object", "passed", func(st object) { st["object"] = object{"id": "https://example.org/x"} }},
		{"9.6 no context", "passed", func(st object) { delete(st, "context") }},
		{"9.6.1 no registration", "passed", func(st object) { delete(context(st), "registration") }},
		{"9.6.1 another registration", "passed", func(st object) { context(st)["registration"] = uuid.NewString() }},
		{"9.6.3.1 no session id", "", func(st object) { delete(context(st)["extensions"].(object), inside+"sessionid") }},
		{"10.2.1 not the template", "passed", func(st object) { delete(context(st)["contextActivities"].(object), "grouping") }},
		{"9.5.4.1 no result", "terminated", func(st object) { delete(st, "result") }},
		{"9.5.3 no completion", "completed", func(st object) { delete(st["result"].(object), "completion") }},
		{"9.3.4 below the masteryScore", "passed", func(st object) { st["result"].(object)["score"] = object{"scaled": 0.89} }},
		{"9.3.5 at the masteryScore", "failed", func(st object) { st["result"].(object)["score"] = object{"scaled": 0.9} }},
		{"9.5.1 raw without min", "passed", func(st object) { delete(st["result"].(object)["score"].(object), "min") }},
		{"6.3 voiding", "voided", func(st object) { st["object"] = object{"objectType": "StatementRef", "id": uuid.NewString()} }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			st := a.allowed("experienced")
			switch test.verb {
			case "":
			case "voided":
				st = a.allowed("voided")
			default:
				st = a.defined(test.verb)
			}
			test.change(st)
			if status, answer := a.put(st); status != http.StatusForbidden {
				t.Errorf("%d %s", status, answer)
			}
		})
	}
	refusedDocuments(t, a)
	lost := a.defined("completed")
	a.want(http.StatusNoContent, lost)
	a.want(http.StatusNoContent, lost) // sent again, as its answer was lost
	a.want(http.StatusForbidden, a.defined("completed"))
	a.want(http.StatusNoContent, a.defined("passed"))
	a.want(http.StatusForbidden, a.defined("failed"))
	a.want(http.StatusNoContent, a.defined("terminated"))
	a.want(http.StatusForbidden, a.allowed("experienced"))
	for _, address := range []string{a.state("LMS.LaunchData"), a.preferences(), a.endpoint + "/statements"} {
		if status, _ := a.do(http.MethodGet, address, "", nil); status != http.StatusForbidden {
			t.Errorf("9.3.8: after the end %s answers %d", address, status)
		}
	}
	again := c.launch(0, catalog.Normal)
	again.want(http.StatusForbidden, again.defined("completed"))
	again.want(http.StatusForbidden, again.defined("passed"))
	again.want(http.StatusForbidden, again.defined("failed"))
	want := []string{"launched", "initialized", "experienced", "completed", "passed", "satisfied", "terminated", "launched", "initialized"}
	if got := verbs(c.stored(a.registration)); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func refusedDocuments(t *testing.T, a *content) {
	t.Helper()
	const good = `{"languagePreference":"de-DE,en","audioPreference":"on"}`
	all := a.endpoint + "/activities/state?" + url.Values{"activityId": {a.object}, "agent": {a.actor}, "registration": {a.registration}}.Encode()
	nobody := a.endpoint + "/agents/profile?profileId=cmi5LearnerPreferences"
	other := nobody + "&agent=" + url.QueryEscape(`{"mbox":"mailto:x@example.org"}`)
	tests := []struct {
		name, method, address, contentType, body string
		status                                   int
	}{
		{"10.2.1 launch data put", http.MethodPut, a.state("LMS.LaunchData"), "application/json", `{"test":true}`, 403},
		{"10.2.1 launch data posted", http.MethodPost, a.state("LMS.LaunchData"), "application/json", `{"test":true}`, 403},
		{"10.2.1 launch data deleted", http.MethodDelete, a.state("LMS.LaunchData"), "", "", 403},
		{"10.2.1 everything deleted", http.MethodDelete, all, "", "", 403},
		{"11.0 no agent", http.MethodPut, nobody, "application/json", good, 400},
		{"11.0 another agent", http.MethodPut, other, "application/json", good, 403},
		{"11.0 no type", http.MethodPut, a.preferences(), "", good, 403},
		{"11.0 no JSON", http.MethodPut, a.preferences(), "text/plain", "text", 403},
		{"11.1 no list", http.MethodPut, a.preferences(), "application/json", `{"languagePreference":"not comma separated","audioPreference":"on"}`, 403},
		{"11.0 deleted", http.MethodDelete, a.preferences(), "", "", 403},
		{"a state of its own", http.MethodPut, a.state("bookmark"), "text/plain", "page 3", 204},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if status, answer := a.do(test.method, test.address, test.contentType, []byte(test.body)); status != test.status {
				t.Errorf("%d %s, want %d", status, answer, test.status)
			}
		})
	}
}

// TestNotApplicable: what asks for nothing is satisfied before the launch (9.6.1).
func TestNotApplicable(t *testing.T) {
	c := open(t, fire("NotApplicable", "NotApplicable"))
	a := c.launch(0, catalog.Normal)
	a.want(http.StatusNoContent, a.defined("terminated"))
	want := []string{"satisfied", "satisfied", "satisfied", "launched", "initialized", "terminated"}
	if got := verbs(c.stored(a.registration)); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestAbandoned: a new launch ends what was open, and so does the API (9.3.6).
func TestAbandoned(t *testing.T) {
	c := open(t, fire("Completed", "Completed"))
	a := c.launch(0, catalog.Normal)
	b := c.launch(1, catalog.Browse)
	a.want(http.StatusForbidden, a.allowed("experienced"))
	b.want(http.StatusForbidden, b.defined("completed")) // 10.2.2
	if status, body := c.act("abandon", ""); status != http.StatusOK || !strings.Contains(string(body), at(b.template, "extensions", inside+"sessionid").(string)) {
		t.Fatalf("%d %s", status, body)
	}
	b.want(http.StatusForbidden, b.allowed("experienced"))
	if status, _ := b.do(http.MethodGet, b.state("x"), "", nil); status != http.StatusForbidden {
		t.Errorf("the token still works: %d", status)
	}
	if status, body := c.act("abandon", ""); status != http.StatusConflict {
		t.Errorf("abandoned twice: %d %s", status, body)
	}
	list := c.stored(a.registration)
	want := []string{"launched", "initialized", "abandoned", "launched", "initialized", "abandoned"}
	if got := verbs(list); !slices.Equal(got, want) {
		t.Fatalf("%v, want %v", got, want)
	}
	if d, ok := at(list[2], "result", "duration").(string); !ok || !strings.HasPrefix(d, "PT") || at(list[2], "object", "id") != a.object {
		t.Errorf("9.5.4.2: %v", list[2])
	}
}

// TestWaived: a trainer says that an AU need not be done (9.3.7).
func TestWaived(t *testing.T) {
	c := open(t, fire("Passed", "NotApplicable"))
	for _, test := range []struct {
		body   string
		status int
	}{
		{`{"item":"https://publisher.example/au/9","reason":"Administrative"}`, 404}, {`{"item":"https://publisher.example/au/1"}`, 400}, {`nothing`, 400},
		{`{"item":"https://publisher.example/au/1","reason":"Tested Out"}`, 204}, {`{"item":"https://publisher.example/au/1","reason":"Tested Out"}`, 409},
	} {
		if status, body := c.act("waive", test.body); status != test.status {
			t.Errorf("%s: %d %s, want %d", test.body, status, body, test.status)
		}
	}
	list := c.stored(c.registration.String())
	if got, want := verbs(list), []string{"waived", "satisfied", "satisfied", "satisfied"}; !slices.Equal(got, want) {
		t.Fatalf("%v, want %v", got, want)
	}
	if at(list[0], "result", "success") != true || at(list[0], "result", "completion") != true ||
		at(list[0], "result", "extensions", "https://w3id.org/xapi/cmi5/result/extensions/reason") != "Tested Out" {
		t.Errorf("9.3.7: %v", list[0])
	}
	if at(list[0], "context", "extensions", inside+"sessionid") != at(list[3], "context", "extensions", inside+"sessionid") {
		t.Error("9.3.9: satisfied has another session id")
	}
}

// TestAtOnce: of statements that exclude each other one is taken, and there is one
// satisfied.
func TestAtOnce(t *testing.T) {
	c := open(t, fire("Completed", "Completed"))
	a := c.launch(0, catalog.Normal)
	statuses := make([]int, 12)
	var wait sync.WaitGroup
	for i := range statuses {
		st := a.defined("completed")
		wait.Go(func() { statuses[i], _ = a.put(st) })
	}
	wait.Wait()
	slices.Sort(statuses)
	if statuses[0] != http.StatusNoContent || statuses[1] != http.StatusForbidden {
		t.Errorf("the answers are %v", statuses)
	}
	want := []string{"launched", "initialized", "completed", "satisfied"}
	if got := verbs(c.stored(a.registration)); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestPreview: a preview works like a launch, and nothing of it is recorded.
func TestPreview(t *testing.T) {
	c := open(t, fire("Completed", "Completed"))
	a := c.arrive(0, catalog.Normal, uuid.Nil)
	a.greet()
	for _, verb := range []string{"initialized", "completed", "terminated"} {
		a.want(http.StatusNoContent, a.defined(verb))
	}
	a.want(http.StatusForbidden, a.allowed("experienced"))
	if list := c.stored(a.registration); len(list) != 0 {
		t.Errorf("stored are %v", verbs(list))
	}
}
