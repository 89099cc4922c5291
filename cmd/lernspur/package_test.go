package main_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestPackageCheck: what a content manager sees of a package, and the exit code,
// without a server and without a data folder.
func TestPackageCheck(t *testing.T) {
	dir := t.TempDir()
	const manifest = `<manifest identifier="m"><metadata><schemaversion>1.2</schemaversion></metadata><organizations><organization identifier="o"><title>A &amp; B&#x202E;</title>
<item identifier="i" identifierref="r"><title>Lesson</title></item></organization></organizations><resources><resource identifier="r" href="index.html"/></resources></manifest>`
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	check := func(args ...string) (string, int) {
		cmd := exec.Command(binary(t), append([]string{"package", "check"}, args...)...)
		cmd.Dir = t.TempDir()
		out, err := cmd.Output()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		if left, _ := os.ReadDir(cmd.Dir); len(left) > 0 {
			t.Errorf("it left %v behind", left)
		}
		return string(out), cmd.ProcessState.ExitCode()
	}
	write("imsmanifest.xml", manifest)
	out, code := check(dir)
	if code != 1 || !strings.Contains(out, "error: ") || !strings.Contains(out, "(no-launch)") {
		t.Errorf("%d: %s", code, out)
	}
	write("index.html", "page")
	if out, code = check(dir); code != 0 || !strings.HasPrefix(out, "SCORM 1.2: A & B?\n2 files,") || !strings.Contains(out, "    Lesson  [index.html]\n") {
		t.Errorf("%d: %s", code, out)
	}
	var report struct {
		Kind     string
		Files    int
		Findings []any
	}
	out, code = check("--json", dir)
	if err := json.Unmarshal([]byte(out), &report); err != nil || code != 0 || report.Kind != "scorm-1.2" || report.Files != 2 || report.Findings != nil {
		t.Errorf("%v, %d: %s", err, code, out)
	}
	if out, code = check(filepath.Join(dir, "nothing.zip")); code != 1 || out != "" {
		t.Errorf("%d: %s", code, out)
	}
}
