package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEvaluationSettings switches on and off, beside a server and without one, and
// prints what that means.
func TestEvaluationSettings(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		contains(t, p.must(t, "evaluation-settings", "show"), "at-risk    off    -", "answers    off")
		out := p.must(t, "evaluation-settings", "set", "at-risk", "on", "--ground", "Dienstvereinbarung 7", "--by", "Frau Rat")
		contains(t, out, "at-risk    on", "Frau Rat (command line)", "Dienstvereinbarung 7")
		p.must(t, "evaluation-settings", "set", "all", "--ground", "§ 18 LDSG")
		p.must(t, "evaluation-settings", "set", "hours", "on", "--ground", "x", "--tenant", "town")
		p.must(t, "evaluation-settings", "set", "at-risk", "off", "--ground", "gekündigt")
		history := p.must(t, "evaluation-settings", "show", "--history")
		contains(t, history, "gekündigt", "§ 18 LDSG", "Dienstvereinbarung 7", "command line")
		if strings.Index(history, "gekündigt") > strings.Index(history, "Dienstvereinbarung 7") || strings.Contains(history, "hours") {
			t.Errorf("the history is:\n%s", history)
		}
		text := p.must(t, "evaluation-statement")
		contains(t, text, "Was über Lernende ausgewertet wird", "§ 18 LDSG", "ausgeschaltet", "at_risk_failed")
		contains(t, p.must(t, "evaluation-statement", "--language", "en", "--format", "json", "--tenant", "town"), `"language": "en"`, `"switch": "hours"`, `"on": true`)
		file := filepath.Join(t.TempDir(), "statement.html")
		p.must(t, "evaluation-statement", "--format", "html", "-o", file)
		page, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		contains(t, string(page), `<html lang="de">`, "</html>")
		for _, bad := range []struct {
			args []string
			want string
		}{
			{[]string{"evaluation-settings", "set", "at-risk", "on"}, "ground"},
			{[]string{"evaluation-settings", "set", "shoes", "on", "--ground", "x"}, "timelines"},
			{[]string{"evaluation-settings", "set", "hours", "maybe"}, "maybe"},
			{[]string{"evaluation-settings", "set", "hours"}, "on or off"},
			{[]string{"evaluation-settings", "set", "hours", "off", "--ground", "x", "--tenant", "a b"}, "tenant"},
			{[]string{"evaluation-statement", "--language", "fr"}, "fr"},
			{[]string{"evaluation-statement", "--format", "pdf"}, "pdf"},
		} {
			r := p.run(t, "", bad.args...)
			if r.code != 1 {
				t.Errorf("%v: exit code %d", bad.args, r.code)
			}
			contains(t, r.err, bad.want)
		}
	})
}
