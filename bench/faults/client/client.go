package client

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"lernspur/bench/faults/journal"
)

// Options of a client.
type Options struct {
	URL         string // of the xAPI resources, "http://…/xapi"
	Key, Secret string
	// Journal is the file to write; it must not exist. Its name is part of every
	// marker.
	Journal string
	// Earlier are journals whose acknowledged statements may be repeated,
	// referred to and voided.
	Earlier []string
	Seed    uint64
	// Workers post side by side. Every third sends nothing but new statements
	// and never reads: it has no need of the database.
	Workers int
	// Rate bounds the statements per second of all workers.
	Rate int
	// Pad is the average number of bytes by which statements are lengthened.
	Pad int
	// Timeout bounds one attempt, Grace the attempts that follow the end.
	Timeout, Grace time.Duration
}

// Stats say what a client did.
type Stats struct {
	Requests     int         `json:"requests"`
	Acknowledged int         `json:"acknowledged"` // requests
	Statements   int         `json:"statements"`   // acknowledged, repetitions included
	Refusals     map[int]int `json:"refusals"`     // attempts by status, 0: no answer
	Reads        int         `json:"reads"`
	ReadErrors   int         `json:"read_errors"` // other than 503
	Violations   int         `json:"violations"`
}

type client struct {
	opts  Options
	log   *journal.Writer
	http  *http.Client
	limit *rate.Limiter
	next  atomic.Int64
	final context.Context // ends with the grace time

	mu    sync.Mutex
	stats Stats
	known []journal.Sent // acknowledged, not voided, with ids, and not voiding
	await []string       // ids that were voided before they came
}

// maxKnown bounds what is remembered of acknowledged statements.
const maxKnown = 4000

// Run posts until ctx ends, then waits for the verdicts that are open, for the
// grace time at most.
func Run(ctx context.Context, o Options) (Stats, error) {
	log, err := journal.Create(o.Journal)
	if err != nil {
		return Stats{}, err
	}
	final, cancel := context.WithCancel(context.Background())
	defer cancel()
	c := &client{opts: o, log: log, final: final, limit: rate.NewLimiter(rate.Limit(o.Rate), max(o.Rate, 50)),
		stats: Stats{Refusals: map[int]int{}}}
	c.http = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: o.Workers + 4, DisableCompression: true,
		DialContext: (&net.Dialer{Timeout: 2 * time.Second}).DialContext}}
	if err := c.recall(); err != nil {
		return Stats{}, err
	}
	var workers sync.WaitGroup
	for i := range o.Workers {
		workers.Go(func() { c.work(ctx, i) })
	}
	go func() {
		<-ctx.Done()
		time.AfterFunc(o.Grace, cancel)
	}()
	workers.Wait()
	return c.stats, log.Close()
}

// recall takes in what earlier clients had acknowledged.
func (c *client) recall() error {
	for _, path := range c.opts.Earlier {
		intents := map[int64]journal.Record{}
		voided := map[string]bool{}
		err := journal.ReadFile(path, func(r journal.Record) error {
			switch r.Kind {
			case journal.Intent:
				intents[r.N] = r
				for _, s := range r.Statements {
					if target, ok := voids(s.Body); ok {
						voided[target] = true
					}
				}
			case journal.Ack:
				if in := intents[r.N]; in.Purpose == journal.New {
					c.remember(in.Statements)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		kept := c.known[:0]
		for _, s := range c.known {
			if !voided[s.ID] {
				kept = append(kept, s)
			}
		}
		c.known = kept
	}
	return nil
}

// voids tells which statement a body of ours voids.
func voids(body string) (target string, ok bool) {
	if !strings.Contains(body, VoidVerb) {
		return "", false
	}
	const before = `"StatementRef","id":"`
	at := strings.Index(body, before)
	return body[at+len(before):][:36], true
}

// remember keeps statements for later use; those that refer to others are not
// needed.
func (c *client) remember(sts []journal.Sent) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range sts {
		if s.ID == "" || strings.Contains(s.Body, `"StatementRef"`) {
			continue
		}
		if len(c.known) >= maxKnown {
			c.known[rand.IntN(len(c.known))] = s
			continue
		}
		c.known = append(c.known, s)
	}
}

// some returns n acknowledged statements at random, fewer if there are not
// that many. With take they are forgotten: nobody else will use them.
func (c *client) some(rng *rand.Rand, n int, take bool) []journal.Sent {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []journal.Sent
	seen := map[string]bool{}
	for range n {
		if len(c.known) == 0 {
			break
		}
		i := rng.IntN(len(c.known))
		s := c.known[i]
		if seen[s.ID] {
			continue
		}
		seen[s.ID] = true
		list = append(list, s)
		if take {
			c.known[i] = c.known[len(c.known)-1]
			c.known = c.known[:len(c.known)-1]
		}
	}
	return list
}

func (c *client) count(change func(*Stats)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&c.stats)
}

// work is one worker.
func (c *client) work(ctx context.Context, i int) {
	rng := rand.New(rand.NewPCG(c.opts.Seed, uint64(i)))
	name := strings.TrimSuffix(filepath.Base(c.opts.Journal), filepath.Ext(c.opts.Journal))
	w := &worker{client: c, ctx: ctx, composer: composer{rng: rng, run: fmt.Sprintf("%s-%d", name, i), pad: c.opts.Pad}}
	for ctx.Err() == nil {
		if i%3 == 0 {
			w.plain()
		} else {
			w.mixed()
		}
	}
}
