// Package transfer reads files of statements and sends them on in batches: JSON
// arrays, NDJSON and JSON values one after the other, plain or gzip, as a
// stream of which only a batch is in memory at a time.
//
// It owns where one statement of a file ends and the next begins, in which line
// that is, the ids of statements that come without one, and how an import that
// was interrupted goes on. It does not judge statements and knows nothing of
// where they go: the caller sends them.
package transfer
