package access

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// issuer is an OpenID Connect issuer over HTTP: discovery and keys, which a
// test can change.
type issuer struct {
	*httptest.Server
	t *testing.T

	mu    sync.Mutex
	keys  []any // as they stand in the document
	named string
	keyAt string

	discoveries, reads atomic.Int64
	down               atomic.Bool
	hold               chan struct{} // when set, answers wait for it
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	i := &issuer{t: t}
	router := http.NewServeMux()
	router.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		i.discoveries.Add(1)
		i.answer(w, map[string]any{"issuer": i.named, "jwks_uri": i.keyAt})
	})
	router.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		i.reads.Add(1)
		i.mu.Lock()
		hold := i.hold
		i.mu.Unlock()
		if hold != nil {
			<-hold
		}
		i.answer(w, map[string]any{"keys": i.keys})
	})
	i.Server = httptest.NewServer(router)
	t.Cleanup(i.Close)
	i.named, i.keyAt = i.URL, i.URL+"/keys"
	return i
}

func (i *issuer) answer(w http.ResponseWriter, body any) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.down.Load() {
		http.Error(w, "down", http.StatusBadGateway)
		return
	}
	_ = json.NewEncoder(w).Encode(body)
}

// slow keeps the answers with keys back until release is called.
func (i *issuer) slow() (release func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	hold := make(chan struct{})
	i.hold = hold
	return func() {
		i.mu.Lock()
		defer i.mu.Unlock()
		i.hold = nil
		close(hold)
	}
}

// publish replaces the keys of the issuer.
func (i *issuer) publish(keys ...any) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.keys = keys
}

// signer is a key of the issuer.
type signer struct {
	id        string
	algorithm jose.SignatureAlgorithm
	private   crypto.Signer
}

var testRSA = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func newSigner(id string, algorithm jose.SignatureAlgorithm) *signer {
	s := &signer{id: id, algorithm: algorithm}
	switch algorithm {
	case jose.ES256:
		s.private = must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	case jose.ES384:
		s.private = must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))
	case jose.ES512:
		s.private = must(ecdsa.GenerateKey(elliptic.P521(), rand.Reader))
	case jose.EdDSA:
		_, private, err := ed25519.GenerateKey(rand.Reader)
		s.private = must(private, err)
	default:
		s.private = testRSA()
	}
	return s
}

func (s *signer) public() jose.JSONWebKey {
	return jose.JSONWebKey{Key: s.private.Public(), KeyID: s.id, Use: "sig"}
}

type fields = map[string]any

// sign makes a token.
func (s *signer) sign(t *testing.T, claims fields) string {
	t.Helper()
	return signWith(t, jose.SigningKey{Algorithm: s.algorithm, Key: jose.JSONWebKey{Key: s.private, KeyID: s.id}}, claims)
}

func signWith(t *testing.T, key jose.SigningKey, claims fields) string {
	t.Helper()
	maker, err := jose.NewSigner(key, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := maker.Sign(must(json.Marshal(claims)))
	if err != nil {
		t.Fatal(err)
	}
	return must(signed.CompactSerialize())
}

// claims are those of a good token, changed by others; nil takes one away.
func (i *issuer) claims(now time.Time, changes fields) fields {
	c := fields{
		"iss": i.URL, "aud": []string{"someone", "lrs"}, "sub": "ada", "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
		"scope": "openid profile xapi:statements/write xapi:statements/read/mine xapi:everything",
	}
	maps.Copy(c, changes)
	maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
	return c
}

// clock is a clock that a test moves.
type clock struct{ at atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.at.Store(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).UnixNano())
	return c
}

func (c *clock) now() time.Time           { return time.Unix(0, c.at.Load()).UTC() }
func (c *clock) advance(by time.Duration) { c.at.Add(int64(by)) }
