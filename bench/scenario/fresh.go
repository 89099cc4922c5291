package scenario

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"lernspur/bench/gen"
	"lernspur/bench/load"
	"lernspur/bench/result"
)

// fresh posts a statement and reads it right after, by id and by a filter, n
// times each.
func (e *Env) fresh(ctx context.Context, n int, beside string) ([]result.Fresh, error) {
	conn, err := load.Dial(ctx, e.server.Addr)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	// Learners of another town: nobody else's posts stand under their
	// registrations.
	other := gen.New(gen.Config{Seed: e.opts.Seed + uint64(time.Now().UnixNano())})
	var all []result.Fresh
	for round, by := range []string{"id", "filter"} {
		r, err := e.freshBy(ctx, conn, other, uint64(round*n), n, by)
		if err != nil {
			return nil, err
		}
		r.Load = beside
		e.logf("read after write by %s, %s: POST p95 %.1f ms, visible p95 %.1f ms, %d not at once", by, beside, r.Post.P95, r.Visible.P95, r.Late)
		all = append(all, r)
	}
	return all, nil
}

func (e *Env) freshBy(ctx context.Context, conn *load.Conn, town *gen.Generator, first uint64, n int, by string) (result.Fresh, error) {
	r := result.Fresh{By: by}
	var post, visible load.Histogram
	for i := first; i < first+uint64(n) && ctx.Err() == nil; i++ {
		body := town.Append(nil, i)
		facts := town.Facts(i)
		id := uuid.UUID(facts.ID).String()
		query := e.find("statementId", id)
		if by == "filter" {
			query = e.find("registration", uuid.UUID(facts.Registration).String(), "agent", town.Agent(facts.Learner), "limit", "10")
		}
		began := time.Now()
		answer, err := conn.Do(append(e.post(len(body)), body...))
		if err != nil || answer.Status != 200 {
			return r, fmt.Errorf("a post: %d %v %.300s", answer.Status, err, answer.Body)
		}
		written := time.Now()
		post.Record(written.Sub(began))
		for try := 0; ; try++ {
			if answer, err = conn.Do(query); err != nil || answer.Status >= 500 {
				return r, fmt.Errorf("a read after a write: %d %v %.300s", answer.Status, err, answer.Body)
			}
			if answer.Status == 200 && holds(answer.Body, []byte(id)) {
				break
			}
			if try == 0 {
				r.Late++
			}
			if time.Since(written) > 30*time.Second {
				return r, fmt.Errorf("statement %s cannot be read", id)
			}
		}
		visible.Record(time.Since(written))
		// Not in step with the flusher's clock.
		time.Sleep(time.Duration(i*7919%37) * time.Millisecond)
	}
	r.Post, r.Visible = post.Summary(), visible.Summary()
	return r, ctx.Err()
}

// freshUnder does the same while statements come in at the given rate in
// batches of 50.
func (e *Env) freshUnder(ctx context.Context, n int, perSecond float64) ([]result.Fresh, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type outcome struct {
		r   *load.Result
		err error
	}
	done := make(chan outcome, 1)
	background, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		r, err := load.Run(background, load.Plan{Addr: e.server.Addr, Conns: batchConns, Duration: 10 * time.Minute,
			Rate: perSecond / batchSize, Source: e.pools(batchConns, 32, batchSize)})
		done <- outcome{r, err}
	}()
	time.Sleep(e.warmup())
	fresh, err := e.fresh(ctx, n, fmt.Sprintf("beside %.0f statements/s", perSecond))
	stop()
	o := <-done
	switch {
	case err != nil:
		return fresh, err
	case o.err != nil:
		return fresh, o.err
	case o.r.Failed > 0:
		return fresh, fmt.Errorf("%d posts beside the reads failed, the first with: %s", o.r.Failed, o.r.FirstError)
	}
	e.logf("the load beside it was %.0f statements/s", o.r.PerSec())
	return fresh, nil
}
