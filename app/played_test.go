package app

import (
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lernspur/internal/browsertest"
)

// Packages of every kind, played in a browser from their upload to what is stored
// and shown. What they report with are the libraries that content really uses, as
// they are; the pages in testdata/played do no more than call them.

const playedSCORM2004 = `<?xml version="1.0"?>
<manifest identifier="fire4" version="1" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" xmlns:imsss="http://www.imsglobal.org/xsd/imsss">
  <metadata><schema>ADL SCORM</schema><schemaversion>2004 4th Edition</schemaversion></metadata>
  <organizations default="org"><organization identifier="org"><title>Fire safety</title>
    <item identifier="test" identifierref="r1"><title>What you know</title><imsss:sequencing><imsss:objectives>
      <imsss:primaryObjective objectiveID="p"><imsss:mapInfo targetObjectiveID="known" writeSatisfiedStatus="true"/></imsss:primaryObjective></imsss:objectives></imsss:sequencing></item>
    <item identifier="lesson" identifierref="r2"><title>Lesson</title><imsss:sequencing><imsss:sequencingRules><imsss:preConditionRule>
      <imsss:ruleConditions><imsss:ruleCondition referencedObjective="k" condition="satisfied"/></imsss:ruleConditions><imsss:ruleAction action="skip"/></imsss:preConditionRule></imsss:sequencingRules>
      <imsss:objectives><imsss:primaryObjective objectiveID="own"/><imsss:objective objectiveID="k"><imsss:mapInfo targetObjectiveID="known" readSatisfiedStatus="true"/></imsss:objective></imsss:objectives></imsss:sequencing></item>
    <item identifier="last" identifierref="r3"><title>Last</title></item>
    <imsss:sequencing><imsss:controlMode choice="true" flow="true"/></imsss:sequencing></organization></organizations>
  <resources>
    <resource identifier="r1" type="webcontent" adlcp:scormType="sco" href="test.html"><file href="test.html"/></resource>
    <resource identifier="r2" type="webcontent" adlcp:scormType="sco" href="lesson.html"><file href="lesson.html"/></resource>
    <resource identifier="r3" type="webcontent" adlcp:scormType="sco" href="last.html"><file href="last.html"/></resource>
  </resources>
</manifest>`

const playedCmi5 = `<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd">
<course id="https://p.example/c"><title><langstring lang="en">Course</langstring></title><description><langstring lang="en">d</langstring></description></course>
<block id="https://p.example/b"><title><langstring lang="en">Block</langstring></title><description><langstring lang="en">d</langstring></description>
<au id="https://p.example/au/1" moveOn="CompletedAndPassed" masteryScore="0.8"><title><langstring lang="en">One</langstring></title><description><langstring lang="en">d</langstring></description><url>one.html</url></au></block>
<au id="https://p.example/au/2" moveOn="CompletedAndPassed" masteryScore="0.8"><title><langstring lang="en">Two</langstring></title><description><langstring lang="en">d</langstring></description><url>two.html</url></au>
</courseStructure>`

// library is a file of an installed package of npm.
func library(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(name)))
	if err != nil {
		t.Fatalf("%v: run make clients", err)
	}
	return string(text)
}

func played(t *testing.T, name string) string { return library(t, "app/testdata/played/"+name) }

// stage is a server with a browser before it, and a learner of one course.
type stage struct {
	*browsertest.Page
	t                              *testing.T
	app                            *App
	course, activity, registration string
	seen                           int  // statements that were compared
	closing                        bool // they are sent while a page is closed, in one message or in two: in any order
}

// enter uploads a package and registers the learner.
func (s *stage) enter(t *testing.T, files map[string]string) *stage {
	t.Helper()
	n := &stage{Page: s.Page, t: t, app: s.app}
	n.course = dig(t, upload(t, s.app, "POST", "/api/v1/packages", files, 201), "package", "course").(string)
	n.activity = dig(t, do(t, s.app, "GET", "/api/v1/courses/"+n.course, "", 200), "activity").(string)
	n.registration = do(t, s.app, "POST", "/api/v1/registrations", `{"course":"`+n.course+`","learner":{"actor":`+learnerJSON+`}}`, 200)["id"].(string)
	return n
}

// launch opens an item by a link of its own.
func (s *stage) launch(item string) {
	s.t.Helper()
	s.Visit(do(s.t, s.app, "POST", "/api/v1/launches", fmt.Sprintf(`{"registration":%q,"item":%q}`, s.registration, item), 201)["link"].(string))
}

// sco waits until a SCO has begun.
func (s *stage) sco(page string) {
	s.t.Helper()
	s.Until(`(() => { const w = document.getElementById('content')?.contentWindow; return w && w.location.pathname.endsWith('/` + page + `') && w.started && w.document.readyState === 'complete' })()`)
}

// content evaluates an expression in the SCO's window.
func (s *stage) content(expression string) string {
	s.t.Helper()
	return s.Text("document.getElementById('content').contentWindow.eval(`" + expression + "`)")
}

// set has a SCO set elements; all have to be taken.
func (s *stage) set(pairs ...string) {
	s.t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if got := s.content("scorm.set('" + pairs[i] + "', '" + pairs[i+1] + "')"); got != "true" {
			s.t.Errorf("%s = %s: %s", pairs[i], pairs[i+1], got)
		}
	}
}

// expect compares the statements that came since the last time, one by one: verb,
// object and result; and in each the learner, the registration and what kind says of
// the context.
func (s *stage) expect(kind string, want ...string) {
	s.t.Helper()
	var lines []string
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		lines = s.stored(kind)[s.seen:]
		if len(lines) >= len(want) || time.Now().After(end) {
			break
		}
	}
	s.seen += len(lines)
	if s.closing {
		slices.Sort(lines)
		slices.Sort(want)
	}
	if got := strings.Join(lines, "\n"); got != strings.Join(want, "\n") {
		s.t.Errorf("statements:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
	}
}

func (s *stage) stored(kind string) (lines []string) {
	s.t.Helper()
	_, text := ask(s.t, s.app, "GET", "/xapi/statements?ascending=true&format=exact&registration="+s.registration, "")
	var page struct {
		Statements []struct {
			ID        string
			Actor     json.RawMessage
			Verb      struct{ ID string }
			Object    struct{ ID string }
			Timestamp time.Time
			Result    map[string]any
			Context   struct {
				Registration string
				Activities   map[string][]struct{ ID string } `json:"contextActivities"`
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &page); err != nil {
		s.t.Fatal(err, text)
	}
	for _, st := range page.Statements {
		line := path.Base(st.Verb.ID) + " " + strings.ReplaceAll(st.Object.ID, s.activity, "COURSE")
		if kind == "cmi5" && line[strings.IndexByte(line, ' ')+1:] != "COURSE" {
			line = path.Base(st.Verb.ID) // ids are made at the import
		}
		delete(st.Result, "duration")
		if len(st.Result) > 0 {
			result, _ := json.Marshal(st.Result)
			line += " " + string(result)
		}
		lines = append(lines, line)
		if !strings.Contains(string(st.Actor), `"name":"4711"`) || st.Context.Registration != s.registration || st.Timestamp.IsZero() {
			s.t.Errorf("%s: somebody else's, or at no time: %s in %s", line, st.Actor, st.Context.Registration)
		}
		of := map[string]string{}
		for place, list := range st.Context.Activities {
			for _, a := range list {
				of[place] += strings.ReplaceAll(a.ID, s.activity, "COURSE") + " "
			}
		}
		switch kind {
		case "scorm":
			sco := strings.Contains(st.Object.ID, "/item/")
			if !strings.Contains(of["category"], "https://w3id.org/xapi/scorm ") || sco && (!strings.Contains(of["grouping"], "COURSE ") || !strings.Contains(of["grouping"], "?attemptId=")) {
				s.t.Errorf("%s: the context has %v", line, of)
			}
			if strings.Contains(line, "/interaction/") && !strings.Contains(of["parent"], "COURSE/item/") {
				s.t.Errorf("%s: the parent is %q", line, of["parent"])
			}
		case "cmi5":
			if of["grouping"] == "" || !strings.Contains(of["category"], "https://w3id.org/xapi/cmi5/context/categories/cmi5") {
				s.t.Errorf("%s: the context has %v", line, of)
			}
		}
	}
	return lines
}

// shown compares what is shown of the registration.
func (s *stage) shown(state string, attempts int) {
	s.t.Helper()
	r := do(s.t, s.app, "GET", "/api/v1/registrations/"+s.registration, "", 200)
	if list, _ := r["attempts"].([]any); r["state"] != state || len(list) != attempts {
		s.t.Errorf("the registration: %v", r)
	}
}

func TestPackagesArePlayed(t *testing.T) {
	o := options(t)
	o.ContentAddr = "127.0.0.1:0"
	a := start(t, o)
	defer stop(t, a)
	s := &stage{Page: browsertest.Open(t, 3*time.Minute), app: a}
	for name, play := range map[string]func(*testing.T, *stage){
		"SCORM 1.2": playSCORM12, "SCORM 2004": playSCORM2004, "cmi5": playCmi5, "Tin Can": playTinCan, "H5P": playH5P,
	} {
		t.Run(name, func(t *testing.T) { play(t, s) })
	}
}

// sco are the files of a package with these pages, each a SCO.
func scos(t *testing.T, manifest string, pages ...string) map[string]string {
	files := map[string]string{"imsmanifest.xml": manifest, "pipwerks.js": library(t, "player/library/node_modules/pipwerks-scorm-api-wrapper/index.js")}
	for _, page := range pages {
		files[page] = played(t, "sco.html")
	}
	return files
}

func playSCORM12(t *testing.T, s *stage) {
	s = s.enter(t, scos(t, scormManifest, "one.html", "two.html"))
	s.launch("one")
	s.sco("one.html")
	s.set("cmi.core.lesson_location", "page 3", "cmi.suspend_data", strings.Repeat("s", 4096),
		"cmi.interactions.0.id", "q1", "cmi.interactions.0.type", "choice", "cmi.interactions.0.correct_responses.0.pattern", "a,b",
		"cmi.interactions.0.student_response", "a,c", "cmi.interactions.0.result", "wrong")
	s.content("scorm.quit()")
	s.expect("scorm", `initialized COURSE/item/one`,
		`responded COURSE/item/one/interaction/q1 {"response":"a[,]c","success":false}`,
		`suspended COURSE/item/one {"completion":false}`)
	s.shown("started", 1)

	s.launch("one")
	s.sco("one.html")
	if got := s.content("scorm.get('cmi.core.lesson_location') + scorm.get('cmi.suspend_data').length + scorm.get('cmi.core.entry')"); got != "page 34096resume" {
		t.Errorf("kept is %q", got)
	}
	s.set("cmi.core.score.raw", "90", "cmi.core.score.min", "0", "cmi.core.score.max", "100", "cmi.core.lesson_status", "passed")
	s.content("scorm.quit()")
	const good = `{"score":{"max":100,"min":0,"raw":90,"scaled":0.9},"success":true}`
	s.expect("scorm", `resumed COURSE/item/one`, `scored COURSE/item/one {"score":{"max":100,"min":0,"raw":90,"scaled":0.9}}`,
		`passed COURSE/item/one `+good, `terminated COURSE/item/one `+good)

	s.Until(`!document.getElementById('next').disabled`)
	s.Text(`document.getElementById('next').click()`)
	s.sco("two.html")
	s.set("cmi.core.lesson_status", "failed")
	s.Visit("about:blank") // closed by the learner: the end comes as a beacon
	s.closing = true
	s.expect("scorm", `initialized COURSE/item/two`, `failed COURSE/item/two {"success":false}`, `failed COURSE {"success":false}`, `suspended COURSE/item/two {"success":false}`)
	s.shown("failed", 2)
}

// playSCORM2004 skips the lesson, since the test before it was passed.
func playSCORM2004(t *testing.T, s *stage) {
	s = s.enter(t, scos(t, playedSCORM2004, "test.html", "lesson.html", "last.html"))
	s.launch("test")
	s.sco("test.html")
	s.set("cmi.interactions.0.id", "q1", "cmi.interactions.0.type", "true-false", "cmi.interactions.0.correct_responses.0.pattern", "true",
		"cmi.interactions.0.learner_response", "true", "cmi.interactions.0.result", "correct",
		"cmi.score.scaled", "0.9", "cmi.success_status", "passed", "cmi.completion_status", "completed")
	s.content("scorm.quit()")
	s.expect("scorm", `initialized COURSE/item/test`, `responded COURSE/item/test/interaction/q1 {"response":"true","success":true}`,
		`scored COURSE/item/test {"score":{"scaled":0.9}}`, `completed COURSE/item/test {"completion":true}`,
		`passed COURSE/item/test {"score":{"scaled":0.9},"success":true}`, `terminated COURSE/item/test {"completion":true,"score":{"scaled":0.9},"success":true}`)
	s.Until(`!document.getElementById('next').disabled`)
	s.Text(`document.getElementById('next').click()`)
	s.sco("last.html")
	s.set("cmi.location", "7")
	s.content("scorm.quit()")
	s.expect("scorm", `initialized COURSE/item/last`, `suspended COURSE/item/last {"completion":false}`)
	s.launch("last")
	s.sco("last.html")
	if got := s.content("scorm.get('cmi.location')"); got != "7" {
		t.Errorf("the location is %q", got)
	}
	s.set("cmi.success_status", "failed", "cmi.completion_status", "completed")
	s.content("scorm.quit()")
	s.expect("scorm", `resumed COURSE/item/last`, `completed COURSE/item/last {"completion":true}`, `failed COURSE/item/last {"success":false}`,
		`failed COURSE {"success":false}`, `terminated COURSE/item/last {"completion":true,"success":false}`)
	s.shown("failed", 2) // the lesson was skipped, and the course goes by what was played
}

func playCmi5(t *testing.T, s *stage) {
	s = s.enter(t, map[string]string{"cmi5.xml": playedCmi5, "one.html": played(t, "au.html"), "two.html": played(t, "au.html"),
		"Cmi5.umd.js": library(t, "launch/clients/node_modules/@xapi/cmi5/dist/Cmi5.umd.js")})
	act := func(item, steps string) {
		t.Helper()
		s.launch(item)
		s.Until(`state === 'began'`)
		s.Text(`(act(` + steps + `), 1)`)
		s.Until(`state !== 'acts'`)
		if got := s.Text(`state`); got != "done" {
			t.Errorf("%s: %s", item, got)
		}
	}
	// Too little for the mastery score, so nothing is satisfied by the end of it.
	act("https://p.example/au/1", `['fail', 0.4], ['complete'], ['terminate']`)
	s.expect("cmi5", `launched`, `initialized`, `failed {"score":{"scaled":0.4},"success":false}`, `completed {"completion":true}`, `terminated`)
	s.shown("started", 1)
	act("https://p.example/au/1", `['pass', 0.95], ['terminate']`)
	s.expect("cmi5", `launched`, `initialized`, `passed {"score":{"scaled":0.95},"success":true}`, `satisfied`, `terminated`)
	s.shown("started", 2)
	act("https://p.example/au/2", `['complete'], ['pass', 0.8], ['terminate']`)
	s.expect("cmi5", `launched`, `initialized`, `completed {"completion":true}`, `passed {"score":{"scaled":0.8},"success":true}`, `satisfied COURSE`, `terminated`)
	s.shown("satisfied", 3)
}

func playTinCan(t *testing.T, s *stage) {
	s = s.enter(t, map[string]string{"tincan.xml": tincanManifest, "index.html": played(t, "tincan.html"),
		"tincan.js": library(t, "launch/clients/node_modules/tincanjs/build/tincan.js")})
	const course = "http://publisher.example/course" // the publisher's own id is that of our course
	report := func(call string) {
		t.Helper()
		s.Text(`(report(` + call + `), 1)`)
		s.Until(`state !== 'acts'`)
		if got := s.Text(`state`); got != "done" {
			t.Errorf("%s: %s", call, got)
		}
	}
	s.launch(course)
	s.Until(`state === 'began'`)
	report(`'attempted'`)
	report(`'answered', { success: false, response: 'x' }, '/q1'`)
	if got := s.Text(`bookmark('page 3')`); got != "page 3" {
		t.Errorf("the bookmark is %q", got)
	}
	report(`'failed', { success: false, score: { raw: 4, min: 0, max: 10 } }`)
	s.expect("", `attempted COURSE`, `answered COURSE/q1 {"response":"x","success":false}`, `failed COURSE {"score":{"max":10,"min":0,"raw":4},"success":false}`)
	s.shown("failed", 1)
	s.launch(course)
	s.Until(`state === 'began'`)
	if got := s.Text(`bookmark()`); got != "page 3" {
		t.Errorf("when it is opened again the bookmark is %q", got)
	}
	report(`'passed', { success: true, completion: true, score: { scaled: 0.9 } }`)
	s.expect("", `passed COURSE {"completion":true,"score":{"scaled":0.9},"success":true}`)
	s.shown("passed", 2)
	r := do(t, s.app, "GET", "/api/v1/registrations/"+s.registration, "", 200)
	expect(t, "the first score", dig(t, r, "attempts", 0, "score"), any(0.4))
	expect(t, "the second outcome", dig(t, r, "attempts", 1, "outcome"), any("passed"))
}

func playH5P(t *testing.T, s *stage) {
	s = s.enter(t, map[string]string{
		"h5p.json":                   h5pPackage["h5p.json"],
		"content/content.json":       `{}`,
		"H5P.Drill-1.2/library.json": `{"machineName":"H5P.Drill","title":"Drill","majorVersion":1,"minorVersion":2,"patchVersion":0,"runnable":1,"preloadedJs":[{"path":"drill.js"}]}`,
		"H5P.Drill-1.2/drill.js":     played(t, "drill.js"),
	})
	s.launch("H5P.Drill")
	const button = `document.getElementById('content')?.contentDocument?.querySelector('iframe.h5p-iframe')?.contentDocument?.querySelector('.finish')`
	s.Until(button)
	s.Text(button + `.click()`)
	const score = `"score":{"max":4,"min":0,"raw":3,"scaled":0.75}`
	s.expect("", `attempted COURSE`, `completed COURSE {"completion":true,`+score+`,"success":true}`, `passed COURSE {"score":{"scaled":0.75},"success":true}`)
	s.shown("passed", 1)
}
