package commit

import (
	"errors"
	"time"

	"go.uber.org/zap"

	"lernspur/internal/failpoint"
)

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
		ready := !g.empty()
		if ready {
			c.open, c.writing = newGroup(), g
			c.last = max(c.last, c.floor)
		}
		c.done = nil
		c.mu.Unlock()
		switch {
		case ready:
			crowd = len(g.flights) + g.changes
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
	for _, d := range g.docs {
		c.last = max(now, c.last+1)
		d.Version = c.last
	}
	err := c.log.rotate(previous)
	var at places
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
	if len(g.rows) > 0 {
		c.metrics.groupRows.Observe(float64(len(g.rows)))
	}
	c.metrics.logSync.Observe(time.Since(begun).Seconds())
	c.metrics.logBytes.Set(float64(c.log.bytes()))
	failpoint.Hit(failpoint.Synced)
	c.queue(g, at)
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

// places are where the records of one group lie.
type places struct{ rows, docs position }

// queue hands what is durable now to the flusher.
func (c *Committer) queue(g *group, at places) {
	if len(g.rows) > 0 {
		c.flush.add(g.rows, at.rows)
	}
	if len(g.docs) > 0 {
		c.flush.addDocuments(g.docs, at.docs)
	}
}

// write encodes and appends the group's records and the marks: statements, then
// documents, as their instants rise.
func (c *Committer) write(buf []byte, g *group, done []span) ([]byte, places, error) {
	sequence := c.log.sequence
	if len(g.rows) > 0 {
		sequence++
		buf = beginRecord(buf, recordGroup)
		for _, row := range g.rows {
			buf = appendEntry(buf, row)
		}
		endRecord(buf, 0, sequence)
	}
	rows := len(buf)
	if len(g.docs) > 0 {
		sequence++
		buf = beginRecord(buf, recordDocuments)
		for _, d := range g.docs {
			buf = appendDocument(buf, d)
		}
		endRecord(buf, rows, sequence)
	}
	docs := len(buf) - rows
	for _, s := range done {
		sequence++
		buf = appendDone(buf, sequence, s)
	}
	whole, err := c.log.append(buf, int(sequence-c.log.sequence), c.last)
	if err == nil {
		c.drop()
	}
	return buf, places{
		rows: position{whole.path, whole.offset, int64(rows)},
		docs: position{whole.path, whole.offset + int64(rows), int64(docs)},
	}, err
}

// appendMarks writes marks alone. They only shorten the next start, so a full
// disk merely postpones them.
func (c *Committer) appendMarks(buf []byte, done []span) []byte {
	for i, s := range done {
		buf = appendDone(buf, c.log.sequence+1+uint64(i), s)
	}
	_, err := c.log.append(buf, len(done), c.last)
	switch {
	case errors.Is(err, errNoSpace):
		c.remember(done)
	case err != nil:
		c.fail(err)
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
