package check

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options say what is checked against what.
type Options struct {
	URL         string // of the xAPI resources, "http://…/xapi"
	Key, Secret string
	// Journals are all that was ever sent to this server, oldest first.
	Journals []string
	// ByID are those among them whose statements are read one by one; all others
	// are compared as the walk over everything shows them. Nil: all.
	ByID []string
	// Partial leaves out the figures of progress, for a server without them.
	Partial bool
	// Sample is how many statements are read by id; 0: all.
	Sample int
	// EveryNth leaves out all filters but each nth; 0: none is left out.
	EveryNth int
}

// Problem is a broken promise.
type Problem struct{ Kind, Text string }

func (p Problem) String() string { return p.Kind + ": " + p.Text }

// The kinds of problems, beside "client" for what a client saw itself.
const (
	Lost    = "lost"
	Doubled = "doubled"
	Altered = "altered"
	Half    = "half"    // of a request some statements are there and some are not
	Unasked = "unasked" // nobody sent it, or it was refused
	Voided  = "voided"  // seen although voided, or not to be had although stored
	Order   = "order"
	Filter  = "filter"
	Figures = "progress"
)

// Result is the outcome of a check.
type Result struct {
	Acknowledged int // statements
	Stored       int
	Voided       int // of those that are stored
	Unconfirmed  int // stored without an acknowledgement
	Filters      int // that were walked
	ByID         int // statements read one by one
	Courses      int // whose figures were computed again
	Problems     []Problem
	Took         time.Duration
}

// maxProblems bounds what is kept.
const maxProblems = 200

// check is one run.
type check struct {
	opts   Options
	remote *remote
	model  *model
	result Result

	visible []*statement // in ascending order
	hidden  []*statement // voided
	byID    map[string]*statement
}

// Run reads the server and compares. Everything acknowledged has to be there:
// the reads wait for it. The error says that the check itself did not work.
func Run(ctx context.Context, o Options) (*Result, error) {
	begun := time.Now()
	m, err := load(o.Journals)
	if err != nil {
		return nil, err
	}
	c := &check{opts: o, model: m, byID: map[string]*statement{},
		remote: &remote{o.URL, o.Key, o.Secret, &http.Client{Timeout: 90 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 16}}}}
	defer c.remote.http.CloseIdleConnections()
	c.result.Acknowledged = m.acked
	c.result.Problems = m.problems
	for _, step := range []func(context.Context) error{c.walkAll, c.readVoided, c.compare, c.readByID, c.filters, c.progress} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	c.result.Took = time.Since(begun)
	return &c.result, nil
}

func (c *check) problem(kind, format string, args ...any) {
	if len(c.result.Problems) < maxProblems {
		c.result.Problems = append(c.result.Problems, Problem{kind, fmt.Sprintf(format, args...)})
	}
}

// walkAll reads everything in both orders.
func (c *check) walkAll(ctx context.Context) error {
	up, err := c.remote.walk(ctx, url.Values{"ascending": {"true"}}, 500)
	if err != nil {
		return err
	}
	for _, raw := range up {
		s, err := parse(raw)
		if err != nil {
			return err
		}
		if other := c.byID[s.id]; other != nil {
			c.problem(Doubled, "the id %s is on the pages twice, stored %s and %s", s.id, other.stored, s.stored)
			continue
		}
		if n := len(c.visible); n > 0 && c.visible[n-1].stored >= s.stored {
			c.problem(Order, "%s, stored %s, comes after %s, stored %s", s.id, s.stored, c.visible[n-1].id, c.visible[n-1].stored)
		}
		c.byID[s.id] = s
		c.visible = append(c.visible, s)
	}
	down, err := c.remote.walk(ctx, nil, 137)
	if err != nil {
		return err
	}
	slices.Reverse(down)
	if !slices.Equal(up, down) {
		c.problem(Order, "the walk down has %d statements, the walk up %d, or others", len(down), len(up))
	}
	return nil
}

// readVoided fetches the statements that voiding ones point to.
func (c *check) readVoided(ctx context.Context) error {
	var targets []string
	seen := map[string]bool{}
	for _, s := range c.visible {
		if s.void && !seen[s.ref] {
			seen[s.ref] = true
			targets = append(targets, s.ref)
		}
	}
	var mu sync.Mutex
	return each(ctx, targets, func(id string) error {
		raw, found, err := c.remote.one(ctx, "voidedStatementId", id)
		if err != nil {
			return err
		}
		_, seen, err := c.remote.one(ctx, "statementId", id)
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		if seen || c.byID[id] != nil {
			c.problem(Voided, "%s is voided and still seen", id)
		}
		if !found {
			return nil // its target may never have come; compare knows
		}
		s, err := parse(raw)
		if err != nil {
			return err
		}
		c.byID[s.id] = s
		c.hidden = append(c.hidden, s)
		return nil
	})
}

// each calls do for every item, eight at a time.
func each(ctx context.Context, items []string, do func(string) error) error {
	queue := make(chan string)
	errs := make(chan error, 8)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for item := range queue {
				if err := do(item); err != nil {
					select {
					case errs <- err:
					default:
					}
					cancel()
				}
			}
		})
	}
feed:
	for _, item := range items {
		select {
		case queue <- item:
		case <-ctx.Done():
			break feed
		}
	}
	close(queue)
	wait.Wait()
	select {
	case err := <-errs:
		return err
	default:
		return context.Cause(ctx)
	}
}

// compare holds what is stored against what was sent.
func (c *check) compare(context.Context) error {
	c.result.Stored, c.result.Voided = len(c.byID), len(c.hidden)
	there := map[*expected]int{}
	for _, s := range c.byID {
		e := c.model.byMarker[s.marker]
		if why, forbidden := c.model.forbid[s.marker]; forbidden {
			c.problem(Unasked, "%s is stored: %s", s.id, why)
			continue
		}
		if e == nil {
			c.problem(Unasked, "%s is stored and was never sent: %s", s.id, s.raw)
			continue
		}
		there[e]++
		c.same(e, s)
	}
	for _, e := range c.model.byMarker {
		switch n := there[e]; {
		case n > 1:
			c.problem(Doubled, "%s is stored %d times", e.sent.Marker, n)
		case n == 0 && e.acked:
			c.problem(Lost, "%s (%s) was acknowledged and is not there", e.id, e.sent.Marker)
		case n == 1 && !e.acked:
			c.result.Unconfirmed++
		}
	}
	for _, a := range c.model.requests {
		n := 0
		for _, e := range a.sts {
			n += min(there[e], 1)
		}
		if n > 0 && n < len(a.sts) {
			c.problem(Half, "%s: %d of %d statements are there", a.name, n, len(a.sts))
		}
	}
	return nil
}

// same compares one statement with what was sent and with what was read before.
func (c *check) same(e *expected, s *statement) {
	if e.id != "" && !strings.EqualFold(e.id, s.id) {
		c.problem(Altered, "%s was to have the id %s and has %s", e.sent.Marker, e.id, s.id)
	}
	if why := altered(e.sent.Body, s.raw); why != "" {
		c.problem(Altered, "%s: %s", s.id, why)
	}
	for _, read := range e.reads {
		if read != s.raw {
			c.problem(Altered, "%s was read as %s and is now %s", s.id, read, s.raw)
		}
	}
}

// readByID reads acknowledged statements one by one.
func (c *check) readByID(ctx context.Context) error {
	m := c.model
	if c.opts.ByID != nil {
		var err error
		if m, err = load(c.opts.ByID); err != nil {
			return err
		}
	}
	var ids []string
	for id, e := range m.byID {
		if e.acked {
			ids = append(ids, id)
		}
	}
	if n := c.opts.Sample; n > 0 && len(ids) > n {
		ids = ids[:n] // a map has no order
	}
	c.result.ByID = len(ids)
	hidden := map[string]bool{}
	for _, s := range c.hidden {
		hidden[s.id] = true
	}
	var mu sync.Mutex
	return each(ctx, ids, func(id string) error {
		parameter := "statementId"
		if hidden[id] {
			parameter = "voidedStatementId"
		}
		raw, found, err := c.remote.one(ctx, parameter, id)
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		switch s := c.byID[id]; {
		case !found:
			c.problem(Lost, "%s was acknowledged and is not found by its id", id)
		case s != nil && s.raw != raw:
			c.problem(Altered, "%s is %s by its id and %s on the pages", id, raw, s.raw)
		}
		return nil
	})
}
