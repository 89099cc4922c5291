package launch

import (
	"errors"
	"fmt"
	"time"
)

// Refused means that a request breaks a rule of cmi5; it is answered with 403.
type Refused struct {
	// Section is that of the specification, such as "9.3.2".
	Section string
	Message string
	// Statement is the place in the request of the statement that breaks it, −1
	// when the request itself does.
	Statement int
}

func (e *Refused) Error() string {
	if e.Statement < 0 {
		return fmt.Sprintf("cmi5 %s: %s", e.Section, e.Message)
	}
	return fmt.Sprintf("statement %d: cmi5 %s: %s; nothing of this request was stored", e.Statement, e.Section, e.Message)
}

func refuse(section, format string, args ...any) error {
	return &Refused{Section: section, Message: fmt.Sprintf(format, args...), Statement: -1}
}

// Errors that callers tell apart.
var (
	// ErrNoSession means that there is no open session to abandon.
	ErrNoSession = errors.New("there is no open session in this registration")
	// ErrNotCmi5 means that what was asked for is there for cmi5 only.
	ErrNotCmi5 = errors.New("the registration is not for a course of cmi5")
	// ErrNotFound means that there is no such registration or item.
	ErrNotFound = errors.New("there is no such registration or item")
	// ErrWaived means that an AU was waived before (9.3.7).
	ErrWaived = errors.New("this AU was waived already")
	// ErrNoAccount means that the learner cannot be named as cmi5 asks (9.2).
	ErrNoAccount = errors.New("cmi5 needs a learner who is named by an account (homePage and name)")
	// ErrUncertain means that it is not known whether something was stored; doing
	// it again is safe.
	ErrUncertain = errors.New("it is not known whether this was stored")
)

// Busy means that it cannot be done now; nothing was done.
type Busy struct {
	RetryAfter time.Duration
	Reason     string
}

func (e *Busy) Error() string { return e.Reason }
