// Package api answers for the catalogue over HTTP: packages, courses,
// registrations and launches under /api/v1, in JSON, with problem documents
// (RFC 9457) for what cannot be.
package api
