package app

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"lernspur/catalog"
)

// courseStructure is a course with an AU that has to be passed, and a block of
// which nothing is asked.
const courseStructure = `<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd">
<course id="https://p.example/c"><title><langstring lang="en">C</langstring></title><description><langstring lang="en">d</langstring></description></course>
<block id="https://p.example/b"><title><langstring lang="en">B</langstring></title><description><langstring lang="en">d</langstring></description>
<au id="https://p.example/au/1"><title><langstring lang="en">One</langstring></title><description><langstring lang="en">d</langstring></description><url>one/index.html?a=b</url></au></block>
<au id="https://p.example/au/2" moveOn="Passed"><title><langstring lang="en">Two</langstring></title><description><langstring lang="en">d</langstring></description><url>two.html</url></au>
</courseStructure>`

// TestLaunchFromTheCatalogue goes from an uploaded package to a session, and on to
// a reset.
func TestLaunchFromTheCatalogue(t *testing.T) {
	o := options(t)
	o.ContentAddr = "127.0.0.1:0"
	a := start(t, o)
	defer stop(t, a)
	course := dig(t, upload(t, a, "POST", "/api/v1/packages",
		map[string]string{"cmi5.xml": courseStructure, "one/index.html": "x", "two.html": "x"}, 201), "package", "course")
	const learner = `{"actor":{"account":{"homePage":"https://town.example","name":"4711"}}}`
	registration := fmt.Sprint(dig(t, do(t, a, "POST", "/api/v1/registrations", fmt.Sprintf(`{"course":%q,"learner":%s}`, course, learner), 200), "id"))
	expect(t, "at the registration", verbsOf(t, a, registration), []string{"satisfied"})

	link := fmt.Sprint(dig(t, do(t, a, "POST", "/api/v1/launches", fmt.Sprintf(`{"registration":%q}`, registration), 201), "link"))
	origin, token, _ := strings.Cut(link, "/launch/")
	content := Content{a.catalog, a.launches}
	answer, _ := visit(t, "HEAD", link, "")
	expect(t, "a look at the link", answer.StatusCode, 204)
	answer, text := visit(t, "GET", link, "")
	address := answer.Request.URL.String()
	expect(t, "the AU", answer.StatusCode, 200)
	expect(t, "its page", text, "x")
	expect(t, "after the launch", verbsOf(t, a, registration), []string{"satisfied", "launched"})
	u := answer.Request.URL
	if strings.Contains(address, token) || !strings.HasSuffix(u.Path, "/one/index.html") || u.Query().Get("a") != "b" {
		t.Errorf("the address is %s", address)
	}
	files, _, err := content.Launched(t.Context(), strings.Split(u.Path, "/")[2])
	if err != nil || !files.Preview() || files.Course != fmt.Sprint(course) {
		t.Errorf("its files: %+v, %v", files, err)
	}
	if _, _, err := content.Launched(t.Context(), "nothing"); !errors.Is(err, catalog.ErrNoLaunch) {
		t.Errorf("a wrong token: %v", err)
	}

	read := func() int {
		r, _ := http.NewRequestWithContext(t.Context(), "GET", u.Query().Get("endpoint")+"/activities/state?"+url.Values{
			"stateId": {"LMS.LaunchData"}, "activityId": {u.Query().Get("activityId")}, "agent": {u.Query().Get("actor")}, "registration": {registration},
		}.Encode(), nil)
		r.Header.Set("X-Experience-API-Version", "1.0.3")
		r.Header.Set("Authorization", "Basic "+tokenOf(t, u.Query().Get("fetch")))
		r.Header.Set("Origin", origin)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		expect(t, "pages of content are let in", answer.Header.Get("Access-Control-Allow-Origin"), origin)
		return answer.StatusCode
	}
	expect(t, "launch data", read(), 200)
	do(t, a, "POST", "/api/v1/registrations/"+registration+"/reset", "", 200)
	expect(t, "after a reset", verbsOf(t, a, registration), []string{"satisfied", "launched", "abandoned"})
	expect(t, "launch data after a reset", read(), 403)
	do(t, a, "POST", "/api/v1/registrations/"+registration+"/waive", `{"item":"https://p.example/au/2","reason":"Administrative"}`, 204)
	// Everything begins anew, so what was satisfied before is said again.
	expect(t, "waived", verbsOf(t, a, registration), []string{"satisfied", "launched", "abandoned", "waived", "satisfied", "satisfied"})
	id, _ := uuid.Parse(registration)
	if r, err := a.catalog.Registration(t.Context(), "default", id); err != nil || r.State != catalog.Satisfied {
		t.Errorf("%+v, %v", r, err)
	}
}

var tokens = map[string]string{}

// tokenOf is the token of a fetch URL, which gives it once.
func tokenOf(t *testing.T, fetch string) string {
	t.Helper()
	if tokens[fetch] == "" {
		answer, err := http.Post(fetch, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		var body map[string]string
		if err := json.NewDecoder(answer.Body).Decode(&body); err != nil {
			t.Fatal(err)
		}
		tokens[fetch] = body["auth-token"]
	}
	if _, err := base64.StdEncoding.DecodeString(tokens[fetch]); err != nil || tokens[fetch] == "" {
		t.Fatalf("the token is %q", tokens[fetch])
	}
	return tokens[fetch]
}

// verbsOf are the verbs of a registration's statements, the oldest first.
func verbsOf(t *testing.T, a *App, registration string) (verbs []string) {
	t.Helper()
	_, text := ask(t, a, "GET", "/xapi/statements?ascending=true&registration="+registration, "")
	var page struct {
		Statements []struct {
			Verb struct {
				ID string `json:"id"`
			} `json:"verb"`
		} `json:"statements"`
	}
	if err := json.Unmarshal([]byte(text), &page); err != nil {
		t.Fatal(err)
	}
	for _, st := range page.Statements {
		verbs = append(verbs, st.Verb.ID[strings.LastIndexByte(st.Verb.ID, '/')+1:])
	}
	return slices.Clip(verbs)
}
