// Package app puts the server together: engine, store, commit, directory, lrs,
// progress and the doors to them, started and stopped in order.
//
// It owns the data folder (its lock and its layout), the order of things, and
// the small adapters between packages that do not know each other. It holds no
// rules of its own: what a statement is, what is durable, who may ask are
// matters of the packages it assembles. It knows nothing of configuration files
// and of the command line.
package app
