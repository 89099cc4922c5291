// Package result is the shape of what was measured, as JSON that is kept and as
// the tables in docs/performance.md.
//
// It owns wording and targets. It must not measure anything.
package result
