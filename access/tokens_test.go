package access

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"lernspur/directory"
)

func newTestTokens(i *issuer, c *clock, change func(*TokenOptions)) *Tokens {
	o := TokenOptions{Issuer: i.URL, Audience: "lrs", Tenant: "town", ScopePrefix: "xapi:", Now: c.now}
	if change != nil {
		change(&o)
	}
	return NewTokens(o)
}

func TestATokenIsAnAccountAtItsIssuer(t *testing.T) {
	i, c := newIssuer(t), newClock()
	tokens := newTestTokens(i, c, nil)
	for _, algorithm := range []jose.SignatureAlgorithm{
		jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
	} {
		t.Run(string(algorithm), func(t *testing.T) {
			s := newSigner("key of "+string(algorithm), algorithm)
			i.publish(s.public())
			c.advance(fetchPause) // so that an unknown key is asked for
			who, forged, err := tokens.identify(t.Context(), s.sign(t, i.claims(c.now(), nil)))
			if err != nil || forged {
				t.Fatal(err)
			}
			want := &directory.Identity{
				KeyID: "token", Tenant: "town", Scopes: []string{"statements/write", "statements/read/mine"},
				Authority:           []byte(`{"objectType":"Agent","account":{"homePage":"` + i.URL + `","name":"ada"}}`),
				AuthorityIdentifier: "account|" + i.URL + "|ada",
			}
			if diff := cmp.Diff(want, who); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTokensThatDoNotCount(t *testing.T) {
	i, c := newIssuer(t), newClock()
	good, other := newSigner("good", jose.ES256), newSigner("good", jose.ES256)
	rsaKey := newSigner("rsa", jose.RS256)
	i.publish(good.public(), rsaKey.public(), map[string]string{"kty": "oct", "kid": "shared", "k": "AAAA"}, map[string]string{"kty": "new"})
	tokens := newTestTokens(i, c, nil)
	at := func(d time.Duration) int64 { return c.now().Add(d).Unix() }
	sign := func(changes fields) string { return good.sign(t, i.claims(c.now(), changes)) }
	unsigned := func(header string) string {
		enc := base64.RawURLEncoding.EncodeToString
		return enc([]byte(header)) + "." + enc(must(json.Marshal(i.claims(c.now(), nil)))) + "."
	}
	whole := sign(nil)
	parts := strings.Split(whole, ".")
	public := must(json.Marshal(rsaKey.public()))
	for _, test := range []struct {
		name, token string
		ok, forged  bool
	}{
		{"good", whole, true, false},
		{"audience as one text", sign(fields{"aud": "lrs"}), true, false},
		{"expired within the leeway", sign(fields{"exp": at(-29 * time.Second)}), true, false},
		{"not yet, within the leeway", sign(fields{"nbf": at(29 * time.Second)}), true, false},
		{"a fraction of a second", sign(fields{"exp": float64(at(time.Minute)) + 0.5}), true, false},
		{"without scope", sign(fields{"scope": nil}), true, false},
		{"expired", sign(fields{"exp": at(-31 * time.Second)}), false, false},
		{"not yet", sign(fields{"nbf": at(31 * time.Second)}), false, false},
		{"without an end", sign(fields{"exp": nil}), false, false},
		{"without a subject", sign(fields{"sub": nil}), false, false},
		{"scope is a list", sign(fields{"scope": []string{"xapi:all"}}), false, false},
		{"another issuer", sign(fields{"iss": i.URL + "/"}), false, true},
		{"another audience", sign(fields{"aud": "lrs2"}), false, true},
		{"no audience", sign(fields{"aud": nil}), false, true},
		{"another key of the same name", other.sign(t, i.claims(c.now(), nil)), false, true},
		{"a name of another key", (&signer{"rsa", jose.ES256, good.private}).sign(t, i.claims(c.now(), nil)), false, true},
		{"claims of another token", parts[0] + "." + strings.Split(sign(fields{"sub": "eve"}), ".")[1] + "." + parts[2], false, true},
		{"alg none", unsigned(`{"alg":"none"}`), false, true},
		{"alg None", unsigned(`{"alg":"None","kid":"good"}`), false, true},
		{"HS256 with the public key", signWith(t, jose.SigningKey{Algorithm: jose.HS256, Key: jose.JSONWebKey{Key: public, KeyID: "rsa"}}, i.claims(c.now(), nil)), false, true},
		{"HS256 with a shared key", signWith(t, jose.SigningKey{Algorithm: jose.HS256, Key: jose.JSONWebKey{Key: make([]byte, 32), KeyID: "shared"}}, i.claims(c.now(), nil)), false, true},
		{"no token", "", false, true},
		{"two dots", "..", false, true},
		{"too long", whole + strings.Repeat("A", maxToken), false, true},
		{"JSON", `{"payload":"","signatures":[]}`, false, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			who, forged, err := tokens.identify(t.Context(), test.token)
			if test.ok != (err == nil) || test.ok != (who != nil) || forged != test.forged {
				t.Errorf("%v, forged %v, %v", who, forged, err)
			}
			if !test.ok && !errors.Is(err, ErrWrong) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestTenantFromAClaim(t *testing.T) {
	i, c := newIssuer(t), newClock()
	s := newSigner("k", jose.ES256)
	i.publish(s.public())
	tokens := newTestTokens(i, c, func(o *TokenOptions) { o.TenantClaim = "town" })
	for name, test := range map[string]struct {
		claim any
		want  string
	}{
		"named": {"village", "village"}, "missing": {nil, ""}, "empty": {"", ""}, "a number": {7, ""}, "cannot be": {"a b", ""},
	} {
		who, _, err := tokens.identify(t.Context(), s.sign(t, i.claims(c.now(), fields{"town": test.claim})))
		if (test.want == "") != errors.Is(err, ErrWrong) || who != nil && who.Tenant != test.want {
			t.Errorf("%s: %+v, %v", name, who, err)
		}
	}
}

// TestKeysRotate follows an issuer that brings in a new key, and takes the old
// one away.
func TestKeysRotate(t *testing.T) {
	i, c := newIssuer(t), newClock()
	first, second := newSigner("1", jose.ES256), newSigner("2", jose.RS256)
	i.publish(first.public())
	tokens := newTestTokens(i, c, nil)
	try := func(s *signer) error {
		_, _, err := tokens.identify(t.Context(), s.sign(t, i.claims(c.now(), nil)))
		return err
	}
	reads := func(step string, want int64) {
		t.Helper()
		if got := i.reads.Load(); got != want {
			t.Errorf("%s: %d readings of the keys, want %d", step, got, want)
		}
	}
	if err := try(first); err != nil {
		t.Fatal(err)
	}
	for range 50 {
		if err := try(first); err != nil {
			t.Fatal(err)
		}
	}
	reads("a known key", 1)

	// The new key is asked for, but not at once: that would be a way to have the
	// issuer flooded.
	i.publish(first.public(), second.public())
	var away *Unavailable
	for range 50 {
		if err := try(second); !errors.As(err, &away) || away.RetryAfter <= 0 || away.RetryAfter > fetchPause {
			t.Fatalf("an unknown key a moment after: %v", err)
		}
	}
	reads("an unknown key, too early", 1)
	c.advance(fetchPause)
	if err := errors.Join(try(second), try(first)); err != nil {
		t.Fatal(err)
	}
	reads("an unknown key", 2)

	// A key that nobody has is wrong, once that has been found out.
	c.advance(fetchPause)
	if err := try(newSigner("3", jose.ES256)); !errors.Is(err, ErrWrong) {
		t.Errorf("a key that the issuer does not have: %v", err)
	}
	reads("a key that the issuer does not have", 3)

	// What the issuer has taken away ends here as well, after a reading in the
	// background.
	i.publish(second.public())
	release := i.slow()
	c.advance(fetchAge + time.Second)
	if err := try(first); err != nil {
		t.Errorf("a reading in the background held a token up: %v", err)
	}
	release()
	for deadline := time.Now().Add(10 * time.Second); try(first) == nil; {
		if time.Now().After(deadline) {
			t.Fatal("a key that was taken away still counts")
		}
		time.Sleep(5 * time.Millisecond)
	}
	if err := try(second); err != nil {
		t.Error(err)
	}
}

func TestIssuerAway(t *testing.T) {
	i, c := newIssuer(t), newClock()
	s := newSigner("1", jose.ES256)
	i.publish(s.public())
	tokens := newTestTokens(i, c, nil)
	try := func() error {
		_, forged, err := tokens.identify(t.Context(), s.sign(t, i.claims(c.now(), nil)))
		if forged {
			t.Error("called forged")
		}
		return err
	}
	var away *Unavailable
	i.down.Store(true)
	for range 3 {
		if err := try(); !errors.As(err, &away) || away.RetryAfter <= 0 {
			t.Fatalf("no keys, issuer away: %v", err)
		}
	}
	if n := i.discoveries.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
	i.down.Store(false)
	c.advance(fetchPause)
	if err := try(); err != nil {
		t.Fatalf("the issuer is back: %v", err)
	}
	i.down.Store(true)
	c.advance(keepAge - time.Second)
	if err := try(); err != nil {
		t.Errorf("known keys, issuer away: %v", err)
	}
	c.advance(2 * time.Second)
	if err := try(); !errors.As(err, &away) {
		t.Errorf("keys of the day before: %v", err)
	}
}

func TestIssuersThatAreNotTrusted(t *testing.T) {
	for name, change := range map[string]func(*issuer){
		"names another":       func(i *issuer) { i.named = "https://id.example.org" },
		"keys elsewhere":      func(i *issuer) { i.keyAt = "ftp://id.example.org/keys" },
		"no keys":             func(i *issuer) { i.publish() },
		"keys to encrypt":     func(i *issuer) { k := newSigner("1", jose.ES256).public(); k.Use = "enc"; i.publish(k) },
		"more than a million": func(i *issuer) { i.publish(strings.Repeat("x", maxDocument)) },
	} {
		t.Run(name, func(t *testing.T) {
			i, c := newIssuer(t), newClock()
			s := newSigner("1", jose.ES256)
			i.publish(s.public())
			change(i)
			var away *Unavailable
			_, _, err := newTestTokens(i, c, nil).identify(t.Context(), s.sign(t, i.claims(c.now(), nil)))
			if !errors.As(err, &away) {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestOneReadingForAll has many ask for the first key at once, one of whom
// leaves, while the issuer is slow.
func TestOneReadingForAll(t *testing.T) {
	i, c := newIssuer(t), newClock()
	s := newSigner("1", jose.ES256)
	i.publish(s.public())
	release := i.slow()
	tokens := newTestTokens(i, c, nil)
	token := s.sign(t, i.claims(c.now(), nil))

	leaving, cancel := context.WithCancel(t.Context())
	left := make(chan error)
	go func() { _, _, err := tokens.identify(leaving, token); left <- err }()
	for i.reads.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("who left got %v", err)
	}
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			if _, _, err := tokens.identify(t.Context(), token); err != nil {
				t.Error(err)
			}
		})
	}
	release()
	wait.Wait()
	if n := i.reads.Load(); n != 1 {
		t.Errorf("%d readings", n)
	}
}
