package signin

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"lernspur/web/visitor"
)

// OIDCOptions are about the OpenID Connect issuer that people sign in at, by the
// authorization code flow with PKCE (OpenID Connect Core 1.0, 3.1; RFC 7636).
type OIDCOptions struct {
	// Issuer is its address, to the byte as it names itself.
	Issuer string
	// ClientID is what the issuer knows us as; ClientSecret is empty for a public
	// client.
	ClientID, ClientSecret string
	// Name is how the issuer is called on the page for signing in.
	Name string
	// Scopes are asked for beside openid; profile and email.
	Scopes []string
	// Tenant is the tenant of the accounts; with TenantClaim it is read from that
	// claim.
	Tenant, TenantClaim string
	// NameClaim has the human's name; "name". RolesClaim has the roles, GroupsClaim
	// the ids of groups; empty: administrators say them. Dots lead into objects:
	// realm_access.roles.
	NameClaim, RolesClaim, GroupsClaim string
	// Roles says which of our roles a value in RolesClaim stands for; empty: values
	// are the names of our roles.
	Roles map[string]visitor.Role
	// PersonOf finds the directory's id of somebody by identifiers, as
	// statements.AgentIdentifier makes them; "" for nobody. Nil finds nobody.
	PersonOf func(ctx context.Context, tenant string, identifiers []string) string
	// Client asks the issuer; nil is one with a time-out.
	Client *http.Client
}

const (
	// issuerTime bounds one question to the issuer.
	issuerTime = 10 * time.Second
	// discoveryAge is from when on the issuer is asked again where its parts are.
	discoveryAge = time.Hour
	// discoveryPause is the least time between two questions where an answer fails.
	discoveryPause = 5 * time.Second
	// flowTime is how long somebody may take at the issuer.
	flowTime = 15 * time.Minute
	// maxIssuerAnswer bounds what the issuer answers, in bytes; atOnce how many
	// questions are under way.
	maxIssuerAnswer = 1 << 20
	atIssuerAtOnce  = 16
)

// algorithms are those with which an id token may be signed: all need the issuer's
// private key.
var algorithms = []string{
	oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA,
}

// issuer is the issuer as far as it is known.
type issuer struct {
	opts     OIDCOptions
	redirect string
	client   *http.Client
	now      func() time.Time
	turns    chan struct{}

	mu       sync.Mutex
	provider *oidc.Provider
	at       time.Time // when it was asked last
	failed   error     // what came of that
}

func newIssuer(o OIDCOptions, s Options) (*issuer, error) {
	if o.Issuer == "" || o.ClientID == "" {
		return nil, errors.New("an issuer that people sign in at needs an address and a client id")
	}
	for value, role := range o.Roles {
		if !slices.Contains(visitor.Roles, role) {
			return nil, fmt.Errorf("the issuer's %q cannot stand for the role %q; there are %s", value, role, roleNames())
		}
	}
	o.Name = cmp.Or(o.Name, "OpenID Connect")
	o.NameClaim = cmp.Or(o.NameClaim, "name")
	if len(o.Scopes) == 0 {
		o.Scopes = []string{"profile", "email"}
	}
	client := o.Client
	if client == nil {
		client = &http.Client{Timeout: issuerTime, Transport: bounded{http.DefaultTransport}, CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse // a code or a secret goes nowhere else
		}}
	}
	return &issuer{opts: o, redirect: s.Base + pathCallback, client: client, now: s.Now, turns: make(chan struct{}, atIssuerAtOnce)}, nil
}

// bounded is a transport whose answers end after maxIssuerAnswer.
type bounded struct{ http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		answer.Body = rest{io.LimitReader(answer.Body, maxIssuerAnswer), answer.Body}
	}
	return answer, err
}

// discover finds out where the parts of the issuer are (OpenID Connect Discovery
// 1.0, 4), once an hour. What was known stays in force while it cannot be asked.
func (i *issuer) discover(ctx context.Context) (*oidc.Provider, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	age := i.now().Sub(i.at)
	if i.provider != nil && (age < discoveryPause || i.failed == nil && age < discoveryAge) {
		return i.provider, nil
	}
	if i.failed != nil && age < discoveryPause {
		return nil, i.failed
	}
	// The keys are read with this context later on.
	provider, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), i.client), i.opts.Issuer)
	if err == nil {
		err = i.trusted(provider)
	}
	i.at, i.failed = i.now(), err
	if err == nil {
		i.provider = provider
	}
	if i.provider == nil {
		return nil, err
	}
	return i.provider, nil
}

// trusted refuses an issuer that sends secrets over a network in the clear.
func (i *issuer) trusted(p *oidc.Provider) error {
	own, err := url.Parse(i.opts.Issuer)
	if err != nil {
		return err
	}
	for _, address := range []string{p.Endpoint().AuthURL, p.Endpoint().TokenURL} {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != own.Scheme {
			return fmt.Errorf("the issuer names %q, which is no address to be trusted", address)
		}
	}
	return nil
}

func (i *issuer) config(p *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{ClientID: i.opts.ClientID, ClientSecret: i.opts.ClientSecret, Endpoint: p.Endpoint(), RedirectURL: i.redirect,
		Scopes: append([]string{oidc.ScopeOpenID}, i.opts.Scopes...)}
}

// turn bounds how much is asked at one time. *Busy.
func (i *issuer) turn() (done func(), err error) {
	select {
	case i.turns <- struct{}{}:
		return func() { <-i.turns }, nil
	default:
		return nil, &Busy{RetryAfter: 2 * time.Second, Reason: "many people sign in at this moment; try again"}
	}
}

// issued turns the code of an answer into an account.
func (s *Service) issued(ctx context.Context, answer url.Values, f flow) (*Account, error) {
	if answer.Has("error") {
		// What the address says goes into the log quoted and short.
		return nil, fmt.Errorf("the issuer answers %.40q", answer.Get("error"))
	}
	done, err := s.issuer.turn()
	if err != nil {
		return nil, err
	}
	defer done()
	subject, all, err := s.issuer.claims(ctx, answer.Get("code"), f)
	if err != nil {
		return nil, err
	}
	return s.issuedAccount(ctx, subject, all)
}

// claims trades a code for what the issuer says about somebody.
func (i *issuer) claims(ctx context.Context, code string, f flow) (subject string, all claims, err error) {
	p, err := i.discover(ctx)
	if err != nil {
		return "", nil, err
	}
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, i.client), 2*issuerTime)
	defer cancel()
	tokens, err := i.config(p).Exchange(ctx, code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return "", nil, fmt.Errorf("trading the code: %w", err)
	}
	raw, ok := tokens.Extra("id_token").(string)
	if !ok {
		return "", nil, errors.New("the issuer answers no id token")
	}
	id, err := p.Verifier(&oidc.Config{ClientID: i.opts.ClientID, SupportedSigningAlgs: algorithms, Now: i.now}).Verify(ctx, raw)
	if err != nil {
		return "", nil, fmt.Errorf("the id token: %w", err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(f.Nonce)) != 1 {
		return "", nil, errors.New("the id token was made for another request")
	}
	if err := id.Claims(&all); err != nil {
		return "", nil, fmt.Errorf("the id token: %w", err)
	}
	if party := all.text("azp"); id.Subject == "" || len(id.Audience) > 1 && party == "" || party != "" && party != i.opts.ClientID {
		return "", nil, errors.New("the id token is about nobody, or for somebody else")
	}
	if i.complete(all) || p.UserInfoEndpoint() == "" {
		return id.Subject, all, nil
	}
	more, err := p.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
	if err != nil {
		return "", nil, fmt.Errorf("asking about the user: %w", err)
	}
	var others claims
	if more.Subject != id.Subject || more.Claims(&others) != nil {
		return "", nil, errors.New("the issuer answers about another user")
	}
	for name, value := range others {
		if _, there := all[name]; !there { // what is signed counts
			all[name] = value
		}
	}
	return id.Subject, all, nil
}

// complete tells whether claims have all that is looked at.
func (i *issuer) complete(all claims) bool {
	for _, path := range []string{i.opts.NameClaim, i.opts.RolesClaim, i.opts.GroupsClaim, i.opts.TenantClaim} {
		if path != "" && all.at(path) == nil {
			return false
		}
	}
	return true
}

// issuedID is the id of an account of an issuer's subject.
func issuedID(issuer, subject string) string {
	sum := sha256.Sum256([]byte(issuer + "\x00" + subject))
	return issuedPrefix + hex.EncodeToString(sum[:16])
}

// issuedAccount finds or makes the account of a subject, and brings it up to date
// with what the issuer says.
func (s *Service) issuedAccount(ctx context.Context, subject string, all claims) (*Account, error) {
	o := s.issuer.opts
	tenant, err := o.tenantOf(all)
	if err != nil {
		return nil, err
	}
	id, now := issuedID(o.Issuer, subject), s.opts.Now().UnixMicro()
	human := s.human(ctx, tenant, subject, all)
	return s.accounts.change(ctx, tenant, id, func(current *Account) (*Account, bool, error) {
		a := current
		if a == nil {
			a = &Account{Tenant: tenant, ID: id, Issuer: o.Issuer, Subject: subject, Roles: []visitor.Role{visitor.Learner}, Created: now, Epoch: now}
		}
		next := a.with(func(a *Account) {
			a.Name = all.label(o.NameClaim, "name", "preferred_username", "email")
			a.Login = cmp.Or(all.label("preferred_username", "email"), all.label("sub"), id)
			if o.RolesClaim != "" {
				a.Roles = o.rolesOf(all)
			}
			if o.GroupsClaim != "" {
				a.Groups = all.ids(o.GroupsClaim)
			}
			a.Person = cmp.Or(a.Person, human)
			a.tidy()
		})
		if current != nil && same(current, next) {
			return nil, false, nil
		}
		return next, false, nil
	})
}

// same tells whether what an issuer says has changed nothing.
func same(a, b *Account) bool {
	return a.Name == b.Name && a.Login == b.Login && a.Person == b.Person && slices.Equal(a.Roles, b.Roles) && slices.Equal(a.Groups, b.Groups)
}

// rolesOf are the roles of claims. Values that stand for none are passed over: an
// issuer has roles for others, too.
func (o OIDCOptions) rolesOf(all claims) []visitor.Role {
	roles := []visitor.Role{}
	for _, value := range all.list(o.RolesClaim) {
		role := o.Roles[value]
		if len(o.Roles) == 0 {
			role = visitor.Role(value)
		}
		if slices.Contains(visitor.Roles, role) {
			roles = append(roles, role)
		}
	}
	return roles
}

// issuedPrefix begins the ids of accounts of an issuer, and of no others.
const issuedPrefix = "oidc:"

// local tells whether an account of an id is local.
func local(id string) bool { return !strings.HasPrefix(id, issuedPrefix) }
