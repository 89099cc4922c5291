// Package scenario holds the measurements: what ClickHouse takes at best, what
// the server takes over HTTP, what a bare handler takes, how soon a statement
// can be read, how fast look-ups answer, and what all of it costs in memory
// and on disk.
//
// Everything runs against processes that the package starts itself on loopback
// addresses: the server's own binary as a child, and the embedded engine, which
// is started here in the way the server starts it, so that a measurement can
// drop its caches and read its system tables.
//
// It owns the procedure. It must not know how results are shown (bench/result
// has their shape) and uses of the product only what it is told over HTTP, but
// for the ceilings, which need its tables.
package scenario
