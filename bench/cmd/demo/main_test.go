package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"lernspur/bench/gen"
)

// TestWrite: a line is a statement of the made-up town, the year is covered, and
// a second call writes the same.
func TestWrite(t *testing.T) {
	g := gen.New(gen.Config{Seed: 1, Learners: 50, Courses: 20})
	var first, second bytes.Buffer
	if err := write(&first, g, 500); err != nil {
		t.Fatal(err)
	}
	if err := write(&second, g, 500); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("two calls write different statements")
	}
	lines := strings.Split(strings.TrimSpace(first.String()), "\n")
	if len(lines) != 500 {
		t.Fatalf("%d lines, not 500", len(lines))
	}
	months := map[string]bool{}
	for _, line := range lines {
		var s struct {
			Timestamp string
			Context   struct{ Platform string }
		}
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			t.Fatal(err)
		}
		if s.Context.Platform != "Lernplattform Musterstadt" {
			t.Fatalf("the platform %q does not say that the town is made up", s.Context.Platform)
		}
		months[s.Timestamp[:7]] = true
	}
	if len(months) != 12 {
		t.Errorf("%d months have statements, not 12", len(months))
	}
}
