package load

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestHistogramAgainstSorting(t *testing.T) {
	var h Histogram
	var all []time.Duration
	x := uint64(1)
	for range 20_000 {
		x = x*6364136223846793005 + 1442695040888963407
		d := time.Duration(x>>33) * time.Duration(1+x%50)
		h.Record(d)
		all = append(all, d)
	}
	slices.Sort(all)
	for _, q := range []float64{0.01, 0.5, 0.95, 0.99, 0.999, 1} {
		want := all[min(len(all)-1, int(q*float64(len(all))+0.9999999)-1)]
		got := h.Quantile(q)
		if got < want || float64(got) > float64(want)*1.008 {
			t.Errorf("quantile %v is %v, want %v or at most 0.8 %% more", q, got, want)
		}
	}
	if h.Max() != all[len(all)-1] || h.Count() != 20_000 {
		t.Errorf("max %v count %d", h.Max(), h.Count())
	}
}

func TestHistogramEdges(t *testing.T) {
	var h Histogram
	if h.Quantile(0.5) != 0 || h.Mean() != 0 {
		t.Error("an empty histogram has figures")
	}
	for _, d := range []time.Duration{-1, 0, 1, 127, 128, 255, 256, 100 * time.Hour} {
		h.Record(d)
	}
	if h.Quantile(1) != 100*time.Hour && h.Quantile(1) < time.Hour {
		t.Errorf("largest: %v", h.Quantile(1))
	}
	for v := time.Duration(0); v < 100_000; v++ {
		if up := upperOf(bucketOf(v)); up < v || (v > 127 && float64(up) > float64(v)*1.008) {
			t.Fatalf("%d falls into a bucket that ends at %d", v, up)
		}
	}
}

func TestOnlyLoopback(t *testing.T) {
	for _, addr := range []string{"192.0.2.1:80", "localhost:80", "example.org:80", "0.0.0.0:80", "[2001:db8::1]:80"} {
		if _, err := Dial(context.Background(), addr); !errors.Is(err, ErrNotLoopback) {
			t.Errorf("%s: %v", addr, err)
		}
	}
}

// post renders a request.
func post(path, body string) []byte {
	return fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", path, len(body), body)
}

func TestConnReadsEveryKindOfAnswer(t *testing.T) {
	big := strings.Repeat("0123456789", 20_000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch r.URL.Path {
		case "/echo":
			w.Write(body)
		case "/none":
			w.WriteHeader(204)
		case "/chunks":
			for i := range 10 {
				io.WriteString(w, big[i*20_000:(i+1)*20_000])
				w.(http.Flusher).Flush()
			}
		case "/close":
			w.Header().Set("Connection", "close")
			io.WriteString(w, "bye")
		case "/busy":
			w.Header().Set("Retry-After", "2")
			w.WriteHeader(503)
		}
	}))
	defer server.Close()
	c, err := Dial(context.Background(), server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for range 3 {
		for _, step := range []struct {
			path, sent, want string
			status           int
		}{
			{"/echo", "hello", "hello", 200}, {"/none", "x", "", 204}, {"/echo", big, big, 200},
			{"/chunks", "", big, 200}, {"/close", "", "bye", 200}, {"/echo", "again", "again", 200}, {"/busy", "", "", 503},
		} {
			r, err := c.Do(post(step.path, step.sent))
			if err != nil || r.Status != step.status || !bytes.Equal(r.Body, []byte(step.want)) {
				t.Fatalf("%s: %d, %d bytes, %v", step.path, r.Status, len(r.Body), err)
			}
			if step.status == 503 && r.RetryAfter != 2*time.Second {
				t.Fatalf("Retry-After: %v", r.RetryAfter)
			}
		}
	}
}

type fixed []byte

func (f fixed) Next() ([]byte, int) { return f, 1 }

func TestRunCounts(t *testing.T) {
	n := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n++; n%10 == 0 {
			w.WriteHeader(400)
		}
	}))
	defer server.Close()
	r, err := Run(context.Background(), Plan{Addr: server.Listener.Addr().String(), Conns: 1, Count: 100,
		Source: func(int) Source { return fixed(post("/", "x")) }})
	if err != nil || r.Requests != 90 || r.Statements != 90 || r.Failed != 10 || r.Latency.Count() != 90 {
		t.Fatalf("%+v %v", r, err)
	}
}

func TestRunKeepsItsRate(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	r, err := Run(context.Background(), Plan{Addr: server.Listener.Addr().String(), Conns: 4, Duration: time.Second, Rate: 200,
		Source: func(int) Source { return fixed(post("/", "x")) }})
	if err != nil || r.Requests < 150 || r.Requests > 210 {
		t.Fatalf("%d requests in a second at 200/s, %v", r.Requests, err)
	}
}

// BenchmarkClients compares the processor time of a request, client and server
// together: the difference between the two is what the own client saves.
func BenchmarkClients(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
	}))
	defer server.Close()
	body := strings.Repeat("x", 1500)
	measure := func(b *testing.B, do func()) {
		before := CPUTime()
		for b.Loop() {
			do()
		}
		b.ReportMetric(float64((CPUTime()-before).Microseconds())/float64(b.N), "cpu-µs/op")
	}
	b.Run("own", func(b *testing.B) {
		c, err := Dial(context.Background(), server.Listener.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		defer c.Close()
		request := post("/", body)
		measure(b, func() {
			if r, err := c.Do(request); err != nil || r.Status != 200 {
				b.Fatal(r, err)
			}
		})
	})
	b.Run("net-http", func(b *testing.B) {
		measure(b, func() {
			r, err := http.Post(server.URL, "application/json", strings.NewReader(body))
			if err != nil {
				b.Fatal(err)
			}
			io.Copy(io.Discard, r.Body)
			r.Body.Close()
		})
	})
}
