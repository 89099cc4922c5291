package store

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// A query whose context ends has its connection closed by the driver, with an
// answer on its way. The system then resets the connection, and the embedded
// engine, where it meets a reset between two queries or during a handshake,
// ends itself (a third of a second of cancelled queries is enough). So
// connections are closed from our side first, and read to their end.

const (
	// lingerTime is how long a connection is read to its end; then it is reset
	// after all.
	lingerTime = 10 * time.Second
	// lingerPatience is how long Close waits for connections that are.
	lingerPatience = time.Second
	// writeTimeout is how long the other side may take none of what is sent.
	writeTimeout = 30 * time.Second
)

// dialer opens connections that end gently, and whose writes are bounded.
type dialer struct {
	timeout time.Duration
	linger  time.Duration
	tls     *tls.Config  // nil: none
	closing atomic.Int64 // connections
}

// dial is for clickhouse.Options.DialContext. Like the driver's own dialing it
// does not end with ctx, which may be a short one's, but after a time of its own.
func (d *dialer) dial(_ context.Context, addr string) (net.Conn, error) {
	conn, err := net.DialTimeout("tcp", addr, d.timeout)
	if err != nil {
		return nil, err
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		conn = &lingering{TCPConn: tcp, dialer: d}
	}
	if d.tls == nil {
		return conn, nil
	}
	config := d.tls
	if config.ServerName == "" {
		config = config.Clone()
		if config.ServerName, _, err = net.SplitHostPort(addr); err != nil {
			conn.Close()
			return nil, err
		}
	}
	secure := tls.Client(conn, config)
	ctx, cancel := context.WithTimeout(context.Background(), d.timeout)
	defer cancel()
	if err := secure.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return secure, nil
}

// strategy is for clickhouse.Options.DialStrategy: the driver forgets a
// connection on which it could not log in; here it is closed.
func (d *dialer) strategy(ctx context.Context, id int, opts *clickhouse.Options, dial clickhouse.Dial) (clickhouse.DialResult, error) {
	var opened net.Conn
	own := *opts
	own.DialContext = func(ctx context.Context, addr string) (conn net.Conn, err error) {
		conn, err = d.dial(ctx, addr)
		opened = conn
		return conn, err
	}
	result, err := clickhouse.DefaultDialStrategy(ctx, id, &own, dial)
	if err != nil && opened != nil {
		opened.Close()
	}
	return result, err
}

// wait waits for the connections that are being closed, for a while. The
// driver may close some even then.
func (d *dialer) wait() {
	for begun := time.Now(); d.closing.Load() > 0 && time.Since(begun) < lingerPatience; {
		time.Sleep(time.Millisecond)
	}
}

// lingering is a connection that is closed without a reset. It stays a
// *net.TCPConn within, by which the driver finds out whether it is still good.
type lingering struct {
	*net.TCPConn
	dialer *dialer
	once   sync.Once
	err    error

	reading sync.Mutex // held by a Read

	mu      sync.Mutex
	closed  bool      // the driver's deadlines count no more
	writeBy time.Time // the driver's deadline for writing; zero: none
}

// past is a deadline that ends whatever waits.
var past = time.Unix(1, 0)

// Read reads until the connection is closed: it does not wait for what then
// still comes.
func (l *lingering) Read(b []byte) (int, error) {
	l.reading.Lock()
	defer l.reading.Unlock()
	l.mu.Lock()
	closed := l.closed
	l.mu.Unlock()
	if closed {
		return 0, net.ErrClosed
	}
	return l.TCPConn.Read(b)
}

// Write bounds the wait for an engine that has stopped reading.
func (l *lingering) Write(b []byte) (int, error) {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return 0, net.ErrClosed
	}
	by := time.Now().Add(writeTimeout)
	if !l.writeBy.IsZero() && l.writeBy.Before(by) {
		by = l.writeBy
	}
	err := l.TCPConn.SetWriteDeadline(by)
	l.mu.Unlock()
	if err != nil {
		return 0, err
	}
	return l.TCPConn.Write(b)
}

// SetDeadline is of no effect once the connection is closed, like its
// siblings: the driver goes on setting and clearing deadlines then.
func (l *lingering) SetDeadline(t time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return net.ErrClosed
	}
	l.writeBy = t
	return l.TCPConn.SetDeadline(t)
}

// SetReadDeadline bounds reading.
func (l *lingering) SetReadDeadline(t time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return net.ErrClosed
	}
	return l.TCPConn.SetReadDeadline(t)
}

// SetWriteDeadline bounds writing.
func (l *lingering) SetWriteDeadline(t time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return net.ErrClosed
	}
	l.writeBy = t
	return l.TCPConn.SetWriteDeadline(t)
}

// Close ends what is sent, and Reads and Writes under way, and returns; what
// still comes is thrown away in the background until the other side closes, too.
func (l *lingering) Close() error {
	l.once.Do(func() {
		l.mu.Lock()
		l.closed = true
		_ = l.TCPConn.SetDeadline(past) // the driver waits for its own Read when it closes
		l.mu.Unlock()
		if l.CloseWrite() != nil { // it is broken already
			l.err = l.TCPConn.Close()
			return
		}
		l.dialer.closing.Add(1)
		go func() {
			defer l.dialer.closing.Add(-1)
			l.reading.Lock() // after the last Read
			defer l.reading.Unlock()
			_ = l.TCPConn.SetReadDeadline(time.Now().Add(l.dialer.linger))
			_, _ = io.Copy(io.Discard, l.TCPConn) // however it ends
			_ = l.TCPConn.Close()
		}()
	})
	return l.err
}
