package webhook

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"lernspur/delivery"
	"lernspur/documents"
)

// Achieved is that a learner (identifier) completed or passed a course.
type Achieved struct {
	Statement         uuid.UUID
	Course, Learner   string
	Stored, Timestamp int64
	Completed, Passed bool
}

// Risk is a learner who is at risk in a course: a person of the directory, or one
// identifier.
type Risk struct {
	Course, Learner string
	Last            int64 // activity, microseconds
	Idle, Failed    bool  // why
	IdleDays        int64
}

// Source tells what happened. It is safe for concurrent use.
type Source interface {
	// Watermark is the instant at and before which nothing becomes visible any more.
	// It is asked often and waits for nothing.
	Watermark() int64
	// Achieved answers what was achieved by statements with from < stored <= upto that
	// are not voided, n at most, in order of stored, and how far it looked.
	Achieved(ctx context.Context, tenant string, from, upto int64, n int) (list []Achieved, reached int64, err error)
	// Before answers what learners have achieved by statements stored up to before that
	// are not voided at upto.
	Before(ctx context.Context, tenant string, learners []string, before, upto int64) ([]Achieved, error)
	// Evaluated tells whether the tenant lets it be evaluated who is at risk.
	Evaluated(ctx context.Context, tenant string) (bool, error)
	// AtRisk yields who is at risk now, and after how many idle days that begins.
	AtRisk(ctx context.Context, tenant string, yield func(Risk) error) error
	IdleDays() int
	// Person is the id of a learner in the directory, "" for nobody, with all
	// identifiers: the one that was given at least. learner may be the id itself.
	Person(ctx context.Context, tenant, learner string) (id string, identifiers []string)
}

// Options are what a Service needs. Zero values of the bounds stand for the
// defaults named there.
type Options struct {
	Records delivery.Records
	Source  Source
	Sealer  *delivery.Sealer
	Client  *delivery.Client
	// Own answers the public addresses of this server; nil: none is known.
	Own func() []string

	// Poll is how often a hook looks for what happened, 1 s; RiskEvery how often who is
	// at risk, 1 h.
	Poll, RiskEvery time.Duration
	// Step is how many achievements are looked at in one step, 200; Pending how many
	// events may wait for a hook before it looks for no more, 10,000: what is not
	// looked at yet is in the database.
	Step, Pending int
	// Backoff is between the tries of one event, from 10 s to 6 h; Calm between any
	// two tries while a hook fails, from 1 s to 1 min.
	Backoff, Calm delivery.Backoff
	// GiveUp is the age at which an event that fails is given up; 72 h.
	GiveUp time.Duration
	// Rotation is how long the previous secret signs as well; 7 days.
	Rotation time.Duration
	// Hooks is how many a tenant may have; 10.
	Hooks int

	// Still: nothing is sent; hooks can be looked at and changed.
	Still bool

	Logger     *zap.Logger           // may be nil
	Registerer prometheus.Registerer // may be nil
	Now        func() time.Time      // nil: time.Now
}

func (o *Options) defaults() {
	o.Poll = cmp.Or(o.Poll, time.Second)
	o.RiskEvery = cmp.Or(o.RiskEvery, time.Hour)
	o.Step = cmp.Or(o.Step, 200)
	o.Pending = cmp.Or(o.Pending, 10_000)
	if o.Backoff == (delivery.Backoff{}) {
		o.Backoff = delivery.Backoff{First: 10 * time.Second, Most: 6 * time.Hour}
	}
	if o.Calm == (delivery.Backoff{}) {
		o.Calm = delivery.Backoff{First: time.Second, Most: time.Minute}
	}
	o.GiveUp = cmp.Or(o.GiveUp, 72*time.Hour)
	o.Rotation = cmp.Or(o.Rotation, 7*24*time.Hour)
	o.Hooks = cmp.Or(o.Hooks, 10)
	if o.Own == nil {
		o.Own = func() []string { return nil }
	}
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
}

// Service tells hooks. New makes it, Start begins, Stop ends. One process has a
// tenant's hooks, so what it remembers is true.
type Service struct {
	opts    Options
	counted *prometheus.CounterVec

	changing sync.Mutex // held while hooks change

	mu      sync.Mutex
	running context.Context
	stop    context.CancelFunc
	runners map[string]map[string]*runner // by tenant and id
	all     sync.WaitGroup
}

// New makes a Service.
func New(o Options) *Service {
	o.defaults()
	s := &Service{opts: o, runners: make(map[string]map[string]*runner)}
	s.counted = prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "lernspur", Subsystem: "webhook", Name: "events_total",
		Help: "Tries to tell a webhook of an event, by what became of them: delivered, failed, dead (given up)."}, []string{"tenant", "hook", "outcome"})
	if o.Registerer != nil {
		o.Registerer.MustRegister(s.counted, waiting{s})
	}
	return s
}

// Start takes up all hooks where they were. ctx bounds the start only.
func (s *Service) Start(ctx context.Context) error {
	var list []*Hook
	err := s.opts.Records.Load(ctx, documents.Webhook, func(d *documents.Document) error {
		h, err := delivery.Decode[Hook](d)
		if err != nil || h == nil {
			return err
		}
		h.Tenant, h.ID = d.Tenant, d.ID
		list = append(list, h)
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading the webhooks: %w", err)
	}
	s.mu.Lock()
	s.running, s.stop = context.WithCancel(context.Background())
	s.mu.Unlock()
	for _, h := range list {
		r := newRunner(s, h)
		if err := r.load(ctx); err != nil {
			return fmt.Errorf("reading what a webhook has to tell: %w", err)
		}
		s.begin(r)
	}
	return nil
}

// begin starts a hook's runner.
func (s *Service) begin(r *runner) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.runners[r.tenant] == nil {
		s.runners[r.tenant] = make(map[string]*runner)
	}
	s.runners[r.tenant][r.id] = r
	ctx, cancel := context.WithCancel(s.running)
	r.cancel = cancel
	if s.opts.Still {
		close(r.done)
		return
	}
	s.all.Add(1)
	go func() {
		defer s.all.Done()
		defer close(r.done)
		r.run(ctx)
	}()
}

// Stop ends all hooks after what they are about to note; the next Start goes on
// with them.
func (s *Service) Stop() {
	s.mu.Lock()
	stop := s.stop
	s.mu.Unlock()
	if stop != nil {
		stop()
		s.all.Wait()
	}
}

func (s *Service) runner(tenant, id string) (*runner, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.runners[tenant][id]; r != nil {
		return r, nil
	}
	return nil, delivery.ErrNotFound
}

// Add makes a hook, which is told what happens from now on; the secret is answered
// here and nowhere else. Errors: *delivery.Invalid, *delivery.Conflict, *delivery.Busy.
func (s *Service) Add(ctx context.Context, tenant string, e Edit) (h *Hook, secret string, err error) {
	s.changing.Lock()
	defer s.changing.Unlock()
	h = &Hook{Tenant: tenant, ID: uuid.Must(uuid.NewV7()).String(), Created: s.opts.Now().UnixMicro()}
	if err := s.apply(h, e); err != nil {
		return nil, "", err
	}
	s.mu.Lock()
	n := len(s.runners[tenant])
	s.mu.Unlock()
	if n >= s.opts.Hooks {
		return nil, "", &delivery.Conflict{Message: fmt.Sprintf("there can be up to %d webhooks", s.opts.Hooks)}
	}
	secret = newSecret()
	h.Secret = s.opts.Sealer.Seal(h.place(), secret)
	if err := s.keep(ctx, h); err != nil {
		return nil, "", err
	}
	s.begin(newRunner(s, h))
	s.opts.Logger.Info("a webhook was made", zap.String("tenant", tenant), zap.String("hook", h.ID))
	return h, secret, nil
}

func (s *Service) apply(h *Hook, e Edit) error {
	set(&h.Name, e.Name)
	set(&h.URL, e.URL)
	set(&h.Events, e.Events)
	set(&h.Paused, e.Paused)
	if err := h.check(s.opts.Own()); err != nil {
		return err
	}
	h.want(s.opts.Source.Watermark())
	return nil
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

func (s *Service) keep(ctx context.Context, h *Hook) error {
	d, err := delivery.Record(hookShelf(h.Tenant), h.ID, h)
	if err != nil {
		return err
	}
	return s.opts.Records.Replace(ctx, d.Shelf, []*documents.Document{d})
}

// edit changes a hook.
func (s *Service) edit(ctx context.Context, tenant, id string, change func(*Hook) error) (*Hook, error) {
	s.changing.Lock()
	defer s.changing.Unlock()
	r, err := s.runner(tenant, id)
	if err != nil {
		return nil, err
	}
	next := *r.current()
	next.Events = slices.Clone(next.Events)
	if err := change(&next); err != nil {
		return nil, err
	}
	if err := s.keep(ctx, &next); err != nil {
		return nil, err
	}
	r.change(&next)
	return &next, nil
}

// Edit changes a hook. Errors beside those of Add: delivery.ErrNotFound.
func (s *Service) Edit(ctx context.Context, tenant, id string, e Edit) (*Hook, error) {
	return s.edit(ctx, tenant, id, func(h *Hook) error { return s.apply(h, e) })
}

// Rotate gives a hook another secret, which is answered here and nowhere else. The
// one that it had signs as well for a while, so receivers can change over without
// refusing anything.
func (s *Service) Rotate(ctx context.Context, tenant, id string) (h *Hook, secret string, err error) {
	secret = newSecret()
	h, err = s.edit(ctx, tenant, id, func(h *Hook) error {
		h.Previous, h.PreviousUntil = h.Secret, s.opts.Now().Add(s.opts.Rotation).UnixMicro()
		h.Secret = s.opts.Sealer.Seal(h.place(), secret)
		return nil
	})
	return h, secret, err
}

// EndRotation lets only the newest secret sign from now on.
func (s *Service) EndRotation(ctx context.Context, tenant, id string) (*Hook, error) {
	return s.edit(ctx, tenant, id, func(h *Hook) error {
		h.Previous, h.PreviousUntil = "", 0
		return nil
	})
}

// Retry lets all events of a hook that were given up wait again. It goes on behind
// the request.
func (s *Service) Retry(tenant, id string) error {
	r, err := s.runner(tenant, id)
	if err == nil {
		r.again()
	}
	return err
}

// Remove ends a hook and forgets what it was to be told.
func (s *Service) Remove(ctx context.Context, tenant, id string) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	r, err := s.runner(tenant, id)
	if err != nil {
		return err
	}
	shelf := hookShelf(tenant)
	if err := s.opts.Records.Replace(ctx, shelf, []*documents.Document{delivery.Gone(shelf, id)}); err != nil {
		return err
	}
	s.mu.Lock()
	delete(s.runners[tenant], id)
	s.mu.Unlock()
	r.cancel()
	<-r.done
	s.counted.DeletePartialMatch(prometheus.Labels{"tenant": tenant, "hook": id})
	if err := s.opts.Records.Clear(ctx, r.current().shelf()); err != nil {
		s.opts.Logger.Warn("what was known of a webhook stays", zap.String("hook", id), zap.Error(err)) // nobody refers to it
	}
	return nil
}

// Status is a hook with how it is.
type Status struct {
	Hook                          *Hook
	Rotating                      bool
	Pending                       int
	Delivered, Dead, Last, Cursor int64
	Failures                      int
	Problem                       string
	ProblemAt, NextTry            time.Time
}

// List answers the hooks of a tenant with their states, the oldest first.
func (s *Service) List(tenant string) []Status {
	s.mu.Lock()
	var list []*runner
	for _, r := range s.runners[tenant] {
		list = append(list, r)
	}
	s.mu.Unlock()
	slices.SortFunc(list, func(a, b *runner) int { return strings.Compare(a.id, b.id) })
	states := make([]Status, len(list))
	for i, r := range list {
		states[i] = r.status()
	}
	return states
}

// Status is one hook with how it is. delivery.ErrNotFound.
func (s *Service) Status(tenant, id string) (Status, error) {
	r, err := s.runner(tenant, id)
	if err != nil {
		return Status{}, err
	}
	return r.status(), nil
}

// Dead is an event that was given up.
type Dead struct {
	ID, Type, Reason string
	Status, Tries    int
	Created, At      int64
}

// DeadOnes are events of a hook that were given up, n at most, behind the id after.
func (s *Service) DeadOnes(ctx context.Context, tenant, id, after string, n int) (list []Dead, next string, err error) {
	r, err := s.runner(tenant, id)
	if err != nil {
		return nil, "", err
	}
	if after != "" {
		after = deadPrefix + after
	}
	err = delivery.Below(ctx, s.opts.Records, r.current().shelf(), deadPrefix, after, n+1, func(id string, e *event) error {
		if len(list) == n {
			next = list[n-1].ID
			return nil
		}
		list = append(list, Dead{ID: id, Type: e.Type, Reason: e.Reason, Status: e.Status, Tries: e.Tries, Created: e.Created, At: e.At})
		return nil
	})
	return list, next, err
}

// waiting is the metric of how many events wait.
type waiting struct{ s *Service }

var waitingDesc = prometheus.NewDesc("lernspur_webhook_pending", "Events that wait for a webhook.", []string{"tenant", "hook"}, nil)

// Describe implements prometheus.Collector.
func (w waiting) Describe(to chan<- *prometheus.Desc) { to <- waitingDesc }

// Collect implements prometheus.Collector.
func (w waiting) Collect(to chan<- prometheus.Metric) {
	w.s.mu.Lock()
	var list []*runner
	for _, tenant := range w.s.runners {
		for _, r := range tenant {
			list = append(list, r)
		}
	}
	w.s.mu.Unlock()
	for _, r := range list {
		to <- prometheus.MustNewConstMetric(waitingDesc, prometheus.GaugeValue, float64(r.status().Pending), r.tenant, r.id)
	}
}
