package launch_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"lernspur/catalog"
	"lernspur/content/manifest"
	"lernspur/lrs/lrstest"

	"github.com/google/uuid"
)

func TestMain(m *testing.M) { lrstest.Main(m) }

const (
	adl     = "http://adlnet.gov/expapi/verbs/"
	w3id    = "https://w3id.org/xapi/adl/verbs/"
	cmi5    = "https://w3id.org/xapi/cmi5/context/categories/cmi5"
	moveOn  = "https://w3id.org/xapi/cmi5/context/categories/moveon"
	inside  = "https://w3id.org/xapi/cmi5/context/extensions/"
	learner = `{"objectType":"Agent","account":{"homePage":"https://town.example","name":"1625378"},"name":"Ada Testperson"}`
)

// shelf is a catalogue with one course, in memory.
type shelf struct {
	mu            sync.Mutex
	course        *catalog.Course
	registrations map[uuid.UUID]*catalog.Registration
}

func (c *shelf) Registration(_ context.Context, _ string, id uuid.UUID) (*catalog.Registration, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r, ok := c.registrations[id]
	if !ok {
		return nil, catalog.ErrNotFound
	}
	copied := *r
	return &copied, nil
}

func (c *shelf) Version(_ context.Context, _, course string, _ int) (*catalog.Course, *catalog.Version, error) {
	if course != c.course.ID {
		return nil, nil, catalog.ErrNotFound
	}
	return c.course, &c.course.Versions[0], nil
}

func (c *shelf) Note(_ context.Context, _ string, id uuid.UUID, change func(*catalog.Registration) error) (*catalog.Registration, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r, ok := c.registrations[id]
	if !ok {
		return nil, catalog.ErrNotFound
	}
	return r, change(r)
}

func scaled(f float64) *float64 { return &f }

// fire is a course of two blocks with an AU each.
func fire(first, second string) *catalog.Course {
	au := func(name, moveOn string) *manifest.Item {
		return &manifest.Item{
			Type: manifest.AU, ID: "https://publisher.example/au/" + name, Title: manifest.Text{{Language: "de", Value: "Teil " + name}},
			MoveOn: moveOn, LaunchMethod: "AnyWindow", PassingScore: scaled(0.9), EntitlementKey: "sample value",
			Launch: &manifest.Launch{URL: name + "/index.html?paramA=1", File: name + "/index.html", Parameters: "chapter=" + name},
		}
	}
	block := func(name string, item *manifest.Item) *manifest.Item {
		return &manifest.Item{Type: manifest.Block, ID: "https://publisher.example/block/" + name, Children: []*manifest.Item{item}}
	}
	structure := &manifest.Item{Type: manifest.Course, ID: "https://publisher.example/course", Title: manifest.Text{{Language: "de", Value: "Brandschutz"}},
		Children: []*manifest.Item{block("1", au("1", first)), block("2", au("2", second))}}
	return &catalog.Course{
		Tenant: "default", ID: "brandschutz", Activity: "https://lrs.example/courses/brandschutz", Current: 1,
		Versions: []catalog.Version{{Number: 1, Kind: manifest.Cmi5, Manifest: &manifest.Package{Kind: manifest.Cmi5, Structure: []*manifest.Item{structure}}}},
	}
}

// classroom is a server with a course and a learner who is registered for it.
type classroom struct {
	*lrstest.Server
	t            testing.TB
	shelf        *shelf
	registration uuid.UUID
}

func open(t testing.TB, course *catalog.Course) *classroom {
	t.Helper()
	c := &classroom{t: t, registration: uuid.New()}
	c.shelf = &shelf{course: course, registrations: map[uuid.UUID]*catalog.Registration{c.registration: {
		ID: c.registration, Tenant: "default", Course: course.ID, Version: 1, Learner: catalog.Learner{Actor: json.RawMessage(learner)}, State: catalog.NotStarted,
	}}}
	c.Server = lrstest.Start(t, lrstest.Options{Catalog: c.shelf})
	return c
}

// items are the items that can be launched.
func (c *classroom) item(n int) *manifest.Item {
	for item := range c.shelf.course.Versions[0].Manifest.Items() {
		if item.Launch != nil {
			if n == 0 {
				return item
			}
			n--
		}
	}
	c.t.Fatal("there is no such item")
	return nil
}

// address launches an item.
func (c *classroom) address(n int, mode catalog.Mode, registration uuid.UUID) string {
	c.t.Helper()
	now := time.Now()
	l := &catalog.Launch{
		Token: "secret-token", ID: uuid.New(), Tenant: "default", Course: c.shelf.course.ID, Version: 1, Item: c.item(n).ID, Registration: registration,
		Learner: catalog.Learner{Actor: json.RawMessage(learner)}, Mode: mode,
		Created: now.UnixMicro(), Expires: now.Add(time.Hour).UnixMicro(), ReturnURL: "https://town.example/courses",
	}
	address, err := c.Launch.URL(c.t.Context(), l, c.shelf.course, c.item(n))
	if err != nil {
		c.t.Fatal(err)
	}
	return address
}

// content is an AU at run time, as @xapi/cmi5 does it.
type content struct {
	c                                            *classroom
	endpoint, fetch, actor, registration, object string
	auth                                         string
	template                                     map[string]any
	data                                         map[string]any
}

// launch opens an AU and does everything up to initialized.
func (c *classroom) launch(n int, mode catalog.Mode) *content {
	c.t.Helper()
	a := c.arrive(n, mode, c.registration)
	a.greet()
	a.want(http.StatusNoContent, a.defined("initialized"))
	return a
}

// arrive opens an AU and gets its token.
func (c *classroom) arrive(n int, mode catalog.Mode, registration uuid.UUID) *content {
	c.t.Helper()
	u, err := url.Parse(c.address(n, mode, registration))
	if err != nil {
		c.t.Fatal(err)
	}
	q := u.Query()
	a := &content{c: c, endpoint: q.Get("endpoint"), fetch: q.Get("fetch"), actor: q.Get("actor"), registration: q.Get("registration"), object: q.Get("activityId")}
	answer := a.askToken()
	if answer["auth-token"] == "" {
		c.t.Fatalf("no token: %v", answer)
	}
	a.auth = "Basic " + answer["auth-token"]
	return a
}

func (a *content) askToken() map[string]string {
	a.c.t.Helper()
	status, body := a.do(http.MethodPost, a.fetch, "", nil)
	var answer map[string]string
	if err := json.Unmarshal(body, &answer); err != nil || status != http.StatusOK {
		a.c.t.Fatalf("fetch: %d %s", status, body)
	}
	return answer
}

// greet reads the launch data and the learner preferences.
func (a *content) greet() {
	a.c.t.Helper()
	status, body := a.do(http.MethodGet, a.state("LMS.LaunchData"), "", nil)
	if err := json.Unmarshal(body, &a.data); err != nil || status != http.StatusOK {
		a.c.t.Fatalf("launch data: %d %s", status, body)
	}
	a.template = a.data["contextTemplate"].(map[string]any)
	if status, body := a.do(http.MethodGet, a.preferences(), "", nil); status != http.StatusNotFound {
		a.c.t.Fatalf("preferences: %d %s", status, body)
	}
}

func (a *content) state(id string) string {
	return a.endpoint + "/activities/state?" + url.Values{"activityId": {a.object}, "agent": {a.actor}, "registration": {a.registration}, "stateId": {id}}.Encode()
}

func (a *content) preferences() string {
	return a.endpoint + "/agents/profile?" + url.Values{"agent": {a.actor}, "profileId": {"cmi5LearnerPreferences"}}.Encode()
}

// do sends a request with the token.
func (a *content) do(method, address, contentType string, body []byte) (status int, answer []byte) {
	a.c.t.Helper()
	r, err := http.NewRequestWithContext(a.c.t.Context(), method, address, bytes.NewReader(body))
	if err != nil {
		a.c.t.Fatal(err)
	}
	r.Header.Set("X-Experience-API-Version", "1.0.3")
	if a.auth != "" {
		r.Header.Set("Authorization", a.auth)
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		a.c.t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err = io.ReadAll(response.Body)
	if err != nil {
		a.c.t.Fatal(err)
	}
	return response.StatusCode, answer
}

type object = map[string]any

// allowed is a cmi5 allowed statement.
func (a *content) allowed(verb string) object {
	var actor, context object
	template, _ := json.Marshal(a.template)
	if json.Unmarshal([]byte(a.actor), &actor) != nil || json.Unmarshal(template, &context) != nil {
		a.c.t.Fatal("the launch was no JSON")
	}
	context["registration"] = a.registration
	return object{
		"id": uuid.NewString(), "timestamp": time.Now().UTC().Format("2006-01-02T15:04:05.000Z"), "actor": actor,
		"verb": object{"id": adl + verb}, "object": object{"id": a.object}, "context": context,
	}
}

// defined is a cmi5 defined statement.
func (a *content) defined(verb string) object {
	st := a.allowed(verb)
	categories := []any{object{"id": cmi5}}
	result := object{"duration": "PT1.5S"}
	switch verb {
	case "initialized":
		result = nil
	case "completed":
		result["completion"] = true
	case "passed", "failed":
		result["success"] = verb == "passed"
		score := 0.95
		if verb == "failed" {
			score = 0.5
		}
		result["score"] = object{"scaled": score, "raw": score * 100, "min": 0, "max": 100}
		st["context"].(object)["extensions"].(object)[inside+"masteryscore"] = 0.9
	}
	if verb == "completed" || verb == "passed" || verb == "failed" {
		categories = append(categories, object{"id": moveOn})
	}
	st["context"].(object)["contextActivities"].(object)["category"] = categories
	if result != nil {
		st["result"] = result
	}
	return st
}

// put stores a statement.
func (a *content) put(st object) (status int, answer []byte) {
	a.c.t.Helper()
	body, err := json.Marshal(st)
	if err != nil {
		a.c.t.Fatal(err)
	}
	if id, ok := st["id"].(string); ok {
		return a.do(http.MethodPut, a.endpoint+"/statements?statementId="+id, "application/json", body)
	}
	return a.do(http.MethodPost, a.endpoint+"/statements", "application/json", body)
}

func (a *content) want(status int, st object) {
	a.c.t.Helper()
	if got, answer := a.put(st); got != status {
		a.c.t.Fatalf("%v: %d %s, want %d", st["verb"], got, answer, status)
	}
}

// stored are the statements of the registration, the oldest first.
func (c *classroom) stored(registration string) []object {
	c.t.Helper()
	a := &content{c: c}
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, c.Endpoint+"/statements?ascending=true&registration="+registration, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	r.SetBasicAuth(c.Key, c.Secret)
	a.auth = r.Header.Get("Authorization")
	status, body := a.do(http.MethodGet, r.URL.String(), "", nil)
	var page struct {
		Statements []object `json:"statements"`
	}
	if err := json.Unmarshal(body, &page); err != nil || status != http.StatusOK {
		c.t.Fatalf("reading statements: %d %s", status, body)
	}
	return page.Statements
}

// at is a value within a statement.
func at(st object, path ...string) any {
	var v any = st
	for _, name := range path {
		m, _ := v.(object)
		v = m[name]
	}
	return v
}

// verbs are the verbs of statements, with the end of the object's id.
func verbs(list []object) (verbs []string) {
	for _, st := range list {
		id := fmt.Sprint(at(st, "verb", "id"))
		verbs = append(verbs, id[bytes.LastIndexByte([]byte(id), '/')+1:])
	}
	return verbs
}

// act asks the API to do something to the registration.
func (c *classroom) act(what, body string) (int, []byte) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.Root+"/api/v1/registrations/"+c.registration.String()+"/"+what, bytes.NewReader([]byte(body)))
	if err != nil {
		c.t.Fatal(err)
	}
	r.SetBasicAuth(c.Key, c.Secret)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	answer, _ := io.ReadAll(response.Body)
	return response.StatusCode, answer
}
