package lrs_test

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestDocumentedCommands runs the commands of docs/api.md against an endpoint.
func TestDocumentedCommands(t *testing.T) {
	for _, tool := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("docs/api.md uses %s, which is not there: %v", tool, err)
		}
	}
	page, err := os.ReadFile("../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	s, c := start(t)
	first := said("ada", "http", "a")
	c.post(first, said("bob", "did", "b"))
	more := c.find("limit", "1").More

	var script strings.Builder
	script.WriteString("set -eu\ncurl() { command curl -sS --fail-with-body --noproxy '*' \"$@\"; echo; }\n")
	// The rest of the page is answered by other packages.
	own, _, _ := strings.Cut(string(page), "\n## Statements beyond the standard")
	blocks := strings.Split(own, "```sh\n")[1:]
	for _, block := range blocks {
		block, _, _ = strings.Cut(block, "```")
		script.WriteString(strings.ReplaceAll(block, "http://127.0.0.1:8080", s.Root))
	}
	if len(blocks) < 4 {
		t.Fatalf("only %d blocks of commands", len(blocks))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", script.String())
	cmd.Dir = t.TempDir() // some commands write files
	cmd.Env = append(withoutProxies(), "LERNSPUR_KEY="+s.Key, "LERNSPUR_SECRET="+s.Secret, "ID="+id(first), "MORE="+more)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	// The statement that the page posts is what its query finds.
	if n := strings.Count(string(out), `"http://example.org/courses/first-aid"`); n != 1 {
		t.Errorf("found %d times what was posted:\n%s", n, out)
	}
}
