package store

import (
	"context"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
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

// dialer opens connections that end gently.
type dialer struct {
	timeout time.Duration
	closing atomic.Int64 // connections
}

// dial is for clickhouse.Options.DialContext. Like the driver's own dialing it
// does not end with ctx, which may be a short one's, but after a time of its own.
func (d *dialer) dial(_ context.Context, addr string) (net.Conn, error) {
	conn, err := net.DialTimeout("tcp", addr, d.timeout)
	if err != nil {
		return nil, err
	}
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return conn, nil
	}
	return &lingering{TCPConn: tcp, closing: &d.closing}, nil
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
	closing *atomic.Int64
	once    sync.Once
	err     error
}

// Write bounds the wait for an engine that has stopped reading.
func (l *lingering) Write(b []byte) (int, error) {
	if err := l.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return 0, err
	}
	return l.TCPConn.Write(b)
}

// Close ends what is sent and returns; what still comes is thrown away in the
// background until the other side closes, too.
func (l *lingering) Close() error {
	l.once.Do(func() {
		if l.CloseWrite() != nil { // it is broken already
			l.err = l.TCPConn.Close()
			return
		}
		l.closing.Add(1)
		go func() {
			defer l.closing.Add(-1)
			// The context of the query has set a deadline that is over.
			_ = l.SetReadDeadline(time.Now().Add(lingerTime))
			_, _ = io.Copy(io.Discard, l.TCPConn) // however it ends
			_ = l.TCPConn.Close()
		}()
	})
	return l.err
}
