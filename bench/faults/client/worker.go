package client

import (
	"context"
	"net/http"
	"sync"

	"lernspur/bench/faults/journal"
)

// worker makes one request after the other.
type worker struct {
	*client
	composer
	ctx context.Context
}

// maxBatch is the largest number of statements of a request.
const maxBatch = 50

// pace waits until n more statements may be sent; false at the end.
func (w *worker) pace(n int) bool { return w.limit.WaitN(w.ctx, n) == nil }

// fresh are n statements with new ids.
func (w *worker) fresh(n int) []journal.Sent {
	sts := make([]journal.Sent, n)
	for i := range sts {
		sts[i] = w.statement(w.newID())
	}
	return sts
}

// plain sends new statements, which the server can take without the database.
func (w *worker) plain() {
	switch k := w.rng.IntN(10); {
	case k < 4:
		w.postNew(1, http.MethodPost)
	case k < 6:
		w.postNew(1, http.MethodPut)
	case k < 8:
		w.postNew(2+w.rng.IntN(maxBatch-1), http.MethodPost)
	default:
		w.postUnnamed()
	}
}

// mixed does everything.
func (w *worker) mixed() {
	switch k := w.rng.IntN(100); {
	case k < 30:
		w.plain()
	case k < 50:
		w.postAndRead()
	case k < 60:
		w.voidAfter()
	case k < 68:
		w.voidBefore()
	case k < 74:
		w.arrive()
	case k < 80:
		w.comment()
	case k < 88:
		w.repeat()
	case k < 93:
		w.conflict()
	default:
		w.twins()
	}
}

func (w *worker) postNew(n int, method string) []journal.Sent {
	if !w.pace(n) {
		return nil
	}
	sts := w.fresh(n)
	if !w.deliver(request{journal.New, method, sts, w.chance(20)}) {
		return nil
	}
	w.remember(sts)
	return sts
}

func (w *worker) postUnnamed() {
	n := 1 + w.rng.IntN(5)
	if !w.pace(n) {
		return
	}
	sts := make([]journal.Sent, n)
	for i := range sts {
		sts[i] = w.statement("")
	}
	w.deliver(request{journal.Unnamed, http.MethodPost, sts, true})
}

func (w *worker) postAndRead() {
	if !w.pace(1) {
		return
	}
	sts := w.fresh(1)
	if w.deliver(request{journal.New, http.MethodPut, sts, false}) {
		w.readBack(sts[0].ID) // before anyone can void it
		w.remember(sts)
	}
}

func (w *worker) voidAfter() {
	if !w.pace(1) {
		return
	}
	for _, target := range w.some(w.rng, 1, true) {
		w.deliver(request{journal.New, http.MethodPost, []journal.Sent{w.void(w.newID(), target.ID)}, false})
	}
}

// voidBefore voids an id that arrive sends later.
func (w *worker) voidBefore() {
	if !w.pace(1) {
		return
	}
	target := w.newID()
	w.deliver(request{journal.New, http.MethodPut, []journal.Sent{w.void(w.newID(), target)}, false})
	w.mu.Lock()
	w.await = append(w.await, target)
	w.mu.Unlock()
}

// arrive sends the targets of earlier voidings, in a batch with others. They
// are not remembered: they cannot be read.
func (w *worker) arrive() {
	w.mu.Lock()
	targets := w.await
	w.await = nil
	w.mu.Unlock()
	if len(targets) > maxBatch {
		targets = targets[:maxBatch]
	}
	if !w.pace(len(targets) + 1) {
		return
	}
	sts := w.fresh(1)
	for _, id := range targets {
		sts = append(sts, w.statement(id))
	}
	if w.deliver(request{journal.New, http.MethodPost, sts, false}) {
		w.remember(sts[:1])
	}
}

func (w *worker) comment() {
	if !w.pace(2) {
		return
	}
	for _, target := range w.some(w.rng, 1, false) {
		first := w.refer(w.newID(), target.ID)
		second := w.refer(w.newID(), first.ID) // a reference to a reference
		sts := []journal.Sent{first, second}
		if w.chance(50) {
			sts[0], sts[1] = second, first
		}
		w.deliver(request{journal.New, http.MethodPost, sts, false})
	}
}

// repeat sends acknowledged statements again, some beside new ones.
func (w *worker) repeat() {
	if !w.pace(8) {
		return
	}
	sts := w.some(w.rng, 1+w.rng.IntN(8), false)
	if len(sts) == 0 {
		return
	}
	if len(sts) == 1 && w.chance(50) {
		w.deliver(request{journal.Repeat, http.MethodPut, sts, false})
		return
	}
	w.deliver(request{journal.Repeat, http.MethodPost, sts, false})
}

// conflict sends other content under an acknowledged id, in a batch with a new
// statement of which nothing may stay.
func (w *worker) conflict() {
	if !w.pace(2) {
		return
	}
	for _, s := range w.some(w.rng, 1, false) {
		other := w.statement(s.ID)
		sts := []journal.Sent{w.statement(w.newID()), other}
		w.deliver(request{journal.Conflict, http.MethodPost, sts, false})
	}
}

// twins sends the same new statements twice at the same time.
func (w *worker) twins() {
	n := 1 + w.rng.IntN(5)
	if !w.pace(2 * n) {
		return
	}
	sts := w.fresh(n)
	var both sync.WaitGroup
	acked := make([]bool, 2)
	for i := range acked {
		both.Go(func() { acked[i] = w.deliver(request{journal.New, http.MethodPost, sts, false}) })
	}
	both.Wait()
	if acked[0] || acked[1] {
		w.remember(sts)
	}
}
