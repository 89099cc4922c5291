package directory

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// DefaultTenant is the tenant of the key that configuration or the first
// start creates.
const DefaultTenant = "default"

// The scopes that a key can hold, under the names of the specification
// (xAPI 1.0.3 Part 3, 4.2).
const (
	// ScopeAll lets a key do everything.
	ScopeAll = "all"
	// ScopeReadAll lets a key read everything.
	ScopeReadAll = "all/read"
	// ScopeStatementsRead lets a key read every statement of its tenant.
	ScopeStatementsRead = "statements/read"
	// ScopeStatementsReadMine lets a key read the statements that it wrote.
	ScopeStatementsReadMine = "statements/read/mine"
	// ScopeStatementsWrite lets a key store statements, but none that voids.
	ScopeStatementsWrite = "statements/write"
	// ScopeState, ScopeProfile and ScopeDefine let a key read and write State
	// documents, read and write the two kinds of profiles, and define Activities
	// by the statements that it stores.
	ScopeState   = "state"
	ScopeProfile = "profile"
	ScopeDefine  = "define"
	// ScopeStatementsVoid lets a key that stores statements void any, and
	// ScopeStatementsVoidMine only those that it stored itself. The two are ours,
	// not the specification's.
	ScopeStatementsVoid     = "statements/void"
	ScopeStatementsVoidMine = "statements/void/mine"
	// ScopeContent lets a key read and change the catalogue: packages, courses,
	// registrations and launches. It is ours, too.
	ScopeContent = "content"
	// ScopeDirectory lets a key read and change who there is: people, units, groups
	// and headcounts. It is ours, too.
	ScopeDirectory = "directory"
)

// Scopes lists every scope there is, the widest first.
func Scopes() []string {
	return []string{
		ScopeAll, ScopeReadAll, ScopeStatementsRead, ScopeStatementsReadMine, ScopeStatementsWrite,
		ScopeStatementsVoid, ScopeStatementsVoidMine, ScopeState, ScopeProfile, ScopeDefine, ScopeContent, ScopeDirectory,
	}
}

// Errors that callers tell apart.
var (
	// ErrWrongKey means that there is no such key in force, or that the secret
	// is not its secret; which of the two is not told.
	ErrWrongKey = errors.New("unknown key or wrong secret")
	// ErrNoKey means that the tenant has no key of that id.
	ErrNoKey = errors.New("no such key")
	// ErrRevoked means that the key was revoked; it stays so.
	ErrRevoked = errors.New("the key is revoked")
	// ErrInvalid means that what was asked for cannot be a key; its text says
	// why.
	ErrInvalid = errors.New("invalid key")
)

// KeyRecord is one version of one API key as it is kept. The secret is not
// part of it: only its SHA-256 is.
type KeyRecord struct {
	// ID is public and unique over all tenants; it is the user name of HTTP
	// Basic authentication, so it holds no colon.
	ID     string
	Tenant string
	// Label is for people; it may be empty.
	Label string
	// SecretHash is the SHA-256 of the secret.
	SecretHash [sha256.Size]byte
	Scopes     []string
	// Authority is the JSON of the Agent that statements stored with this key
	// get as their authority (xAPI 1.0.3 Part 2, 2.4.9).
	Authority string
	// Created and Revoked are instants in microseconds since the Unix epoch;
	// Revoked is 0 while the key is in force.
	Created int64
	Revoked int64
	// Binding narrows the key to less than its scopes would allow.
	Binding Binding
	// Version rises with every change of the key; of two records of one id the
	// one with the higher version counts.
	Version int64
}

// KeyStore keeps key records.
type KeyStore interface {
	// ListKeys returns the newest version of every key of every tenant,
	// revoked ones as well, in any order.
	ListKeys(ctx context.Context) ([]KeyRecord, error)
	// PutKey adds one version of a key: when it returns nil, the record is
	// durable and the next ListKeys returns it or a newer one.
	PutKey(ctx context.Context, record KeyRecord) error
	// DeleteKeys removes every version of keys; those that are not there are no
	// error.
	DeleteKeys(ctx context.Context, ids []string) error
}

// Identity is what a verified key stands for. It is shared by every request
// that uses the key: nobody changes it.
type Identity struct {
	KeyID  string
	Tenant string
	Scopes []string
	// Authority is the JSON of the Agent that vouches for what is stored, and
	// AuthorityIdentifier its canonical identifier.
	Authority           []byte
	AuthorityIdentifier string
	// The fields below say what the key is bound to; zero values bind to
	// nothing. BoundActor is the canonical identifier of the one agent that it
	// acts for, and BoundAgent that agent's JSON, nil for none.
	BoundActor          string
	BoundAgent          []byte
	BoundRegistration   uuid.UUID
	BoundActivityPrefix string
	BoundOrigin         string
}

// CheckTenant refuses what cannot be the name of a tenant, with ErrInvalid.
func CheckTenant(name string) error { return checkName("tenant", name) }

// checkName refuses ids and tenants that cannot travel: they have to fit
// into a Basic user name, a log line and a path.
func checkName(what, value string) error {
	if value == "" || len(value) > 128 {
		return fmt.Errorf("%w: %s must have 1 to 128 characters", ErrInvalid, what)
	}
	for _, c := range []byte(value) {
		if c <= ' ' || c > '~' || c == ':' {
			return fmt.Errorf("%w: %s %q may hold visible ASCII characters only, and no colon", ErrInvalid, what, value)
		}
	}
	return nil
}

// checkScopes refuses what is not a scope, and a key without any.
func checkScopes(scopes []string) error {
	if len(scopes) == 0 {
		return fmt.Errorf("%w: at least one scope is needed (%s)", ErrInvalid, strings.Join(Scopes(), ", "))
	}
	for _, s := range scopes {
		if !slices.Contains(Scopes(), s) {
			return fmt.Errorf("%w: unknown scope %q (there are %s)", ErrInvalid, s, strings.Join(Scopes(), ", "))
		}
	}
	return nil
}
