package result

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lernspur/bench/load"
)

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		in   []float64
		want float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{3, 1}, 2}, {[]float64{9, 1, 5}, 5}} {
		if got := Median(c.in); got != c.want {
			t.Errorf("Median(%v) = %v, want %v", c.in, got, c.want)
		}
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000"} {
		if got := thousands(n); got != want {
			t.Errorf("%d is shown as %s, want %s", n, got, want)
		}
	}
}

func some() *Run {
	return &Run{
		Ceilings: []Ceiling{
			{Table: "a1", Variant: Variant{By: "row", Compression: "lz4", Connections: 1, Rows: 10_000}, Screen: []float64{90_000}, Sustained: []float64{58_000, 60_000, 75_000}},
			{Table: "a1", Variant: Variant{By: "column", Compression: "none", Connections: 2, Rows: 50_000}, Screen: []float64{50_000}, Rounds: []float64{40_000, 50_000, 60_000}},
			{Table: "a2", Variant: Variant{By: "column", Compression: "none", Connections: 2, Rows: 50_000}, Screen: []float64{1}, Rounds: []float64{100_000, 100_000, 100_000}},
		},
		Batch:  []Throughput{{PerSecond: 30_000, Through: 29_000, Log: &Log{Bytes: []float64{1 << 20}}}, {PerSecond: 30_000, Through: 31_000}, {PerSecond: 30_000, Through: 30_000}},
		Bare:   []Throughput{{PerSecond: 50_000}},
		Single: []Throughput{{PerSecond: 20_000}},
		Scorm:  []Scorm{{Learners: 500, PauseSeconds: 10, Seconds: 90, Commits: 4500, ServerCPU: 0.25, EngineCPU: 0.5}},
		Fresh:  []Fresh{{Load: "idle", By: "id", Visible: load.Summary{P95: 12.3}}},
		Fills: []Fill{{Statements: 1_000_000, Lookups: []Lookup{{Kind: "id", Cold: load.Summary{P95: 7}}, {Kind: "agent", Cold: load.Summary{P95: 33}}},
			Disk: Disk{Tables: []Table{{Name: "statements", Rows: 1_000_000, Bytes: 2e8, PerOne: 200}}, Zstd19: 83}}},
	}
}

func TestSummarySetsMeasuredBesideWanted(t *testing.T) {
	text := some().Markdown()
	for _, want := range []string{
		"(a1) | **0.60** (0.72, 0.60, 0.50) | 0.6 | 0.7 |",
		"for as long into the product's tables (a1) | **0.50** (0.50, 0.50, 0.40) |",
		"(a2) | **0.30** (0.29, 0.30, 0.30) | 0.18 | 0.25 |",
		"| single posts ÷ bare handler | **0.40** (0.40) |",
		"by id, idle, p95 | 12 ms | ≤ 60 ms |",
		"| by id, 1,000,000, p95 cold / warm | 7.0 ms / 0.0 ms | ≤ 20 ms |",
		"| slowest other look-up (agent), 1,000,000, p95 cold / warm | 33 ms / 0.0 ms | ≤ 40 ms |",
		"| server while 500 learners play SCORM | 0.25 cores | ≤ 1 core |",
		"| 500, every 10 s | 50.0 |",
		"| disk per statement, 1,000,000 | 200 bytes | ≤ 300 bytes | zstd -19: 83 |",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
}

func TestBestPrefersWhatWasMeasuredSideBySide(t *testing.T) {
	best, ok := some().Best("a1")
	if !ok || best.Variant.By != "column" || best.PerSecond() != 50_000 {
		t.Errorf("%+v %v", best, ok)
	}
	if _, ok := some().Best("a3"); ok {
		t.Error("found what was not measured")
	}
}

func TestWriteIntoKeepsTheRest(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.md")
	if err := os.WriteFile(path, []byte("before\n"+Begin+"\nold\n"+End+"\nafter\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := some().WriteInto(path); err != nil {
			t.Fatal(err)
		}
	}
	text, _ := os.ReadFile(path)
	s := string(text)
	if !strings.HasPrefix(s, "before\n"+Begin) || !strings.HasSuffix(s, End+"\nafter\n") || strings.Contains(s, "\nold\n") || strings.Count(s, "### In short") != 1 {
		t.Error(s)
	}
	if err := some().WriteInto(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("wrote into nothing")
	}
}

func TestJudge(t *testing.T) {
	r := some()
	if r.Judge(); len(r.Anomalies) != 0 {
		t.Errorf("finds fault with a good run: %v", r.Anomalies)
	}
	r.Batch[1].Log = &Log{Trend: 0.05}
	r.Single[0].Refused, r.Bare[0].Others, r.Fresh[0].Late = 3, 0.5, 1
	if r.Judge(); len(r.Anomalies) != 4 {
		t.Errorf("not all four faults: %v", r.Anomalies)
	}
}
