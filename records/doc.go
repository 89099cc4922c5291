// Package records is what can be done with stored statements beyond the
// specification, under /api/v1/statements: counting them, following them as they
// come, and deleting them.
//
// It knows HTTP and statements; what it needs of the store, the commit path,
// progress and the keys it declares as interfaces (ports.go).
package records
