package commit

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"lernspur/documents"
)

var testShelf = documents.Shelf{Tenant: "town", Kind: documents.State, Activity: "http://example.com/kurs", Agent: "mbox|mailto:anna@stadt.example"}

func docKey(id string) documents.Key { return documents.Key{Shelf: testShelf, ID: id} }

// set replaces a document whatever it was.
func set(t testing.TB, c *Committer, id, content string) *documents.Document {
	t.Helper()
	d, err := c.Change(context.Background(), docKey(id), func(*documents.Document) (*documents.Document, error) {
		return &documents.Document{ContentType: "text/plain", Content: []byte(content)}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func remove(t testing.TB, c *Committer, id string) {
	t.Helper()
	if _, err := c.Change(context.Background(), docKey(id), func(*documents.Document) (*documents.Document, error) {
		return &documents.Document{Deleted: true}, nil
	}); err != nil {
		t.Fatal(err)
	}
}

// content is what a reader gets, "" for no document.
func content(t testing.TB, c *Committer, id string) string {
	t.Helper()
	d, err := c.Document(context.Background(), docKey(id))
	if err != nil {
		t.Fatal(err)
	}
	if d == nil {
		return ""
	}
	return string(d.Content)
}

// inSink is what the sink has, "" for no document.
func (m *modelSink) inSink(id string) string {
	key := docKey(id)
	m.mu.Lock()
	defer m.mu.Unlock()
	d := m.docs[key.Sum()]
	if d == nil || d.Deleted {
		return ""
	}
	return string(d.Content)
}

func expect(t testing.TB, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func TestADocumentIsReadableAtOnce(t *testing.T) {
	for name, cache := range map[string]int64{"kept in memory": 0, "kept only until it is in the store": 1} {
		t.Run(name, func(t *testing.T) {
			sink := newModelSink()
			sink.docGate = make(chan struct{})
			c := open(t, sink, t.TempDir(), func(o *Options) { o.DocumentCache = cache })
			expect(t, "before", content(t, c, "a"), "")
			first := set(t, c, "a", "one")
			expect(t, "created", content(t, c, "a"), "one")
			second := set(t, c, "a", "two")
			expect(t, "changed", content(t, c, "a"), "two")
			if first.Version >= second.Version {
				t.Errorf("version %d came after %d", second.Version, first.Version)
			}
			remove(t, c, "a")
			expect(t, "deleted", content(t, c, "a"), "")
			set(t, c, "a", "three")
			close(sink.docGate)
			if v := wait(t, c); v < second.Version {
				t.Errorf("the watermark is %d and does not cover %d", v, second.Version)
			}
			expect(t, "in the sink", sink.inSink("a"), "three")
			expect(t, "visible", content(t, c, "a"), "three")
			crash(c) // so that the flusher has done all that follows
			if n := len(c.known.pending); n > 0 {
				t.Errorf("%d documents are still pending", n)
			}
		})
	}
}

// TestDocumentsWithEachStepFailing: every step fails with nothing done, and with
// everything done.
func TestDocumentsWithEachStepFailing(t *testing.T) {
	tests := []struct {
		name   string
		faults func(*modelSink)
	}{
		{"documents are lost", func(m *modelSink) { m.faults.document = []fault{lost, lost} }},
		{"documents are stored but reported as failed", func(m *modelSink) { m.faults.document = []fault{stored} }},
		{"documents land late", func(m *modelSink) { m.faults.document = []fault{landsLate, landsLate} }},
		{"statements are lost", func(m *modelSink) { m.faults.insert = []fault{lost} }},
		{"statements are stored but reported as failed", func(m *modelSink) { m.faults.insert = []fault{stored} }},
		{"killing fails", func(m *modelSink) { m.faults.document = []fault{landsLate}; m.faults.kill = []fault{lost, lost} }},
		{"reading back fails", func(m *modelSink) { m.faults.insert = []fault{stored}; m.faults.present = []fault{lost} }},
	}
	change := func(t *testing.T, c *Committer) {
		set(t, c, "a", "one")
		post(t, c, statement(t, 1, "read"), statement(t, 2, "read"))
		set(t, c, "b", "other")
		set(t, c, "a", "two")
		remove(t, c, "b")
	}
	check := func(t *testing.T, sink *modelSink, c *Committer) {
		t.Helper()
		wait(t, c)
		sink.land()
		sink.exactly(t, id(1), id(2))
		for key, want := range map[string]string{"a": "two", "b": ""} {
			expect(t, key+" in the sink", sink.inSink(key), want)
			expect(t, key, content(t, c, key), want)
		}
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			sink := newModelSink()
			c := open(t, sink, t.TempDir(), nil)
			sink.set(func() { test.faults(sink) })
			change(t, c)
			check(t, sink, c)
		})
		t.Run(test.name+", then a crash", func(t *testing.T) {
			sink, dir := newModelSink(), t.TempDir()
			c := open(t, sink, dir, nil)
			sink.set(func() { test.faults(sink) })
			change(t, c)
			crash(c)
			sink.set(func() { sink.faults.kill, sink.faults.present = nil, nil })
			c = open(t, sink, dir, nil)
			expect(t, "right after the start", content(t, c, "a"), "two")
			expect(t, "right after the start", content(t, c, "b"), "")
			check(t, sink, c)
		})
	}
}

func TestVersionsRiseOverRestartsAndClockSteps(t *testing.T) {
	sink, dir := newModelSink(), t.TempDir()
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	var last int64
	for i := range 4 {
		if i == 3 {
			dir = t.TempDir() // the log is gone, the store knows
		}
		c := open(t, sink, dir, func(o *Options) { o.Clock = func() time.Time { return now } })
		d := set(t, c, "a", "x")
		if d.Version <= last {
			t.Fatalf("versions went from %d to %d", last, d.Version)
		}
		last = d.Version
		now = now.Add(-time.Hour)
		wait(t, c)
		crash(c)
	}
}

// TestDocumentsBeyondMemoryComeFromTheLog keeps nothing but places in the log.
func TestDocumentsBeyondMemoryComeFromTheLog(t *testing.T) {
	sink := newModelSink()
	sink.docGate = make(chan struct{})
	c := open(t, sink, t.TempDir(), func(o *Options) { o.MemoryBytes, o.DocumentCache, o.HoldBack = 1, 1, time.Millisecond })
	for i := range 5 {
		for _, id := range []string{"a", "b"} {
			want := ""
			if i > 0 {
				want = strconv.Itoa(i - 1)
			}
			expect(t, id, content(t, c, id), want)
			set(t, c, id, strconv.Itoa(i))
		}
	}
	close(sink.docGate)
	wait(t, c)
	expect(t, "a", sink.inSink("a"), "4")
	expect(t, "b", sink.inSink("b"), "4")
}

// TestOnlyTheNewestVersionIsInserted: what is replaced within one batch is not
// sent.
func TestOnlyTheNewestVersionIsInserted(t *testing.T) {
	sink := newModelSink()
	c := open(t, sink, t.TempDir(), func(o *Options) { o.FlushInterval = time.Hour })
	for i := range 50 {
		set(t, c, "a", strconv.Itoa(i))
	}
	wait(t, c)
	if sink.docInserts != 1 {
		t.Errorf("%d versions were inserted", sink.docInserts)
	}
	expect(t, "a", sink.inSink("a"), "49")
}

// TestNoUpdateIsLost has many writers that compare and set.
func TestNoUpdateIsLost(t *testing.T) {
	for name, cache := range map[string]int64{"with a cache": 0, "without": 1} {
		t.Run(name, func(t *testing.T) {
			sink := newModelSink()
			c := open(t, sink, t.TempDir(), func(o *Options) { o.DocumentCache = cache })
			const writers, each = 64, 5
			var group sync.WaitGroup
			for range writers {
				group.Go(func() {
					for range each {
						_, err := c.Change(context.Background(), docKey("n"), func(d *documents.Document) (*documents.Document, error) {
							n := 0
							if d != nil {
								n, _ = strconv.Atoi(string(d.Content))
							}
							return &documents.Document{Content: []byte(strconv.Itoa(n + 1))}, nil
						})
						if err != nil {
							t.Error(err)
						}
					}
				})
			}
			group.Wait()
			wait(t, c)
			expect(t, "the sum", sink.inSink("n"), strconv.Itoa(writers*each))
			if len(c.locks.shelves) != 0 || len(c.locks.single) != 0 {
				t.Errorf("locks are left: %d and %d", len(c.locks.shelves), len(c.locks.single))
			}
		})
	}
}

func TestAnErrorOfTheChangeChangesNothing(t *testing.T) {
	c := open(t, newModelSink(), t.TempDir(), nil)
	set(t, c, "a", "one")
	own := errors.New("of the change")
	for _, answer := range []error{own, nil} {
		d, err := c.Change(context.Background(), docKey("a"), func(current *documents.Document) (*documents.Document, error) {
			expect(t, "current", string(current.Content), "one")
			return nil, answer
		})
		if d != nil || !errors.Is(err, answer) {
			t.Errorf("%v, %v", d, err)
		}
	}
	expect(t, "afterwards", content(t, c, "a"), "one")
}

func TestDocumentsWhileTheSinkIsAway(t *testing.T) {
	sink := newModelSink()
	c := open(t, sink, t.TempDir(), func(o *Options) { o.WaitTimeout, o.DocumentCache = 50*time.Millisecond, 2000 })
	set(t, c, "stored", "zero")
	for i := range 10 { // which leaves no room for it among the recent ones
		set(t, c, fmt.Sprint(i), "x")
	}
	set(t, c, "recent", "two")
	wait(t, c)
	sink.set(func() { sink.away = true })
	set(t, c, "recent", "three")
	expect(t, "a recent document", content(t, c, "recent"), "three")
	expect(t, "one that never was", content(t, c, "new"), "")
	set(t, c, "new", "four")
	expect(t, "one that is new", content(t, c, "new"), "four")
	var full *ErrBusy
	_, err := c.Change(context.Background(), docKey("stored"), func(*documents.Document) (*documents.Document, error) {
		t.Error("a change was made of what is not known")
		return nil, nil
	})
	if !errors.As(err, &full) {
		t.Errorf("a change that has to read: %v, not ErrBusy", err)
	}
	if err := c.DeleteAll(context.Background(), testShelf, all); !errors.As(err, &full) {
		t.Errorf("a deletion that has to read: %v, not ErrBusy", err)
	}
	sink.set(func() { sink.away = false })
	set(t, c, "stored", "five")
	expect(t, "afterwards", content(t, c, "stored"), "five")
}

// TestWhatNeverWasIsNotAskedFor: new documents cost the store no look, before a
// restart and after it; those that are there are asked for.
func TestWhatNeverWasIsNotAskedFor(t *testing.T) {
	sink, dir := newModelSink(), t.TempDir()
	small := func(o *Options) { o.DocumentCache = 1 }
	c := open(t, sink, dir, small)
	for i := range 100 {
		expect(t, "before", content(t, c, fmt.Sprint(i)), "")
		set(t, c, fmt.Sprint(i), "x")
	}
	wait(t, c)
	crash(c)
	c = open(t, sink, dir, small)
	for i := range 100 {
		set(t, c, fmt.Sprint("new", i), "x")
	}
	if sink.docReads > 2 {
		t.Errorf("the store was asked %d times", sink.docReads)
	}
	for i := range 100 {
		expect(t, "after the restart", content(t, c, fmt.Sprint(i)), "x")
	}
}

func all(documents.Key) bool { return true }

func TestDeleteAll(t *testing.T) {
	sink := newModelSink()
	c := open(t, sink, t.TempDir(), nil)
	other := documents.Key{Shelf: testShelf, Registration: uuid.MustParse("00000000-0000-4000-8000-000000000001"), ID: "a"}
	if _, err := c.Change(context.Background(), other, func(*documents.Document) (*documents.Document, error) {
		return &documents.Document{Content: []byte("registered")}, nil
	}); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		set(t, c, fmt.Sprint(i), "x")
	}
	err := c.DeleteAll(context.Background(), testShelf, func(k documents.Key) bool { return k.Registration == uuid.Nil })
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		expect(t, "deleted", content(t, c, fmt.Sprint(i)), "")
	}
	if d, err := c.Document(context.Background(), other); err != nil || d == nil {
		t.Errorf("the one of the registration: %v, %v", d, err)
	}
	if err := c.DeleteAll(context.Background(), testShelf, all); err != nil {
		t.Fatal(err)
	}
	if d, err := c.Document(context.Background(), other); err != nil || d != nil {
		t.Errorf("the one of the registration, deleted: %v, %v", d, err)
	}
	if err := c.DeleteAll(context.Background(), testShelf, all); err != nil {
		t.Errorf("nothing to delete: %v", err)
	}
}

// TestDeleteAllKeepsCreationsApart: while a shelf is being emptied nothing is put
// there, and what is put there afterwards stays.
func TestDeleteAllKeepsCreationsApart(t *testing.T) {
	sink := newModelSink()
	c := open(t, sink, t.TempDir(), nil)
	set(t, c, "old", "x")
	gate := make(chan struct{})
	sink.set(func() { sink.shelfGate = gate })
	deleted := make(chan error)
	go func() { deleted <- c.DeleteAll(context.Background(), testShelf, all) }()
	held := func() bool {
		c.locks.mu.Lock()
		defer c.locks.mu.Unlock()
		return len(c.locks.shelves) == 1
	}
	for !held() {
		time.Sleep(time.Millisecond)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	_, err := c.Change(ctx, docKey("new"), func(*documents.Document) (*documents.Document, error) {
		t.Error("a change was made on a shelf that is being emptied")
		return nil, nil
	})
	var full *ErrBusy
	if !errors.As(err, &full) {
		t.Errorf("a change meanwhile: %v, not ErrBusy", err)
	}
	created := make(chan struct{})
	go func() { set(t, c, "new", "y"); close(created) }()
	close(gate)
	if err := <-deleted; err != nil {
		t.Error(err)
	}
	<-created
	expect(t, "the old one", content(t, c, "old"), "")
	expect(t, "the new one", content(t, c, "new"), "y")
}

func TestABrokenLogLeavesTheOldVersion(t *testing.T) {
	c := open(t, newModelSink(), t.TempDir(), nil)
	set(t, c, "a", "one")
	c.log.file.Close()
	put := func() error {
		_, err := c.Change(context.Background(), docKey("a"), func(*documents.Document) (*documents.Document, error) {
			return &documents.Document{Content: []byte("two")}, nil
		})
		return err
	}
	if err := put(); !errors.Is(err, ErrUnknown) {
		t.Errorf("%v, not ErrUnknown", err)
	}
	var full *ErrBusy
	if err := put(); !errors.As(err, &full) {
		t.Errorf("the next one: %v, not ErrBusy", err)
	}
	expect(t, "what is read", content(t, c, "a"), "one")
}

// TestDocumentsAreAcknowledgedByTheStore: where that is asked for.
func TestDocumentsAreAcknowledgedByTheStore(t *testing.T) {
	sink := newModelSink()
	c := open(t, sink, t.TempDir(), func(o *Options) { o.Acknowledge, o.FlushInterval = AcknowledgeStore, time.Hour })
	set(t, c, "a", "one")
	expect(t, "in the sink", sink.inSink("a"), "one")
}

// TestAClientThatLeftKeepsTheLock: the next change sees what became of the one
// before.
func TestAClientThatLeftKeepsTheLock(t *testing.T) {
	c := open(t, newModelSink(), t.TempDir(), nil)
	for i := range 50 {
		ctx, leave := context.WithCancel(context.Background())
		_, err := c.Change(ctx, docKey("n"), func(*documents.Document) (*documents.Document, error) {
			leave() // before it is durable, as a rule
			return &documents.Document{Content: []byte(strconv.Itoa(i))}, nil
		})
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		var current string
		if _, err := c.Change(context.Background(), docKey("n"), func(d *documents.Document) (*documents.Document, error) {
			current = string(d.Content)
			return nil, nil
		}); err != nil {
			t.Fatal(err)
		}
		expect(t, "what the next change sees", current, strconv.Itoa(i))
	}
}

// TestReplaceIsAllOrNone: many documents of a shelf in one step, which a crash
// leaves whole, and which a broken log leaves out as a whole.
func TestReplaceIsAllOrNone(t *testing.T) {
	sink, dir := newModelSink(), t.TempDir()
	c := open(t, sink, dir, nil)
	set(t, c, "2", "old")
	list := func(content string) (docs []*documents.Document) {
		for i := range 5 {
			d := &documents.Document{Key: documents.Key{ID: strconv.Itoa(i)}, ContentType: "text/plain", Content: []byte(content)}
			d.Deleted = i == 2
			docs = append(docs, d)
		}
		return docs
	}
	docs := list("new")
	if err := c.Replace(context.Background(), testShelf, docs); err != nil {
		t.Fatal(err)
	}
	for i, d := range docs {
		if i > 0 && d.Version <= docs[i-1].Version {
			t.Errorf("version %d follows %d", d.Version, docs[i-1].Version)
		}
	}
	crash(c)
	c = open(t, sink, dir, nil)
	c.log.file.Close()
	if err := c.Replace(context.Background(), testShelf, list("newer")); !errors.Is(err, ErrUnknown) {
		t.Errorf("%v, not ErrUnknown", err)
	}
	for i, want := range []string{"new", "new", "", "new", "new"} {
		expect(t, strconv.Itoa(i), content(t, c, strconv.Itoa(i)), want)
	}
	if err := c.Replace(context.Background(), testShelf, nil); err != nil {
		t.Errorf("nothing to replace: %v", err)
	}
}
