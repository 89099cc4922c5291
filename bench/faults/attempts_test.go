//go:build linux

package faults

import (
	"context"
	"testing"
	"time"
)

// TestAttemptsSurviveKills is the short form: five kills amid the commits of ten
// learners.
func TestAttemptsSurviveKills(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	dir := t.TempDir()
	binary, err := BuildServer(dir)
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	problems, err := Attempts(ctx, dir, binary, 10, AttemptKills(), seed, testWriter{t})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s (seed %d)", p, seed)
	}
}
