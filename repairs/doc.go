// Package repairs answers what the lenient endpoint had to change in statements,
// under /api/v1/repairs: how often, and what was sent.
//
// It knows HTTP and what is asked of the table of repairs. It does not know how
// statements are repaired (package lenient), nor who may ask for what beyond the
// scopes of the credentials it is handed.
package repairs
