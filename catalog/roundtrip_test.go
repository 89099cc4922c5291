package catalog

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"lernspur/content/archive"
	"lernspur/content/manifest"
)

// TestManifestsComeBack: what is kept of a version is what was read, for every
// manifest that package manifest is tested with.
func TestManifestsComeBack(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("..", "content", "manifest", "testdata", "manifests", "*.xml"))
	if err != nil || len(paths) < 20 {
		t.Fatal(len(paths), err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		stem := strings.TrimSuffix(filepath.Base(path), ".xml")
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, stem[strings.LastIndexByte(stem, '-')+1:]+".xml"), data, 0o600); err != nil {
			t.Fatal(err)
		}
		a, err := archive.Folder(dir, archive.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		p, err := manifest.Read(t.Context(), a)
		a.Close()
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(index{Manifest: p, Files: map[string]File{"a": {Hash: "h", Size: 1, Type: "t"}}})
		if err != nil {
			t.Fatal(err)
		}
		var x index
		if err := json.Unmarshal(text, &x); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(x.Manifest, p) {
			again, _ := json.Marshal(x)
			t.Errorf("%s: it does not come back as it was (the same JSON again: %v)", stem, string(again) == string(text))
		}
	}
}

func TestLongTitles(t *testing.T) {
	long := manifest.Text{{Language: "de", Value: strings.Repeat("ä", 2000)}, {Value: "short"}}
	got := shortened(long, 1001)
	if got[0].Value != strings.Repeat("ä", 500) || got[1].Value != "short" || len(long[0].Value) != 4000 {
		t.Errorf("%d bytes", len(got[0].Value))
	}
	if err := checkText("title", &got, 1001); err != nil {
		t.Error(err)
	}
}
