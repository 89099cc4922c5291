// Package commit makes statements durable and visible: the log, group commit,
// the check of ids, the flusher and the watermark.
//
// It knows nothing of HTTP and of SQL; it declares the Sink that it needs.
package commit
