package engine

import (
	"errors"
	"math/rand/v2"
	"net"
	"os"
	"strconv"
	"strings"
)

// The listener's port comes from this range. It must not lie in the range from
// which the system takes ports of outgoing connections: while the engine is
// being restarted, a client that dials in vain could otherwise be given that
// very port as its own, connect to itself, and keep the engine out.
const portFrom, portTo = 20000, 32000

// freePort finds a loopback port that nothing listens on.
func freePort() (int, error) {
	low, high := ephemeral()
	var last error
	for range 200 {
		port := portFrom + rand.IntN(portTo-portFrom)
		if port >= low && port <= high {
			continue
		}
		l, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			last = err
			continue
		}
		return port, l.Close()
	}
	return 0, errors.Join(errors.New("engine: no free port between 20000 and 32000 on 127.0.0.1"), last)
}

// ephemeral is the range of ports for outgoing connections. Where it cannot be
// read (macOS), or where it covers all of ours, nothing is avoided.
func ephemeral() (low, high int) {
	b, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	if err != nil {
		return 0, 0
	}
	fields := strings.Fields(string(b))
	if len(fields) != 2 {
		return 0, 0
	}
	low, _ = strconv.Atoi(fields[0])
	high, _ = strconv.Atoi(fields[1])
	if low <= portFrom && high >= portTo {
		return 0, 0
	}
	return low, high
}
