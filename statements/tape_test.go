package statements

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// readText puts a text on a tape.
func readText(text string) (t tape, ok bool) {
	t = tape{body: []byte(text), maxDepth: 100}
	end := t.value(t.space(0), 0)
	return t, end >= 0 && t.space(end) == len(text)
}

func TestTapeAgreesWithEncodingJSON(t *testing.T) {
	for _, text := range []string{
		`{}`, `[]`, `[1,2]`, `{"a":{"b":[null,true,false,-0.5e+3,"x"]}}`, ` [ ] `, `"\u00e4\n\/\ud83d\ude00"`, `0`, `-0`, `1e5`, `1E-5`,
		``, `{`, `[`, `{"a"}`, `{"a":}`, `{"a":1,}`, `[1,]`, `[1 2]`, `{"a":1 "b":2}`, `01`, `-`, `1.`, `.5`, `1e`, `+1`, `tru`, `nul`, `"`, `"\x"`,
		`"\u12"`, "\"\t\"", `{a:1}`, `{1:1}`, `[1]]`, `'a'`, "\ufeff{}", `NaN`, `{"a":1}}`, `"abcdefgh`, `"abcdefg\`, `"\u12g4"`, "[1\v]", `1.5.2`, `- 1`,
	} {
		if _, ok := readText(text); ok != json.Valid([]byte(text)) {
			t.Errorf("%q: got %v", text, ok)
		}
	}
}

func TestUnescape(t *testing.T) {
	for _, text := range []string{`"plain"`, `"\"\\\/\b\f\n\r\t"`, `"\u00e4\u20ac\ud83d\ude00x"`, `"ä€😀"`, `"\u0000"`} {
		tp, ok := readText(text)
		var want string
		if err := json.Unmarshal([]byte(text), &want); err != nil || !ok {
			t.Fatal(text, err)
		}
		if got := tp.text(0); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
	// What a lone half becomes is no rule of ours, but it must not eat what follows.
	if tp, ok := readText(`"\ud83dxxdc00"`); !ok || tp.text(0) != "\ufffdxxdc00" || tp.softRule != ruleUTF8 {
		t.Errorf("got %q", tp.text(0))
	}
}

func TestStringStops(t *testing.T) {
	// The scanner looks at eight bytes at once: every stop at every offset.
	for offset := range 20 {
		head := strings.Repeat("x", offset)
		if _, ok := readText(`"` + head + "\x1f" + `yyyyyyyyyy"`); ok {
			t.Errorf("control character at %d is accepted", offset)
		}
		if tp, ok := readText(`"` + head + "\xc3(" + `yyyyyyyyyy"`); !ok || tp.softRule != ruleUTF8 {
			t.Errorf("broken UTF-8 at %d is not seen", offset)
		}
		if tp, ok := readText(`"` + head + "\x7f\u0080\u00ff\uffff" + `yyyyyyyyyy"`); !ok || tp.soft != "" {
			t.Errorf("good UTF-8 at %d is refused", offset)
		}
		if tp, ok := readText(`["` + head + `\"` + head + `"]`); !ok || tp.text(1) != head+`"`+head {
			t.Errorf("escaped quote at %d: %q", offset, tp.text(1))
		}
	}
}

func TestDuplicateKeys(t *testing.T) {
	var keys []string
	for i := range 3000 {
		keys = append(keys, `"k`+strings.Repeat("x", i%7)+string(rune('a'+i%26))+time.Duration(i).String()+`":1`)
	}
	for _, n := range []int{2, 11, 12, 13, 64, 65, 3000} {
		text := "{" + strings.Join(keys[:n], ",") + "}"
		if tp, ok := readText(text); !ok || tp.soft != "" {
			t.Errorf("%d different keys: %s", n, tp.soft)
		}
		for _, twice := range []int{0, n / 2, n - 1} {
			text := "{" + strings.Join(keys[:n], ",") + "," + keys[twice] + "}"
			if tp, ok := readText(text); !ok || tp.softRule != ruleDuplicateKey {
				t.Errorf("%d keys, number %d twice: not seen", n, twice)
			}
		}
	}
}

// TestHostileSizes gives the parser what would take a quadratic one minutes.
func TestHostileSizes(t *testing.T) {
	many := func(n int, item func(i int) string) string {
		var b strings.Builder
		for i := range n {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(item(i))
		}
		return b.String()
	}
	id := func(i int) string { return time.Duration(i).String() }
	const n = 40_000
	for name, body := range map[string]string{
		"members":   with("actor", `{"objectType":"Group","member":[`+many(n, func(i int) string { return `{"mbox":"mailto:` + id(i) + `@b"}` })+`]}`),
		"keys":      with("result", `{"extensions":{`+many(n, func(i int) string { return `"http://a/` + id(i) + `":1` })+`}}`),
		"escapes":   with("result", `{"extensions":{`+many(n, func(i int) string { return `"http:\/\/a/` + id(i) + `":1` })+`}}`),
		"languages": with("verb", `{"id":"http://a/b","display":{`+many(n, func(i int) string { return `"x-` + strings.ReplaceAll(id(i), ".", "-") + `":""` })+`}}`),
		"parents":   with("context", `{"contextActivities":{"parent":[`+many(n, func(i int) string { return `{"id":"http://a/` + id(i) + `"}` })+`]}}`),
		"choices":   definition(`{"interactionType":"choice","choices":[` + many(n, func(i int) string { return `{"id":"` + id(i) + `"}` }) + `]}`),
		"batch":     "[" + many(9_000, func(int) string { return with() }) + "]",
	} {
		start := time.Now()
		_, err := Parse([]byte(body), Options{Edition: V2, Limits: Limits{MaxStatementBytes: 1 << 30}})
		if err != nil && name != "languages" {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}
