package statements

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// TestLargeStatementTakesLittleMemory: one statement of very many small values
// is refused before the parser's own picture of it outgrows the request.
func TestLargeStatementTakesLittleMemory(t *testing.T) {
	const bodyBytes = 16 << 20
	numbers := strings.Repeat("0,", bodyBytes/2)
	escaped := strings.Repeat(`\u0061`, 1<<20/6)
	keys := ""
	for i := range 10 {
		keys += `"` + escaped + string(rune('0'+i)) + `":0,`
	}
	for name, text := range map[string]string{
		"numbers":         `{"result":{"extensions":{"http://a/b":[` + numbers + `0]}}}`,
		"objects":         `{"result":{"extensions":{"http://a/b":[` + strings.Repeat("{},", bodyBytes/3) + `0]}}}`,
		"a bare array":    `[[` + numbers + `0]]`,
		"escaped keys":    `{` + keys + `"x":0}`,
		"behind good one": "[" + with() + `,{"a":[` + numbers + `0]}]`,
	} {
		body := []byte(text)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Parse(body, Options{Edition: V1})
		runtime.ReadMemStats(&after)
		var invalid *Invalid
		if !errors.As(err, &invalid) || len(invalid.Violations) != 1 || invalid.Violations[0].Rule != "limit-bytes" || invalid.Violations[0].Pointer != "" {
			t.Errorf("%s: %v", name, err)
		}
		if name == "behind good one" && invalid != nil && invalid.Violations[0].Statement != 1 {
			t.Errorf("%s: statement %d", name, invalid.Violations[0].Statement)
		}
		// Nodes of 16 bytes for half a MiB of values, and what growing leaves behind.
		if took := after.TotalAlloc - before.TotalAlloc; took > 48<<20 {
			t.Errorf("%s: %d MiB for a body of %d MiB", name, took>>20, len(body)>>20)
		}
	}
}

// TestLargestStatement: the bound is exact, whatever stands at it.
func TestLargestStatement(t *testing.T) {
	limits := Limits{MaxStatementBytes: 4000}
	build := func(fill string, size int) string {
		open := strings.TrimSuffix(with("result", `{"extensions":{"http://a/b":[0]}}`), "0]}}}")
		n := (size - len(open) - len("0]}}}")) / len(fill)
		text := open + strings.Repeat(fill, n) + "0]}}}"
		return text[:1] + strings.Repeat(" ", size-len(text)) + text[1:]
	}
	for _, fill := range []string{"0,", "{},", "[],", `"",`, "true,"} {
		for _, end := range []string{"", "]"} {
			start := strings.TrimSuffix("[", "["[:1-len(end)])
			if _, err := Parse([]byte(start+build(fill, 4000)+end), Options{Edition: V1, Limits: limits}); err != nil {
				t.Errorf("%q, 4000 bytes: %v", fill, err)
			}
			var invalid *Invalid
			if _, err := Parse([]byte(start+build(fill, 4001)+end), Options{Edition: V1, Limits: limits}); !errors.As(err, &invalid) || invalid.Violations[0].Rule != "limit-bytes" {
				t.Errorf("%q, 4001 bytes: %v", fill, err)
			}
		}
	}
}

// TestManyEscapedKeys: keys with escapes are unescaped once each, however often
// they are compared.
func TestManyEscapedKeys(t *testing.T) {
	const keys, width = 1000, 900
	var b strings.Builder
	for i := range keys {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `"http:\/\/a/%s%d":0`, strings.Repeat("k", width), (i*7919)%keys)
	}
	body := []byte(with("result", `{"extensions":{`+b.String()+`}}`))
	opts := Options{Edition: V1, Limits: Limits{MaxStatementBytes: 2 << 20}}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	sts, err := Parse(body, opts)
	runtime.ReadMemStats(&after)
	if err != nil || len(sts) != 1 {
		t.Fatal(err)
	}
	// The statement, its canonical form and the keys, and what growing leaves behind.
	if took := after.TotalAlloc - before.TotalAlloc; took > 16<<20 {
		t.Errorf("%d MiB for a statement of %d KiB", took>>20, len(body)>>10)
	}
}
