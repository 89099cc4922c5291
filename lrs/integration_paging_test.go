package lrs_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// pause lets the readers of these tests get on: they are about order, not
// about load.
const pause = 20 * time.Millisecond

// writers post until stop is called, and say which ids were acknowledged.
type writers struct {
	c    *client
	done atomic.Bool
	wg   sync.WaitGroup
	mu   sync.Mutex
	acks map[string]bool
}

func startWriters(c *client, n int) *writers {
	w := &writers{c: c, acks: map[string]bool{}}
	for i := range n {
		w.wg.Add(1)
		go func() {
			defer w.wg.Done()
			for !w.done.Load() {
				batch := []any{said("ada", "did", fmt.Sprint("w", i)), said("bob", "did", "w")}
				if r := c.do("POST", "/statements", c.encode(batch)); r.status != 200 {
					c.Errorf("a writer got %d: %s", r.status, r.body)
					return
				}
				w.mu.Lock()
				w.acks[id(batch[0])], w.acks[id(batch[1])] = true, true
				w.mu.Unlock()
				time.Sleep(pause)
			}
		}()
	}
	return w
}

// stop returns every id that was acknowledged.
func (w *writers) stop() map[string]bool {
	w.done.Store(true)
	w.wg.Wait()
	return w.acks
}

// known returns the ids acknowledged so far.
func (w *writers) known() map[string]bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	copied := map[string]bool{}
	for id := range w.acks {
		copied[id] = true
	}
	return copied
}

func TestPagingWhileOthersWrite(t *testing.T) {
	_, c := start(t)
	w := startWriters(c, 4)
	defer w.stop()
	for len(w.known()) < 200 {
		time.Sleep(10 * time.Millisecond)
	}
	for _, q := range []struct {
		name  string
		query []string
	}{
		{"newest first", []string{"limit", "50"}},
		{"oldest first", []string{"limit", "50", "ascending", "true"}},
		{"filtered, newest first", []string{"limit", "50", "verb", verbID("did"), "agent", agentText("ada")}},
		{"filtered, oldest first", []string{"limit", "50", "activity", activityID("w"), "ascending", "true"}},
	} {
		atStart := w.known()
		seen := map[string]int{}
		last := ""
		p := c.find(q.query...)
		for {
			for _, raw := range p.Statements {
				var s struct{ ID, Stored, Actor, Object any }
				c.decode(raw, &s)
				seen[s.ID.(string)]++
				stored := s.Stored.(string)
				if last != "" && (last < stored) != (q.query[len(q.query)-1] == "true") {
					t.Errorf("%s: %s after %s", q.name, stored, last)
				}
				last = stored
			}
			if p.More == "" {
				break
			}
			p = c.fetch(p.More)
		}
		for id, times := range seen {
			if times != 1 {
				t.Errorf("%s: %s came %d times", q.name, id, times)
			}
		}
		if len(q.query) > 4 { // a filter takes half of them
			if len(seen) < len(atStart)/2 {
				t.Errorf("%s: %d of at least %d", q.name, len(seen), len(atStart)/2)
			}
			continue
		}
		for id := range atStart {
			if seen[id] == 0 {
				t.Errorf("%s: %s was there at the start and never came", q.name, id)
			}
		}
	}
}

func TestTailBySinceMissesNothing(t *testing.T) {
	_, c := start(t)
	w := startWriters(c, 4)
	seen := map[string]int{}
	since := "1970-01-01T00:00:00Z"
	poll := func() {
		r := c.want(200, "GET", "/statements?ascending=true&since="+since, nil)
		next := r.header.Get("X-Experience-API-Consistent-Through")
		var p page
		c.decode(r.body, &p)
		for {
			for _, id := range p.ids(t) {
				seen[id]++
			}
			if p.More == "" {
				break
			}
			p = c.fetch(p.More)
		}
		since = next
	}
	for end := time.Now().Add(1500 * time.Millisecond); time.Now().Before(end); {
		poll()
	}
	acks := w.stop()
	poll()
	want := map[string]int{}
	for id := range acks {
		want[id] = 1
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("%d acknowledged, %d seen: %s", len(want), len(seen), diff)
	}
}

func TestReadsSeeWhatWasAcknowledged(t *testing.T) {
	_, c := start(t)
	w := startWriters(c, 4) // company, so that groups are not of one request
	defer w.stop()
	for range 15 {
		s := said("carol", "did", "mine")
		c.post(s)
		if got := c.find("agent", agentText("carol"), "limit", "1").ids(t); len(got) != 1 || got[0] != id(s) {
			t.Fatalf("just acknowledged, not found: %v", got)
		}
		c.want(200, "GET", "/statements?statementId="+id(s), nil)
	}
}
