// Package progress says what progress means and computes it: one definition of
// every metric (metrics.go, docs/metrics.md), a projection that keeps what each
// learner has reached in each course, and the query interface on it.
//
// It owns the tables progress and progress_cursor. It reads the tables of
// package store and never writes them. It knows nothing of how statements
// arrive: it is told the watermark, the instant up to which all statements are
// visible. It must not know the people behind identifiers.
//
// # The projection
//
// A row of progress is the state of one learner in one course. States form a
// join-semilattice: each column is a minimum or a maximum over the statements
// (the latest verdict is the maximum by timestamp, then stored). So folding
// statements into a state is merging, in any order, and folding one twice
// changes nothing. That is what makes every step safe to repeat: a cycle that
// was cut off anywhere is simply done again from the cursor, which moves last.
//
// Only voiding takes something away. The learners of voided statements get
// their states computed anew from all their statements, in the cycle that
// meets the voiding statement.
package progress
