// Package manifest reads what a content package says about itself: SCORM 1.2 and
// 2004, cmi5, Tin Can and H5P, into one model.
//
// It owns the model (model.go, sequencing_model.go), how a package's kind is
// recognised (read.go), and the rules that decide what is tolerated, with a
// warning, and what is refused (rules.go). Everything that it says is a Finding:
// which file, which element, what is wrong, what to do. A package with an error
// among its findings must not be launched.
//
// It reads through package archive and keeps nothing: it knows nothing of
// storage, of HTTP, of learners or of launching.
//
// The scorm… files read an imsmanifest.xml, sequencing… its sequencing, cmi5… a
// course structure; tincan.go, h5p.go and lom.go the rest; href.go finds the
// files that a manifest names.
package manifest
