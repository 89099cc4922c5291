// Package blobs keeps bytes under the name that their content gives them: a
// SHA-2 hash. It keeps what is attached to statements, per tenant, in the data
// folder (Files) or in an S3-compatible store (Objects).
//
// It owns the form of the files, what is durable when, and which blobs may be
// removed (Keeper). It knows nothing of statements or HTTP: who uses a blob is
// told by the caller.
package blobs
