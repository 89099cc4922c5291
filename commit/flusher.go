package commit

import (
	"context"
	"sync"
	"time"

	"lernspur/documents"
)

// chunk is one record of the log on its way into the store: a group of
// statements, or documents.
type chunk struct {
	rows  []Row // nil when only the log has them
	docs  []*documents.Document
	kind  byte // of the record
	at    position
	count int
	bytes int
	span  span
	// spilled says that only the log has what the record holds.
	spilled bool
}

// batch is what one INSERT carries: chunks that follow each other.
type batch struct {
	span   span
	chunks []chunk
	rows   []Row
	loaded []Row // all rows of the chunks; rows are those that are to be sent
	docs   []*documents.Document
	bytes  int64
	// inserted says that the store has the documents.
	inserted bool
	// suspect says that an earlier process may have inserted it already.
	suspect bool
	visible bool
}

// flusher carries the log into the Sink, in large INSERTs, and raises the
// watermark. It never gives up on a row and never skips one.
type flusher struct {
	opts    *Options
	ids     *idCheck
	known   *knownDocuments
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
	docs    int           // documents that are not visible yet

	visible watermark
	wake    chan struct{}
	slots   chan struct{}
	ctx     context.Context
	cancel  context.CancelFunc
	workers sync.WaitGroup
}

func newFlusher(opts *Options, ids *idCheck, known *knownDocuments, m *metrics, mark func(span), attempt string) *flusher {
	f := &flusher{opts: opts, ids: ids, known: known, metrics: m, mark: mark, attempt: attempt,
		wake: make(chan struct{}, 1), slots: make(chan struct{}, opts.Inserters+1)}
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
	f.enqueue(chunk{kind: recordGroup, rows: rows, at: at, count: len(rows), bytes: int(at.length), span: span{rows[0].Stored, rows[len(rows)-1].Stored}}, nil)
}

// addDocuments is add for documents. They are known as pending before anybody
// can take them for visible.
func (f *flusher) addDocuments(docs []*documents.Document, at position) {
	sums := sumsOf(docs)
	c := chunk{kind: recordDocuments, docs: docs, at: at, count: len(docs), bytes: int(at.length), span: span{docs[0].Version, docs[len(docs)-1].Version}}
	f.enqueue(c, func(inMemory bool) { f.known.durable(docs, sums, at, inMemory) })
}

// enqueue queues a chunk and calls before, if there is one, just before that.
func (f *flusher) enqueue(c chunk, before func(inMemory bool)) {
	f.mu.Lock()
	if f.memory >= f.opts.MemoryBytes {
		c.rows, c.docs, c.spilled = nil, nil, true
	} else {
		f.memory += int64(c.bytes)
	}
	if before != nil {
		before(!c.spilled)
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
	f.count(c, 1)
	f.report()
}

// count adds what a chunk holds to what waits, or takes it away.
func (f *flusher) count(c chunk, sign int) {
	if c.kind == recordDocuments {
		f.docs += sign * c.count
	} else {
		f.rows += sign * c.count
	}
}

func (f *flusher) report() {
	f.metrics.queueDocs.Set(float64(f.docs))
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
	hurried := f.hurried >= f.queue[0].span.first
	// The last slot is for readers that wait: a batch of theirs is small and would
	// otherwise come only when a large one is through.
	if f.underWay() >= f.opts.Inserters && !hurried {
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
	if pause = f.opts.FlushInterval - time.Since(f.since); pause <= 0 || hurried {
		return len(f.queue), 0
	}
	return 0, pause
}

// underWay counts the batches that the store does not have yet.
func (f *flusher) underWay() int {
	n := 0
	for _, b := range f.flight {
		if !b.visible {
			n++
		}
	}
	return n
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
