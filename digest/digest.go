package digest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"lernspur/delivery"
	"lernspur/documents"
)

// Recipient is a trainer.
type Recipient struct {
	Account  string // of the tenant
	Name     string
	Address  string // of the mail; "" when none is known
	Language string // de or en; "" is de
	Groups   []Group
}

// Group is one of hers.
type Group struct{ ID, Name string }

// Line is one learner in one course.
type Line struct {
	Learner, Course string
	// At is when it was, in microseconds: completed, started, last active.
	At int64
	// Idle and Failed are why somebody needs support.
	Idle, Failed bool
}

// Figures are what a group did in a time. The lists may be cut; the counts are of
// all.
type Figures struct {
	Completed, Started, Support                []Line
	CompletedCount, StartedCount, SupportCount int
	// Evaluated tells that it is evaluated who needs support.
	Evaluated bool
}

// Source tells what there is to tell. It is safe for concurrent use.
type Source interface {
	// Tenants are those that get digests.
	Tenants(ctx context.Context) []string
	// Recipients are a tenant's trainers who have groups.
	Recipients(ctx context.Context, tenant string) ([]Recipient, error)
	// Figures are those of a group of a trainer in from <= t < to, n lines of each list
	// at most.
	Figures(ctx context.Context, tenant, group, language string, from, to time.Time, n int) (Figures, error)
}

// Mailer hands mail over.
type Mailer interface {
	// Send hands a message over; handing is called when only its end is missing, and
	// an error of it stops. Errors: *Refused; ErrUnclear when the end was sent and no
	// answer came; all others say that nothing was taken.
	Send(ctx context.Context, to string, message []byte, handing func() error) error
}

// ErrUnclear means that nobody knows whether a mail was taken.
var ErrUnclear = errors.New("the mail server did not say whether it took the mail")

// Refused means that the mail server refused a mail.
type Refused struct {
	For  bool // good
	Text string
}

func (e *Refused) Error() string { return "the mail server refused: " + e.Text }

// Options are what a Service needs. Zero values of the times stand for the defaults
// named there.
type Options struct {
	Records delivery.Records
	Source  Source
	Mailer  Mailer
	Sealer  *delivery.Sealer
	// From is the sender; Base answers the public address of the pages, without a slash
	// at its end.
	From mail.Address
	Base func() string
	// Zone is a tenant's time zone; nil: Europe/Berlin for all.
	Zone func(tenant string) *time.Location
	// Weekday and Hour are when digests are sent, in the tenant's zone. Midnight of
	// that day ends the week that they are about.
	Weekday time.Weekday
	Hour    int
	// Late is how late a digest is sent still, when it could not be before; 3 days.
	Late time.Duration
	// Poll is how often it is looked whether there is something to send; 1 min.
	Poll    time.Duration
	Backoff delivery.Backoff // between tries; from 1 min to 2 h

	Logger *zap.Logger      // may be nil
	Now    func() time.Time // nil: time.Now
}

func (o *Options) defaults() {
	o.Late = cmp.Or(o.Late, 72*time.Hour)
	o.Poll = cmp.Or(o.Poll, time.Minute)
	if o.Backoff == (delivery.Backoff{}) {
		o.Backoff = delivery.Backoff{First: time.Minute, Most: 2 * time.Hour}
	}
	if o.Base == nil {
		o.Base = func() string { return "" }
	}
	if o.Zone == nil {
		berlin, err := time.LoadLocation("Europe/Berlin")
		if err != nil {
			berlin = time.UTC
		}
		o.Zone = func(string) *time.Location { return berlin }
	}
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
}

// Service sends digests. Run does it; the rest is about who wants them. One process
// has a tenant's digests.
type Service struct {
	opts    Options
	sending sync.Mutex // held while a digest is sent
}

// New makes a Service.
func New(o Options) *Service {
	o.defaults()
	return &Service{opts: o}
}

// The states of a digest.
const (
	Prepared       = "prepared" // it is to be sent
	Handed         = "handed"   // its end is being sent
	Sent           = "sent"
	RefusedForGood = "refused" // for good
	Unclear        = "unclear" // nobody knows whether it was taken
	Empty          = "empty"   // there was nothing to tell
)

// Run is what became of one digest.
type Run struct {
	Account string `json:"-"`
	Week    string `json:"-"`
	State   string `json:"state"`
	At      int64  `json:"at"` // microseconds
	Tries   int    `json:"tries,omitempty"`
	Next    int64  `json:"next,omitempty"` // when it is tried again
	Reason  string `json:"reason,omitempty"`
}

func shelf(tenant string) documents.Shelf {
	return documents.Shelf{Tenant: tenant, Kind: documents.Digest}
}

const (
	weekPrefix = "week/"
	offPrefix  = "off/"
)

func runID(week, account string) string { return weekPrefix + week + "/" + account }

// week is the time that a digest is about.
type week struct {
	name     string // of ISO 8601, of the day on which it is sent
	due      time.Time
	from, to time.Time
}

// weekAt is the week whose digest was due last.
func (s *Service) weekAt(tenant string, now time.Time) week {
	local := now.In(s.opts.Zone(tenant))
	back := (int(local.Weekday()) - int(s.opts.Weekday) + 7) % 7
	day := time.Date(local.Year(), local.Month(), local.Day()-back, 0, 0, 0, 0, local.Location())
	due := time.Date(day.Year(), day.Month(), day.Day(), s.opts.Hour, 0, 0, 0, day.Location())
	if due.After(now) {
		day, due = day.AddDate(0, 0, -7), due.AddDate(0, 0, -7)
	}
	year, number := day.ISOWeek()
	return week{fmt.Sprintf("%d-W%02d", year, number), due, day.AddDate(0, 0, -7), day}
}

// Run sends what is due until ctx ends.
func (s *Service) Run(ctx context.Context) {
	for {
		for _, tenant := range s.opts.Source.Tenants(ctx) {
			if err := s.sendDue(ctx, tenant); err != nil && ctx.Err() == nil {
				s.opts.Logger.Warn("digests cannot be sent now, trying again", zap.String("tenant", tenant), zap.Error(err))
			}
		}
		if !delivery.Sleep(ctx, s.opts.Poll, nil) {
			return
		}
	}
}

// sendDue sends the digests of a tenant that are due and were not sent.
func (s *Service) sendDue(ctx context.Context, tenant string) error {
	now := s.opts.Now()
	w := s.weekAt(tenant, now)
	if now.Sub(w.due) > s.opts.Late {
		return nil
	}
	list, err := s.opts.Source.Recipients(ctx, tenant)
	if err != nil {
		return err
	}
	var errs []error
	for _, to := range list {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := s.sendTo(ctx, tenant, w, to, false); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// sendTo sends one digest unless that was done; again: also one of which it is not
// clear whether it was.
func (s *Service) sendTo(ctx context.Context, tenant string, w week, to Recipient, again bool) error {
	s.sending.Lock()
	defer s.sending.Unlock()
	run, err := delivery.Read[Run](ctx, s.opts.Records, documents.Key{Shelf: shelf(tenant), ID: runID(w.name, to.Account)})
	if err != nil {
		return err
	}
	switch {
	case run == nil:
		run = &Run{}
	case again:
		run.Next = 0
	case run.State == Handed:
		// This process sends one after another, so it was the one before.
		s.opts.Logger.Warn("it is not clear whether a digest was sent", zap.String("tenant", tenant), zap.String("account", to.Account), zap.String("week", w.name))
		return s.keep(ctx, tenant, w, to, run, Unclear, "the server ended while it was sent")
	case run.State != Prepared || run.Next > s.opts.Now().UnixMicro():
		return nil
	}
	if to.Address == "" || len(to.Groups) == 0 {
		return nil // may come within the time
	}
	if off, err := s.Off(ctx, tenant, to.Account); err != nil || off {
		return err
	}
	content, err := s.content(ctx, tenant, w, to)
	if err != nil {
		return err
	}
	if content.empty() {
		return s.keep(ctx, tenant, w, to, run, Empty, "")
	}
	message, err := s.compose(tenant, w, to, content)
	if err != nil {
		return err
	}
	return s.hand(ctx, tenant, w, to, run, message)
}

// keepTime bounds noting: it is worth it even when the server stops.
const keepTime = 10 * time.Second

// keep makes a state durable.
func (s *Service) keep(ctx context.Context, tenant string, w week, to Recipient, run *Run, state, reason string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepTime)
	defer cancel()
	run.State, run.Reason, run.At = state, reason, s.opts.Now().UnixMicro()
	d, err := delivery.Record(shelf(tenant), runID(w.name, to.Account), run)
	if err != nil {
		return err
	}
	return s.opts.Records.Replace(ctx, d.Shelf, []*documents.Document{d})
}

// hand hands a digest over, and notes each step before it is taken.
func (s *Service) hand(ctx context.Context, tenant string, w week, to Recipient, run *Run, message []byte) error {
	run.Tries++
	if err := s.keep(ctx, tenant, w, to, run, Prepared, ""); err != nil {
		return err
	}
	err := s.opts.Mailer.Send(ctx, to.Address, message, func() error { return s.keep(ctx, tenant, w, to, run, Handed, "") })
	var refused *Refused
	switch {
	case err == nil:
		s.opts.Logger.Info("a digest was sent", zap.String("tenant", tenant), zap.String("account", to.Account), zap.String("week", w.name))
		return s.keep(ctx, tenant, w, to, run, Sent, "")
	case errors.Is(err, ErrUnclear):
		s.opts.Logger.Warn("it is not clear whether a digest was sent", zap.String("tenant", tenant), zap.String("account", to.Account), zap.Error(err))
		return s.keep(ctx, tenant, w, to, run, Unclear, err.Error())
	case errors.As(err, &refused) && refused.For:
		s.opts.Logger.Warn("a digest was refused", zap.String("tenant", tenant), zap.String("account", to.Account), zap.Error(err))
		return s.keep(ctx, tenant, w, to, run, RefusedForGood, refused.Text)
	}
	run.Next = s.opts.Now().Add(s.opts.Backoff.Delay(run.Tries)).UnixMicro()
	return errors.Join(err, s.keep(ctx, tenant, w, to, run, Prepared, err.Error()))
}

// SendNow sends the digest of the week that was due last to one trainer, also if
// she got it: for trying things out, and for those that are unclear. Errors:
// delivery.ErrNotFound, *delivery.Conflict.
func (s *Service) SendNow(ctx context.Context, tenant, account string) (Run, error) {
	list, err := s.opts.Source.Recipients(ctx, tenant)
	if err != nil {
		return Run{}, err
	}
	for _, to := range list {
		if to.Account != account {
			continue
		}
		if to.Address == "" {
			return Run{}, &delivery.Conflict{Message: "no mail address of this account is known: its person in the directory needs one, or its name has to be one"}
		}
		w := s.weekAt(tenant, s.opts.Now())
		if err := s.sendTo(ctx, tenant, w, to, true); err != nil {
			return Run{}, &delivery.Conflict{Message: err.Error()}
		}
		run, err := delivery.Read[Run](ctx, s.opts.Records, documents.Key{Shelf: shelf(tenant), ID: runID(w.name, account)})
		if err != nil {
			return Run{}, err
		}
		if run == nil {
			return Run{}, &delivery.Conflict{Message: "this account wants no digest"}
		}
		run.Account, run.Week = account, w.name
		return *run, nil
	}
	return Run{}, delivery.ErrNotFound
}

// Runs are the digests of a tenant, n at most behind the place after, in the order
// of weeks and accounts.
func (s *Service) Runs(ctx context.Context, tenant, after string, n int) (list []Run, next string, err error) {
	if after != "" {
		after = weekPrefix + after
	}
	last := ""
	err = delivery.Below(ctx, s.opts.Records, shelf(tenant), weekPrefix, after, n+1, func(id string, r *Run) error {
		if len(list) == n {
			next = last
			return nil
		}
		r.Week, r.Account, _ = strings.Cut(id, "/")
		list, last = append(list, *r), id
		return nil
	})
	return list, next, err
}

// setting is what an account wants.
type setting struct {
	At int64 `json:"at"`
}

// Off tells that an account wants no digest.
func (s *Service) Off(ctx context.Context, tenant, account string) (bool, error) {
	found, err := delivery.Read[setting](ctx, s.opts.Records, documents.Key{Shelf: shelf(tenant), ID: offPrefix + account})
	return found != nil, err
}

// SetOff notes whether an account wants no digest.
func (s *Service) SetOff(ctx context.Context, tenant, account string, off bool) error {
	d := delivery.Gone(shelf(tenant), offPrefix+account)
	if off {
		var err error
		if d, err = delivery.Record(shelf(tenant), offPrefix+account, setting{s.opts.Now().UnixMicro()}); err != nil {
			return err
		}
	}
	return s.opts.Records.Replace(ctx, shelf(tenant), []*documents.Document{d})
}

// Token is the word in the address with which an account can say that it wants no
// digest, without signing in. It lets nobody do anything else.
func (s *Service) Token(tenant, account string) string {
	return s.opts.Sealer.Sign("digest", tenant+"\x00"+account)
}
