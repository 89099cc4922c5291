// Package statements is the domain of Lernspur: xAPI Statements, Actors,
// Verbs and Activities, the rules of xAPI 1.0.3 and 2.0 for them, their
// equality, and what can be asked of a store of them.
//
// It owns parsing and the decision whether a statement is valid. It knows
// nothing of HTTP, of SQL, of files or of the network, and imports nothing
// else of this module.
package statements
