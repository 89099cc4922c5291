// Package launch opens content that speaks xAPI itself: cmi5, whose LMS side it
// is as a whole, and Tin Can.
//
// For cmi5 it makes launch data, sessions and their tokens, judges every request
// that comes with such a token by the rules of the specification, and says what is
// satisfied, abandoned and waived. What it knows of a registration is one small
// record (State), changed step by step under a lock of its own, so that of two
// statements that exclude each other one is refused, however they come. Numbers
// in comments and messages are those of sections of the cmi5 specification
// (Quartz, 1st edition).
//
// Statements that it makes itself go through the same parsing and commit as
// everybody's. It knows nothing of SQL and of how credentials are checked.
package launch
