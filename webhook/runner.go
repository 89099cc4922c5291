package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"lernspur/delivery"
	"lernspur/documents"
)

// runner derives what one hook is to be told, and tells it.
type runner struct {
	s          *Service
	tenant, id string
	wake       chan struct{}
	cancel     context.CancelFunc
	done       chan struct{}

	// Of the loop alone.
	risks     map[string]mark // by id of the mark; nil: not read yet
	risksNext time.Time

	mu       sync.Mutex
	hook     *Hook
	counts   counts           // as they are durable
	read     int64            // how far statements were looked at
	pending  map[string]int64 // when an event is due, microseconds, by its id
	reviving bool             // what was given up is to wait again
	// What went wrong last; failures in a row.
	failures  int
	problem   string
	problemAt time.Time
	nextTry   time.Time
}

func newRunner(s *Service, h *Hook) *runner {
	return &runner{s: s, tenant: h.Tenant, id: h.ID, wake: make(chan struct{}, 1), done: make(chan struct{}),
		hook: h, counts: counts{Cursor: h.from()}, read: h.from(), pending: make(map[string]int64)}
}

// load reads how far the hook is and what waits for it.
func (r *runner) load(ctx context.Context) error {
	shelf := r.hook.shelf()
	c, err := delivery.Read[counts](ctx, r.s.opts.Records, documents.Key{Shelf: shelf, ID: cursorID})
	if err != nil {
		return err
	}
	if c != nil {
		r.counts, r.read = *c, c.Cursor
	}
	return delivery.Below(ctx, r.s.opts.Records, shelf, eventPrefix, "", 0, func(id string, e *event) error {
		r.pending[id] = e.Next
		return nil
	})
}

func (r *runner) current() *Hook {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.hook
}

func (r *runner) change(h *Hook) {
	r.mu.Lock()
	r.hook, r.failures, r.nextTry = h, 0, time.Time{}
	r.mu.Unlock()
	delivery.Wake(r.wake)
}

func (r *runner) again() {
	r.mu.Lock()
	r.reviving, r.failures, r.nextTry = true, 0, time.Time{}
	r.mu.Unlock()
	delivery.Wake(r.wake)
}

func (r *runner) status() Status {
	r.mu.Lock()
	defer r.mu.Unlock()
	return Status{Hook: r.hook, Rotating: r.hook.rotating(r.s.opts.Now()), Pending: len(r.pending), Delivered: r.counts.Delivered, Dead: r.counts.Dead, Last: r.counts.Last,
		Cursor: max(r.read, r.counts.Cursor), Failures: r.failures, Problem: r.problem, ProblemAt: r.problemAt, NextTry: r.nextTry}
}

// run goes on until ctx ends. What cannot be looked at now keeps nothing from being
// told, and the other way round.
func (r *runner) run(ctx context.Context) {
	for {
		more, err := r.derive(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			r.s.opts.Logger.Warn("a webhook cannot be told on, trying again", zap.String("tenant", r.tenant), zap.String("hook", r.id), zap.Error(err))
		}
		told, err := r.tell(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			r.s.opts.Logger.Warn("what a webhook was told could not be noted", zap.String("tenant", r.tenant), zap.String("hook", r.id), zap.Error(err))
		}
		if (more || told) && err == nil {
			continue
		}
		if !delivery.Sleep(ctx, r.s.opts.Poll, r.wake) {
			return
		}
	}
}

// keep makes records of the hook durable, all or none.
func (r *runner) keep(ctx context.Context, c counts, docs ...*documents.Document) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepTime)
	defer cancel()
	shelf := r.current().shelf()
	d, err := delivery.Record(shelf, cursorID, c)
	if err != nil {
		return err
	}
	if err := r.s.opts.Records.Replace(ctx, shelf, append(docs, d)); err != nil {
		return err
	}
	r.mu.Lock()
	r.counts = c
	r.mu.Unlock()
	return nil
}

// keepTime bounds noting: what was sent is worth it even when the server stops.
const keepTime = 10 * time.Second

// due is the event that has waited longest, "" when none is due.
func (r *runner) due(now time.Time) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.hook.Paused || now.Before(r.nextTry) {
		return ""
	}
	best := ""
	for id, at := range r.pending {
		if at <= now.UnixMicro() && (best == "" || at < r.pending[best] || at == r.pending[best] && id < best) {
			best = id
		}
	}
	return best
}

// tell tells one event that is due; told: there was one.
func (r *runner) tell(ctx context.Context) (told bool, err error) {
	if err := r.revive(ctx); err != nil {
		return false, err
	}
	now := r.s.opts.Now()
	id := r.due(now)
	if id == "" {
		return false, nil
	}
	h := r.current()
	e, err := delivery.Read[event](ctx, r.s.opts.Records, documents.Key{Shelf: h.shelf(), ID: eventPrefix + id})
	if err != nil {
		return false, err
	}
	if e == nil { // it cannot be, and would be asked for for ever
		r.settle(id)
		return true, nil
	}
	if stale, err := r.stale(ctx, h, e); err != nil || stale {
		if err == nil {
			err = r.drop(ctx, id)
		}
		return stale, err
	}
	e.Tries++
	e.At = now.UnixMicro()
	sendErr := r.send(ctx, h, id, e.Type, e.Body, e.Tries)
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	return true, r.note(ctx, h, id, e, sendErr)
}

// stale tells of an event that is not to be told any more.
func (r *runner) stale(ctx context.Context, h *Hook, e *event) (bool, error) {
	if e.Type != LearnerAtRisk {
		return false, nil
	}
	evaluated, err := r.s.opts.Source.Evaluated(ctx, r.tenant)
	return !evaluated, err
}

// settle forgets an event that does not wait any more.
func (r *runner) settle(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.pending, id)
}

func (r *runner) drop(ctx context.Context, id string) error {
	r.mu.Lock()
	c := r.counts
	r.mu.Unlock()
	err := r.keep(ctx, c, delivery.Gone(r.current().shelf(), eventPrefix+id))
	if err == nil {
		r.settle(id)
	}
	return err
}

// note makes durable what became of a try.
func (r *runner) note(ctx context.Context, h *Hook, id string, e *event, sendErr error) error {
	r.mu.Lock()
	c := r.counts
	r.mu.Unlock()
	now, outcome := r.s.opts.Now(), "delivered"
	docs := []*documents.Document{delivery.Gone(h.shelf(), eventPrefix+id)}
	if sendErr == nil {
		c.Delivered++
		c.Last = now.UnixMicro()
	} else {
		outcome = "failed"
		e.Reason, e.Status = sendErr.Error(), 0
		var failed *delivery.Failed
		if errors.As(sendErr, &failed) {
			e.Status = failed.Status
		}
		wait := max(r.s.opts.Backoff.Delay(e.Tries), delivery.Later(sendErr))
		e.Next = now.Add(wait).UnixMicro()
		place := eventPrefix + id
		if dead := now.Sub(time.UnixMicro(e.Created)) > r.s.opts.GiveUp; dead {
			outcome, place = "dead", deadPrefix+id
			c.Dead++
		}
		d, err := delivery.Record(h.shelf(), place, e)
		if err != nil {
			return err
		}
		if outcome == "dead" {
			docs = append(docs, d)
		} else {
			docs[0] = d
		}
	}
	r.after(sendErr)
	if err := r.keep(ctx, c, docs...); err != nil {
		return err
	}
	r.s.counted.WithLabelValues(r.tenant, r.id, outcome).Inc()
	r.mu.Lock()
	defer r.mu.Unlock()
	if outcome == "failed" {
		r.pending[id] = e.Next
	} else {
		delete(r.pending, id)
	}
	return nil
}

// after lets a hook that fails alone for a while.
func (r *runner) after(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil {
		r.failures, r.problem, r.nextTry = 0, "", time.Time{}
		return
	}
	r.failures++
	r.problem, r.problemAt = err.Error(), r.s.opts.Now()
	r.nextTry = r.problemAt.Add(max(r.s.opts.Calm.Delay(r.failures), delivery.Later(err)))
}

// reviveStep is how many events that were given up wait again in one step.
const reviveStep = 500

// revive lets what was given up wait again, when somebody said so.
func (r *runner) revive(ctx context.Context) error {
	r.mu.Lock()
	c, reviving := r.counts, r.reviving
	r.mu.Unlock()
	if !reviving {
		return nil
	}
	shelf := r.current().shelf()
	now := r.s.opts.Now().UnixMicro()
	revived := map[string]int64{}
	var docs []*documents.Document
	err := delivery.Below(ctx, r.s.opts.Records, shelf, deadPrefix, "", reviveStep, func(id string, e *event) error {
		e.Tries, e.Next, e.Created = 0, now, now // its age counts from now
		d, err := delivery.Record(shelf, eventPrefix+id, e)
		docs = append(docs, d, delivery.Gone(shelf, deadPrefix+id))
		revived[id] = now
		return err
	})
	if err != nil {
		return err
	}
	if c.Dead -= int64(len(revived)); c.Dead < 0 {
		c.Dead = 0
	}
	if len(docs) > 0 {
		if err := r.keep(ctx, c, docs...); err != nil {
			return err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	maps.Copy(r.pending, revived)
	r.reviving = len(revived) == reviveStep
	return nil
}

// The headers of a request beside its signature.
const (
	eventHeader = "Lernspur-Event"
	idHeader    = "Lernspur-Event-Id"
	tryHeader   = "Lernspur-Try"
)

// maxAnswer is how much of an answer is read; nothing of it is kept: it may come from
// a place that whoever made the hook is not to see.
const maxAnswer = 64 << 10

// send tells the hook. The error has no text of the other side.
func (r *runner) send(ctx context.Context, h *Hook, id, kind string, body []byte, tries int) error {
	now := r.s.opts.Now()
	secrets, err := r.secrets(h, now)
	if err != nil {
		return err
	}
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set(eventHeader, kind)
	q.Header.Set(idHeader, id)
	q.Header.Set(tryHeader, fmt.Sprint(tries))
	q.Header.Set(SignatureHeader, Sign(now, body, secrets...))
	answer, err := r.s.opts.Client.Do(q, maxAnswer)
	if err != nil {
		return err
	}
	if answer.OK() {
		return nil
	}
	failed := answer.Fail(now)
	failed.Text = ""
	return failed
}

// secrets are those in force, the newest first.
func (r *runner) secrets(h *Hook, now time.Time) ([]string, error) {
	sealed := []string{h.Secret}
	if h.rotating(now) {
		sealed = append(sealed, h.Previous)
	}
	list := make([]string, len(sealed))
	for i, s := range sealed {
		var err error
		if list[i], err = r.s.opts.Sealer.Open(h.place(), s); err != nil {
			return nil, err
		}
	}
	return slices.Clip(list), nil
}
