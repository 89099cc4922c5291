package records_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"lernspur/app"
	"lernspur/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

const secret = "a-long-enough-secret"

// server is the whole server on a fresh database.
type server struct {
	*testing.T
	app     *app.App
	options app.Options
}

func start(t *testing.T) *server {
	t.Helper()
	s := &server{T: t, options: app.Options{DataDir: filepath.Join(t.TempDir(), "data"), DSN: storetest.DSN(t), Addr: "127.0.0.1:0", Key: "town", Secret: secret}}
	s.begin()
	t.Cleanup(s.end)
	return s
}

func (s *server) begin() {
	s.Helper()
	s.app = app.New(s.options)
	if err := s.app.Start(context.Background()); err != nil {
		s.Fatal(err)
	}
}

func (s *server) end() {
	if err := s.app.Stop(context.Background()); err != nil {
		s.Error(err)
	}
}

// ask sends a request as the key town; body is sent as JSON unless it is nil.
func (s *server) ask(method, path string, body any) (int, []byte) {
	s.Helper()
	answer := s.open(method, path, body)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		s.Fatal(err)
	}
	return answer.StatusCode, text
}

func (s *server) open(method, path string, body any) *http.Response {
	s.Helper()
	var reader io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			s.Fatal(err)
		}
		reader = bytes.NewReader(b)
	}
	r, err := http.NewRequest(method, "http://"+s.app.Addr().String()+path, reader)
	if err != nil {
		s.Fatal(err)
	}
	r.SetBasicAuth("town", secret)
	r.Header.Set("X-Experience-API-Version", "1.0.3")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.Fatal(err)
	}
	return answer
}

// want is ask for an answer that has to have a status; it is read into v.
func (s *server) want(status int, method, path string, body, v any) {
	s.Helper()
	got, text := s.ask(method, path, body)
	if got != status {
		s.Fatalf("%s %s: %d, want %d: %s", method, path, got, status, text)
	}
	if v != nil {
		if err := json.Unmarshal(text, v); err != nil {
			s.Fatalf("%v in %s", err, text)
		}
	}
}

func (s *server) post(sts ...m) {
	s.Helper()
	s.want(200, "POST", "/xapi/statements", sts, nil)
}

// found follows more to its end.
func (s *server) found(query url.Values) (ids []string) {
	s.Helper()
	for path := "/xapi/statements?" + query.Encode(); path != ""; {
		var page struct {
			Statements []struct{ ID string }
			More       string
		}
		s.want(200, "GET", path, nil, &page)
		for _, st := range page.Statements {
			ids = append(ids, st.ID)
		}
		path = page.More
	}
	return ids
}

func (s *server) count(query url.Values) (n int) {
	s.Helper()
	var body struct {
		Count     int
		Watermark time.Time
	}
	s.want(200, "GET", "/api/v1/statements/count?"+query.Encode(), nil, &body)
	if body.Watermark.IsZero() {
		s.Error("a count without a watermark")
	}
	return body.Count
}

type m = map[string]any

func agent(name string) m       { return m{"mbox": "mailto:" + name + "@stadt.example"} }
func mail(name string) string   { return `{"mbox":"mailto:` + name + `@stadt.example"}` }
func verb(name string) string   { return "http://example.com/verbs/" + name }
func course(name string) string { return "http://example.com/courses/" + name }
func said(id, who, what, where string) m {
	return m{"id": id, "actor": agent(who), "verb": m{"id": verb(what)}, "object": m{"id": course(where)}}
}

func pointing(id, who, what, target string) m {
	st := said(id, who, what, "")
	st["object"] = m{"objectType": "StatementRef", "id": target}
	return st
}

func voiding(id, target string) m {
	st := pointing(id, "admin", "", target)
	st["verb"] = m{"id": "http://adlnet.gov/expapi/verbs/voided"}
	return st
}

func TestCountEqualsTheList(t *testing.T) {
	s := start(t)
	ids := make([]string, 8)
	for i := range ids {
		ids[i] = uuid.NewString()
	}
	s.post(said(ids[0], "ada", "did", "a"), said(ids[1], "bob", "did", "a"), pointing(ids[2], "eve", "praised", ids[0]),
		pointing(ids[3], "eve", "praised", ids[2]), said(ids[4], "ada", "did", "b"), voiding(ids[5], ids[4]), voiding(ids[6], ids[7]))
	for _, query := range []url.Values{
		{}, {"agent": {mail("ada")}}, {"agent": {mail("eve")}}, {"verb": {verb("did")}}, {"activity": {course("a")}}, {"activity": {course("b")}},
		{"agent": {mail("ada")}, "verb": {verb("praised")}}, {"since": {time.Now().Format(time.RFC3339)}}, {"until": {time.Now().Add(time.Hour).Format(time.RFC3339)}},
	} {
		list := query
		if n := s.count(query); n != len(s.found(list)) {
			t.Errorf("%v: %d are counted, %d found", query, n, len(s.found(list)))
		}
	}
	// By hand: everything but the voided one.
	if n := s.count(url.Values{}); n != 6 {
		t.Errorf("%d are counted, not 6", n)
	}
	// ada's first, and what points to it, and what points to the one she was voided in.
	if n := s.count(url.Values{"agent": {mail("ada")}}); n != 4 {
		t.Errorf("%d of ada are counted, not 4", n)
	}
}

// TestTailOfALiveServer posts while two tails follow; the server stops under
// one of them.
func TestTailOfALiveServer(t *testing.T) {
	s := start(t)
	answer := s.open("GET", "/api/v1/statements/tail?verb="+url.QueryEscape(verb("did")), nil)
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	const n = 30
	go func() {
		for i := range n {
			s.post(said(fmt.Sprintf("00000000-0000-4000-8000-%012d", i), "ada", []string{"did", "saw"}[i%2], "a"))
		}
	}()
	last := int64(0)
	for seen := 0; seen < n/2; {
		if !lines.Scan() {
			t.Fatalf("the tail ended after %d: %v", seen, lines.Err())
		}
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch {
		case field == "id":
			var id int64
			if _, err := fmt.Sscan(value, &id); err != nil || id < last {
				t.Fatalf("event %s after %d: %v", value, last, err)
			}
			last = id
		case field == "data" && strings.Contains(value, `"actor"`):
			if want := fmt.Sprintf("%012d", 2*seen); !strings.Contains(value, want) {
				t.Fatalf("%s is not the statement that ends in %s", value, want)
			}
			seen++
		}
	}
	begun := time.Now()
	s.end()
	if time.Since(begun) > 10*time.Second {
		t.Error("a tail held the server up")
	}
	rest := ""
	for lines.Scan() {
		rest += lines.Text() + "\n"
	}
	if !strings.Contains(rest, "event: cut") || !strings.Contains(rest, "the server is stopping") {
		t.Errorf("the end was %q", rest)
	}
	s.begin() // for the clean-up
}
