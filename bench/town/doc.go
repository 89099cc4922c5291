// Package town makes up a pilot year: a town that does not exist, with six
// departments and 3,200 staff, who learn with forty courses from 1 October 2025 to
// 30 September 2026.
//
// Everything follows from a seed: the same Config always gives the same tables and
// the same statements, to the byte, on every machine. So there is no floating-point
// arithmetic in what decides, and no clock.
//
// It owns who there is, what there is to learn and how people go about it: a wave at
// the start, quiet weeks at Christmas and in summer, people who stop in the middle,
// others who begin their work here during the year and are inducted, questions that
// are too hard, evenings and weekends. It must not know HTTP, the store or the
// product's own types: what it makes is plain JSON and CSV, judged by the same rules
// as anybody's. Every address in it ends in .example, and every statement names a
// platform that says that it is made up.
package town
