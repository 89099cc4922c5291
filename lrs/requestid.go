package lrs

import (
	"crypto/rand"
	"encoding/hex"
	"strconv"
	"sync/atomic"
)

const headerRequestID = "X-Request-Id"

// requestIDs makes ids that are unlike those of every other process and cost
// next to nothing.
type requestIDs struct {
	prefix string
	last   atomic.Uint64
}

func newRequestIDs() *requestIDs {
	var b [6]byte
	_, _ = rand.Read(b[:])
	return &requestIDs{prefix: hex.EncodeToString(b[:]) + "-"}
}

func (g *requestIDs) next() string {
	return g.prefix + strconv.FormatUint(g.last.Add(1), 36)
}

// validRequestID tells whether the id that a client or a proxy sent may be
// used as it is: in logs and headers it has to be harmless.
func validRequestID(id string) bool {
	if len(id) == 0 || len(id) > 64 {
		return false
	}
	for _, c := range []byte(id) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.':
		default:
			return false
		}
	}
	return true
}
