package failpoint

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"time"
)

// Control is the other end: it tells a program built with the tag where to
// hold. One program at a time is connected; a new one takes the place of the
// one before, which was killed.
type Control struct {
	listener net.Listener
	path     string
	events   chan string

	mu   sync.Mutex
	conn net.Conn
}

// Listen opens the socket at path, which is then to be handed on in Variable.
func Listen(path string) (*Control, error) {
	_ = os.Remove(path) // left over; Listen says what is wrong otherwise
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	c := &Control{listener: l, path: path, events: make(chan string, 16)}
	go c.accept()
	return c, nil
}

func (c *Control) accept() {
	for {
		conn, err := c.listener.Accept()
		if err != nil {
			return // closed
		}
		c.mu.Lock()
		if c.conn != nil {
			c.conn.Close()
		}
		c.conn = conn
		c.mu.Unlock()
		go func() {
			for lines := bufio.NewScanner(conn); lines.Scan(); {
				select {
				case c.events <- lines.Text():
				default: // nobody listens
				}
			}
		}()
	}
}

// send gives an order to the connected program.
func (c *Control) send(format string, args ...any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conn == nil {
		return errors.New("failpoint: no program with the build tag faults is connected")
	}
	_, err := fmt.Fprintf(c.conn, format, args...)
	return err
}

// Path is the socket, for Variable.
func (c *Control) Path() string { return c.path }

// Arm asks for the next passage of a place to be held, for hold at most.
func (c *Control) Arm(place string, hold time.Duration) error {
	for {
		select {
		case <-c.events: // of an earlier order
			continue
		default:
		}
		return c.send("arm %s %d\n", place, hold.Milliseconds())
	}
}

// Await waits until the place of the last Arm is reached; false when that does
// not happen in time.
func (c *Control) Await(wait time.Duration) bool {
	select {
	case e := <-c.events:
		return strings.HasPrefix(e, "hit ")
	case <-time.After(wait):
		return false
	}
}

// Over says whether the hold of the last Arm has ended by itself.
func (c *Control) Over() bool {
	select {
	case e := <-c.events:
		return strings.HasPrefix(e, "over ")
	default:
		return false
	}
}

// Release lets go what is held, and takes back an Arm that nothing has reached.
func (c *Control) Release() error { return c.send("go\n") }

// Close ends the connection and removes the socket.
func (c *Control) Close() error {
	err := c.listener.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conn != nil {
		c.conn.Close()
	}
	_ = os.Remove(c.path) // gone with the listener as a rule
	return err
}
