package player

import (
	"testing"

	"lernspur/catalog"
)

func TestBrowserSCORM12(t *testing.T) {
	b := playPackage(t, scorm12([2]string{"one", ""}, [2]string{"two", "80"}))
	b.open(b.m.launch("one", catalog.Normal, false), "one.html")
	b.get("cmi.core.student_id", "jana")
	b.get("cmi.core.student_name", "Jana Muster")
	b.get("cmi.core.entry", "ab-initio")
	b.get("cmi.core.lesson_mode", "normal")
	at := b.statements(0, "initialized test/item/one")

	// Suspended halfway, with an answer and a bookmark.
	b.set("cmi.core.lesson_status", "incomplete", "cmi.core.lesson_location", "page 3", "cmi.suspend_data", "a=1")
	b.set("cmi.interactions.0.id", "q 1", "cmi.interactions.0.type", "matching", "cmi.interactions.0.correct_responses.0.pattern", "a.1,b.2",
		"cmi.interactions.0.student_response", "a.2,b.1", "cmi.interactions.0.result", "wrong", "cmi.interactions.0.latency", "00:00:07.5")
	b.call("scorm.save()", "true")
	at = b.statements(at, `responded test/item/one/interaction/q%201 {"duration":"PT0H0M7.5S","response":"a[.]2[,]b[.]1","success":false}`)
	b.set("cmi.core.session_time", "00:03:20", "cmi.core.exit", "suspend")
	b.call("scorm.quit()", "true")
	at = b.statements(at, `suspended test/item/one {"completion":false,"duration":"PT0H3M20S"}`)

	// Opened again, it goes on; a score without a scale is one of a hundred.
	b.open(b.m.launch("one", catalog.Normal, false), "one.html")
	b.get("cmi.core.entry", "resume")
	b.get("cmi.core.lesson_location", "page 3")
	b.get("cmi.suspend_data", "a=1")
	b.get("cmi.core.total_time", "00:03:20")
	b.get("cmi.interactions._count", "1")
	at = b.statements(at, "resumed test/item/one")
	b.set("cmi.core.score.raw", "85.5", "cmi.core.lesson_status", "completed", "cmi.comments", "clear")
	b.call("scorm.quit()", "true")
	at = b.statements(at,
		`commented test/item/one {"response":"clear"}`,
		`scored test/item/one {"score":{"raw":85.5,"scaled":0.855}}`,
		`completed test/item/one {"completion":true}`,
		`terminated test/item/one {"completion":true,"score":{"raw":85.5,"scaled":0.855}}`)

	// On to the second, which fails by its mastery score.
	b.click("#next")
	b.wait("two.html")
	b.get("cmi.student_data.mastery_score", "80")
	at = b.statements(at, "initialized test/item/two")
	b.set("cmi.core.score.raw", "40", "cmi.core.score.min", "0", "cmi.core.score.max", "100", "cmi.core.lesson_status", "completed", "cmi.core.session_time", "0000:01:00.5")
	b.call("scorm.quit()", "true")
	at = b.statements(at,
		`scored test/item/two {"score":{"max":100,"min":0,"raw":40,"scaled":0.4}}`,
		`completed test/item/two {"completion":true}`, // what content said and stored; its mastery score counts at the end
		`completed test {"completion":true}`,
		`failed test/item/two {"score":{"max":100,"min":0,"raw":40,"scaled":0.4},"success":false}`,
		`terminated test/item/two {"duration":"PT0H1M0.5S","score":{"max":100,"min":0,"raw":40,"scaled":0.4},"success":false}`,
		`failed test {"success":false}`)
	if b.m.reg.State != catalog.Failed {
		t.Errorf("state %q", b.m.reg.State)
	}

	// A new attempt, ended by closing the page: the end comes as a beacon.
	b.open(b.m.launch("two", catalog.Normal, false), "two.html")
	b.get("cmi.core.entry", "ab-initio")
	at = b.statements(at, "initialized test/item/two")
	b.content(`window.before = function () { scorm.set('cmi.core.score.raw', '90'); scorm.set('cmi.core.lesson_status', 'passed') }`)
	b.visit("about:blank")
	b.closing = true
	at = b.statements(at,
		`scored test/item/two {"score":{"raw":90,"scaled":0.9}}`,
		`passed test/item/two {"score":{"raw":90,"scaled":0.9},"success":true}`,
		`passed test {"success":true}`,
		`terminated test/item/two {"score":{"raw":90,"scaled":0.9},"success":true}`)
	_ = at
	if n := len(b.m.reg.Attempts); n != 3 || b.m.reg.State != catalog.Passed {
		t.Errorf("%d attempts, state %q", n, b.m.reg.State)
	}
}
