package main_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"lernspur/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

var (
	buildOnce sync.Once
	built     string
	buildErr  error
)

// binary builds the program once for all tests.
func binary(t testing.TB) string {
	t.Helper()
	buildOnce.Do(func() {
		if built, buildErr = filepath.Abs(filepath.Join("..", "..", "bin", "test", "lernspur")); buildErr != nil {
			return
		}
		out, err := exec.Command("go", "build", "-o", built, ".").CombinedOutput()
		if err != nil {
			buildErr = fmt.Errorf("%w\n%s", err, out)
		}
	})
	if buildErr != nil {
		t.Fatal(buildErr)
	}
	return built
}

// place is a data folder and the environment that names it.
type place struct {
	dir string
	env []string
}

// newPlace is a data folder with an embedded engine of its own.
func newPlace(t testing.TB, env ...string) *place {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	return &place{dir, append([]string{"LERNSPUR_DATA=" + dir, "LERNSPUR_ADDR=127.0.0.1:0", "LERNSPUR_CONTENT_ADDR=127.0.0.1:0", "LERNSPUR_ENGINE_MEMORY=1GiB"}, env...)}
}

// newSharedPlace is a data folder whose statements go to a fresh database of
// the engine that all tests share.
func newSharedPlace(t testing.TB) (p *place, dsn string) {
	dsn = storetest.DSN(t)
	return newPlace(t, "LERNSPUR_CLICKHOUSE_DSN="+dsn), dsn
}

// command is a call of the program that is not started yet.
func (p *place) command(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(binary(t), args...)
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "LERNSPUR_") {
			cmd.Env = append(cmd.Env, kv)
		}
	}
	cmd.Env = append(cmd.Env, p.env...)
	return cmd
}

// result is what a command has said.
type result struct {
	out, err string
	code     int
}

// run runs a command to its end.
func (p *place) run(t testing.TB, stdin string, args ...string) result {
	t.Helper()
	cmd := p.command(t, args...)
	var out, errOut bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errOut
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%v: %v", args, err)
	}
	return result{out.String(), errOut.String(), cmd.ProcessState.ExitCode()}
}

// must runs a command that has to succeed and answers its output.
func (p *place) must(t testing.TB, args ...string) string {
	t.Helper()
	r := p.run(t, "", args...)
	if r.code != 0 {
		t.Fatalf("%v: exit code %d\n%s%s", args, r.code, r.out, r.err)
	}
	return r.out
}

// server is a running `lernspur serve`.
type server struct {
	*place
	cmd         *exec.Cmd
	out, log    *syncBuffer
	root        string // http://127.0.0.1:port
	key, secret string // "" when none was shown
	ended       chan struct{}
	err         error // of the process, once ended is closed
}

// syncBuffer can be read while a process writes to it.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// launch starts a server and does not wait for it.
func (p *place) launch(t testing.TB, args ...string) *server {
	t.Helper()
	s := &server{place: p, cmd: p.command(t, append([]string{"serve"}, args...)...), out: &syncBuffer{}, log: &syncBuffer{}, ended: make(chan struct{})}
	s.cmd.Stdout, s.cmd.Stderr = s.out, s.log
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		s.err = s.cmd.Wait()
		close(s.ended)
	}()
	t.Cleanup(func() {
		select {
		case <-s.ended:
		default:
			s.stop(t)
		}
		if t.Failed() {
			t.Logf("the server's log:\n%s", s.log)
		}
	})
	return s
}

var shown = regexp.MustCompile(`(?m)^  (endpoint|key|secret) +(\S+)$`)

// serve starts a server and waits until it is ready.
func (p *place) serve(t testing.TB, args ...string) *server {
	t.Helper()
	s := p.launch(t, args...)
	for begun := time.Now(); !strings.Contains(s.out.String(), "Lernspur is ready."); time.Sleep(10 * time.Millisecond) {
		select {
		case <-s.ended:
			t.Fatalf("the server ended: %v\n%s", s.err, s.log)
		default:
		}
		if time.Since(begun) > time.Minute {
			t.Fatalf("the server is not ready after a minute\n%s", s.log)
		}
	}
	time.Sleep(20 * time.Millisecond) // the rest of what it shows
	for _, m := range shown.FindAllStringSubmatch(s.out.String(), -1) {
		switch m[1] {
		case "endpoint":
			s.root = strings.TrimSuffix(m[2], "/xapi")
		case "key":
			s.key = m[2]
		case "secret":
			s.secret = m[2]
		}
	}
	return s
}

// stop ends the server in order.
func (s *server) stop(t testing.TB) {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.ended:
	case <-time.After(time.Minute):
		_ = s.cmd.Process.Kill()
		t.Fatalf("the server does not stop\n%s", s.log)
	}
	if s.err != nil {
		t.Errorf("the server stopped with %v\n%s", s.err, s.log)
	}
}

// kill ends the server at once.
func (s *server) kill(t testing.TB) {
	t.Helper()
	if err := s.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-s.ended
	s.settle(t)
}

// settle waits for the shared engine after a process on it was killed.
func (p *place) settle(t testing.TB) {
	t.Helper()
	if slices.ContainsFunc(p.env, func(kv string) bool { return strings.HasPrefix(kv, "LERNSPUR_CLICKHOUSE_DSN=") }) {
		storetest.Settle(t)
	}
}

// request asks the server with its first key.
func (s *server) request(t testing.TB, method, path, body string) (status int, answer string) {
	t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, s.root+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(s.key, s.secret)
	r.Header.Set("X-Experience-API-Version", "1.0.3")
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// statement is the n-th of a kind, without an id.
func statement(n int) string {
	return fmt.Sprintf(`{"actor":{"mbox":"mailto:learner%d@example.org"},"verb":{"id":"http://adlnet.gov/expapi/verbs/completed"},"object":{"id":"http://example.org/courses/%d"},"timestamp":"2026-01-01T00:00:00Z"}`, n, n%7)
}

// contains fails the test unless text holds all parts.
func contains(t testing.TB, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%q is missing in:\n%s", p, text)
		}
	}
}

func basic(key, secret string) string {
	return base64.StdEncoding.EncodeToString([]byte(key + ":" + secret))
}
