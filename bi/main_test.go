package bi

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"lernspur/apiv1"
	"lernspur/documents"
	"lernspur/engine"
	"lernspur/store/storetest"
	"lernspur/web/visitor"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// memory keeps records for a test.
type memory struct {
	mu   sync.Mutex
	docs map[documents.Sum]*documents.Document
}

func (m *memory) Change(_ context.Context, key documents.Key, change func(*documents.Document) (*documents.Document, error)) (*documents.Document, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	next, err := change(m.docs[key.Sum()])
	if err == nil && next != nil {
		next.Key = key
		m.docs[key.Sum()] = next
	}
	return next, err
}

func (m *memory) Each(_ context.Context, yield func(*documents.Document) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, d := range m.docs {
		if err := yield(d); err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) Document(_ context.Context, key documents.Key) (*documents.Document, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.docs[key.Sum()], nil
}

// canned answers what progress would, by tenant and question: first to somebody who may see what is
// about many, then to somebody who may see everything.
type canned struct {
	mu      sync.Mutex
	answers map[string][2]string
	asked   int
}

func (c *canned) Ask(_ context.Context, v *visitor.Visitor, path string, query url.Values) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked++
	question := v.Tenant + " " + path
	for _, name := range []string{"course", "unit"} {
		if value := query.Get(name); value != "" {
			question += " " + name + "=" + value
		}
	}
	answers, ok := c.answers[question]
	if !ok {
		return nil, apiv1.Problemf(http.StatusNotFound, "nothing is known of %s", question)
	}
	text := answers[0]
	if v.Has(visitor.Administrator) {
		text = answers[1]
	}
	var o map[string]any
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return nil, fmt.Errorf("%s: %w", question, err)
	}
	o["watermark"] = "2026-03-31T10:00:00.000000Z"
	return json.Marshal(o)
}

func (c *canned) set(question, shown, are string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answers[question] = [2]string{shown, are}
}

// The courses of the tests. Of tiny so few have learned that nobody may know of it.
const (
	safety = "https://town.example/courses/safety"
	tiny   = "https://town.example/courses/tiny-secret"
	alien  = "https://village.example/courses/alien-secret"
)

// world is a town with a course of 40, and a village with one of 30. March has too few starts for
// being shown, so April may not be, either.
func world() *canned {
	c := &canned{answers: make(map[string][2]string)}
	for _, w := range []struct{ tenant, course string }{{"town", safety}, {"village", alien}} {
		list := fmt.Sprintf(`{"courses":[{"id":%q,"learners":40},{"id":%q,"learners":null,"suppressed":["learners"]}]}`, w.course, tiny)
		c.set(w.tenant+" courses", list, list)
		path := w.tenant + " courses/" + url.PathEscape(w.course)
		course := `{"course":{"id":"x","learners":40,"started":38,"completed":20,"passed":20,"failed":10,"completion_rate":0.526316,"pass_rate":0.666667,"average_score":0.7,
			"time_spent_median":1200.5,"time_to_completion_median":86400,"at_risk":8,"last_activity":"2026-04-30","suppressed":[]}}`
		c.set(path, strings.ReplaceAll(course, `"suppressed":[]`, `"suppressed":[]`), course)
		c.set(w.tenant+" periods course="+w.course,
			`{"by":"month","zone":"Europe/Berlin","periods":[
				{"begin":"2026-01-01","started":20,"completed":10,"active":25,"suppressed":[]},
				{"begin":"2026-02-01","started":8,"completed":10,"active":30,"suppressed":[]},
				{"begin":"2026-03-01","started":null,"completed":null,"active":10,"suppressed":["started","completed"]},
				{"begin":"2026-04-01","started":7,"completed":null,"active":9,"suppressed":["completed"]}]}`,
			`{"by":"month","zone":"Europe/Berlin","periods":[
				{"begin":"2026-01-01","started":20,"completed":10,"active":25},
				{"begin":"2026-02-01","started":8,"completed":10,"active":30},
				{"begin":"2026-03-01","started":3,"completed":0,"active":10},
				{"begin":"2026-04-01","started":7,"completed":0,"active":9}]}`)
		c.set(path+"/hours", `{"zone":"Europe/Berlin","hours":[{"weekday":1,"hour":9,"statements":120,"learners":12,"suppressed":[]},
			{"weekday":1,"hour":10,"statements":90,"learners":9,"suppressed":[]},{"weekday":7,"hour":23,"statements":null,"learners":null,"suppressed":["statements","learners"]}]}`, `{}`)
		c.set(w.tenant+" questions course="+w.course, `{"questions":[{"id":"q1","answers":30,"judged":30,"right":18,"difficulty":0.6,"facility":0.61,"discrimination":0.3,"suppressed":[]},
			{"id":"q2","answers":null,"suppressed":["answers"]}]}`, `{}`)
	}
	c.set("town units",
		`{"units":[{"id":"a","name":"Amt A","code":"10","headcount":50,"learners":30,"started":30,"completed":12,"active":20,"at_risk":6,"average_score":0.5,"last_activity":"2026-04-30","suppressed":[]},
			{"id":"b","name":"Amt B","code":"20","headcount":20,"learners":10,"started":10,"completed":null,"active":8,"at_risk":null,"suppressed":["completed","at_risk"]}]}`,
		`{"units":[{"id":"a","learners":30,"started":30,"completed":12,"active":20,"at_risk":6},{"id":"b","learners":10,"started":10,"completed":1,"active":8,"at_risk":0}]}`)
	// 17 + 11 + 2 people of their own: one of the three has to go with the small one.
	c.set("town units unit=a",
		`{"units":[{"id":"a","learners":null,"suppressed":["learners"]},
			{"id":"a1","name":"A1","code":"10.1","headcount":30,"learners":17,"started":17,"completed":7,"active":11,"at_risk":null,"suppressed":["at_risk"]},
			{"id":"a2","name":"A2","code":"10.2","headcount":18,"learners":11,"started":11,"completed":5,"active":9,"at_risk":null,"suppressed":["at_risk"]}]}`,
		`{"units":[{"id":"a","learners":2,"started":2,"completed":0,"active":0,"at_risk":0},{"id":"a1","learners":17,"started":17,"completed":7,"active":11,"at_risk":4},{"id":"a2","learners":11,"started":11,"completed":5,"active":9,"at_risk":2}]}`)
	return c
}

// served is a service with a door, and what it answers.
type served struct {
	*Service
	t       *testing.T
	url     string
	secrets map[string]string
}

func serve(t *testing.T, figures Figures, tenants ...string) *served {
	t.Helper()
	s := New(Options{
		Figures: figures, Conn: storetest.Open(t).Conn(), Records: &memory{docs: make(map[documents.Sum]*documents.Document)},
		Check: func(string) error { return nil }, Publish: true, Serve: true,
		Dir: t.TempDir(), Engine: engine.Options{SearchDirs: storetest.SearchDirs(), MemoryBytes: engine.MinMemory},
		Limits: Limits{Time: 2 * time.Second, Rows: 20_000, Queries: 2},
	})
	secrets := make(map[string]string)
	for _, tenant := range tenants {
		var err error
		if secrets[tenant], err = s.Enable(t.Context(), tenant); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); s.Run(ctx) }()
	web := httptest.NewServer(s.Handler())
	t.Cleanup(func() { web.Close(); cancel(); <-done })
	all := &served{s, t, web.URL, secrets}
	for _, tenant := range tenants {
		all.wait(tenant)
	}
	return all
}

// wait waits until a tenant's tools are answered.
func (s *served) wait(tenant string) {
	s.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		st, err := s.Status(s.t.Context(), tenant)
		if err != nil {
			s.t.Fatal(err)
		}
		if st.Answering {
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("%s is not answered", tenant)
		}
	}
}

// query sends a query as a tool of a tenant.
func (s *served) query(tenant, sql string, parameters url.Values) (int, string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url+"/?"+parameters.Encode(), strings.NewReader(sql))
	if err != nil {
		s.t.Fatal(err)
	}
	r.SetBasicAuth(UserPrefix+tenant, s.secrets[tenant])
	return s.send(r)
}

func (s *served) send(r *http.Request) (int, string) {
	s.t.Helper()
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return answer.StatusCode, string(text) + err.Error()
	}
	return answer.StatusCode, string(text)
}

// must is query for what has to be answered.
func (s *served) must(tenant, sql string) string {
	s.t.Helper()
	status, text := s.query(tenant, sql, nil)
	if status != http.StatusOK {
		s.t.Fatalf("%s: %d %s", sql, status, text)
	}
	return text
}
