// Package figures computes an evaluation report: from its definition and from what
// a run has read (package inputs), every section as package result has it.
//
// It owns what each figure of the report means (docs/report.md), and how the figures hang
// together: all counts, averages and quantiles that depend on people go through one Plan
// of package suppress, and nothing is published that the Plan does not show. It reads
// no database and knows no time: the same definition and inputs give the same report.
package figures
