package signin

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// provider is an OpenID Connect issuer over HTTP, with all that the authorization
// code flow needs: discovery, a page that asks who it is, codes that count once,
// clients with a secret, PKCE, signed id tokens, and answers about the user.
type provider struct {
	*httptest.Server
	t     *testing.T
	clock *clock
	key   *ecdsa.PrivateKey

	mu    sync.Mutex
	codes map[string]grant
	users map[string]map[string]any // what is said in the id token
	infos map[string]map[string]any // what is said when it is asked
	asked int                       // how often it was

	// What a test has it do wrong.
	tamper   func(claims map[string]any)
	sign     func(claims []byte) string
	iss      string // in the address that it sends back to
	document map[string]any
	refuse   string
}

// grant is what a code was given for.
type grant struct{ user, redirect, challenge, nonce string }

const (
	clientID     = "lernspur"
	clientSecret = "a secret: with signs+"
)

func newProvider(t *testing.T, c *clock) *provider {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{t: t, clock: c, key: key, codes: map[string]grant{}, infos: map[string]map[string]any{}, users: map[string]map[string]any{
		"ada": {"name": "Ada Lovelace", "preferred_username": "ada", "email": "ada@town.example"},
	}}
	router := http.NewServeMux()
	router.HandleFunc("GET /realm/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		document := map[string]any{
			"issuer": p.issuer(), "authorization_endpoint": p.issuer() + "/auth", "token_endpoint": p.issuer() + "/token",
			"jwks_uri": p.issuer() + "/keys", "userinfo_endpoint": p.issuer() + "/user",
		}
		for name, value := range p.document {
			document[name] = value
		}
		p.answer(w, document)
	})
	router.HandleFunc("GET /realm/keys", func(w http.ResponseWriter, _ *http.Request) {
		p.answer(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &key.PublicKey, KeyID: "1", Algorithm: "ES256", Use: "sig"}}})
	})
	router.HandleFunc("GET /realm/auth", p.ask)
	router.HandleFunc("POST /realm/auth", p.enter)
	router.HandleFunc("POST /realm/token", p.trade)
	router.HandleFunc("GET /realm/user", p.user)
	p.Server = httptest.NewServer(router)
	t.Cleanup(p.Close)
	return p
}

func (p *provider) issuer() string { return p.URL + "/realm" }

func (p *provider) answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body)
}

// ask shows the page on which somebody says who it is.
func (p *provider) ask(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("response_type") != "code" || q.Get("client_id") != clientID || q.Get("code_challenge_method") != "S256" || q.Get("nonce") == "" ||
		q.Get("scope") != "openid profile email" {
		http.Error(w, "a bad request: "+r.URL.RawQuery, http.StatusBadRequest)
		return
	}
	for name := range q {
		fmt.Fprintf(w, `<input type="hidden" name="%s" value="%s">`+"\n", name, q.Get(name))
	}
}

// enter sends somebody back with a code.
func (p *provider) enter(w http.ResponseWriter, r *http.Request) {
	back, err := url.Parse(r.FormValue("redirect_uri"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	answer := url.Values{"state": {r.FormValue("state")}}
	if p.refuse != "" {
		answer.Set("error", p.refuse)
	} else {
		code := newSecret()
		p.mu.Lock()
		p.codes[code] = grant{r.FormValue("user"), r.FormValue("redirect_uri"), r.FormValue("code_challenge"), r.FormValue("nonce")}
		p.mu.Unlock()
		answer.Set("code", code)
	}
	if p.iss != "" {
		answer.Set("iss", p.iss)
	}
	back.RawQuery = answer.Encode()
	http.Redirect(w, r, back.String(), http.StatusSeeOther)
}

// trade gives tokens for a code.
func (p *provider) trade(w http.ResponseWriter, r *http.Request) {
	id, secret, _ := r.BasicAuth()
	id, _ = url.QueryUnescape(id) // RFC 6749, 2.3.1
	secret, _ = url.QueryUnescape(secret)
	p.mu.Lock()
	g, ok := p.codes[r.FormValue("code")]
	delete(p.codes, r.FormValue("code"))
	p.mu.Unlock()
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if id != clientID || secret != clientSecret || !ok || g.redirect != r.FormValue("redirect_uri") || g.challenge != base64.RawURLEncoding.EncodeToString(sum[:]) {
		w.WriteHeader(http.StatusBadRequest)
		p.answer(w, map[string]any{"error": "invalid_grant"})
		return
	}
	claims := map[string]any{
		"iss": p.issuer(), "sub": "subject-" + g.user, "aud": clientID, "nonce": g.nonce,
		"iat": p.clock.now().Unix(), "exp": p.clock.now().Add(time.Minute).Unix(),
	}
	for name, value := range p.users[g.user] {
		claims[name] = value
	}
	if p.tamper != nil {
		p.tamper(claims)
	}
	text, err := json.Marshal(claims)
	if err != nil {
		p.t.Error(err)
	}
	sign := p.signed
	if p.sign != nil {
		sign = p.sign
	}
	answer := map[string]any{"access_token": "access-" + g.user, "token_type": "Bearer", "expires_in": 60}
	if token := sign(text); token != "" {
		answer["id_token"] = token
	}
	p.answer(w, answer)
}

func (p *provider) signed(claims []byte) string { return p.signedWith(jose.ES256, p.key, "1", claims) }

func (p *provider) signedWith(algorithm jose.SignatureAlgorithm, key any, id string, claims []byte) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: jose.JSONWebKey{Key: key, KeyID: id}}, nil)
	if err != nil {
		p.t.Error(err)
		return ""
	}
	signed, err := signer.Sign(claims)
	if err != nil {
		p.t.Error(err)
		return ""
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		p.t.Error(err)
	}
	return token
}

// user tells about the user of a token.
func (p *provider) user(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	name, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer access-")
	if !ok {
		http.Error(w, "no token", http.StatusUnauthorized)
		return
	}
	answer := map[string]any{"sub": "subject-" + name}
	for key, value := range p.infos[name] {
		answer[key] = value
	}
	p.answer(w, answer)
}
