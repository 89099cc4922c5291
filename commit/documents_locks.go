package commit

import (
	"context"
	"math"
	"sync"

	"golang.org/x/sync/semaphore"

	"lernspur/documents"
)

// documentLocks keep changes of one document apart, and the deletion of a whole
// shelf apart from every change on it.
type documentLocks struct {
	mu      sync.Mutex
	shelves lockTable[documents.Shelf]
	single  lockTable[documents.Sum]
}

// lockTable has a lock for each key that somebody holds or waits for.
type lockTable[K comparable] map[K]*keyLock

type keyLock struct {
	*semaphore.Weighted
	users int
}

// whole is the weight of a lock that nobody shares.
const whole = math.MaxInt64

func newDocumentLocks() *documentLocks {
	return &documentLocks{shelves: make(lockTable[documents.Shelf]), single: make(lockTable[documents.Sum])}
}

// document locks one document; others of its shelf can be changed meanwhile.
// The error is that of ctx.
func (l *documentLocks) document(ctx context.Context, key *documents.Key, sum documents.Sum) (unlock func(), err error) {
	leave, err := lockKey(ctx, &l.mu, l.shelves, key.Shelf, 1)
	if err != nil {
		return nil, err
	}
	open, err := lockKey(ctx, &l.mu, l.single, sum, whole)
	if err != nil {
		leave()
		return nil, err
	}
	return func() { open(); leave() }, nil
}

// shelf locks all documents of a shelf, those that are not there yet as well.
func (l *documentLocks) shelf(ctx context.Context, shelf documents.Shelf) (unlock func(), err error) {
	return lockKey(ctx, &l.mu, l.shelves, shelf, whole)
}

// lockKey waits for the lock of a key in turn.
func lockKey[K comparable](ctx context.Context, mu *sync.Mutex, table lockTable[K], key K, weight int64) (unlock func(), err error) {
	mu.Lock()
	lock := table[key]
	if lock == nil {
		lock = &keyLock{Weighted: semaphore.NewWeighted(whole)}
		table[key] = lock
	}
	lock.users++
	mu.Unlock()
	leave := func() {
		mu.Lock()
		defer mu.Unlock()
		if lock.users--; lock.users == 0 {
			delete(table, key)
		}
	}
	if err := lock.Acquire(ctx, weight); err != nil {
		leave()
		return nil, err
	}
	return func() { lock.Release(weight); leave() }, nil
}
