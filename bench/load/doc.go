// Package load sends prepared HTTP requests over many connections and measures
// how long the answers take.
//
// It owns connections, pacing and histograms. It must not know what is in the
// requests. It speaks HTTP/1.1 by itself over net.Conn, because on a small
// machine the client shares the processors with the server that is measured:
// see BenchmarkClients for what that saves against net/http.
//
// It connects to loopback addresses only. It is a measuring instrument for the
// machine it runs on, and refuses to be anything else.
package load
