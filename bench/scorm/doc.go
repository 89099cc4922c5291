// Package scorm plays a content package of SCORM 1.2 over HTTP, as the run-time page
// does in a learner's browser: it opens a part, stores the whole run-time data with
// every commit, ends the part and opens it again.
//
// What a learner's content has stored follows from one number, the step, so whoever
// plays can tell what has to come back. The package knows nothing of measuring and
// of killing.
package scorm
