package main_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestReportRuns: a report is made of a definition, listed, repeated to the byte, shown and compared, beside a
// server.
func TestReportRuns(t *testing.T) {
	p, _ := newSharedPlace(t)
	s := p.serve(t)
	for i := range 12 {
		if status, answer := s.request(t, "POST", "/xapi/statements", statement(i)); status != 200 {
			t.Fatalf("%d %s", status, answer)
		}
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "bericht.yaml")
	text := "version: 1\ntitle: Bericht\ntenant: default\nperiod: {from: 2020-01-01, to: 2030-12-31}\ntargets:\n  - {figure: reach, green: {at_least: 0.4}}\nrecommendations:\n  - consequence: end\n"
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(strings.Replace(text, "2030-12-31", "2019-12-31", 1))
	if r := p.run(t, "", "report", "run", file, "--out", dir); r.code == 0 || !strings.Contains(r.err, "bericht.yaml:\nline 4") {
		t.Errorf("a definition with a mistake: %d %s", r.code, r.err)
	}
	write(text)
	if r := p.run(t, "", "report", "run", file, "--forms", "fax"); r.code == 0 || !strings.Contains(r.err, `there is no form "fax"`) {
		t.Errorf("a form that there is not: %d %s", r.code, r.err)
	}
	out := filepath.Join(dir, "a")
	said := p.must(t, "report", "run", file, "--out", out, "--forms", "json")
	m := regexp.MustCompile(`run (\S+), data as of (\S+), checksum ([0-9a-f]{64})`).FindStringSubmatch(said)
	if m == nil {
		t.Fatalf("%s", said)
	}
	first := readFile(t, filepath.Join(out, "report.json"))
	if list := p.must(t, "report", "runs"); !strings.Contains(list, m[1]) || !strings.Contains(list, m[3][:12]) {
		t.Errorf("%s", list)
	}
	for i, args := range [][]string{{"repeat", m[1]}, {"show", m[1]}, {"run", file, "--as-of", m[2]}} {
		out := filepath.Join(dir, string(rune('b'+i)))
		p.must(t, append(append([]string{"report"}, args...), "--out", out, "--forms", "json")...)
		if again := readFile(t, filepath.Join(out, "report.json")); again != first {
			t.Errorf("%v writes other bytes", args)
		}
	}
	if same := p.must(t, "report", "compare", m[1], m[1]); !strings.Contains(same, "to the byte") {
		t.Errorf("%s", same)
	}
	if r := p.run(t, "", "report", "show", "none"); r.code == 0 || !strings.Contains(r.err, "there is no such run") {
		t.Errorf("a run that there is not: %d %s", r.code, r.err)
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
