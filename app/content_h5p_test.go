package app

import (
	"encoding/json"
	"path"
	"strings"
	"testing"

	"lernspur/catalog"
)

// h5pPackage is as small as one can be: who plays it in this test is the test.
var h5pPackage = map[string]string{
	"h5p.json":                   `{"title":"Drill","language":"en","mainLibrary":"H5P.Drill","preloadedDependencies":[{"machineName":"H5P.Drill","majorVersion":1,"minorVersion":2}]}`,
	"content/content.json":       `{}`,
	"H5P.Drill-1.2/library.json": `{"machineName":"H5P.Drill","majorVersion":1,"minorVersion":2}`,
}

// TestContentOfH5P: what H5P content says is recorded about the learner of the
// launch and our course, and its rules are those of everybody's statements.
func TestContentOfH5P(t *testing.T) {
	o := options(t)
	o.ContentAddr = "127.0.0.1:0"
	a := start(t, o)
	switchOn(t, a)
	defer stop(t, a)
	course := dig(t, upload(t, a, "POST", "/api/v1/packages", h5pPackage, 201), "package", "course").(string)
	reg := do(t, a, "POST", "/api/v1/registrations", `{"course":"`+course+`","learner":{"actor":`+learnerJSON+`}}`, 200)
	id := reg["id"].(string)
	link := do(t, a, "POST", "/api/v1/launches", `{"registration":"`+id+`"}`, 201)["link"].(string)
	base, token, _ := strings.Cut(link, "/launch/")
	answer, text := visit(t, "GET", link, "")
	if csp := answer.Header.Get("Content-Security-Policy"); answer.StatusCode != 200 || !strings.Contains(text, "h5p.js") || !strings.Contains(csp, "script-src 'self'") {
		t.Errorf("%d %s %s", answer.StatusCode, csp, text)
	}
	_, text = visit(t, "POST", base+"/run/"+token+"/open?item=H5P.Drill", "")
	var opened struct{ Session string }
	if err := json.Unmarshal([]byte(text), &opened); err != nil {
		t.Fatal(err, text)
	}
	const foreign = `"actor":{"mbox":"mailto:somebody@example.org"},"object":{"id":"https://other.example?subContentId=5"}`
	message := `{"session":"` + opened.Session + `","commit":1,"events":[
{"n":1,"age":5,"statement":{"verb":{"id":"http://adlnet.gov/expapi/verbs/answered","display":{"nonsense-":"x"}},` + foreign + `,"result":{"score":{"raw":"1","min":0,"max":0},"extensions":{"https://x.example":{"a":1,"a":2}}}}},
{"n":2,"age":4,"statement":{"verb":{"id":"http://adlnet.gov/expapi/verbs/interacted"},` + foreign + `}},
{"n":3,"age":3,"statement":{"verb":{"id":"http://adlnet.gov/expapi/verbs/completed"},"object":{"id":""},"result":{"score":{"raw":3,"min":0,"max":4,"scaled":0.75},"success":true}}}]}`
	for range 2 {
		if answer, text := visit(t, "POST", base+"/run/"+token+"/events?item=H5P.Drill", message); answer.StatusCode != 200 {
			t.Fatalf("%d %s", answer.StatusCode, text)
		}
	}
	_, text = ask(t, a, "GET", "/xapi/statements?ascending=true&registration="+id, "")
	var result struct {
		Statements []struct {
			Actor  struct{ Account struct{ Name string } }
			Verb   struct{ ID string }
			Object struct{ ID string }
		}
	}
	if err := json.Unmarshal([]byte(text), &result); err != nil {
		t.Fatal(err, text)
	}
	activity := dig(t, do(t, a, "GET", "/api/v1/courses/"+course, "", 200), "activity").(string)
	var got []string
	for _, s := range result.Statements {
		got = append(got, path.Base(s.Verb.ID)+" "+strings.TrimPrefix(s.Object.ID, activity)+" "+s.Actor.Account.Name)
	}
	if want := "answered /content/5 4711|interacted /content/5 4711|completed  4711|passed  4711"; strings.Join(got, "|") != want {
		t.Errorf("%s, want %s\n%s", strings.Join(got, "|"), want, text)
	}
	now := do(t, a, "GET", "/api/v1/registrations/"+id, "", 200)
	expect(t, "state", now["state"], any(catalog.Passed))
	expect(t, "score", dig(t, now, "attempts", 0, "score"), any(0.75))
	calls := do(t, a, "GET", "/api/v1/registrations/"+id+"/calls?item=H5P.Drill", "", 200)
	expect(t, "a call", dig(t, calls, "calls", 2, "value"), any("http://adlnet.gov/expapi/verbs/completed"))
}
