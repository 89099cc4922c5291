// Package evaluation says what may be evaluated about people: per tenant, a
// number of switches that are off until an administrator switches them on and
// names the ground, and one table of what is evaluated about whom, for which role,
// which the rest of the program enforces and the statement for those concerned is
// written from.
//
// It owns the settings, the history of their changes, and the words about them. It
// must not know how figures are computed, nor how pages and answers look: who shows
// something about people asks here whether it may.
package evaluation
