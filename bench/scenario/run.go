package scenario

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"lernspur/bench/gen"
	"lernspur/bench/result"
)

// Plan says which scenarios run and how large they are.
type Plan struct {
	Only map[string]bool // a, b, c, fresh, d, pages, scorm; empty: all
	// Rounds is how often ceilings, batches, bare handler and single posts take
	// turns, so that a noisy machine is noisy for all of them.
	Rounds   int
	Prepared int           // statements prepared for the ceilings
	Batch    time.Duration // of (b), each round
	Single   time.Duration // of (c), each round
	Ceiling  time.Duration // of a ceiling's variant, each round
	Fresh    int           // reads after writes, of each kind
	Sizes    []int64       // statements in (d)
	Keys     int           // distinct keys per look-up
	Sample   int           // statements for zstd -19
	Learners int           // who play SCORM at one time
	Playing  time.Duration // how long they do
}

// Full is what is published.
func Full() Plan {
	return Plan{Rounds: 3, Prepared: 200_000, Batch: time.Minute, Single: 20 * time.Second, Ceiling: 10 * time.Second, Fresh: 200,
		Sizes: []int64{1_000_000, 10_000_000}, Keys: 1000, Sample: 20_000, Learners: 500, Playing: 90 * time.Second}
}

// Quick shows in a minute or two that everything works.
func Quick() Plan {
	return Plan{Rounds: 1, Prepared: 20_000, Batch: 5 * time.Second, Single: 3 * time.Second, Ceiling: time.Second, Fresh: 20,
		Sizes: []int64{20_000}, Keys: 50, Sample: 10_000, Learners: 50, Playing: 12 * time.Second}
}

func (p Plan) wants(scenario string) bool { return len(p.Only) == 0 || p.Only[scenario] }

// Do runs a plan and adds what it finds to r. What was found stays in r when
// there is an error.
func Do(ctx context.Context, o Options, p Plan, r *result.Run) error {
	r.Mean = meanSize(o.Seed)
	if p.wants("a") || p.wants("b") || p.wants("c") || p.wants("fresh") {
		own := o
		own.Dir = filepath.Join(o.Dir, "load")
		if err := withEnv(ctx, own, func(e *Env) error { return e.sideBySide(ctx, p, r) }); err != nil {
			return err
		}
	}
	if p.wants("scorm") {
		own := o
		own.Dir = filepath.Join(o.Dir, "scorm")
		if err := withEnv(ctx, own, func(e *Env) error { return e.scorm(ctx, p.Learners, p.Playing, r) }); err != nil {
			return err
		}
	}
	if !p.wants("d") && !p.wants("pages") {
		return nil
	}
	own := o
	own.Dir = filepath.Join(o.Dir, "fill")
	return withEnv(ctx, own, func(e *Env) error {
		for _, n := range p.Sizes {
			if err := e.filled(ctx, n, p, r); err != nil {
				return err
			}
		}
		return nil
	})
}

func withEnv(ctx context.Context, o Options, do func(*Env) error) error {
	e, err := Open(ctx, o)
	if err != nil {
		return err
	}
	err = do(e)
	if err != nil {
		err = fmt.Errorf("%w; the server's last words:\n%s", err, e.server.Words())
	}
	if closeErr := e.Close(); err == nil && closeErr != nil {
		err = fmt.Errorf("stopping: %w", closeErr)
	}
	return err
}

// sideBySide measures (a), (b), (c) and reads after writes.
func (e *Env) sideBySide(ctx context.Context, p Plan, r *result.Run) error {
	r.Memory = append(r.Memory, e.memory("after start"))
	var c *ceilings
	if p.wants("a") {
		var err error
		if c, err = e.newCeilings(ctx, p.Prepared); err != nil {
			return err
		}
		defer c.drop(context.WithoutCancel(ctx)) // the database is thrown away anyway
		if err := c.screen(ctx); err != nil {
			return err
		}
	}
	for round := range p.Rounds {
		e.logf("round %d of %d", round+1, p.Rounds)
		if err := e.round(ctx, p, c, r); err != nil {
			return err
		}
	}
	if c != nil {
		r.Ceilings = c.list
		c.rows = nil
	}
	if p.wants("fresh") {
		return e.freshness(ctx, p, r)
	}
	return nil
}

// round lets everything that is compared take its turn once.
func (e *Env) round(ctx context.Context, p Plan, c *ceilings, r *result.Run) error {
	steps := []struct {
		scenario string
		do       func() error
	}{
		{"a", func() error { return c.round(ctx, "a1", p.Ceiling, p.Batch) }},
		{"b", func() error {
			t, err := e.batch(ctx, p.Batch)
			r.Batch = append(r.Batch, t)
			r.Memory = append(r.Memory, e.memory("after posts of 50"))
			return err
		}},
		{"a", func() error { return c.round(ctx, "a2", p.Ceiling, p.Batch) }},
		{"c", func() error {
			t, err := e.bare(ctx, p.Single)
			r.Bare = append(r.Bare, t)
			return err
		}},
		{"c", func() error {
			t, err := e.single(ctx, p.Single)
			r.Single = append(r.Single, t)
			r.Memory = append(r.Memory, e.memory("after posts of one"))
			return err
		}},
	}
	for _, step := range steps {
		if !p.wants(step.scenario) {
			continue
		}
		if err := e.settle(ctx, 2*time.Minute); err != nil {
			return err
		}
		if err := step.do(); err != nil {
			return err
		}
	}
	return nil
}

// freshness measures reads after writes, idle and at half the speed of (b).
func (e *Env) freshness(ctx context.Context, p Plan, r *result.Run) error {
	if err := e.settle(ctx, 2*time.Minute); err != nil {
		return err
	}
	idle, err := e.fresh(ctx, p.Fresh, "idle")
	r.Fresh = append(r.Fresh, idle...)
	if err != nil {
		return err
	}
	var speeds []float64
	for _, b := range r.Batch {
		speeds = append(speeds, b.PerSecond)
	}
	if len(speeds) == 0 {
		b, err := e.batch(ctx, min(p.Batch, 10*time.Second))
		if err != nil {
			return err
		}
		speeds = append(speeds, b.PerSecond)
	}
	busy, err := e.freshUnder(ctx, p.Fresh, result.Median(speeds)/2)
	r.Fresh = append(r.Fresh, busy...)
	return err
}

// filled measures (d) at one size.
func (e *Env) filled(ctx context.Context, n int64, p Plan, r *result.Run) error {
	f := result.Fill{Statements: n}
	var err error
	if f.FillSeconds, err = e.fill(ctx, n); err != nil {
		return err
	}
	r.Memory = append(r.Memory, e.memory(fmt.Sprintf("filled to %d", n)))
	if err := e.settle(ctx, 3*time.Minute); err != nil {
		return err
	}
	var failed, refused []error
	if p.wants("d") {
		if f.Lookups, f.PageCache, failed, err = e.lookups(ctx, n, p.Keys); err != nil {
			return err
		}
		if f.Disk, err = e.disk(ctx, n, p.Sample); err != nil {
			return err
		}
	}
	if p.wants("pages") {
		if f.Pages, refused, err = e.pages(ctx, n, min(p.Keys, 100)); err != nil {
			return err
		}
	}
	for _, err := range append(failed, refused...) {
		r.Anomalies = append(r.Anomalies, fmt.Sprintf("at %d statements: %v", n, err))
	}
	r.Fills = append(r.Fills, f)
	r.Memory = append(r.Memory, e.memory(fmt.Sprintf("after look-ups at %d", n)))
	return nil
}

// meanSize is how large statements are on average, in bytes as sent.
func meanSize(seed uint64) float64 {
	const n = 20_000
	g := gen.New(gen.Config{Seed: seed})
	var size int
	var buffer []byte
	for i := range uint64(n) {
		buffer = g.Append(buffer[:0], i)
		size += len(buffer)
	}
	return float64(size) / n
}
