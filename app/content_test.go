package app

import (
	"encoding/json"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"
)

// TestContent: a package that was uploaded is opened by its link, what content
// stores becomes statements and documents, and nothing of it is served under the
// pages' host name.
func TestContent(t *testing.T) {
	o := options(t)
	o.ContentAddr, o.Pages = "127.0.0.1:0", "http://localhost:1"
	a := start(t, o)
	switchOn(t, a)
	defer stop(t, a)
	course := dig(t, upload(t, a, "POST", "/api/v1/packages", scorm(), 201), "package", "course").(string)
	reg := do(t, a, "POST", "/api/v1/registrations", `{"course":"`+course+`","learner":{"actor":`+learnerJSON+`}}`, 200)
	link := do(t, a, "POST", "/api/v1/launches", `{"registration":"`+reg["id"].(string)+`"}`, 201)["link"].(string)
	base, token, _ := strings.Cut(link, "/launch/")
	if base != "http://"+a.ContentAddr().String() {
		t.Errorf("the link is %s", link)
	}

	answer, text := visit(t, "GET", link, "")
	csp := answer.Header.Get("Content-Security-Policy")
	if answer.StatusCode != 200 || !strings.Contains(text, "Fire safety") || !strings.Contains(csp, "frame-ancestors 'self' http://localhost:1") || answer.Header.Get("Set-Cookie") != "" {
		t.Errorf("%d %v %s", answer.StatusCode, answer.Header, text)
	}
	answer, text = visit(t, "GET", base+"/content/"+token+"/one.html", "")
	if answer.StatusCode != 200 || text != "<p>one</p>" || answer.Header.Get("X-Content-Type-Options") != "nosniff" || answer.Header.Get("ETag") == "" {
		t.Errorf("%d %v %s", answer.StatusCode, answer.Header, text)
	}
	if answer, _ = visit(t, "GET", base+"/content/"+token+"/imsmanifest.xm", ""); answer.StatusCode != 404 {
		t.Errorf("a file that is not there: %d", answer.StatusCode)
	}
	if answer, _ = visit(t, "GET", base+"/launch/"+token+"x", ""); answer.StatusCode != 404 {
		t.Errorf("a token that is none: %d", answer.StatusCode)
	}
	if answer, _ = visit(t, "GET", base+"/api/v1/courses", ""); answer.StatusCode != 404 {
		t.Errorf("the API at the origin of content: %d", answer.StatusCode)
	}

	// The pages' host name leads to the content's own.
	r, err := http.NewRequestWithContext(t.Context(), "GET", link, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "localhost:" + r.URL.Port()
	if answer, err = http.DefaultTransport.RoundTrip(r); err != nil || answer.StatusCode != 307 || answer.Header.Get("Location") != link {
		t.Errorf("under the pages' host name: %v %v", answer, err)
	}
	answer.Body.Close()

	_, text = visit(t, "POST", base+"/run/"+token+"/open?item=one", "")
	_, rest, _ := strings.Cut(text, `"session":"`)
	session, _, _ := strings.Cut(rest, `"`)
	commit := `{"session":"` + session + `","commit":1,"begins":true,"ends":true,"data":{"cmi":{"core":{"lesson_status":"passed","lesson_location":"p1","score":{"raw":"90"}},"suspend_data":"abc"}},"log":[{"at":5,"call":"LMSFinish","result":"true"}]}`
	for range 2 { // the second is a repetition
		if answer, text = visit(t, "POST", base+"/run/"+token+"/commit?item=one", commit); answer.StatusCode != 200 {
			t.Fatalf("%d %s", answer.StatusCode, text)
		}
	}
	calls := do(t, a, "GET", "/api/v1/registrations/"+reg["id"].(string)+"/calls?item=one", "", 200)
	expect(t, "the call", dig(t, calls, "calls", 0, "call"), "LMSFinish")
	do(t, a, "GET", "/api/v1/registrations/"+reg["id"].(string)+"/calls?item=two", "", 404)
	do(t, a, "GET", "/api/v1/registrations/"+reg["id"].(string)+"/calls?item=one&attempt=1", "", 200)
	do(t, a, "GET", "/api/v1/registrations/"+reg["id"].(string)+"/calls?item=one&attempt=2", "", 404)
	do(t, a, "GET", "/api/v1/registrations/"+reg["id"].(string)+"/calls?item=one&attempt=x", "", 400)
	status, text := ask(t, a, "GET", "/xapi/statements?ascending=true&registration="+reg["id"].(string), "")
	var result struct {
		Statements []struct{ Verb struct{ ID string } }
	}
	if err := json.Unmarshal([]byte(text), &result); err != nil || status != 200 {
		t.Fatal(status, err, text)
	}
	var got []string
	for _, s := range result.Statements {
		got = append(got, path.Base(s.Verb.ID))
	}
	// The mastery score is for everybody to read.
	activity := dig(t, do(t, a, "GET", "/api/v1/courses/"+course, "", 200), "activity").(string) + "/item/one"
	status, text = ask(t, a, "GET", "/xapi/activities/profile?activityId="+url.QueryEscape(activity)+"&profileId="+url.QueryEscape("https://w3id.org/xapi/scorm/activity-profile"), "")
	if status != 200 || text != `{"scaled_passing_score":0.8}` {
		t.Errorf("the activity profile: %d %s", status, text)
	}
	if want := "initialized scored passed terminated"; strings.Join(got, " ") != want {
		t.Errorf("%v, want %s", got, want)
	}
	// Outside of its time the link says so, and works again within it.
	for _, tc := range []struct {
		bounds string
		status int
		want   string
	}{
		{`{"opens":"2099-01-01T00:00:00Z"}`, 403, "This course is not open now"}, {`{"opens":null,"closes":"2020-01-01T00:00:00Z"}`, 403, "This course is not open now"},
		{`{"closes":null}`, 200, "Fire safety"},
	} {
		do(t, a, "PATCH", "/api/v1/registrations/"+reg["id"].(string), tc.bounds, 200)
		if answer, text = visit(t, "GET", link+"?lang=en", ""); answer.StatusCode != tc.status || !strings.Contains(text, tc.want) {
			t.Errorf("%s: %d %s", tc.bounds, answer.StatusCode, text)
		}
	}
}

// TestContentOfTinCan: the link leads on to the content, whose files are served.
func TestContentOfTinCan(t *testing.T) {
	o := options(t)
	o.ContentAddr = "127.0.0.1:0"
	a := start(t, o)
	defer stop(t, a)
	course := dig(t, upload(t, a, "POST", "/api/v1/packages", map[string]string{"tincan.xml": tincanManifest, "index.html": "<p>here</p>"}, 201), "package", "course").(string)
	reg := do(t, a, "POST", "/api/v1/registrations", `{"course":"`+course+`","learner":{"actor":`+learnerJSON+`}}`, 200)
	link := do(t, a, "POST", "/api/v1/launches", `{"registration":"`+reg["id"].(string)+`"}`, 201)["link"].(string)
	answer, text := visit(t, "GET", link, "")
	if query := answer.Request.URL.Query(); answer.StatusCode != 200 || text != "<p>here</p>" || query.Get("endpoint") == "" || query.Get("registration") != reg["id"] {
		t.Errorf("%d %s at %s", answer.StatusCode, text, answer.Request.URL)
	}
}

func visit(t *testing.T, method, address, body string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return read(t, http.DefaultClient, r)
}
