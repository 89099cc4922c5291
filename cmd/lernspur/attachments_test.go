package main_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAttachmentsTravel moves statements with attachments from one data folder
// to another: nothing is left out without a word.
func TestAttachmentsTravel(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		bytes := strings.Repeat("here is a simple attachment", 1000)
		hash := fmt.Sprintf("%x", sha256.Sum256([]byte(bytes)))
		attached := strings.TrimSuffix(statement(1), "}") + `,"attachments":[{"usageType":"http://example.org/u","display":{},"contentType":"text/plain","length":27000,"sha2":"` + strings.ToUpper(hash) + `"}]}`
		linked := strings.TrimSuffix(statement(2), "}") + `,"attachments":[{"usageType":"http://example.org/u","display":{},"contentType":"text/plain","length":1,"sha2":"` + strings.Repeat("0", 64) + `","fileUrl":"http://example.org/f"}]}`
		file := write(t, "in.ndjson", []byte(attached+"\n"+linked+"\n"+statement(3)+"\n"))

		r := p.run(t, "", "import", "--keep-going", file)
		if r.code != 1 || !strings.Contains(r.err, "attachment-missing") || !strings.Contains(r.out, "2 statements stored, 1 not") {
			t.Fatalf("without the bytes: %+v", r)
		}
		from := t.TempDir()
		if err := os.WriteFile(filepath.Join(from, hash), []byte("other bytes"), 0o600); err != nil {
			t.Fatal(err)
		}
		if r := p.run(t, "", "import", "--attachments", from, file); r.code == 0 {
			t.Fatalf("with other bytes: %+v", r)
		}
		if err := os.WriteFile(filepath.Join(from, hash), []byte(bytes), 0o600); err != nil {
			t.Fatal(err)
		}
		contains(t, p.must(t, "import", "--attachments", from, file), "3 statements stored, 0 not")
		contains(t, p.must(t, "verify"), "everything fits together")

		if r := p.run(t, "", "export"); r.code != 0 || !strings.Contains(r.err, "2 attachments are not in this export") {
			t.Errorf("an export without attachments does not say so: %+v", r.err)
		}
		to := filepath.Join(t.TempDir(), "attachments")
		for range 2 {
			if r := p.run(t, "", "export", "--attachments", to); r.code != 0 || r.err != "" || len(exported(t, r.out)) != 3 {
				t.Errorf("%+v", r)
			}
		}
		names, err := filepath.Glob(filepath.Join(to, "*"))
		if err != nil || len(names) != 1 || filepath.Base(names[0]) != hash {
			t.Fatal(names, err)
		}
		if got, err := os.ReadFile(names[0]); err != nil || string(got) != bytes {
			t.Errorf("%d other bytes, %v", len(got), err)
		}

		// What is damaged or lost is told.
		kept := filepath.Join(p.dir, "blobs", "default", hash[:2], hash[2:]+".zst")
		if err := os.WriteFile(kept, []byte("something else entirely"), 0o600); err != nil {
			t.Fatal(err)
		}
		if r := p.run(t, "", "verify"); r.code != 1 || !strings.Contains(r.out, "blob-damaged: ") {
			t.Errorf("damaged: %+v", r)
		}
		if err := os.Remove(kept); err != nil {
			t.Fatal(err)
		}
		if r := p.run(t, "", "verify"); r.code != 1 || !strings.Contains(r.out, "blob-missing: ") || !strings.Contains(r.out, hash) {
			t.Errorf("missing: %+v", r)
		}
		if r := p.run(t, "", "export", "--attachments", t.TempDir()); r.code != 1 || !strings.Contains(r.err, "1 attachments are not there any more") {
			t.Errorf("an export that lacks one: %+v", r)
		}
	})
}
