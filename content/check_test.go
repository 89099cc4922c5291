package content

import (
	"archive/zip"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"lernspur/content/archive"
	"lernspur/content/manifest"
)

const structure = `<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"><course id="https://example.org/c"><title><langstring lang="en">C</langstring></title></course>
<au id="https://example.org/a"><title><langstring lang="en">A</langstring></title><url>index.html</url></au></courseStructure>`

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func zipped(t *testing.T, content map[string]string) string {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "package.zip"))
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(f)
	for name, text := range content {
		e, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = e.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return f.Name()
}

// damaged changes the last byte of an entry in a zip.
func damaged(t *testing.T, path, content string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range data {
		if i+len(content) <= len(data) && string(data[i:i+len(content)]) == content {
			data[i] ^= 1
			break
		}
	}
	return write(t, "damaged.zip", string(data))
}

// TestCheck: each form of a package, and what refuses it as a whole.
func TestCheck(t *testing.T) {
	whole := map[string]string{"cmi5.xml": structure, "index.html": "some page"}
	folder := t.TempDir()
	for name, text := range whole {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name   string
		path   string
		limits archive.Limits
		kind   manifest.Kind
		rule   string
		files  int
	}{
		{"zip", zipped(t, whole), archive.Limits{}, manifest.Cmi5, "", 2},
		{"folder", folder, archive.Limits{}, manifest.Cmi5, "", 2},
		{"course structure", write(t, "course.xml", structure), archive.Limits{}, manifest.Cmi5, "cmi5-relative", 1},
		{"course structure with a mark", write(t, "course", "\xEF\xBB\xBF "+structure), archive.Limits{}, manifest.Cmi5, "cmi5-relative", 1},
		{"course structure in UTF-16", write(t, "course", "\xFF\xFE<\x00a\x00/\x00>\x00"), archive.Limits{}, manifest.Cmi5, "wrong-root", 1},
		{"course structure, too large", write(t, "course.xml", structure), archive.Limits{Manifest: 100}, "", "file-too-large", 0},
		{"no package (208-1)", write(t, "package.md", "# LMS\n"), archive.Limits{}, "", "not-a-zip", 0},
		{"no zip (209-1)", write(t, "package.zip", "not a zip"), archive.Limits{}, "", "not-a-zip", 0},
		{"empty file", write(t, "package.zip", ""), archive.Limits{}, "", "not-a-zip", 0},
		{"no manifest (210-1)", zipped(t, map[string]string{"index.html": ""}), archive.Limits{}, "", "unknown-kind", 1},
		{"too large", zipped(t, whole), archive.Limits{Packed: 10}, "", "too-large", 0},
		{"damaged page", damaged(t, zipped(t, whole), "some page"), archive.Limits{}, manifest.Cmi5, "damaged", 2},
		{"damaged manifest", damaged(t, zipped(t, whole), "courseStructure"), archive.Limits{}, manifest.Cmi5, "damaged", 1},
		{"climbing", zipped(t, map[string]string{"../x": "", "cmi5.xml": structure}), archive.Limits{}, "", "climbs", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := Check(context.Background(), c.path, c.limits)
			if err != nil {
				t.Fatal(err)
			}
			rule := ""
			if errs := r.Errors(); len(errs) > 0 {
				rule = errs[0].Rule
			}
			if r.Kind != c.kind || rule != c.rule || r.Refused() != (c.rule != "") || r.Files != c.files {
				t.Errorf("%s, %d files, %+v", r.Kind, r.Files, r.Findings)
			}
		})
	}
	if _, err := Check(context.Background(), filepath.Join(folder, "x"), archive.Limits{}); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Check(ctx, folder, archive.Limits{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
