// Package result is what an evaluation report says: every section as typed
// figures and tables, as they may be published.
//
// It owns the form of the report as JSON, the published schema of it
// (schema.json), the names of figures, tables, columns, units, reasons and remarks,
// and how numbers are written, so that the same report is the same bytes. It
// computes nothing, and has no words for readers: codes are put into words where a
// report is laid out. A suppressed number is nowhere in it.
package result
