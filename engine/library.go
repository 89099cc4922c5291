package engine

import (
	"debug/elf"
	"debug/macho"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// libraryNames are what the library's file is called in the npm packages.
var libraryNames = []string{"libchdb.so", "libchdb.dylib"}

// packageName is the npm package that holds the library for a platform, in the
// spelling of GOOS and GOARCH.
func packageName(goos, goarch string) string {
	arch := goarch
	if goarch == "amd64" {
		arch = "x64"
	}
	name := "lib-" + goos + "-" + arch
	if goos == "linux" {
		name += "-gnu"
	}
	return filepath.Join("@chdb", name)
}

// DefaultSearchDirs lists where `make engine` puts the library: under the folder
// of the executable, its parent, and the working directory with its parents up
// to the root of a checkout (tests run inside package folders).
func DefaultSearchDirs() []string {
	var roots []string
	if exe, err := os.Executable(); err == nil {
		if real, err := filepath.EvalSymlinks(exe); err == nil {
			exe = real
		}
		roots = append(roots, filepath.Dir(exe), filepath.Dir(filepath.Dir(exe)))
	}
	if wd, err := os.Getwd(); err == nil {
		roots = append(roots, wd)
		for dir := wd; ; dir = filepath.Dir(dir) {
			if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
				roots = append(roots, dir)
				break
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	var dirs []string
	for _, root := range roots {
		dir := filepath.Join(root, "engine", "lib", "node_modules", packageName(runtime.GOOS, runtime.GOARCH))
		if !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// FindLibrary returns the absolute path of the library: the given one if it is
// not empty, else the first found in dirs. The file's header is read, so that a
// library for another platform is refused here, with words, and not by the
// dynamic loader. Errors: ErrLibraryMissing, ErrWrongPlatform.
func FindLibrary(library string, dirs []string) (string, error) {
	if library != "" {
		path, err := filepath.Abs(library)
		if err != nil {
			return "", fmt.Errorf("engine: library %s: %w", library, err)
		}
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("engine: %w: engine.library is set to %s, which does not exist; "+
				"correct it, or leave it empty and run `make engine`", ErrLibraryMissing, path)
		} else if err != nil {
			return "", fmt.Errorf("engine: library: %w", err)
		}
		return path, checkPlatform(path)
	}
	for _, dir := range dirs {
		for _, name := range libraryNames {
			path := filepath.Join(dir, name)
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
				return path, checkPlatform(path)
			}
		}
	}
	return "", fmt.Errorf("engine: %w: run `make engine` to fetch it, or set engine.library to its path. Looked in %s",
		ErrLibraryMissing, strings.Join(dirs, ", "))
}

// checkPlatform refuses a library that is not for this system and processor.
func checkPlatform(path string) error {
	found, err := platformOf(path)
	if err != nil {
		return fmt.Errorf("engine: %w: %s is no shared library: %v; run `make engine` to fetch it again",
			ErrWrongPlatform, path, err)
	}
	want := runtime.GOOS + "/" + runtime.GOARCH
	if !slices.Contains(found, want) {
		return fmt.Errorf("engine: %w: %s is for %s, this is %s; run `make engine` on this machine",
			ErrWrongPlatform, path, strings.Join(found, ", "), want)
	}
	return nil
}

// platformOf reads from the header which platforms (GOOS/GOARCH) a library is
// for. A universal Mach-O file is for several.
func platformOf(path string) ([]string, error) {
	if f, err := elf.Open(path); err == nil {
		defer f.Close()
		return []string{"linux/" + elfArch(f.Machine)}, nil
	}
	if f, err := macho.Open(path); err == nil {
		defer f.Close()
		return []string{"darwin/" + machoArch(f.Cpu)}, nil
	}
	fat, err := macho.OpenFat(path)
	if err != nil {
		return nil, errors.New("it has neither an ELF nor a Mach-O header")
	}
	defer fat.Close()
	var found []string
	for _, arch := range fat.Arches {
		found = append(found, "darwin/"+machoArch(arch.Cpu))
	}
	return found, nil
}

func elfArch(m elf.Machine) string {
	switch m {
	case elf.EM_X86_64:
		return "amd64"
	case elf.EM_AARCH64:
		return "arm64"
	}
	return m.String()
}

func machoArch(c macho.Cpu) string {
	switch c {
	case macho.CpuAmd64:
		return "amd64"
	case macho.CpuArm64:
		return "arm64"
	}
	return c.String()
}
