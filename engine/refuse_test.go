package engine

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// wantError checks what kind of error it is, and that it says these words.
func wantError(t *testing.T, err, kind error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	if kind != nil && !errors.Is(err, kind) {
		t.Errorf("%v\nis not: %v", err, kind)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%v\ndoes not say %q", err, word)
		}
	}
}

func TestFolderInUseByThisProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	start(t, options(t, dir))
	_, err := Start(t.Context(), options(t, dir))
	wantError(t, err, ErrInUse, dir)
}

func TestNewerDataFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e := start(t, options(t, dir))
	stop(t, e)
	note := filepath.Join(dir, "version")
	ours, err := os.ReadFile(note)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(note, []byte("99.1.2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Start(t.Context(), options(t, dir))
	wantError(t, err, ErrNewerData, dir, "99.1.2", strings.TrimSpace(string(ours)))
	if err := os.WriteFile(note, []byte("soup\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Start(t.Context(), options(t, dir))
	wantError(t, err, nil, note, "soup")
	if err := os.WriteFile(note, []byte("20.1.2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, options(t, dir))
	if b, _ := os.ReadFile(note); string(b) != string(ours) {
		t.Errorf("after a start on older data the note says %q, want %q", b, ours)
	}
}

func TestMissingLibrary(t *testing.T) {
	t.Parallel()
	empty := t.TempDir()
	o := options(t, t.TempDir())
	o.SearchDirs = []string{empty}
	_, err := Start(t.Context(), o)
	wantError(t, err, ErrLibraryMissing, "make engine", "engine.library", empty)
	o.Library = filepath.Join(empty, "libchdb.so")
	_, err = Start(t.Context(), o)
	wantError(t, err, ErrLibraryMissing, "make engine", o.Library)
}

// elfHeader is the header of a shared library for a machine, after the ELF
// specification: identification, type 3 (shared object), machine, version 1.
func elfHeader(machine uint16) []byte {
	b := make([]byte, 64)
	copy(b, "\x7fELF\x02\x01\x01")
	binary.LittleEndian.PutUint16(b[16:], 3)
	binary.LittleEndian.PutUint16(b[18:], machine)
	binary.LittleEndian.PutUint32(b[20:], 1)
	binary.LittleEndian.PutUint16(b[52:], 64) // size of this header
	return b
}

// machoHeader is the header of a 64-bit Mach-O library without commands.
func machoHeader(cpu uint32) []byte {
	b := make([]byte, 32)
	for i, v := range []uint32{0xfeedfacf, cpu, 0, 6, 0, 0, 0, 0} {
		binary.LittleEndian.PutUint32(b[4*i:], v)
	}
	return b
}

func TestWrongPlatform(t *testing.T) {
	t.Parallel()
	here := runtime.GOOS + "/" + runtime.GOARCH
	for _, c := range []struct {
		name    string
		content []byte
		is      string // the platform that the file is for
	}{
		{"linux on x86-64", elfHeader(62), "linux/amd64"},
		{"linux on ARM64", elfHeader(183), "linux/arm64"},
		{"linux on RISC-V", elfHeader(243), "linux/EM_RISCV"},
		{"macOS on ARM64", machoHeader(0x0100000c), "darwin/arm64"},
		{"macOS on x86-64", machoHeader(0x01000007), "darwin/amd64"},
		{"no library at all", []byte("<html>not found</html>"), "no shared library"},
		{"empty", nil, "no shared library"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "libchdb.so")
			if err := os.WriteFile(path, c.content, 0o600); err != nil {
				t.Fatal(err)
			}
			found, err := FindLibrary("", []string{filepath.Dir(path)})
			if c.is == here {
				if err != nil || found != path {
					t.Errorf("refused on its own platform: %v", err)
				}
				return
			}
			wantError(t, err, ErrWrongPlatform, path, c.is, "make engine")
		})
	}
}

func TestFirstFolderWins(t *testing.T) {
	t.Parallel()
	machine := map[string]uint16{"amd64": 62, "arm64": 183}[runtime.GOARCH]
	if runtime.GOOS != "linux" || machine == 0 {
		t.Skip("the test writes ELF headers")
	}
	var dirs []string
	for range 3 {
		dirs = append(dirs, t.TempDir())
	}
	for _, dir := range dirs[1:] {
		if err := os.WriteFile(filepath.Join(dir, "libchdb.so"), elfHeader(machine), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := FindLibrary("", dirs); err != nil || filepath.Dir(got) != dirs[1] {
		t.Errorf("found %s, %v; want it in %s", got, err, dirs[1])
	}
}

func TestPackageNames(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{"linux", "amd64", "@chdb/lib-linux-x64-gnu"},
		{"linux", "arm64", "@chdb/lib-linux-arm64-gnu"},
		{"darwin", "amd64", "@chdb/lib-darwin-x64"},
		{"darwin", "arm64", "@chdb/lib-darwin-arm64"},
	} {
		if got := filepath.ToSlash(packageName(c[0], c[1])); got != c[2] {
			t.Errorf("%s/%s: %s, want %s", c[0], c[1], got, c[2])
		}
	}
	if dirs := DefaultSearchDirs(); !slices.ContainsFunc(dirs, func(d string) bool {
		return strings.HasSuffix(filepath.ToSlash(d), "/engine/lib/node_modules/"+filepath.ToSlash(packageName(runtime.GOOS, runtime.GOARCH)))
	}) {
		t.Errorf("not looked for where make puts it: %v", dirs)
	}
}

func TestBudgetTooSmall(t *testing.T) {
	t.Parallel()
	o := options(t, t.TempDir())
	o.MemoryBytes = 500 << 20
	_, err := Start(t.Context(), o)
	wantError(t, err, nil, "500 MiB", "768 MiB")
}

func TestNoDataFolder(t *testing.T) {
	t.Parallel()
	_, err := Start(t.Context(), Options{})
	wantError(t, err, nil, "data folder")
}

// A start that is given up, or whose child is no engine, leaves neither a
// process nor the lock behind.
func TestStartGivenUp(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		binary string
		words  []string
	}{
		"child that fails":     {"/bin/false", []string{"exit status 1"}},
		"no such binary":       {"/nonexistent/lernspur", []string{"/nonexistent/lernspur"}},
		"child that says none": {script(t, "exec sleep 60"), []string{"did not open its port"}},
		"words of the child":   {script(t, "echo 'Code: 49. DB::Exception: soup' >&2; exit 3"), []string{"soup", "exit status 3"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := options(t, t.TempDir())
			o.Binary, o.StartTimeout, o.StopTimeout = c.binary, time.Second, time.Second
			_, err := Start(t.Context(), o)
			wantError(t, err, nil, c.words...)
			l, err := lockDir(t.Context(), o.DataDir)
			if err != nil {
				t.Fatalf("the lock was not given back: %v", err)
			}
			l.release()
		})
	}
	t.Run("context", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := Start(ctx, options(t, t.TempDir()))
		wantError(t, err, context.Canceled)
	})
}

func script(t *testing.T, body string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "child")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}
