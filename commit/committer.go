package commit

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"lernspur/internal/failpoint"
	"lernspur/statements"
)

// Acknowledge says when Commit answers.
type Acknowledge string

const (
	// AcknowledgeLog answers when the statements are on the local disk.
	AcknowledgeLog Acknowledge = "log"
	// AcknowledgeStore answers when the store has them, for machines whose
	// local disk is not to be trusted.
	AcknowledgeStore Acknowledge = "store"
)

// Options of a Committer. Zero values take the defaults given.
type Options struct {
	Dir           string        // folder of the log
	Sink          Sink          //
	Acknowledge   Acknowledge   // log
	LogBytes      int64         // 1 GiB: what the log may take on disk before posts are refused
	SegmentBytes  int64         // 64 MiB, a quarter of LogBytes at most: size of one file of the log
	MemoryBytes   int64         // 48 MiB: statements kept in memory for the flusher; what is beyond is read back from the log
	HoldBack      time.Duration // 500 ms: how long a request waits at most while that memory is full
	GroupBytes    int           // 32 MiB: an open group of this size takes no further request
	FlushRows     int           // 8,000
	FlushBytes    int           // 16 MiB
	FlushInterval time.Duration // 1 s
	InsertTimeout time.Duration // 30 s
	WaitTimeout   time.Duration // 10 s: how long Wait waits
	Inserters     int           // 2: INSERTs under way at once
	Clock         func() time.Time
	Logger        *zap.Logger
	Registerer    prometheus.Registerer
}

func (o *Options) defaults() {
	def(&o.Acknowledge, AcknowledgeLog)
	def(&o.LogBytes, 1<<30)
	// Room for a segment is taken up front: it has to stay within the bound.
	def(&o.SegmentBytes, min(64<<20, max(1<<20, o.LogBytes/4)))
	def(&o.MemoryBytes, 48<<20)
	def(&o.HoldBack, 500*time.Millisecond)
	def(&o.GroupBytes, 32<<20)
	def(&o.FlushRows, 8000)
	def(&o.FlushBytes, 16<<20)
	def(&o.FlushInterval, time.Second)
	def(&o.InsertTimeout, 30*time.Second)
	def(&o.WaitTimeout, 10*time.Second)
	def(&o.Inserters, 2)
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
	if o.Registerer == nil {
		o.Registerer = prometheus.NewRegistry()
	}
}

// waitingLimit is how many bytes may wait for the store so that the log stays
// within its bound: its oldest segment also has what the store has already.
func (o *Options) waitingLimit() int64 { return max(o.LogBytes-o.SegmentBytes, o.LogBytes/2) }

func def[T comparable](p *T, value T) {
	var zero T
	if *p == zero {
		*p = value
	}
}

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
	log     *logFile // owned by the appender
	flush   *flusher

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
	gather    = 3 * time.Millisecond
)

// group is what one write and one fsync make durable together.
type group struct {
	rows    []Row
	flights []*flight
	bytes   int
	done    chan struct{} // closed when err is set
	err     error
}

// Open reads the log in opts.Dir, brings what it holds into the Sink in the
// background, and takes statements from then on. A damaged log is an
// *ErrDamaged.
func Open(ctx context.Context, opts Options) (*Committer, error) {
	opts.defaults()
	c := &Committer{opts: opts, metrics: newMetrics(opts.Registerer), wake: make(chan struct{}, 1), finished: make(chan struct{})}
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
	switch {
	case c.closed:
		return nil, busy("the server is stopping")
	case c.broken != nil:
		return nil, busy("the log can no longer be written; the server has to be started again")
	case c.open.bytes >= c.opts.GroupBytes || c.open.bytes+size > maxRecord:
		return nil, busy("too many statements are arriving at once")
	case c.taken()+int64(size) > c.opts.waitingLimit():
		return nil, busy("the database cannot keep up; statements wait in the log up to its bound")
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

// mark has the log remember that s is in the store.
func (c *Committer) mark(s span) {
	c.mu.Lock()
	c.done = append(c.done, s)
	c.mu.Unlock()
	c.signal()
}

func (c *Committer) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// appendLoop is the appender: while one group is written and synced, the next
// one fills. A lone request waits for nobody.
func (c *Committer) appendLoop() {
	defer close(c.finished)
	var buf []byte
	crowd := 0 // requests of the last group
	for {
		if crowd >= crowdFrom {
			time.Sleep(gather)
		}
		c.mu.Lock()
		g, done, ended := c.open, c.done, c.ended
		ready := len(g.rows) > 0
		if ready {
			c.open, c.writing = newGroup(), g
			c.last = max(c.last, c.floor)
		}
		c.done = nil
		c.mu.Unlock()
		switch {
		case ready:
			crowd = len(g.flights)
			buf = c.appendGroup(buf[:0], g, done)
		case len(done) > 0:
			buf = c.appendMarks(buf[:0], done)
		case ended:
			return
		default:
			crowd = 0
			<-c.wake
		}
		if cap(buf) > maxIdleBuffer {
			buf = nil
		}
	}
}

// appendGroup stamps, writes and syncs one group and the marks beside it, and
// answers everyone who waits for it.
func (c *Committer) appendGroup(buf []byte, g *group, done []span) []byte {
	begun := time.Now()
	now := c.opts.Clock().UnixMicro()
	previous := c.last
	for _, row := range g.rows {
		c.last = max(now, c.last+1)
		row.Stamp(c.last)
	}
	err := c.log.rotate(previous)
	var at position
	if err == nil {
		buf, at, err = c.write(buf, g, done)
	}
	if err != nil {
		c.complain(err)
		g.err = ErrUnknown
		if errors.Is(err, errNoSpace) {
			g.err = busy("the disk of the log is full")
			c.remember(done)
		} else {
			c.fail(err)
		}
		c.ids.settle(g, false)
		close(g.done)
		return buf
	}
	c.metrics.groupRows.Observe(float64(len(g.rows)))
	c.metrics.logSync.Observe(time.Since(begun).Seconds())
	c.metrics.logBytes.Set(float64(c.log.bytes()))
	failpoint.Hit(failpoint.Synced)
	c.flush.add(g.rows, at)
	// Before the ids are settled: who posts one of them again is answered from
	// then on, and their reads have to wait for it.
	c.durable.raise(c.last)
	c.ids.settle(g, true)
	close(g.done)
	return buf
}

// complain logs that a group could not be written: for a full disk once a second,
// lest the server's own log fill what is left of it.
func (c *Committer) complain(err error) {
	if errors.Is(err, errNoSpace) && time.Since(c.complained) < time.Second {
		return
	}
	c.complained = time.Now()
	c.opts.Logger.Error("statements could not be written to the log", zap.Error(err))
}

// write encodes and appends the group's record and the marks.
func (c *Committer) write(buf []byte, g *group, done []span) ([]byte, position, error) {
	sequence := c.log.sequence + 1
	buf = beginRecord(buf, recordGroup)
	for _, row := range g.rows {
		buf = appendEntry(buf, row)
	}
	endRecord(buf, 0, sequence)
	size := len(buf)
	for i, s := range done {
		buf = appendDone(buf, sequence+1+uint64(i), s)
	}
	at, err := c.log.append(buf, 1+len(done), c.last)
	at.length = int64(size)
	if err == nil {
		c.drop()
	}
	return buf, at, err
}

// appendMarks writes marks alone. They only shorten the next start, so a full
// disk merely postpones them.
func (c *Committer) appendMarks(buf []byte, done []span) []byte {
	for i, s := range done {
		buf = appendDone(buf, c.log.sequence+1+uint64(i), s)
	}
	_, err := c.log.append(buf, len(done), c.last)
	if errors.Is(err, errNoSpace) {
		c.remember(done)
	}
	if err != nil {
		c.opts.Logger.Warn("the log could not note what the database has", zap.Error(err))
		// Without this pause a full disk would keep the loop busy.
		time.Sleep(10 * time.Millisecond)
	}
	c.drop()
	return buf
}

// remember puts marks back that could not be written, bounded: forgetting one
// costs a look at the store on the next start.
func (c *Committer) remember(done []span) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ended && len(c.done)+len(done) < 1000 {
		c.done = append(done, c.done...)
	}
}

func (c *Committer) drop() {
	if err := c.log.drop(c.flush.visible.value()); err != nil {
		c.opts.Logger.Warn("a file of the log that is no longer needed stays", zap.Error(err))
	}
	c.metrics.logBytes.Set(float64(c.log.bytes()))
}

// Watermark is the stored instant at and below which every statement that
// ever was or will be committed is visible in the Sink.
func (c *Committer) Watermark() int64 { return c.flush.visible.value() }

// idle is the present, if everything that ever was taken is visible: what
// comes from now on is stored later. Otherwise it is the last such present. So
// a reader that follows the watermark sees it move while nobody writes, and
// never back. A group of which it is not known whether the log has it may
// appear after the next start: behind it there is no present.
func (c *Committer) idle() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.broken != nil || len(c.open.rows) > 0 || c.flush.visible.value() < c.durable.value() {
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
	if len(c.open.rows) == 0 {
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
