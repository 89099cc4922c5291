package bi

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"lernspur/documents"
)

// Records keeps small records durably, one change at a time for each.
type Records interface {
	// Change replaces a record by what change makes of it, as one durable step;
	// change is called once at most and waits for nothing. See commit.Change.
	Change(ctx context.Context, key documents.Key, change func(current *documents.Document) (*documents.Document, error)) (*documents.Document, error)
	// Document is the newest version of a record; nil when there is none.
	Document(ctx context.Context, key documents.Key) (*documents.Document, error)
	// Each calls yield with the newest version of every record of ours, of all tenants,
	// deleted ones too.
	Each(ctx context.Context, yield func(*documents.Document) error) error
}

// access is the record of a tenant: whether tools may read, and with which secret.
type access struct {
	Enabled bool `json:"enabled"`
	// Digest is the SHA-256 of the secret, hex; "" when there is none.
	Digest string `json:"digest,omitempty"`
	// Since is when the secret was made.
	Since time.Time `json:"since"`
}

func accessKey(tenant string) documents.Key {
	return documents.Key{Shelf: documents.Shelf{Tenant: tenant, Kind: documents.BusinessIntelligence}, ID: "access"}
}

// UserPrefix is how the names of users begin, before that of the tenant.
const UserPrefix = "bi_"

// newSecret makes a secret of 256 bits, and what is kept of it.
func newSecret() (secret, digest string) {
	var b [32]byte
	_, _ = rand.Read(b[:]) // it never fails
	secret = base64.RawURLEncoding.EncodeToString(b[:])
	return secret, digestOf(secret)
}

func digestOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

func readAccess(ctx context.Context, records Records, tenant string) (a access, err error) {
	d, err := records.Document(ctx, accessKey(tenant))
	if err != nil {
		return a, err
	}
	return decodeAccess(d)
}

func decodeAccess(d *documents.Document) (a access, err error) {
	if d == nil || d.Deleted {
		return a, nil
	}
	if err := json.Unmarshal(d.Content, &a); err != nil {
		return a, fmt.Errorf("the record of who may read published figures: %w", err)
	}
	return a, nil
}

// changeAccess changes the record of a tenant; change may refuse.
func changeAccess(ctx context.Context, records Records, tenant string, change func(*access) error) (a access, err error) {
	_, err = records.Change(ctx, accessKey(tenant), func(d *documents.Document) (*documents.Document, error) {
		if a, err = decodeAccess(d); err != nil {
			return nil, err
		}
		if err = change(&a); err != nil {
			return nil, err
		}
		content, err := json.Marshal(a)
		if err != nil {
			return nil, err
		}
		return &documents.Document{ContentType: "application/json", Content: content}, nil
	})
	return a, err
}
