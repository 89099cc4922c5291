package commit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lernspur/documents"
)

// Documents are kept by the same log, under the same promises as statements:
// when a change returns nil it is durable, Document sees it from then on, and so
// does every list that begins after a later Wait.

// Change replaces one document by what change makes of it, as one step: no other
// change of the document, and no DeleteAll of its shelf, comes between the reading
// of current and the moment at which next is durable. current is nil when there
// is no document. change answers nil for no change, or an error, which Change
// returns as it is; it is called once at most and must not wait for anything.
// Of next, ContentType, Content and Deleted count; the rest is filled in.
//
// What is durable is returned; nil when nothing was changed. Errors besides that
// of change: *ErrBusy (nothing was taken), ErrUnknown (the log failed: the
// change may or may not show after the next start; until then the old version is
// answered), the context's error (the outcome is open; the document stays locked
// until it is known).
func (c *Committer) Change(ctx context.Context, key documents.Key, change func(current *documents.Document) (next *documents.Document, err error)) (*documents.Document, error) {
	if err := c.flush.admit(ctx); err != nil {
		return nil, err
	}
	sum := key.Sum()
	unlock, err := c.locks.document(ctx, &key, sum)
	if err != nil {
		return nil, c.tooLate(err, "others are changing this document")
	}
	held := true
	defer func() {
		if held {
			unlock()
		}
	}()
	current, err := c.current(ctx, key, sum)
	if err != nil {
		return nil, err
	}
	if current != nil && current.Deleted {
		current = nil
	}
	next, err := change(current)
	if err != nil || next == nil {
		return nil, err
	}
	next.Key = key
	if next.Deleted {
		next.ContentType, next.Content = "", nil
	}
	held = false // keepDocuments unlocks
	if err := c.keepDocuments(ctx, []*documents.Document{next}, unlock); err != nil {
		return nil, err
	}
	return next, nil
}

// current is the newest version of a document whose lock is held; nil for none.
func (c *Committer) current(ctx context.Context, key documents.Key, sum documents.Sum) (*documents.Document, error) {
	d, known, err := c.knownDocument(sum)
	if err != nil {
		return nil, err
	}
	if known {
		return d, nil
	}
	bounded, cancel := context.WithTimeout(ctx, c.opts.WaitTimeout)
	defer cancel()
	c.metrics.documentReads.WithLabelValues("database").Inc()
	d, err = c.opts.Sink.Document(bounded, key)
	if err != nil {
		if ctx.Err() != nil {
			return nil, c.tooLate(ctx.Err(), "the database is slow, and what is stored has to be read first")
		}
		c.unread.warn("a document", err)
		return nil, busy("the database is away, and what is stored has to be read first")
	}
	if d == nil {
		d = &documents.Document{Key: key, Deleted: true}
	}
	c.known.read(sum, d)
	return d, nil
}

// knownDocument looks for a document in memory, then in the log.
func (c *Committer) knownDocument(sum documents.Sum) (d *documents.Document, known bool, err error) {
	for range 2 {
		d, known, at := c.known.get(sum)
		if known {
			c.metrics.documentReads.WithLabelValues("memory").Inc()
			return d, true, nil
		}
		if at == (position{}) {
			return nil, false, nil
		}
		c.metrics.documentReads.WithLabelValues("log").Inc()
		docs, err := readDocuments(at)
		if err == nil {
			for i := len(docs) - 1; i >= 0; i-- {
				if docs[i].Sum() == sum {
					return docs[i], true, nil
				}
			}
		}
		// The file is gone once the store has the document: another look tells.
		if _, _, again := c.known.get(sum); again == at {
			return nil, false, fmt.Errorf("reading a document from the log: %w", err)
		}
	}
	return nil, false, busy("this document changes faster than it can be read")
}

// Document answers the newest durable version of a document; nil when there is
// none. Errors: the Sink's, which it asks for what it does not know itself.
func (c *Committer) Document(ctx context.Context, key documents.Key) (*documents.Document, error) {
	d, known, err := c.knownDocument(key.Sum())
	if err != nil {
		return nil, err
	}
	if !known {
		c.metrics.documentReads.WithLabelValues("database").Inc()
		if d, err = c.opts.Sink.Document(ctx, key); err != nil {
			return nil, err
		}
	}
	if d == nil || d.Deleted {
		return nil, nil
	}
	return d, nil
}

// Replace makes new versions of documents of one shelf durable, all or none, be
// they there already or not, and fills in their Version: it is for who has the
// whole shelf in memory, and so knows what it replaces. Of each, Registration, ID,
// ContentType, Content and Deleted count. Nothing else on the shelf changes
// meanwhile. Errors as those of Change.
func (c *Committer) Replace(ctx context.Context, shelf documents.Shelf, docs []*documents.Document) error {
	if len(docs) == 0 {
		return nil
	}
	if err := c.flush.admit(ctx); err != nil {
		return err
	}
	unlock, err := c.locks.shelf(ctx, shelf)
	if err != nil {
		return c.tooLate(err, "others are changing these documents")
	}
	for _, d := range docs {
		d.Shelf = shelf
		if d.Deleted {
			d.ContentType, d.Content = "", nil
		}
	}
	return c.keepDocuments(ctx, docs, unlock)
}

// deleteAtOnce is how many documents DeleteAll makes durable in one step.
const deleteAtOnce = 5000

// DeleteAll deletes the documents of a shelf that filter lets through. No change
// on the shelf comes between: a document that is created beside it is either
// deleted, or created afterwards. Up to deleteAtOnce documents are deleted in one
// step, more in several; when it returns an error other than ErrBusy, some may be
// deleted. Errors as those of Change.
func (c *Committer) DeleteAll(ctx context.Context, shelf documents.Shelf, filter func(documents.Key) bool) error {
	if err := c.flush.admit(ctx); err != nil {
		return err
	}
	unlock, err := c.locks.shelf(ctx, shelf)
	if err != nil {
		return c.tooLate(err, "others are changing these documents")
	}
	keys, err := c.shelfKeys(ctx, shelf)
	if err != nil {
		unlock()
		return err
	}
	var docs []*documents.Document
	for _, key := range keys {
		if filter(key) {
			docs = append(docs, &documents.Document{Key: key, Deleted: true})
		}
	}
	for len(docs) > deleteAtOnce {
		step := make(chan struct{})
		if err := c.keepDocuments(ctx, docs[:deleteAtOnce], func() { close(step) }); err != nil {
			// The lock outlives the step, as its outcome may be open.
			go func() { <-step; unlock() }()
			return err
		}
		docs = docs[deleteAtOnce:]
	}
	if len(docs) == 0 {
		unlock()
		return nil
	}
	return c.keepDocuments(ctx, docs, unlock)
}

// shelfKeys lists what is on a shelf that is locked.
func (c *Committer) shelfKeys(ctx context.Context, shelf documents.Shelf) ([]documents.Key, error) {
	if _, err := c.Wait(ctx); err != nil {
		var full *ErrBusy
		if errors.As(err, &full) {
			return nil, err
		}
		return nil, c.tooLate(err, "the database does not yet have what was acknowledged")
	}
	bounded, cancel := context.WithTimeout(ctx, c.opts.WaitTimeout)
	defer cancel()
	keys, err := c.opts.Sink.ShelfKeys(bounded, shelf)
	if err != nil {
		c.unread.warn("the documents of a shelf", err)
		return nil, busy("the database is away, and what is stored has to be read first")
	}
	return keys, nil
}

// keepDocuments makes new versions durable, all or none, and calls unlock once it
// is known what became of them, which may be after it has returned.
func (c *Committer) keepDocuments(ctx context.Context, docs []*documents.Document, unlock func()) error {
	begun := time.Now()
	defer func() { c.metrics.documentWait.Observe(time.Since(begun).Seconds()) }()
	g, err := c.joinDocuments(docs)
	if err != nil {
		unlock()
		return err
	}
	select {
	case <-g.done:
		unlock()
	case <-ctx.Done():
		go func() { <-g.done; unlock() }()
		return ctx.Err()
	}
	if g.err != nil {
		return g.err
	}
	c.metrics.documents.Add(float64(len(docs)))
	return c.acknowledged(ctx, docs[len(docs)-1].Version)
}

// joinDocuments puts documents into the open group or refuses them at once.
func (c *Committer) joinDocuments(docs []*documents.Document) (*group, error) {
	size := 0
	for _, d := range docs {
		size += documentSize(d)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.refuses(size); err != nil {
		return nil, err
	}
	g := c.open
	g.docs = append(g.docs, docs...)
	g.bytes += size
	g.changes++
	c.signal()
	return g, nil
}

// tooLate is what becomes of a request whose context ended before anything of it
// was taken.
func (c *Committer) tooLate(err error, reason string) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return busy(reason)
	}
	return err
}
