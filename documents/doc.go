// Package documents is the domain of the document resources (xAPI 1.0.3 Part
// 3, 2.2): what names a document, what one is, its entity tag, and the merge of
// JSON objects.
//
// It does no I/O and knows nothing of HTTP, SQL and the log; it imports nothing
// of ours.
package documents
