package commit

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.uber.org/zap"

	"lernspur/internal/failpoint"
)

// chunk is one group of the log on its way into the store.
type chunk struct {
	rows  []Row // nil when only the log has them
	at    position
	count int
	bytes int
	span  span
}

// batch is what one INSERT carries: chunks that follow each other.
type batch struct {
	span   span
	chunks []chunk
	rows   []Row
	loaded []Row // all rows of the chunks; rows are those that are to be sent
	bytes  int64
	// suspect says that an earlier process may have inserted it already.
	suspect bool
	visible bool
}

// flusher carries the log into the Sink, in large INSERTs, and raises the
// watermark. It never gives up on a row and never skips one.
type flusher struct {
	opts    *Options
	ids     *idCheck
	metrics *metrics
	mark    func(span)
	attempt string // beginning of the names of this process's attempts

	mu      sync.Mutex
	queue   []chunk
	since   time.Time // when the oldest of the queue came
	suspect int64     // what is stored up to here comes from earlier processes
	flight  []*batch  // in order of stored
	hurried int64
	memory  int64         // bytes of rows kept in memory
	room    chan struct{} // closed when memory is given back; nil while nobody waits
	failing int           // batches whose last attempt failed
	waiting int64         // bytes that are not visible yet
	rows    int           // rows that are not visible yet

	visible watermark
	wake    chan struct{}
	slots   chan struct{}
	ctx     context.Context
	cancel  context.CancelFunc
	workers sync.WaitGroup
}

func newFlusher(opts *Options, ids *idCheck, m *metrics, mark func(span), attempt string) *flusher {
	f := &flusher{opts: opts, ids: ids, metrics: m, mark: mark, attempt: attempt,
		wake: make(chan struct{}, 1), slots: make(chan struct{}, opts.Inserters)}
	f.ctx, f.cancel = context.WithCancel(context.Background())
	return f
}

func (f *flusher) start() {
	f.workers.Add(1)
	go f.dispatch()
}

// stop ends the flusher, whatever it has left; the log keeps that.
func (f *flusher) stop() {
	f.cancel()
	f.workers.Wait()
}

// add queues a group that is durable now. Once the memory that is allowed is
// full, only the place in the log is kept; the group that fills it may go beyond
// it, or memory would be all but full for ever and nobody held back.
func (f *flusher) add(rows []Row, at position) {
	c := chunk{rows: rows, at: at, count: len(rows), bytes: int(at.length), span: span{rows[0].Stored, rows[len(rows)-1].Stored}}
	f.mu.Lock()
	if f.memory >= f.opts.MemoryBytes {
		c.rows = nil
	} else {
		f.memory += int64(c.bytes)
	}
	f.push(c)
	f.mu.Unlock()
	f.signal()
}

func (f *flusher) push(c chunk) {
	if len(f.queue) == 0 {
		f.since = time.Now()
	}
	f.queue = append(f.queue, c)
	f.waiting += int64(c.bytes)
	f.rows += c.count
	f.report()
}

func (f *flusher) report() {
	f.metrics.queueBytes.Set(float64(f.waiting))
	f.metrics.queueRows.Set(float64(f.rows))
}

func (f *flusher) waitingBytes() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.waiting
}

// admit holds a request back for a moment while the memory for statements on
// their way is full, so that posts come no faster than the store takes them.
// The log is for the time when the store fails: then nobody is held back.
func (f *flusher) admit(ctx context.Context) error {
	f.mu.Lock()
	if f.memory < f.opts.MemoryBytes || f.failing > 0 {
		f.mu.Unlock()
		return nil
	}
	if f.room == nil {
		f.room = make(chan struct{})
	}
	room := f.room
	f.mu.Unlock()
	timer := time.NewTimer(f.opts.HoldBack)
	defer timer.Stop()
	select {
	case <-room:
		return nil
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// release lets in whom admit holds back.
func (f *flusher) release() {
	if f.room != nil {
		close(f.room)
		f.room = nil
	}
}

// fails counts a batch as failing until it is through, or past the step that failed.
func (f *flusher) fails(change int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.failing += change
	f.release()
}

// hurry has everything up to target flushed without waiting for company.
func (f *flusher) hurry(target int64) {
	f.mu.Lock()
	f.hurried = max(f.hurried, target)
	f.mu.Unlock()
	f.signal()
}

func (f *flusher) signal() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// dispatch forms batches and hands each to a worker. It takes the free slot
// first, so that a batch goes on growing until it can be sent.
func (f *flusher) dispatch() {
	defer f.workers.Done()
	for {
		select {
		case f.slots <- struct{}{}:
		case <-f.ctx.Done():
			return
		}
		b := f.next()
		if b == nil {
			return
		}
		f.workers.Add(1)
		go func() {
			defer f.workers.Done()
			defer func() { <-f.slots }()
			f.carry(b)
		}()
	}
}

// next waits until a batch is due and takes it from the queue.
func (f *flusher) next() *batch {
	for {
		f.mu.Lock()
		n, pause := f.due()
		if n > 0 {
			b := f.take(n)
			f.mu.Unlock()
			return b
		}
		f.mu.Unlock()
		timer := time.NewTimer(pause)
		select {
		case <-f.wake:
		case <-timer.C:
		case <-f.ctx.Done():
			timer.Stop()
			return nil
		}
		timer.Stop()
	}
}

// busyFactor is how much larger a batch becomes while another is on its way.
const busyFactor = 2

// due tells how many chunks to send now, or how long nothing will be due.
func (f *flusher) due() (chunks int, pause time.Duration) {
	if len(f.queue) == 0 {
		return 0, time.Hour
	}
	// What the store gets in one piece it need not merge later. So while a
	// batch is on its way, the next one grows larger.
	factor := 1
	if len(f.flight) > 0 {
		factor = busyFactor
	}
	rows, size := 0, 0
	for i, c := range f.queue {
		rows += c.count
		size += c.bytes
		if rows >= factor*f.opts.FlushRows || size >= factor*f.opts.FlushBytes {
			return i + 1, 0
		}
	}
	if pause = f.opts.FlushInterval - time.Since(f.since); pause <= 0 || f.hurried >= f.queue[0].span.first {
		return len(f.queue), 0
	}
	return 0, pause
}

// take moves the first n chunks from the queue into a batch.
func (f *flusher) take(n int) *batch {
	b := &batch{chunks: append([]chunk(nil), f.queue[:n]...)}
	b.span = span{b.chunks[0].span.first, b.chunks[n-1].span.last}
	b.suspect = b.span.first <= f.suspect
	f.queue = append(f.queue[:0:0], f.queue[n:]...)
	f.since = time.Now()
	f.flight = append(f.flight, b)
	for _, c := range b.chunks {
		b.bytes += int64(c.bytes)
	}
	return b
}

// carry brings a batch into the store, however often it takes.
func (f *flusher) carry(b *batch) {
	failpoint.Hit(failpoint.Answered)
	if !f.retry("reading the log", func() error { return f.load(b) }) {
		return
	}
	for try := 0; ; try++ {
		if try > 0 || b.suspect {
			if !f.findOut(b) {
				return
			}
		}
		err := f.insert(b, try)
		if err == nil {
			break
		}
		if try == 0 {
			f.fails(1)
			defer f.fails(-1)
		}
		if f.ctx.Err() != nil {
			return
		}
		f.metrics.retries.Inc()
		f.opts.Logger.Warn("the outcome of an INSERT is unknown and will be found out", zap.Int("statements", len(b.rows)), zap.Error(err))
		if !f.pause(try) {
			return
		}
	}
	f.finish(b)
}

// load puts the rows of the chunks together, reading from the log those that
// memory had no room for.
func (f *flusher) load(b *batch) error {
	b.rows = b.rows[:0]
	for i := range b.chunks {
		rows := b.chunks[i].rows
		if rows == nil {
			var err error
			if rows, err = readGroup(b.chunks[i].at); err != nil {
				return err
			}
		}
		b.rows = append(b.rows, rows...)
	}
	b.loaded = b.rows
	return nil
}

// insert sends the rows of a batch; after failures in smaller pieces, since
// the engine refuses an INSERT for which it lacks memory.
func (f *flusher) insert(b *batch, try int) error {
	piece := max(len(b.rows)>>min(try, 4), 500)
	for at := 0; at < len(b.rows); at += piece {
		rows := b.rows[at:min(at+piece, len(b.rows))]
		ctx, cancel := context.WithTimeout(f.ctx, f.opts.InsertTimeout)
		begun := time.Now()
		err := f.opts.Sink.Insert(ctx, fmt.Sprintf("%s%d-%d-%d", f.attempt, b.span.first, try, at), rows)
		cancel()
		if err != nil {
			return err
		}
		f.metrics.insert.Observe(time.Since(begun).Seconds())
		f.metrics.flushRows.Observe(float64(len(rows)))
	}
	return nil
}

// findOut ends what earlier attempts may still be doing, then leaves in the
// batch the rows that the store does not have.
func (f *flusher) findOut(b *batch) bool {
	return f.retry("finding out what the database has", func() error {
		ctx, cancel := context.WithTimeout(f.ctx, f.opts.InsertTimeout)
		defer cancel()
		if err := f.opts.Sink.Kill(ctx, fmt.Sprintf("%s%d-", f.attempt, b.span.first)); err != nil {
			return err
		}
		present, err := f.opts.Sink.Present(ctx, b.span.first, b.span.last)
		if err != nil {
			return err
		}
		if err := f.load(b); err != nil {
			return err
		}
		missing := make([]Row, 0, len(b.rows))
		for _, row := range b.rows {
			if _, ok := present[Place{row.Tenant, row.Stored}]; !ok {
				missing = append(missing, row)
			}
		}
		f.opts.Logger.Info("found out what the database has", zap.Int("present", len(b.rows)-len(missing)), zap.Int("missing", len(missing)))
		b.rows = missing
		return nil
	})
}

// finish notes that a batch is in the store and raises the watermark over all
// batches that are complete from the first on.
func (f *flusher) finish(b *batch) {
	failpoint.Hit(failpoint.Inserted)
	f.mark(b.span)
	f.mu.Lock()
	b.visible = true
	var complete []*batch
	for len(f.flight) > 0 && f.flight[0].visible {
		complete = append(complete, f.flight[0])
		f.flight = f.flight[1:]
	}
	for _, done := range complete {
		f.waiting -= done.bytes
		for _, c := range done.chunks {
			f.rows -= c.count
			if c.rows != nil {
				f.memory -= int64(c.bytes)
			}
		}
	}
	f.report()
	if len(complete) > 0 {
		f.release()
		last := complete[len(complete)-1].span.last
		if f.caughtUp() {
			last = max(last, f.suspect)
		}
		f.visible.raise(last)
		f.metrics.watermark.Set(float64(last) / 1e6)
	}
	f.mu.Unlock()
	for _, done := range complete {
		for _, c := range done.chunks {
			f.ids.forget(c.rows)
		}
		if done.hasSpilled() {
			f.ids.forget(done.loaded)
		}
	}
}

// caughtUp tells whether everything of earlier processes is in the store. What
// they wrote last may have been there before what they wrote earlier; readers
// wait for all of it, so the watermark has to reach beyond the last batch then.
func (f *flusher) caughtUp() bool {
	if len(f.flight) > 0 {
		return f.flight[0].span.first > f.suspect
	}
	return len(f.queue) == 0 || f.queue[0].span.first > f.suspect
}

func (b *batch) hasSpilled() bool {
	for _, c := range b.chunks {
		if c.rows == nil {
			return true
		}
	}
	return false
}

// retry calls step until it succeeds; false when the flusher stops.
func (f *flusher) retry(what string, step func() error) bool {
	for try := 0; ; try++ {
		err := step()
		if err == nil {
			return true
		}
		if f.ctx.Err() != nil {
			return false
		}
		if try == 0 {
			f.fails(1)
			defer f.fails(-1)
		}
		f.opts.Logger.Warn(what+" failed and is tried again", zap.Error(err))
		if !f.pause(try) {
			return false
		}
	}
}

// pause waits longer from try to try, two seconds at most.
func (f *flusher) pause(try int) bool {
	select {
	case <-time.After(min(50*time.Millisecond<<min(try, 6), 2*time.Second)):
		return true
	case <-f.ctx.Done():
		return false
	}
}
