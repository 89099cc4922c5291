package signin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"
)

// HashOptions are the cost of a password's hash (Argon2id, RFC 9106). The zero
// value stands for what is named there, which is above the least that OWASP asks
// for (19 MiB and two passes) and follows BSI TR-02102-1 in the choice of Argon2id.
type HashOptions struct {
	Memory uint32 // KiB; 32 MiB
	Passes uint32 // 3
	Lanes  uint8  // 1
	// AtOnce is how many hashes are computed at one time, so that their memory is
	// bounded; 2.
	AtOnce int
	// Waiting is how many may wait for their turn; 30. Those beyond are refused.
	Waiting int
}

func (o HashOptions) withDefaults() HashOptions {
	if o.Memory == 0 {
		o.Memory = 32 << 10
	}
	if o.Passes == 0 {
		o.Passes = 3
	}
	if o.Lanes == 0 {
		o.Lanes = 1
	}
	if o.AtOnce <= 0 {
		o.AtOnce = 2
	}
	if o.Waiting <= 0 {
		o.Waiting = 30
	}
	return o
}

const (
	saltBytes = 16
	sumBytes  = 32
	// maxMemory and maxPasses bound what a stored hash may ask for: one that was
	// tampered with must not take the machine.
	maxMemory = 1 << 20 // KiB
	maxPasses = 64
)

// hasher computes hashes, a few at a time.
type hasher struct {
	opts    HashOptions
	turns   chan struct{}
	waiting chan struct{}
	// decoy is verified where there is no hash, so that it takes as long.
	decoy string
}

func newHasher(opts HashOptions) *hasher {
	opts = opts.withDefaults()
	h := &hasher{opts: opts, turns: make(chan struct{}, opts.AtOnce), waiting: make(chan struct{}, opts.Waiting+opts.AtOnce)}
	h.decoy = h.encode(random(saltBytes), random(sumBytes))
	return h
}

// random has that many random bytes.
func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // it never fails
	return b
}

// turn waits until a hash may be computed; done ends the turn. Errors: *Busy and
// the context's.
func (h *hasher) turn(ctx context.Context) (done func(), err error) {
	select {
	case h.waiting <- struct{}{}:
	default:
		return nil, &Busy{RetryAfter: 2 * time.Second, Reason: "many people sign in at this moment; try again"}
	}
	select {
	case h.turns <- struct{}{}:
		return func() { <-h.turns; <-h.waiting }, nil
	case <-ctx.Done():
		<-h.waiting
		return nil, ctx.Err()
	}
}

// hash makes the hash of a password, with its parameters, in the PHC string
// format.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	done, err := h.turn(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	salt := random(saltBytes)
	return h.encode(salt, argon2.IDKey([]byte(password), salt, h.opts.Passes, h.opts.Memory, h.opts.Lanes, sumBytes)), nil
}

func (h *hasher) encode(salt, sum []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.opts.Memory, h.opts.Passes, h.opts.Lanes,
		b64.EncodeToString(salt), b64.EncodeToString(sum))
}

// verify tells whether a password has a hash; "" is that of nobody and takes as
// long. Once its turn has come it asks first whether it is still wanted. stale
// tells that the hash was made with other parameters than those of now.
func (h *hasher) verify(ctx context.Context, stored, password string, first func() error) (right, stale bool, err error) {
	done, err := h.turn(ctx)
	if err != nil {
		return false, false, err
	}
	defer done()
	if err := first(); err != nil {
		return false, false, err
	}
	none := stored == ""
	if none {
		stored = h.decoy
	}
	p, err := parseHash(stored)
	if err != nil {
		return false, false, err
	}
	sum := argon2.IDKey([]byte(password), p.salt, p.passes, p.memory, p.lanes, uint32(len(p.sum)))
	right = subtle.ConstantTimeCompare(sum, p.sum) == 1 && !none
	return right, p.memory != h.opts.Memory || p.passes != h.opts.Passes || p.lanes != h.opts.Lanes, nil
}

// parsedHash is a hash with its parameters.
type parsedHash struct {
	memory, passes uint32
	lanes          uint8
	salt, sum      []byte
}

var errHash = errors.New("the hash of a password cannot be read")

func parseHash(text string) (p parsedHash, err error) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return p, errHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.lanes); err != nil {
		return p, errHash
	}
	var saltErr, sumErr error
	p.salt, saltErr = base64.RawStdEncoding.DecodeString(parts[4])
	p.sum, sumErr = base64.RawStdEncoding.DecodeString(parts[5])
	if saltErr != nil || sumErr != nil || len(p.salt) < 8 || len(p.sum) < 16 || len(p.sum) > 64 ||
		p.passes < 1 || p.passes > maxPasses || p.lanes < 1 || p.memory < 8 || p.memory > maxMemory {
		return p, errHash
	}
	return p, nil
}
