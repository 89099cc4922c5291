package commit

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"lernspur/documents"
)

// recovered is what the log says at the start.
type recovered struct {
	last    int64
	chunks  []chunk
	entries [][]pendingID           // beside chunks
	docs    [][]documentVersion     // beside chunks
	newest  map[documents.Sum]int64 // version of every document in the log, marked ones too
	done    []span
}

// documentVersion is what is to be known of a document in the log.
type documentVersion struct {
	sum     documents.Sum
	version int64
}

type pendingID struct {
	key    idKey
	digest [16]byte
}

// recover reads the log and the store's ids, and sets up everything that Open
// starts. Statements that the log has and that no mark calls done may or may
// not be in the store: the flusher finds out before it sends them.
func (c *Committer) recover(ctx context.Context) error {
	var found recovered
	var err error
	c.log, err = openLog(c.opts.Dir, c.opts.SegmentBytes, found.visit)
	if err != nil {
		return err
	}
	found.settle()
	writer, err := writerName(c.opts.Dir)
	if err != nil {
		return err
	}
	if err := c.opts.Sink.Kill(ctx, writer+"-"); err != nil {
		return fmt.Errorf("ending the INSERTs of the process before: %w", err)
	}
	stored, err := c.opts.Sink.LastStored(ctx)
	if err != nil {
		return fmt.Errorf("reading the highest stored instant: %w", err)
	}
	begun := c.opts.Clock().UnixMicro()
	c.last = max(found.last, stored, begun)

	c.unread = &unreadable{logger: c.opts.Logger}
	c.ids = &idCheck{sink: c.opts.Sink, unread: c.unread, timeout: c.opts.WaitTimeout, pending: make(map[idKey]claimed),
		lookups: func(n int) { c.metrics.idLookups.Add(float64(n)) }}
	if err := c.loadIDs(ctx, found.entries); err != nil {
		return err
	}
	err = c.opts.Sink.DocumentKeys(ctx, func(key documents.Key) { c.known.stored(key.Sum()) })
	if err != nil {
		return fmt.Errorf("reading the keys of all documents: %w", err)
	}
	c.flush = newFlusher(&c.opts, c.ids, c.known, c.metrics, c.mark, fmt.Sprintf("%s-%d-", writer, begun))
	c.durable.raise(found.last)
	c.flush.suspect = found.last
	visible := c.last
	for i, chunk := range found.chunks {
		visible = min(visible, chunk.span.first-1)
		c.flush.push(chunk)
		for _, d := range found.docs[i] {
			// A later version may be in the store before an earlier one.
			if d.version == found.newest[d.sum] {
				c.known.recovered(d, chunk.at)
			}
		}
	}
	c.flush.visible.raise(visible)
	if n := len(found.chunks); n > 0 {
		c.opts.Logger.Info("the log holds statements for the database", zap.Int("groups", n), zap.Int("statements", c.flush.rows), zap.Int("documents", c.flush.docs))
	}
	return nil
}

// loadIDs fills the filter from the store and the log.
func (c *Committer) loadIDs(ctx context.Context, groups [][]pendingID) error {
	err := c.opts.Sink.IDs(ctx, func(tenant string, id uuid.UUID) { c.ids.filter.testAndAdd(tenant, id) })
	if err != nil {
		return fmt.Errorf("reading the ids of all stored statements: %w", err)
	}
	settled := &flight{settled: make(chan struct{})}
	close(settled.settled)
	for _, group := range groups {
		for _, p := range group {
			c.ids.filter.testAndAdd(p.key.tenant, p.key.id)
			c.ids.pending[p.key] = claimed{p.digest, settled}
		}
	}
	return nil
}

// visit takes in one record.
func (r *recovered) visit(rec record, at position) (int64, error) {
	last := int64(0)
	switch rec.kind {
	case recordSegment:
		last = int64(binary.LittleEndian.Uint64(rec.payload[4:]))
	case recordDone:
		s, err := parseDone(rec.payload)
		if err != nil {
			return 0, err
		}
		r.done = append(r.done, s)
		last = s.last
	case recordGroup:
		c := chunk{kind: recordGroup, at: at, bytes: int(at.length), span: span{first: -1}, spilled: true}
		var ids []pendingID
		for p := rec.payload; len(p) > 0; c.count++ {
			e, rest, err := nextEntry(p)
			if err != nil {
				return 0, err
			}
			if e.stored <= c.span.last || e.stored <= r.last {
				return 0, errors.New("stored instants do not rise")
			}
			if c.span.first < 0 {
				c.span.first = e.stored
			}
			c.span.last = e.stored
			ids = append(ids, pendingID{idKey{e.tenant, e.id}, e.digest})
			p = rest
		}
		if c.count == 0 {
			return 0, errors.New("a group is empty")
		}
		r.chunks = append(r.chunks, c)
		r.entries = append(r.entries, ids)
		r.docs = append(r.docs, nil)
		last = c.span.last
	case recordDocuments:
		var err error
		if last, err = r.visitDocuments(rec, at); err != nil {
			return 0, err
		}
	}
	r.last = max(r.last, last)
	return last, nil
}

// visitDocuments takes in a record of documents.
func (r *recovered) visitDocuments(rec record, at position) (int64, error) {
	c := chunk{kind: recordDocuments, at: at, bytes: int(at.length), spilled: true}
	var docs []documentVersion
	if r.newest == nil {
		r.newest = make(map[documents.Sum]int64)
	}
	rising := true
	err := eachDocument(rec.payload, func(d *documents.Document) {
		rising = rising && d.Version > max(c.span.last, r.last)
		if c.count == 0 {
			c.span.first = d.Version
		}
		c.span.last = d.Version
		c.count++
		v := documentVersion{d.Sum(), d.Version}
		r.newest[v.sum] = v.version
		docs = append(docs, v)
	})
	switch {
	case err != nil:
		return 0, err
	case !rising:
		return 0, errors.New("versions of documents do not rise")
	case c.count == 0:
		return 0, errors.New("a record of documents is empty")
	}
	r.chunks = append(r.chunks, c)
	r.entries = append(r.entries, nil)
	r.docs = append(r.docs, docs)
	return c.span.last, nil
}

// settle removes what is marked as done. A mark covers whole groups; it may lie
// within another one, since a group that was not marked before a crash is
// carried again together with groups on both sides of marked ones.
func (r *recovered) settle() {
	sort.Slice(r.done, func(i, j int) bool { return r.done[i].first < r.done[j].first })
	for i := 1; i < len(r.done); i++ {
		r.done[i].last = max(r.done[i].last, r.done[i-1].last)
	}
	chunks, entries, docs := r.chunks[:0], r.entries[:0], r.docs[:0]
	for i, c := range r.chunks {
		n := sort.Search(len(r.done), func(j int) bool { return r.done[j].first > c.span.first })
		if n > 0 && r.done[n-1].last >= c.span.last {
			continue
		}
		chunks, entries, docs = append(chunks, c), append(entries, r.entries[i]), append(docs, r.docs[i])
	}
	r.chunks, r.entries, r.docs = chunks, entries, docs
}

// writerName is the name under which this log writes to the store. It stays
// the same over restarts, so that a new process can end what the one before
// left running there.
func writerName(dir string) (string, error) {
	path := filepath.Join(dir, "writer")
	if b, err := os.ReadFile(path); err == nil && len(strings.TrimSpace(string(b))) > 0 {
		return strings.TrimSpace(string(b)), nil
	} else if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	name := "lernspur-" + uuid.NewString()
	temporary := path + ".new"
	if err := os.WriteFile(temporary, []byte(name+"\n"), 0o600); err != nil {
		return "", err
	}
	if err := os.Rename(temporary, path); err != nil {
		return "", err
	}
	return name, syncDir(dir)
}
