// Package verify reads everything that is stored again and says where it does
// not fit together: raw statements against their columns, look-up rows against
// raw statements in both directions, references, repeated ids, aggregates
// against a recomputation.
//
// It owns what counts as a difference. It reads through package store in
// windows of bounded size, beside a running server, up to a watermark; it
// changes nothing and knows nothing of HTTP.
package verify
