package engine

import (
	"encoding/xml"
	"os"
	"strings"
	"testing"
)

// TestSettingsAreXML: merging stands back only where a thread may become urgent
// again, since the server dies of the setting elsewhere.
func TestSettingsAreXML(t *testing.T) {
	path, err := settings{UserFiles: "/tmp/a<b&c", MemoryBytes: 1 << 30, User: "u", Digest: "d"}.write(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		UserFiles string `xml:"user_files_path"`
		Nice      *int   `xml:"os_threads_nice_value_merge_mutate"`
	}
	if err := xml.Unmarshal(text, &read); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if read.UserFiles != "/tmp/a<b&c" {
		t.Errorf("user_files_path is %q", read.UserFiles)
	}
	if said := read.Nice != nil; said != mayStandBack() {
		t.Errorf("the setting is there: %v; a thread may go back: %v", said, mayStandBack())
	}
	if strings.Contains(string(text), "{{") {
		t.Errorf("not filled in:\n%s", text)
	}
}
