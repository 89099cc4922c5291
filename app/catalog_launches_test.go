package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"lernspur/catalog"
	"lernspur/directory"
)

// TestRecorder: our own statements go the way of everybody's.
func TestRecorder(t *testing.T) {
	a := start(t, options(t))
	defer stop(t, a)
	r, err := a.NewRecorder()
	if err != nil {
		t.Fatal(err)
	}
	const id = "5f6a1d3e-3b0c-4a53-9c7c-0d6f2d1c0009"
	one := `[{"id":"` + id + `",` + statement[1:] + `]`
	for range 2 {
		if err := r.Record(t.Context(), "default", []byte(one)); err != nil {
			t.Fatal(err)
		}
	}
	status, text := ask(t, a, "GET", "/xapi/statements?statementId="+id, "")
	if status != 200 || !strings.Contains(text, `"name":"lernspur"`) {
		t.Errorf("%d %s", status, text)
	}
	var conflict *catalog.Conflict
	if err := r.Record(t.Context(), "default", []byte(strings.Replace(one, "did", "didnt", 1))); !errors.As(err, &conflict) {
		t.Errorf("another statement: %v", err)
	}
	if err := r.Record(t.Context(), "default", []byte(`[{}]`)); err == nil {
		t.Error("a statement that is none was taken")
	}
}

// TestNothingIsLost: many change the same things at once.
func TestNothingIsLost(t *testing.T) {
	a := start(t, options(t))
	defer stop(t, a)
	course := dig(t, upload(t, a, "POST", "/api/v1/packages", scorm(), 201), "package", "course").(string)
	const workers = 16
	ids := make([]uuid.UUID, workers)
	var uploads atomic.Int64
	var wg sync.WaitGroup
	for i := range workers {
		wg.Go(func() {
			r, err := a.catalog.Register(t.Context(), "default", course, catalog.Learner{Actor: json.RawMessage(learnerJSON)}, catalog.RegisterOptions{})
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = r.ID
			if _, err := a.catalog.Note(t.Context(), "default", r.ID, func(r *catalog.Registration) error {
				r.Attempts = append(r.Attempts, catalog.Attempt{ID: uuid.New(), Item: fmt.Sprint(i), Started: 1})
				return nil
			}); err != nil {
				t.Error(err)
			}
			if _, _, err := a.catalog.AddZip(t.Context(), "default", bytes.NewReader(zipped(t, scorm("n.txt", fmt.Sprint(i)))), catalog.AddOptions{Course: course}); err != nil {
				var busy *catalog.Busy
				if !errors.As(err, &busy) { // more at one time than may be
					t.Error(err)
				}
				return
			}
			uploads.Add(1)
		})
	}
	wg.Wait()
	for _, id := range ids {
		expect(t, "one registration for all", id, ids[0])
	}
	r, err := a.catalog.Registration(t.Context(), "default", ids[0])
	if err != nil || len(r.Attempts) != workers {
		t.Errorf("%d attempts: %v", len(r.Attempts), err)
	}
	c, err := a.catalog.Course(t.Context(), "default", course)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range c.Versions {
		expect(t, "numbers without gaps", v.Number, i+1)
	}
	expect(t, "versions", len(c.Versions), 1+uploads.Load())
	expect(t, "the last is the current one", c.Current, len(c.Versions))
	list, err := a.catalog.Registrations(t.Context(), "default", course, uuid.Nil, 10)
	if err != nil || len(list) != 1 {
		t.Errorf("%d registrations: %v", len(list), err)
	}
	of, err := a.catalog.RegistrationsOf(t.Context(), "default", r.Learner.Identifier)
	if err != nil || len(of) != 1 {
		t.Errorf("%d registrations of the learner: %v", len(of), err)
	}
}

// TestTokens: what ends a launch.
func TestTokens(t *testing.T) {
	a := start(t, options(t))
	defer stop(t, a)
	now := time.Now()
	var mu sync.Mutex
	clock := func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	s := catalog.New(catalog.Dependencies{Records: catalogRecords{a.committer, a.store}, Files: packageFiles{a.packages}, Spool: t.TempDir(), Now: clock, Lifetime: time.Hour})
	fresh := func() *catalog.Service { // one that remembers nothing
		return catalog.New(catalog.Dependencies{Records: catalogRecords{a.committer, a.store}, Files: packageFiles{a.packages}, Now: clock})
	}
	c, _, err := s.AddZip(t.Context(), "default", bytes.NewReader(zipped(t, scorm())), catalog.AddOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Register(t.Context(), "default", c.ID, catalog.Learner{Actor: json.RawMessage(learnerJSON)}, catalog.RegisterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	open := func() *catalog.Launch {
		t.Helper()
		l, err := s.Open(t.Context(), "default", r.ID, "two", catalog.Normal, catalog.OpenOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	check := func(name string, token string, want error) {
		t.Helper()
		for _, s := range []*catalog.Service{s, fresh()} {
			if _, _, err := s.Launched(t.Context(), token); !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", name, err, want)
			}
		}
	}
	l := open()
	check("good", l.Token, nil)
	other := "x"
	if l.Token[10] == other[0] {
		other = "y"
	}
	check("another", l.Token[:10]+other+l.Token[11:], catalog.ErrNoLaunch)
	check("of another tenant", strings.Split(l.Token, ".")[0]+".dG93bg", catalog.ErrNoLaunch)
	check("none", "", catalog.ErrNoLaunch)
	check("long", strings.Repeat("x", 5000), catalog.ErrNoLaunch)
	mu.Lock()
	now = now.Add(time.Hour)
	mu.Unlock()
	check("expired", l.Token, catalog.ErrExpired)
	l = open()
	data := []byte("what content keeps")
	version, err := s.KeepState(t.Context(), l, "two", 0, data)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.KeepState(t.Context(), l, "two", 0, data); !errors.Is(err, catalog.ErrChanged) {
		t.Errorf("a state that was changed: %v", err)
	}
	if got, at, err := fresh().State(t.Context(), l, "two"); err != nil || at != version || !bytes.Equal(got, data) {
		t.Errorf("%s %d %v", got, at, err)
	}
	check("before a reset", l.Token, nil)
	if _, err := s.Reset(t.Context(), "default", r.ID); err != nil {
		t.Fatal(err)
	}
	check("after a reset", l.Token, catalog.ErrNoLaunch)
	l = open()
	if got, at, err := s.State(t.Context(), l, "two"); err != nil || at != 0 || got != nil {
		t.Errorf("after a reset: %s %d %v", got, at, err)
	}
	preview, err := s.Open(t.Context(), "default", uuid.Nil, "", catalog.Browse, catalog.OpenOptions{Course: c.ID})
	if err != nil {
		t.Fatal(err)
	}
	if got, _, err := s.State(t.Context(), preview, "two"); err != nil || got != nil {
		t.Errorf("a preview sees %s: %v", got, err)
	}
	if _, err := s.Note(t.Context(), "default", r.ID, func(r *catalog.Registration) error { r.Closes = clock().UnixMicro(); return nil }); err != nil {
		t.Fatal(err)
	}
	check("closed", l.Token, catalog.ErrClosed)
	bounds := func(opens, closes time.Duration) {
		t.Helper()
		if _, err := s.Note(t.Context(), "default", r.ID, func(r *catalog.Registration) error {
			r.Opens, r.Closes = clock().Add(opens).UnixMicro(), clock().Add(closes).UnixMicro()
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	bounds(time.Minute, time.Hour)
	check("not open yet", l.Token, catalog.ErrClosed)
	bounds(-time.Minute, time.Hour)
	check("open", l.Token, nil)
	bounds(-time.Minute, 0)
	if _, err := s.Open(t.Context(), "default", r.ID, "", catalog.Normal, catalog.OpenOptions{}); !errors.Is(err, catalog.ErrClosed) {
		t.Errorf("a launch of a closed registration: %v", err)
	}
	check("preview", preview.Token, nil)
	if err := s.Delete(t.Context(), "default", c.ID); err != nil {
		t.Fatal(err)
	}
	check("deleted", preview.Token, catalog.ErrNoLaunch)
	// Tokens are nowhere on the disk.
	if found := grep(t, a.opts.DataDir, preview.Token[:43]); found != "" {
		t.Errorf("a token stands in %s", found)
	}
}

func grep(t testing.TB, dir, text string) (found string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte(text)) {
			found = path
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestTenantsDoNotMeet: ids of another tenant are not there.
func TestTenantsDoNotMeet(t *testing.T) {
	a := start(t, options(t))
	defer stop(t, a)
	course := dig(t, upload(t, a, "POST", "/api/v1/packages", scorm(), 201), "package", "course").(string)
	reg := do(t, a, "POST", "/api/v1/registrations", `{"course":"`+course+`","learner":{"actor":`+learnerJSON+`}}`, 200)["id"].(string)
	record, other, err := a.keys.Create(t.Context(), directory.NewKey{Tenant: "other", Scopes: []string{"content"}})
	if err != nil {
		t.Fatal(err)
	}
	for request, want := range map[string]int{
		"GET /api/v1/packages/" + course: 404, "GET /api/v1/packages/" + course + "/download": 404, "DELETE /api/v1/packages/" + course: 404,
		"GET /api/v1/courses/" + course: 404, "PATCH /api/v1/courses/" + course: 404, "DELETE /api/v1/courses/" + course: 404,
		"GET /api/v1/registrations/" + reg: 404, "POST /api/v1/registrations/" + reg + "/reset": 404, "PATCH /api/v1/registrations/" + reg: 404,
		"GET /api/v1/launches?registration=" + reg: 404,
	} {
		method, path, _ := strings.Cut(request, " ")
		r, err := http.NewRequestWithContext(t.Context(), method, "http://"+a.Addr().String()+path, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		r.SetBasicAuth(record.ID, other)
		r.Header.Set("Content-Type", "application/json")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		expect(t, request, answer.StatusCode, want)
	}
	for _, path := range []string{"/api/v1/courses", "/api/v1/packages", "/api/v1/registrations?course=" + course, "/api/v1/launches?course=" + course} {
		r, _ := http.NewRequestWithContext(t.Context(), "GET", "http://"+a.Addr().String()+path, nil)
		r.SetBasicAuth(record.ID, other)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		expect(t, path, strings.TrimSpace(string(text)), `{"items":[]}`)
	}
	do(t, a, "GET", "/api/v1/courses/"+course, "", 200)
}

// TestForeignPages: what a browser sends by itself for another page changes
// nothing.
func TestForeignPages(t *testing.T) {
	o := options(t)
	o.Catalog.Base = "https://lrs.example/sub"
	a := start(t, o)
	defer stop(t, a)
	for origin, want := range map[string]int{"": 201, "http://" + a.Addr().String(): 201, "https://lrs.example": 201, "https://evil.example": 403, "null": 403} {
		r, err := http.NewRequestWithContext(t.Context(), "POST", "http://"+a.Addr().String()+"/api/v1/packages", bytes.NewReader(zipped(t, scorm())))
		if err != nil {
			t.Fatal(err)
		}
		r.SetBasicAuth(key, secret)
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		expect(t, "origin "+origin, answer.StatusCode, want)
	}
}

// TestCataloguePages: lists go on where the page before ended.
func TestCataloguePages(t *testing.T) {
	a := start(t, options(t))
	defer stop(t, a)
	for i := range 5 {
		do(t, a, "POST", "/api/v1/courses", fmt.Sprintf(`{"activity":"http://example.org/%d","title":{"en":"Course %d"}}`, i, i), 201)
	}
	do(t, a, "POST", "/api/v1/courses", `{"activity":"http://example.org/0","title":{"en":"Again"}}`, 409)
	// Activities belong to the course of their id, else to that of the longest prefix.
	prefix := func(activity, title string) string {
		return do(t, a, "POST", "/api/v1/courses", `{"activity":"`+activity+`","prefix":true,"title":{"en":"`+title+`"}}`, 201)["id"].(string)
	}
	outer, inner := prefix("http://prefix.example/", "Outer"), prefix("http://prefix.example/inner/", "Inner")
	exact := do(t, a, "POST", "/api/v1/courses", `{"activity":"http://prefix.example/inner/exact","title":{"en":"Exact"}}`, 201)["id"].(string)
	for activity, want := range map[string]string{"http://prefix.example/a": outer, "http://prefix.example/inner/b": inner, "http://prefix.example/inner/exact": exact, "http://prefix.example": ""} {
		items := do(t, a, "GET", "/api/v1/courses?activity="+url.QueryEscape(activity), "", 200)["items"].([]any)
		got := ""
		if len(items) > 0 {
			got = dig(t, items, 0, "id").(string)
		}
		expect(t, "the course of "+activity, got, want)
	}
	for _, id := range []string{outer, inner, exact} {
		do(t, a, "DELETE", "/api/v1/courses/"+id, "", 204)
	}
	do(t, a, "GET", "/api/v1/courses?activity=a&limit=1", "", 400)
	course := ""
	seen := map[string]bool{}
	for path := "/api/v1/courses?limit=2"; path != ""; {
		v := do(t, a, "GET", path, "", 200)
		for _, item := range v["items"].([]any) {
			course = item.(map[string]any)["id"].(string)
			seen[course] = true
		}
		path, _ = v["more"].(string)
	}
	expect(t, "courses", len(seen), 5)
	for i := range 5 {
		do(t, a, "POST", "/api/v1/registrations", fmt.Sprintf(`{"course":%q,"learner":{"actor":{"mbox":"mailto:%d@example.org"}}}`, course, i), 200)
	}
	clear(seen)
	for path := "/api/v1/registrations?limit=2&course=" + course; path != ""; {
		v := do(t, a, "GET", path, "", 200)
		for _, item := range v["items"].([]any) {
			seen[item.(map[string]any)["id"].(string)] = true
		}
		path, _ = v["more"].(string)
	}
	expect(t, "registrations", len(seen), 5)
	do(t, a, "POST", "/api/v1/launches", `{"course":"`+course+`"}`, 409)
	for _, bad := range []string{"/api/v1/courses?limit=0", "/api/v1/courses?after=%21", "/api/v1/courses?nothing=1", "/api/v1/registrations", "/api/v1/launches?course=a&registration=b"} {
		do(t, a, "GET", bad, "", 400)
	}
	for field, body := range map[string]string{
		"kind": `{"kind":"other"}`, "duration": `{"duration":"1h"}`, "title": `{"title":{"en":" "}}`, "competences": `{"competences":["a","a"]}`,
	} {
		expect(t, "field", do(t, a, "PATCH", "/api/v1/courses/"+course, body, 400)["field"], field)
	}
	do(t, a, "PATCH", "/api/v1/courses/"+course, `{"knid":"induction"}`, 400)
}
