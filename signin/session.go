package signin

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"lernspur/directory"
	"lernspur/web/visitor"
)

// session is what is kept of a browser that signed in, under the hash of its
// token.
type session struct {
	Account string `json:"account"`
	// Epoch is that of the account when it began: with another one it is over.
	Epoch   int64 `json:"epoch"`
	Created int64 `json:"created"` // seconds
	// Seen is when it was last used, give or take an eighth of Options.Idle: not
	// every page costs a write.
	Seen int64 `json:"seen"`
}

const (
	tokenBytes = 32
	// touchShare is the part of the idle time after which the last use is noted.
	touchShare = 8
)

// token is what the cookie of a session has: random, and the tenant, as records
// are kept by tenant.
type token struct{ tenant, secret string }

func (t token) String() string {
	if t.tenant == directory.DefaultTenant {
		return t.secret
	}
	return t.secret + "." + base64.RawURLEncoding.EncodeToString([]byte(t.tenant))
}

// sum is the hash under which the session is kept.
func (t token) sum() string { return hashed("session", t.secret) }

// guard is the word that has to come with every write of the session. It gives
// nothing of the token away.
func (t token) guard() string { return hashed("guard", t.secret) }

// hashed is SHA-256 of a random secret, for one purpose.
func hashed(purpose, secret string) string {
	sum := sha256.Sum256([]byte(purpose + "\x00" + secret))
	return hex.EncodeToString(sum[:])
}

func newSecret() string { return base64.RawURLEncoding.EncodeToString(random(tokenBytes)) }

func parseToken(text string) (t token, ok bool) {
	secret, tenant, named := strings.Cut(text, ".")
	if len(secret) != base64.RawURLEncoding.EncodedLen(tokenBytes) {
		return t, false
	}
	if !named {
		return token{directory.DefaultTenant, secret}, true
	}
	name, err := base64.RawURLEncoding.DecodeString(tenant)
	if err != nil || directory.CheckTenant(string(name)) != nil {
		return t, false
	}
	return token{string(name), secret}, true
}

// The names of the cookies. Those of encrypted connections get a prefix with which
// browsers take them from this host only (RFC 6265bis, 4.1.3).
const (
	sessionCookie = "lernspur"
	formCookie    = "lernspur-form"
	flowCookie    = "lernspur-oidc"
)

func (s *Service) cookieName(name string) string {
	if s.secure {
		return "__Host-" + name
	}
	return name
}

// setCookie gives a browser a cookie for as long as it is open, or for age; a
// negative age takes it away.
func (s *Service) setCookie(w http.ResponseWriter, name, value string, age time.Duration) {
	seconds := int(age / time.Second)
	if age < 0 {
		seconds = -1
	}
	http.SetCookie(w, &http.Cookie{
		Name: s.cookieName(name), Value: value, Path: "/", MaxAge: seconds, Secure: s.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

func (s *Service) cookie(r *http.Request, name string) string {
	c, err := r.Cookie(s.cookieName(name))
	if err != nil {
		return ""
	}
	return c.Value
}

// begin makes a session of an account durable, and gives it to the browser in
// place of the one that it may have.
func (s *Service) begin(ctx context.Context, w http.ResponseWriter, r *http.Request, a *Account) error {
	s.end(ctx, r)
	t := token{a.Tenant, newSecret()}
	now := s.opts.Now().Unix()
	_, err := s.sessions.change(ctx, t.tenant, t.sum(), func(*session) (*session, bool, error) {
		return &session{Account: a.ID, Epoch: a.Epoch, Created: now, Seen: now}, false, nil
	})
	if err != nil {
		return err
	}
	s.tenants.Store(t.tenant, true)
	s.setCookie(w, sessionCookie, t.String(), 0)
	s.setCookie(w, formCookie, "", -1)
	return nil
}

// end ends the session of a request, if there is one.
func (s *Service) end(ctx context.Context, r *http.Request) {
	t, ok := parseToken(s.cookie(r, sessionCookie))
	if !ok {
		return
	}
	if err := s.remove(ctx, t.tenant, t.sum()); err != nil {
		s.log.Warn("a session that was ended may go on until its time is over", zap.String("tenant", t.tenant), zap.Error(err))
	}
}

func (s *Service) remove(ctx context.Context, tenant, sum string) error {
	_, err := s.sessions.change(ctx, tenant, sum, func(current *session) (*session, bool, error) {
		return nil, current != nil, nil
	})
	return err
}

// visitor tells who a request comes from; nil without an error for nobody.
func (s *Service) visitor(r *http.Request) (*visitor.Visitor, error) {
	t, ok := parseToken(s.cookie(r, sessionCookie))
	if !ok {
		return nil, nil
	}
	ctx := r.Context()
	found, err := s.sessions.get(ctx, t.tenant, t.sum())
	if err != nil || found == nil || s.over(found) {
		return nil, err
	}
	a, err := s.accounts.get(ctx, t.tenant, found.Account)
	if err != nil || a == nil || a.Disabled || a.Epoch != found.Epoch {
		return nil, err
	}
	s.touch(ctx, t, found)
	v := &visitor.Visitor{
		Tenant: t.tenant, Account: a.ID, Name: a.shown(), Person: a.Person, Roles: slices.Clone(a.Roles), Groups: slices.Clone(a.Groups),
		Language: a.Language, Guard: t.guard(), MustChange: a.MustChange,
	}
	if s.opts.People != nil && a.Person != "" {
		var groups []string
		v.Person, groups = s.opts.People(ctx, a.Tenant, a.Person)
		v.Groups = append(v.Groups, groups...)
		slices.Sort(v.Groups)
		v.Groups = slices.Compact(v.Groups)
	}
	return v, nil
}

// over tells whether the time of a session is.
func (s *Service) over(x *session) bool {
	now := s.opts.Now()
	return now.Sub(time.Unix(x.Created, 0)) >= s.opts.Lifetime || now.Sub(time.Unix(x.Seen, 0)) >= s.opts.Idle
}

// touch notes that a session was used. The page does not wait for it.
func (s *Service) touch(ctx context.Context, t token, found *session) {
	now, sum := s.opts.Now(), t.sum()
	if now.Sub(time.Unix(found.Seen, 0)) < s.opts.Idle/touchShare {
		return
	}
	if _, under := s.touching.LoadOrStore(sum, true); under {
		return
	}
	go func() {
		defer s.touching.Delete(sum)
		_, err := s.sessions.change(ctx, t.tenant, sum, func(current *session) (*session, bool, error) {
			if current == nil || current.Seen >= now.Unix() {
				return nil, false, nil // ended meanwhile, or noted by another page
			}
			next := *current
			next.Seen = now.Unix()
			return &next, false, nil
		})
		var busy *Busy
		if err != nil && !errors.As(err, &busy) {
			s.log.Warn("the use of a session is not noted", zap.Error(err))
		}
	}()
}

// sweepPage is how many records of sessions are looked at together.
const sweepPage = 500

// Sweep removes the sessions of a tenant whose time is over, and answers how many.
func (s *Service) Sweep(ctx context.Context, tenant string) (removed int, err error) {
	for after := ""; ; {
		sums, list, err := s.sessions.list(ctx, tenant, after, sweepPage)
		if err != nil {
			return removed, err
		}
		for i, x := range list {
			// Of one that was used meanwhile only the old version is at hand; the next
			// round sees the new one.
			if !s.over(x) {
				continue
			}
			_, err := s.sessions.change(ctx, tenant, sums[i], func(current *session) (*session, bool, error) {
				gone := current != nil && s.over(current)
				if gone {
					removed++
				}
				return nil, gone, nil
			})
			if err != nil {
				return removed, err
			}
		}
		if len(list) < sweepPage {
			return removed, nil
		}
		after = sums[len(sums)-1]
	}
}

// sweepPause is how long Run rests between two rounds.
const sweepPause = 15 * time.Minute

// Run removes sessions whose time is over until ctx ends, of these tenants and of
// those that somebody signed in to.
func (s *Service) Run(ctx context.Context, tenants func() []string) {
	tick := time.NewTicker(sweepPause)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			for _, tenant := range tenants() {
				s.tenants.Store(tenant, true)
			}
			s.tenants.Range(func(name, _ any) bool {
				tenant := name.(string)
				if _, err := s.Sweep(ctx, tenant); err != nil && ctx.Err() == nil {
					s.log.Warn("old sessions not removed", zap.String("tenant", tenant), zap.Error(err))
				}
				return ctx.Err() == nil
			})
		}
	}
}
