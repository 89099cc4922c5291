// Package check holds a server against the journals of those who posted to it:
// nothing that was acknowledged is lost, doubled, altered or half there, what
// was not acknowledged is there whole or not at all, what is voided is not
// seen, and every filter finds exactly what a walk over everything finds.
//
// It owns what counts as a broken promise. It reads over HTTP and from the
// journals only, and shares no code with the server: what statements say and
// which filter they match is worked out here from their JSON.
package check
