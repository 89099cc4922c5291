package player

import (
	"strings"
	"testing"

	"lernspur/catalog"
)

const flow = `<imsss:controlMode choice="true" flow="true"/>`

func TestBrowserSCORM2004(t *testing.T) {
	b := playPackage(t, scorm2004(flow, [2]string{"one", ""}, [2]string{"two", ""}))
	b.open(b.m.launch("one", catalog.Normal, false), "one.html")
	b.get("cmi.learner_id", "jana")
	b.get("cmi.entry", "ab-initio")
	at := b.statements(0, "initialized test/item/one")

	b.set("cmi.interactions.0.id", "urn:q:1", "cmi.interactions.0.type", "choice", "cmi.interactions.0.correct_responses.0.pattern", "a[,]b",
		"cmi.interactions.0.learner_response", "a[,]b", "cmi.interactions.0.result", "correct", "cmi.interactions.0.latency", "PT12.5S")
	b.set("cmi.objectives.0.id", "goal", "cmi.objectives.0.success_status", "passed", "cmi.objectives.0.score.scaled", "0.5")
	b.set("cmi.progress_measure", "0.5", "cmi.completion_status", "incomplete", "cmi.location", "7", "cmi.suspend_data", "x", "cmi.exit", "suspend", "cmi.session_time", "PT2M")
	b.call("scorm.set('cmi.suspend_data', 'y'.repeat(70000))", "true")
	b.call("scorm.quit()", "true")
	at = b.statements(at,
		`responded test/item/one/interaction/urn:q:1 {"duration":"PT12.5S","response":"a[,]b","success":true}`,
		`scored test/item/one/objective/goal {"score":{"scaled":0.5}}`,
		`passed test/item/one/objective/goal {"score":{"scaled":0.5},"success":true}`,
		`progressed test/item/one {"score":{"scaled":0.5}}`,
		`suspended test/item/one {"completion":false,"duration":"PT2M"}`)

	b.open(b.m.launch("one", catalog.Normal, false), "one.html")
	b.get("cmi.entry", "resume")
	b.get("cmi.location", "7")
	b.get("cmi.total_time", "PT0H2M0S")
	b.call("scorm.get('cmi.suspend_data').length", "70000")
	b.get("cmi.objectives.0.id", "goal")
	at = b.statements(at, "resumed test/item/one")
	b.set("cmi.completion_status", "completed", "cmi.success_status", "passed", "cmi.score.scaled", "0.9", "cmi.score.raw", "9", "cmi.score.min", "0", "cmi.score.max", "10")
	// The page's own button ends the session: content stores at the last moment.
	b.content(`window.before = function () { scorm.set('cmi.exit', 'normal') }`)
	b.click("#next")
	b.wait("two.html")
	at = b.statements(at,
		`scored test/item/one {"score":{"max":10,"min":0,"raw":9,"scaled":0.9}}`,
		`completed test/item/one {"completion":true}`,
		`passed test/item/one {"score":{"max":10,"min":0,"raw":9,"scaled":0.9},"success":true}`,
		`terminated test/item/one {"completion":true,"score":{"max":10,"min":0,"raw":9,"scaled":0.9},"success":true}`,
		`initialized test/item/two`)
	b.get("cmi.suspend_data", "")

	// Content asks for the one before itself.
	b.set("cmi.completion_status", "completed", "cmi.success_status", "failed", "adl.nav.request", "previous")
	b.call("scorm.quit()", "true")
	b.wait("one.html")
	at = b.statements(at,
		`completed test/item/two {"completion":true}`,
		`failed test/item/two {"success":false}`,
		`completed test {"completion":true}`,
		`failed test {"success":false}`,
		`terminated test/item/two {"completion":true,"success":false}`,
		`initialized test/item/one`)
	_ = at
	if b.m.reg.State != catalog.Failed {
		t.Errorf("state %q", b.m.reg.State)
	}
}

// TestBrowserSequencing skips the lesson when the test before it was passed.
func TestBrowserSequencing(t *testing.T) {
	pretest := `<imsss:sequencing><imsss:objectives><imsss:primaryObjective objectiveID="p"><imsss:mapInfo targetObjectiveID="g" writeSatisfiedStatus="true"/></imsss:primaryObjective></imsss:objectives></imsss:sequencing>`
	lesson := `<imsss:sequencing><imsss:sequencingRules><imsss:preConditionRule><imsss:ruleConditions><imsss:ruleCondition referencedObjective="l" condition="satisfied"/></imsss:ruleConditions><imsss:ruleAction action="skip"/></imsss:preConditionRule></imsss:sequencingRules>` +
		`<imsss:objectives><imsss:primaryObjective objectiveID="own"/><imsss:objective objectiveID="l"><imsss:mapInfo targetObjectiveID="g" readSatisfiedStatus="true"/></imsss:objective></imsss:objectives></imsss:sequencing>`
	for _, c := range []struct{ verdict, next string }{{"passed", "last.html"}, {"failed", "lesson.html"}} {
		t.Run(c.verdict, func(t *testing.T) {
			b := playPackage(t, scorm2004(flow, [2]string{"test", pretest}, [2]string{"lesson", lesson}, [2]string{"last", ""}))
			b.open(b.m.launch("test", catalog.Normal, false), "test.html")
			b.set("cmi.completion_status", "completed", "cmi.success_status", c.verdict, "cmi.exit", "normal")
			b.call("scorm.quit()", "true")
			b.click("#next")
			b.wait(c.next)
			// It is still known after the page was closed.
			b.visit("about:blank")
			b.open(b.m.launch("test", catalog.Normal, false), c.next)
		})
	}
}

func TestBrowserPreview(t *testing.T) {
	b := playPackage(t, scorm2004(flow, [2]string{"one", ""}, [2]string{"two", ""}))
	token := b.m.launch("one", catalog.Normal, true)
	b.open(token, "one.html")
	b.set("cmi.completion_status", "completed", "cmi.location", "here", "cmi.exit", "suspend")
	b.call("scorm.quit()", "true")
	b.open(token, "one.html")
	b.get("cmi.location", "here")
	b.statements(0)
	if len(b.m.reg.Attempts) != 0 || len(b.m.documents) != 0 {
		t.Errorf("a preview was recorded: %+v %+v", b.m.reg.Attempts, b.m.documents)
	}
	text := b.text(`document.querySelector('header').innerText`)
	if !strings.Contains(text, "nothing is recorded") {
		t.Errorf("the page does not say that it is a preview: %q", text)
	}
}
