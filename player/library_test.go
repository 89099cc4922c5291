package player

import (
	"bytes"
	"os"
	"testing"
)

// TestLibrary: the embedded files are those of the pinned package, and its licence
// is beside them.
func TestLibrary(t *testing.T) {
	for embedded, packaged := range map[string]string{
		"scorm12.min.js": "dist/scorm12.min.js", "scorm2004.min.js": "dist/scorm2004.min.js", "scorm-again-license.txt": "LICENSE",
	} {
		ours, err := files.ReadFile("assets/" + embedded)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := os.ReadFile("library/node_modules/scorm-again/" + packaged)
		if err != nil {
			t.Fatalf("%v: run make clients", err)
		}
		if !bytes.Equal(ours, theirs) {
			t.Errorf("assets/%s is not %s of the pinned scorm-again: copy it from library/node_modules", embedded, packaged)
		}
	}
}
