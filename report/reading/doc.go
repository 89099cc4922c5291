// Package reading reads what an evaluation report is made of: from the facts of
// package progress, the statements, the tables of the directory, and what others know of
// courses and vouchers.
//
// It owns the queries that progress does not have, and how what they answer becomes
// inputs, with numbers in the place of people. It computes no figure and decides nothing
// about what may be shown.
package reading
