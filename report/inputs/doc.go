// Package inputs is what a run of an evaluation report has used: what was read of
// statements, directory and catalogue, in the form in which a run keeps it. The same
// inputs give the same figures, whatever has changed since.
//
// It owns the form in which they are kept, and how somebody is taken out of them
// after an erasure. People are numbers here; that a number is somebody's can be told only
// by who knows the identifier. It reads no database and computes no figure.
package inputs
