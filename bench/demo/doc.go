// Package demo fills a tenant of a running server with the pilot year of package
// town, as people and content would: lists are imported, courses registered and
// accounts made over our own interface, and every statement is posted to the endpoint
// with an API key. What is there already stays as it is, so an attempt that was cut
// off is completed by the next one.
//
// It knows HTTP and the town, and nothing of how the server does what it is asked.
package demo
