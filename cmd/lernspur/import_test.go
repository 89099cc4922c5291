package main_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

func write(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func zipped(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestImportForms: the same statements in every form are stored once.
func TestImportForms(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		a, b := statement(1), statement(2)
		files := []string{
			write(t, "array.json", []byte("[\n"+a+",\n"+b+"]")),
			write(t, "lines.ndjson", []byte(a+"\n"+b+"\n")),
			write(t, "array.json.gz", zipped(t, "["+a+","+b+"]")),
			write(t, "lines.gz", zipped(t, a+"\n"+b)),
		}
		out := p.must(t, append([]string{"import"}, files...)...)
		for _, f := range files {
			contains(t, out, f+": 2 statements stored, 0 not")
		}
		for _, text := range []string{a + "\n" + b, "[" + a + "," + b + "]"} {
			if r := p.run(t, text, "import", "-"); r.code != 0 || !strings.Contains(r.out, "-: 2 statements stored, 0 not") {
				t.Errorf("standard input: %+v", r)
			}
		}
		if got := exported(t, p.must(t, "export")); len(got) != 2 {
			t.Errorf("%d statements are stored", len(got))
		}
		if left, _ := filepath.Glob(filepath.Join(p.dir, "imports", "*")); len(left) != 0 {
			t.Errorf("finished imports are remembered: %v", left)
		}
	})
}

func TestImportSaysWhatFailed(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		const known = `{"id":"00000000-0000-4000-8000-000000000001","actor":{"mbox":"mailto:a@example.org"},"verb":{"id":"http://example.org/v"},"object":{"id":"http://example.org/o"}}`
		other := strings.Replace(known, "http://example.org/v", "http://example.org/w", 1)
		file := write(t, "mixed.ndjson", []byte(strings.Join([]string{
			known, statement(2), known, // the same again is no failure
			strings.Replace(statement(3), "mailto:", "", 1), // line 4: no mbox
			"", statement(4), `{"actor":`, // line 7: damaged
			other, // line 8: another content
			statement(5), "",
		}, "\n")))
		r := p.run(t, "", "import", file)
		if r.code != 1 {
			t.Errorf("exit code %d", r.code)
		}
		contains(t, r.err, file+": line 4, statement 4: ", "/actor/mbox", "--keep-going")
		contains(t, r.out, "stopped; 3 statements stored so far")
		if strings.Contains(r.err, "line 7") {
			t.Errorf("it did not stop:\n%s", r.err)
		}
		r = p.run(t, "", "import", "--keep-going", file)
		if r.code != 1 {
			t.Errorf("exit code %d", r.code)
		}
		contains(t, r.err, "going on behind statement 3", "line 4, statement 4: ", "line 7, statement 6: ", "line 8, statement 7: ",
			"already stored under the id 00000000-0000-4000-8000-000000000001")
		contains(t, r.out, "5 statements stored, 3 not")
		if got := exported(t, p.must(t, "export")); len(got) != 4 {
			t.Errorf("%d statements are stored, want 4", len(got))
		}
		r = p.run(t, "[{}", "import", "-")
		if r.code != 1 {
			t.Errorf("exit code %d", r.code)
		}
		contains(t, r.err, "-: line 1, statement 1: ")
	})
}

func TestImportAuthority(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		sent := strings.Replace(statement(1), `{"actor"`, `{"authority":{"mbox":"mailto:other@example.org"},"actor"`, 1)
		m := created.FindStringSubmatch(p.must(t, "keys", "create", "--authority", `{"mbox":"mailto:importer@example.org"}`))
		for _, test := range []struct {
			n    int
			args []string
			want string
		}{
			{1, []string{"--as", m[1]}, "mailto:importer@example.org"},
			{2, []string{"--as", m[1], "--keep-authority"}, "mailto:other@example.org"},
		} {
			text := strings.ReplaceAll(sent, "courses/1", fmt.Sprint("courses/kept", test.n))
			if r := p.run(t, text, append([]string{"import", "-"}, test.args...)...); r.code != 0 {
				t.Fatalf("%+v", r)
			}
			out := p.must(t, "export", "--activity", fmt.Sprint("http://example.org/courses/kept", test.n))
			contains(t, out, `"authority":{"`, test.want)
			if got := exported(t, p.must(t, "export", "--agent", test.want, "--related-agents")); len(got) != 1 {
				t.Errorf("%d statements are found by the authority %s", len(got), test.want)
			}
		}
		for want, args := range map[string][]string{
			`has no key "nobody"`: {"--as", "nobody"}, `tenant "town" has no key`: {"--tenant", "town"}, "--xapi-version": {"--xapi-version", "0.9"},
		} {
			r := p.run(t, sent, append([]string{"import", "-"}, args...)...)
			if r.code != 1 {
				t.Errorf("%v: exit code %d", args, r.code)
			}
			contains(t, r.err, want)
		}
		contains(t, p.must(t, "verify"), "everything fits together")
	})
}

// TestImportGoesOnAfterAKill kills an import in its midst, with the server
// inside it and beside one. Statements have no ids, so that doubles would show.
func TestImportGoesOnAfterAKill(t *testing.T) {
	const n = 60_000
	var text strings.Builder
	for i := range n {
		text.WriteString(statement(i % 1000)) // equal texts are statements of their own
		text.WriteByte('\n')
	}
	for _, test := range []struct {
		name   string
		server bool
		file   []byte
	}{
		{"beside a server", true, []byte(text.String())},
		{"without a server", false, zipped(t, text.String())},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, _ := newSharedPlace(t)
			if test.server {
				p.serve(t)
			} else {
				p.must(t, "keys", "create")
			}
			file := write(t, "many", test.file)
			kills := 0
			for range 2 {
				if killImport(t, p, file) {
					kills++
				}
			}
			if kills == 0 {
				t.Fatal("no import was caught in its midst")
			}
			r := p.run(t, "", "import", file)
			if r.code != 0 {
				t.Fatalf("%+v", r)
			}
			contains(t, r.err, "going on behind statement")
			contains(t, r.out, fmt.Sprintf("%d statements stored, 0 not", n))
			out := p.must(t, "verify")
			m := regexp.MustCompile(`default +(\d+)`).FindStringSubmatch(out)
			if m == nil || m[1] != strconv.Itoa(n) {
				t.Errorf("want %d statements:\n%s", n, out)
			}
		})
	}
}

// killImport starts an import and kills it once it has remembered something new;
// false when it was done before that.
func killImport(t *testing.T, p *place, file string) bool {
	t.Helper()
	remembered := func() string {
		names, _ := filepath.Glob(filepath.Join(p.dir, "imports", "*.json"))
		if len(names) == 0 {
			return ""
		}
		b, _ := os.ReadFile(names[0])
		return string(b)
	}
	before := remembered()
	cmd := p.command(t, "import", file)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // killed
		close(ended)
	}()
	for {
		select {
		case <-ended:
			return false
		case <-time.After(5 * time.Millisecond):
		}
		if now := remembered(); now != before && now != "" {
			break
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-ended
	p.settle(t)
	return true
}
