// Package markup reads XML as authoring tools write it into a tree, within
// limits.
//
// It owns what is done about text that is not quite XML: a byte-order mark, an
// encoding that is not the declared one, a bare ampersand. Each of these is put
// right and told (Repair); anything else that is not well-formed is an *Error
// with its line. There is no DTD and no entity beyond those of XML and the names
// of characters in HTML; nothing is ever fetched. It knows nothing of packages.
//
// decode.go finds the encoding, ampersand.go mends entities, parse.go builds the
// tree, node.go is how a tree is read.
package markup
