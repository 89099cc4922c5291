package catalog

import (
	"container/list"
	"sync"
)

// lru keeps what was used last, up to a weight.
type lru[V any] struct {
	mu     sync.Mutex
	limit  int
	weight int
	byKey  map[string]*list.Element
	order  list.List // of *lruEntry[V], the most recently used first
	// epoch counts removals: what was read from elsewhere before one may be out
	// of date after it.
	epoch uint64
}

type lruEntry[V any] struct {
	key    string
	value  V
	weight int
}

func newLRU[V any](limit int) *lru[V] {
	return &lru[V]{limit: limit, byKey: make(map[string]*list.Element)}
}

func (l *lru[V]) get(key string) (v V, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, ok := l.byKey[key]
	if !ok {
		return v, false
	}
	l.order.MoveToFront(e)
	return e.Value.(*lruEntry[V]).value, true
}

// begin is called before something is read that is to be put.
func (l *lru[V]) begin() (epoch uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.epoch
}

// putSince puts what was read after begin, unless something was removed since:
// it may be what was read before the change.
func (l *lru[V]) putSince(epoch uint64, key string, v V, weight int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.epoch == epoch {
		l.putLocked(key, v, weight)
	}
}

func (l *lru[V]) put(key string, v V, weight int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.putLocked(key, v, weight)
}

func (l *lru[V]) putLocked(key string, v V, weight int) {
	if e, ok := l.byKey[key]; ok {
		l.drop(e)
	}
	if weight > l.limit/2 {
		return
	}
	l.byKey[key] = l.order.PushFront(&lruEntry[V]{key, v, weight})
	for l.weight += weight; l.weight > l.limit; {
		l.drop(l.order.Back())
	}
}

// remove removes what is picked. It goes over everything, which is what changes
// of courses and resets can afford.
func (l *lru[V]) remove(pick func(key string, v V) bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.epoch++
	for e := l.order.Front(); e != nil; {
		next := e.Next()
		if entry := e.Value.(*lruEntry[V]); pick(entry.key, entry.value) {
			l.drop(e)
		}
		e = next
	}
}

func (l *lru[V]) drop(e *list.Element) {
	entry := l.order.Remove(e).(*lruEntry[V])
	delete(l.byKey, entry.key)
	l.weight -= entry.weight
}
