package access

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"
)

// Slow says how repeated failures are slowed down. Zero values stand for the
// defaults named there.
type Slow struct {
	// PerKey is how many wrong secrets for one key may come from one address in
	// quick succession; 20. What comes after them is not looked at. Negative:
	// nothing is ever slowed down.
	PerKey int
	// Interval is the time after which one more may come; 3 s.
	Interval time.Duration
	// PerAddress is how many may come from one address, whatever their keys, and
	// for one key, wherever they come from; 10 times PerKey. Beyond it only
	// what has not failed yet is looked at: the first try with a key from an
	// address always is, so nobody can lock out a right key elsewhere.
	PerAddress int
	// Entries bounds what is remembered; 50,000.
	Entries int
}

func (s Slow) withDefaults() Slow {
	if s.PerKey == 0 {
		s.PerKey = 20
	}
	if s.Interval <= 0 {
		s.Interval = 3 * time.Second
	}
	if s.PerAddress <= 0 {
		s.PerAddress = 10 * s.PerKey
	}
	if s.Entries <= 0 {
		s.Entries = 50_000
	}
	return s
}

// Throttle remembers failures: for each address, each key, and each pair of
// both, one instant, up to which the failures so far weigh. A failure moves it
// one interval on. It is safe for concurrent use.
type Throttle struct {
	slow Slow
	seed maphash.Seed
	// latest is the instant after which nothing that is remembered counts any
	// more, in nanoseconds; 0 before the first failure. While there are no
	// failures nobody takes the lock.
	latest atomic.Int64

	mu    sync.Mutex
	until map[uint64]int64
}

// NewThrottle makes one that remembers nothing yet.
func NewThrottle(slow Slow) *Throttle {
	return &Throttle{slow: slow.withDefaults(), seed: maphash.MakeSeed(), until: make(map[uint64]int64)}
}

// Busy tells whether any failure is remembered.
func (t *Throttle) Busy(now func() time.Time) bool {
	latest := t.latest.Load()
	return latest != 0 && now().UnixNano() < latest
}

// names are the three places where a failure is remembered.
type names struct{ pair, address, key uint64 }

func (t *Throttle) names(address, key string) names {
	n := names{address: t.hash('a', address, "")}
	if key != "" {
		n.key, n.pair = t.hash('k', key, ""), t.hash('p', address, key)
	}
	return n
}

func (t *Throttle) hash(kind byte, a, b string) uint64 {
	var h maphash.Hash
	h.SetSeed(t.seed)
	_ = h.WriteByte(kind) // a hash takes everything
	_, _ = h.WriteString(a)
	_ = h.WriteByte(0)
	_, _ = h.WriteString(b)
	return h.Sum64()
}

// Refused tells how long a key from an address is not looked at; 0 when it is.
func (t *Throttle) Refused(address, key string, now time.Time) time.Duration {
	if t.slow.PerKey < 0 {
		return 0
	}
	n := t.names(address, key)
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.wait(n, now.UnixNano())
}

// wait is Refused with the lock held.
func (t *Throttle) wait(n names, now int64) time.Duration {
	pair := t.until[n.pair] - now
	if pair <= 0 {
		return 0
	}
	wait := t.over(pair, t.slow.PerKey)
	shared := max(t.over(t.until[n.address]-now, t.slow.PerAddress), t.over(t.until[n.key]-now, t.slow.PerAddress))
	return time.Duration(max(wait, min(shared, pair), 0))
}

// over is how long it takes until one more failure fits into a burst; negative
// when it does now.
func (t *Throttle) over(weight int64, burst int) int64 {
	return weight - int64(burst-1)*int64(t.slow.Interval)
}

// Failed remembers a failure of a key ("" where there is none) and tells
// whether it was one too many: then it is how long the next one has to wait.
func (t *Throttle) Failed(address, key string, now time.Time) time.Duration {
	if t.slow.PerKey < 0 {
		return 0
	}
	n := t.names(address, key)
	t.mu.Lock()
	defer t.mu.Unlock()
	at := now.UnixNano()
	t.makeRoom(at)
	// Judged before this failure weighs: what may be tried is answered.
	shared := max(t.over(t.until[n.address]-at, t.slow.PerAddress), t.over(t.until[n.key]-at, t.slow.PerAddress))
	t.add(n.address, at, t.slow.PerAddress)
	if key != "" {
		t.add(n.key, at, t.slow.PerAddress)
		t.add(n.pair, at, t.slow.PerKey)
	}
	return time.Duration(max(shared, 0))
}

// Weight is how many failures of a key weigh, wherever they came from, and until when
// some do.
func (t *Throttle) Weight(key string, now time.Time) (failures int, until time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	last := t.until[t.names("", key).key]
	if left := last - now.UnixNano(); left > 0 {
		interval := int64(t.slow.Interval)
		return int((left + interval - 1) / interval), time.Unix(0, last)
	}
	return 0, time.Time{}
}

// add makes one failure weigh, up to a full burst.
func (t *Throttle) add(name uint64, now int64, burst int) {
	interval := int64(t.slow.Interval)
	until := min(max(t.until[name], now)+interval, now+int64(burst)*interval)
	t.until[name] = until
	if until > t.latest.Load() {
		t.latest.Store(until)
	}
}

// makeRoom keeps the memory bounded: first what no longer counts goes, then
// some of the rest, whichever it is. To be forgotten gains a guesser one try for
// the failures of thousands of others.
func (t *Throttle) makeRoom(now int64) {
	if len(t.until)+3 <= t.slow.Entries {
		return
	}
	for name, until := range t.until {
		if until <= now {
			delete(t.until, name)
		}
	}
	for name := range t.until {
		if len(t.until) <= t.slow.Entries*7/8 {
			break
		}
		delete(t.until, name)
	}
}
