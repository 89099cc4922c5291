package directory

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
)

// secretBytes is the strength of a secret made here: 256 bits, so that a
// plain SHA-256 of it keeps it safe and no slow hash is needed per request.
const secretBytes = 32

// idEncoding spells ids in lower case without look-alikes of base64.
var idEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// newID makes a public id of 60 random bits: 12 characters.
func newID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return idEncoding.EncodeToString(b[:])[:12]
}

// newSecret makes a secret of 256 random bits: 43 characters of base64url.
func newSecret() string {
	var b [secretBytes]byte
	_, _ = rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}
