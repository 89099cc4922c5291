package access

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"lernspur/directory"
)

// keys maps ids to secrets.
type keys map[string]string

func (k keys) Check(id, secret string) (*directory.Identity, error) {
	if want, ok := k[id]; !ok || want != secret {
		return nil, directory.ErrWrongKey
	}
	return &directory.Identity{KeyID: id}, nil
}

// try asks a gate as a client would.
func try(g *Gate, address, key, secret string, headers ...string) (*directory.Identity, error) {
	r := httptest.NewRequest("GET", "/xapi/statements", nil)
	r.RemoteAddr = address
	if key != "" {
		r.SetBasicAuth(key, secret)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	return g.Identify(r)
}

func TestIdentify(t *testing.T) {
	i, c := newIssuer(t), newClock()
	s := newSigner("1", jose.ES256)
	i.publish(s.public())
	token := s.sign(t, i.claims(c.now(), nil))
	core, logs := observer.New(zap.DebugLevel)
	with := NewGate(Options{Keys: keys{"a": "secret"}, Tokens: newTestTokens(i, c, nil), Now: c.now, Logger: zap.New(core)})
	without := NewGate(Options{Keys: keys{"a": "secret"}, Now: c.now, Logger: zap.New(core)})
	for name, test := range map[string]struct {
		header        string
		with, without string // the key, "" for nobody, "wrong"
	}{
		"nothing":                 {"", "", ""},
		"a key":                   {"Basic YTpzZWNyZXQ=", "a", "a"},
		"basic in lower case":     {"basic YTpzZWNyZXQ=", "a", "a"},
		"a wrong secret":          {"Basic YTpzZWNyZXRz", "wrong", "wrong"},
		"no base64":               {"Basic !", "", ""},
		"a token":                 {"Bearer " + token, "token", ""},
		"bearer in lower case":    {"bearer " + token, "token", ""},
		"a wrong token":           {"Bearer " + token[:len(token)-8], "wrong", ""},
		"a token with two blanks": {"Bearer  " + token, "token", ""},
		"an empty token":          {"Bearer ", "wrong", ""},
		"Bearer alone":            {"Bearer", "", ""},
		"something else":          {"Digest a", "", ""},
	} {
		for which, g := range map[string]*Gate{"with": with, "without": without} {
			want := test.with
			if which == "without" {
				want = test.without
			}
			who, err := try(g, "192.0.2.1:1", "", "", "Authorization: "+test.header)
			got := ""
			switch {
			case errors.Is(err, ErrWrong):
				got = "wrong"
			case err != nil:
				got = err.Error()
			case who != nil:
				got = who.KeyID
			}
			if got != want {
				t.Errorf("%s, %s an issuer: %q, want %q", name, which, got, want)
			}
		}
	}
	if got := with.Challenges(); len(got) != 2 || got[1] != `Bearer realm="Lernspur"` {
		t.Errorf("challenges %q", got)
	}
	if got := without.Challenges(); len(got) != 1 {
		t.Errorf("challenges %q", got)
	}
	for _, entry := range logs.All() {
		if text := fmt.Sprint(entry.Message, entry.ContextMap()); strings.Contains(text, "secret") || strings.Contains(text, token[:20]) {
			t.Errorf("the log has %s", text)
		}
	}
}

// TestGuessingIsSlowedDown counts with bursts of 3 for a key from an address,
// and of 6 for a key and for an address; one more every second.
func TestGuessingIsSlowedDown(t *testing.T) {
	c := newClock()
	registry := prometheus.NewRegistry()
	g := NewGate(Options{Keys: keys{"a": "secret", "b": "secret"}, Now: c.now, Registerer: registry, Slow: Slow{PerKey: 3, PerAddress: 6, Interval: time.Second}})
	const here, there, elsewhere = "192.0.2.1:1000", "192.0.2.2:1000", "192.0.2.3:1000"
	step := func(name, address, key, secret, want string) {
		t.Helper()
		who, err := try(g, address, key, secret)
		var many *TooMany
		got := "in"
		switch {
		case errors.Is(err, ErrWrong):
			got = "wrong"
		case errors.As(err, &many):
			got = "slowed"
			if many.RetryAfter <= 0 || many.RetryAfter > 6*time.Second {
				t.Errorf("%s: after %s", name, many.RetryAfter)
			}
		case err != nil || who == nil:
			t.Fatal(name, err)
		}
		if got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	step("right", here, "a", "secret", "in")
	step("first", here, "a", "guess", "wrong")
	step("right in between", here, "a", "secret", "in")
	step("second", here, "a", "guess", "wrong")
	step("third", here, "a", "guess", "wrong")
	step("fourth", here, "a", "guess", "slowed")
	step("right, but nobody looks", here, "a", "secret", "slowed")
	step("another port is the same address", "192.0.2.1:2000", "a", "guess", "slowed")
	step("right from another address", there, "a", "secret", "in")
	step("another key from the same address", here, "b", "secret", "in")
	c.advance(999 * time.Millisecond)
	step("a little early", here, "a", "guess", "slowed")
	c.advance(time.Millisecond)
	step("one more after a second", here, "a", "guess", "wrong")
	step("and no other", here, "a", "guess", "slowed")
	c.advance(time.Second)
	step("right at last", here, "a", "secret", "in")

	// Of the four from this address one no longer weighs; unknown keys count like
	// others.
	c.advance(-time.Second)
	step("a fourth that weighs", here, "x", "guess", "wrong")
	step("a fifth", here, "y", "guess", "wrong")
	step("a sixth", here, "v", "guess", "wrong")
	step("now every wrong one", here, "z", "guess", "slowed")
	step("a second time without being looked at", here, "z", "guess", "slowed")
	step("a right one that has not failed", here, "b", "secret", "in")
	step("elsewhere nothing of this", elsewhere, "b", "guess", "wrong")

	c.advance(time.Hour)
	for n := range 6 {
		step("many addresses", fmt.Sprintf("198.51.100.%d:1", n), "a", "guess", "wrong")
	}
	step("a seventh", "198.51.100.7:1", "a", "guess", "slowed")
	step("which is not looked at again", "198.51.100.7:1", "a", "secret", "slowed")
	step("right from an address that has not failed", elsewhere, "a", "secret", "in")
	c.advance(time.Hour)
	if g.throttle.Busy(c.now) {
		t.Error("still busy")
	}
	counted := map[string]float64{}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range families[0].GetMetric() {
		counted[m.GetLabel()[0].GetValue()] = m.GetCounter().GetValue()
	}
	if counted["wrong"] != 14 || counted["slowed"] != 9 || counted["issuer_away"] != 0 {
		t.Errorf("counted %v", counted)
	}
}

func TestSlowingDownCanBeOff(t *testing.T) {
	g := NewGate(Options{Keys: keys{"a": "secret"}, Slow: Slow{PerKey: -1}})
	for range 1000 {
		if _, err := try(g, "192.0.2.1:1", "a", "guess"); !errors.Is(err, ErrWrong) {
			t.Fatal(err)
		}
	}
}

// TestARightTokenBesideWrongOnes: tokens are looked at however many were wrong.
func TestARightTokenBesideWrongOnes(t *testing.T) {
	i, c := newIssuer(t), newClock()
	s := newSigner("1", jose.ES256)
	i.publish(s.public())
	g := NewGate(Options{Keys: keys{}, Tokens: newTestTokens(i, c, nil), Now: c.now, Slow: Slow{PerKey: 1, PerAddress: 2}})
	expired := s.sign(t, i.claims(c.now().Add(-24*time.Hour), nil))
	for range 10 {
		if _, err := try(g, "192.0.2.1:1", "", "", "Authorization: Bearer "+expired); !errors.Is(err, ErrWrong) {
			t.Fatalf("expired tokens are no guesses: %v", err)
		}
	}
	var many *TooMany
	for n := range 4 {
		_, err := try(g, "192.0.2.1:1", "", "", "Authorization: Bearer nonsense")
		if (n < 2) != errors.Is(err, ErrWrong) || (n >= 2) != errors.As(err, &many) {
			t.Errorf("wrong token %d: %v", n, err)
		}
	}
	if who, err := try(g, "192.0.2.1:1", "", "", "Authorization: Bearer "+s.sign(t, i.claims(c.now(), nil))); err != nil || who.KeyID != "token" {
		t.Errorf("a right one: %v", err)
	}
}

func TestAddresses(t *testing.T) {
	for _, test := range []struct {
		name, header, remote string
		lines                []string
		want                 string
	}{
		{"the connection's", "", "192.0.2.1:4711", []string{"198.51.100.1"}, "192.0.2.1"},
		{"IPv6 is a network", "", "[2001:db8:1:2:3:4:5:6]:4711", nil, "2001:db8:1:2::"},
		{"IPv4 in IPv6", "", "[::ffff:192.0.2.1]:4711", nil, "192.0.2.1"},
		{"the header's", "X-Forwarded-For", "127.0.0.1:1", []string{"198.51.100.1"}, "198.51.100.1"},
		{"the last of several", "x-forwarded-for", "127.0.0.1:1", []string{"203.0.113.9, 198.51.100.1"}, "198.51.100.1"},
		{"the last of several lines", "X-Forwarded-For", "127.0.0.1:1", []string{"203.0.113.9", "203.0.113.8,198.51.100.1 "}, "198.51.100.1"},
		{"with a port", "X-Forwarded-For", "127.0.0.1:1", []string{"[2001:db8::1]:443"}, "2001:db8::"},
		{"in brackets", "X-Forwarded-For", "127.0.0.1:1", []string{"[2001:db8::1]"}, "2001:db8::"},
		{"not there", "X-Forwarded-For", "127.0.0.1:1", nil, "127.0.0.1"},
		{"not an address", "X-Forwarded-For", "127.0.0.1:1", []string{"unknown"}, "127.0.0.1"},
		{"no connection", "", "@", nil, "invalid IP"},
	} {
		g := NewGate(Options{AddressHeader: test.header})
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = test.remote
		r.Header["X-Forwarded-For"] = test.lines
		if got := g.address(r); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestWhatIsRememberedIsBounded(t *testing.T) {
	throttle := NewThrottle(Slow{PerKey: 2, Entries: 100})
	now := newClock()
	for n := range 10_000 {
		throttle.Failed(fmt.Sprintf("10.0.%d.%d", n/250, n%250), fmt.Sprint(n), now.now())
		if len(throttle.until) > 100 {
			t.Fatalf("%d entries", len(throttle.until))
		}
	}
	now.advance(time.Hour)
	throttle.Failed("10.1.1.1", "x", now.now())
	throttle.Failed("10.1.1.1", "y", now.now()) // finds it full
	if len(throttle.until) > 6 {
		t.Errorf("%d entries after an hour", len(throttle.until))
	}
}

// TestTogether has right and wrong ones come at once; it is for the race
// detector, and holds that right ones elsewhere are never turned away.
func TestTogether(t *testing.T) {
	g := NewGate(Options{Keys: keys{"a": "secret"}, Slow: Slow{PerKey: 2, PerAddress: 4, Entries: 64}})
	var wait sync.WaitGroup
	for n := range 8 {
		wait.Go(func() {
			for range 300 {
				if n%2 == 0 {
					_, _ = try(g, fmt.Sprintf("192.0.2.%d:1", n), fmt.Sprint("a", n%4), "guess")
				} else if _, err := try(g, fmt.Sprintf("198.51.100.%d:1", n), "a", "secret"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
}

// BenchmarkIdentify is what a request with a right key costs: while nobody
// guesses, and while somebody does.
func BenchmarkIdentify(b *testing.B) {
	k, err := directory.Open(b.Context(), &noKeys{}, directory.Options{})
	if err != nil {
		b.Fatal(err)
	}
	record, secret, err := k.Create(b.Context(), directory.NewKey{Scopes: []string{"all"}})
	if err != nil {
		b.Fatal(err)
	}
	g := NewGate(Options{Keys: k})
	r := httptest.NewRequest(http.MethodPost, "/xapi/statements", nil)
	r.SetBasicAuth(record.ID, secret)
	run := func(name string) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := g.Identify(r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("the check alone", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			key, secret, _ := r.BasicAuth()
			if _, err := k.Check(key, secret); err != nil {
				b.Fatal(err)
			}
		}
	})
	run("quiet")
	for n := range 1000 {
		g.throttle.Failed("192.0.2.1", fmt.Sprint(n), time.Now().Add(time.Hour))
	}
	run("under attack")
}

// noKeys is a directory.KeyStore that keeps nothing.
type noKeys struct{}

func (noKeys) ListKeys(context.Context) ([]directory.KeyRecord, error) { return nil, nil }
func (*noKeys) DeleteKeys(context.Context, []string) error             { return nil }

func (noKeys) PutKey(context.Context, directory.KeyRecord) error { return nil }
