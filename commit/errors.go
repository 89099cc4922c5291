package commit

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// ErrConflict is a statement whose id is stored with other content
// (xAPI 1.0.3 Part 3, 2.1.1: 409).
type ErrConflict struct {
	Index int // position in the request
	ID    uuid.UUID
}

func (e *ErrConflict) Error() string {
	return fmt.Sprintf("statement %d: the id %s is already stored with other content", e.Index, e.ID)
}

// ErrBusy says that nothing of the request was taken, and that the same
// request may succeed later.
type ErrBusy struct {
	RetryAfter time.Duration
	Reason     string
}

func (e *ErrBusy) Error() string { return e.Reason }

// ErrUnknown says that the request may or may not be kept: the log could not
// be written. Sending the same statements with the same ids again is safe.
var ErrUnknown = errors.New("the log could not be written; whether these statements are kept shows after a restart")

// ErrDamaged is a log that cannot be read and must not be guessed at.
type ErrDamaged struct {
	File   string
	Offset int64
	Err    error
}

func (e *ErrDamaged) Error() string {
	return fmt.Sprintf("the log file %s is damaged at byte %d: %v. Statements in it were acknowledged, so nothing is skipped: "+
		"restore the file from a copy, or move the log folder aside to start without what it holds", e.File, e.Offset, e.Err)
}

func (e *ErrDamaged) Unwrap() error { return e.Err }
