package records

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"time"

	"lernspur/statements"

	"github.com/google/uuid"
)

// A confirmation says that somebody has seen what a deletion would do. It holds
// the watermark, the number of statements and the time, and a digest of these,
// the tenant and the selection. It is no secret and gives no rights: it keeps
// apart what was looked at and what was not, by mistake or by a retry. The
// digest is the deletion's id, too, so however often the same confirmation comes,
// it is one deletion.
type confirmation struct {
	watermark int64
	count     int64
	issued    int64 // seconds since the Unix epoch
	digest    [16]byte
}

const (
	confirmationVersion = 1
	// confirmationTime is how long a confirmation can begin a deletion.
	confirmationTime = time.Hour
)

// confirm makes the confirmation of a selection.
func confirm(tenant string, sel statements.Selection, watermark, count, issued int64) confirmation {
	c := confirmation{watermark: watermark, count: count, issued: issued}
	c.digest = c.sum(tenant, sel)
	return c
}

// sum ties a confirmation to a tenant and a selection.
func (c confirmation) sum(tenant string, sel statements.Selection) [16]byte {
	text, err := json.Marshal(struct {
		Purpose, Tenant          string
		Selection                statements.Selection
		Watermark, Count, Issued int64
	}{"lernspur delete", tenant, sel, c.watermark, c.count, c.issued})
	if err != nil {
		panic(err) // texts and numbers
	}
	sum := sha256.Sum256(text)
	return [16]byte(sum[:16])
}

// id is that of the deletion that it confirms.
func (c confirmation) id() uuid.UUID {
	id := uuid.UUID(c.digest)
	id[6] = id[6]&0x0f | 0x80 // version 8: made in our own way (RFC 9562, 5.8)
	id[8] = id[8]&0x3f | 0x80
	return id
}

func (c confirmation) String() string {
	b := []byte{confirmationVersion}
	for _, n := range []int64{c.watermark, c.count, c.issued} {
		b = binary.AppendVarint(b, n)
	}
	return base64.RawURLEncoding.EncodeToString(append(b, c.digest[:]...))
}

// parseConfirmation reads what String wrote; it may still belong to another
// selection.
func parseConfirmation(text string) (c confirmation, ok bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) < 1 || len(b) > 64 || b[0] != confirmationVersion {
		return c, false
	}
	b = b[1:]
	for _, n := range []*int64{&c.watermark, &c.count, &c.issued} {
		size := 0
		if *n, size = binary.Varint(b); size <= 0 {
			return c, false
		}
		b = b[size:]
	}
	return c, copy(c.digest[:], b) == len(c.digest) && len(b) == len(c.digest)
}

// digestOf names a selection in logs, without saying whom it is about.
func digestOf(tenant string, sel statements.Selection) string {
	sum := confirmation{}.sum(tenant, sel)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
