package directory

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"

	"go.uber.org/zap"
)

// shortSecret is the length below which a secret of an operator's own making
// is worth a warning.
const shortSecret = 16

// NewKey is what Create needs to know.
type NewKey struct {
	Tenant string // empty: DefaultTenant
	Label  string // at most 200 bytes
	Scopes []string
	// Authority is the JSON of an Agent; empty means an account on the
	// installation's home page whose name is the key's id.
	Authority string
	// Binding narrows what the key can do.
	Binding Binding
}

// Create makes a key with a random id and secret. The secret is returned here
// and cannot be had again. ErrInvalid says what cannot be.
func (k *Keys) Create(ctx context.Context, n NewKey) (record KeyRecord, secret string, err error) {
	k.change.Lock()
	defer k.change.Unlock()
	secret = newSecret()
	record, err = k.add(ctx, newID(), secret, n)
	if err != nil {
		return KeyRecord{}, "", err
	}
	return record, secret, nil
}

// CreateAs makes a key with an id that the caller has chosen, for whom nobody else
// chooses any; ErrInvalid when there is a key of that id.
func (k *Keys) CreateAs(ctx context.Context, id string, n NewKey) (secret string, err error) {
	k.change.Lock()
	defer k.change.Unlock()
	if _, known := k.find(id); known {
		return "", fmt.Errorf("%w: there is a key of the id %s", ErrInvalid, id)
	}
	secret = newSecret()
	if _, err := k.add(ctx, id, secret, n); err != nil {
		return "", err
	}
	return secret, nil
}

// List returns the keys of a tenant, revoked ones too, in the order of their
// making; the empty tenant means all of them.
func (k *Keys) List(tenant string) []KeyRecord {
	var list []KeyRecord
	k.byID.Range(func(_, value any) bool {
		if e := value.(*entry); tenant == "" || e.record.Tenant == tenant {
			list = append(list, e.record)
		}
		return true
	})
	slices.SortFunc(list, func(a, b KeyRecord) int {
		return cmp.Or(cmp.Compare(a.Created, b.Created), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// Revoke ends a key for good. ErrNoKey when there is none of that id; revoking
// twice is no error.
func (k *Keys) Revoke(ctx context.Context, id string) error {
	k.change.Lock()
	defer k.change.Unlock()
	// Another process may have changed the key: its newest version is what is
	// replaced.
	if err := k.reload(ctx); err != nil {
		return err
	}
	e, ok := k.find(id)
	if !ok {
		return fmt.Errorf("%w: %s", ErrNoKey, id)
	}
	if e.record.Revoked != 0 {
		return nil
	}
	r := e.record
	r.Revoked = k.opts.Now().UnixMicro()
	r.Version = k.nextVersion(r.Version)
	return k.put(ctx, r)
}

// Ensure makes sure that the key of an operator's configuration is in force in
// the tenant default with every scope: it is created when absent, and gets the
// secret given here when it has another. ErrRevoked when it was revoked: that
// is not undone by a restart. ErrInvalid when id or secret cannot be used.
func (k *Keys) Ensure(ctx context.Context, id, secret string) (created bool, err error) {
	if secret == "" {
		return false, fmt.Errorf("%w: the secret of key %s is empty", ErrInvalid, id)
	}
	if len(secret) < shortSecret {
		k.opts.Logger.Warn("the configured secret is short: use a random one",
			zap.String("key", id), zap.Int("recommended_characters", shortSecret))
	}
	k.change.Lock()
	defer k.change.Unlock()
	e, ok := k.find(id)
	if !ok {
		_, err := k.add(ctx, id, secret, NewKey{Label: "from the configuration", Scopes: []string{ScopeAll}})
		return err == nil, err
	}
	if e.record.Revoked != 0 {
		return false, fmt.Errorf("%w: %s", ErrRevoked, id)
	}
	hash := sha256.Sum256([]byte(secret))
	if e.record.SecretHash == hash {
		return false, nil
	}
	r := e.record
	r.SecretHash = hash
	r.Version = k.nextVersion(r.Version)
	k.opts.Logger.Info("the key gets the configured secret", zap.String("key", id))
	return false, k.put(ctx, r)
}

// EnsureFirst makes a first key with every scope in the tenant default when
// there is no key at all; record.ID is empty when there was one. The secret
// cannot be had again.
func (k *Keys) EnsureFirst(ctx context.Context) (record KeyRecord, secret string, err error) {
	k.change.Lock()
	defer k.change.Unlock()
	for range k.byID.Range {
		return KeyRecord{}, "", nil
	}
	secret = newSecret()
	record, err = k.add(ctx, newID(), secret, NewKey{Label: "made at the first start", Scopes: []string{ScopeAll}})
	if err != nil {
		return KeyRecord{}, "", err
	}
	return record, secret, nil
}

// add stores a new key, with the lock held.
func (k *Keys) add(ctx context.Context, id, secret string, n NewKey) (KeyRecord, error) {
	n.Tenant = cmp.Or(n.Tenant, DefaultTenant)
	if err := checkName("key", id); err != nil {
		return KeyRecord{}, err
	}
	if err := checkName("tenant", n.Tenant); err != nil {
		return KeyRecord{}, err
	}
	if err := checkScopes(n.Scopes); err != nil {
		return KeyRecord{}, err
	}
	if len(n.Label) > 200 {
		return KeyRecord{}, fmt.Errorf("%w: the label is longer than 200 bytes", ErrInvalid)
	}
	if n.Authority == "" {
		n.Authority = k.defaultAuthority(id)
	}
	now := k.opts.Now().UnixMicro()
	r := KeyRecord{
		ID: id, Tenant: n.Tenant, Label: n.Label,
		SecretHash: sha256.Sum256([]byte(secret)),
		Scopes:     slices.Clone(n.Scopes),
		Authority:  n.Authority,
		Created:    now, Version: now,
		Binding: n.Binding,
	}
	return r, k.put(ctx, r)
}

// defaultAuthority is an account on this installation's home page.
func (k *Keys) defaultAuthority(id string) string {
	b, err := Account(k.opts.HomePage, id)
	if err != nil {
		panic(err) // two strings always marshal
	}
	return string(b)
}

// Account is the JSON of an Agent that has an account (xAPI 1.0.3 Part 2,
// 2.4.2.4).
func Account(homePage, name string) ([]byte, error) {
	type account struct {
		HomePage string `json:"homePage"`
		Name     string `json:"name"`
	}
	return json.Marshal(struct {
		ObjectType string  `json:"objectType"`
		Account    account `json:"account"`
	}{"Agent", account{homePage, name}})
}

// nextVersion is the clock, or one more than last where the clock went back.
func (k *Keys) nextVersion(last int64) int64 {
	return max(k.opts.Now().UnixMicro(), last+1)
}
