package catalog

import (
	"errors"
	"fmt"
	"time"

	"lernspur/content/manifest"
)

// Errors that callers tell apart.
var (
	// ErrNotFound means that the tenant has no such course, version,
	// registration, item or file.
	ErrNotFound = errors.New("there is no such thing in the catalogue")
	// ErrNoLaunch means that a token is that of no launch, or of one that was
	// revoked.
	ErrNoLaunch = errors.New("there is no such launch")
	// ErrExpired is the ErrNoLaunch of a launch that was, and is over.
	ErrExpired = fmt.Errorf("%w any more: it has expired", ErrNoLaunch)
	// ErrClosed means that a registration is not open now: before Opens or after
	// Closes. A launch that was made before is there, and opens nothing meanwhile.
	ErrClosed = errors.New("the registration is not open at this time")
	// ErrNoInvitation means that a token is that of no invitation.
	ErrNoInvitation = errors.New("there is no such invitation")
	// ErrInvitationOver is the ErrNoInvitation of one that was: it has expired, was
	// revoked, or as many have accepted it as may.
	ErrInvitationOver = fmt.Errorf("%w any more: it has expired, was revoked, or has been used as often as it may be", ErrNoInvitation)
	// ErrChanged means that somebody else has changed it since it was read.
	ErrChanged = errors.New("it was changed meanwhile")
)

// Refused means that a package is not taken. The findings say why, in words for a
// content manager; warnings are among them.
type Refused struct{ Findings []manifest.Finding }

func (e *Refused) Error() string {
	for _, f := range e.Findings {
		if f.Severity == manifest.Error {
			return "the package is refused: " + f.Message
		}
	}
	return "the package is refused"
}

// Invalid means that what was asked for cannot be. Field names what is wrong, as
// the API does.
type Invalid struct{ Field, Message string }

func (e *Invalid) Error() string { return e.Field + ": " + e.Message }

// Conflict means that what was asked for does not fit what is there.
type Conflict struct{ Message string }

func (e *Conflict) Error() string { return e.Message }

// Busy means that it cannot be done now; nothing was done.
type Busy struct {
	RetryAfter time.Duration
	Reason     string
}

func (e *Busy) Error() string { return e.Reason }
