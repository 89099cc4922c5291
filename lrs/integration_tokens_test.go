package lrs_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lernspur/access"
	"lernspur/lrs/lrstest"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"
)

// tokenIssuer is an OpenID Connect issuer with one key; while down it answers
// nothing.
func tokenIssuer(t *testing.T) (server *httptest.Server, down *atomic.Bool, sign func(claims m) string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	down = &atomic.Bool{}
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case down.Load():
			w.WriteHeader(http.StatusBadGateway)
		case r.URL.Path == "/.well-known/openid-configuration":
			_ = json.NewEncoder(w).Encode(m{"issuer": server.URL, "jwks_uri": server.URL + "/keys"})
		default:
			_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: private.Public(), KeyID: "1", Use: "sig"}}})
		}
	}))
	t.Cleanup(server.Close)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: private, KeyID: "1"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return server, down, func(claims m) string {
		t.Helper()
		text, err := json.Marshal(claims)
		if err != nil {
			t.Fatal(err)
		}
		signed, err := signer.Sign(text)
		if err != nil {
			t.Fatal(err)
		}
		token, err := signed.CompactSerialize()
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
}

// TestIssuerIsAway: nobody knows before the issuer can be asked, so nothing is
// refused for good, and keys work on.
func TestIssuerIsAway(t *testing.T) {
	issuer, down, sign := tokenIssuer(t)
	down.Store(true)
	s := lrstest.Start(t, lrstest.Options{Access: func(o *access.Options) {
		o.Tokens = access.NewTokens(access.TokenOptions{Issuer: issuer.URL, Audience: "lrs"})
	}})
	token := sign(m{"iss": issuer.URL, "aud": "lrs", "sub": "ada", "exp": time.Now().Add(time.Minute).Unix(), "scope": "all"})
	c := clientOf(t, s)
	r := c.with("Authorization", "Bearer "+token).want(503, "POST", "/statements", c.encode(said("ada", "did", "a")))
	if r.header.Get("Retry-After") == "" {
		t.Error("503 without Retry-After")
	}
	c.want(200, "GET", "/statements", nil)
}

// TestTokens stores and reads with tokens of an issuer, beside a key.
func TestTokens(t *testing.T) {
	issuer, _, sign := tokenIssuer(t)
	s := lrstest.Start(t, lrstest.Options{Access: func(o *access.Options) {
		o.Tokens = access.NewTokens(access.TokenOptions{Issuer: issuer.URL, Audience: "lrs", TenantClaim: "town", ScopePrefix: "xapi:"})
	}})
	with := func(tenant, scope string, ends time.Duration) *client {
		token := sign(m{"iss": issuer.URL, "aud": "lrs", "sub": "ada", "exp": time.Now().Add(ends).Unix(), "scope": scope, "town": tenant})
		return clientOf(t, s).with("Authorization", "Bearer "+token) // in the place of the key
	}
	writer := with("default", "openid profile xapi:statements/write", time.Minute)
	key := clientOf(t, s)
	key.post(said("bob", "did", "a"))
	first := writer.post(said("ada", "did", "a"))[0]
	var got struct{ Authority m }
	key.decode(key.want(200, "GET", "/statements?statementId="+first, nil).body, &got)
	if diff := cmp.Diff(m{"objectType": "Agent", "account": m{"homePage": issuer.URL, "name": "ada"}}, got.Authority); diff != "" {
		t.Error(diff)
	}
	mine := with("default", "xapi:statements/read/mine", time.Minute)
	if diff := cmp.Diff([]string{first}, mine.find().ids(t)); diff != "" {
		t.Errorf("its own statements:\n%s", diff)
	}
	writer.want(403, "GET", "/statements", nil)
	writer.want(403, "GET", "/activities/profile?activityId="+activityID("a"), nil) // the scope profile of OpenID Connect is not ours
	mine.want(403, "POST", "/statements", key.encode(said("ada", "did", "a")))
	if ids := with("village", "xapi:all", time.Minute).find().ids(t); len(ids) != 0 {
		t.Errorf("another tenant sees %v", ids)
	}
	for name, c := range map[string]*client{
		"expired": with("default", "xapi:all", -time.Hour), "no tenant": with("", "xapi:all", time.Minute), "nonsense": clientOf(t, s).with("Authorization", "Bearer nonsense"),
	} {
		r := c.want(401, "GET", "/statements", nil)
		if challenges := strings.Join(r.header.Values("WWW-Authenticate"), ", "); !strings.Contains(challenges, "Basic ") || !strings.Contains(challenges, "Bearer ") {
			t.Errorf("%s: challenges %q", name, challenges)
		}
	}
}
