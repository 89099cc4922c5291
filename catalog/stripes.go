package catalog

import (
	"context"
	"hash/fnv"
	"sync"
)

// stripes are locks for a great many things: those that share one wait for each
// other now and then, which harms nothing.
type stripes struct {
	once  sync.Once
	locks [64]chan struct{}
}

// lock waits for the lock of a name until ctx ends.
func (s *stripes) lock(ctx context.Context, name string) (unlock func(), err error) {
	s.once.Do(func() {
		for i := range s.locks {
			s.locks[i] = make(chan struct{}, 1)
		}
	})
	h := fnv.New32a()
	_, _ = h.Write([]byte(name)) // never fails
	l := s.locks[h.Sum32()%uint32(len(s.locks))]
	select {
	case l <- struct{}{}:
		return func() { <-l }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
