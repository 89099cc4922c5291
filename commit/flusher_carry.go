package commit

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"

	"lernspur/documents"
	"lernspur/internal/failpoint"
)

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
	b.rows, b.docs = b.rows[:0], b.docs[:0]
	for i := range b.chunks {
		c := b.chunks[i]
		if c.spilled {
			var err error
			if c.kind == recordDocuments {
				c.docs, err = readDocuments(c.at)
			} else {
				c.rows, err = readGroup(c.at)
			}
			if err != nil {
				return err
			}
		}
		b.rows = append(b.rows, c.rows...)
		b.docs = append(b.docs, c.docs...)
	}
	b.loaded = b.rows
	return nil
}

// insert sends the rows of a batch; after failures in smaller pieces, since
// the engine refuses an INSERT for which it lacks memory.
func (f *flusher) insert(b *batch, try int) error {
	if err := f.insertDocuments(b, try); err != nil {
		return err
	}
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

// insertDocuments sends the newest version that a batch has of each document.
// That they may be there already does no harm, so nobody looks before.
func (f *flusher) insertDocuments(b *batch, try int) error {
	if len(b.docs) == 0 || b.inserted {
		return nil
	}
	newest := newestVersions(b.docs)
	limit := max(f.opts.FlushBytes>>min(try, 4), 1)
	for at := 0; at < len(newest); {
		end, size := at, 0
		for end < len(newest) && (end == at || size+documentSize(newest[end]) <= limit) {
			size += documentSize(newest[end])
			end++
		}
		ctx, cancel := context.WithTimeout(f.ctx, f.opts.InsertTimeout)
		err := f.opts.Sink.InsertDocuments(ctx, fmt.Sprintf("%s%d-%d-documents-%d", f.attempt, b.span.first, try, at), newest[at:end])
		cancel()
		if err != nil {
			return err
		}
		at = end
	}
	b.inserted = true
	return nil
}

// newestVersions leaves out what a later version replaces.
func newestVersions(docs []*documents.Document) []*documents.Document {
	last := make(map[documents.Sum]int, len(docs))
	for i, d := range docs {
		last[d.Sum()] = i
	}
	newest := make([]*documents.Document, 0, len(last))
	for i, d := range docs {
		if last[d.Sum()] == i {
			newest = append(newest, d)
		}
	}
	return newest
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
		if len(b.loaded) == 0 {
			return nil // documents alone, which are sent again whatever is there
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
			f.count(c, -1)
			if !c.spilled {
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
	f.signal() // there may be room for the next one
	for _, done := range complete {
		for _, c := range done.chunks {
			f.ids.forget(c.rows)
		}
		if done.hasSpilled() {
			f.ids.forget(done.loaded)
		}
		if len(done.docs) > 0 {
			f.known.visible(done.docs)
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
		if c.spilled {
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
