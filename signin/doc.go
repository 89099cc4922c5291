// Package signin is how people sign in: local accounts and those of an OpenID
// Connect issuer, their roles, the sessions of browsers, and the one place that
// decides who may use which page and which part of our own interface.
//
// It owns the records of accounts and sessions, passwords and their rules, and
// the protection against requests that other sites forge. It knows nothing of
// what pages show: they read who looks at them from package web/visitor, and what
// the page for signing in looks like can be given from outside (Look).
package signin
