package catalog

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"lernspur/documents"
)

// OpenOptions say how content is opened.
type OpenOptions struct {
	// Course is the course of a preview, whose registration is uuid.Nil, and
	// Version its version: 0 for the current one. Otherwise both are the
	// registration's.
	Course  string
	Version int
	// Lifetime is how long the launch can be used; 0 for the default.
	Lifetime time.Duration
	// ReturnURL is an absolute http or https address, or empty.
	ReturnURL string
	By        string
}

// Tokens: 256 random bits, then, behind a dot, the tenant, whose launch it says
// that it is: nothing is ever looked up without a tenant.
const (
	tokenBytes = 32
	tokenChars = 43
	maxToken   = 256
)

func newToken(tenant string) string {
	var b [tokenBytes]byte
	_, _ = rand.Read(b[:]) // it never fails
	return base64.RawURLEncoding.EncodeToString(b[:]) + "." + base64.RawURLEncoding.EncodeToString([]byte(tenant))
}

// parseToken is the tenant that a token names and the hash that it is kept by.
func parseToken(token string) (tenant, sum string, ok bool) {
	if len(token) > maxToken || len(token) <= tokenChars+1 || token[tokenChars] != '.' {
		return "", "", false
	}
	name, err := base64.RawURLEncoding.DecodeString(token[tokenChars+1:])
	if err != nil {
		return "", "", false
	}
	h := sha256.Sum256([]byte(token))
	return string(name), hex.EncodeToString(h[:]), true
}

// Open makes a launch of an item (empty: the first that can be launched) and
// writes it to the history. Its answer is the only place where the token is ever
// seen. Errors: ErrNotFound, ErrClosed, *Invalid, *Conflict (nothing to launch),
// *Busy.
func (s *Service) Open(ctx context.Context, tenant string, registration uuid.UUID, item string, m Mode, o OpenOptions) (*Launch, error) {
	if err := s.checkOpen(m, &o); err != nil {
		return nil, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, err
	}
	now := s.now()
	l := &Launch{ID: id, Tenant: tenant, Course: o.Course, Version: o.Version, Registration: registration, Learner: s.preview, Mode: m,
		Created: now, Expires: now + o.Lifetime.Microseconds(), ReturnURL: o.ReturnURL, By: o.By}
	if !l.Preview() {
		if err := s.openRegistration(ctx, l); err != nil {
			return nil, err
		}
	}
	if err := s.openItem(ctx, l, item); err != nil {
		return nil, err
	}
	l.Token = newToken(tenant)
	_, sum, _ := parseToken(l.Token)
	// The history first: there is no launch that it does not have.
	for _, key := range []documents.Key{historyKey(l), launchKey(tenant, sum)} {
		if _, err := change(ctx, s.deps.Records, key, func(*Launch) (*Launch, error) { return l, nil }); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// maxURL bounds an address, in bytes.
const maxURL = 2048

func (s *Service) checkOpen(m Mode, o *OpenOptions) error {
	if m != Normal && m != Browse && m != Review {
		return &Invalid{"mode", fmt.Sprintf("there is no mode %q; there are %s, %s and %s", m, Normal, Browse, Review)}
	}
	switch {
	case o.Lifetime == 0:
		o.Lifetime = s.deps.Lifetime
	case o.Lifetime < time.Second || o.Lifetime > s.deps.MaxLifetime:
		return &Invalid{"lifetime", fmt.Sprintf("a launch can be used for 1s to %s", s.deps.MaxLifetime)}
	}
	if o.ReturnURL == "" {
		return nil
	}
	u, err := url.Parse(o.ReturnURL)
	if err != nil || len(o.ReturnURL) > maxURL || u.Host == "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https" {
		return &Invalid{"returnUrl", fmt.Sprintf("this is not an address that begins with http:// or https://, of %d bytes at most", maxURL)}
	}
	return nil
}

// openRegistration completes a launch by its registration.
func (s *Service) openRegistration(ctx context.Context, l *Launch) error {
	r, err := s.Registration(ctx, l.Tenant, l.Registration)
	if err != nil {
		return err
	}
	if r.Opens > l.Created || r.Closes != 0 && r.Closes <= l.Created {
		return ErrClosed
	}
	if r.Closes != 0 {
		l.Expires = min(l.Expires, r.Closes)
	}
	c, err := s.course(ctx, l.Tenant, r.Course)
	if err != nil {
		return err
	}
	if c.Version(r.Version) == nil && r.Version != c.Current { // it was deleted
		if r, err = s.changeRegistration(ctx, l.Tenant, l.Registration, func(r *Registration) error { r.Version = c.Current; return nil }); err != nil {
			return err
		}
	}
	l.Course, l.Version, l.Learner, l.Resets = r.Course, r.Version, r.Learner, r.Resets
	return nil
}

// openItem finds what is opened.
func (s *Service) openItem(ctx context.Context, l *Launch, item string) error {
	c, err := s.course(ctx, l.Tenant, l.Course)
	if err != nil {
		return err
	}
	if c.Current == 0 {
		return &Conflict{"this course has no package that could be launched"}
	}
	l.Version = c.or(l.Version)
	_, v, err := s.Version(ctx, l.Tenant, l.Course, l.Version)
	if err != nil {
		return err
	}
	for i := range v.Manifest.Items() {
		if i.Launch != nil && (i.ID == item || item == "" && !i.Hidden) {
			l.Item = i.ID
			return nil
		}
	}
	if item == "" {
		return &Conflict{"every item of this course that could be launched is hidden; name one"}
	}
	return &Invalid{"item", fmt.Sprintf("there is no item %q in this course that could be launched", item)}
}

// Launched is the launch of a token, and its course with the manifest and files
// of the launched version. It is answered from memory as a rule, and both are
// shared: nobody changes them. Errors: ErrNoLaunch, of which ErrExpired is one;
// ErrClosed before and after the time for which the registration is open.
func (s *Service) Launched(ctx context.Context, token string) (*Launch, *Course, error) {
	tenant, sum, ok := parseToken(token)
	if !ok {
		return nil, nil, ErrNoLaunch
	}
	l, known := s.launches.get(sum)
	if !known {
		epoch := s.launches.begin()
		var err error
		if l, err = s.findLaunch(ctx, tenant, sum); err != nil {
			return nil, nil, err
		}
		l.Token = strings.Clone(token)
		s.launches.putSince(epoch, sum, l, 1)
	}
	switch now := s.now(); {
	case now < l.opens || l.closes != 0 && now >= l.closes:
		return nil, nil, ErrClosed
	case now >= l.Expires:
		return nil, nil, ErrExpired
	}
	c, _, err := s.Version(ctx, tenant, l.Course, l.Version)
	return l, c, noLaunch(err)
}

// noLaunch is the error of a launch whose course or registration is not there any
// more.
func noLaunch(err error) error {
	if err == ErrNotFound { //nolint:errorlint // as it is said by this package
		return ErrNoLaunch
	}
	return err
}

// findLaunch reads a launch, and whether it still counts.
func (s *Service) findLaunch(ctx context.Context, tenant, sum string) (*Launch, error) {
	l, err := read[Launch](ctx, s.deps.Records, launchKey(tenant, sum))
	if err != nil {
		return nil, err
	}
	if l == nil {
		return nil, ErrNoLaunch
	}
	l.Tenant = tenant
	if l.Preview() {
		return l, nil
	}
	r, err := s.Registration(ctx, tenant, l.Registration)
	if err != nil {
		return nil, noLaunch(err)
	}
	if r.Resets != l.Resets {
		return nil, ErrNoLaunch
	}
	l.opens, l.closes = r.Opens, r.Closes
	if r.Closes != 0 {
		l.Expires = min(l.Expires, r.Closes)
	}
	return l, nil
}

// History is what was launched of a course, or of one registration for it
// (uuid.Nil: all, previews as well): up to n launches from the one behind after
// (nil: the first) on, those of one registration in the order of time.
func (s *Service) History(ctx context.Context, tenant, course string, registration uuid.UUID, after *Launch, n int) ([]*Launch, error) {
	r := documents.Range{Shelf: historyKey(&Launch{Tenant: tenant, Course: course}).Shelf, Registration: registration, Limit: n}
	if after != nil {
		r.AfterRegistration, r.AfterID = after.Registration, after.ID.String()
	}
	docs, err := s.deps.Records.List(ctx, r)
	if err != nil {
		return nil, err
	}
	list := make([]*Launch, len(docs))
	for i, d := range docs {
		if list[i], err = decode[Launch](d); err != nil {
			return nil, err
		}
		list[i].Tenant = tenant
	}
	return list, nil
}
