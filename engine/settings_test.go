package engine

import (
	"encoding/xml"
	"os"
	"path/filepath"
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

// TestReaderIsXML: the one who may only read is there when it is asked for, with what it may.
func TestReaderIsXML(t *testing.T) {
	for _, reader := range []*Reader{nil, {Tables: []string{"a<b"}, Rows: 7}} {
		dir := t.TempDir()
		if _, err := (settings{UserFiles: "/x", MemoryBytes: 1 << 30, User: "u", Digest: "d", Reader: reader, ReaderUser: readerUser, ReaderDigest: "e", Database: "l"}).write(dir); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(dir, "users.xml"))
		if err != nil {
			t.Fatal(err)
		}
		var read struct {
			Reader *struct {
				Grants []string `xml:"grants>query"`
				Digest string   `xml:"password_sha256_hex"`
			} `xml:"users>reader"`
			Rows int `xml:"profiles>reader>max_result_rows"`
		}
		if err := xml.Unmarshal(text, &read); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if (read.Reader != nil) != (reader != nil) {
			t.Errorf("a reader: %v\n%s", read.Reader, text)
		}
		if reader != nil && (read.Reader.Grants[0] != "GRANT SELECT ON lernspur.a<b" || read.Reader.Digest != "e" || read.Rows != 7) {
			t.Errorf("%+v", read)
		}
	}
}
