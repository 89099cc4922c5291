// Package runs makes evaluation reports and keeps what was made: who ran which
// definition when, as of which instant, the bytes of the result and its checksum, and
// what it was computed from.
//
// It owns these records and how a run is repeated: from what the first run of the same
// definition and as-of time has used, so that the bytes are the same whatever has changed
// since; after an erasure without the people who are gone. It reads nothing and computes
// nothing itself, and knows no form but JSON.
package runs
