//go:build linux

package faults

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync/atomic"
	"time"

	"lernspur/bench/faults/check"
	"lernspur/bench/faults/client"
	"lernspur/bench/faults/journal"
)

// fault is one kind of fault.
type fault struct {
	name string // as in the table
	// series makes the rounds of this kind a series of their own, on a folder
	// that is set up for it. Empty: they share a folder with others.
	series string
	// load changes what the client does.
	load func(*client.Options)
	// run lets the fault happen while the client posts. It leaves a server that
	// is running or on its way.
	run func(*round) error
	// after is called when the client has ended, before the check.
	after func(*round) error
	// missing says why this fault cannot happen on this machine, "" if it can.
	missing func() string
}

// span is a time between two instants.
type span struct{ from, to time.Time }

// round is one round under way.
type round struct {
	n      int
	fault  fault
	series *series
	server *server
	rng    *rand.Rand
	result *RoundResult

	kills   int // how often to kill
	journal string
	away    []span // the engine was away and the server was there
	freed   time.Time
	letIn   atomic.Bool
}

// RoundResult is what a round has shown.
type RoundResult struct {
	N           int
	Fault       string
	Kills       map[string]int // that landed, by gap or place
	Counts      map[string]int // what else happened
	Client      client.Stats
	AwayAsked   int // new requests that began while the engine was away
	AwayAcked   int // of those, acknowledged while it was
	Check       check.Result
	VerifyClean bool
	Problems    []string
	Folder      string // kept because of problems
	Took        time.Duration
}

func (r *round) kill(place string)         { r.result.Kills[place]++ }
func (r *round) count(what string, by int) { r.result.Counts[what] += by }
func (r *round) problem(format string, args ...any) {
	r.result.Problems = append(r.result.Problems, fmt.Sprintf(format, args...))
}

// between is a random time.
func (r *round) between(a, b time.Duration) time.Duration {
	return a + time.Duration(r.rng.Int64N(int64(b-a)))
}

// grace is how long a client goes on trying after its end.
const grace = 20 * time.Second

// do runs the round. The error says that the campaign itself does not work; a
// broken promise is a problem in the result.
func (r *round) do(ctx context.Context) error {
	begun := time.Now()
	defer func() { r.result.Took = time.Since(begun) }()
	if !r.server.running() {
		if err := r.server.start(); err != nil {
			return err
		}
	}
	o := client.Options{
		URL: r.server.url(), Key: apiKey, Secret: apiSecret, Journal: r.journal, Earlier: r.series.journals, Seed: r.rng.Uint64(),
		Workers: 15, Rate: 150, Timeout: 4 * time.Second, Grace: grace,
	}
	if n := len(o.Earlier); n > 2 {
		o.Earlier = o.Earlier[n-2:]
	}
	if r.fault.load != nil {
		r.fault.load(&o)
	}
	p, err := post(o)
	if err != nil {
		return err
	}
	r.series.journals = append(r.series.journals, r.journal)
	time.Sleep(r.between(600*time.Millisecond, 1000*time.Millisecond))
	runErr := r.fault.run(r)
	r.freed = time.Now()
	if runErr == nil {
		runErr = r.server.ready(60 * time.Second)
		time.Sleep(time.Second)
	}
	stats, err := p.end(grace)
	r.result.Client = stats
	if err := errors.Join(runErr, err); err != nil {
		return err
	}
	return r.judge(ctx)
}

// judge holds what is there against the journals.
func (r *round) judge(ctx context.Context) error {
	if r.fault.after != nil {
		if err := r.fault.after(r); err != nil {
			return err
		}
	}
	if !r.server.running() {
		if err := r.server.start(); err != nil {
			return err
		}
	}
	if err := r.posting(); err != nil {
		return err
	}
	found, err := check.Run(ctx, check.Options{URL: r.server.url(), Key: apiKey, Secret: apiSecret,
		Journals: r.series.journals, ByID: r.series.journals[len(r.series.journals)-1:], Sample: 200, EveryNth: 3})
	if err != nil {
		return fmt.Errorf("checking: %w", err)
	}
	r.result.Check = *found
	for _, p := range found.Problems {
		r.problem("%s", p)
	}
	clean, output, err := r.server.verify()
	if err != nil {
		return err
	}
	if r.result.VerifyClean = clean; !clean {
		r.problem("lernspur verify: %s", output)
	}
	return nil
}

// posting reads from the journal whether statements were taken while the engine
// was away, and after the fault.
func (r *round) posting() error {
	begun, plain := map[int64]time.Time{}, map[int64]bool{}
	after := 0
	inside := func(at time.Time) bool {
		for _, s := range r.away {
			if at.After(s.from) && at.Before(s.to) {
				return true
			}
		}
		return false
	}
	err := journal.ReadFile(r.journal, func(rec journal.Record) error {
		at := time.UnixMicro(rec.At)
		switch rec.Kind {
		case journal.Intent, journal.Attempt:
			if rec.Kind == journal.Intent {
				plain[rec.N] = rec.Purpose == journal.New || rec.Purpose == journal.Unnamed
			}
			begun[rec.N] = at
		case journal.Ack:
			if at.After(r.freed) {
				after++
			}
			if plain[rec.N] && inside(begun[rec.N]) && inside(at) {
				r.result.AwayAsked++
				r.result.AwayAcked++
			}
		case journal.Refusal:
			if plain[rec.N] && inside(begun[rec.N]) && inside(at) {
				r.result.AwayAsked++
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if after == 0 && !r.freed.IsZero() {
		r.problem("nothing was acknowledged after the fault")
	}
	if asked, acked := r.result.AwayAsked, r.result.AwayAcked; acked*10 < asked*9 {
		r.problem("while the engine was away only %d of %d requests with new ids were acknowledged", acked, asked)
	}
	return nil
}

// journalPath names the journal of a round.
func (s *series) journalPath(n int) string {
	return filepath.Join(s.dir, fmt.Sprintf("journal-%03d.ndjson", n))
}
