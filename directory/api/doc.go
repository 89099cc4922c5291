// Package api answers for the directory over HTTP: people, units, groups,
// headcounts and imports under /api/v1, in JSON, with problem documents (RFC 9457)
// for what cannot be.
package api
