package evaluation

import (
	"errors"
	"fmt"
	"time"
)

// ErrChanged means that somebody else has changed the settings since they were
// read.
var ErrChanged = errors.New("the settings have changed since; read them again")

// Invalid means that a value cannot be.
type Invalid struct {
	Field  string
	Reason string
}

func (e *Invalid) Error() string { return e.Field + ": " + e.Reason }

func invalid(field, format string, args ...any) error {
	return &Invalid{field, fmt.Sprintf(format, args...)}
}

// Busy says that nothing was done and that the same may succeed later.
type Busy struct {
	RetryAfter time.Duration
	Reason     string
}

func (e *Busy) Error() string { return e.Reason }

// Off says that what was asked for is not told, as a switch is off.
type Off struct{ Switch Switch }

func (e *Off) Error() string {
	return named[e.Switch].en + " are switched off here; an administrator can switch them on, on the page /settings or with PATCH /api/v1/evaluation, and names the ground there"
}
