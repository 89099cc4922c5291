package manifest

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

// manifestNames are the names that the manifests have in their packages.
var manifestNames = map[string]string{"imsmanifest.xml": "imsmanifest.xml", "cmi5.xml": "cmi5.xml", "tincan.xml": "tincan.xml"}

// eachManifest runs a test for every real manifest, packed with its files.
func eachManifest(t *testing.T, f func(t *testing.T, name, text string, p *Package)) {
	t.Helper()
	paths, err := filepath.Glob("testdata/manifests/*.xml")
	if err != nil || len(paths) != 38 {
		t.Fatalf("%d manifests, %v", len(paths), err)
	}
	for _, path := range paths {
		base := filepath.Base(path)
		t.Run(base, func(t *testing.T) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			file := manifestNames[base[strings.LastIndexByte(base, '-')+1:]]
			f(t, base, string(data), read(t, pack(t, withFiles(file, string(data)))))
		})
	}
}

// TestGolden holds the whole model of every real manifest.
func TestGolden(t *testing.T) {
	eachManifest(t, func(t *testing.T, name, _ string, p *Package) {
		got, err := json.MarshalIndent(struct {
			*Package
			Tree *ActivityNode `json:"activityTree,omitempty"`
		}{p, p.ActivityTree()}, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, '\n')
		golden := filepath.Join("testdata", "golden", strings.TrimSuffix(name, ".xml")+".json")
		if *update {
			if err := os.WriteFile(golden, got, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Error(diff)
		}
	})
}

var comments = regexp.MustCompile(`(?s)<!--.*?-->`)

// TestNothingIsLost counts elements in the text of every manifest that is
// accepted, and what became of them.
func TestNothingIsLost(t *testing.T) {
	eachManifest(t, func(t *testing.T, _, text string, p *Package) {
		if len(p.Errors()) > 0 || slices.Contains(rulesOf(p, Warning), "other-organizations") {
			return // not all of it is read
		}
		text = comments.ReplaceAllString(text, "")
		count := func(tag string) int { return len(regexp.MustCompile(`<`+tag+`[\s>/]`).FindAllString(text, -1)) }
		items, missing := map[ItemType]int{}, 0
		for item := range p.Items() {
			items[item.Type]++
		}
		for _, f := range p.Findings {
			if f.Rule == "missing-file" {
				missing++
			}
		}
		resourceFiles, dependencies := 0, 0
		for _, res := range p.Resources {
			resourceFiles += len(res.Files)
			dependencies += len(res.Dependencies)
		}
		for _, c := range []struct {
			tag       string
			want, got int
		}{
			{"item", count("item"), items[Unit]},
			{"organization", count("organization"), items[Organization]},
			{"au", count("au"), items[AU]},
			{"block", count("block"), items[Block]},
			{"activity", count("activity"), items[Activity]},
			{"resource", count("resource"), len(p.Resources)},
			{"file", count("file"), resourceFiles + missing},
			{"dependency", count("dependency"), dependencies},
		} {
			if c.want != c.got {
				t.Errorf("%d <%s> in the text, %d read", c.want, c.tag, c.got)
			}
		}
	})
}
