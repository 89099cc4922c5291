package commit

import (
	"bytes"
	"context"
	"sync"
	"time"

	"github.com/bits-and-blooms/bloom/v3"
	"github.com/google/uuid"

	"lernspur/statements"
)

// idKey names a statement.
type idKey struct {
	tenant string
	id     uuid.UUID
}

// flight is one request between the claim of its ids and its verdict. Its
// channel is closed with the verdict, at which its ids are either durable or
// free again.
type flight struct{ settled chan struct{} }

func (f *flight) isSettled() bool {
	select {
	case <-f.settled:
		return true
	default:
		return false
	}
}

// claimed is an id that is on its way into the store.
type claimed struct {
	digest [16]byte
	flight *flight
}

// claim is what the id check leaves of a request.
type claim struct {
	tenant string
	flight *flight
	fresh  []*statements.Statement // those that are not kept yet
}

// idCheck decides for every statement whether its id is new. It knows the ids
// on their way (pending) exactly, and all stored ids through a filter that
// errs on the side of "maybe"; only what is left of both is looked up.
//
// This is exact because every id of a tenant goes through one process.
type idCheck struct {
	sink    Sink
	timeout time.Duration
	lookups func(int)
	unread  *unreadable

	mu      sync.Mutex
	pending map[idKey]claimed
	filter  filter
}

// claim reserves the ids of a request. A statement that is durable already
// with the same content is left out of claim.fresh; another content is an
// *ErrConflict and nothing stays reserved. While another request holds one of
// the ids, it waits for that request's verdict, holding nothing.
func (c *idCheck) claim(ctx context.Context, tenant string, sts []*statements.Statement) (*claim, error) {
	for {
		cl, maybe, other, err := c.try(tenant, sts)
		if err != nil {
			return nil, err
		}
		if other != nil {
			select {
			case <-other.settled:
				continue
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		if len(maybe) > 0 {
			if err := c.lookUp(ctx, cl, sts, maybe); err != nil {
				c.release(cl)
				return nil, err
			}
		}
		return cl, nil
	}
}

// try claims all ids of a request or none. other is the unsettled request that
// stands in the way. maybe are the ids that the filter does not rule out.
func (c *idCheck) try(tenant string, sts []*statements.Statement) (cl *claim, maybe []uuid.UUID, other *flight, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	cl = &claim{tenant: tenant, fresh: make([]*statements.Statement, 0, len(sts))}
	for i, s := range sts {
		if !s.IDGiven {
			cl.fresh = append(cl.fresh, s)
			continue
		}
		e, known := c.pending[idKey{tenant, s.ID}]
		switch {
		case !known:
			cl.fresh = append(cl.fresh, s)
		case !e.flight.isSettled():
			return nil, nil, e.flight, nil
		case !bytes.Equal(e.digest[:], s.Digest[:]):
			return nil, nil, nil, &ErrConflict{Index: i, ID: s.ID}
		}
	}
	cl.flight = &flight{settled: make(chan struct{})}
	for _, s := range cl.fresh {
		c.pending[idKey{tenant, s.ID}] = claimed{s.Digest, cl.flight}
		if c.filter.testAndAdd(tenant, s.ID) && s.IDGiven {
			maybe = append(maybe, s.ID)
		}
	}
	return cl, maybe, nil, nil
}

// lookUp asks the store for the ids that the filter does not rule out.
func (c *idCheck) lookUp(ctx context.Context, cl *claim, sts []*statements.Statement, maybe []uuid.UUID) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	c.lookups(len(maybe))
	known, err := c.sink.Known(ctx, cl.tenant, maybe)
	if err != nil {
		c.unread.warn("ids", err)
		return busy("the database is away, and an id of this request may be stored already")
	}
	if len(known) == 0 {
		return nil
	}
	for i, s := range sts {
		if digest, ok := known[s.ID]; ok && s.IDGiven && digest != s.Digest {
			return &ErrConflict{Index: i, ID: s.ID}
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	fresh := cl.fresh[:0]
	for _, s := range cl.fresh {
		if _, stored := known[s.ID]; stored && s.IDGiven {
			delete(c.pending, idKey{cl.tenant, s.ID})
			continue
		}
		fresh = append(fresh, s)
	}
	cl.fresh = fresh
	if len(fresh) == 0 {
		close(cl.flight.settled)
	}
	return nil
}

// release gives back what a request claimed that was not taken.
func (c *idCheck) release(cl *claim) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range cl.fresh {
		delete(c.pending, idKey{cl.tenant, s.ID})
	}
	close(cl.flight.settled)
}

// settle gives the requests of a group their verdict: durable, or free again.
func (c *idCheck) settle(g *group, durable bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !durable {
		for _, row := range g.rows {
			delete(c.pending, idKey{row.Tenant, row.ID})
		}
	}
	for _, f := range g.flights {
		close(f.settled)
	}
}

// forget ends the pending state of statements that the store has now.
func (c *idCheck) forget(rows []Row) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, row := range rows {
		delete(c.pending, idKey{row.Tenant, row.ID})
	}
}

// filter is a Bloom filter that grows in layers, each twice the one before.
type filter struct {
	layers   []*bloom.BloomFilter
	capacity uint
	count    uint
}

const (
	// falsePositives keeps look-ups for new ids rare: one id in ten thousand.
	falsePositives  = 0.0001
	smallestLayer   = 1 << 20
	longestTenantID = 256
)

// testAndAdd tells whether the id may have been added before, and adds it.
func (f *filter) testAndAdd(tenant string, id uuid.UUID) bool {
	var scratch [longestTenantID + 16]byte
	key := append(append(scratch[:0], id[:]...), tenant...)
	for _, layer := range f.layers {
		if layer.Test(key) {
			return true
		}
	}
	if len(f.layers) == 0 || f.count >= f.capacity {
		f.grow(max(smallestLayer, 2*f.capacity))
	}
	f.layers[len(f.layers)-1].Add(key)
	f.count++
	return false
}

// grow adds a layer for n ids.
func (f *filter) grow(n uint) {
	f.layers = append(f.layers, bloom.NewWithEstimates(n, falsePositives))
	f.capacity, f.count = n, 0
}
