// Package archive reads what a content manager uploads, a zip file or a folder,
// without trusting it.
//
// It owns the limits and the list of reasons for which an archive is refused
// (rules.go), and the names that entries have for everybody else: with forward
// slashes, cleaned, unique also without regard to letter case. It never writes
// to disk, never holds an entry in memory, and knows nothing of manifests, of
// HTTP or of storage.
//
// zip.go opens a zip, folder.go a folder; names.go decides about names;
// archive.go is what both have in common, with the counting of what really
// comes out.
package archive
