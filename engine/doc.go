// Package engine runs the embedded ClickHouse: it finds the library, starts it
// in a child process, watches it, and stops it.
//
// The engine never runs inside the server's own process: a crash there must not
// take the learning record store down. The child is the same binary, called as
// its hidden command (see Main), which loads libchdb and runs what the program
// clickhouse-local runs, with a native-protocol listener on a loopback port.
//
// It owns the data folder: the lock on it, the note of which version wrote it,
// the configuration and the users of the listener. It must not know what is
// stored: tables, migrations and queries belong to package store.
package engine
