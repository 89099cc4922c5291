package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// readVersion returns which version of the library wrote the data folder last;
// "" for a new folder.
func readVersion(dir string) (string, error) {
	path := filepath.Join(dir, "version")
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("engine: %w", err)
	}
	v := strings.TrimSpace(string(b))
	if _, ok := parseVersion(v); !ok {
		return "", fmt.Errorf("engine: %s holds %q, expected a version such as 26.7.3", path, v)
	}
	return v, nil
}

// writeVersion notes the version that has opened the folder.
func writeVersion(dir, version string) error {
	return writePrivate(filepath.Join(dir, "version"), []byte(version+"\n"))
}

// newer says whether data written by version a is too new for version b. Only
// year and month count: ClickHouse changes its formats between releases, not
// within one, so going back to an earlier patch is harmless.
func newer(a, b string) bool {
	va, oka := parseVersion(a)
	vb, okb := parseVersion(b)
	if !oka || !okb {
		return false
	}
	return va[0] > vb[0] || va[0] == vb[0] && va[1] > vb[1]
}

// parseVersion reads the first two numbers of a version such as 26.7.3.
func parseVersion(s string) (v [2]int, ok bool) {
	parts := strings.SplitN(s, ".", 3)
	if len(parts) < 2 {
		return v, false
	}
	for i := range v {
		n, err := strconv.Atoi(parts[i])
		if err != nil || n < 0 {
			return v, false
		}
		v[i] = n
	}
	return v, true
}
