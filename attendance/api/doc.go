// Package api answers for attendance over HTTP, under /api/v1/attendance, in JSON,
// with problem documents (RFC 9457) for what cannot be.
package api
