package main_test

import (
	"os"
	"path/filepath"
	"testing"
)

// TestAttendance: what is wrong is said where it is; a session that is not there is
// an error. What becomes of tables is tested where it is done.
func TestAttendance(t *testing.T) {
	p := newPlace(t)
	p.must(t, "keys", "create", "--scope", "all")
	contains(t, p.must(t, "attendance", "sessions"), "SESSION", "COURSE")
	file := filepath.Join(t.TempDir(), "list.csv")
	if err := os.WriteFile(file, []byte("mail,attended\nada@town.example,yes\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		session string
		want    string
	}{{"none", "not the id of a session"}, {"01930000-0000-7000-8000-000000000000", "no such thing"}} {
		r := p.run(t, "", "attendance", "record", tc.session, file, "--dry-run")
		if r.code != 1 {
			t.Errorf("%s: exit code %d", tc.session, r.code)
		}
		contains(t, r.err, tc.want)
	}
}
