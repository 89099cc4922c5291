// Package recounttest computes the figures of an evaluation report a second time, for
// tests: from exported statements (NDJSON) and the words of docs/report.md alone, in the plainest way.
// It imports nothing of what it holds to account.
package recounttest
