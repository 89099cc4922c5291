package manifest

import (
	"archive/zip"
	"bytes"
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lernspur/content/archive"
)

// files are the content of a package by name.
type files map[string]string

// pack is a zip of these files, in the order of their names or, with others
// given, in theirs.
func pack(t testing.TB, content files, order ...string) []byte {
	t.Helper()
	if order == nil {
		for name := range content {
			order = append(order, name)
		}
		slices.Sort(order)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range order {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name}) // stored: packing is not what is tested
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(content[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// read reads a zip.
func read(t testing.TB, data []byte) *Package {
	t.Helper()
	a, err := archive.Zip(bytes.NewReader(data), int64(len(data)), archive.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := Read(context.Background(), a)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// rulesOf are the rules of findings of one severity, each once, in order.
func rulesOf(p *Package, s Severity) []string {
	found := []string{}
	for _, f := range p.with(s) {
		if !slices.Contains(found, f.Rule) {
			found = append(found, f.Rule)
		}
	}
	slices.Sort(found)
	return found
}

var mentioned = regexp.MustCompile(`(?:href="|<url>|<launch[^>]*>)([^"<]+)`)

// withFiles is a package of a manifest and every file that it mentions, but
// those whose name says that they do not exist.
func withFiles(name, text string) files {
	content := files{name: text}
	for _, m := range mentioned.FindAllStringSubmatch(text, -1) {
		file, _, _ := strings.Cut(strings.TrimSpace(m[1]), "?")
		if !strings.Contains(file, "nonexistent") {
			content[file] = "content of " + file
		}
	}
	return content
}

// first is the first item that can be launched.
func first(p *Package) *Item {
	for item := range p.Items() {
		if item.Launch != nil {
			return item
		}
	}
	return nil
}
