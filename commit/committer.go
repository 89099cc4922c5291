package commit

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"lernspur/documents"
	"lernspur/statements"
)

// Committer makes statements durable and visible. The promises:
//
//   - When Commit returns nil, every statement of the request is durable, and
//     every Wait that begins later returns a watermark that covers it.
//   - A statement is in the store at most once, with the bytes that were
//     committed, through every crash of this process and of the store.
//   - A request is taken whole or not at all.
//   - No call waits longer than its context, and no call of Wait longer than
//     Options.WaitTimeout.
//   - The context of Commit bounds the wait, never the commit: a request
//     given up may still be kept.
//
// The order is: ids, open group, log and fsync, answer; behind it the flusher
// carries the log into the Sink and raises the watermark.
type Committer struct {
	opts    Options
	metrics *metrics
	ids     *idCheck
	unread  *unreadable
	log     *logFile // owned by the appender
	flush   *flusher
	known   *knownDocuments
	locks   *documentLocks

	mu       sync.Mutex
	open     *group        // requests that wait for the appender
	writing  *group        // the group before it
	broken   error         // why the log takes nothing any more
	done     []span        // marks that wait for the appender
	closed   bool          // no more requests
	ended    bool          // no more marks either
	wake     chan struct{} // tells the appender that there is something
	ctx      context.Context
	cancel   context.CancelFunc
	finished chan struct{} // the appender has returned

	last    int64 // highest stored assigned; owned by the appender
	floor   int64 // all that ever is stored at or before it is visible; a watermark that was given out
	durable watermark

	complained time.Time // when the log of the server last heard of a full disk; owned by the appender
}

// maxIdleBuffer is what the appender keeps between groups.
const maxIdleBuffer = 8 << 20

// A lone request waits for nobody, nor do a few. In a crowd the disk and the
// scheduler are the bottleneck: there a moment's wait makes groups larger, and
// each request cheaper.
const (
	crowdFrom = 24 // requests in the last group
	gather    = 6 * time.Millisecond
)

// group is what one write and one fsync make durable together.
type group struct {
	rows    []Row
	flights []*flight
	docs    []*documents.Document
	changes int // of documents, as requests
	bytes   int
	done    chan struct{} // closed when err is set
	err     error
}

func (g *group) empty() bool { return len(g.rows) == 0 && len(g.docs) == 0 }

// Open reads the log in opts.Dir, brings what it holds into the Sink in the
// background, and takes statements from then on. A damaged log is an
// *ErrDamaged.
func Open(ctx context.Context, opts Options) (*Committer, error) {
	opts.defaults()
	c := &Committer{opts: opts, metrics: newMetrics(opts.Registerer), wake: make(chan struct{}, 1), finished: make(chan struct{}),
		known: newKnownDocuments(opts.DocumentCache), locks: newDocumentLocks()}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.open = newGroup()
	if err := c.recover(ctx); err != nil {
		c.cancel()
		return nil, err
	}
	go c.appendLoop()
	c.flush.start()
	return c, nil
}

// Commit makes the statements of one request durable, in order, all or none.
// It stamps them. Those that are stored already with the same content count
// as kept and are not stored again.
//
// Errors: *ErrConflict, *ErrBusy (nothing was taken), ErrUnknown (the log
// failed), the context's error (the outcome is open).
func (c *Committer) Commit(ctx context.Context, tenant string, sts []*statements.Statement) error {
	begun := time.Now()
	defer func() { c.metrics.commitWait.Observe(time.Since(begun).Seconds()) }()
	if err := c.flush.admit(ctx); err != nil {
		return err
	}
	claim, err := c.ids.claim(ctx, tenant, sts)
	if err != nil {
		return err
	}
	if len(claim.fresh) == 0 {
		return c.acknowledged(ctx, c.durable.value())
	}
	g, err := c.join(tenant, claim)
	if err != nil {
		c.ids.release(claim)
		return err
	}
	select {
	case <-g.done:
	case <-ctx.Done():
		return ctx.Err()
	}
	if g.err != nil {
		return g.err
	}
	return c.acknowledged(ctx, g.rows[len(g.rows)-1].Stored)
}

// acknowledged waits for the store, where that is asked for.
func (c *Committer) acknowledged(ctx context.Context, stored int64) error {
	if c.opts.Acknowledge != AcknowledgeStore {
		return nil
	}
	c.flush.hurry(stored)
	return c.flush.visible.wait(ctx, stored)
}

// join puts a request into the open group or refuses it at once.
func (c *Committer) join(tenant string, claim *claim) (*group, error) {
	size := 0
	for _, s := range claim.fresh {
		size += entrySize(Row{tenant, s})
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.refuses(size); err != nil {
		return nil, err
	}
	g := c.open
	for _, s := range claim.fresh {
		g.rows = append(g.rows, Row{tenant, s})
	}
	g.bytes += size
	g.flights = append(g.flights, claim.flight)
	c.signal()
	return g, nil
}

// refuses tells why size bytes cannot be taken now. c.mu is held.
func (c *Committer) refuses(size int) error {
	switch {
	case c.closed:
		return busy("the server is stopping")
	case c.broken != nil:
		return busy("the log can no longer be written; the server has to be started again")
	case c.open.bytes >= c.opts.GroupBytes || c.open.bytes+size > maxRecord:
		return busy("too many statements are arriving at once")
	case c.taken()+int64(size) > c.opts.waitingLimit():
		return busy("the database cannot keep up; statements wait in the log up to its bound")
	}
	return nil
}

// taken are the bytes of all requests that are not visible yet. c.mu is held.
func (c *Committer) taken() int64 {
	n := c.flush.waitingBytes() + int64(c.open.bytes)
	if c.writing != nil {
		select {
		case <-c.writing.done:
		default:
			n += int64(c.writing.bytes)
		}
	}
	return n
}

// Watermark is the stored instant at and below which every statement that
// ever was or will be committed is visible in the Sink.
func (c *Committer) Watermark() int64 { return c.flush.visible.value() }

// Consistent is the Watermark, or the present while nothing is on its way: a
// client that waits for it sees it move although nobody writes. It waits for
// nothing, and costs a lock.
func (c *Committer) Consistent() int64 { return max(c.Watermark(), c.idle()) }

// idle is the present, if everything that ever was taken is visible: what
// comes from now on is stored later. Otherwise it is the last such present. So
// a reader that follows the watermark sees it move while nobody writes, and
// never back. A group of which it is not known whether the log has it may
// appear after the next start: behind it there is no present.
func (c *Committer) idle() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.broken != nil || !c.open.empty() || c.flush.visible.value() < c.durable.value() {
		return c.floor
	}
	if c.writing != nil {
		select {
		case <-c.writing.done:
		default:
			return c.floor
		}
		// Between its durable mark and this look nothing else can have come:
		// the open group is empty. Whether it failed is known by now.
		if c.flush.visible.value() < c.durable.value() {
			return c.floor
		}
	}
	c.floor = max(c.floor, c.opts.Clock().UnixMicro())
	return c.floor
}

// Wait returns a watermark that covers every statement whose Commit returned
// nil before Wait was called: the last statement's, or the present while
// nothing is on its way. It hurries the flusher. When the store is too
// slow or away it gives up with an *ErrBusy after Options.WaitTimeout.
func (c *Committer) Wait(ctx context.Context) (int64, error) {
	target := c.durable.value()
	if v := c.flush.visible.value(); v >= target {
		return max(v, c.idle()), nil
	}
	begun := time.Now()
	defer func() { c.metrics.readWait.Observe(time.Since(begun).Seconds()) }()
	c.flush.hurry(target)
	bounded, cancel := context.WithTimeout(ctx, c.opts.WaitTimeout)
	defer cancel()
	if err := c.flush.visible.wait(bounded, target); err != nil {
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		return 0, busy("the database does not yet have what was acknowledged")
	}
	return max(c.flush.visible.value(), c.idle()), nil
}

// Close takes no more requests, answers those it has, waits until the store
// has everything or ctx ends, and closes the log. What the store does not
// have then is carried there after the next Open.
func (c *Committer) Close(ctx context.Context) error {
	c.mu.Lock()
	already := c.closed
	c.closed = true
	c.mu.Unlock()
	if already {
		return nil
	}
	err := c.drain(ctx)
	c.cancel()
	c.flush.stop()
	c.mu.Lock()
	c.ended = true
	c.mu.Unlock()
	c.signal()
	<-c.finished
	if err != nil {
		err = fmt.Errorf("the database does not have everything yet; the log keeps it for the next start: %w", err)
	}
	return errors.Join(err, c.log.close())
}

// drain waits until what was taken is in the store.
func (c *Committer) drain(ctx context.Context) error {
	c.mu.Lock()
	groups := []*group{c.writing, c.open}
	if c.open.empty() {
		groups = groups[:1]
	}
	c.mu.Unlock()
	c.signal()
	for _, g := range groups {
		if g == nil {
			continue
		}
		select {
		case <-g.done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	target := c.durable.value()
	c.flush.hurry(target)
	return c.flush.visible.wait(ctx, target)
}

// fail notes that the log is broken: from now on requests are refused before
// they are taken.
func (c *Committer) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.broken == nil {
		c.broken = err
	}
}

// Broken tells why no statement can be taken until the next start, or nil.
func (c *Committer) Broken() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.broken
}

func newGroup() *group { return &group{done: make(chan struct{})} }

// busy is an *ErrBusy whose delay is spread, so that those refused together do
// not return together.
func busy(reason string) *ErrBusy {
	return &ErrBusy{RetryAfter: time.Second + rand.N(4*time.Second), Reason: reason}
}
