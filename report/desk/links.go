package desk

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Link is an address under which everybody who has it can read a run.
type Link struct {
	Sum     string `json:"sum"` // the SHA-256 of its token
	Created int64  `json:"created"`
	By      string `json:"by"`
	Expires int64  `json:"expires"`
	Revoked int64  `json:"revoked,omitempty"`
}

const (
	tokenBytes = 32
	tokenChars = 43 // of tokenBytes in base64
	maxToken   = 300
	maxLinks   = 20 // of a run
	// LinkDays is how many days a link is open unless it is said otherwise, MaxLinkDays how many at most.
	LinkDays    = 90
	MaxLinkDays = 731
)

// linked says which run a link leads to.
type linked struct {
	Run string `json:"run"`
}

// Share makes a link to an approved run; the token is answered here and nowhere else. Errors: ErrNotFound,
// ErrApproved (it is not), ErrTooMany.
func (k *Desk) Share(ctx context.Context, tenant, run, by string, days int) (token string, err error) {
	r, err := k.Run(ctx, tenant, run)
	if err == nil {
		err = r.shareable()
	}
	if err != nil {
		return "", err // and nothing is kept
	}
	var b [tokenBytes]byte
	_, _ = rand.Read(b[:]) // it never fails
	token = base64.RawURLEncoding.EncodeToString(b[:]) + "." + base64.RawURLEncoding.EncodeToString([]byte(tenant))
	sum := sumOf(token)
	// What finds it first: a link that is listed can be used.
	if _, err := change(ctx, k.deps.Records, linkKey(tenant, sum), func(*linked) (*linked, error) { return &linked{run}, nil }); err != nil {
		return "", err
	}
	days = min(max(days, 1), MaxLinkDays)
	err = k.mark(ctx, tenant, run, func(m *Mark) error {
		if err := m.shareable(); err != nil {
			return err
		}
		now := k.now()
		m.Links = append(m.Links, Link{Sum: sum, Created: now, By: by, Expires: now + (time.Duration(days) * 24 * time.Hour).Microseconds()})
		return nil
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// shareable tells why a run can have no further link, nil when it can.
func (m *Mark) shareable() error {
	switch {
	case m.Approved == 0:
		return ErrApproved
	case len(m.Links) >= maxLinks:
		return ErrTooMany
	}
	return nil
}

// Revoke ends a link; sum is its Sum. Revoking twice is no error. Errors: ErrNotFound.
func (k *Desk) Revoke(ctx context.Context, tenant, run, sum string) error {
	return k.mark(ctx, tenant, run, func(m *Mark) error {
		i := slices.IndexFunc(m.Links, func(l Link) bool { return l.Sum == sum })
		if i < 0 {
			return ErrNotFound
		}
		if m.Links[i].Revoked == 0 {
			m.Links[i].Revoked = k.now()
		}
		return nil
	})
}

func sumOf(token string) string {
	h := sha256.Sum256([]byte(token))
	return hex.EncodeToString(h[:])
}

// Shared is a form, html or pdf, of the run that a link leads to. from is who asks, for the limit on how often.
// Errors: ErrNotFound, also for a link that is over; ErrForm; *Wait.
func (k *Desk) Shared(ctx context.Context, token, form, from string) (*File, error) {
	if wait := k.public.wait(from, k.deps.Now()); wait > 0 {
		return nil, &Wait{wait}
	}
	if form != "html" && form != "pdf" {
		return nil, ErrForm
	}
	if len(token) > maxToken || len(token) <= tokenChars+1 || token[tokenChars] != '.' {
		return nil, ErrNotFound
	}
	name, err := base64.RawURLEncoding.DecodeString(token[tokenChars+1:])
	if err != nil || strings.TrimSpace(string(name)) == "" {
		return nil, ErrNotFound
	}
	tenant, sum := string(name), sumOf(token)
	to, err := read[linked](ctx, k.deps.Records, linkKey(tenant, sum))
	if err != nil {
		return nil, err
	}
	if to == nil {
		return nil, ErrNotFound
	}
	m, err := read[Mark](ctx, k.deps.Records, markKey(tenant, to.Run))
	if err != nil {
		return nil, err
	}
	if m == nil || m.Approved == 0 || !slices.ContainsFunc(m.Links, func(l Link) bool { return l.Sum == sum && l.Revoked == 0 && k.now() < l.Expires }) {
		return nil, ErrNotFound
	}
	return k.File(ctx, tenant, to.Run, form)
}

// Wait says that somebody asks too often.
type Wait struct{ After time.Duration }

// Error implements error.
func (w *Wait) Error() string { return "too many requests; try again in " + w.After.String() }

const (
	// publicEvery and publicBurst are how often one address may read public reports, allEvery and allBurst all.
	publicEvery = 2 * time.Second
	publicBurst = 20
	allEvery    = 200 * time.Millisecond
	allBurst    = 60
	maxReaders  = 10_000
)

// guard counts who reads public reports. The zero value is ready.
type guard struct {
	mu  sync.Mutex
	all *rate.Limiter
	by  map[string]*rate.Limiter
}

// wait counts a request, and answers how long it has to wait; 0 is not at all.
func (g *guard) wait(from string, now time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.all == nil {
		g.all, g.by = rate.NewLimiter(rate.Every(allEvery), allBurst), map[string]*rate.Limiter{}
	}
	if len(g.by) >= maxReaders {
		clear(g.by) // then it is the limit of all that holds
	}
	own := g.by[from]
	if own == nil {
		own = rate.NewLimiter(rate.Every(publicEvery), publicBurst)
		g.by[from] = own
	}
	for _, l := range []*rate.Limiter{own, g.all} {
		if !l.AllowN(now, 1) {
			return time.Duration((1 - l.TokensAt(now)) / float64(l.Limit()) * float64(time.Second))
		}
	}
	return 0
}
