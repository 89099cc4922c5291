// Package player is the origin that content runs on: it serves the files of
// packages, plays SCORM in a page of its own, keeps what content stores at run
// time, and says in statements what learners did.
//
// The token of a launch, in the path, is the only credential here; there are no
// cookies. What content sends is kept first (through package catalog, by compare
// and set) and becomes statements then, whose ids are derived from the attempt, so
// that a commit that comes twice, or is done again after a crash, is recorded
// once. Translate, which makes the statements, is a pure function.
package player
