package player

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lernspur/catalog"
)

// assets makes assets of the named items of a package.
func assets(files map[string]string, ids ...string) map[string]string {
	text := files["imsmanifest.xml"]
	for _, id := range ids {
		for _, name := range [...]string{"scormtype", "scormType"} {
			text = strings.ReplaceAll(text, `<resource identifier="R-`+id+`" type="webcontent" adlcp:`+name+`="sco"`, `<resource identifier="R-`+id+`" type="webcontent" adlcp:`+name+`="asset"`)
		}
	}
	files["imsmanifest.xml"] = text
	return files
}

// TestAssets: an asset is done with when it is opened, once; a course of nothing
// else is completed when all were.
func TestAssets(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"1.2":  assets(scorm12([2]string{"one", ""}, [2]string{"two", ""}), "one", "two"),
		"2004": assets(scorm2004(flow, [2]string{"one", ""}, [2]string{"two", ""}), "one", "two"),
	} {
		s := serve(t, files)
		token := s.m.launch("one", catalog.Normal, false)
		s.m.fail = &catalog.Busy{} // what could not be recorded comes with the next opening
		s.do("POST", "/run/"+token+"/open?item=one", "", 503)
		s.open(token, "one")
		s.open(token, "one")
		if s.m.reg.State != catalog.Started {
			t.Errorf("%s: state %q", name, s.m.reg.State)
		}
		s.open(token, "two")
		want := `completed test/item/one {"completion":true}|completed test/item/two {"completion":true}|completed test {"completion":true}`
		if got := strings.Join(s.m.recorded(t, 0), "|"); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
		if r := s.m.reg; r.State != catalog.Completed || len(r.Attempts) != 2 || r.Attempts[0].Outcome != catalog.Completed || r.Attempts[0].Ended == 0 {
			t.Errorf("%s: %+v", name, r)
		}
		if len(s.m.documents) != 0 {
			t.Errorf("%s: documents of assets: %+v", name, s.m.documents)
		}
	}
	// Beside a SCO, that decides.
	s := serve(t, assets(scorm12([2]string{"one", ""}, [2]string{"help", ""}), "help"))
	token := s.m.launch("one", catalog.Normal, false)
	s.do("POST", "/run/"+token+"/commit?item=one", commitOf(s.open(token, "one"), "1", `,"begins":true,"ends":true`, `{"core":{"lesson_status":"passed"}}`), 200)
	if s.m.reg.State != catalog.Passed {
		t.Errorf("state %q", s.m.reg.State)
	}
	preview := s.m.launch("help", catalog.Normal, true)
	s.open(preview, "help")
	if n := len(s.m.statements); n != 5 {
		t.Errorf("%d statements", n)
	}
}

// TestAbandoned: the length of a session whose end never arrived is in a statement
// and in the total time of the next one.
func TestAbandoned(t *testing.T) {
	for name, c := range map[string]struct{ files, said, total, statement string }{
		"said":     {"1.2", `"session_time":"00:01:30"`, "0000:01:30", `suspended test/item/one {"completion":false,"duration":"PT0H1M30S"}`},
		"measured": {"1.2", `"exit":"suspend"`, "0000:02:05", `suspended test/item/one {"completion":false,"duration":"PT0H2M5S"}`},
		"2004":     {"2004", "", "PT0H2M5S", `suspended test/item/one {"completion":false,"duration":"PT0H2M5S"}`},
	} {
		m := newMemory(t, scorm12([2]string{"one", ""}))
		data, element := `{"core":{"lesson_status":"incomplete",`+c.said+`}}`, "cmi.core.total_time"
		if c.files == "2004" {
			m, data, element = newMemory(t, scorm2004(flow, [2]string{"one", ""})), `{"completion_status":"incomplete"}`, "cmi.total_time"
		}
		now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
		server := httptest.NewServer(New(Options{Catalog: m, Recorder: m, Now: func() time.Time { return now }}).Handler())
		t.Cleanup(server.Close)
		s := &served{t, m, server.URL}
		token := m.launch("one", catalog.Normal, false)
		o := s.open(token, "one")
		for _, number := range []string{"1", "2"} {
			body := commitOf(o, number, `,"begins":true`, data)
			s.do("POST", "/run/"+token+"/commit?item=one", strings.Replace(body, `"begins"`, `"said":["cmi.core.session_time"],"begins"`, 1), 200)
			now = now.Add(125 * time.Second)
		}
		again := s.open(token, "one")
		if again.Data[element] != c.total || again.Attempt != o.Attempt {
			t.Errorf("%s: total time %q", name, again.Data[element])
		}
		s.open(token, "one") // nothing has happened since
		got := m.recorded(t, 0)
		if len(got) != 2 || got[1] != c.statement {
			t.Errorf("%s: %q, want %s", name, got, c.statement)
		}
		if at := m.statements[1]["timestamp"]; at != "2026-03-04T05:08:12.000Z" {
			t.Errorf("%s: at %v", name, at)
		}
	}
}

// TestActivityProfile: what the manifest says about a SCO is written once, and only
// of the current version.
func TestActivityProfile(t *testing.T) {
	const threshold = `<adlcp:completionThreshold completedByMeasure="true" minProgressMeasure="0.8"/><adlcp:dataFromLMS>a=b</adlcp:dataFromLMS><adlcp:timeLimitAction>exit,message</adlcp:timeLimitAction>` +
		`<imsss:sequencing><imsss:limitConditions attemptAbsoluteDurationLimit="PT1H30M"/><imsss:objectives><imsss:primaryObjective objectiveID="p" satisfiedByMeasure="true"><imsss:minNormalizedMeasure>0.7</imsss:minNormalizedMeasure></imsss:primaryObjective></imsss:objectives></imsss:sequencing>`
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"1.2":  {scorm12([2]string{"one", "80"}, [2]string{"two", ""}), `{"scaled_passing_score":0.8}`},
		"2004": {scorm2004(flow, [2]string{"one", threshold}, [2]string{"two", ""}), `{"completion_threshold":0.8,"launch_data":"a=b","max_time_allowed":5400,"scaled_passing_score":0.7,"time_limit_action":"exit,message"}`},
	} {
		s := serve(t, c.files)
		s.open(s.m.launch("one", catalog.Normal, true), "one")
		s.open(s.m.launch("one", catalog.Review, false), "one")
		if len(s.m.documents) != 0 {
			t.Errorf("%s: written for a preview: %+v", name, s.m.documents)
		}
		for range 2 {
			s.open(s.m.launch("one", catalog.Normal, false), "one")
			s.open(s.m.launch("two", catalog.Normal, false), "two") // has nothing to say
		}
		if len(s.m.documents) != 1 {
			t.Fatalf("%s: %+v", name, s.m.documents)
		}
		d := s.m.documents[0]
		if d.Activity != "https://lernspur.example/courses/test/item/one" || d.ID != "https://w3id.org/xapi/scorm/activity-profile" || d.Actor != nil || string(d.Content) != c.want {
			t.Errorf("%s: %+v %s, want %s", name, d, d.Content, c.want)
		}
		s.m.course.Current = 2
		old := serve(t, c.files)
		old.m.course.Current = 2
		old.open(old.m.launch("one", catalog.Normal, false), "one")
		if len(old.m.documents) != 0 {
			t.Errorf("%s: an old version was described", name)
		}
	}
}

// TestCallsOfAttempts: the calls of the attempts before are kept for a while.
func TestCallsOfAttempts(t *testing.T) {
	s := serve(t, scorm12([2]string{"one", ""}))
	token := s.m.launch("one", catalog.Normal, false)
	for i := range 8 {
		o := s.open(token, "one")
		call := `,"begins":true,"ends":true,"log":[{"at":1,"call":"LMSFinish","value":"` + string(rune('a'+i)) + `","result":"true"}]`
		s.do("POST", "/run/"+token+"/commit?item=one", commitOf(o, "1", call, `{"core":{"lesson_status":"passed"}}`), 200)
	}
	p := New(Options{Catalog: s.m})
	for number, want := range map[int]string{0: "h", 8: "h", 7: "g", 3: "c", 2: "", 9: ""} {
		calls, err := p.Calls(t.Context(), "default", s.m.reg.ID, "one", number)
		got := ""
		if err == nil {
			got = calls.Calls[0].Value
		}
		if got != want || want == "" && !errors.Is(err, catalog.ErrNotFound) || want != "" && number != 0 && calls.Number != number {
			t.Errorf("attempt %d: %q %v, want %q", number, got, err, want)
		}
	}
}
