package main_test

import (
	"regexp"
	"strings"
	"testing"
)

// TestTools: a secret is shown once, nothing of it again, and what cannot be is said.
func TestTools(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		contains(t, p.must(t, "bi", "show"), "disabled", "lernspur bi enable")
		out := p.must(t, "bi", "enable")
		m := regexp.MustCompile(`(?m)^secret +(\S{43})$`).FindStringSubmatch(out)
		if m == nil {
			t.Fatalf("no secret in:\n%s", out)
		}
		contains(t, out, "bi_default", "lernspur", "bi.addr")
		show := p.must(t, "bi", "show")
		contains(t, show, "bi_default", "published")
		if strings.Contains(show, m[1]) {
			t.Error("the secret is shown again")
		}
		if again := p.must(t, "bi", "enable"); strings.Contains(again, "secret") {
			t.Errorf("enabled again:\n%s", again)
		}
		statements := p.must(t, "bi", "statements")
		contains(t, statements, "CREATE USER OR REPLACE `bi_default` IDENTIFIED WITH sha256_hash BY '", "GRANT SELECT ON ", ".bi_courses TO `bi_default`")
		if strings.Contains(statements, m[1]) {
			t.Error("the statements have the secret")
		}
		if r := p.run(t, "", "bi", "statements", "--run"); r.code == 0 || !strings.Contains(r.err, "CREATE SETTINGS PROFILE") {
			t.Errorf("run on an engine without users: %d %s", r.code, r.err)
		}
		contains(t, p.must(t, "bi", "rotate"), "secret")
		contains(t, p.must(t, "bi", "disable"), "disabled")
		if r := p.run(t, "", "bi", "rotate"); r.code == 0 || !strings.Contains(r.err, "may not read") {
			t.Errorf("rotated what is disabled: %d %s", r.code, r.err)
		}
	})
}
