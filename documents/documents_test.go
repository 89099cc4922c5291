package documents

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/google/uuid"
)

func TestMerge(t *testing.T) {
	tests := []struct{ name, stored, posted, want string }{
		// The example of xAPI 1.0.3 Part 3, 2.2.
		{"the example of the specification", `{"x":"foo","y":"bar"}`, `{"x":"bash","z":"faz"}`, `{"x":"bash","y":"bar","z":"faz"}`},
		{"an object is replaced as a whole", `{"a":{"b":1,"c":2}}`, `{"a":{"b":3}}`, `{"a":{"b":3}}`},
		{"bytes of values are kept", "{ \"a\" : 1.0e2 ,\n\"b\":\t[ 1 , 2 ] }", `{"c":"\u0041","b" : 0.10}`, `{"a":1.0e2,"b":0.10,"c":"\u0041"}`},
		{"names are compared unescaped", `{"\u0061":1,"b":2}`, `{"a":3}`, `{"a":3,"b":2}`},
		{"nothing is posted", `{"a":[{"b":"}"},"]\"["]}`, ` {} `, `{"a":[{"b":"}"},"]\"["]}`},
		{"nothing is stored", `{ }`, `{"a":null,"b":true}`, `{"a":null,"b":true}`},
		{"words and numbers at the end", `{"a":true}`, `{"b":-0.5E+3}`, `{"a":true,"b":-0.5E+3}`},
		{"the empty name", `{"":1}`, `{"":2,"a":3}`, `{"":2,"a":3}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Merge([]byte(test.stored), []byte(test.posted))
			if err != nil || string(got) != test.want {
				t.Errorf("%s, %v; want %s", got, err, test.want)
			}
		})
	}
}

func TestMergeRefuses(t *testing.T) {
	const good = `{"a":1}`
	tests := []struct{ name, content string }{
		{"nothing", ""}, {"blanks", "  "}, {"an array", `[1]`}, {"a string", `"a"`}, {"cut off", `{"a":1`}, {"more behind it", `{"a":1}{`},
		{"a comma too many", `{"a":1,}`}, {"not UTF-8", "{\"a\":\"\xff\"}"}, {"a name twice", `{"a":1,"a":2}`}, {"a name twice, escaped", `{"a":1,"\u0061":2}`},
		{"too many properties", func() string {
			var b strings.Builder
			for i := range maxProperties + 1 {
				b.WriteString(`,"` + uuid.NewSHA1(uuid.Nil, []byte{byte(i), byte(i >> 8), byte(i >> 16)}).String() + `":1`)
			}
			return "{" + b.String()[1:] + "}"
		}()},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if err := CheckObject([]byte(test.content)); err == nil {
				t.Error("it is taken for an object")
			}
			if got, err := Merge([]byte(test.content), []byte(good)); err == nil {
				t.Errorf("as what is stored: %s", got)
			}
			if got, err := Merge([]byte(good), []byte(test.content)); err == nil {
				t.Errorf("as what is posted: %s", got)
			}
		})
	}
}

// FuzzMerge compares with encoding/json.
func FuzzMerge(f *testing.F) {
	f.Add(`{"x":"foo","y":[1,{"a":"}"}]}`, ` {"x" : {"b":[]} , "z":1e5}`)
	f.Fuzz(func(t *testing.T, stored, posted string) {
		got, err := Merge([]byte(stored), []byte(posted))
		if err != nil {
			return
		}
		want := map[string]any{}
		for _, text := range []string{stored, posted} {
			if err := json.Unmarshal([]byte(text), &want); err != nil {
				t.Fatalf("%q was taken: %v", text, err)
			}
		}
		// Unmarshal merges nothing below the top when the values are any.
		have := map[string]any{}
		if err := json.Unmarshal(got, &have); err != nil {
			t.Fatalf("%q and %q became %q: %v", stored, posted, got, err)
		}
		if !reflect.DeepEqual(have, want) {
			t.Errorf("%q and %q became %q", stored, posted, got)
		}
	})
}

func TestETag(t *testing.T) {
	// SHA-1 of "abc", FIPS 180-2, appendix A.1.
	d := Document{Content: []byte("abc")}
	if got := d.ETag(); got != "a9993e364706816aba3e25717850c26c9cd0d89d" {
		t.Errorf("the ETag is %s", got)
	}
}

func TestSumTellsKeysApart(t *testing.T) {
	base := Key{Shelf{"t", State, "ab", "c"}, uuid.Nil, "d"}
	others := map[string]Key{
		"tenant": {Shelf{"u", State, "ab", "c"}, uuid.Nil, "d"}, "kind": {Shelf{"t", AgentProfile, "ab", "c"}, uuid.Nil, "d"},
		"where parts end": {Shelf{"t", State, "a", "bc"}, uuid.Nil, "d"}, "id": {Shelf{"t", State, "ab", "c"}, uuid.Nil, "e"},
		"registration": {Shelf{"t", State, "ab", "c"}, uuid.Max, "d"},
	}
	for name, other := range others {
		if base.Sum() == other.Sum() {
			t.Errorf("keys that differ in %s have one sum", name)
		}
	}
	same := base
	if base.Sum() != same.Sum() {
		t.Error("equal keys have different sums")
	}
}

func TestIsJSON(t *testing.T) {
	for contentType, want := range map[string]bool{
		"application/json": true, "Application/JSON; charset=UTF-8": true, "application/json; profile=x": true,
		"application/json; charset=latin1": false, "text/plain": false, "": false, "application/ld+json": false,
	} {
		if IsJSON(contentType) != want {
			t.Errorf("%q: %v", contentType, !want)
		}
	}
}
