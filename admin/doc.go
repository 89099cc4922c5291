// Package admin is the door for the command line: an HTTP interface on a
// socket in the data folder, its server's handlers and its client.
//
// An embedded data folder has one owner, the running server; commands that
// need what is in it ask through this socket. Who may open the file (mode
// 0600 in a folder of mode 0700) is trusted: there are no credentials.
//
// It owns the wire format between a command and the server. It knows nothing
// of SQL and of how statements are made durable: it declares what it needs of
// the server (Services) and gets it from whoever wires the program. It never
// listens on a network address.
package admin
