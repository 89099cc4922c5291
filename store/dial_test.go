package store

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// silent listens and takes connections, and says nothing. It keeps them open
// until the test ends.
func silent(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { conn.Close() })
		}
	}()
	return l.Addr().String()
}

func within(t *testing.T, what string, done <-chan struct{}) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Fatalf("%s does not end", what)
	}
}

// TestClosingEndsWhatWaits: the other side hangs. The driver, which waits for
// its own Read when it closes, is let go at once, and the deadlines that it
// clears afterwards do not make the connection stay for ever.
func TestClosingEndsWhatWaits(t *testing.T) {
	for _, what := range []string{"read", "write"} {
		t.Run(what, func(t *testing.T) {
			d := &dialer{timeout: time.Second, linger: 50 * time.Millisecond}
			conn, err := d.dial(context.Background(), silent(t))
			if err != nil {
				t.Fatal(err)
			}
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				buf := make([]byte, 1<<20)
				for err == nil {
					if what == "read" {
						_, err = conn.Read(buf)
					} else {
						_, err = conn.Write(buf)
					}
				}
			}()
			time.Sleep(50 * time.Millisecond)
			if err := conn.Close(); err != nil {
				t.Error(err)
			}
			within(t, "a "+what+" on a closed connection", ended)
			if conn.SetReadDeadline(time.Time{}) == nil || conn.SetDeadline(time.Time{}) == nil {
				t.Error("a closed connection takes deadlines")
			}
			gone := make(chan struct{})
			go func() {
				defer close(gone)
				for d.closing.Load() > 0 {
					time.Sleep(time.Millisecond)
				}
			}()
			within(t, "the reading to the end", gone)
		})
	}
}

func TestWritesKeepTheDeadlineOfTheContext(t *testing.T) {
	d := &dialer{timeout: time.Second, linger: time.Millisecond}
	conn, err := d.dial(context.Background(), silent(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for err := error(nil); err == nil; {
			_, err = conn.Write(make([]byte, 1<<20))
		}
	}()
	within(t, "a write beyond its deadline", ended)
}

func TestDialWithTLS(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	addr := server.Listener.Addr().String()
	d := &dialer{timeout: 5 * time.Second, linger: time.Second, tls: &tls.Config{RootCAs: roots}}
	conn, err := d.dial(context.Background(), addr)
	if err != nil {
		t.Fatal(err)
	}
	secure, ok := conn.(*tls.Conn)
	if !ok {
		t.Fatalf("a %T, by which the driver cannot find out whether it is still good", conn)
	}
	if _, ok := secure.NetConn().(*lingering); !ok {
		t.Errorf("on a %T, whose writes are not bounded", secure.NetConn())
	}
	conn.Close()
	d.tls = &tls.Config{RootCAs: x509.NewCertPool()}
	if conn, err := d.dial(context.Background(), addr); err == nil {
		conn.Close()
		t.Error("an unknown certificate is accepted")
	}
}

// TestALoginThatFailsLeavesNoConnection: the other side takes the connection and
// does not answer.
func TestALoginThatFailsLeavesNoConnection(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = io.Copy(io.Discard, conn) // until the client is gone
	}()
	opts, err := options("clickhouse://user:geheim@" + l.Addr().String() + "/lernspur")
	if err != nil {
		t.Fatal(err)
	}
	opts.DialTimeout = 50 * time.Millisecond
	d := &dialer{timeout: time.Second, linger: time.Second}
	opts.DialStrategy = d.strategy
	conn, err := clickhouse.Open(opts)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.Ping(context.Background()); err == nil {
		t.Fatal("a login succeeded that nobody answered")
	}
	within(t, "a connection without a login", ended)
}
