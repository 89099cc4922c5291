package access

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"

	"lernspur/directory"
	"lernspur/statements"
)

// TokenOptions say which tokens count, and for what.
type TokenOptions struct {
	// Issuer is the address of the OpenID Connect issuer, to the byte as it
	// stands in the claim iss.
	Issuer string
	// Audience has to be among the audiences of a token.
	Audience string
	// Tenant is the tenant of every token; with TenantClaim it is read from the
	// claim of that name, which then has to be there.
	Tenant      string
	TenantClaim string
	// ScopePrefix is what a word in the claim scope begins with when the rest of
	// it is one of our scopes. It keeps apart what has one name in two worlds:
	// profile is a scope of OpenID Connect as well.
	ScopePrefix string
	// Client asks the issuer; nil is one with a time-out.
	Client *http.Client
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// leeway is how far the clocks of the issuer and of this machine may differ.
const leeway = 30 * time.Second

// maxToken is how long a token may be, in bytes.
const maxToken = 16 << 10

// algorithms are those with which a token may be signed: all of them need the
// issuer's private key. So neither "none" nor an HMAC, whose secret would be the
// public key, can pass.
var algorithms = []jose.SignatureAlgorithm{
	jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512, jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
}

// Tokens judges the Bearer tokens of one issuer: JSON Web Tokens (RFC 7519,
// RFC 9068). It is safe for concurrent use.
type Tokens struct {
	opts     TokenOptions
	keys     *keySet
	verifier *oidc.IDTokenVerifier
}

// NewTokens makes a judge. It asks the issuer nothing before the first token
// comes, so that an issuer that is away does not keep the server from starting.
func NewTokens(opts TokenOptions) *Tokens {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	opts.Tenant = cmp.Or(opts.Tenant, directory.DefaultTenant)
	names := make([]string, len(algorithms))
	for i, a := range algorithms {
		names[i] = string(a)
	}
	keys := newKeySet(opts.Issuer, opts.Client, opts.Now)
	return &Tokens{
		opts: opts, keys: keys,
		verifier: oidc.NewVerifier(opts.Issuer, keys, &oidc.Config{
			ClientID: opts.Audience, SupportedSigningAlgs: names,
			SkipExpiryCheck: true, // current does it, with less leeway
		}),
	}
}

// claims are those that are looked at beside iss, aud and sub.
type claims struct {
	Expires   *float64 `json:"exp"`
	NotBefore *float64 `json:"nbf"`
	Scope     string   `json:"scope"` // words with blanks between them (RFC 8693, 4.2)
}

// identify tells whom a token stands for. forged tells that it did not come from
// the issuer for us: then the error is ErrWrong. It is ErrWrong, too, for one
// whose time is over or has not come, and *Unavailable while the keys of the
// issuer cannot be had.
func (t *Tokens) identify(ctx context.Context, raw string) (who *directory.Identity, forged bool, err error) {
	if len(raw) > maxToken {
		return nil, true, ErrWrong
	}
	signed, err := jose.ParseSignedCompact(raw, algorithms)
	if err != nil || len(signed.Signatures) != 1 {
		return nil, true, ErrWrong
	}
	if err := t.keys.ensure(ctx, signed.Signatures[0].Header.KeyID); err != nil {
		return nil, errors.Is(err, ErrWrong), err
	}
	token, err := t.verifier.Verify(ctx, raw)
	if err != nil {
		return nil, true, ErrWrong
	}
	var c claims
	var all map[string]json.RawMessage
	if token.Claims(&c) != nil || token.Claims(&all) != nil || token.Subject == "" {
		return nil, false, ErrWrong
	}
	if !c.current(t.opts.Now()) {
		return nil, false, ErrWrong
	}
	who, err = t.identity(token.Subject, c.Scope, all)
	return who, false, err
}

// current tells whether the token is in force. One without an end is not.
func (c claims) current(now time.Time) bool {
	seconds := float64(now.UnixMicro()) / 1e6
	return c.Expires != nil && seconds < *c.Expires+leeway.Seconds() &&
		(c.NotBefore == nil || seconds >= *c.NotBefore-leeway.Seconds())
}

// identity is what a token stands for: an account at the issuer, with the scopes
// that are among ours. There may be none, which is enough for nothing.
func (t *Tokens) identity(subject, scope string, all map[string]json.RawMessage) (*directory.Identity, error) {
	tenant := t.opts.Tenant
	if t.opts.TenantClaim != "" {
		tenant = ""
		if err := json.Unmarshal(all[t.opts.TenantClaim], &tenant); err != nil || directory.CheckTenant(tenant) != nil {
			return nil, ErrWrong
		}
	}
	var scopes []string
	for word := range strings.FieldsSeq(scope) {
		if s, ok := strings.CutPrefix(word, t.opts.ScopePrefix); ok && slices.Contains(directory.Scopes(), s) {
			scopes = append(scopes, s)
		}
	}
	authority, err := directory.Account(t.opts.Issuer, subject)
	if err != nil {
		return nil, err
	}
	identifier, err := statements.AgentIdentifier(authority, statements.V1)
	if err != nil {
		return nil, fmt.Errorf("the authority of a token: %w", err)
	}
	return &directory.Identity{
		KeyID: "token", Tenant: tenant, Scopes: scopes, Authority: authority, AuthorityIdentifier: identifier,
	}, nil
}
