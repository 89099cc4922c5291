package app

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// TestHostileSizes: under the limits that are in force when nothing is set, archives
// that would fill disk or memory are refused, cost little of either, and leave nothing.
func TestHostileSizes(t *testing.T) {
	a := start(t, options(t))
	defer stop(t, a)
	claims := zipped(t, scorm("a", "x", "b", "x", "c", "x", "d", "x"))
	for at := 0; ; at += 4 { // in the directory of the archive, each file says 2.5 GB
		next := bytes.Index(claims[at:], []byte("PK\x01\x02"))
		if next < 0 {
			break
		}
		at += next
		binary.LittleEndian.PutUint32(claims[at+24:], 2_500_000_000)
	}
	var many bytes.Buffer
	z := zip.NewWriter(&many)
	for i := range 100_000 {
		if _, err := z.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("%06d", i), Method: zip.Store}); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	laughs := `<?xml version="1.0"?><!DOCTYPE m [<!ENTITY a0 "ha">`
	for i := range 9 {
		laughs += fmt.Sprintf(`<!ENTITY a%d "%s">`, i+1, strings.Repeat(fmt.Sprintf("&a%d;", i), 10))
	}
	laughs += `]>` + strings.Replace(strings.TrimPrefix(scormManifest, `<?xml version="1.0"?>`), "Fire safety", "&a9;", 1)
	bomb := scorm("bomb", strings.Repeat("0", 256<<20))
	for name, tc := range map[string]struct {
		body []byte
		rule string
	}{
		"10 GiB claimed":  {claims, "ratio"},
		"100,000 entries": {many.Bytes(), "too-many-files"},
		"billion laughs":  {zipped(t, map[string]string{"imsmanifest.xml": laughs, "one.html": "x", "two.html": "x"}), "dtd"},
		"a bomb":          {zipped(t, bomb), "ratio"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		answer, text := request(t, a, "POST", "/api/v1/packages", "application/zip", bytes.NewReader(tc.body))
		runtime.ReadMemStats(&after)
		if answer.StatusCode != 422 || !strings.Contains(text, `"rule":"`+tc.rule) {
			t.Errorf("%s: %d %s", name, answer.StatusCode, text)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 32<<20 {
			t.Errorf("%s: %d bytes of memory", name, used)
		}
	}
	for _, folder := range []string{"packages", "uploads"} {
		if left := filesBelow(t, a, folder); len(left) > 0 {
			t.Errorf("left in %s: %v", folder, left)
		}
	}
}
