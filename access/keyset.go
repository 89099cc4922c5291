package access

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	// fetchTime bounds one reading of the keys, discovery included; no request
	// waits longer for it.
	fetchTime = 5 * time.Second
	// fetchPause is the least time between two readings, whoever asks.
	fetchPause = 10 * time.Second
	// fetchAge is from when on the keys are read again in the background, so that
	// one that the issuer has withdrawn ends here, too.
	fetchAge = 10 * time.Minute
	// keepAge is how long keys count that could not be read again.
	keepAge = 24 * time.Hour

	maxDocument = 1 << 20 // bytes of what the issuer answers
	maxKeys     = 100
	minRSA      = 2048 // bits
)

// keySet has the public keys of an issuer. A key that is known costs nobody a
// wait; an unknown one has them read again, once for all who ask meanwhile and
// not too often.
type keySet struct {
	issuer string
	client *http.Client
	now    func() time.Time

	have atomic.Pointer[keysRead]

	mu     sync.Mutex
	flight chan struct{} // closed when the reading under way is over; nil: none is
	next   time.Time     // no reading before
	failed error         // of the last reading
}

// keysRead is what one reading found; it is never changed.
type keysRead struct {
	keys []jose.JSONWebKey
	at   time.Time
}

func newKeySet(issuer string, client *http.Client, now func() time.Time) *keySet {
	if client == nil {
		client = &http.Client{Timeout: fetchTime, CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > 3 || r.URL.Scheme != "https" && r.URL.Scheme != via[0].URL.Scheme {
				return errors.New("sent on to where keys are not fetched from")
			}
			return nil
		}}
	}
	return &keySet{issuer: issuer, client: client, now: now}
}

// VerifySignature implements oidc.KeySet, with the keys at hand.
func (s *keySet) VerifySignature(_ context.Context, raw string) ([]byte, error) {
	signed, err := jose.ParseSignedCompact(raw, algorithms)
	if err != nil || len(signed.Signatures) != 1 {
		return nil, errors.New("not a token with one signature")
	}
	header := signed.Signatures[0].Header
	if have := s.have.Load(); have != nil {
		for _, key := range have.keys {
			if header.KeyID != "" && key.KeyID != header.KeyID || key.Algorithm != "" && key.Algorithm != header.Algorithm {
				continue
			}
			if payload, err := signed.Verify(&key); err == nil {
				return payload, nil
			}
		}
	}
	return nil, errors.New("no key of the issuer fits the signature")
}

// ensure makes sure that the key of this id is at hand, for any id when it is
// empty. ErrWrong means that the issuer has no such key, *Unavailable that
// nobody knows.
func (s *keySet) ensure(ctx context.Context, id string) error {
	if s.known(id) {
		return nil
	}
	flight, err := s.read(ctx)
	if err != nil {
		return err
	}
	select {
	case <-flight:
	case <-ctx.Done():
		return ctx.Err()
	}
	if s.known(id) {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed != nil {
		return s.unavailable()
	}
	return ErrWrong
}

// known tells whether a key is at hand, and has old keys read again meanwhile.
func (s *keySet) known(id string) bool {
	have := s.have.Load()
	if have == nil {
		return false
	}
	age := s.now().Sub(have.at)
	if age > keepAge {
		return false
	}
	if age > fetchAge {
		_, _ = s.read(context.Background()) // nobody waits for it
	}
	for _, key := range have.keys {
		if id == "" || key.KeyID == id {
			return true
		}
	}
	return false
}

// read begins a reading of the keys, or joins the one under way. *Unavailable
// when it is too early for another one.
func (s *keySet) read(ctx context.Context) (<-chan struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.flight != nil {
		return s.flight, nil
	}
	if s.now().Before(s.next) {
		return nil, s.unavailable()
	}
	flight := make(chan struct{})
	s.flight = flight
	go func() {
		// Whoever began it may leave; the others still want the keys.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fetchTime)
		defer cancel()
		keys, err := s.fetch(ctx)
		s.mu.Lock()
		defer s.mu.Unlock()
		if err == nil {
			s.have.Store(&keysRead{keys, s.now()})
		}
		s.failed, s.flight, s.next = err, nil, s.now().Add(fetchPause)
		close(flight)
	}()
	return flight, nil
}

// unavailable is the error while the keys cannot be read, with the lock held.
func (s *keySet) unavailable() error {
	err := s.failed
	if err == nil {
		err = errors.New("the keys of the issuer were read a moment ago")
	}
	return &Unavailable{RetryAfter: max(time.Second, s.next.Sub(s.now())), Err: err}
}

// fetch asks the issuer where its keys are (OpenID Connect Discovery 1.0, 4) and
// reads them.
func (s *keySet) fetch(ctx context.Context) ([]jose.JSONWebKey, error) {
	var provider struct {
		Issuer string `json:"issuer"`
		Keys   string `json:"jwks_uri"`
	}
	if err := s.get(ctx, strings.TrimSuffix(s.issuer, "/")+"/.well-known/openid-configuration", &provider); err != nil {
		return nil, err
	}
	if provider.Issuer != s.issuer {
		return nil, fmt.Errorf("the issuer %s says that it is %q", s.issuer, provider.Issuer)
	}
	own, err := url.Parse(s.issuer)
	if err != nil {
		return nil, fmt.Errorf("the address of the issuer: %w", err)
	}
	if u, err := url.Parse(provider.Keys); err != nil || u.Scheme != "https" && u.Scheme != own.Scheme {
		return nil, fmt.Errorf("the keys of %s are at %q, which is no address to be trusted", s.issuer, provider.Keys)
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := s.get(ctx, provider.Keys, &set); err != nil {
		return nil, err
	}
	var keys []jose.JSONWebKey
	for _, raw := range set.Keys[:min(len(set.Keys), maxKeys)] {
		var key jose.JSONWebKey
		if err := key.UnmarshalJSON(raw); err == nil && usable(key) {
			keys = append(keys, key) // others are for purposes, or of kinds, that are not ours
		}
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("the issuer %s has no key for signatures", s.issuer)
	}
	return keys, nil
}

// usable tells whether a key is public, for signatures, and strong enough.
func usable(key jose.JSONWebKey) bool {
	if key.Use != "" && key.Use != "sig" || !key.Valid() {
		return false
	}
	switch public := key.Key.(type) {
	case *rsa.PublicKey:
		return public.N.BitLen() >= minRSA
	case *ecdsa.PublicKey, ed25519.PublicKey:
		return true
	}
	return false
}

// get reads a JSON document of the issuer.
func (s *keySet) get(ctx context.Context, address string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("ask the issuer: %w", err)
	}
	request.Header.Set("Accept", "application/json")
	answer, err := s.client.Do(request)
	if err != nil {
		return fmt.Errorf("ask the issuer: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the issuer answers %s to %s", answer.Status, address)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxDocument+1))
	if err != nil {
		return fmt.Errorf("read what the issuer answers: %w", err)
	}
	if len(body) > maxDocument {
		return fmt.Errorf("the issuer answers more than %d bytes to %s", maxDocument, address)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("what the issuer answers to %s is not what it should be: %w", address, err)
	}
	return nil
}
