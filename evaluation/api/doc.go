// Package api answers for the settings of what is evaluated, their history and the
// statement over HTTP, under /api/v1/evaluation.
package api
