// Package access finds out who sent a request: HTTP Basic with an API key, or a
// Bearer token of the configured OpenID Connect issuer. Every door of the
// server asks the same Gate.
//
// It owns how credentials travel, what makes a token count, and how repeated
// failures are slowed down. It knows nothing of what a request wants: which scope
// is enough for what is the business of the package that serves it.
package access
