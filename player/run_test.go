package player

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lernspur/catalog"
)

// served is a Player over a catalogue in memory.
type served struct {
	*testing.T
	m   *memory
	url string
}

func serve(t *testing.T, files map[string]string) *served {
	m := newMemory(t, files)
	s := httptest.NewServer(New(Options{Catalog: m, Recorder: m, Documents: m, Public: func() string { return "https://pages.example" }}).Handler())
	t.Cleanup(s.Close)
	return &served{t, m, s.URL}
}

func (s *served) do(method, path, body string, status int, headers ...string) (http.Header, string) {
	s.Helper()
	r, err := http.NewRequestWithContext(s.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		s.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		s.Fatal(err)
	}
	if answer.StatusCode != status {
		s.Errorf("%s %s: %d %s, want %d", method, path, answer.StatusCode, text, status)
	}
	return answer.Header, string(text)
}

func (s *served) open(token, item string) opened {
	s.Helper()
	_, text := s.do("POST", "/run/"+token+"/open?item="+item, "", 200)
	var o opened
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		s.Fatal(err)
	}
	return o
}

func commitOf(o opened, number, rest, cmi string) string {
	return `{"session":"` + o.Session.String() + `","commit":` + number + rest + `,"data":{"cmi":` + cmi + `}}`
}

// TestCommits: repeated, late and foreign commits change nothing.
func TestCommits(t *testing.T) {
	s := serve(t, scorm12([2]string{"one", ""}, [2]string{"two", ""}))
	token := s.m.launch("one", catalog.Normal, false)
	o := s.open(token, "one")
	to := "/run/" + token + "/commit?item=one"
	first := commitOf(o, "1", `,"begins":true`, `{"core":{"lesson_status":"incomplete"},"suspend_data":"long"}`)
	s.do("POST", to, first, 200)
	s.do("POST", to, first, 200, "Content-Type", "text/plain")
	third := commitOf(o, "3", `,"begins":true,"ends":true,"keep":["cmi.suspend_data"],"log":[{"at":1,"call":"LMSFinish","result":"true"}]`,
		`{"core":{"lesson_status":"completed","exit":"suspend"},"suspend_data":""}`)

	// The statements of a commit that could not be recorded come with its repetition.
	s.m.fail = &catalog.Busy{RetryAfter: 2 * time.Second, Reason: "busy"}
	if h, _ := s.do("POST", to, third, 503); h.Get("Retry-After") != "2" {
		t.Errorf("Retry-After %q", h.Get("Retry-After"))
	}
	s.do("POST", to, third, 200)
	s.do("POST", to, third, 200)
	s.do("POST", to, commitOf(o, "2", "", `{"core":{"lesson_status":"failed"}}`), 200)
	s.do("POST", to, commitOf(o, "4", "", `{"core":{"lesson_status":"failed"}}`), 200) // after the end
	want := []string{"initialized test/item/one", `completed test/item/one {"completion":true}`, `suspended test/item/one {"completion":true}`}
	if got := s.m.recorded(t, 0); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%q, want %q", got, want)
	}
	again := s.open(token, "one")
	if again.Attempt != o.Attempt || again.Data["cmi.suspend_data"] != "long" || again.Data["cmi.core.entry"] != "resume" {
		t.Errorf("%+v", again)
	}
	// The window before is not heard any more.
	s.do("POST", to, commitOf(o, "5", "", `{"core":{"lesson_status":"failed"}}`), 409)
	if len(s.m.documents) == 0 {
		t.Error("there are no documents")
	}
}

// TestCrash: what was kept of a commit whose statements were never recorded is
// recorded when the item is opened again, and so is what follows from it for the
// course, whose only item is passed.
func TestCrash(t *testing.T) {
	s := serve(t, scorm12([2]string{"one", ""}))
	token := s.m.launch("one", catalog.Normal, false)
	o := s.open(token, "one")
	s.m.fail = &catalog.Busy{}
	s.do("POST", "/run/"+token+"/commit?item=one", commitOf(o, "1", `,"begins":true,"ends":true`, `{"core":{"lesson_status":"passed"}}`), 503)
	s.open(token, "one")
	want := "initialized test/item/one|passed test/item/one {\"success\":true}|terminated test/item/one {\"success\":true}" +
		"|completed test {\"completion\":true}|passed test {\"success\":true}"
	if got := strings.Join(s.m.recorded(t, 0), "|"); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestBadCommits(t *testing.T) {
	s := serve(t, scorm12([2]string{"one", ""}))
	token := s.m.launch("one", catalog.Normal, false)
	o := s.open(token, "one")
	to := "/run/" + token + "/commit?item=one"
	for body, status := range map[string]int{
		"": 400, "[]": 400, `{"session":"x"}`: 400, commitOf(o, "0", "", "{}"): 400, commitOf(o, "1", "", `{`): 400,
		commitOf(o, "1", "", strings.Repeat(`{"a":`, 20)+`"b"`+strings.Repeat("}", 20)): 400,
		commitOf(o, "1", "", `{"suspend_data":"`+strings.Repeat("x", maxCommit)+`"}`):   413,
	} {
		s.do("POST", to, body, status)
	}
	s.do("POST", "/run/"+token+"/commit?item=nothing", commitOf(o, "1", "", "{}"), 404)
	s.do("POST", "/run/"+token+"/open", "", 404)
	s.do("POST", "/run/none/open?item=one", "", 410)
	s.do("POST", "/run/"+token+"/course", "{", 400)
	s.do("GET", "/run/"+token+"/open?item=one", "", 404)
	s.do("POST", to, commitOf(o, "1", "", "{}"), 200)
}

// TestLookBack: review and browse change nothing.
func TestLookBack(t *testing.T) {
	s := serve(t, scorm2004(flow, [2]string{"one", ""}))
	token := s.m.launch("one", catalog.Review, false)
	o := s.open(token, "one")
	if o.Data["cmi.mode"] != "review" || o.Data["cmi.credit"] != "no-credit" {
		t.Errorf("%v", o.Data)
	}
	s.do("POST", "/run/"+token+"/commit?item=one", commitOf(o, "1", `,"begins":true,"ends":true`, `{"completion_status":"completed"}`), 200)
	s.do("POST", "/run/"+token+"/course", `{"item":"one"}`, 200)
	if len(s.m.states)+len(s.m.statements)+len(s.m.documents)+len(s.m.reg.Attempts) != 0 {
		t.Errorf("%+v", s.m)
	}
}

func TestFiles(t *testing.T) {
	s := serve(t, scorm12([2]string{"one", ""}))
	token := s.m.launch("one", catalog.Normal, false)
	at := "/content/" + token + "/"
	for _, seekable := range []bool{true, false} {
		s.m.seekable = seekable
		h, text := s.do("GET", at+"wrapper.js", "", 200)
		if text != wrapper || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Content-Security-Policy") != "frame-ancestors 'self' https://pages.example" ||
			!strings.Contains(h.Get("Cache-Control"), "immutable") || !strings.HasPrefix(h.Get("Content-Type"), "text/javascript") || h.Get("Set-Cookie") != "" {
			t.Errorf("seekable %v: %v", seekable, h)
		}
		s.do("GET", at+"wrapper.js", "", 304, "If-None-Match", h.Get("ETag"))
		if _, text = s.do("HEAD", at+"wrapper.js", "", 200); text != "" {
			t.Error("HEAD has a body")
		}
	}
	s.m.seekable = true
	if h, text := s.do("GET", at+"wrapper.js", "", 206, "Range", "bytes=1-5"); text != wrapper[1:6] || h.Get("Content-Range") == "" {
		t.Errorf("%q %v", text, h)
	}
	s.do("GET", at+"nothing.html", "", 404)
	s.do("GET", at+"..%2Fone.html", "", 404)
	s.do("GET", at+"wrapper.js", "", 403, "Service-Worker", "script")
	s.do("POST", at+"wrapper.js", "", 404)
}

func TestMessages(t *testing.T) {
	s := serve(t, scorm12([2]string{"one", ""}))
	token := s.m.launch("one", catalog.Normal, false)
	s.m.launches[token].Expires = 1
	for language, want := range map[string]string{"de-DE,de;q=0.9": "Dieser Link ist abgelaufen", "en": "This link has expired", "": "This link has expired", "fr": "This link has expired"} {
		if _, text := s.do("GET", "/launch/"+token, "", 410, "Accept-Language", language); !strings.Contains(text, want) {
			t.Errorf("%s: %s", language, text)
		}
	}
	if _, text := s.do("GET", "/launch/x", "", 404, "Accept-Language", "de"); !strings.Contains(text, "Dieser Link ist ungültig") {
		t.Error(text)
	}
	for name := range english.Messages {
		if german.Messages[name] == (message1{}) {
			t.Errorf("there is no German for %s", name)
		}
	}
	for name := range english.Script {
		if german.Script[name] == "" {
			t.Errorf("there is no German for %s", name)
		}
	}
}
