package player

import (
	"bytes"
	"os"
	"testing"
)

// TestLibrary: the embedded files are those of the pinned packages, and their
// licences are beside them.
func TestLibrary(t *testing.T) {
	for embedded, packaged := range map[string]string{
		"scorm12.min.js": "scorm-again/dist/scorm12.min.js", "scorm2004.min.js": "scorm-again/dist/scorm2004.min.js",
		"scorm-again-license.txt": "scorm-again/LICENSE",

		"h5p/main.bundle.js": "h5p-standalone/dist/main.bundle.js", "h5p/frame.bundle.js": "h5p-standalone/dist/frame.bundle.js",
		"h5p/styles/h5p.css":              "h5p-standalone/dist/styles/h5p.css",
		"h5p/fonts/h5p-core-30.woff2":     "h5p-standalone/dist/fonts/h5p-core-30.woff2",
		"h5p/fonts/h5p-theme.woff2":       "h5p-standalone/dist/fonts/h5p-theme.woff2",
		"h5p/fonts/h5p-hub-publish.woff2": "h5p-standalone/dist/fonts/h5p-hub-publish.woff2",
		"h5p/images/throbber.gif":         "h5p-standalone/dist/images/throbber.gif",
		"h5p/h5p-standalone-license.txt":  "h5p-standalone/LICENSE",
	} {
		ours, err := files.ReadFile("assets/" + embedded)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := os.ReadFile("library/node_modules/" + packaged)
		if err != nil {
			t.Fatalf("%v: run make clients", err)
		}
		if !bytes.Equal(ours, theirs) {
			t.Errorf("assets/%s is not %s of the pinned package: copy it from library/node_modules", embedded, packaged)
		}
	}
}
