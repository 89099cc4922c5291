package records

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

const zero = `watermark 0 {"watermark":"1970-01-01T00:00:00.000000Z"}`

func TestTail(t *testing.T) {
	d, api, server := served(t, nil)
	d.post("{}", "{}")
	answer := ask(t, server, "GET", "/tail", "all", "Accept-Encoding", "gzip")
	if answer.Header.Get("Content-Encoding") != "" || answer.Header.Get("X-Accel-Buffering") != "no" || !strings.Contains(answer.Header.Get("Cache-Control"), "no-transform") {
		t.Errorf("headers %v", answer.Header)
	}
	e := follow(t, answer)
	e.want(`watermark 2 {"watermark":"1970-01-01T00:00:00.000002Z"}`) // from now on
	d.post(`{"n":3}`, "{\r\n \"n\":\r4\n}")
	e.want(`statement 3 {"n":3}`, "statement 4 {\n \"n\":\n4\n}")
	d.post(`{"n":5}`)
	e.want(`statement 5 {"n":5}`)
	api.Stop()
	e.want(`cut 5 {"reason":"the server is stopping"}`)
	e.wantEnd()
	// Nothing begins any more.
	e = follow(t, ask(t, server, "GET", "/tail?since=1970-01-01T00:00:00Z", "all"))
	e.want(zero)
	cuts := 0
	for ev, ok := e.next(); ok; ev, ok = e.next() {
		if ev.name == "cut" {
			cuts++
			if ev.id != "5" {
				t.Errorf("cut at %s", ev.id)
			}
		}
	}
	if cuts != 1 {
		t.Errorf("cut %d times", cuts)
	}
}

// TestTailResumes is cut again and again and goes on where it was: every
// statement comes once, in order.
func TestTailResumes(t *testing.T) {
	d, _, server := served(t, nil)
	const n = 3*tailPage + 7
	for i := range n {
		d.post(fmt.Sprintf(`{"n":%d}`, i+1))
	}
	last, seen := "", 0
	for round := 1; seen < n; round++ {
		path, headers := "/tail?since=1970-01-01T00:00:00Z", []string(nil)
		if last != "" {
			headers = []string{"Last-Event-ID", last}
		}
		answer := ask(t, server, "GET", path, "all", headers...)
		e := follow(t, answer)
		for i := 0; i < round*40 && seen < n; i++ {
			ev, ok := e.next()
			if !ok {
				t.Fatal("the tail ended")
			}
			last = ev.id
			if ev.name != "statement" {
				continue
			}
			seen++
			if want := fmt.Sprintf(`{"n":%d}`, seen); ev.data != want {
				t.Fatalf("%s came, not %s", ev.data, want)
			}
		}
		answer.Body.Close()
	}
}

func TestTailSince(t *testing.T) {
	d, _, server := served(t, nil)
	d.post("{}", "{}", `{"n":3}`)
	e := follow(t, ask(t, server, "GET", "/tail?since=1970-01-01T00:00:00.000002Z", "statements/read/mine"))
	e.want(`watermark 2 {"watermark":"1970-01-01T00:00:00.000002Z"}`, `statement 3 {"n":3}`)
	if q := d.asked[0]; q.Authority != "mbox|mailto:key@stadt.example" || !q.Ascending {
		t.Errorf("asked for %+v", q)
	}
	for _, id := range []string{"x", "-1", "1.5"} {
		if answer := ask(t, server, "GET", "/tail", "all", "Last-Event-ID", id); answer.StatusCode != 400 {
			t.Errorf("Last-Event-ID %s: %d", id, answer.StatusCode)
		}
	}
}

func TestTailHeartbeat(t *testing.T) {
	d, _, server := served(t, func(o *Options) { o.Heartbeat = 5 * time.Millisecond })
	e := follow(t, ask(t, server, "GET", "/tail", "all"))
	e.want(zero, zero, zero)
	d.mu.Lock()
	d.revoked = true
	d.mu.Unlock()
	for {
		ev, ok := e.next()
		if !ok {
			t.Fatal("the end came without a word")
		}
		if ev.name == "cut" {
			if !strings.Contains(ev.data, refusedTail) {
				t.Errorf("cut because %s", ev.data)
			}
			break
		}
	}
	e.wantEnd()
}

// TestBusyTailLosesItsRight: a tail that has always something to say looks at its
// credentials as well.
func TestBusyTailLosesItsRight(t *testing.T) {
	d, _, server := served(t, func(o *Options) { o.Heartbeat = 20 * time.Millisecond })
	e := follow(t, ask(t, server, "GET", "/tail", "all"))
	e.want(zero)
	done := make(chan struct{})
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-done:
				return
			case <-time.After(time.Millisecond):
				d.post("{}")
			}
		}
	}()
	defer func() { close(done); <-stopped }()
	d.mu.Lock()
	d.revoked = true
	d.mu.Unlock()
	for range 10_000 {
		ev, ok := e.next()
		if !ok {
			t.Fatal("the end came without a word")
		}
		if ev.name == "cut" {
			if !strings.Contains(ev.data, refusedTail) {
				t.Errorf("cut because %s", ev.data)
			}
			return
		}
	}
	t.Error("ten thousand events were sent to a key that was revoked")
}

func TestTailThatCannotBeRead(t *testing.T) {
	d, _, server := served(t, nil)
	e := follow(t, ask(t, server, "GET", "/tail", "all"))
	e.want(zero)
	d.mu.Lock()
	d.err = errors.New("the address of the database")
	d.mu.Unlock()
	d.post("{}")
	e.want(`cut 0 {"reason":"` + brokenTail + `"}`)
	e.wantEnd()
}

func TestTailsAreFew(t *testing.T) {
	_, api, server := served(t, func(o *Options) { o.Tails = 2 })
	first := ask(t, server, "GET", "/tail", "all")
	follow(t, first).want(zero)
	follow(t, ask(t, server, "GET", "/tail", "all")).want(zero)
	if answer := ask(t, server, "GET", "/tail", "all"); answer.StatusCode != 429 || answer.Header.Get("Retry-After") == "" {
		t.Errorf("the third: %d", answer.StatusCode)
	}
	first.Body.Close()
	for begun := time.Now(); ; time.Sleep(time.Millisecond) {
		if answer := ask(t, server, "GET", "/tail", "all"); answer.StatusCode == 200 {
			break
		}
		if time.Since(begun) > 10*time.Second {
			t.Fatal("a tail that ended keeps its place")
		}
	}
	api.tails.mu.Lock()
	defer api.tails.mu.Unlock()
	if api.tails.all != 2 {
		t.Errorf("%d tails are counted", api.tails.all)
	}
}

// TestSlowClientIsCut: a client that takes its time is told, one that takes
// nothing is left.
func TestSlowClientIsCut(t *testing.T) {
	big := `"` + strings.Repeat("x", 1<<20) + `"`
	t.Run("slow", func(t *testing.T) {
		d, _, server := served(t, func(o *Options) { o.Slow = time.Nanosecond })
		d.post(`{"n":1}`)
		e := follow(t, ask(t, server, "GET", "/tail?since=1970-01-01T00:00:00Z", "all"))
		e.want(zero, `statement 1 {"n":1}`, `cut 1 {"reason":"`+slowTail+`"}`)
		e.wantEnd()
	})
	t.Run("stalled", func(t *testing.T) {
		d, api, server := served(t, func(o *Options) { o.Stall = 50 * time.Millisecond })
		for range 40 {
			d.post(big)
		}
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		r, _ := http.NewRequest("GET", server.URL+Base+"/tail?since=1970-01-01T00:00:00Z", nil)
		r.SetBasicAuth("all", "town")
		if err := r.Write(conn); err != nil {
			t.Fatal(err)
		}
		for begun := time.Now(); ; time.Sleep(time.Millisecond) {
			api.tails.mu.Lock()
			n := api.tails.all
			api.tails.mu.Unlock()
			if n == 0 && time.Since(begun) > 100*time.Millisecond {
				break
			}
			if time.Since(begun) > 20*time.Second {
				t.Fatal("the tail goes on")
			}
		}
		received, _ := io.ReadAll(conn) // what was on its way, then the end
		if len(received) >= 40<<20 {
			t.Error("everything was sent")
		}
	})
}

// TestTailOutlivesTheServersTimeouts: neither deadline of the server ends it.
func TestTailOutlivesTheServersTimeouts(t *testing.T) {
	d, _, server := served(t, nil)
	slow := &http.Server{Handler: server.Config.Handler, ReadTimeout: 50 * time.Millisecond, WriteTimeout: 50 * time.Millisecond}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = slow.Serve(listener) }()
	t.Cleanup(func() { slow.Close() })
	server.URL = "http://" + listener.Addr().String()
	e := follow(t, ask(t, server, "GET", "/tail", "all"))
	e.want(zero)
	time.Sleep(150 * time.Millisecond)
	d.post(`{"n":1}`)
	e.want(`statement 1 {"n":1}`)
}
