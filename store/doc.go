// Package store keeps statements in ClickHouse and finds them again.
//
// It owns the tables (migrations/*.sql), every INSERT and every SELECT on
// them. It knows nothing of HTTP, of the log and of how the ClickHouse it
// speaks to is run. Every method that touches statements takes a tenant.
//
// File families: insert_… writes, find_… reads, check_… reads everything again
// for package verify, keys keeps the API keys, lookup… derives the look-up
// rows, refs… ties StatementRefs to what they point to.
package store
