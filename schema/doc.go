// Package schema is the second authority on xAPI statements. It owns the JSON
// Schemas of xAPI 1.0.3 and 2.0 that this project wrote for itself, the words
// in which a rejection is explained to an author of content, and the schemas
// that a tenant brings for its own extensions, activity types and profiles.
//
// Package statements decides on the hot path; this package runs only after a
// rejection, and for tenants that have schemas of their own. Both must give
// the same verdict on every body; what no JSON Schema can say is a short list
// of Go rules in package statements that both call (GoOnly in its registry).
//
// It knows nothing of HTTP, of storage or of configuration, opens no file and
// no connection: every schema is embedded or handed over as bytes.
package schema
