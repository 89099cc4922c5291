package launch

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"

	"lernspur/catalog"
	"lernspur/content/manifest"
	"lernspur/statements"
)

// TestFollow: what content of Tin Can says about its activity, and nothing else,
// becomes the outcome and the score of its attempt.
func TestFollow(t *testing.T) {
	const activity = "https://p.example/golf"
	item := &manifest.Item{Type: manifest.Activity, ID: activity, Launch: &manifest.Launch{URL: "index.html", File: "index.html"}}
	m := &manifest.Package{Kind: manifest.TinCan, Structure: []*manifest.Item{item}}
	course := &catalog.Course{Activity: "https://lrs.example/courses/golf", Versions: []catalog.Version{{Number: 1, Kind: manifest.TinCan, Manifest: m}}}
	said := func(verb, object, result string) string {
		text := `{"actor":{"mbox":"mailto:a@example.org"},"verb":{"id":"http://adlnet.gov/expapi/verbs/` + verb + `"},"object":{"id":"` + object + `"}`
		if result != "" {
			text += `,"result":` + result
		}
		return text + "}"
	}
	type list = []string
	for _, c := range []struct {
		name           string
		said           list
		outcome, state string
		score          float64 // −9: none
		ended          bool
	}{
		{"nothing of it", list{said("experienced", activity, ""), said("passed", activity+"/other", `{"success":true}`)}, "", catalog.Started, -9, false},
		{"an answer", list{said("answered", activity, `{"success":true,"score":{"scaled":1}}`)}, "", catalog.Started, -9, false},
		{"completed", list{said("completed", activity, "")}, catalog.Completed, catalog.Completed, -9, false},
		{"not completed", list{said("completed", activity, `{"completion":false}`)}, "", catalog.Started, -9, false},
		{"by its result", list{said("experienced", activity, `{"completion":true}`)}, catalog.Completed, catalog.Completed, -9, false},
		{"passed, then completed", list{said("passed", activity, `{"score":{"scaled":0.7}}`), said("completed", activity, `{"completion":true}`)}, catalog.Passed, catalog.Passed, 0.7, false},
		{"failed, then tried again", list{said("failed", activity, `{"score":{"raw":1,"max":4}}`), said("passed", activity, `{"success":true,"score":{"raw":30,"min":20,"max":40}}`)}, catalog.Passed, catalog.Passed, 0.5, false},
		{"failed", list{said("failed", activity, ""), said("exited", activity, "")}, catalog.Failed, catalog.Failed, -9, true},
		{"a score of nothing known", list{said("passed", activity, `{"score":{"raw":3}}`)}, catalog.Passed, catalog.Passed, -9, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			array := "["
			for i, text := range c.said {
				if i > 0 {
					array += ","
				}
				array += text
			}
			sts, problem := statements.Parse([]byte(array+"]"), statements.Options{Edition: statements.V1})
			if problem != nil {
				t.Fatal(problem)
			}
			f := &Follower{service: New(Options{Now: func() time.Time { return time.UnixMicro(77) }}), attempt: uuid.New()}
			r := &catalog.Registration{State: catalog.Started, Attempts: []catalog.Attempt{{ID: uuid.New(), Item: activity}, {ID: f.attempt, Item: activity}}}
			var views []*view
			for _, st := range sts {
				if v, err := look(st); err != nil {
					t.Fatal(err)
				} else if f.concerns(v) {
					views = append(views, v)
				}
			}
			f.note(r, course, m, views)
			a := r.Attempts[1]
			if a.Outcome != c.outcome || r.State != c.state || (a.Ended == 77) != c.ended || (a.Score == nil) != (c.score == -9) || a.Score != nil && *a.Score != c.score {
				text, _ := json.Marshal(r)
				t.Errorf("%s", text)
			}
			if r.Attempts[0].Outcome != "" {
				t.Error("another attempt was changed")
			}
		})
	}
	r := &catalog.Registration{State: catalog.NotStarted, Attempts: []catalog.Attempt{{ID: uuid.Nil, Item: activity, Reset: true}}}
	(&Follower{service: New(Options{})}).note(r, course, m, []*view{{verb: verbPassed, activity: activity}})
	if r.State != catalog.NotStarted || r.Attempts[0].Outcome != "" {
		t.Errorf("an attempt from before a reset: %+v", r)
	}
}
