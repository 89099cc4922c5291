package commit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"lernspur/statements"
)

const authority = `{"account":{"homePage":"http://lernspur.test","name":"key"}}`

// statement is a statement with the n-th id, saying word.
func statement(t testing.TB, n int64, word string) *statements.Statement {
	t.Helper()
	body := fmt.Sprintf(`{"id":%q,"actor":{"mbox":"mailto:anna@stadt.example"},"verb":{"id":"http://example.com/%s"},"object":{"id":"http://example.com/kurs"}}`, id(n), word)
	sts, err := statements.Parse([]byte(body), statements.Options{Edition: statements.V1, Authority: []byte(authority), AuthorityIdentifier: "account|http://lernspur.test|key"})
	if err != nil {
		t.Fatal(err)
	}
	return sts[0]
}

func id(n int64) uuid.UUID {
	return uuid.MustParse(fmt.Sprintf("00000000-0000-4000-8000-%012d", n))
}

func testRow(t testing.TB, n, stored int64) Row {
	s := statement(t, n, "read")
	s.Stamp(stored)
	return Row{"town", s}
}

// open opens a committer that flushes at once; it is closed with the test.
func open(t *testing.T, sink Sink, dir string, change func(*Options)) *Committer {
	t.Helper()
	opts := Options{Dir: dir, Sink: sink, FlushInterval: time.Millisecond, InsertTimeout: time.Second, WaitTimeout: 5 * time.Second}
	if change != nil {
		change(&opts)
	}
	c, err := Open(context.Background(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { crash(c) })
	return c
}

// crash ends a committer without letting it finish anything.
func crash(c *Committer) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	c.Close(ctx)
}

func post(t *testing.T, c *Committer, sts ...*statements.Statement) {
	t.Helper()
	if err := c.Commit(context.Background(), "town", sts); err != nil {
		t.Fatal(err)
	}
}

func wait(t *testing.T, c *Committer) int64 {
	t.Helper()
	v, err := c.Wait(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestCommitIsVisibleAfterWait(t *testing.T) {
	sink := newModelSink()
	c := open(t, sink, t.TempDir(), func(o *Options) { o.FlushInterval = time.Hour })
	s := statement(t, 1, "read")
	post(t, c, s)
	if v := wait(t, c); v < s.Stored {
		t.Errorf("watermark %d does not cover %d", v, s.Stored)
	}
	sink.exactly(t, id(1))
}

func TestStoredRisesOverRestartsAndClockSteps(t *testing.T) {
	sink, dir := newModelSink(), t.TempDir()
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	clock := func(o *Options) { o.Clock = func() time.Time { return now } }
	var last int64
	for i := range int64(4) {
		c := open(t, sink, dir, clock)
		a, b := statement(t, 2*i, "read"), statement(t, 2*i+1, "read")
		post(t, c, a, b)
		if a.Stored <= last || b.Stored <= a.Stored {
			t.Fatalf("stored went from %d to %d and %d", last, a.Stored, b.Stored)
		}
		last = b.Stored
		now = now.Add(-time.Hour)
		wait(t, c)
		crash(c)
	}
}

func TestEachStepFailing(t *testing.T) {
	tests := []struct {
		name   string
		faults func(*modelSink)
	}{
		{"insert is lost", func(m *modelSink) { m.faults.insert = []fault{lost, lost} }},
		{"insert is stored but reported as failed", func(m *modelSink) { m.faults.insert = []fault{stored} }},
		{"insert lands late", func(m *modelSink) { m.faults.insert = []fault{landsLate, landsLate} }},
		{"lost, then stored but reported as failed", func(m *modelSink) { m.faults.insert = []fault{lost, stored} }},
		{"killing fails", func(m *modelSink) { m.faults.insert = []fault{landsLate}; m.faults.kill = []fault{lost, lost} }},
		{"reading back fails", func(m *modelSink) { m.faults.insert = []fault{stored}; m.faults.present = []fault{lost} }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			sink := newModelSink()
			c := open(t, sink, t.TempDir(), nil)
			sink.set(func() { test.faults(sink) })
			post(t, c, statement(t, 1, "read"), statement(t, 2, "read"))
			post(t, c, statement(t, 3, "read"))
			wait(t, c)
			sink.land()
			sink.exactly(t, id(1), id(2), id(3))
		})
		t.Run(test.name+", then a crash", func(t *testing.T) {
			sink, dir := newModelSink(), t.TempDir()
			c := open(t, sink, dir, nil)
			sink.set(func() { test.faults(sink) })
			post(t, c, statement(t, 1, "read"), statement(t, 2, "read"))
			crash(c)
			sink.set(func() { sink.faults.kill, sink.faults.present = nil, nil })
			c = open(t, sink, dir, nil)
			post(t, c, statement(t, 3, "read"))
			wait(t, c)
			sink.land()
			sink.exactly(t, id(1), id(2), id(3))
		})
	}
}

func TestMarkLostBeforeTheCrash(t *testing.T) {
	sink, dir := newModelSink(), t.TempDir()
	c := open(t, sink, dir, nil)
	post(t, c, statement(t, 1, "read"))
	wait(t, c)
	crash(c)
	// The log without its marks is what a crash right after the INSERT leaves.
	path := onlySegment(t, dir)
	var groupEnd int64
	l, err := openLog(dir, 1<<20, func(rec record, at position) (int64, error) {
		if rec.kind == recordGroup {
			groupEnd = at.offset + at.length
		}
		return 0, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	l.close()
	if err := os.Truncate(path, groupEnd); err != nil {
		t.Fatal(err)
	}
	c = open(t, sink, dir, nil)
	wait(t, c)
	sink.exactly(t, id(1))
}

func TestSameIDSameContent(t *testing.T) {
	for _, when := range []string{"pending", "stored", "after a restart"} {
		t.Run(when, func(t *testing.T) {
			sink, dir := newModelSink(), t.TempDir()
			c := open(t, sink, dir, func(o *Options) { o.FlushInterval = time.Hour })
			post(t, c, statement(t, 1, "read"))
			switch when {
			case "stored":
				wait(t, c)
			case "after a restart":
				crash(c)
				c = open(t, sink, dir, nil)
			}
			post(t, c, statement(t, 1, "read"), statement(t, 2, "read"))
			wait(t, c)
			sink.exactly(t, id(1), id(2))
		})
	}
}

func TestSameIDOtherContent(t *testing.T) {
	for _, when := range []string{"pending", "stored", "after a restart"} {
		t.Run(when, func(t *testing.T) {
			sink, dir := newModelSink(), t.TempDir()
			c := open(t, sink, dir, func(o *Options) { o.FlushInterval = time.Hour })
			post(t, c, statement(t, 1, "read"))
			switch when {
			case "stored":
				wait(t, c)
			case "after a restart":
				crash(c)
				c = open(t, sink, dir, nil)
			}
			err := c.Commit(context.Background(), "town", []*statements.Statement{statement(t, 2, "read"), statement(t, 1, "wrote")})
			var conflict *ErrConflict
			if !errors.As(err, &conflict) || conflict.Index != 1 || conflict.ID != id(1) {
				t.Fatalf("%v, not a conflict of statement 1", err)
			}
			// The refused request reserved nothing.
			post(t, c, statement(t, 2, "wrote"))
			wait(t, c)
			sink.exactly(t, id(1), id(2))
		})
	}
}

func TestSameIDInOtherTenant(t *testing.T) {
	sink := newModelSink()
	c := open(t, sink, t.TempDir(), nil)
	for i, tenant := range []string{"town", "other"} {
		if err := c.Commit(context.Background(), tenant, []*statements.Statement{statement(t, 1, fmt.Sprint(i))}); err != nil {
			t.Fatal(err)
		}
	}
	wait(t, c)
	if len(sink.rows) != 2 {
		t.Errorf("%d statements, not one for each tenant", len(sink.rows))
	}
}

func TestConcurrentEqualIDs(t *testing.T) {
	sink := newModelSink()
	c := open(t, sink, t.TempDir(), nil)
	var same, other, conflicts atomic.Int64
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			word := "read"
			if i%2 == 1 {
				word = "wrote"
			}
			err := c.Commit(context.Background(), "town", []*statements.Statement{statement(t, 1, word), statement(t, int64(100+i), "read")})
			var conflict *ErrConflict
			switch {
			case errors.As(err, &conflict):
				conflicts.Add(1)
			case err != nil:
				t.Error(err)
			case word == "read":
				same.Add(1)
			default:
				other.Add(1)
			}
		})
	}
	wg.Wait()
	if conflicts.Load() != 32 || same.Load()*other.Load() != 0 || same.Load()+other.Load() != 32 {
		t.Errorf("%d and %d accepted, %d conflicts: one content must win all 32", same.Load(), other.Load(), conflicts.Load())
	}
	wait(t, c)
	if len(sink.rows) != 33 || len(sink.doubled) > 0 {
		t.Errorf("%d statements and %v doubled, not 33 and none", len(sink.rows), sink.doubled)
	}
}

func TestWhileTheSinkIsAway(t *testing.T) {
	sink, dir := newModelSink(), t.TempDir()
	c := open(t, sink, dir, func(o *Options) { o.WaitTimeout = 50 * time.Millisecond; o.LogBytes = 20_000 })
	post(t, c, statement(t, 1, "read"))
	wait(t, c)
	sink.set(func() { sink.away = true })
	var busy *ErrBusy

	err := c.Commit(context.Background(), "town", []*statements.Statement{statement(t, 1, "read")})
	if !errors.As(err, &busy) {
		t.Fatalf("an id that may be known: %v, not ErrBusy", err)
	}
	accepted := []uuid.UUID{id(1)}
	for n := int64(2); ; n++ {
		err := c.Commit(context.Background(), "town", []*statements.Statement{statement(t, n, "read")})
		if errors.As(err, &busy) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		accepted = append(accepted, id(n))
		if n > 1000 {
			t.Fatal("the bound of the log does not hold")
		}
	}
	if len(accepted) < 10 {
		t.Fatalf("only %d new statements were taken while the sink was away", len(accepted)-1)
	}
	if busy.RetryAfter <= 0 {
		t.Error("no delay is suggested")
	}
	if _, err := c.Wait(context.Background()); !errors.As(err, &busy) {
		t.Fatalf("a reader got %v, not ErrBusy", err)
	}
	sink.set(func() { sink.away = false })
	deadline := time.Now().Add(5 * time.Second)
	for c.Watermark() < c.durable.value() && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
	sink.exactly(t, accepted...)
}

func TestRowsBeyondMemoryComeFromTheLog(t *testing.T) {
	sink := newModelSink()
	gate := make(chan struct{})
	sink.gate = gate
	c := open(t, sink, t.TempDir(), func(o *Options) { o.MemoryBytes = 1000; o.SegmentBytes = 2000; o.HoldBack = time.Nanosecond })
	var ids []uuid.UUID
	for n := range int64(50) {
		post(t, c, statement(t, n, "read"))
		ids = append(ids, id(n))
	}
	close(gate)
	wait(t, c)
	sink.exactly(t, ids...)
	for _, row := range sink.rows {
		if row.Verb != "http://example.com/read" {
			t.Fatalf("verb %q was not read back", row.Verb)
		}
	}
}

func TestContextBoundsTheWaitNotTheCommit(t *testing.T) {
	sink := newModelSink()
	c := open(t, sink, t.TempDir(), nil)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := c.Commit(ctx, "town", []*statements.Statement{statement(t, 1, "read")})
	if err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	post(t, c, statement(t, 1, "read"))
	wait(t, c)
	sink.exactly(t, id(1))
}

func TestAcknowledgeStore(t *testing.T) {
	sink := newModelSink()
	c := open(t, sink, t.TempDir(), func(o *Options) { o.Acknowledge = AcknowledgeStore; o.FlushInterval = time.Hour })
	post(t, c, statement(t, 1, "read"))
	sink.exactly(t, id(1))

	gate := make(chan struct{})
	sink.set(func() { sink.gate = gate })
	defer close(gate)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if err := c.Commit(ctx, "town", []*statements.Statement{statement(t, 2, "read")}); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("%v before the store had it", err)
	}
}

func TestCloseFinishesWhatWasTaken(t *testing.T) {
	sink, dir := newModelSink(), t.TempDir()
	c := open(t, sink, dir, func(o *Options) { o.FlushInterval = time.Hour })
	post(t, c, statement(t, 1, "read"))
	if err := c.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	sink.exactly(t, id(1))
	var busy *ErrBusy
	if err := c.Commit(context.Background(), "town", []*statements.Statement{statement(t, 2, "read")}); !errors.As(err, &busy) {
		t.Fatalf("after Close: %v, not ErrBusy", err)
	}
	got, err := read(dir)
	if err != nil {
		t.Fatal(err)
	}
	got.settle()
	if len(got.chunks) != 0 {
		t.Error("the log does not know that everything is done")
	}
}

func TestBrokenLogIsNeverRetried(t *testing.T) {
	sink := newModelSink()
	c := open(t, sink, t.TempDir(), func(o *Options) { o.FlushInterval = time.Hour }) // no mark is written meanwhile
	post(t, c, statement(t, 1, "read"))
	c.log.file.Close() // every write fails from now on
	if err := c.Commit(context.Background(), "town", []*statements.Statement{statement(t, 2, "read")}); !errors.Is(err, ErrUnknown) {
		t.Fatalf("%v, not ErrUnknown", err)
	}
	var busy *ErrBusy
	if err := c.Commit(context.Background(), "town", []*statements.Statement{statement(t, 3, "read")}); !errors.As(err, &busy) {
		t.Fatalf("%v, not ErrBusy", err)
	}
	if c.Broken() == nil {
		t.Error("Broken does not say so")
	}
	wait(t, c)
	sink.exactly(t, id(1))
}

func TestWatermarkNeverPassesAGap(t *testing.T) {
	sink := newModelSink()
	c := open(t, sink, t.TempDir(), func(o *Options) { o.FlushRows = 1 })
	sink.set(func() { sink.faults.insert = []fault{lost, works, lost, works, stored, works, landsLate} })
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			v := c.Watermark()
			c.flush.mu.Lock()
			for _, b := range c.flush.flight {
				if b.span.first <= v {
					t.Errorf("watermark %d is beyond %d, which is not complete", v, b.span.first)
				}
			}
			c.flush.mu.Unlock()
		}
	})
	for n := range int64(40) {
		s := statement(t, n, "read")
		post(t, c, s)
	}
	wait(t, c)
	close(stop)
	wg.Wait()
}

func TestHeldBackRequestGoesOn(t *testing.T) {
	for _, end := range []string{"when the store has taken the batch", "when the store fails", "when its context ends"} {
		t.Run(end, func(t *testing.T) {
			sink := newModelSink()
			gate := make(chan struct{})
			sink.gate = gate
			c := open(t, sink, t.TempDir(), func(o *Options) { o.MemoryBytes = 1; o.HoldBack = time.Minute })
			post(t, c, statement(t, 1, "read"))
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			held := make(chan error, 1)
			go func() { held <- c.Commit(ctx, "town", []*statements.Statement{statement(t, 2, "read")}) }()
			select {
			case err := <-held:
				t.Fatalf("not held back: %v", err)
			case <-time.After(30 * time.Millisecond):
			}
			switch end {
			case "when its context ends":
				cancel()
				if err := <-held; !errors.Is(err, context.Canceled) {
					t.Fatal(err)
				}
				close(gate)
				return
			case "when the store fails":
				sink.set(func() { sink.faults.insert = []fault{lost, lost} })
			}
			close(gate)
			if err := <-held; err != nil {
				t.Fatal(err)
			}
			wait(t, c)
			sink.exactly(t, id(1), id(2))
		})
	}
}

func TestWatermarkFollowsTheClockWhileNothingIsOnItsWay(t *testing.T) {
	sink := newModelSink()
	var now atomic.Int64
	now.Store(1_000_000)
	c := open(t, sink, t.TempDir(), func(o *Options) { o.Clock = func() time.Time { return time.UnixMicro(now.Load()) } })
	s := statement(t, 1, "read")
	post(t, c, s)
	wait(t, c)
	now.Store(9_000_000)
	if v := wait(t, c); v != 9_000_000 {
		t.Errorf("the watermark is %d while nothing is on its way", v)
	}
	now.Store(5_000_000) // the clock steps back
	later := statement(t, 2, "read")
	post(t, c, later)
	if later.Stored <= 9_000_000 {
		t.Errorf("stored at %d, at or before a watermark that was given out", later.Stored)
	}
}

// TestNobodyIsHeldBackWhileTheStoreDoesNotSayWhatItHas: after a start nothing
// has been sent that could have failed.
func TestNobodyIsHeldBackWhileTheStoreDoesNotSayWhatItHas(t *testing.T) {
	sink, dir := newModelSink(), t.TempDir()
	c := open(t, sink, dir, func(o *Options) { o.FlushInterval = time.Hour })
	post(t, c, statement(t, 1, "read"))
	crash(c)
	sink.set(func() { sink.faults.present = slices.Repeat([]fault{lost}, 1000) })
	c = open(t, sink, dir, func(o *Options) { o.Inserters = 1; o.MemoryBytes = 1; o.HoldBack = time.Minute })
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	for n := range int64(3) {
		if err := c.Commit(ctx, "town", []*statements.Statement{statement(t, 2+n, "read")}); err != nil {
			t.Fatal(err)
		}
	}
	sink.set(func() { sink.faults.present = nil })
	wait(t, c)
	sink.exactly(t, id(1), id(2), id(3), id(4))
}

// TestAWatermarkGivenOutHolds: no statement is ever stored at or before it, and
// none that is given later lies before it.
func TestAWatermarkGivenOutHolds(t *testing.T) {
	sink := newModelSink()
	c := open(t, sink, t.TempDir(), func(o *Options) { o.FlushInterval = time.Hour })
	post(t, c, statement(t, 1, "read"))
	wait(t, c)
	given := wait(t, c) // the present
	gate := make(chan struct{})
	sink.set(func() { sink.gate = gate })
	later := statement(t, 2, "read")
	post(t, c, later)
	if later.Stored <= given {
		t.Errorf("stored at %d, at or before the watermark %d", later.Stored, given)
	}
	if v := max(c.Watermark(), c.idle()); v < given || v >= later.Stored {
		t.Errorf("the watermark is %d after %d, beside a statement at %d that is not visible", v, given, later.Stored)
	}
	close(gate)
	wait(t, c)
}

// TestNoPresentBehindALogThatBroke: what could not be written may be there
// after the next start, so readers are not told that they have seen all.
func TestNoPresentBehindALogThatBroke(t *testing.T) {
	sink := newModelSink()
	c := open(t, sink, t.TempDir(), func(o *Options) { o.FlushInterval = time.Hour }) // no mark is written meanwhile
	post(t, c, statement(t, 1, "read"))
	c.log.file.Close() // every write fails from now on
	lost := statement(t, 2, "read")
	if err := c.Commit(context.Background(), "town", []*statements.Statement{lost}); !errors.Is(err, ErrUnknown) {
		t.Fatalf("%v, not ErrUnknown", err)
	}
	if v := wait(t, c); v >= lost.Stored {
		t.Errorf("the watermark is %d, the statement that may be in the log is stored at %d", v, lost.Stored)
	}
}

// TestSecondPostOfAnIDIsReadable: who posts a statement again while the first
// post is on its way is answered no earlier than readers wait for it.
func TestSecondPostOfAnIDIsReadable(t *testing.T) {
	c := open(t, newModelSink(), t.TempDir(), nil)
	c.durable.mu.Lock() // holds the appender where it tells readers
	answers := make(chan error, 2)
	for range 2 {
		go func() {
			answers <- c.Commit(context.Background(), "town", []*statements.Statement{statement(t, 1, "read")})
		}()
	}
	select {
	case err := <-answers:
		answers <- err
		t.Errorf("answered (%v) before a reader would wait for the statement", err)
	case <-time.After(50 * time.Millisecond):
	}
	c.durable.mu.Unlock()
	for range 2 {
		if err := <-answers; err != nil {
			t.Error(err)
		}
	}
}

// TestAReaderDoesNotWaitForASlot: the last slot is for what a reader waits for,
// and for nothing else.
func TestAReaderDoesNotWaitForASlot(t *testing.T) {
	sink := newModelSink()
	gate := make(chan struct{})
	sink.set(func() { sink.gate = gate })
	c := open(t, sink, t.TempDir(), func(o *Options) { o.Inserters, o.FlushRows, o.FlushInterval = 1, 1, time.Hour })
	underWay := func() int {
		c.flush.mu.Lock()
		defer c.flush.mu.Unlock()
		return c.flush.underWay()
	}
	reach := func(n int) {
		t.Helper()
		for end := time.Now().Add(10 * time.Second); underWay() != n; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%d batches are under way, want %d", underWay(), n)
			}
		}
	}
	post(t, c, statement(t, 1, "read"))
	reach(1)
	for n := range int64(3) {
		post(t, c, statement(t, 2+n, "read"))
	}
	time.Sleep(20 * time.Millisecond)
	if n := underWay(); n != 1 {
		t.Errorf("%d batches are under way while nobody reads, want 1", n)
	}
	read := make(chan error, 1)
	go func() {
		_, err := c.Wait(t.Context())
		read <- err
	}()
	reach(2)
	close(gate)
	if err := <-read; err != nil {
		t.Error(err)
	}
	sink.exactly(t, id(1), id(2), id(3), id(4))
}
