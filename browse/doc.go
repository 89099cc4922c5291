// Package browse answers statements to people who have signed in: whose statements
// somebody may look at is decided here and nowhere else, and goes into the query, so
// that pages are full and cursors right without anything being sifted afterwards. It
// takes statements apart into what a sentence needs, says who the people in them are,
// and leaves out what whoever looks is not to see. It owns no statements, and must not
// know of HTTP, of pages or of languages.
package browse
