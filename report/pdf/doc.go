// Package pdf prints HTML pages as tagged PDF that keeps to PDF/UA-1 as far as the
// page itself does: headings, table headers and text alternatives are those of
// its HTML.
//
// Chromium lays out and tags; what it leaves out is added behind its bytes, as PDF
// allows (an incremental update): the identification as PDF/UA-1 in XMP, descriptions of links, marks around
// what is no content (lines, grounds, margins), bodies in the items of lists, and what newer structure types stand
// for. Package uatest holds documents against the rules. It knows nothing of reports.
package pdf
