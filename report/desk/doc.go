// Package desk is where people work on evaluation reports: it keeps their definitions, starts runs and
// tells how far they are, and keeps what people decide about runs: approval, removal by two, links for
// everybody, and when a definition is run by itself.
//
// It owns those records and rules. What figures are it does not know: an Engine computes and keeps runs,
// a Press makes their forms. It knows nothing of HTTP, and no person but those who work on reports.
package desk
