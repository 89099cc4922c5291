package load

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"
)

// ErrNotLoopback is returned for an address that is not on this machine.
var ErrNotLoopback = errors.New("load: only loopback addresses may be put under load")

// Timeout is how long one request may take before its connection is given up.
const Timeout = 60 * time.Second

// Conn is one HTTP/1.1 connection that is kept alive. It is for one goroutine.
type Conn struct {
	addr  string
	conn  net.Conn
	in    []byte // what was read and not yet used, in in[start:end]
	start int
	end   int
	body  []byte
}

// Response is an answer. Body is valid until the next request.
type Response struct {
	Status     int
	Body       []byte
	RetryAfter time.Duration
	close      bool
}

// Dial connects to host:port, where host is a loopback address.
func Dial(ctx context.Context, addr string) (*Conn, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("load: address %q: %w", addr, err)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("%w: %q", ErrNotLoopback, addr)
	}
	c := &Conn{addr: addr, in: make([]byte, 16<<10)}
	return c, c.connect(ctx)
}

func (c *Conn) connect(ctx context.Context) (err error) {
	c.start, c.end = 0, 0
	c.conn, err = (&net.Dialer{Timeout: 10 * time.Second}).DialContext(ctx, "tcp", c.addr)
	return err
}

// Close closes the connection.
func (c *Conn) Close() error {
	if c.conn == nil {
		return nil
	}
	err := c.conn.Close()
	c.conn = nil
	return err
}

// Do sends a whole request, head and body, and reads the answer. After an
// error the connection is closed; the next Do opens a new one.
func (c *Conn) Do(request []byte) (r Response, err error) {
	if c.conn == nil {
		if err := c.connect(context.Background()); err != nil {
			return r, err
		}
	}
	defer func() {
		if err != nil || r.close {
			c.Close()
		}
	}()
	if err = c.conn.SetDeadline(time.Now().Add(Timeout)); err != nil {
		return r, err
	}
	if _, err = c.conn.Write(request); err != nil {
		return r, err
	}
	return c.read(bytes.HasPrefix(request, []byte("HEAD ")))
}

var endOfHead = []byte("\r\n\r\n")

// read reads one answer.
func (c *Conn) read(headOnly bool) (r Response, err error) {
	searched := 0
	var head []byte
	for {
		if at := bytes.Index(c.in[c.start+searched:c.end], endOfHead); at >= 0 {
			head = c.in[c.start : c.start+searched+at+2]
			c.start += len(head) + 2
			break
		}
		searched = max(0, c.end-c.start-3)
		if err := c.fill(); err != nil {
			return r, err
		}
	}
	length, chunked, err := parseHead(head, &r)
	switch {
	case err != nil:
		return r, err
	case headOnly || r.Status == 204 || r.Status == 304:
		return r, nil
	case chunked:
		r.Body, err = c.readChunks()
	case length < 0:
		return r, errors.New("load: an answer that says neither its length nor that it is chunked")
	default:
		c.body = c.body[:0]
		err = c.take(length)
		r.Body = c.body
	}
	return r, err
}

// parseHead reads the status line and those fields that matter here. length
// is -1 when it is not said.
func parseHead(head []byte, r *Response) (length int, chunked bool, err error) {
	length = -1
	line, rest, _ := bytes.Cut(head, []byte("\r\n"))
	if len(line) < 12 || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
		return 0, false, fmt.Errorf("load: status line %q", line)
	}
	if r.Status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, false, fmt.Errorf("load: status line %q", line)
	}
	for len(rest) > 0 {
		line, rest, _ = bytes.Cut(rest, []byte("\r\n"))
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimSpace(value)
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(value)); err != nil || length < 0 {
				return 0, false, fmt.Errorf("load: %q", line)
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			chunked = bytes.EqualFold(value, []byte("chunked"))
		case bytes.EqualFold(name, []byte("Connection")):
			r.close = bytes.EqualFold(value, []byte("close"))
		case bytes.EqualFold(name, []byte("Retry-After")):
			if seconds, err := strconv.Atoi(string(value)); err == nil {
				r.RetryAfter = time.Duration(seconds) * time.Second
			}
		}
	}
	return length, chunked, nil
}

// fill reads more from the connection behind what there is.
func (c *Conn) fill() error {
	if c.start > 0 {
		c.end = copy(c.in, c.in[c.start:c.end])
		c.start = 0
	}
	if c.end == len(c.in) {
		c.in = append(c.in, make([]byte, len(c.in))...)
	}
	n, err := c.conn.Read(c.in[c.end:])
	c.end += n
	if n > 0 {
		return nil
	}
	return err
}

// take moves the next n bytes of the answer to the end of the body.
func (c *Conn) take(n int) error {
	for n > 0 {
		if c.start == c.end {
			if err := c.fill(); err != nil {
				return err
			}
		}
		part := c.in[c.start:min(c.end, c.start+n)]
		c.body = append(c.body, part...)
		c.start += len(part)
		n -= len(part)
	}
	return nil
}

// line reads up to the end of a line, which it leaves out.
func (c *Conn) line() ([]byte, error) {
	for {
		if at := bytes.IndexByte(c.in[c.start:c.end], '\n'); at >= 0 {
			line := bytes.TrimRight(c.in[c.start:c.start+at], "\r")
			c.start += at + 1
			return line, nil
		}
		if err := c.fill(); err != nil {
			return nil, err
		}
	}
}

func (c *Conn) readChunks() ([]byte, error) {
	c.body = c.body[:0]
	for {
		line, err := c.line()
		if err != nil {
			return nil, err
		}
		size, _, _ := bytes.Cut(line, []byte(";"))
		n, err := strconv.ParseUint(string(bytes.TrimSpace(size)), 16, 31)
		if err != nil {
			return nil, fmt.Errorf("load: chunk size %q", line)
		}
		if n == 0 {
			break
		}
		if err := c.take(int(n)); err != nil {
			return nil, err
		}
		if _, err := c.line(); err != nil {
			return nil, err
		}
	}
	for { // trailer
		if line, err := c.line(); err != nil || len(line) == 0 {
			return c.body, err
		}
	}
}
