// Package client is the process that posts while the fault campaign breaks
// things: single statements and batches, PUT and POST, with and without ids,
// voiding statements before and after their targets, references, repetitions
// and conflicts. It sends again what got no verdict, with the same ids and the
// same bytes, and journals intents before and acknowledgements after, the
// latter on disk before they count.
//
// It owns the load. What it sees of broken promises while it runs (an
// acknowledged statement that cannot be found, a wrong verdict) goes into the
// journal as a violation; everything else is the checker's. It knows the server
// by its URL only.
package client
