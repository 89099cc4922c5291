package lrs

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/mux"
)

func zipped(t *testing.T, text string) io.Reader {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return &b
}

// chunked hides the length of a body.
func chunked(r io.Reader) io.Reader { return struct{ io.Reader }{r} }

func TestContentTypes(t *testing.T) {
	w := newWorld(t, nil)
	for _, c := range []struct {
		contentType string
		status      int
	}{
		{"application/json", 200}, {"application/json; charset=utf-8", 200}, {"application/json;charset=UTF-8", 200},
		{`application/json; charset="utf-8"`, 200}, {"Application/JSON", 200},
		{"", 400}, {"text/plain", 400}, {"application/xml", 400}, {"application/json; charset=latin1", 400},
		{"application/json; foo=bar", 400}, {"application/json; charset", 400}, {"multipart/mixed; boundary=x", 400},
		{"application/x-www-form-urlencoded", 400},
	} {
		if a := w.do("POST", "/xapi/statements", goodStatement, "Content-Type: "+c.contentType); a.status != c.status {
			t.Errorf("%q: %d, want %d", c.contentType, a.status, c.status)
		}
	}
}

func TestCompressedBodies(t *testing.T) {
	w := newWorld(t, nil)
	zip := "Content-Encoding: gzip"
	for _, c := range []struct {
		name   string
		body   io.Reader
		header string
		status int
	}{
		{"gzip", zipped(t, goodStatement), zip, 200},
		{"gzip, length unknown", chunked(zipped(t, goodStatement)), zip, 200},
		{"x-gzip", zipped(t, goodStatement), "Content-Encoding: X-GZIP", 200},
		{"identity", strings.NewReader(goodStatement), "Content-Encoding: identity", 200},
		{"not gzip", strings.NewReader(goodStatement), zip, 400},
		{"empty", strings.NewReader(""), zip, 400},
		{"cut", io.LimitReader(zipped(t, goodStatement), 60), zip, 400},
		{"deflate", strings.NewReader(goodStatement), "Content-Encoding: deflate", 400},
		{"twice", zipped(t, goodStatement), "Content-Encoding: gzip, gzip", 400},
	} {
		if a := w.send("POST", "/xapi/statements", c.body, c.header); a.status != c.status {
			t.Errorf("%s: %d %s, want %d", c.name, a.status, a.body, c.status)
		}
	}
}

func TestBodyLimits(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.MaxBody = 100 << 10; o.MaxRatio = 50 })
	fill := func(n int) string { return goodStatement + strings.Repeat(" ", n-len(goodStatement)) }
	for _, c := range []struct {
		name   string
		body   io.Reader
		header string
		status int
	}{
		{"at the limit", strings.NewReader(fill(100 << 10)), "", 200},
		{"one over", strings.NewReader(fill(100<<10 + 1)), "", 413},
		{"at the limit, length unknown", chunked(strings.NewReader(fill(100 << 10))), "", 200},
		{"one over, length unknown", chunked(strings.NewReader(fill(100<<10 + 1))), "", 413},
		{"at the limit when decompressed", zipped(t, fill(100<<10)), "Content-Encoding: gzip", 200},
		{"one over when decompressed", zipped(t, fill(100<<10+1)), "Content-Encoding: gzip", 413},
	} {
		a := w.send("POST", "/xapi/statements", c.body, c.header)
		if a.status != c.status {
			t.Errorf("%s: %d %s", c.name, a.status, a.body)
		}
		if c.status == 413 && !strings.Contains(a.errorText(t), "100 KiB") {
			t.Errorf("%s: the limit is not named: %s", c.name, a.body)
		}
	}
}

func TestInflationIsBounded(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.MaxBody = 64 << 20; o.MaxRatio = 100 })
	bomb := zipped(t, strings.Repeat(" ", 8<<20)) // about 1,000 times
	if a := w.send("POST", "/xapi/statements", bomb, "Content-Encoding: gzip"); a.status != 413 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if free := w.send("POST", "/xapi/statements", zipped(t, goodStatement+strings.Repeat(" ", 1<<19)), "Content-Encoding: gzip"); free.status != 200 {
		t.Errorf("half a MiB: %d %s", free.status, free.body)
	}
}

func TestLargeBodiesShareARoom(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.MaxBody = 1 << 20; o.MaxInFlight = 1 << 20 })
	api := New(Options{Writer: w.double, Reader: w.double, Keys: testKeys{"all:secret": {"all"}}, MaxBody: 1 << 20, MaxInFlight: 1 << 20})
	router := mux.NewRouter()
	api.Register(router)
	if !api.bodies.TryAcquire(1 << 20) {
		t.Fatal("the room is not free")
	}
	large := goodStatement + strings.Repeat(" ", 300<<10) // more than any kept buffer has
	for name, body := range map[string]io.Reader{"length known": strings.NewReader(large), "length unknown": chunked(strings.NewReader(large))} {
		if a := w.through(router, body); a.status != 503 {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	if a := w.through(router, strings.NewReader(goodStatement)); a.status != 200 {
		t.Errorf("a small body: %d %s", a.status, a.body)
	}
	api.bodies.Release(1 << 20)
	for range 30 { // what is reserved is given back, also when the body grows
		for name, body := range map[string]io.Reader{"length known": strings.NewReader(large), "length unknown": chunked(strings.NewReader(large))} {
			if a := w.through(router, body); a.status != 200 {
				t.Fatalf("%s: %d %s", name, a.status, a.body)
			}
		}
	}
	if !api.bodies.TryAcquire(1 << 20) {
		t.Error("the room was not given back")
	}
}

// through posts a body to another handler.
func (w *world) through(h http.Handler, body io.Reader) answer {
	w.Helper()
	server := httpServer(w.T, h, Timeouts{})
	old := w.url
	defer func() { w.url = old }()
	w.url = "http://" + server
	return w.send("POST", "/xapi/statements", body)
}

// httpServer serves a handler as the product does and returns its address.
func httpServer(t *testing.T, h http.Handler, timeouts Timeouts) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := NewServer(h, nil, timeouts)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return listener.Addr().String()
}

// talk writes raw text to a server and reads one answer.
func talk(t *testing.T, addr, text string) (*http.Response, error) {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := conn.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return http.ReadResponse(bufio.NewReader(conn), nil)
}

const rawPost = "POST /xapi/statements HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWxsOnNlY3JldA==\r\n" +
	"X-Experience-API-Version: 1.0.3\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"

func TestSlowClientsAreCut(t *testing.T) {
	w := newWorld(t, nil)
	router := mux.NewRouter()
	New(Options{Writer: w.double, Reader: w.double, Keys: testKeys{"all:secret": {"all"}}}).Register(router)
	addr := httpServer(t, router, Timeouts{ReadHeader: 100 * time.Millisecond, Read: 200 * time.Millisecond})

	began := time.Now()
	res, err := talk(t, addr, fmt.Sprintf(rawPost, 1000, "[{"))
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != 400 || time.Since(began) > 3*time.Second {
		t.Errorf("a body that does not come: %d after %v", res.StatusCode, time.Since(began))
	}
	// net/http answers headers that do not come with 408 or nothing at all.
	if res, err := talk(t, addr, "POST /xapi/statements HTTP/1.1\r\nHost: x\r\n"); err == nil && res.StatusCode < 400 {
		t.Errorf("headers that do not come: %d", res.StatusCode)
	}
	if time.Since(began) > 4*time.Second {
		t.Errorf("it took %v", time.Since(began))
	}
}

func TestHeaderLimit(t *testing.T) {
	addr := httpServer(t, http.NotFoundHandler(), Timeouts{MaxHeader: 8 << 10})
	res, err := talk(t, addr, "GET / HTTP/1.1\r\nHost: x\r\nX-Long: "+strings.Repeat("a", 16<<10)+"\r\n\r\n")
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("%d", res.StatusCode)
	}
}
