package delivery

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Backoff says how long to wait after failures in a row: First after the first,
// twice as long after each, Most at most; each time half of it is left to chance,
// so that those that failed together do not come back together.
type Backoff struct{ First, Most time.Duration }

// Delay is the time to wait after n failures in a row.
func (b Backoff) Delay(n int) time.Duration {
	d := b.Most
	if n = max(n, 1); n < 32 {
		if wait := b.First << (n - 1); wait > 0 && wait < b.Most {
			d = wait
		}
	}
	return d/2 + rand.N(d/2+1)
}

// maxRetryAfter bounds what another server can ask for.
const maxRetryAfter = 24 * time.Hour

// RetryAfter reads the header of that name (RFC 9110, 10.2.3): seconds, or a
// date. 0 when it says nothing; a day at most.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
		if seconds > int64(maxRetryAfter/time.Second) {
			return maxRetryAfter
		}
		return max(0, time.Duration(seconds)*time.Second)
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(0, at.Sub(now)), maxRetryAfter)
	}
	return 0
}

// Sleep waits for d, for wake or for the end of ctx, and tells whether to go on.
func Sleep(ctx context.Context, d time.Duration, wake <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
	case <-wake:
	}
	return true
}

// Wake wakes who sleeps with wake, which has room for one.
func Wake(wake chan<- struct{}) {
	select {
	case wake <- struct{}{}:
	default:
	}
}
