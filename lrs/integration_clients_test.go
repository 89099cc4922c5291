package lrs_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// TestRealClients runs the scripts under clients/, which post, query, page and
// void through xAPI libraries that content in the field uses. They need Node
// and npm; a machine without them fails the test.
func TestRealClients(t *testing.T) {
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("%s is needed for this test: %v", tool, err)
		}
	}
	installClients(t)
	s, _ := start(t)
	for _, script := range []string{"xapi.js", "tincan.js", "xapi-resources.js", "tincan-resources.js"} {
		t.Run(script, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, "node", script)
			cmd.Dir = "clients"
			cmd.Env = append(withoutProxies(), "LERNSPUR_ENDPOINT="+s.Endpoint, "LERNSPUR_KEY="+s.Key, "LERNSPUR_SECRET="+s.Secret)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			t.Logf("%s", out)
		})
	}
}

// installClients gets the libraries when they are not there yet, pinned by the
// lock file.
func installClients(t *testing.T) {
	t.Helper()
	lock, err := os.Stat("clients/package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	// npm writes this file when it is done.
	if done, err := os.Stat(filepath.Join("clients", "node_modules", ".package-lock.json")); err == nil && !done.ModTime().Before(lock.ModTime()) {
		return
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	cmd.Dir = "clients"
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
}

// withoutProxies is the environment without what would lead a client away
// from this machine.
func withoutProxies() []string {
	var env []string
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "LANG", "SystemRoot"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}
