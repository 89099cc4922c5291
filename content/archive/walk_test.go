package archive

import (
	"archive/zip"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// TestOrder: the order of the entries does not matter.
func TestOrder(t *testing.T) {
	list := []string{"a.html", "b/c.html", `d\e.html`, "f/", "Z.html", "\x9a.html", `g\h.html`}
	var want []string
	var remarks []Remark
	for i := range 20 {
		rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		a, err := open(packed(t, list, nil, itself), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		err = a.Walk(context.Background(), func(e *Entry, r io.Reader) error {
			data, err := io.ReadAll(r)
			got = append(got, e.Name+"="+string(data))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		rest := slices.SortedFunc(slices.Values(a.Remarks()), func(x, y Remark) int { return strings.Compare(string(x.Rule), string(y.Rule)) })
		if i == 0 {
			want, remarks = got, rest
			continue
		}
		if diff := cmp.Diff(want, got) + cmp.Diff(remarks, rest); diff != "" {
			t.Fatal(diff)
		}
	}
	if len(want) != 6 || len(remarks) != 2 {
		t.Errorf("%q, %v", want, remarks)
	}
}

// TestCancelled: a context ends a walk.
func TestCancelled(t *testing.T) {
	a, err := open(packed(t, []string{"a"}, nil, itself), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := a.Walk(ctx, func(*Entry, io.Reader) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestFolder: a folder is held to the same rules as a zip.
func TestFolder(t *testing.T) {
	fill := func(t *testing.T, change func(dir string) error) string {
		dir := t.TempDir()
		err := errors.Join(os.MkdirAll(filepath.Join(dir, "b", "__MACOSX"), 0o700),
			os.WriteFile(filepath.Join(dir, "a.html"), itself("a.html"), 0o600),
			os.WriteFile(filepath.Join(dir, "b", "c.html"), itself("c.html"), 0o600))
		if change != nil {
			err = errors.Join(err, change(dir))
		}
		if err != nil {
			t.Fatal(err)
		}
		return dir
	}
	t.Run("read", func(t *testing.T) {
		a, err := Folder(fill(t, nil), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		data, err := a.ReadAll(a.Find("B/C.html"))
		if diff := cmp.Diff([]string{"a.html", "b/c.html"}, names(a)); diff != "" || err != nil || string(data) != "content of c.html" {
			t.Error(diff, err, string(data))
		}
	})
	for _, c := range []struct {
		name   string
		change func(dir string) error
		limits Limits
		rule   Rule
		entry  string
	}{
		{"link", func(dir string) error { return os.Symlink("/etc/passwd", filepath.Join(dir, "link")) }, Limits{}, Link, "link"},
		{"linked folder", func(dir string) error { return os.Symlink("/etc", filepath.Join(dir, "b", "link")) }, Limits{}, Link, "b/link"},
		{"pipe", func(dir string) error { return unix.Mkfifo(filepath.Join(dir, "pipe"), 0o600) }, Limits{}, Special, "pipe"},
		{"letter case", func(dir string) error { return os.WriteFile(filepath.Join(dir, "A.html"), nil, 0o600) }, Limits{}, SameName, "a.html"},
		{"entries", nil, Limits{Entries: 3}, TooManyFiles, ""},
		{"size", nil, Limits{Unpacked: 20}, UnpacksTooFar, "b/c.html"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Folder(fill(t, c.change), c.limits)
			wantRule(t, err, c.rule, c.entry)
		})
	}
}

// FuzzZip: whatever the bytes, opening and walking end with entries that are
// named safely, or with an error.
func FuzzZip(f *testing.F) {
	f.Add(packed(f, []string{"a.html", `b\c.html`, "d/", "../e"}, nil, itself))
	f.Add(packed(f, []string{"imsmanifest.xml"}, func(h *zip.FileHeader) { h.Method = zip.Store }, itself))
	f.Add(bomb(f, 1<<16))
	limits := Limits{Packed: 1 << 20, Unpacked: 1 << 22, Entries: 100}
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := open(data, limits)
		if err != nil {
			var refusal *Refusal
			if !errors.As(err, &refusal) {
				t.Errorf("%v is no refusal", err)
			}
			return
		}
		var total int64
		seen := map[string]bool{}
		err = a.Walk(context.Background(), func(e *Entry, r io.Reader) error {
			if !filepath.IsLocal(e.Name) || strings.Contains(e.Name, `\`) || seen[Fold(e.Name)] {
				t.Errorf("%q", e.Name)
			}
			seen[Fold(e.Name)] = true
			n, err := io.Copy(io.Discard, r)
			total += n
			return err
		})
		var refusal *Refusal
		if total > limits.Unpacked || err != nil && !errors.As(err, &refusal) {
			t.Errorf("%d bytes, %v", total, err)
		}
	})
}
