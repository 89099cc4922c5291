// Package directory knows who may ask: the tenants and their API keys, and
// later the people, their identifiers, organisation units, groups and roles.
//
// It owns what a key is, how its secret is made and checked, and which scopes
// there are. It knows nothing of HTTP and of SQL: it declares the KeyStore
// that it needs. Personal data belongs here and nowhere else.
package directory
