//go:build faults

package failpoint

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// Enabled says whether this program can be held at all.
const Enabled = true

// trap is one order to hold the next passage of a place.
type trap struct {
	place   string
	hold    time.Duration
	release chan struct{}
}

var (
	armed atomic.Pointer[trap]
	conn  net.Conn
)

// init connects to whoever wants to hold this process; without the variable
// every Hit costs one load.
func init() {
	path := os.Getenv(Variable)
	if path == "" {
		return
	}
	c, err := net.Dial("unix", path)
	if err != nil {
		fmt.Fprintln(os.Stderr, "failpoint:", err)
		os.Exit(2)
	}
	conn = c
	go obey()
}

// obey takes orders: "arm PLACE MILLISECONDS" and "go". It ends with the
// connection, and then nothing is held any more.
func obey() {
	var last *trap
	free := func() {
		if last != nil {
			armed.CompareAndSwap(last, nil)
			close(last.release)
			last = nil
		}
	}
	defer free()
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		free()
		if len(fields) == 3 && fields[0] == "arm" {
			ms, _ := strconv.Atoi(fields[2])
			last = &trap{fields[1], time.Duration(ms) * time.Millisecond, make(chan struct{})}
			armed.Store(last)
		}
	}
}

// Hit announces that a place is reached, if it was asked for, and holds the
// caller until it is let go or the time is up. Each order holds one caller.
func Hit(place string) {
	t := armed.Load()
	if t == nil || t.place != place || !armed.CompareAndSwap(t, nil) {
		return
	}
	fmt.Fprintf(conn, "hit %s\n", place)
	select {
	case <-t.release:
	case <-time.After(t.hold):
		fmt.Fprintf(conn, "over %s\n", place)
	}
}
