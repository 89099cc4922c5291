package directory

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"lernspur/statements"
)

// Binding narrows a key: what it does has to fit all of what is given here.
// The zero value binds to nothing. A token that a launch hands to content is a
// key with such a binding.
type Binding struct {
	// Actor is the JSON of the Agent or identified Group that every statement
	// has as its actor and every document as its agent.
	Actor string
	// Registration is the registration of every statement and State document.
	Registration uuid.UUID
	// ActivityPrefix is how the id of every statement's object, which is an
	// Activity then, and of every document's Activity begins. It is compared byte
	// by byte: end it with a slash where ids go on with one.
	ActivityPrefix string
	// Expires is the instant from which the key is no longer in force, in
	// microseconds since the Unix epoch; 0 is never.
	Expires int64
	// Origin is what the header Origin of every request says, such as
	// https://content.example.org. It keeps honest browsers to it: any other
	// program can say what it likes there.
	Origin string
}

// maxPrefix is how long an activity prefix can be, in bytes.
const maxPrefix = 2048

// check refuses a binding that could never be kept, and returns the canonical
// identifier of its actor.
func (b Binding) check() (actor string, err error) {
	if b.Actor != "" {
		if actor, err = statements.AgentIdentifier([]byte(b.Actor), statements.V1); err != nil {
			return "", fmt.Errorf("%w: actor: %s", ErrInvalid, violation(err))
		}
	}
	switch {
	case len(b.ActivityPrefix) > maxPrefix:
		return "", fmt.Errorf("%w: the activity prefix is longer than %d bytes", ErrInvalid, maxPrefix)
	case b.ActivityPrefix != "" && !statements.IsIRI(b.ActivityPrefix):
		return "", fmt.Errorf("%w: the activity prefix %q is not the beginning of an IRI with its scheme", ErrInvalid, b.ActivityPrefix)
	case b.Expires < 0:
		return "", fmt.Errorf("%w: a key cannot expire before 1970", ErrInvalid)
	case b.Origin != "" && !isOrigin(b.Origin):
		return "", fmt.Errorf("%w: the origin %q is not scheme://host[:port] in lower case, as browsers send it", ErrInvalid, b.Origin)
	}
	return actor, nil
}

// isOrigin tells whether a browser could send this as its origin (RFC 6454).
func isOrigin(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme != "" && u.Host != "" && u.Scheme+"://"+u.Host == s && s == strings.ToLower(s)
}

// violation is the first rule that an agent breaks, in words.
func violation(err error) string {
	var bad *statements.Invalid
	if errors.As(err, &bad) && len(bad.Violations) > 0 {
		return bad.Violations[0].Message
	}
	return err.Error()
}

// expired tells whether the key is past its time.
func (b Binding) expired(now func() time.Time) bool {
	return b.Expires != 0 && now().UnixMicro() >= b.Expires
}
