// Package forms writes an evaluation report in every form that people use: as a page
// (HTML), as a document (PDF), as a workbook (XLSX), as tables (CSV) and as JSON.
//
// It owns the words of the report in German and English, how numbers and dates are written, which
// charts stand where, and the layout. All that may be shown has been decided before: it knows no
// figure but those of a result.Report, has no database and computes nothing from people. The
// same report gives the same bytes in every form; no clock is asked.
package forms
