// Package gen makes xAPI statements for load tests and measurements: a town's
// administration whose employees work through e-learning courses.
//
// Everything follows from a seed and an index. Statement i of a seed is always
// the same bytes, whoever asks and in whatever order, so a load generator, a
// loader and a checker can each make their part without talking to each other.
// Identifiers look random (version 4 UUIDs) and are as hard to compress as
// random ones.
//
// It owns the vocabulary, the distribution of learners, courses and verbs, and
// the rendering. It must not know HTTP, the store or the product's own types:
// what it makes is plain JSON, judged by the same rules as anybody's.
package gen
