package scenario

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"lernspur/bench/load"
)

// fillSize is how many statements are in each request of a fill.
const fillSize = 100

// filler makes the requests of a fill: statement i of the generator, once.
type filler struct {
	env  *Env
	next *atomic.Uint64
	body []byte
	all  []byte
}

func (f *filler) Next() ([]byte, int) {
	first := f.next.Add(fillSize) - fillSize
	f.body = f.env.gen.AppendBatch(f.body[:0], first, fillSize)
	f.all = append(append(f.all[:0], f.env.post(len(f.body))...), f.body...)
	return f.all, fillSize
}

// fill posts the generator's statements from the number that the store holds
// up to n, over HTTP like anybody: so the store holds afterwards what it would
// hold in use, and statement i can be asked for.
func (e *Env) fill(ctx context.Context, n int64) (seconds float64, err error) {
	have, err := e.count(ctx)
	if err != nil {
		return 0, err
	}
	if have%fillSize != 0 {
		return 0, fmt.Errorf("the data folder holds %d statements that no fill made", have)
	}
	if have >= n {
		e.logf("the store already holds %d statements", have)
		return 0, nil
	}
	e.logf("filling from %d to %d statements", have, n)
	var next atomic.Uint64
	next.Store(uint64(have))
	r, err := load.Run(ctx, load.Plan{Addr: e.server.Addr, Conns: 8, Count: (n - have) / fillSize, Resend: true,
		Source: func(int) load.Source { return &filler{env: e, next: &next} }})
	if err != nil {
		return 0, err
	}
	if r.Failed > 0 {
		return 0, fmt.Errorf("%d requests of the fill failed, the first with: %s", r.Failed, r.FirstError)
	}
	drain, err := e.drain(ctx, 5*time.Minute)
	if err != nil {
		return 0, err
	}
	if have, err = e.count(ctx); err == nil && have != n {
		err = fmt.Errorf("the store holds %d statements after a fill to %d", have, n)
	}
	seconds = r.Elapsed.Seconds() + drain
	e.logf("filled in %.0f s, %.0f statements/s", seconds, float64(r.Statements)/seconds)
	return seconds, err
}

// count is how many statements the store holds.
func (e *Env) count(ctx context.Context) (int64, error) {
	var n uint64
	err := e.admin.QueryRow(ctx, "SELECT count() FROM statements").Scan(&n)
	return int64(n), err
}
