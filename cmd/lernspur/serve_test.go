package main_test

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

func TestFirstStartShowsAKeyOnce(t *testing.T) {
	p := newPlace(t)
	s := p.serve(t)
	if len(s.secret) < 40 || s.key == "" {
		t.Fatalf("no key was shown:\n%s", s.out)
	}
	status, answer := s.request(t, "POST", "/xapi/statements", statement(1))
	if status != 200 {
		t.Fatalf("%d %s", status, answer)
	}
	status, page := s.request(t, "GET", "/xapi/statements", "")
	if status != 200 || !strings.Contains(page, "learner1@example.org") {
		t.Errorf("%d %s", status, page)
	}
	status, courses := s.request(t, "GET", "/api/v1/progress/courses?wait=true", "")
	if status != 200 || !strings.Contains(courses, `"completed":1`) {
		t.Errorf("%d %s", status, courses)
	}
	s.stop(t)
	again := p.serve(t)
	if again.key != "" || again.secret != "" {
		t.Errorf("the second start shows a key:\n%s", again.out)
	}
	again.key, again.secret = s.key, s.secret
	status, after := again.request(t, "GET", "/xapi/statements", "")
	if status != 200 || after != page {
		t.Errorf("after a restart %d\n%s\nwant\n%s", status, after, page)
	}
	if strings.Contains(again.log.String(), "the log holds statements") {
		t.Errorf("an orderly stop left statements in the log:\n%s", again.log)
	}
	again.stop(t)
}

func TestConfiguredKey(t *testing.T) {
	p, _ := newSharedPlace(t)
	p.env = append(p.env, "LERNSPUR_KEY=town", "LERNSPUR_SECRET=a-long-enough-secret")
	s := p.serve(t)
	if s.key != "" || strings.Contains(s.out.String()+s.log.String(), "a-long-enough-secret") {
		t.Errorf("the configured secret is shown:\n%s%s", s.out, s.log)
	}
	s.key, s.secret = "town", "a-long-enough-secret"
	if status, answer := s.request(t, "GET", "/xapi/statements", ""); status != 200 {
		t.Errorf("%d %s", status, answer)
	}
}

func TestDataFolderIsPrivate(t *testing.T) {
	p := newPlace(t)
	if err := os.MkdirAll(p.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	s := p.serve(t)
	for name, want := range map[string]os.FileMode{"": 0o700, "lernspur.sock": 0o600, "lernspur.lock": 0o600, "log": 0o700, "engine": 0o700} {
		info, err := os.Stat(filepath.Join(p.dir, name))
		if err != nil {
			t.Error(err)
		} else if got := info.Mode().Perm(); got != want {
			t.Errorf("%q has mode %o, want %o", name, got, want)
		}
	}
	s.stop(t)
	if _, err := os.Stat(filepath.Join(p.dir, "lernspur.sock")); !os.IsNotExist(err) {
		t.Errorf("the socket is left over: %v", err)
	}
}

func TestProbes(t *testing.T) {
	p, _ := newSharedPlace(t)
	s := p.serve(t)
	for path, want := range map[string]string{"/healthz": "ok", "/readyz": "ready", "/metrics": "lernspur_commit_wait_seconds"} {
		if status, answer := s.request(t, "GET", path, ""); status != 200 || !strings.Contains(answer, want) {
			t.Errorf("%s: %d %.200s", path, status, answer)
		}
	}
}

// TestProbesWhileStarting: the server listens before it is ready, and says so.
// A database that takes connections and never answers keeps it there.
func TestProbesWhileStarting(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := free.Addr().String()
	free.Close()
	p := newPlace(t, "LERNSPUR_CLICKHOUSE_DSN=clickhouse://u:p@"+silent.Addr().String()+"/d")
	s := p.launch(t, "--addr", addr)
	s.root = "http://" + addr
	for begun := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		conn, err := net.Dial("tcp", addr)
		if err == nil {
			conn.Close()
			break
		}
		if time.Since(begun) > 20*time.Second {
			t.Fatalf("nobody listens: %v", err)
		}
	}
	if status, answer := s.request(t, "GET", "/healthz", ""); status != 200 || answer != "ok\n" {
		t.Errorf("healthz: %d %s", status, answer)
	}
	if status, answer := s.request(t, "GET", "/readyz", ""); status != 503 || !strings.Contains(answer, "starting") {
		t.Errorf("readyz: %d %s", status, answer)
	}
	response, err := http.Post(s.root+"/xapi/statements", "application/json", strings.NewReader(statement(1)))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var body struct{ Error string }
	if response.StatusCode != 503 || response.Header.Get("Retry-After") == "" || json.NewDecoder(response.Body).Decode(&body) != nil || body.Error == "" {
		t.Errorf("a post is answered %d, Retry-After %q, %+v", response.StatusCode, response.Header.Get("Retry-After"), body)
	}
	s.stop(t) // told to stop before it was there
}

func TestStartsThatFailSayWhy(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	tests := []struct {
		name string
		env  string
		want []string
	}{
		{"address in use", "LERNSPUR_ADDR=" + taken.Addr().String(), []string{"the address " + taken.Addr().String(), "in use"}},
		{"secret without key", "LERNSPUR_SECRET=x", []string{"key: expected a name"}},
		{"no such library", "LERNSPUR_ENGINE_LIBRARY=/nowhere/libchdb.so", []string{"/nowhere/libchdb.so"}},
		{"no such setting", "LERNSPUR_LOG_LEVEL=loud", []string{"log.level", "loud"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := newPlace(t, test.env)
			r := p.run(t, "", "serve")
			if r.code != 1 || !strings.Contains(r.err, "lernspur:") {
				t.Errorf("exit code %d\n%s", r.code, r.err)
			}
			contains(t, r.err, test.want...)
		})
	}
}

func TestDamagedLogStopsTheStart(t *testing.T) {
	p, _ := newSharedPlace(t)
	s := p.serve(t)
	if status, answer := s.request(t, "POST", "/xapi/statements", statement(1)); status != 200 {
		t.Fatalf("%d %s", status, answer)
	}
	s.kill(t)
	segments, err := filepath.Glob(filepath.Join(p.dir, "log", "*.log"))
	if err != nil || len(segments) != 1 {
		t.Fatalf("segments %v, %v", segments, err)
	}
	b, err := os.ReadFile(segments[0])
	if err != nil {
		t.Fatal(err)
	}
	b[40] ^= 1 // within the first group
	if err := os.WriteFile(segments[0], b, 0o600); err != nil {
		t.Fatal(err)
	}
	r := p.run(t, "", "serve")
	if r.code != 1 {
		t.Errorf("exit code %d", r.code)
	}
	contains(t, r.err, segments[0], "is damaged at byte", "restore the file")
}

func TestSecondStartSaysWhoHasTheFolder(t *testing.T) {
	p, _ := newSharedPlace(t)
	s := p.serve(t)
	r := p.run(t, "", "serve")
	if r.code != 1 {
		t.Errorf("exit code %d", r.code)
	}
	contains(t, r.err, "in use", p.dir, fmt.Sprintf("process %d (lernspur serve)", s.cmd.Process.Pid))
	if status, _ := s.request(t, "GET", "/readyz", ""); status != 200 {
		t.Errorf("the first server is not ready any more: %d", status)
	}
	// The second start has not taken the first one's socket.
	contains(t, p.must(t, "keys", "list"), s.key)
}

// TestShutdownFinishesWhatWasAccepted stops a server under load: whatever was
// answered with success is there after the next start, and nothing is left to do
// in the log.
func TestShutdownFinishesWhatWasAccepted(t *testing.T) {
	p, _ := newSharedPlace(t)
	s := p.serve(t)
	var accepted, refused atomic.Int64
	var posters sync.WaitGroup
	stop := make(chan struct{})
	for w := range 8 {
		posters.Go(func() {
			for n := w; ; n += 8 {
				select {
				case <-stop:
					return
				default:
				}
				r, err := http.NewRequest("POST", s.root+"/xapi/statements", strings.NewReader(statement(n)))
				if err != nil {
					return
				}
				r.SetBasicAuth(s.key, s.secret)
				r.Header.Set("X-Experience-API-Version", "1.0.3")
				r.Header.Set("Content-Type", "application/json")
				response, err := http.DefaultClient.Do(r)
				if err != nil {
					refused.Add(1)
					return // nobody listens any more
				}
				response.Body.Close()
				switch response.StatusCode {
				case 200:
					accepted.Add(1)
				case 503:
					refused.Add(1)
				default:
					t.Errorf("status %d", response.StatusCode)
				}
			}
		})
	}
	time.Sleep(500 * time.Millisecond)
	s.stop(t)
	close(stop)
	posters.Wait()
	if accepted.Load() == 0 || refused.Load() == 0 {
		t.Fatalf("%d accepted, %d refused: the stop did not meet any load", accepted.Load(), refused.Load())
	}
	again := p.serve(t)
	if strings.Contains(again.log.String(), "the log holds statements") {
		t.Errorf("the stop left statements in the log:\n%s", again.log)
	}
	lines := strings.Count(p.must(t, "export"), "\n")
	if int64(lines) != accepted.Load() {
		t.Errorf("%d statements are stored, %d were accepted", lines, accepted.Load())
	}
}

func TestSecondSignalEndsAtOnce(t *testing.T) {
	p, _ := newSharedPlace(t)
	s := p.serve(t)
	// A request that does not end keeps an orderly stop waiting.
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.root, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /xapi/statements HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\nContent-Type: application/json\r\n"+
		"X-Experience-API-Version: 1.0.3\r\nAuthorization: Basic %s\r\n\r\n{", basic(s.key, s.secret))
	time.Sleep(200 * time.Millisecond)
	for range 2 {
		if err := s.cmd.Process.Signal(syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		time.Sleep(700 * time.Millisecond)
	}
	select {
	case <-s.ended:
	case <-time.After(5 * time.Second):
		t.Fatal("the server goes on")
	}
	if code := s.cmd.ProcessState.ExitCode(); code != 130 {
		t.Errorf("exit code %d", code)
	}
	contains(t, s.log.String(), "stopped at once")
}
