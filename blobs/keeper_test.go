package blobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// put keeps some bytes that were put an age ago.
func put(t *testing.T, f *Files, tenant string, b []byte, age time.Duration) Hash {
	t.Helper()
	h := hashOf(b)
	if _, err := f.Put(ctx, tenant, h, bytes.NewReader(b), 1<<20); err != nil {
		t.Fatal(err)
	}
	path, _, err := f.find(tenant, h)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Now().Add(-age)
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
	return h
}

func nothingUsed(context.Context, string, []Hash) (map[Hash]bool, error) { return nil, nil }

func there(t *testing.T, s Store, tenant string, h Hash) bool {
	t.Helper()
	_, err := s.Stat(ctx, tenant, h)
	if err != nil && !errors.Is(err, ErrNotFound) {
		t.Fatal(err)
	}
	return err == nil
}

func TestSweep(t *testing.T) {
	f := open(t)
	k := NewKeeper(f)
	bound := time.Now().Add(-time.Hour)
	old, young, used, held := put(t, f, "town", text(1), 2*time.Hour), put(t, f, "town", text(2), time.Minute),
		put(t, f, "town", text(3), 2*time.Hour), put(t, f, "town", text(4), 2*time.Hour)
	other := put(t, f, "city", text(1), 2*time.Hour)
	release, err := k.Hold(ctx, "town", []Hash{held, held})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(_ context.Context, tenant string, hashes []Hash) (map[Hash]bool, error) {
		return map[Hash]bool{used: true}, nil
	}
	if n, err := k.Sweep(ctx, "town", bound, ask); n != 1 || err != nil {
		t.Errorf("%d removed, %v", n, err)
	}
	for name, h := range map[string]Hash{"young": young, "used": used, "held": held} {
		if !there(t, f, "town", h) {
			t.Errorf("the %s blob was removed", name)
		}
	}
	if there(t, f, "town", old) || !there(t, f, "city", other) {
		t.Error("the old blob of the tenant, and only that, should be gone")
	}
	release()
	release()
	if n, err := k.Sweep(ctx, "town", bound, ask); n != 1 || err != nil || there(t, f, "town", held) {
		t.Errorf("what is not held any more: %d removed, %v", n, err)
	}
	failing := errors.New("the database is away")
	if n, err := k.Sweep(ctx, "city", bound, func(context.Context, string, []Hash) (map[Hash]bool, error) { return nil, failing }); n != 0 || !errors.Is(err, failing) {
		t.Errorf("%d removed, %v", n, err)
	}
	if n, err := k.Sweep(ctx, "nobody", bound, nothingUsed); n != 0 || err != nil {
		t.Errorf("%d removed, %v", n, err)
	}
}

// TestHoldDuringASweep lets a request come while a blob is being removed.
func TestHoldDuringASweep(t *testing.T) {
	f := open(t)
	k := NewKeeper(f)
	h := put(t, f, "town", text(1), 2*time.Hour)
	asked, answer := make(chan struct{}), make(chan struct{})
	go func() {
		<-asked
		bounded, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
		defer cancel()
		if _, err := k.Hold(bounded, "town", []Hash{h}); !errors.Is(err, context.DeadlineExceeded) {
			t.Error("held while it is being removed:", err)
		}
		close(answer)
	}()
	if n, err := k.Sweep(ctx, "town", time.Now().Add(-time.Hour), func(context.Context, string, []Hash) (map[Hash]bool, error) {
		close(asked)
		<-answer
		return nil, nil
	}); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	release, err := k.Hold(ctx, "town", []Hash{h})
	if err != nil || there(t, f, "town", h) {
		t.Error("afterwards it is gone and can be held:", err)
	}
	release()
	if len(k.held)+len(k.doomed) != 0 {
		t.Error("something is remembered for ever")
	}
}

// TestPutWhileListed puts a blob again after the sweep has listed it.
func TestPutWhileListed(t *testing.T) {
	f := open(t)
	k := NewKeeper(f)
	b := text(1)
	h := put(t, f, "town", b, 2*time.Hour)
	if n, err := k.sweep(ctx, "town", time.Now().Add(-time.Hour), []Hash{h}, func(context.Context, string, []Hash) (map[Hash]bool, error) {
		_, err := f.Put(ctx, "town", h, bytes.NewReader(b), 1)
		return nil, err
	}); n != 0 || err != nil || !there(t, f, "town", h) {
		t.Error(n, err)
	}
}

// TestSweepsAndRequests has requests put and commit while everything is old
// enough to be swept: what a request has committed is there ever after.
func TestSweepsAndRequests(t *testing.T) {
	f := open(t)
	k := NewKeeper(f)
	var committed sync.Map
	used := func(_ context.Context, _ string, hashes []Hash) (map[Hash]bool, error) {
		found := map[Hash]bool{}
		for _, h := range hashes {
			_, found[h] = committed.Load(h)
		}
		return found, nil
	}
	var requests, sweeper sync.WaitGroup
	var stop atomic.Bool
	sweeper.Go(func() {
		for !stop.Load() {
			if _, err := k.Sweep(ctx, "town", time.Now().Add(time.Hour), used); err != nil {
				t.Error(err)
			}
		}
	})
	for w := range 4 {
		requests.Go(func() {
			for i := range 60 {
				b := fmt.Appendf(nil, "blob %d", i)
				h := hashOf(b)
				release, err := k.Hold(ctx, "town", []Hash{h})
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := k.Put(ctx, "town", h, bytes.NewReader(b), 100); err != nil {
					t.Error(err)
				}
				if i%4 != w { // the others are refused
					committed.Store(h, true)
				}
				release()
			}
		})
	}
	requests.Wait()
	stop.Store(true)
	sweeper.Wait()
	committed.Range(func(h, _ any) bool {
		if !there(t, f, "town", h.(Hash)) {
			t.Errorf("%s was committed and is gone", h)
		}
		return true
	})
}
