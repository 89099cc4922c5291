// Package journal is what a client of the fault campaign remembers outside the
// server: what it was about to send, and what was acknowledged, the latter
// synced to disk before it counts. The checker holds the server against it.
//
// It owns the form of the file. It knows nothing of xAPI.
package journal
