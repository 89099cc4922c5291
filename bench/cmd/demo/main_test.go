package main

import (
	"bytes"
	"strings"
	"testing"

	"lernspur/bench/demo"
	"lernspur/bench/town"
)

// TestSay: whoever starts it learns where to go, as whom, and that nothing is true.
func TestSay(t *testing.T) {
	var out bytes.Buffer
	say(&out, options{addr: "127.0.0.1:8080", dir: "/tmp/demo"}, town.New(town.Config{Seed: 1, Cut: 20}))
	for _, want := range []string{"made up", "http://localhost:8080/signin?tenant=demo", demo.Password, "administrator", "content-manager", "trainer", "project-lead", "auditor", "data-protection", "learner"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("nothing of %q in\n%s", want, out.String())
		}
	}
}
