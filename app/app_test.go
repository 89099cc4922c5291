package app

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lernspur/admin"
	"lernspur/apiv1/openapi/openapitest"
	"lernspur/engine"
	"lernspur/store/storetest"
)

// TestMain has every answer below /api/v1 that a test gets held against the
// description of the interface.
func TestMain(m *testing.M) {
	engine.MaybeMain()
	description, err := openapitest.Read()
	if err != nil {
		panic(err)
	}
	http.DefaultTransport = &openapitest.Transport{Description: description, Inner: http.DefaultTransport,
		Ignore: func(_ *http.Request, answer *http.Response) bool { return answer.Header.Get("X-Frame-Options") == "" }} // the origin of content has no interface
	storetest.Main(m)
}

const (
	key    = "town"
	secret = "a-long-enough-secret"
)

func options(t *testing.T) Options {
	return Options{DataDir: filepath.Join(t.TempDir(), "data"), DSN: storetest.DSN(t), Addr: "127.0.0.1:0", Socket: true, Key: key, Secret: secret}
}

func start(t *testing.T, o Options) *App {
	t.Helper()
	a := New(o)
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return a
}

func stop(t *testing.T, a *App) {
	t.Helper()
	if err := a.Stop(context.Background()); err != nil {
		t.Error(err)
	}
}

func ask(t *testing.T, a *App, method, path, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://"+a.Addr().String()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(key, secret)
	r.Header.Set("X-Experience-API-Version", "2.0.0")
	r.Header.Set("Content-Type", "application/json")
	answer, text := read(t, http.DefaultClient, r)
	return answer.StatusCode, text
}

// read sends a request and reads the whole answer.
func read(t testing.TB, client *http.Client, r *http.Request) (*http.Response, string) {
	t.Helper()
	return whole(t)(client.Do(r))
}

// whole reads all of an answer.
func whole(t testing.TB) func(*http.Response, error) (*http.Response, string) {
	return func(answer *http.Response, err error) (*http.Response, string) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer, string(text)
	}
}

const statement = `{"actor":{"mbox":"mailto:ada@example.org"},"verb":{"id":"http://example.org/did"},"object":{"id":"http://example.org/it"}}`

// TestLife goes through everything that is assembled: both doors, progress,
// another start on the same folder.
func TestLife(t *testing.T) {
	o := options(t)
	a := start(t, o)
	if status, answer := ask(t, a, "POST", "/xapi/statements", statement); status != 200 {
		t.Fatalf("%d %s", status, answer)
	}
	_, before := ask(t, a, "GET", "/xapi/statements", "")
	if status, answer := ask(t, a, "GET", "/api/v1/progress/courses?wait=true", ""); status != 200 || !strings.Contains(answer, "http://example.org/it") {
		t.Errorf("progress: %d %s", status, answer)
	}
	if status, answer := ask(t, a, "GET", "/readyz", ""); status != 200 {
		t.Errorf("readyz: %d %s", status, answer)
	}
	if err := New(o).Start(t.Context()); !errors.Is(err, ErrInUse) {
		t.Errorf("a second start on the folder: %v", err)
	}
	c, err := admin.Connect(t.Context(), o.DataDir)
	if err != nil {
		t.Fatal(err)
	}
	report, err := c.Verify(t.Context(), admin.VerifyRequest{}, nil)
	if err != nil || !report.Clean() || len(report.Tenants) != 1 || report.Tenants[0].Statements != 1 || report.Tenants[0].Aggregates != 1 {
		t.Errorf("verification: %+v, %v", report, err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	stop(t, a)
	if _, err := admin.Connect(t.Context(), o.DataDir); !errors.Is(err, admin.ErrNoServer) {
		t.Errorf("the socket answers after the stop: %v", err)
	}
	b := start(t, o)
	defer stop(t, b)
	if _, after := ask(t, b, "GET", "/xapi/statements", ""); after != before {
		t.Errorf("after another start\n%s\nwant\n%s", after, before)
	}
}

// TestFailedStartLeavesNothing: address, socket and folder are free again.
func TestFailedStartLeavesNothing(t *testing.T) {
	good := options(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	good.Addr = listener.Addr().String()
	bad := good
	bad.Key = "not:a key"
	if err := New(good).Start(t.Context()); err == nil || !strings.Contains(err.Error(), good.Addr) {
		t.Errorf("an address in use: %v", err)
	}
	listener.Close()
	if err := New(bad).Start(t.Context()); err == nil || !strings.Contains(err.Error(), "the key of the configuration") {
		t.Errorf("a key that cannot be: %v", err)
	}
	if _, err := admin.Connect(t.Context(), good.DataDir); !errors.Is(err, admin.ErrNoServer) {
		t.Errorf("the socket answers: %v", err)
	}
	stop(t, start(t, good))
}

// TestStopIsBounded: a request that never ends does not keep the server.
func TestStopIsBounded(t *testing.T) {
	o := options(t)
	o.RequestGrace = 300 * time.Millisecond
	a := start(t, o)
	conn, err := net.Dial("tcp", a.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "POST /xapi/statements HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n"); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	stop(t, a)
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("the stop took %v", took)
	}
}

func TestReady(t *testing.T) {
	var broken, away error
	now := time.Unix(1000, 0)
	h := &health{broken: func() error { return broken }, ping: func(context.Context) error { return away }, now: func() time.Time { return now }}
	steps := []struct {
		name    string
		after   time.Duration
		broken  error
		away    error
		problem string
	}{
		{"all is well", 0, nil, nil, ""},
		{"the database goes", 0, nil, errors.New("refused"), ""},
		{"a moment later", 9 * time.Second, nil, errors.New("refused"), ""},
		{"too long", time.Second, nil, errors.New("refused"), "the database has not answered for 10 s"},
		{"it is back", time.Second, nil, nil, ""},
		{"it goes again", time.Minute, nil, errors.New("refused"), ""},
		{"the log is broken", 0, errors.New("fsync of the log: i/o error"), nil, "the log can no longer be written, no statement is taken; see the server's log, then start it again (fsync of the log: i/o error)"},
	}
	for _, step := range steps {
		now = now.Add(step.after)
		broken, away = step.broken, step.away
		err := h.ready(t.Context())
		if step.problem == "" && err != nil || step.problem != "" && (err == nil || !strings.HasPrefix(err.Error(), step.problem)) {
			t.Errorf("%s: %v, want %q", step.name, err, step.problem)
		}
	}
}
