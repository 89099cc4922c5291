package directory

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"sync"
	"time"

	"lernspur/statements"

	"go.uber.org/zap"
)

// Options are what Keys can be told.
type Options struct {
	// HomePage is the homePage of the account that a key without an authority
	// of its own gets; the public address of the installation. Empty means
	// http://lernspur.local.
	HomePage string
	// Interval is how often Run reads the keys again, to see what other
	// processes changed. Zero means 15 seconds.
	Interval time.Duration
	Logger   *zap.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Keys is the set of API keys in force. Check answers from memory; changes
// made through it are seen at once, changes of other processes after the next
// interval. It is safe for concurrent use.
type Keys struct {
	store KeyStore
	opts  Options

	// change is held while the store and the map move together, so that a list
	// read before a change can never undo it in the map.
	change sync.Mutex
	// byID holds an *entry for every id. Reading it takes no lock, and another
	// key costs the same however many there are: every launch makes one.
	byID  sync.Map
	decoy *entry
}

// entry is one key, ready to be checked. It is never changed once it is in
// the map.
type entry struct {
	record   KeyRecord
	identity *Identity
}

// Open reads every key once.
func Open(ctx context.Context, store KeyStore, opts Options) (*Keys, error) {
	if opts.HomePage == "" {
		opts.HomePage = "http://lernspur.local"
	}
	if opts.Interval <= 0 {
		opts.Interval = 15 * time.Second
	}
	if opts.Logger == nil {
		opts.Logger = zap.NewNop()
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	k := &Keys{store: store, opts: opts, decoy: &entry{}}
	// Nobody can send a secret that hashes to the decoy's random bytes.
	_, _ = rand.Read(k.decoy.record.SecretHash[:])
	if err := k.Refresh(ctx); err != nil {
		return nil, err
	}
	return k, nil
}

// Run reads the keys again at every interval until ctx ends, and purges them now
// and then. While they cannot
// be read, the keys read last stay in force.
func (k *Keys) Run(ctx context.Context) {
	tick := time.NewTicker(k.opts.Interval)
	defer tick.Stop()
	purge := time.NewTicker(purgeEvery)
	defer purge.Stop()
	k.purge(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-purge.C:
			k.purge(ctx)
		case <-tick.C:
			if err := k.Refresh(ctx); err != nil && ctx.Err() == nil {
				k.opts.Logger.Warn("keys not read, the last ones stay in force", zap.Error(err))
			}
		}
	}
}

// Refresh reads the keys again.
func (k *Keys) Refresh(ctx context.Context) error {
	k.change.Lock()
	defer k.change.Unlock()
	return k.reload(ctx)
}

// reload is Refresh with the lock held.
func (k *Keys) reload(ctx context.Context) error {
	records, err := k.store.ListKeys(ctx)
	if err != nil {
		return fmt.Errorf("read the keys: %w", err)
	}
	kept := make(map[string]struct{}, len(records))
	for _, r := range records {
		if old, ok := k.find(r.ID); ok && old.record.Version >= r.Version {
			kept[r.ID] = struct{}{}
			continue
		}
		e, err := newEntry(r)
		if err != nil {
			// One damaged row must not lock everybody out.
			k.opts.Logger.Error("key left out", zap.String("key", r.ID), zap.Error(err))
			continue
		}
		kept[r.ID] = struct{}{}
		k.byID.Store(r.ID, e)
	}
	k.byID.Range(func(id, _ any) bool {
		if _, there := kept[id.(string)]; !there {
			k.byID.Delete(id)
		}
		return true
	})
	return nil
}

// find looks a key up.
func (k *Keys) find(id string) (*entry, bool) {
	value, ok := k.byID.Load(id)
	if !ok {
		return nil, false
	}
	return value.(*entry), true
}

// put stores one version of a key and publishes it, with the lock held.
func (k *Keys) put(ctx context.Context, r KeyRecord) error {
	e, err := newEntry(r)
	if err != nil {
		return err
	}
	if err := k.store.PutKey(ctx, r); err != nil {
		return fmt.Errorf("store the key: %w", err)
	}
	k.byID.Store(r.ID, e)
	return nil
}

// Check tells whom a key stands for, ErrWrongKey when the key is unknown,
// revoked or past its time, or the secret is wrong. It asks nobody, and takes
// the same time whichever of these it is.
func (k *Keys) Check(id, secret string) (*Identity, error) {
	sum := sha256.Sum256([]byte(secret))
	e, known := k.find(id)
	if !known {
		e = k.decoy
	}
	same := subtle.ConstantTimeCompare(sum[:], e.record.SecretHash[:]) == 1
	if !same || !known || e.record.Revoked != 0 || e.record.Binding.expired(k.opts.Now) {
		return nil, ErrWrongKey
	}
	return e.identity, nil
}

// newEntry prepares a record for Check; ErrInvalid when its authority or the
// actor that it is bound to is not an Agent that can be identified.
func newEntry(r KeyRecord) (*entry, error) {
	identifier, err := statements.AgentIdentifier([]byte(r.Authority), statements.V1)
	if err != nil {
		return nil, fmt.Errorf("%w: authority: %s", ErrInvalid, violation(err))
	}
	actor, err := r.Binding.check()
	if err != nil {
		return nil, err
	}
	var agent []byte
	if actor != "" {
		agent = []byte(r.Binding.Actor)
	}
	return &entry{record: r, identity: &Identity{
		KeyID:               r.ID,
		Tenant:              r.Tenant,
		Scopes:              r.Scopes,
		Authority:           []byte(r.Authority),
		AuthorityIdentifier: identifier,
		BoundActor:          actor,
		BoundAgent:          agent,
		BoundRegistration:   r.Binding.Registration,
		BoundActivityPrefix: r.Binding.ActivityPrefix,
		BoundOrigin:         r.Binding.Origin,
	}}, nil
}
