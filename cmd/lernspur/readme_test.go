package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// marked finds the shell blocks of README.md that are to be run, with what their
// output has to contain.
var marked = regexp.MustCompile("(?s)<!-- run: output contains (.*?) -->\n```sh\n(.*?)```")

// TestReadme runs the commands of README.md as they stand there, in order, on a
// server of its own; only the address is another one.
func TestReadme(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Fatal("README.md uses curl, which is not there")
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := marked.FindAllStringSubmatch(string(text), -1)
	if len(blocks) != strings.Count(string(text), "<!-- run") || len(blocks) < 6 {
		t.Fatalf("%d blocks are marked as expected", len(blocks))
	}
	p := newPlace(t)
	s := p.serve(t)
	addr := strings.TrimPrefix(s.root, "http://")
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(binary(t), filepath.Join(dir, "bin", "lernspur")); err != nil {
		t.Fatal(err)
	}
	for _, block := range blocks {
		want := strings.ReplaceAll(block[1], "127.0.0.1:8080", addr)
		script := strings.ReplaceAll(block[2], "127.0.0.1:8080", addr)
		shell := exec.Command("bash", "-euo", "pipefail", "-c", script)
		shell.Dir = dir
		shell.Env = append(p.command(t).Env, "KEY="+s.key, "SECRET="+s.secret, "LERNSPUR_ADDR="+addr)
		out, err := shell.CombinedOutput()
		if err != nil || !strings.Contains(string(out), want) {
			t.Errorf("%s\n%v, expected %q in\n%s", script, err, want, out)
		}
	}
}
