package signin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"lernspur/access"
	"lernspur/directory"
)

// Options are what a Service needs. Zero values stand for the defaults named
// there.
type Options struct {
	Records Records
	// Base gives the address of the pages as browsers see it, without a slash at
	// its end, such as https://lrs.example.org/lernspur. With https the cookies are
	// for encrypted connections only. Empty: the host that is asked, without TLS.
	Base string
	// Idle is after how long without a request a session ends, 1 h; Lifetime when it
	// ends in any case, 12 h.
	Idle, Lifetime time.Duration
	// LinkLifetime is how long a one-time link can be used; 72 h.
	LinkLifetime time.Duration
	// Slow says how wrong passwords are slowed down: PerKey is 5 and Interval 30 s
	// here.
	Slow access.Slow
	// FailTime is the least that an attempt with a wrong name or password takes; 400
	// ms. It hides what had to be read to see that it was wrong.
	FailTime time.Duration
	// AddressHeader names the header of a trusted proxy; see access.Options.
	AddressHeader string
	Hash          HashOptions
	// OIDC is the issuer that people can sign in at; nil: there is none.
	OIDC *OIDCOptions
	// People says what the directory knows of the human of an account: the id as it
	// is now, "" when there is none, and the groups that are theirs as a trainer. Nil: the
	// account says everything.
	People func(ctx context.Context, tenant, person string) (id string, groups []string)
	// Look shows the pages; it can be set later, with SetLook.
	Look Look

	Logger     *zap.Logger
	Registerer prometheus.Registerer
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Service signs people in. It is safe for concurrent use.
type Service struct {
	opts     Options
	log      *zap.Logger
	prefix   string // path of Base
	secure   bool   // Base is https
	pages    *http.CrossOriginProtection
	hasher   *hasher
	throttle *access.Throttle
	accounts *shelf[Account]
	sessions *shelf[session]
	issuer   *issuer // nil without one
	// tenants are those that somebody signed in to since the start.
	tenants sync.Map
	// administrators is held by who may take one away: one has to stay.
	administrators sync.Mutex
	// touching has the sums of sessions whose use is being noted.
	touching sync.Map

	signins *prometheus.CounterVec
}

// New makes a Service. The error is about Options.
func New(opts Options) (*Service, error) {
	if opts.Records == nil {
		return nil, errors.New("signing in needs records")
	}
	opts.Idle = cmp.Or(opts.Idle, time.Hour)
	opts.Lifetime = cmp.Or(opts.Lifetime, 12*time.Hour)
	opts.LinkLifetime = cmp.Or(opts.LinkLifetime, 72*time.Hour)
	opts.FailTime = cmp.Or(opts.FailTime, 400*time.Millisecond)
	opts.Slow.PerKey = cmp.Or(opts.Slow.PerKey, 5)
	opts.Slow.Interval = cmp.Or(opts.Slow.Interval, 30*time.Second)
	if opts.Logger == nil {
		opts.Logger = zap.NewNop()
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	s := &Service{
		opts: opts, log: opts.Logger, pages: http.NewCrossOriginProtection(),
		hasher: newHasher(opts.Hash), throttle: access.NewThrottle(opts.Slow),
		accounts: newShelf[Account](opts.Records, accountKey), sessions: newShelf[session](opts.Records, sessionKey),
		signins: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lernspur_signins_total", Help: "Attempts to sign in, by what became of them.",
		}, []string{"outcome"}),
	}
	base, err := url.Parse(opts.Base)
	if err != nil {
		return nil, fmt.Errorf("the address of the pages: %w", err)
	}
	s.prefix, s.secure = strings.TrimSuffix(base.Path, "/"), base.Scheme == "https"
	if base.Host != "" {
		if err := s.pages.AddTrustedOrigin(base.Scheme + "://" + base.Host); err != nil {
			return nil, fmt.Errorf("the address of the pages: %w", err)
		}
	}
	if opts.OIDC != nil {
		if s.issuer, err = newIssuer(*opts.OIDC, opts); err != nil {
			return nil, err
		}
	}
	for _, outcome := range []string{"in", "wrong", "slowed", "failed"} {
		s.signins.WithLabelValues(outcome)
	}
	if opts.Registerer != nil {
		opts.Registerer.MustRegister(s.signins)
	}
	return s, nil
}

// SetLook says what the pages look like. It is for the start, before requests come.
func (s *Service) SetLook(l Look) { s.opts.Look = l }

// tenantOr is a tenant that somebody named; the default when it is none.
func tenantOr(name string) string {
	if name == "" || directory.CheckTenant(name) != nil {
		return directory.DefaultTenant
	}
	return name
}
