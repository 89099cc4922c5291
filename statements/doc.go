// Package statements is the domain of Lernspur: xAPI Statements, Actors,
// Verbs and Activities, the rules of xAPI 1.0.3 and 2.0 for them, their
// equality, and what can be asked of a store of them.
//
// It owns parsing and the decision whether a statement is valid. It knows
// nothing of HTTP, of SQL, of files or of the network, and imports nothing
// else of this module.
//
// The way of a statement through Parse, and the files that go with it:
//
//   - tape*.go reads the JSON text strictly into a flat list of nodes;
//   - check*.go, formats*.go, timestamp.go, duration.go and number.go hold it
//     against the rules, which rules.go names and rules_table.go words, and
//     note what the columns consist of (columns.go);
//   - digest.go names what it says, for equality;
//   - splice.go makes the text that is kept: what was sent, and what a server
//     has to add.
//
// What was stored comes back through Reparse (reparse.go) and is reduced for
// the formats ids and canonical in shape*.go.
//
// Choices that the specification leaves open: an id is kept in the letter case
// in which it was sent, while Statement.ID is the same for every case; IRIs are
// compared as strings (Data 3.1); a lone Activity in contextActivities and
// timestamps that are not in UTC are the only values that are kept otherwise
// than they were sent, because they have to be answered otherwise (Data
// 2.4.6.2, 4.5; 2.0, 4.2.7); an empty array of statements is accepted.
package statements
