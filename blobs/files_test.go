package blobs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"
)

var ctx = context.Background()

// hashOf is the name of bytes, after crypto/sha256.
func hashOf(b []byte) Hash { return Hash(fmt.Sprintf("%x", sha256.Sum256(b))) }

// noise is what cannot be compressed; text what can.
func noise(n int) []byte {
	b := make([]byte, n)
	source := rand.NewChaCha8([32]byte{byte(n)})
	_, _ = source.Read(b)
	return b
}

func text(n int) []byte {
	return bytes.Repeat([]byte("here is a simple attachment, "), n/29+1)[:n]
}

func open(t testing.TB) *Files {
	t.Helper()
	f, err := OpenFiles(filepath.Join(t.TempDir(), "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// read is what is kept under a name.
func read(t testing.TB, s Store, tenant string, h Hash) []byte {
	t.Helper()
	r, size, err := s.Open(ctx, tenant, h)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil || int64(len(b)) != size {
		t.Fatalf("%d bytes of %d: %v", len(b), size, err)
	}
	if info, err := s.Stat(ctx, tenant, h); err != nil || info.Size != size {
		t.Fatalf("Stat: %+v %v, Open: %d", info, err, size)
	}
	return b
}

// files are the paths below a store, without folders.
func files(t testing.TB, f *Files) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(f.dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(f.dir, path)
			list = append(list, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestBytesComeBack(t *testing.T) {
	f := open(t)
	for _, size := range []int{0, 1, worthPacking - 1, worthPacking, trial - 1, trial, trial + 1, 3*trial + 7, 2 << 20} {
		for kind, b := range map[string][]byte{"noise": noise(size), "text": text(size), "mixed": append(text(size), noise(size)...)} {
			for name, h := range map[string]Hash{
				"224": Hash(fmt.Sprintf("%x", sha256.Sum224(b))), "256": hashOf(b),
				"384": Hash(fmt.Sprintf("%x", sha512.Sum384(b))), "512": Hash(fmt.Sprintf("%x", sha512.Sum512(b))),
			} {
				n, err := f.Put(ctx, "town", h, iotest.HalfReader(bytes.NewReader(b)), int64(len(b)))
				if err != nil || n != int64(len(b)) {
					t.Fatalf("%s %s %d: %d %v", kind, name, size, n, err)
				}
				if got := read(t, f, "town", h); !bytes.Equal(got, b) {
					t.Fatalf("%s %s %d: other bytes came back", kind, name, size)
				}
				if err := Check(ctx, f, "town", h); err != nil {
					t.Error(err)
				}
			}
		}
	}
}

func TestAnyBytesComeBack(t *testing.T) {
	f := open(t)
	rapid.Check(t, func(r *rapid.T) {
		b := bytes.Repeat(rapid.SliceOf(rapid.Byte()).Draw(r, "piece"), rapid.IntRange(1, 3000).Draw(r, "times"))
		h := hashOf(b)
		if _, err := f.Put(ctx, "town", h, iotest.OneByteReader(bytes.NewReader(b)), 1<<30); err != nil {
			r.Fatal(err)
		}
		if !bytes.Equal(read(t, f, "town", h), b) {
			r.Fatal("other bytes came back")
		}
	})
}

func TestCompressedWhenItPays(t *testing.T) {
	for name, tc := range map[string]struct {
		bytes  []byte
		packed bool
	}{
		"text": {text(1 << 20), true}, "noise": {noise(1 << 20), false}, "short": {text(worthPacking - 1), false},
		"a head that packs badly": {append(noise(trial), text(1<<20)...), false},
		"nothing":                 {nil, false},
	} {
		f := open(t)
		h := hashOf(tc.bytes)
		if _, err := f.Put(ctx, "town", h, bytes.NewReader(tc.bytes), 1<<30); err != nil {
			t.Fatal(err)
		}
		want := filepath.Join("town", string(h[:2]), string(h[2:]))
		if tc.packed {
			want += ".zst"
		}
		if list := files(t, f); len(list) != 1 || list[0] != want {
			t.Errorf("%s: %v, want %s", name, list, want)
		}
		if info, err := os.Stat(filepath.Join(f.dir, want)); tc.packed && (err != nil || info.Size() > 64<<10) {
			t.Errorf("%s: %v %v", name, info.Size(), err)
		}
	}
}

func TestPutRefuses(t *testing.T) {
	b := text(100_000)
	for name, tc := range map[string]struct {
		hash  Hash
		limit int64
		from  io.Reader
		want  error
	}{
		"other bytes":         {hashOf(noise(10)), 1 << 20, bytes.NewReader(b), ErrMismatch},
		"one byte too many":   {hashOf(b), int64(len(b)) - 1, bytes.NewReader(b), ErrTooLarge},
		"much too many":       {hashOf(b), 10, bytes.NewReader(b), ErrTooLarge},
		"none allowed":        {hashOf(b), 0, bytes.NewReader(b), ErrTooLarge},
		"a reader that fails": {hashOf(b), 1 << 20, io.MultiReader(bytes.NewReader(b[:90_000]), iotest.ErrReader(io.ErrUnexpectedEOF)), io.ErrUnexpectedEOF},
		"one that fails soon": {hashOf(b), 1 << 20, io.MultiReader(bytes.NewReader(b[:9]), iotest.ErrReader(io.ErrUnexpectedEOF)), io.ErrUnexpectedEOF},
	} {
		for _, there := range []bool{false, true} {
			f := open(t)
			if there {
				for _, known := range [][]byte{b, noise(10)} {
					if _, err := f.Put(ctx, "town", hashOf(known), bytes.NewReader(known), 1<<20); err != nil {
						t.Fatal(err)
					}
				}
			}
			before := len(files(t, f))
			if s, ok := tc.from.(io.Seeker); ok {
				_, _ = s.Seek(0, io.SeekStart)
			} else if there {
				continue // it can be read once
			}
			if _, err := f.Put(ctx, "town", tc.hash, tc.from, tc.limit); !errors.Is(err, tc.want) {
				t.Errorf("%s: %v, want %v", name, err, tc.want)
			}
			if list := files(t, f); len(list) != before {
				t.Errorf("%s: left %v", name, list)
			}
		}
	}
	if _, err := open(t).Put(ctx, "town", "beef", bytes.NewReader(b), 1); err == nil {
		t.Error("a name that is none was taken")
	}
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := open(t).Put(stopped, "town", hashOf(b), bytes.NewReader(b), 1<<20); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestManyWritersOfOneBlob(t *testing.T) {
	f, b := open(t), text(300_000)
	h := hashOf(b)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if n, err := f.Put(ctx, "town", h, iotest.HalfReader(bytes.NewReader(b)), 1<<20); err != nil || n != int64(len(b)) {
				t.Error(n, err)
			}
			if !bytes.Equal(read(t, f, "town", h), b) {
				t.Error("other bytes came back")
			}
		})
	}
	wg.Wait()
	if list := files(t, f); len(list) != 1 {
		t.Errorf("kept %v", list)
	}
	kept := 0
	if err := f.List(ctx, "town", func(got Hash, _ Info) bool { kept++; return got == h }); err != nil || kept != 1 {
		t.Error(kept, err)
	}
}

func TestTenantsAreApart(t *testing.T) {
	f, b := open(t), text(10)
	h := hashOf(b)
	tenants := []string{"town", "Town", "TOWN", "..", ".tmp", "a/b", `a\b`, "a%2fb", "", "~", strings.Repeat("x", 128), strings.Repeat("x", 127) + "y", strings.Repeat("X", 128)}
	folders := map[string]string{}
	for _, tenant := range tenants {
		if other, twice := folders[strings.ToLower(folder(tenant))]; twice {
			t.Errorf("%q and %q share a folder", tenant, other)
		}
		folders[strings.ToLower(folder(tenant))] = tenant
		if _, err := f.Stat(ctx, tenant, h); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q sees another's: %v", tenant, err)
		}
		if _, err := f.Put(ctx, tenant, h, bytes.NewReader(b), 10); err != nil {
			t.Errorf("%q: %v", tenant, err)
		}
	}
	for _, path := range files(t, f) {
		if strings.Count(path, string(filepath.Separator)) != 2 || strings.Contains(path, "..") {
			t.Errorf("%q lies somewhere else", path)
		}
	}
}

func TestPutAgainMakesYoung(t *testing.T) {
	f, b := open(t), text(10)
	h := hashOf(b)
	for i := range 2 {
		if _, err := f.Put(ctx, "town", h, bytes.NewReader(b), 10); err != nil {
			t.Fatal(err)
		}
		info, err := f.Stat(ctx, "town", h)
		if err != nil || time.Since(info.Time) > time.Minute {
			t.Fatalf("put %d: %v %v", i+1, info.Time, err)
		}
		old := time.Now().Add(-100 * time.Hour)
		path, _, _ := f.find("town", h)
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDamageIsTold(t *testing.T) {
	for name, damage := range map[string]func(b []byte) []byte{
		"a bit":        func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
		"cut":          func(b []byte) []byte { return b[:len(b)-1] },
		"empty":        func([]byte) []byte { return nil },
		"longer":       func(b []byte) []byte { return append(b, 0) },
		"another size": func(b []byte) []byte { b[len(b)-8]++; return b },
	} {
		for kind, b := range map[string][]byte{"noise": noise(200_000), "text": text(200_000)} {
			f := open(t)
			h := hashOf(b)
			if _, err := f.Put(ctx, "town", h, bytes.NewReader(b), 1<<20); err != nil {
				t.Fatal(err)
			}
			path, _, _ := f.find("town", h)
			kept, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, damage(kept), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := Check(ctx, f, "town", h); !errors.Is(err, ErrDamaged) {
				t.Errorf("%s, %s: %v", kind, name, err)
			}
		}
	}
}

func TestHashes(t *testing.T) {
	for text, ok := range map[string]bool{
		strings.Repeat("a", 56): true, strings.Repeat("A", 64): true, strings.Repeat("0", 96): true, strings.Repeat("f", 128): true,
		"": false, strings.Repeat("a", 40): false, strings.Repeat("a", 63): false, strings.Repeat("g", 64): false, "../" + strings.Repeat("a", 61): false,
	} {
		h, err := ParseHash(text)
		if (err == nil) != ok || ok && string(h) != strings.ToLower(text) {
			t.Errorf("%q: %q %v", text, h, err)
		}
	}
}
