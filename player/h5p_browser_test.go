package player

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"lernspur/catalog"
)

// within evaluates an expression in the frame that H5P makes for its content.
func (b *playing) within(expression string) string {
	b.Helper()
	return b.content(`document.querySelector('iframe.h5p-iframe').contentWindow.eval(` + "'" + strings.ReplaceAll(expression, "'", "\\'") + "'" + `)`)
}

// openH5P opens a launch and waits until the content shows.
func (b *playing) openH5P(token string) {
	b.Helper()
	b.visit(b.url + "/launch/" + token)
	b.until(`document.getElementById('content').contentDocument?.querySelector('iframe.h5p-iframe')?.contentDocument?.querySelector('.finish')`)
}

var lengths = regexp.MustCompile(`"PT[0-9.]+S"`)

// events compares what was recorded since the nth statement, but for lengths of
// time.
func (b *playing) events(from int, want ...string) int {
	b.Helper()
	var got []string
	for range 50 {
		if got = b.m.recorded(b.T, from); len(got) >= len(want) {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	text := lengths.ReplaceAllString(strings.Join(got, "\n"), `"PT"`)
	if text != strings.Join(want, "\n") {
		b.Errorf("statements:\n%s\nwant:\n%s", text, strings.Join(want, "\n"))
	}
	return from + len(got)
}

func TestBrowserH5P(t *testing.T) {
	b := playPackage(t, h5pPackage())
	const first, second = "test/content/" + firstQuestion, "test/content/" + secondQuestion
	b.openH5P(b.m.launch("H5P.Drill", catalog.Normal, false))
	if got := b.within(`learnerName`); got != "Jana Muster" {
		t.Errorf("the learner is %q", got)
	}
	at := b.events(0, "attempted "+first, "attempted "+second, "attempted test")
	b.within(`document.querySelectorAll(".question")[0].querySelector(".choice1").click()`)
	at = b.events(at, `answered `+first+` {"completion":true,"duration":"PT","response":"1","score":{"max":1,"min":0,"raw":1,"scaled":1},"success":true}`)
	h5pContext(t, b.m.statements[at-1])

	// Left by closing the window: the answer is there again afterwards.
	b.visit("about:blank")
	b.openH5P(b.m.launch("H5P.Drill", catalog.Normal, false))
	if got := b.within(`document.querySelectorAll("[aria-pressed=true]").length + document.querySelector("[aria-pressed=true]").textContent`); got != "1Alarm" {
		t.Errorf("what is kept of the answers: %s", got)
	}
	at = b.events(at, "attempted "+first, "attempted "+second, "attempted test")
	// What the server does not take now is sent again.
	b.m.mu.Lock()
	b.m.fail = &catalog.Busy{RetryAfter: time.Second, Reason: "busy"}
	b.m.mu.Unlock()
	b.within(`document.querySelectorAll(".question")[1].querySelector(".choice1").click()`)
	b.until(`document.getElementById('status').textContent.includes('Not saved yet')`)
	b.until(`document.getElementById('status').textContent === ''`)
	b.within(`document.querySelector(".finish").click()`)
	const half = `"score":{"max":2,"min":0,"raw":1,"scaled":0.5}`
	at = b.events(at,
		`answered `+second+` {"completion":true,"duration":"PT","response":"1","score":{"max":1,"min":0,"raw":0,"scaled":0},"success":false}`,
		`completed test {"completion":true,"duration":"PT",`+half+`,"success":true}`,
		`passed test {"score":{"scaled":0.5},"success":true}`)
	if a := b.m.reg.Attempts; len(a) != 1 || a[0].Outcome != catalog.Passed || a[0].Score == nil || *a[0].Score != 0.5 || b.m.reg.State != catalog.Passed {
		t.Errorf("attempts %+v, state %q", a, b.m.reg.State)
	}

	// Tried again without leaving: another attempt.
	b.within(`document.querySelectorAll(".question")[1].querySelector(".choice0").click()`)
	b.within(`document.querySelector(".finish").click()`)
	b.text(`document.getElementById("exit").click()`)
	b.until(`document.getElementById('status').textContent.includes('is saved')`)
	at = b.events(at,
		`answered `+second+` {"completion":true,"duration":"PT","response":"0","score":{"max":1,"min":0,"raw":1,"scaled":1},"success":true}`,
		`completed test {"completion":true,"duration":"PT","score":{"max":2,"min":0,"raw":2,"scaled":1},"success":true}`)
	if a := b.m.reg.Attempts; len(a) != 2 || a[1].Outcome != catalog.Passed || *a[1].Score != 1 || a[0].Ended == 0 || a[1].Ended == 0 {
		t.Errorf("attempts %+v", a)
	}

	// Whoever has finished begins anew.
	b.openH5P(b.m.launch("H5P.Drill", catalog.Normal, false))
	if got := b.within(`document.querySelectorAll("[aria-pressed=true]").length`); got != "0" {
		t.Errorf("%s answers are kept of the attempt before", got)
	}
	b.events(at, "attempted "+first, "attempted "+second, "attempted test")
}

// h5pContext: the whole statement about the first question.
func h5pContext(t *testing.T, s map[string]any) {
	t.Helper()
	delete(s["result"].(map[string]any), "duration")
	attempt := s["context"].(map[string]any)["contextActivities"].(map[string]any)["grouping"].([]any)[0].(map[string]any)["id"].(string)
	text, err := json.Marshal(map[string]any{"actor": s["actor"], "verb": s["verb"], "object": s["object"], "result": s["result"], "context": s["context"]})
	if err != nil {
		t.Fatal(err)
	}
	const course = `{"definition":{"name":{"en":"Fire safety"},"type":"http://adlnet.gov/expapi/activities/course"},"id":"https://lernspur.example/courses/test","objectType":"Activity"}`
	got := strings.ReplaceAll(string(text), attempt, "ATTEMPT")
	registration := s["context"].(map[string]any)["registration"].(string)
	want := `{"actor":{"account":{"homePage":"https://id.example.org","name":"jana"},"name":"Jana Muster","objectType":"Agent"},` +
		`"context":{"contextActivities":{"category":[{"id":"http://h5p.org/libraries/H5P.DrillQuestion-1.0","objectType":"Activity"}],` +
		`"grouping":[{"definition":{"type":"http://adlnet.gov/expapi/activities/attempt"},"id":"ATTEMPT","objectType":"Activity"},` + course + `],` +
		`"parent":[` + course + `]},"platform":"Lernspur","registration":"` + registration + `"},` +
		`"object":{"definition":{"choices":[{"description":{"en-US":"Run"},"id":"0"},{"description":{"en-US":"Alarm"},"id":"1"}],"correctResponsesPattern":["1"],` +
		`"description":{"en-US":"What comes first?"},"extensions":{"http://h5p.org/x-api/h5p-subContentId":"` + firstQuestion + `"},"interactionType":"choice",` +
		`"name":{"en-US":"What comes first?"},"type":"http://adlnet.gov/expapi/activities/cmi.interaction"},` +
		`"id":"https://lernspur.example/courses/test/content/` + firstQuestion + `","objectType":"Activity"},` +
		`"result":{"completion":true,"response":"1","score":{"max":1,"min":0,"raw":1,"scaled":1},"success":true},` +
		`"verb":{"display":{"en-US":"answered"},"id":"http://adlnet.gov/expapi/verbs/answered"}}`
	if got != want || !strings.HasPrefix(attempt, "https://lernspur.example/courses/test?attemptId=") {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// TestBrowserH5PLetters: what has few letters and many bytes arrives as well.
// Browsers send no more than 64 KiB that may outlive a page.
func TestBrowserH5PLetters(t *testing.T) {
	b := playPackage(t, h5pPackage())
	b.openH5P(b.m.launch("H5P.Drill", catalog.Normal, false))
	at := b.events(0, "attempted test/content/"+firstQuestion, "attempted test/content/"+secondQuestion, "attempted test")
	const say = `heard({ data: { statement: { verb: { id: 'http://adlnet.gov/expapi/verbs/commented' }, object: { id: setup.activity }, result: { response: 'ä'.repeat(20000) } } } })`
	b.text(`String([` + say + `, ` + say + `])`)
	want := `commented test {"response":"` + strings.Repeat("ä", 20000) + `"}`
	b.events(at, want, want)
}

// TestBrowserH5PPreview: nothing is recorded, and a missing library is said.
func TestBrowserH5PPreview(t *testing.T) {
	b := playPackage(t, h5pPackage())
	b.openH5P(b.m.launch("H5P.Drill", catalog.Normal, true))
	b.accessible("the page around H5P")
	b.within(`document.querySelector(".finish").click()`)
	b.text(`document.getElementById("exit").click()`)
	b.until(`document.getElementById('status').textContent.includes('is saved')`)
	b.statements(0)
	if len(b.m.reg.Attempts) != 0 || len(b.m.documents) != 0 || !strings.Contains(b.text(`document.querySelector('header').innerText`), "nothing is recorded") {
		t.Errorf("a preview was recorded, or does not say that it is one: %+v", b.m.reg)
	}
	delete(b.m.files, "H5P.DrillQuestion-1.0/library.json")
	delete(b.m.course.Versions[0].Files, "H5P.DrillQuestion-1.0/library.json")
	if err := chromedp.Do(b.tab, chromedp.Navigate(b.url+"/launch/"+b.m.launch("H5P.Drill", catalog.Normal, false))); err != nil {
		t.Fatal(err)
	}
	b.until(`document.getElementById('status').textContent.includes('cannot be opened now')`)
}
