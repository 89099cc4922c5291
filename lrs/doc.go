// Package lrs is the xAPI endpoint: the Statement and About resources of
// xAPI 1.0.3 and 2.0 under /xapi, and the server and probes around them.
//
// It owns what HTTP is about: credentials and scopes, versions, parameters,
// bodies and their limits, answers, status codes, paging tokens, metrics and
// the access log. It knows nothing of SQL, of files and of how statements are
// made durable: it declares the Writer, Reader and Keys that it needs and gets
// them from whoever wires the program.
package lrs
