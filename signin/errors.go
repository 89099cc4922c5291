package signin

import (
	"errors"
	"time"
)

// Errors that callers tell apart, beside *Invalid, *Conflict, *TooMany and *Busy.
var (
	// ErrWrong means that nobody signs in like that: the account is unknown,
	// disabled or has no password, or the password is another one. Which of these
	// is not told, and takes the same time.
	ErrWrong = errors.New("this name and password do not belong together")
	// ErrNotFound means that there is no such account in the tenant.
	ErrNotFound = errors.New("there is no such account")
	// ErrLink means that a one-time link was used, is too old, or never was.
	ErrLink = errors.New("this link has been used, or its time is over; ask for another one")
)

// Invalid means that a value cannot be.
type Invalid struct {
	Field  string
	Reason string
	// Weakness is set when a password is not good enough.
	Weakness Weakness
}

func (e *Invalid) Error() string { return e.Field + ": " + e.Reason }

// Conflict means that something is in the way of what was asked for.
type Conflict struct {
	Message string
	// Why is the same as a word, for whoever says it in another language.
	Why string
}

// The words of Conflict.
const (
	Taken      = "taken"     // there is an account of that name
	Yourself   = "yourself"  // nobody takes themselves away
	LastAdmin  = "last"      // one administrator has to stay
	AtAnIssuer = "elsewhere" // the account has no password here
)

func (e *Conflict) Error() string { return e.Message }

// TooMany means that too many wrong passwords came before this one, which was not
// looked at.
type TooMany struct{ RetryAfter time.Duration }

func (e *TooMany) Error() string { return "too many wrong passwords" }

// Busy says that nothing was done and that the same may succeed later.
type Busy struct {
	RetryAfter time.Duration
	Reason     string
}

func (e *Busy) Error() string { return e.Reason }
