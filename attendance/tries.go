package attendance

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Wrong codes that a learner may enter in quick succession, and then one each
// minute; and those of all learners of a tenant together, so that many names do not
// help to guess. With 39 bits the latter would find one of a hundred codes within
// centuries.
const (
	learnerTries = 10
	tenantTries  = 300
	// maxTriers is how many are remembered.
	maxTriers = 10_000
)

// tries counts wrong codes. The zero value is ready.
type tries struct {
	mu sync.Mutex
	by map[string]*rate.Limiter
}

// wait is how long somebody has to wait before a code is looked at; 0 is not at
// all.
func (t *tries) wait(tenant, learner string, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	longest := time.Duration(0)
	for _, name := range [...]string{tenant + "\x00" + learner, tenant} {
		if l := t.by[name]; l != nil && l.TokensAt(now) < 1 {
			missing := (1 - l.TokensAt(now)) / float64(l.Limit())
			longest = max(longest, time.Duration(missing*float64(time.Second)))
		}
	}
	return longest
}

// wrong counts one.
func (t *tries) wrong(tenant, learner string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.limiter(tenant, rate.Limit(2), tenantTries, now).AllowN(now, 1)
	t.limiter(tenant+"\x00"+learner, rate.Every(time.Minute), learnerTries, now).AllowN(now, 1)
}

func (t *tries) limiter(name string, every rate.Limit, burst int, now time.Time) *rate.Limiter {
	l := t.by[name]
	if l != nil {
		return l
	}
	if t.by == nil {
		t.by = make(map[string]*rate.Limiter)
	}
	if len(t.by) >= maxTriers {
		t.thin(now)
	}
	l = rate.NewLimiter(every, burst)
	t.by[name] = l
	return l
}

// thin forgets those who may enter as many as anybody, else whoever comes first:
// then it is the tenant's count that holds.
func (t *tries) thin(now time.Time) {
	for name, l := range t.by {
		if l.TokensAt(now) >= float64(l.Burst()) {
			delete(t.by, name)
		}
	}
	for name, l := range t.by {
		if len(t.by) < maxTriers {
			return
		}
		if l.Burst() == learnerTries {
			delete(t.by, name)
		}
	}
}
