package player

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"lernspur/content/manifest"
)

var (
	testAttempt = uuid.MustParse("11111111-1111-4111-8111-111111111111")
	testSession = uuid.MustParse("22222222-2222-4222-8222-222222222222")
)

func testSessionOf(kind manifest.Kind) Session {
	return Session{
		Edition: kind, Actor: json.RawMessage(learnerJSON), Registration: uuid.MustParse("33333333-3333-4333-8333-333333333333"),
		Attempt: testAttempt, ID: testSession, Commit: 3, At: time.Date(2026, 3, 4, 5, 6, 7, 89e6, time.UTC),
		SCO:    activity("https://x.example/c/item/s", typeLesson, manifest.Text{{Value: "S"}}),
		Course: activity("https://x.example/c", typeCourse, manifest.Text{{Language: "de", Value: "C"}}),
		Said:   map[string]bool{"cmi.core.session_time": true, "cmi.session_time": true},
	}
}

// lines are statements as verb, object below the SCO, definition and result.
func lines(all []Statement) string {
	var b strings.Builder
	for _, s := range all {
		b.WriteString(strings.TrimPrefix(s.Verb.ID, verbs))
		if rest := strings.TrimPrefix(s.Object.ID, "https://x.example/c/item/s"); rest != "" {
			b.WriteString(" " + rest)
		}
		if d := s.Object.Definition; d.InteractionType != "" {
			b.WriteString(" " + d.InteractionType + " " + strings.Join(d.CorrectResponsesPattern, " | "))
		}
		if s.Result != nil {
			text, _ := json.Marshal(s.Result)
			b.Write(append([]byte(" "), text...))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// TestTranslate holds the table of docs/packages.md, computed by hand.
func TestTranslate(t *testing.T) {
	const v12, v2004 = manifest.SCORM12, manifest.SCORM2004
	for _, c := range []struct {
		name          string
		kind          manifest.Kind
		before, after CMI
		with          func(*Session)
		want          string
	}{
		{"begins", v12, nil, CMI{}, func(s *Session) { s.Begins = true }, "initialized\n"},
		{"goes on", v2004, nil, CMI{}, func(s *Session) { s.Begins, s.Resumed = true, true }, "resumed\n"},
		{"nothing is known at the end", v12, nil, CMI{"cmi.core.lesson_status": "not attempted", "cmi.core.score.max": "100"},
			func(s *Session) { s.Ends = true }, "terminated\n"},
		{"unknown is no result", v2004, nil, CMI{"cmi.completion_status": "unknown", "cmi.success_status": "unknown"},
			func(s *Session) { s.Ends = true }, "terminated\n"},
		{"not attempted is not incomplete", v2004, nil, CMI{"cmi.completion_status": "not attempted"}, func(s *Session) { s.Ends = true }, "terminated\n"},
		{"suspended, with its time", v12, nil, CMI{"cmi.core.exit": "suspend", "cmi.core.session_time": "0001:02:03.45", "cmi.core.lesson_status": "incomplete"},
			func(s *Session) { s.Ends = true }, `suspended {"completion":false,"duration":"PT1H2M3.45S"}` + "\n"},
		{"a time that nobody set", v2004, nil, CMI{"cmi.session_time": "PT0H0M0S"},
			func(s *Session) { s.Ends, s.Said = true, nil }, "terminated\n"},
		{"a time that is none", v2004, nil, CMI{"cmi.session_time": "90"}, func(s *Session) { s.Ends = true }, "terminated\n"},
		{"completed", v12, nil, CMI{"cmi.core.lesson_status": "completed"}, nil, `completed {"completion":true}` + "\n"},
		{"passed says nothing of completion", v12, nil, CMI{"cmi.core.lesson_status": "passed"}, nil, `passed {"success":true}` + "\n"},
		{"the same again", v12, CMI{"cmi.core.lesson_status": "passed"}, CMI{"cmi.core.lesson_status": "passed"}, nil, ""},
		{"failed after passed", v2004, CMI{"cmi.success_status": "passed"}, CMI{"cmi.success_status": "failed"}, nil, `failed {"success":false}` + "\n"},
		{"score of a hundred", v12, nil, CMI{"cmi.core.score.raw": "7", "cmi.core.score.max": "100"}, nil, `scored {"score":{"scaled":0.07,"raw":7}}` + "\n"},
		{"score of ten", v12, nil, CMI{"cmi.core.score.raw": "7", "cmi.core.score.max": "10", "cmi.core.score.min": "0"},
			func(s *Session) { s.Said = map[string]bool{"cmi.core.score.max": true} }, `scored {"score":{"raw":7,"min":0,"max":10}}` + "\n"},
		{"the library's maximum", v12, nil, CMI{"cmi.core.score.raw": "7", "cmi.core.score.min": "0", "cmi.core.score.max": "100"}, nil,
			`scored {"score":{"scaled":0.07,"raw":7,"min":0}}` + "\n"},
		{"digits stay", v2004, nil, CMI{"cmi.score.scaled": "0.50", "cmi.score.raw": "5.0"}, nil, `scored {"score":{"scaled":0.50,"raw":5.0}}` + "\n"},
		{"scaled beyond one", v2004, nil, CMI{"cmi.score.scaled": "1.5"}, nil, ""},
		{"raw beyond its scale", v2004, nil, CMI{"cmi.score.raw": "12", "cmi.score.min": "0", "cmi.score.max": "10"}, nil, `scored {"score":{"raw":12}}` + "\n"},
		{"a scale that is none", v2004, nil, CMI{"cmi.score.raw": "5", "cmi.score.min": "5", "cmi.score.max": "5"}, nil, `scored {"score":{"raw":5}}` + "\n"},
		{"raw without a scale beyond a hundred", v12, nil, CMI{"cmi.core.score.raw": "250"}, nil, `scored {"score":{"raw":250}}` + "\n"},
		{"no number", v12, nil, CMI{"cmi.core.score.raw": "good"}, nil, ""},
		{"progress", v2004, CMI{"cmi.progress_measure": "0.2"}, CMI{"cmi.progress_measure": "0.4"}, nil, `progressed {"score":{"scaled":0.4}}` + "\n"},
		{"comments of 1.2 are appended", v12, CMI{"cmi.comments": "good. "}, CMI{"cmi.comments": "good. short."}, nil, `commented {"response":"short."}` + "\n"},
		{"comments of 2004", v2004, CMI{"cmi.comments_from_learner.0.comment": "a"},
			CMI{"cmi.comments_from_learner.0.comment": "a", "cmi.comments_from_learner.1.comment": "{lang=de}klar"}, nil, `commented {"response":"klar"}` + "\n"},
		{"objectives by id, in any order", v2004,
			CMI{"cmi.objectives.0.id": "a", "cmi.objectives.0.completion_status": "completed"},
			CMI{"cmi.objectives.0.id": "b c", "cmi.objectives.0.success_status": "failed", "cmi.objectives.1.id": "a", "cmi.objectives.1.completion_status": "completed"}, nil,
			`failed /objective/b%20c {"success":false}` + "\n"},
		{"objectives of 1.2", v12, nil, CMI{"cmi.objectives.0.id": "a", "cmi.objectives.0.status": "completed", "cmi.objectives.0.score.raw": "50", "cmi.objectives.0.score.max": "100"}, nil,
			`scored /objective/a {"score":{"scaled":0.5,"raw":50}}` + "\n" + `completed /objective/a {"completion":true}` + "\n"},
		{"choice of 1.2", v12, nil, CMI{"cmi.interactions.0.id": "q", "cmi.interactions.0.type": "choice", "cmi.interactions.0.student_response": "{a,c}",
			"cmi.interactions.0.correct_responses.0.pattern": "{a,b}", "cmi.interactions.0.correct_responses.1.pattern": "c", "cmi.interactions.0.result": "wrong"}, nil,
			`responded /interaction/q choice a[,]b | c {"success":false,"response":"a[,]c"}` + "\n"},
		{"true-false of 1.2", v12, nil, CMI{"cmi.interactions.0.id": "q", "cmi.interactions.0.type": "true-false", "cmi.interactions.0.student_response": "t",
			"cmi.interactions.0.correct_responses.0.pattern": "f", "cmi.interactions.0.result": "wrong"}, nil,
			`responded /interaction/q true-false false {"success":false,"response":"true"}` + "\n"},
		{"sequencing of 1.2", v12, nil, CMI{"cmi.interactions.0.id": "q", "cmi.interactions.0.type": "sequencing", "cmi.interactions.0.student_response": "c,a,b", "cmi.interactions.0.result": "neutral"}, nil,
			`responded /interaction/q sequencing  {"response":"c[,]a[,]b"}` + "\n"},
		{"a result that is a number", v2004, nil, CMI{"cmi.interactions.0.id": "q", "cmi.interactions.0.type": "numeric", "cmi.interactions.0.learner_response": "4",
			"cmi.interactions.0.correct_responses.0.pattern": "3[:]5", "cmi.interactions.0.result": "0.75", "cmi.interactions.0.latency": "PT1M"}, nil,
			`responded /interaction/q numeric 3[:]5 {"score":{"raw":0.75},"response":"4","duration":"PT1M"}` + "\n"},
		{"an answer waits for its verdict", v2004, nil, CMI{"cmi.interactions.0.id": "q", "cmi.interactions.0.type": "fill-in", "cmi.interactions.0.learner_response": "x"}, nil, ""},
		{"which may never come", v2004, CMI{"cmi.interactions.0.id": "q", "cmi.interactions.0.type": "fill-in", "cmi.interactions.0.learner_response": "x"},
			CMI{"cmi.interactions.0.id": "q", "cmi.interactions.0.type": "fill-in", "cmi.interactions.0.learner_response": "x"}, func(s *Session) { s.Ends = true },
			`responded /interaction/q fill-in  {"response":"x"}` + "\nterminated\n"},
		{"and is told once", v2004, CMI{"cmi.interactions.0.id": "q", "cmi.interactions.0.learner_response": "x"},
			CMI{"cmi.interactions.0.id": "q", "cmi.interactions.0.learner_response": "x"}, func(s *Session) { s.Ends, s.Told = true, map[string]bool{"0": true} }, "terminated\n"},
		{"the same question again", v12,
			CMI{"cmi.interactions.0.id": "q", "cmi.interactions.0.student_response": "a", "cmi.interactions.0.result": "wrong"},
			CMI{"cmi.interactions.0.id": "q", "cmi.interactions.0.student_response": "a", "cmi.interactions.0.result": "wrong",
				"cmi.interactions.1.id": "q", "cmi.interactions.1.student_response": "b", "cmi.interactions.1.result": "correct"}, nil,
			`responded /interaction/q other  {"success":true,"response":"b"}` + "\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := testSessionOf(c.kind)
			if c.with != nil {
				c.with(&s)
			}
			if got := lines(Translate(c.before, c.after, s)); got != c.want {
				t.Errorf("got:\n%swant:\n%s", got, c.want)
			}
		})
	}
}

// TestTranslateWhole compares a statement as a whole.
func TestTranslateWhole(t *testing.T) {
	s := testSessionOf(manifest.SCORM2004)
	all := Translate(nil, CMI{"cmi.objectives.0.id": "a", "cmi.objectives.0.success_status": "passed"}, s)
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"id":"` + all[0].ID.String() + `","actor":` + learnerJSON + `,` +
		`"verb":{"id":"http://adlnet.gov/expapi/verbs/passed","display":{"en":"passed"}},` +
		`"object":{"objectType":"Activity","id":"https://x.example/c/item/s/objective/a","definition":{"type":"http://adlnet.gov/expapi/activities/objective"}},` +
		`"result":{"success":true},"context":{"registration":"33333333-3333-4333-8333-333333333333","platform":"Lernspur","contextActivities":{` +
		`"parent":[{"objectType":"Activity","id":"https://x.example/c/item/s","definition":{"name":{"und":"S"},"type":"http://adlnet.gov/expapi/activities/lesson"}}],` +
		`"grouping":[{"objectType":"Activity","id":"https://x.example/c/item/s?attemptId=11111111-1111-4111-8111-111111111111","definition":{"type":"http://adlnet.gov/expapi/activities/attempt"}},` +
		`{"objectType":"Activity","id":"https://x.example/c","definition":{"name":{"de":"C"},"type":"http://adlnet.gov/expapi/activities/course"}}],` +
		`"category":[{"objectType":"Activity","id":"https://w3id.org/xapi/scorm","definition":{"type":"http://adlnet.gov/expapi/activities/profile"}}]}},` +
		`"timestamp":"2026-03-04T05:06:07.089Z"}]`
	if string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
	again := Translate(nil, CMI{"cmi.objectives.0.id": "a", "cmi.objectives.0.success_status": "passed"}, s)
	if again[0].ID != all[0].ID {
		t.Error("the same commit has other ids")
	}
	s.Commit++
	if other := Translate(nil, CMI{"cmi.objectives.0.id": "a", "cmi.objectives.0.success_status": "passed"}, s); other[0].ID == all[0].ID {
		t.Error("another commit has the same ids")
	}
}

func TestTimes(t *testing.T) {
	for _, c := range []struct {
		text, iso string
		length    time.Duration
		in12      string
		in2004    string
	}{
		{"0000:00:00", "PT0H0M0S", 0, "0000:00:00", "PT0H0M0S"},
		{"01:02:03.5", "PT1H2M3.5S", time.Hour + 2*time.Minute + 3500*time.Millisecond, "0001:02:03.5", "PT1H2M3.5S"},
		{"9999:59:59", "PT9999H59M59S", 9999 * time.Hour, "9999:00:00", "PT9999H0M0S"},
		{"PT90M", "PT90M", 90 * time.Minute, "0001:30:00", "PT1H30M0S"},
		{"P1DT1S", "P1DT1S", 24*time.Hour + time.Second, "0024:00:01", "PT24H0M1S"},
		{"P1Y", "P1Y", 365 * 24 * time.Hour, "8760:00:00", "PT8760H0M0S"},
		{"P", "", 0, "0000:00:00", "PT0H0M0S"},
		{"PT", "", 0, "0000:00:00", "PT0H0M0S"},
		{"12", "", 0, "0000:00:00", "PT0H0M0S"},
	} {
		if got := isoDuration(c.text); got != c.iso {
			t.Errorf("isoDuration(%s) = %s, want %s", c.text, got, c.iso)
		}
		d := length(c.text)
		if d != c.length || totalTime(d, false) != c.in12 || totalTime(d, true) != c.in2004 {
			t.Errorf("length(%s) = %v, %s, %s", c.text, d, totalTime(d, false), totalTime(d, true))
		}
	}
}
