package forward

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

// Options are what a Service needs. Zero values of the bounds stand for the
// defaults named there.
type Options struct {
	Records     delivery.Records
	Feed        Feed
	Attachments Attachments
	Sealer      *delivery.Sealer
	Client      *delivery.Client
	// Own answers the public addresses of this server, which are no targets; nil:
	// none is known.
	Own func() []string
	// Node names this server in what it sends, so that it knows its own.
	Node string

	// Poll is how often a target looks for new statements; 1 s.
	Poll time.Duration
	// Statements and Bytes bound a batch: 200, and 1 MiB; Attached what its
	// attachments have beside that, 16 MiB. One statement is always sent whole.
	Statements int
	Bytes      int
	Attached   int64
	// Backoff is between tries; from 1 s to 5 min.
	Backoff delivery.Backoff
	// Senders is how many batches are in memory at one time, of all targets; 4.
	Senders int
	// InRow is how many statements may be refused one after another before a target
	// halts; 100.
	InRow int
	// Targets is how many a tenant may have; 10.
	Targets int

	// Still: nothing is sent; targets can be looked at and changed.
	Still bool

	Logger     *zap.Logger           // may be nil
	Registerer prometheus.Registerer // may be nil
	Now        func() time.Time      // nil: time.Now
}

func (o *Options) defaults() {
	o.Poll = cmp.Or(o.Poll, time.Second)
	o.Statements = cmp.Or(o.Statements, 200)
	o.Bytes = cmp.Or(o.Bytes, 1<<20)
	o.Attached = cmp.Or(o.Attached, 16<<20)
	o.Senders = cmp.Or(o.Senders, 4)
	o.InRow = cmp.Or(o.InRow, 100)
	o.Targets = cmp.Or(o.Targets, 10)
	if o.Backoff == (delivery.Backoff{}) {
		o.Backoff = delivery.Backoff{First: time.Second, Most: 5 * time.Minute}
	}
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

// Service forwards. New makes it, Start begins, Stop ends. One process has a
// tenant's targets, so what it remembers is true.
type Service struct {
	opts    Options
	senders chan struct{}
	counted *prometheus.CounterVec

	changing sync.Mutex // held while targets change

	mu      sync.Mutex
	running context.Context
	stop    context.CancelFunc
	runners map[string]map[string]*runner // by tenant and id
	all     sync.WaitGroup
}

// New makes a Service.
func New(o Options) *Service {
	o.defaults()
	s := &Service{opts: o, senders: make(chan struct{}, o.Senders), runners: make(map[string]map[string]*runner)}
	s.observe(o.Registerer)
	return s
}

// Start takes up all targets where they were. ctx bounds the start only.
func (s *Service) Start(ctx context.Context) error {
	var list []*Target
	err := s.opts.Records.Load(ctx, documents.ForwardTarget, func(d *documents.Document) error {
		t, err := delivery.Decode[Target](d)
		if err != nil || t == nil {
			return err
		}
		t.Tenant, t.ID = d.Tenant, d.ID
		list = append(list, t)
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading where statements are forwarded to: %w", err)
	}
	s.mu.Lock()
	s.running, s.stop = context.WithCancel(context.Background())
	s.mu.Unlock()
	for _, t := range list {
		k, err := delivery.Read[kept](ctx, s.opts.Records, documents.Key{Shelf: t.shelf(), ID: cursorID})
		if err != nil {
			return fmt.Errorf("reading how far forwarding is: %w", err)
		}
		if k == nil {
			k = &kept{Cursor: t.From}
		}
		s.begin(t, *k)
	}
	return nil
}

// begin starts a target's runner.
func (s *Service) begin(t *Target, k kept) *runner {
	r := newRunner(s, t, k)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.runners[t.Tenant] == nil {
		s.runners[t.Tenant] = make(map[string]*runner)
	}
	s.runners[t.Tenant][t.ID] = r
	ctx, cancel := context.WithCancel(s.running)
	r.cancel = cancel
	if s.opts.Still {
		close(r.done)
		return r
	}
	s.all.Add(1)
	go func() {
		defer s.all.Done()
		defer close(r.done)
		r.run(ctx)
	}()
	return r
}

// Stop ends all targets after what they are about to note; the next Start goes on
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

// Add makes a target. beginning: all statements that are stored go there, else
// those from now on. Errors: *delivery.Invalid, *delivery.Conflict, *delivery.Busy.
func (s *Service) Add(ctx context.Context, tenant string, e Edit, beginning bool) (*Target, error) {
	s.changing.Lock()
	defer s.changing.Unlock()
	t := &Target{Tenant: tenant, ID: uuid.Must(uuid.NewV7()).String(), Created: s.opts.Now().UnixMicro()}
	if !beginning {
		t.From = s.opts.Feed.Watermark()
	}
	if e.Secret == nil || *e.Secret == "" {
		return nil, &delivery.Invalid{Field: "secret", Message: "the secret of the key is needed"}
	}
	if err := s.apply(t, e); err != nil {
		return nil, err
	}
	s.mu.Lock()
	n := len(s.runners[tenant])
	s.mu.Unlock()
	if n >= s.opts.Targets {
		return nil, &delivery.Conflict{Message: fmt.Sprintf("there can be up to %d targets", s.opts.Targets)}
	}
	if err := s.keep(ctx, t); err != nil {
		return nil, err
	}
	s.begin(t, kept{Cursor: t.From})
	s.opts.Logger.Info("statements are forwarded", zap.String("tenant", tenant), zap.String("target", t.ID), zap.String("url", t.URL))
	return t, nil
}

// apply changes what is said, and judges the outcome.
func (s *Service) apply(t *Target, e Edit) error {
	set(&t.Name, e.Name)
	set(&t.URL, e.URL)
	set(&t.Key, e.Key)
	set(&t.Filter, e.Filter)
	set(&t.Paused, e.Paused)
	if e.Secret != nil && *e.Secret != "" {
		if len(*e.Secret) > maxSecret || !plain(*e.Secret) {
			return &delivery.Invalid{Field: "secret", Message: fmt.Sprintf("it is text of up to %d bytes", maxSecret)}
		}
		t.Secret = s.opts.Sealer.Seal(t.place(), *e.Secret)
	}
	return t.check(s.opts.Own())
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// keep makes a target durable.
func (s *Service) keep(ctx context.Context, t *Target) error {
	d, err := delivery.Record(targetShelf(t.Tenant), t.ID, t)
	if err != nil {
		return err
	}
	return s.opts.Records.Replace(ctx, d.Shelf, []*documents.Document{d})
}

// Edit changes a target. Another address or another filter counts for what is
// forwarded from now on. Errors beside those of Add: delivery.ErrNotFound.
func (s *Service) Edit(ctx context.Context, tenant, id string, e Edit) (*Target, error) {
	s.changing.Lock()
	defer s.changing.Unlock()
	r, err := s.runner(tenant, id)
	if err != nil {
		return nil, err
	}
	next := *r.current()
	if err := s.apply(&next, e); err != nil {
		return nil, err
	}
	if err := s.keep(ctx, &next); err != nil {
		return nil, err
	}
	r.change(&next)
	return &next, nil
}

// Resume lets a target go on that is paused or has halted. Errors as those of Edit.
func (s *Service) Resume(ctx context.Context, tenant, id string) (*Target, error) {
	no := false
	t, err := s.Edit(ctx, tenant, id, Edit{Paused: &no})
	if err != nil {
		return nil, err
	}
	if r, err := s.runner(tenant, id); err == nil {
		r.goOn()
	}
	return t, nil
}

// Retry sends again what a target has refused. It goes on behind the request.
func (s *Service) Retry(tenant, id string) error {
	r, err := s.runner(tenant, id)
	if err == nil {
		r.again()
	}
	return err
}

// Remove ends a target and forgets how far it was.
func (s *Service) Remove(ctx context.Context, tenant, id string) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	r, err := s.runner(tenant, id)
	if err != nil {
		return err
	}
	shelf := targetShelf(tenant)
	if err := s.opts.Records.Replace(ctx, shelf, []*documents.Document{delivery.Gone(shelf, id)}); err != nil {
		return err
	}
	s.mu.Lock()
	delete(s.runners[tenant], id)
	s.mu.Unlock()
	r.cancel()
	<-r.done
	s.forget(r)
	s.opts.Logger.Info("statements are not forwarded any more", zap.String("tenant", tenant), zap.String("target", id))
	if err := s.opts.Records.Clear(ctx, r.current().shelf()); err != nil {
		s.opts.Logger.Warn("what was known of a target stays", zap.String("target", id), zap.Error(err)) // nobody refers to it
	}
	return nil
}

// List answers the targets of a tenant with their states, the oldest first.
func (s *Service) List(ctx context.Context, tenant string) []Status {
	s.mu.Lock()
	var list []*runner
	for _, r := range s.runners[tenant] {
		list = append(list, r)
	}
	s.mu.Unlock()
	slices.SortFunc(list, func(a, b *runner) int { return strings.Compare(a.id, b.id) })
	states := make([]Status, len(list))
	for i, r := range list {
		states[i] = s.status(ctx, r)
	}
	return states
}

// Status is one target with its state. delivery.ErrNotFound.
func (s *Service) Status(ctx context.Context, tenant, id string) (Status, error) {
	r, err := s.runner(tenant, id)
	if err != nil {
		return Status{}, err
	}
	return s.status(ctx, r), nil
}

// Asides are statements that a target refused, n at most, behind the place after.
func (s *Service) Asides(ctx context.Context, tenant, id, after string, n int) (list []Aside, next string, err error) {
	r, err := s.runner(tenant, id)
	if err != nil {
		return nil, "", err
	}
	if after != "" {
		after = asidePrefix + after
	}
	var last string
	err = delivery.Below(ctx, s.opts.Records, r.current().shelf(), asidePrefix, after, n+1, func(id string, a *Aside) error {
		if len(list) == n {
			next = last
			return nil
		}
		list, last = append(list, *a), id
		return nil
	})
	return list, next, err
}
