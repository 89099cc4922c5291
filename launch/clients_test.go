package launch_test

import (
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"lernspur/catalog"
	"lernspur/content/manifest"
)

// TestClientCmi5 has an AU played by the library that AUs use.
func TestClientCmi5(t *testing.T) {
	c := open(t, fire("CompletedAndPassed", "NotApplicable"))
	node(t, "cmi5.mjs", c.address(0, catalog.Normal, c.registration))
	want := []string{
		"satisfied", "launched", "initialized", "answered", "progressed", "passed", "completed", "satisfied", "satisfied", "terminated",
	}
	if got := verbs(c.stored(c.registration.String())); !slices.Equal(got, want) {
		t.Errorf("%v\nwant %v", got, want)
	}
}

// TestClientTinCan has content of Tin Can played by the library that it uses.
func TestClientTinCan(t *testing.T) {
	item := &manifest.Item{
		Type: manifest.Activity, ID: "https://publisher.example/golf", Title: manifest.Text{{Language: "en", Value: "Golf"}},
		Launch: &manifest.Launch{URL: "index.html", File: "index.html"},
	}
	c := open(t, &catalog.Course{
		Tenant: "default", ID: "golf", Activity: "https://lrs.example/courses/golf", Current: 1,
		Versions: []catalog.Version{{Number: 1, Kind: manifest.TinCan, Manifest: &manifest.Package{Kind: manifest.TinCan, Structure: []*manifest.Item{item}}}},
	})
	address := c.address(0, catalog.Normal, c.registration)
	node(t, "tincan.js", address)
	u, _ := url.Parse(address)
	if got := u.Query().Get("activity_id"); got != item.ID {
		t.Errorf("activity_id is %q", got)
	}
	list := c.stored(c.registration.String())
	if len(list) != 1 || at(list[0], "actor", "account", "name") != "1625378" || at(list[0], "object", "id") != item.ID {
		t.Errorf("stored is %v", list)
	}
}

// node runs a script under clients/ that was launched at an address. It needs Node
// and npm; a machine without them fails the test.
func node(t *testing.T, script, address string) {
	t.Helper()
	installClients(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", script)
	cmd.Dir = "clients"
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "LANG", "SystemRoot"} {
		if value, ok := os.LookupEnv(name); ok { // and no proxies
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	cmd.Env = append(cmd.Env, "LERNSPUR_LAUNCH="+address)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
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
