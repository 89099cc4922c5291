package manifest

import (
	"context"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lernspur/content/archive"
)

const tincan = `<?xml version="1.0" encoding="utf-8" ?>
<tincan xmlns="http://projecttincan.com/tincan.xsd"><activities>
<activity id="https://example.org/course" type="http://adlnet.gov/expapi/activities/course">
<name lang="de">Kurs</name><name lang="en">Course</name><description lang="en">About it</description>
<launch lang="en">story.html?a=1</launch></activity>
<activity id="https://example.org/course/1" type="http://adlnet.gov/expapi/activities/module"><name lang="en">Module</name></activity>
</activities></tincan>`

func TestTinCan(t *testing.T) {
	const id = `id="https://example.org/course" `
	for _, c := range []struct {
		name     string
		text     string
		url      string
		errors   string
		warnings string
	}{
		{"whole", tincan, "story.html?a=1", "", ""},
		{"another server", change(t, tincan, "story.html?a=1", "https://example.org/x"), "https://example.org/x", "", "absolute-launch"},
		{"missing file", change(t, tincan, "story", "x"), "", "no-launch", "missing-launch-file"},
		{"no launch", change(t, tincan, `<launch lang="en">story.html?a=1</launch>`, ""), "", "no-launch", ""},
		{"id that is no IRI", change(t, tincan, id, `id="course" `), "", "no-launch", "tincan-id"},
		{"no id", change(t, tincan, id, ""), "", "no-launch", "tincan-id"},
		{"no name", change(t, tincan, `<name lang="en">Module</name>`, ""), "story.html?a=1", "", "title"},
		{"another root", "<x/>", "", "wrong-root", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := read(t, pack(t, files{"tincan.xml": c.text, "story.html": ""}))
			url := ""
			if item := first(p); item != nil {
				url = item.Launch.URL
			}
			if url != c.url || strings.Join(rulesOf(p, Error), " ") != c.errors || strings.Join(rulesOf(p, Warning), " ") != c.warnings {
				t.Errorf("%s, %+v", url, p.Findings)
			}
		})
	}
	p := read(t, pack(t, files{"tincan.xml": tincan, "story.html": ""}))
	want := []*Item{
		{Type: Activity, ID: "https://example.org/course", ActivityType: "http://adlnet.gov/expapi/activities/course", Title: Text{{"de", "Kurs"}, {"en", "Course"}},
			Description: Text{{"en", "About it"}}, Launch: &Launch{URL: "story.html?a=1", File: "story.html", Language: "en"}},
		{Type: Activity, ID: "https://example.org/course/1", ActivityType: "http://adlnet.gov/expapi/activities/module", Title: Text{{"en", "Module"}}},
	}
	if diff := cmp.Diff(want, p.Structure); diff != "" || p.Identifier != "https://example.org/course" || !slices.Equal(p.Languages, []string{"de", "en"}) {
		t.Error(diff, p)
	}
}

const h5p = `{"title": "Quiz", "language": "und", "defaultLanguage": "de", "mainLibrary": "H5P.MultiChoice", "license": "CC BY", "licenseVersion": "4.0",
"embedTypes": ["div"], "authors": [{"name": "A. Author", "role": "Author"}], "metaDescription": "About it",
"preloadedDependencies": [{"machineName": "H5P.MultiChoice", "majorVersion": "1", "minorVersion": 16}, {"machineName": "FontAwesome", "majorVersion": 4, "minorVersion": 5}]}`

func TestH5P(t *testing.T) {
	whole := files{"h5p.json": h5p, "content/content.json": "{}", "H5P.MultiChoice-1.16/library.json": "{}"}
	p := read(t, pack(t, whole))
	want := &Package{Kind: H5P, Manifest: "h5p.json", Title: Text{{"de", "Quiz"}}, Description: Text{{"de", "About it"}}, Languages: []string{"de"}, Licence: "CC BY 4.0",
		H5P: &H5PInfo{MainLibrary: "H5P.MultiChoice", Version: "1.16", EmbedTypes: []string{"div"}, Authors: []string{"A. Author"}, Libraries: []string{"H5P.MultiChoice 1.16", "FontAwesome 4.5"}},
		Structure: []*Item{{Type: Content, ID: "H5P.MultiChoice", Title: Text{{"de", "Quiz"}}, Description: Text{{"de", "About it"}},
			Launch: &Launch{URL: "content/content.json", File: "content/content.json"}}}}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Error(diff)
	}
	with := func(name, text string) files {
		f := maps.Clone(whole)
		delete(f, name)
		if text != "" {
			f[name] = text
		}
		return f
	}
	for _, c := range []struct {
		name           string
		content        files
		errors, warned string
		line           int
	}{
		{"byte-order mark", with("h5p.json", "\xEF\xBB\xBF"+h5p), "", "byte-order-mark", 0},
		{"no title", with("h5p.json", change(t, h5p, `"title": "Quiz", `, "")), "", "title", 0},
		{"another version of the library", with("h5p.json", change(t, h5p, "16}", "17}")), "", "", 0},
		{"no JSON", with("h5p.json", "{\n\"title\": }"), "h5p-json", "", 2},
		{"another type", with("h5p.json", "{\n\"title\": 1}"), "h5p-json", "", 2},
		{"a list", with("h5p.json", "[]"), "h5p-json", "", 1},
		{"no main library", with("h5p.json", "{}"), "h5p-json", "", 0},
		{"no content", with("content/content.json", ""), "h5p-content", "", 0},
		{"no libraries", with("H5P.MultiChoice-1.16/library.json", ""), "h5p-library", "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := read(t, pack(t, c.content))
			if strings.Join(rulesOf(p, Error), " ") != c.errors || strings.Join(rulesOf(p, Warning), " ") != c.warned {
				t.Errorf("%+v", p.Findings)
			}
			if c.line > 0 && p.Findings[0].Line != c.line {
				t.Errorf("line %d", p.Findings[0].Line)
			}
		})
	}
}

// TestOrderOfEntries: the order of entries in a zip does not matter, nor does
// it whether the package is a zip or a folder.
func TestOrderOfEntries(t *testing.T) {
	for _, content := range []files{
		withFiles("imsmanifest.xml", course),
		{"x/imsmanifest.xml": change(t, course, "index.html", `a\b.html`), `x\a\B.html`: "", "x/h5p.json": "{}", "x/c/": ""},
		{"cmi5.xml": structure, "tincan.xml": tincan, "story.html": ""},
	} {
		want := read(t, pack(t, content))
		order := slices.Sorted(maps.Keys(content))
		for range 20 {
			rand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
			if diff := cmp.Diff(want, read(t, pack(t, content, order...))); diff != "" {
				t.Fatalf("%q: %s", order, diff)
			}
		}
	}
	dir := t.TempDir()
	for name, text := range page(course) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	a, err := archive.Folder(dir, archive.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	got, err := Read(context.Background(), a)
	if diff := cmp.Diff(read(t, pack(t, page(course))), got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

// fuzz reads a manifest of any bytes in a package that has its usual files.
func fuzz(f *testing.F, name string, seeds ...string) {
	paths, _ := filepath.Glob("testdata/manifests/*-" + name)
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		content := files{name: string(data), "index.html": "", "content/content.json": "", "a/b.html": "", "H5P.MultiChoice-1.16/library.json": ""}
		p := read(t, pack(t, content))
		hold(t, p)
		if name == "cmi5.xml" {
			hold(t, ReadBare(name, data))
		}
		if again := read(t, pack(t, content)); !cmp.Equal(p, again) {
			t.Error("read twice, it is not the same")
		}
	})
}

// hold holds what is true of every package: what is launched is a file of the
// package or on the web, or else there is an error that says why not.
func hold(t *testing.T, p *Package) {
	t.Helper()
	launched := false
	for item := range p.Items() {
		if item.Launch == nil {
			continue
		}
		launched = true
		external := strings.HasPrefix(item.Launch.URL, "http:") || strings.HasPrefix(item.Launch.URL, "https:") ||
			strings.HasPrefix(item.Launch.URL, "HTTP") || scheme.MatchString(item.Launch.URL) && item.Launch.File == ""
		if item.Launch.File == "" && !external || item.Launch.File != "" && !filepath.IsLocal(item.Launch.File) {
			t.Errorf("%+v", item.Launch)
		}
	}
	if !launched && len(p.Errors()) == 0 {
		t.Error("nothing is launched, and nothing says why")
	}
	for _, f := range p.Findings {
		if f.Message == "" || f.Advice == "" {
			t.Errorf("%+v", f)
		}
	}
}

func FuzzSCORM(f *testing.F)  { fuzz(f, "imsmanifest.xml", course) }
func FuzzCmi5(f *testing.F)   { fuzz(f, "cmi5.xml", structure) }
func FuzzTinCan(f *testing.F) { fuzz(f, "tincan.xml", tincan) }
func FuzzH5P(f *testing.F)    { fuzz(f, "h5p.json", h5p) }
