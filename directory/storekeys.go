package directory

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"lernspur/store"
)

// storeKeys keeps key records in the product's store, whose rows hold a record
// as JSON.
type storeKeys struct{ store *store.Store }

// StoreKeys is the KeyStore over the product's store.
func StoreKeys(s *store.Store) KeyStore { return storeKeys{s} }

// storedKey is the JSON of a record. Fields are added, never renamed.
type storedKey struct {
	Tenant     string   `json:"tenant"`
	Label      string   `json:"label,omitempty"`
	SecretHash string   `json:"secret_sha256"` // hexadecimal
	Scopes     []string `json:"scopes"`
	Authority  string   `json:"authority"`
	Created    int64    `json:"created"` // microseconds
	Revoked    int64    `json:"revoked,omitempty"`

	Actor          string `json:"actor,omitempty"` // JSON of an Agent
	Registration   string `json:"registration,omitempty"`
	ActivityPrefix string `json:"activity_prefix,omitempty"`
	Expires        int64  `json:"expires,omitempty"` // microseconds
	Origin         string `json:"origin,omitempty"`
}

// ListKeys implements KeyStore. A row that cannot be read comes back without
// an authority, so that it is left out and the others stay in force.
func (s storeKeys) ListKeys(ctx context.Context) ([]KeyRecord, error) {
	rows, err := s.store.Keys(ctx)
	if err != nil {
		return nil, err
	}
	records := make([]KeyRecord, len(rows))
	for i, row := range rows {
		if records[i], err = decodeKey(row.Record); err != nil {
			records[i] = KeyRecord{}
		}
		records[i].ID, records[i].Version = row.ID, row.Version
	}
	return records, nil
}

// PutKey implements KeyStore.
func (s storeKeys) PutKey(ctx context.Context, r KeyRecord) error {
	record, err := encodeKey(r)
	if err != nil {
		return err
	}
	return s.store.PutKey(ctx, store.KeyRow{ID: r.ID, Record: record, Version: r.Version})
}

// DeleteKeys implements KeyStore.
func (s storeKeys) DeleteKeys(ctx context.Context, ids []string) error {
	return s.store.DeleteKeys(ctx, ids)
}

func encodeKey(r KeyRecord) (string, error) {
	k := storedKey{
		Tenant: r.Tenant, Label: r.Label, SecretHash: hex.EncodeToString(r.SecretHash[:]), Scopes: r.Scopes,
		Authority: r.Authority, Created: r.Created, Revoked: r.Revoked,
		Actor: r.Binding.Actor, ActivityPrefix: r.Binding.ActivityPrefix, Expires: r.Binding.Expires, Origin: r.Binding.Origin,
	}
	if r.Binding.Registration != uuid.Nil {
		k.Registration = r.Binding.Registration.String()
	}
	b, err := json.Marshal(k)
	return string(b), err
}

func decodeKey(text string) (KeyRecord, error) {
	var k storedKey
	if err := json.Unmarshal([]byte(text), &k); err != nil {
		return KeyRecord{}, fmt.Errorf("read a key: %w", err)
	}
	r := KeyRecord{Tenant: k.Tenant, Label: k.Label, Scopes: k.Scopes, Authority: k.Authority, Created: k.Created, Revoked: k.Revoked,
		Binding: Binding{Actor: k.Actor, ActivityPrefix: k.ActivityPrefix, Expires: k.Expires, Origin: k.Origin}}
	if k.Registration != "" {
		registration, err := uuid.Parse(k.Registration)
		if err != nil {
			return KeyRecord{}, fmt.Errorf("read a key: its registration is not a UUID")
		}
		r.Binding.Registration = registration
	}
	hash, err := hex.DecodeString(k.SecretHash)
	if err != nil || len(hash) != len(r.SecretHash) {
		return KeyRecord{}, fmt.Errorf("read a key: its secret_sha256 is not a SHA-256")
	}
	copy(r.SecretHash[:], hash)
	return r, nil
}
