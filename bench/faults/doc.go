// Package faults is the campaign that tries to make the server break its one
// promise: what was acknowledged is durable, is there once, unaltered and
// whole, and every later read sees it.
//
// A campaign is a list of rounds. In each round a client process (package
// client) posts a mixed load and keeps a journal; meanwhile the round's fault
// happens: processes are killed at a random moment or within one of the four
// gaps of the commit path (package failpoint), stopped and let go on, killed
// while a part is being renamed; logins fail; the disk is full; the log is cut
// or damaged. Afterwards package check holds the server against the journals,
// and `lernspur verify` reads everything again.
//
// It owns the faults and the processes, and counts what really happened: a kill
// counts for a gap only if the process was held there until it was dead. It
// knows the server as an operator does, by its command, its configuration, its
// socket and its log, beside the failpoints and the form of the log's records.
// It runs on Linux.
package faults
