package access

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"lernspur/directory"
)

// Errors that callers tell apart, beside *TooMany and *Unavailable.
var (
	// ErrWrong means that the credentials are not known, not right, or no longer
	// in force; which of these is not told.
	ErrWrong = errors.New("these credentials are not known here")
	// ErrOrigin means that the key is right, and bound to another origin than the
	// one that the request names.
	ErrOrigin = errors.New("this key is bound to pages of another origin")
)

// TooMany means that too many wrong credentials came before these, which were
// not looked at.
type TooMany struct {
	// RetryAfter is when they will be.
	RetryAfter time.Duration
}

func (e *TooMany) Error() string { return "too many wrong credentials" }

// Unavailable means that it cannot be told now whether a token is good: the keys
// of its issuer cannot be read.
type Unavailable struct {
	RetryAfter time.Duration
	Err        error
}

func (e *Unavailable) Error() string {
	return "the issuer of this token cannot be asked for its keys now; try again"
}
func (e *Unavailable) Unwrap() error { return e.Err }

// Keys checks API keys. *directory.Keys does.
type Keys interface {
	// Check returns directory.ErrWrongKey for all that is not right, in the same
	// time whatever it is.
	Check(id, secret string) (*directory.Identity, error)
}

// Options are what a Gate needs.
type Options struct {
	Keys Keys
	// Tokens judges Bearer tokens; nil accepts none.
	Tokens *Tokens
	// AddressHeader names the header in which a trusted proxy says who its client
	// is, such as X-Forwarded-For: the last address in it counts. Empty takes
	// the address of the connection. Without a proxy that sets it, everybody could
	// write there what they like.
	AddressHeader string
	// Slow says how repeated failures are slowed down.
	Slow Slow

	Logger     *zap.Logger
	Registerer prometheus.Registerer
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Gate finds out who sends requests. It is safe for concurrent use.
type Gate struct {
	opts     Options
	throttle *Throttle

	wrong, slowed, away, elsewhere prometheus.Counter
}

// NewGate makes a Gate.
func NewGate(opts Options) *Gate {
	if opts.Logger == nil {
		opts.Logger = zap.NewNop()
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	refused := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "lernspur_access_refused_total",
		Help: "Requests whose credentials were wrong, bound to another origin, not looked at after too many wrong ones, or could not be judged.",
	}, []string{"reason"})
	if opts.Registerer != nil {
		opts.Registerer.MustRegister(refused)
	}
	return &Gate{
		opts: opts, throttle: NewThrottle(opts.Slow),
		wrong: refused.WithLabelValues("wrong"), slowed: refused.WithLabelValues("slowed"), away: refused.WithLabelValues("issuer_away"),
		elsewhere: refused.WithLabelValues("origin"),
	}
}

// Challenges are the values of WWW-Authenticate for whoever comes without
// credentials, or with wrong ones.
func (g *Gate) Challenges() []string {
	list := []string{`Basic realm="Lernspur", charset="UTF-8"`}
	if g.opts.Tokens != nil {
		list = append(list, `Bearer realm="Lernspur"`)
	}
	return list
}

// Identify tells whom the credentials of a request stand for; nil without an
// error when it has none of a kind that is known here. Errors: ErrWrong,
// ErrOrigin, *TooMany, *Unavailable.
func (g *Gate) Identify(r *http.Request) (*directory.Identity, error) {
	var who *directory.Identity
	var err error
	if key, secret, ok := r.BasicAuth(); ok {
		who, err = g.basic(r, key, secret)
	} else if token, ok := bearer(r); ok && g.opts.Tokens != nil {
		who, err = g.token(r, token)
	} else {
		return nil, nil
	}
	if err == nil && who.BoundOrigin != "" && r.Header.Get("Origin") != who.BoundOrigin {
		err = ErrOrigin
	}
	if err != nil {
		g.count(err)
		return nil, err
	}
	return who, nil
}

// basic checks a key. One that fails again and again from one address is not
// looked at for a while.
func (g *Gate) basic(r *http.Request, key, secret string) (*directory.Identity, error) {
	if g.throttle.Busy(g.opts.Now) {
		if wait := g.throttle.Refused(g.address(r), key, g.opts.Now()); wait > 0 {
			return nil, &TooMany{wait}
		}
	}
	who, err := g.opts.Keys.Check(key, secret)
	if errors.Is(err, directory.ErrWrongKey) {
		return nil, g.failed(g.address(r), key)
	}
	return who, err
}

// token judges a token. It is always looked at: nobody guesses a signature, and
// whoever shares an address with a broken client should not suffer from that.
func (g *Gate) token(r *http.Request, token string) (*directory.Identity, error) {
	who, forged, err := g.opts.Tokens.identify(r.Context(), token)
	if forged {
		return nil, g.failed(g.address(r), "")
	}
	return who, err
}

// failed notes wrong credentials and is the error for them.
func (g *Gate) failed(address, key string) error {
	if wait := g.throttle.Failed(address, key, g.opts.Now()); wait > 0 {
		return &TooMany{wait}
	}
	return ErrWrong
}

func (g *Gate) count(err error) {
	var many *TooMany
	var away *Unavailable
	switch {
	case errors.As(err, &many):
		g.slowed.Inc()
	case errors.As(err, &away):
		g.away.Inc()
		g.opts.Logger.Warn("a token could not be judged", zap.Error(away.Err))
	case errors.Is(err, ErrWrong):
		g.wrong.Inc()
	case errors.Is(err, ErrOrigin):
		g.elsewhere.Inc()
	case !errors.Is(err, context.Canceled):
		g.opts.Logger.Error("credentials could not be checked", zap.Error(err))
	}
}

// bearer reads a token from the header (RFC 6750, 2.1). Tokens in the query or in
// a form are not looked for: queries end up in logs.
func bearer(r *http.Request) (token string, ok bool) {
	const scheme = "Bearer "
	header := r.Header.Get("Authorization")
	if len(header) < len(scheme) || !strings.EqualFold(header[:len(scheme)], scheme) {
		return "", false
	}
	return strings.TrimSpace(header[len(scheme):]), true
}
