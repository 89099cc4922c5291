//go:build linux

package faults

import (
	"context"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"lernspur/internal/failpoint"
)

func TestMain(m *testing.M) {
	MaybeClient()
	os.Exit(m.Run())
}

// testWriter writes lines into the log of a test.
type testWriter struct{ t *testing.T }

func (w testWriter) Write(b []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

var _ io.Writer = testWriter{}

// TestFaultsShort is the short form of the campaign: each kind of fault at
// least once. `make faults` runs the long one.
func TestFaultsShort(t *testing.T) {
	if testing.Short() {
		t.Skip("takes more than a minute")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	seed := uint64(time.Now().UnixNano())
	report, err := Run(ctx, Options{Rounds: Short(), Seed: seed, Quick: true, Out: testWriter{t}})
	if report != nil {
		var tables strings.Builder
		_ = report.Print(&tables) // memory takes everything
		t.Log(tables.String())
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, round := range report.Rounds {
		for _, p := range round.Problems {
			t.Errorf("round %d, %s: %s (seed %d)", round.N, round.Fault, p, seed)
		}
	}
	for _, p := range report.Series {
		t.Errorf("%s (seed %d)", p, seed)
	}
	for fault, why := range report.Skipped {
		t.Logf("LEFT OUT %s: %s", fault, why)
	}
	if missing := report.MissingKills(1); len(missing) > 0 {
		t.Errorf("too few kills landed: %q", missing)
	}
}

func TestFullHasEveryFaultAndEnoughKills(t *testing.T) {
	rounds := Full(100, 7)
	if len(rounds) != 100 {
		t.Fatalf("%d rounds", len(rounds))
	}
	count := map[string]int{}
	for _, name := range rounds {
		count[name]++
	}
	for _, name := range Names() {
		if count[name] == 0 {
			t.Errorf("no round has %s", name)
		}
	}
	for _, place := range failpoint.Places {
		if kills := killsPerRound * (count["gap/"+place+"/server"] + count["gap/"+place+"/engine"] + count["gap/"+place+"/both"]); kills < 20 {
			t.Errorf("%d kills are planned for %s, too few for 10 to land", kills, place)
		}
	}
}

func TestHeldAtDeath(t *testing.T) {
	tests := []struct{ name, trace, want string }{
		{"nothing", "", ""},
		{"came back", `12 rename("/d/tmp_insert_all_1", "/d/all_1") = 0 (DELAYED)` + "\n12 +++ killed by SIGKILL +++", ""},
		{"held", `12 rename("/d/tmp_insert_all_1", "/d/all_1" <unfinished ...>` + "\n13 +++ killed by SIGKILL +++", "rename"},
		{"held and resumed", `12 rename("/d/tmp_insert_all_1", "/d/all_1" <unfinished ...>` + "\n12 <... rename resumed>) = 0 (DELAYED)", ""},
		{"resumed by death", `12 rename("/d/tmp_insert_all_1", "/d/all_1" <unfinished ...>` + "\n12 <... rename resumed>) = ?", "rename"},
		{"a merge's part", `12 rename("/d/tmp_merge_all_1", "/d/all_1" <unfinished ...>`, ""},
		{"without an answer", `12 fsync(5</d/tmp_insert_all_1/data.bin>) = ?`, "fsync"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := heldAtDeath(test.trace); got != test.want {
				t.Errorf("%q, not %q", got, test.want)
			}
		})
	}
}

func TestSharesMakeAHundred(t *testing.T) {
	first, second := map[string]int{}, map[string]int{}
	for _, name := range Full(100, 1) {
		first[name]++
	}
	for _, name := range Full(100, 2) {
		second[name]++
	}
	for name, n := range first {
		if second[name] != n {
			t.Errorf("%s has %d rounds of a hundred, or %d", name, n, second[name])
		}
	}
}
