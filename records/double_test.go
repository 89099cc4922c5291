package records

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/mux"

	"lernspur/apiv1"
	"lernspur/statements"
)

// double stands for the store and the commit path: statements are texts,
// stored at 1, 2, 3 and so on.
type double struct {
	mu       sync.Mutex
	texts    []string
	err      error
	revoked  bool
	asked    []statements.Query
	deadline bool // a count runs until its context ends
}

func (d *double) post(texts ...string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.texts = append(d.texts, texts...)
}

func (d *double) Watermark() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return int64(len(d.texts))
}

func (d *double) Wait(context.Context) (int64, error) { return d.Watermark(), nil }

func (d *double) Find(_ context.Context, tenant string, q statements.Query) (statements.Page, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = append(d.asked, q)
	if d.err != nil {
		return statements.Page{}, d.err
	}
	var page statements.Page
	for stored := q.Since + 1; stored <= q.Upto; stored++ {
		if len(page.Statements) == q.Limit {
			page.More = true
			break
		}
		page.Statements = append(page.Statements, statements.Found{Stored: stored, Raw: []byte(d.texts[stored-1])})
	}
	return page, nil
}

func (d *double) CountFound(ctx context.Context, tenant string, q statements.Query) (int64, error) {
	if d.deadline {
		<-ctx.Done()
		return 0, ctx.Err()
	}
	d.asked = append(d.asked, q)
	return 42, d.err
}

// identify: the key is the scope, the secret the tenant.
func (d *double) identify(r *http.Request) (*apiv1.Identity, error) {
	scope, tenant, ok := r.BasicAuth()
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case !ok || d.revoked:
		return nil, nil
	case tenant == "broken":
		return nil, errors.New("a secret of the inside")
	}
	return &apiv1.Identity{KeyID: "key", Tenant: tenant, Scopes: []string{scope}, AuthorityIdentifier: "mbox|mailto:key@stadt.example"}, nil
}

// served is an API over a double; change may change its options.
func served(t *testing.T, change func(*Options)) (*double, *API, *httptest.Server) {
	t.Helper()
	d := &double{}
	o := Options{Door: apiv1.Door{Identify: d.identify}, Reader: d, Writer: d, Poll: time.Millisecond, Heartbeat: time.Hour}
	if change != nil {
		change(&o)
	}
	api := New(o)
	router := mux.NewRouter()
	api.Register(router)
	server := httptest.NewServer(router)
	t.Cleanup(func() { api.Stop(); server.Close() })
	return d, api, server
}

func ask(t *testing.T, server *httptest.Server, method, path, scope string, headers ...string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, server.URL+Base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if scope != "" {
		tenant := "town"
		if scope == "broken" {
			tenant = scope
		}
		r.SetBasicAuth(scope, tenant)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	return answer
}

// event is one server-sent event as a client reads it.
type event struct{ name, id, data string }

func (e event) String() string { return fmt.Sprintf("%s %s %s", e.name, e.id, e.data) }

// events reads a stream after the standard (WHATWG HTML, 9.2.6).
type events struct {
	t    *testing.T
	scan *bufio.Scanner
}

func follow(t *testing.T, answer *http.Response) *events {
	t.Helper()
	if answer.StatusCode != 200 || answer.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%d %s", answer.StatusCode, answer.Header.Get("Content-Type"))
	}
	scan := bufio.NewScanner(answer.Body)
	scan.Buffer(nil, 4<<20)
	return &events{t, scan}
}

// next is the next event; ok is false at the end of the stream.
func (e *events) next() (ev event, ok bool) {
	var data []string
	for e.scan.Scan() {
		line := e.scan.Text()
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case line == "" && (ev.name != "" || data != nil):
			ev.data = strings.Join(data, "\n")
			return ev, true
		case field == "event":
			ev.name = value
		case field == "id":
			ev.id = value
		case field == "data":
			data = append(data, value)
		}
	}
	return ev, false
}

func (e *events) want(want ...string) {
	e.t.Helper()
	for _, w := range want {
		ev, ok := e.next()
		if got := ev.String(); !ok || got != w {
			e.t.Fatalf("got %q (%v), want %q", got, ok, w)
		}
	}
}

// wantEnd reads to the end, which has to come.
func (e *events) wantEnd() {
	e.t.Helper()
	if ev, ok := e.next(); ok {
		e.t.Fatalf("another event: %v", ev)
	}
}
