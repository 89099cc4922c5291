// Package directory knows who there is: the tenants and their API keys, and people
// with their identifiers, organisation units, groups and headcounts.
//
// It owns what a key is, how its secret is made and checked, and which scopes there
// are; what a person is, when two are one, how units lie on a day, and what a list of
// any of them changes. It knows nothing of HTTP and of SQL: it declares the KeyStore,
// the Records and the Tables that it needs. What people are called belongs here and
// nowhere else.
//
// The people of a tenant are one state in memory that is never changed: see Directory.
package directory
