package player

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"lernspur/catalog"
)

const h5pCourse = "https://lernspur.example/courses/test"

// TestReadH5P: what content in the field really sends, and what becomes of it.
func TestReadH5P(t *testing.T) {
	top := func(rest string) string {
		return `{"actor":{"mbox":"mailto:undefined"},"verb":{"id":"http://adlnet.gov/expapi/verbs/completed"},"object":{"id":"` + h5pCourse + `"}` + rest + `}`
	}
	part := func(object string) string {
		return `{"verb":{"id":"http://adlnet.gov/expapi/verbs/answered"},"object":` + object + `}`
	}
	for _, c := range []struct{ name, text, part, result, err string }{
		{"nothing", `[]`, "", "", "the verb is no IRI"},
		{"no JSON", `{`, "", "", "this is no statement"},
		{"no verb", `{"object":{"id":"x"}}`, "", "", "the verb is no IRI"},
		{"a verb that voids", `{"verb":{"id":"http://adlnet.gov/expapi/verbs/voided"},"object":{"objectType":"StatementRef","id":"8a1f6c1e-33c5-4a9a-9b0c-0c8f1a4f0001"}}`, "", "", "content does not void statements"},
		{"another statement", `{"verb":{"id":"http://adlnet.gov/expapi/verbs/answered"},"object":{"objectType":"StatementRef","id":"x"}}`, "", "", "the object is no activity"},
		{"an agent", `{"verb":{"id":"http://adlnet.gov/expapi/verbs/answered"},"object":{"objectType":"Agent","mbox":"mailto:a@b.example"}}`, "", "", "the object is no activity"},

		{"without a scale", top(`,"result":{"score":{"min":0,"max":0,"raw":0},"completion":true,"duration":"PT12.3S"}`), "", `{"score":{"raw":0},"completion":true,"duration":"PT12.3S"}`, ""},
		{"quoted numbers", top(`,"result":{"score":{"min":"0","max":"4","raw":"3","scaled":"0.75"}}`), "", `{"score":{"scaled":0.75,"raw":3,"min":0,"max":4}}`, ""},
		{"without scaled", top(`,"result":{"score":{"min":0,"max":8,"raw":5}}`), "", `{"score":{"scaled":0.625,"raw":5,"min":0,"max":8}}`, ""},
		{"raw alone", top(`,"result":{"score":{"raw":5}}`), "", `{"score":{"raw":5}}`, ""},
		{"off its scale", top(`,"result":{"score":{"min":0,"max":4,"raw":5,"scaled":1.25}}`), "", `{"score":{"raw":5}}`, ""},
		{"a length that is none", top(`,"result":{"duration":"PT-3S","response":7}`), "", `{"response":"7"}`, ""},
		{"values of other types", top(`,"result":{"score":[],"success":"yes","completion":true,"response":{"a":1},"extensions":{"x":1,"https://a.example":2}}`), "", `{"completion":true,"extensions":{"https://a.example":2}}`, ""},

		{"a part by its address", part(`{"id":"` + h5pCourse + `?subContentId=abc"}`), "/content/abc", `null`, ""},
		{"a part after an id", part(`{"id":"https://h5p.example/wp-admin/admin-ajax.php?action=h5p_embed&id=57?subContentId=a%2Fb&x=1"}`), "/content/a%252Fb", `null`, ""},
		{"a part by its extension", part(`{"id":"undefined","definition":{"extensions":{"http://h5p.org/x-api/h5p-subContentId":"abc","http://h5p.org/x-api/h5p-local-content-id":"1"}}}`), "/content/abc", `null`, ""},
		{"the whole by an address of elsewhere", part(`{"id":"https://h5p.example/?id=57"}`), "", `null`, ""},
		{"the whole without an id", part(`{"definition":{}}`), "", `null`, ""},
	} {
		s, err := readH5P([]byte(c.text), h5pCourse)
		if err != nil || c.err != "" {
			if err == nil || err.Error() != c.err {
				t.Errorf("%s: %v, want %q", c.name, err, c.err)
			}
			continue
		}
		result, _ := json.Marshal(s.Result)
		if s.Part != c.part || string(result) != c.result {
			t.Errorf("%s: part %q, result %s, want %q, %s", c.name, s.Part, result, c.part, c.result)
		}
	}

	// Parts that forget their names are not the whole, nor each other.
	names := map[string]bool{}
	for _, text := range []string{"One", "Two"} {
		s, err := readH5P([]byte(`{"verb":{"id":"http://adlnet.gov/expapi/verbs/answered"},"object":{"id":"`+h5pCourse+`","definition":{"description":{"en-US":"`+text+`","no":7}}},
"context":{"contextActivities":{"parent":{"id":"`+h5pCourse+`"},"category":[{"id":"https://other.example/course"},{"id":"http://h5p.org/libraries/H5P.X-1.0"}]}}}`), h5pCourse)
		if err != nil || !strings.HasPrefix(s.Part, "/content/") || s.outcome() || fmt.Sprint(s.Parents) != "[]" && s.Parents[0] != "" || fmt.Sprint(s.Libraries) != "[http://h5p.org/libraries/H5P.X-1.0]" {
			t.Fatalf("%+v %v", s, err)
		}
		names[s.Part] = true
	}
	if len(names) != 2 {
		t.Errorf("two questions are %v", names)
	}
}

// TestReadInteraction keeps of an interaction what its type has.
func TestReadInteraction(t *testing.T) {
	const lists = `"choices":[{"id":"0","description":{"en":"a"}},{"id":"0"},{"id":1},{"id":""}],"scale":[{"id":"s"}],"source":[{"id":"q"}],"target":[{"id":"t"}],"steps":[{"id":"p"}]`
	for kind, want := range map[string]string{
		"choice":   `{"type":"http://adlnet.gov/expapi/activities/cmi.interaction","interactionType":"choice","choices":[{"id":"0","description":{"en":"a"}},{"id":"1"}]}`,
		"fill-in":  `{"type":"http://adlnet.gov/expapi/activities/cmi.interaction","interactionType":"fill-in"}`,
		"matching": `{"type":"http://adlnet.gov/expapi/activities/cmi.interaction","interactionType":"matching","source":[{"id":"q"}],"target":[{"id":"t"}]}`,
		"drawing":  `{"type":"http://adlnet.gov/expapi/activities/cmi.interaction","interactionType":"other"}`,
		"":         `{}`,
	} {
		s, err := readH5P([]byte(`{"verb":{"id":"http://adlnet.gov/expapi/verbs/answered"},"object":{"id":"x","definition":{"interactionType":"`+kind+`",`+lists+`}}}`), h5pCourse)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := json.Marshal(s.Definition); string(got) != want {
			t.Errorf("%q: %s, want %s", kind, got, want)
		}
	}
}

// eventsOf is a message with statements from the nth on.
func eventsOf(o opened, commit, n int, rest string, all ...string) string {
	var events []string
	for i, s := range all {
		events = append(events, fmt.Sprintf(`{"n":%d,"age":%d,"statement":%s}`, n+i, 1000*(len(all)-i), s))
	}
	return fmt.Sprintf(`{"session":%q,"commit":%d,"events":[%s]%s}`, o.Session, commit, strings.Join(events, ","), rest)
}

func about(verb, rest string) string {
	return `{"actor":{"mbox":"mailto:somebody.else@example.org"},"id":"8a1f6c1e-33c5-4a9a-9b0c-0c8f1a4f0009","authority":{"mbox":"mailto:x@example.org"},"timestamp":"2001-01-01T00:00:00Z",` +
		`"verb":{"id":"http://adlnet.gov/expapi/verbs/` + verb + `"},"object":{"id":"` + h5pCourse + `","definition":{"name":{"en":"Another name"}}},` +
		`"context":{"registration":"8a1f6c1e-33c5-4a9a-9b0c-0c8f1a4f0009","instructor":{"mbox":"mailto:x@example.org"},"contextActivities":{"grouping":[{"id":"https://other.example/course"}]}}` + rest + `}`
}

// TestEvents: repeated, late and foreign messages change nothing; content does not
// say who it is about.
func TestEvents(t *testing.T) {
	s := serve(t, h5pPackage())
	token := s.m.launch("H5P.Drill", catalog.Normal, false)
	o := s.open(token, "H5P.Drill")
	to := "/run/" + token + "/events?item=H5P.Drill"
	first := eventsOf(o, 1, 1, `,"state":{"0":{"state":"{\"a\":1}"}}`, about("attempted", ""))
	s.do("POST", to, first, 200)
	s.do("POST", to, first, 200, "Content-Type", "text/plain")

	// The statements of a message that could not be recorded come with the next.
	s.m.fail = &catalog.Busy{RetryAfter: 2 * time.Second, Reason: "busy"}
	outcome := about("answered", `,"result":{"completion":true,"success":false,"score":{"raw":1,"min":0,"max":4,"scaled":0.25}}`)
	s.do("POST", to, eventsOf(o, 2, 2, "", outcome), 503)
	s.do("POST", to, eventsOf(o, 3, 2, `,"ends":true`, outcome, about("voided", ""), about("experienced", "")), 200)
	s.do("POST", to, eventsOf(o, 2, 2, "", outcome), 200)
	const verdict = `"score":{"max":4,"min":0,"raw":1,"scaled":0.25},"success":false}`
	want := []string{"attempted test", `answered test {"completion":true,` + verdict, "experienced test", `completed test {"completion":true}`,
		`failed test {"score":{"scaled":0.25},"success":false}`}
	if got := s.m.recorded(t, 0); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s\nwant %s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, st := range s.m.statements {
		text, _ := json.Marshal(st)
		for _, foreign := range []string{"somebody.else", "other.example", "instructor", "authority", "Another name", "2001-01-01", "8a1f6c1e-33c5-4a9a-9b0c-0c8f1a4f0009"} {
			if strings.Contains(string(text), foreign) {
				t.Errorf("%s is in %s", foreign, text)
			}
		}
	}
	if r := s.m.reg; len(r.Attempts) != 1 || r.Attempts[0].Outcome != catalog.Failed || r.Attempts[0].Ended == 0 || r.State != catalog.Failed {
		t.Errorf("%+v", r)
	}
	calls, err := New(Options{Catalog: s.m}).Calls(t.Context(), "default", s.m.reg.ID, "H5P.Drill", 0)
	if err != nil || len(calls.Calls) != 4 || calls.Calls[2].Error != "content does not void statements" || calls.Calls[3].Value != verbs+"experienced" {
		t.Errorf("%+v %v", calls, err)
	}

	// The window before is not heard any more; who has failed begins anew.
	again := s.open(token, "H5P.Drill")
	if again.Attempt == o.Attempt || len(again.State) != 0 {
		t.Errorf("%+v", again)
	}
	s.do("POST", to, eventsOf(o, 5, 5, "", outcome), 409)
	s.do("POST", to, eventsOf(again, 1, 1, `,"state":{"0":{"state":"x"}}`), 200)
	if third := s.open(token, "H5P.Drill"); third.Attempt != again.Attempt || third.State["0"]["state"] != "x" {
		t.Errorf("%+v", third)
	}
}

// TestEventsRefused: what is too much or makes no sense is refused, and costs
// nothing that was there.
func TestEventsRefused(t *testing.T) {
	s := serve(t, h5pPackage())
	token := s.m.launch("H5P.Drill", catalog.Normal, false)
	o := s.open(token, "H5P.Drill")
	to := "/run/" + token + "/events?item=H5P.Drill"
	many := make([]string, maxEvents+1)
	for i := range many {
		many[i] = about("interacted", "")
	}
	for body, status := range map[string]int{
		"": 400, "[]": 400, `{"session":"x"}`: 400, eventsOf(o, 0, 1, ""): 400, eventsOf(o, 1, 0, "", "{}"): 400,
		eventsOf(o, 1, 1, `,"state":{"0":7}`):                                              400,
		eventsOf(o, 1, 1, `,"state":{"0":{"a":"`+strings.Repeat("x", maxUserData)+`"}}`):   413,
		eventsOf(o, 1, 1, "", about("x", `,"result":"`+strings.Repeat("x", maxEvent)+`"`)): 413,
		eventsOf(o, 1, 1, "", many...):                                                     413,
		strings.Repeat("x", maxCommit+1):                                                   413,
	} {
		s.do("POST", to, body, status)
	}
	s.do("POST", "/run/"+token+"/events?item=x", eventsOf(o, 1, 1, ""), 404)
	s.do("POST", "/run/"+token+"/events", eventsOf(o, 1, 1, ""), 400)
	s.do("POST", "/run/none/events?item=H5P.Drill", eventsOf(o, 1, 1, ""), 410)
	s.do("POST", "/run/"+token+"/commit?item=H5P.Drill", commitOf(o, "1", "", "{}"), 400)

	// So much at once, and not more for a while.
	at := 1
	for commit := 1; commit <= maxBurst/maxEvents; commit++ {
		s.do("POST", to, eventsOf(o, commit, at, "", many[:maxEvents]...), 200)
		at += maxEvents
	}
	if h, _ := s.do("POST", to, eventsOf(o, 9, at, "", many[:maxEvents]...), 429); h.Get("Retry-After") == "" {
		t.Error("429 without Retry-After")
	}
	if n := len(s.m.statements); n != maxBurst {
		t.Errorf("%d statements, want %d", n, maxBurst)
	}
	scorm := serve(t, scorm12([2]string{"one", ""}))
	other := scorm.m.launch("one", catalog.Normal, false)
	scorm.do("POST", "/run/"+other+"/events?item=one", eventsOf(scorm.open(other, "one"), 1, 1, ""), 400)
}

// TestEventsCrash: what was kept and never recorded is recorded when the content is
// opened again.
func TestEventsCrash(t *testing.T) {
	s := serve(t, h5pPackage())
	token := s.m.launch("H5P.Drill", catalog.Normal, false)
	o := s.open(token, "H5P.Drill")
	s.m.fail = &catalog.Busy{}
	s.do("POST", "/run/"+token+"/events?item=H5P.Drill", eventsOf(o, 1, 1, "", about("completed", `,"result":{"success":true}`)), 503)
	s.open(token, "H5P.Drill")
	if got, want := strings.Join(s.m.recorded(t, 0), "|"), `completed test {"success":true}|passed test {"success":true}`; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// TestEventsOfOneAttemptTooMany: an attempt that the registration has no room for is
// not listed, and what is said in it counts all the same.
func TestEventsOfOneAttemptTooMany(t *testing.T) {
	s := serve(t, h5pPackage())
	s.m.reg.Attempts = make([]catalog.Attempt, catalog.MaxAttempts)
	token := s.m.launch("H5P.Drill", catalog.Normal, false)
	o := s.open(token, "H5P.Drill")
	s.do("POST", "/run/"+token+"/events?item=H5P.Drill", eventsOf(o, 1, 1, "", about("completed", `,"result":{"success":true}`)), 200)
	if got, want := strings.Join(s.m.recorded(t, 0), "|"), `completed test {"success":true}|passed test {"success":true}`; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if len(s.m.reg.Attempts) != catalog.MaxAttempts || s.m.reg.State != catalog.Passed {
		t.Errorf("%d attempts, state %q", len(s.m.reg.Attempts), s.m.reg.State)
	}
}

// TestEventsLookBack: review, browse and previews record nothing.
func TestEventsLookBack(t *testing.T) {
	s := serve(t, h5pPackage())
	for _, mode := range []catalog.Mode{catalog.Review, catalog.Browse} {
		token := s.m.launch("H5P.Drill", mode, false)
		o := s.open(token, "H5P.Drill")
		s.do("POST", "/run/"+token+"/events?item=H5P.Drill", eventsOf(o, 1, 1, `,"state":{"0":{"state":"x"}}`, about("completed", "")), 200)
	}
	if len(s.m.states)+len(s.m.statements)+len(s.m.reg.Attempts) != 0 {
		t.Errorf("%+v", s.m)
	}
	token := s.m.launch("H5P.Drill", catalog.Normal, true)
	o := s.open(token, "H5P.Drill")
	s.do("POST", "/run/"+token+"/events?item=H5P.Drill", eventsOf(o, 1, 1, `,"state":{"0":{"state":"x"}}`, about("attempted", "")), 200)
	if again := s.open(token, "H5P.Drill"); again.State["0"]["state"] != "x" || len(s.m.statements)+len(s.m.reg.Attempts) != 0 {
		t.Errorf("%+v %+v", again, s.m)
	}
}
