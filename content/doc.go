// Package content is about content packages as a whole. So far it checks them:
// a file or folder is opened, its manifest read, and every byte of it unpacked
// once, to see that it can be.
//
// What archives and manifests are is the matter of the packages below it; what
// is wrong with a package is a finding in the report, never an error. It knows
// nothing of storage, of HTTP or of learners.
package content
