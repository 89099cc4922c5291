package forward

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"lernspur/delivery"
	"lernspur/documents"
)

// runner forwards to one target.
type runner struct {
	s          *Service
	tenant, id string
	wake       chan struct{}
	cancel     context.CancelFunc
	done       chan struct{}

	mu     sync.Mutex
	target *Target
	kept   kept // as it is durable
	// read is how far statements were read: those up to there are in kept, or not
	// for this target.
	read     int64
	oldest   int64 // stored of the first statement that is known and not settled; 0: none
	retrying bool  // what was set aside is to be sent again
	resume   bool  // somebody said to go on
	// What went wrong last; failures in a row.
	failures  int
	problem   string
	problemAt time.Time
	nextTry   time.Time
}

func newRunner(s *Service, t *Target, k kept) *runner {
	return &runner{s: s, tenant: t.Tenant, id: t.ID, wake: make(chan struct{}, 1), done: make(chan struct{}), target: t, kept: k, read: k.Cursor}
}

func (r *runner) current() *Target {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.target
}

// change gives the runner another target in place of its own.
func (r *runner) change(t *Target) {
	r.mu.Lock()
	r.target = t
	r.mu.Unlock()
	delivery.Wake(r.wake)
}

func (r *runner) goOn() {
	r.mu.Lock()
	r.resume = true
	r.mu.Unlock()
	delivery.Wake(r.wake)
}

func (r *runner) again() {
	r.mu.Lock()
	r.retrying, r.resume = true, true
	r.mu.Unlock()
	delivery.Wake(r.wake)
}

// run goes on until ctx ends.
func (r *runner) run(ctx context.Context) {
	for {
		wait := r.s.opts.Poll
		idle, err := r.step(ctx)
		if ctx.Err() != nil {
			return
		}
		switch {
		case err != nil:
			wait = r.failed(err)
		case !idle:
			wait = 0
		}
		if wait > 0 && !delivery.Sleep(ctx, wait, r.wake) {
			return
		}
	}
}

// failed notes what went wrong and says how long to wait.
func (r *runner) failed(err error) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures++
	wait := max(r.s.opts.Backoff.Delay(r.failures), delivery.Later(err))
	r.problem, r.problemAt = err.Error(), r.s.opts.Now()
	r.nextTry = r.problemAt.Add(wait)
	r.s.opts.Logger.Warn("statements could not be forwarded, trying again", zap.String("tenant", r.tenant), zap.String("target", r.id),
		zap.Int("tries", r.failures), zap.Duration("in", wait), zap.Error(err))
	r.s.counted.WithLabelValues(r.tenant, r.id, "failed").Inc()
	return wait
}

func (r *runner) succeeded() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures, r.problem, r.nextTry = 0, "", time.Time{}
}

// step does what there is to do; idle: nothing.
func (r *runner) step(ctx context.Context) (idle bool, err error) {
	if err := r.resumed(ctx); err != nil {
		return false, err
	}
	r.mu.Lock()
	t, k, read, retrying := r.target, r.kept, r.read, r.retrying
	r.mu.Unlock()
	upto := r.s.opts.Feed.Watermark()
	if t.Paused || k.Halted != "" || upto <= read && !retrying {
		return true, nil
	}
	select {
	case r.s.senders <- struct{}{}:
		defer func() { <-r.s.senders }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	secret, err := r.s.opts.Sealer.Open(t.place(), t.Secret)
	if err != nil {
		return false, err
	}
	to := &sender{s: r.s, target: t, secret: secret, inRow: k.InRow}
	if retrying {
		if err := r.retry(ctx, to); err != nil || upto <= read {
			return false, err
		}
	}
	return r.page(ctx, to, read, upto)
}

// resumed takes away what made the target halt, when somebody said to go on.
func (r *runner) resumed(ctx context.Context) error {
	r.mu.Lock()
	k, resume := r.kept, r.resume
	r.mu.Unlock()
	if !resume {
		return nil
	}
	if k.Halted != "" || k.InRow > 0 {
		k.Halted, k.InRow = "", 0
		if err := r.keep(ctx, k); err != nil {
			return err
		}
	}
	r.mu.Lock()
	r.resume, r.failures = false, 0
	r.mu.Unlock()
	return nil
}

// idleSpan is how much stored time may pass without anything for a target before
// that is noted: reading it again after a restart costs little.
const idleSpan = 10 * 60 * 1_000_000

// page forwards the next statements.
func (r *runner) page(ctx context.Context, to *sender, read, upto int64) (idle bool, err error) {
	list, reached, err := r.s.opts.Feed.Next(ctx, r.tenant, to.target.Filter, read, upto, r.s.opts.Statements)
	if err != nil {
		return false, err
	}
	r.seen(list)
	for len(list) > 0 {
		items, err := to.batch(ctx, list)
		if err != nil {
			return false, err
		}
		out, err := to.settle(ctx, items)
		if keepErr := r.settled(ctx, items[:out.n], out, to); keepErr != nil {
			return false, keepErr
		}
		r.seen(list[out.n:])
		if err != nil {
			return errors.Is(err, errHalt), unless(err, errHalt)
		}
		list = list[len(items):]
	}
	r.succeeded()
	r.mu.Lock()
	k := r.kept
	r.read, r.oldest = reached, 0
	r.mu.Unlock()
	if reached-k.Cursor > idleSpan {
		k.Cursor = reached
		return reached >= upto, r.keep(ctx, k)
	}
	return reached >= upto, nil
}

func unless(err, not error) error {
	if errors.Is(err, not) {
		return nil
	}
	return err
}

// seen notes the first statement that is not settled.
func (r *runner) seen(list []Statement) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.oldest = 0; len(list) > 0 {
		r.oldest = list[0].Stored
	}
}

// settled makes durable what became of the first items of a batch: in one step, so
// that nothing is set aside twice or not at all.
func (r *runner) settled(ctx context.Context, items []item, out outcome, to *sender) error {
	if len(items) == 0 {
		return nil
	}
	r.mu.Lock()
	k := r.kept
	r.mu.Unlock()
	delivered := out.n - len(out.asides)
	k.Cursor = items[len(items)-1].Stored
	k.Delivered += int64(delivered)
	k.Aside += int64(len(out.asides))
	if k.InRow = to.inRow; delivered > 0 {
		k.Last = r.s.opts.Now().UnixMicro()
	}
	if to.inRow >= r.s.opts.InRow {
		k.Halted = haltedReason(out.asides)
	}
	var docs []*documents.Document
	for _, a := range out.asides {
		d, err := delivery.Record(to.target.shelf(), a.id(), a)
		if err != nil {
			return err
		}
		docs = append(docs, d)
		r.s.opts.Logger.Warn("a statement was refused for good and is set aside", zap.String("tenant", r.tenant), zap.String("target", r.id),
			zap.String("statement", a.Statement), zap.Int("status", a.Status))
	}
	if err := r.keep(ctx, k, docs...); err != nil {
		return err
	}
	r.s.counted.WithLabelValues(r.tenant, r.id, "delivered").Add(float64(delivered))
	r.s.counted.WithLabelValues(r.tenant, r.id, "refused").Add(float64(len(out.asides)))
	r.mu.Lock()
	r.read = max(r.read, k.Cursor)
	r.mu.Unlock()
	return nil
}

func haltedReason(asides []Aside) string {
	if len(asides) == 0 {
		return "many statements in a row were refused"
	}
	return "many statements in a row were refused, the last one with: " + asides[len(asides)-1].Reason
}

// keepTime bounds noting: what was sent is worth it even when the server stops.
const keepTime = 10 * time.Second

// keep makes how far the target is durable, with what was set aside.
func (r *runner) keep(ctx context.Context, k kept, docs ...*documents.Document) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepTime)
	defer cancel()
	shelf := r.current().shelf()
	d, err := delivery.Record(shelf, cursorID, k)
	if err != nil {
		return err
	}
	if err := r.s.opts.Records.Replace(ctx, shelf, append(docs, d)); err != nil {
		return err
	}
	r.mu.Lock()
	r.kept = k
	r.mu.Unlock()
	return nil
}

// retry sends what was set aside again, each for itself, in order of stored.
func (r *runner) retry(ctx context.Context, to *sender) error {
	var list []*Aside
	err := delivery.Below(ctx, r.s.opts.Records, to.target.shelf(), asidePrefix, "", 0, func(_ string, a *Aside) error {
		list = append(list, a)
		return nil
	})
	if err != nil {
		return err
	}
	for _, a := range list {
		if err := r.retryOne(ctx, to, a); err != nil {
			return err
		}
	}
	r.mu.Lock()
	r.retrying = false
	r.mu.Unlock()
	r.succeeded()
	return nil
}

func (r *runner) retryOne(ctx context.Context, to *sender, a *Aside) error {
	found, _, err := r.s.opts.Feed.Next(ctx, r.tenant, Filter{}, a.Stored-1, a.Stored, 1)
	if err != nil {
		return err
	}
	r.mu.Lock()
	k := r.kept
	r.mu.Unlock()
	doc := delivery.Gone(to.target.shelf(), a.id())
	if id, err := uuid.Parse(a.Statement); err == nil && len(found) == 1 && found[0].ID == id { // else it was deleted meanwhile
		items, err := to.batch(ctx, found)
		if err != nil {
			return err
		}
		to.inRow = 0 // this is about each of them
		out, err := to.settle(ctx, items)
		if err != nil {
			return err
		}
		if len(out.asides) > 0 {
			next := out.asides[0]
			next.Tries = a.Tries + 1
			if doc, err = delivery.Record(to.target.shelf(), a.id(), next); err != nil {
				return err
			}
		} else {
			k.Delivered++
			k.Last = r.s.opts.Now().UnixMicro()
		}
	}
	if doc.Deleted {
		k.Aside--
	}
	return r.keep(ctx, k, doc)
}
