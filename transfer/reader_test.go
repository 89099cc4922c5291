package transfer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"pgregory.net/rapid"
)

// at is a statement as a test expects it.
type at struct {
	Text string
	Line int
}

func readAll(t testing.TB, src io.Reader, from State) ([]at, []Element, error) {
	t.Helper()
	r, err := NewReader(src, from)
	if err != nil {
		t.Fatal(err)
	}
	var list []at
	var elements []Element
	for {
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			return list, elements, nil
		}
		if err != nil {
			return list, elements, err
		}
		e.Text = bytes.Clone(e.Text)
		list = append(list, at{string(e.Text), e.Line})
		elements = append(elements, e)
	}
}

func TestReader(t *testing.T) {
	tests := []struct {
		name, file string
		want       []at
		problem    string // of the error, "" for none
	}{
		{"empty", "", nil, ""},
		{"white space", " \n\t\r\n", nil, ""},
		{"empty array", "[]", nil, ""},
		{"empty array with space", " [ \n ] \n", nil, ""},
		{"array", "[{\"a\":1},\n {\"b\":\"],}\"}\n]\n", []at{{`{"a":1}`, 1}, {`{"b":"],}"}`, 2}}, ""},
		{"array over lines", "[\n{\n\"a\":\n1}\n,\n{}]", []at{{"{\n\"a\":\n1}", 2}, {"{}", 6}}, ""},
		{"array of no objects", `[1,"x",[2,[3]],null]`, []at{{"1", 1}, {`"x"`, 1}, {"[2,[3]]", 1}, {"null", 1}}, ""},
		{"byte order mark", "\xef\xbb\xbf[{}]", []at{{"{}", 1}}, ""},
		{"byte order mark, lines", "\xef\xbb\xbf{\"a\":1}\n{}", []at{{`{"a":1}`, 1}, {"{}", 2}}, ""},
		{"lines", "{\"a\":1}\n\n{\"b\":2}\r\n{}", []at{{`{"a":1}`, 1}, {`{"b":2}`, 3}, {"{}", 4}}, ""},
		{"one line", `{"a":"\"}"}`, []at{{`{"a":"\"}"}`, 1}}, ""},
		{"a damaged line ends at its end", "{\"a\":1}\n{\"b\":\n{\"c\":3}\n", []at{{`{"a":1}`, 1}, {`{"b":`, 2}, {`{"c":3}`, 3}}, ""},
		{"a damaged first line ends at its end", "{\"a\":\n{\"c\":3}\n", []at{{`{"a":`, 1}, {`{"c":3}`, 2}}, ""},
		{"values over lines", "{\n\"a\":1\n}\n{\n\"b\":2}{}", []at{{"{\n\"a\":1\n}", 1}, {"{\n\"b\":2}", 4}, {"{}", 5}}, ""},
		{"values on a line", `{"a":1} {"b":2}`, []at{{`{"a":1}`, 1}, {`{"b":2}`, 1}}, ""},
		{"array cut off", "[{\"a\":1},\n{\"b\"", []at{{`{"a":1}`, 1}}, "line 2: the statement that begins here does not end"},
		{"array without end", "[{\"a\":1}\n", []at{{`{"a":1}`, 1}}, "line 2: the file ends within the array"},
		{"array ends with a comma", "[{},]", []at{{"{}", 1}}, "line 1: expected a statement"},
		{"array without comma", "[{}{}]", []at{{"{}", 1}}, "line 1: expected a comma or the end of the array"},
		{"something behind the array", "[{}]\n[{}]", []at{{"{}", 1}}, "line 2: something follows the array"},
		{"string without end", "[{}, \"abc", []at{{"{}", 1}}, "line 1: the statement that begins here does not end"},
		{"values, one without end", "{\n}\n{\n", []at{{"{\n}", 1}}, "line 3: the statement that begins here does not end"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for name, src := range map[string]io.Reader{
				"whole": strings.NewReader(test.file), "byte by byte": iotest.OneByteReader(strings.NewReader(test.file)),
			} {
				got, _, err := readAll(t, src, State{})
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("%s: -want +got\n%s", name, diff)
				}
				problem := ""
				if err != nil {
					problem = err.Error()
				}
				if problem != test.problem {
					t.Errorf("%s: error %q, want %q", name, problem, test.problem)
				}
			}
		})
	}
}

func TestReaderPassesReadErrorsOn(t *testing.T) {
	broken := errors.New("the disk")
	_, _, err := readAll(t, io.MultiReader(strings.NewReader(`[{"a":1},{"b"`), iotest.ErrReader(broken)), State{})
	if !errors.Is(err, broken) {
		t.Errorf("error %v, want %v", err, broken)
	}
}

func TestReaderRefusesWhatIsTooLong(t *testing.T) {
	endless := io.MultiReader(strings.NewReader(`[{"a":"`), neverEnding('x'))
	_, _, err := readAll(t, endless, State{})
	var syntax *SyntaxError
	if !errors.As(err, &syntax) || !strings.Contains(syntax.Message, "32 MiB") {
		t.Errorf("error %v", err)
	}
}

type neverEnding byte

func (n neverEnding) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(n)
	}
	return len(p), nil
}

// formats write the same values in every form a file can have.
var formats = map[string]func(values []string) string{
	"array":        func(v []string) string { return "[" + strings.Join(v, ",") + "]" },
	"pretty array": func(v []string) string { return "[\n  " + strings.Join(v, " ,\n  ") + "\n]\n" },
	"lines":        func(v []string) string { return strings.Join(v, "\n") + "\n" },
	"values":       func(v []string) string { return "{\n}\n" + strings.Join(v, " ") },
}

// TestResume goes on behind every statement and finds the rest, with the same
// lines and ids.
func TestResume(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.SampledFrom([]string{`{}`, `{"id":1}`, `{"a":"},{\""}`, `{"b":[{},[]]}`}), 1, 12).Draw(t, "values")
		name := rapid.SampledFrom([]string{"array", "pretty array", "lines", "values"}).Draw(t, "format")
		file := formats[name](texts)
		whole, elements, err := readAllRapid(strings.NewReader(file), State{})
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		cut := rapid.IntRange(0, len(elements)-1).Draw(t, "cut")
		rest, after, err := readAllRapid(strings.NewReader(file), elements[cut].After)
		if err != nil {
			t.Fatalf("%s from %d: %v", file, cut, err)
		}
		if diff := cmp.Diff(whole[cut+1:], rest); diff != "" && len(whole[cut+1:])+len(rest) > 0 {
			t.Fatalf("%s from %d: -want +got\n%s", file, cut, diff)
		}
		for i, e := range after {
			if want := elements[cut+1+i]; e.ID != want.ID || e.Index != want.Index || e.After != want.After {
				t.Fatalf("statement %d: %+v, want %+v", i, e, want)
			}
		}
	})
}

func readAllRapid(src io.Reader, from State) ([]at, []Element, error) {
	return readAll(panicking{}, src, from)
}

// panicking is a testing.TB whose Fatal panics.
type panicking struct{ testing.TB }

func (panicking) Helper()           {}
func (panicking) Fatal(args ...any) { panic(fmt.Sprint(args...)) }

func TestUnpack(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	fmt.Fprint(w, "[{}]")
	w.Close()
	more := gzip.NewWriter(&packed) // files that were put together stay readable
	fmt.Fprint(more, "\n")
	more.Close()
	for name, src := range map[string]string{"plain": "[{}]\n", "gzip": packed.String()} {
		r, err := Unpack(strings.NewReader(src))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || string(got) != "[{}]\n" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for _, short := range []string{"", "x"} {
		r, err := Unpack(strings.NewReader(short))
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := io.ReadAll(r); string(got) != short {
			t.Errorf("%q became %q", short, got)
		}
	}
}

// FuzzReader holds the reader against encoding/json: a file that is a JSON
// array yields its elements.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{`[]`, `[{"a":"\\\""},[1,{"x":[]}]]`, "{}\n{}", "[\n1 , 2]", `{"a":1}{`, `"`, `[,]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		got, _, err := readAll(t, bytes.NewReader(file), State{})
		var want []json.RawMessage
		if json.Unmarshal(file, &want) != nil || len(bytes.TrimSpace(file)) == 0 || bytes.TrimSpace(file)[0] != '[' {
			return // it must only not crash
		}
		if err != nil {
			t.Fatalf("%q: %v", file, err)
		}
		if len(got) != len(want) {
			t.Fatalf("%q: %d statements, want %d", file, len(got), len(want))
		}
		for i := range got {
			if got[i].Text != string(want[i]) {
				t.Errorf("%q: statement %d is %q, want %q", file, i, got[i].Text, want[i])
			}
		}
	})
}
