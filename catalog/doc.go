// Package catalog keeps courses: the packages that they come from, version by
// version, who is registered for them, and the launches by which content is
// opened.
//
// It owns what is kept of these (small records through the log, files by their
// hash), which files may go, and what a launch's token is worth. It knows
// manifests and archives, and nothing of pages: who serves files, plays them or
// speaks a standard at run time asks the Service.
package catalog
