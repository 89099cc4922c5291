package main_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPeople walks the commands on people, beside a server and without one.
func TestPeople(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		file := func(name, text string) string {
			path := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			return path
		}
		units := file("units.csv", "Nummer;Bezeichnung;Übergeordnet\nVI;Dezernat VI;\n10;Hauptamt;VI\n")
		people := file("people.csv", "Nr.;Name;E-Mail;Amt\n1;M\xfcller;m@example.org;10\n2;Ada;ada@example.org;VI\n")
		contains(t, p.must(t, "people", "import", units, "--kind", "units"), "line 3: new: 10 (Hauptamt)", "2 rows: 2 new")
		contains(t, p.must(t, "people", "import", people, "--map", "Nr.=staff", "--dry-run"), "column E-Mail: mbox", "dry run, nothing was changed: 2 rows: 2 new")
		if list := p.must(t, "people", "list"); list != "" {
			t.Errorf("a dry run made\n%s", list)
		}
		p.must(t, "people", "import", people, "--map", "Nr.=staff")
		list := p.must(t, "people", "list")
		contains(t, list, "Müller", "mbox|mailto:ada@example.org")
		ids := regexp.MustCompile(`(?m)^\S+`).FindAllString(list, -1)
		contains(t, p.must(t, "units", "list"), "Hauptamt")
		contains(t, p.must(t, "people", "list", "--query", "ada"), ids[0])
		p.must(t, "people", "match", ids[0], `{"openid":"https://ada.example/"}`)
		merge := strings.Fields(p.must(t, "people", "merge", ids[0], ids[1], "--reason", "a test"))[1]
		if list := p.must(t, "people", "list"); strings.Count(list, "\n") != 1 {
			t.Errorf("after the merge:\n%s", list)
		}
		p.must(t, "people", "split", merge)
		if list := p.must(t, "people", "list"); strings.Count(list, "\n") != 2 {
			t.Errorf("after the split:\n%s", list)
		}
		p.must(t, "people", "unassigned")
		for _, bad := range []struct {
			args []string
			want []string
		}{
			{[]string{"people", "import", file("bad.csv", "staff;email\n1;x\n2;y\n")}, []string{"bad.csv:2:2: ", "not an e-mail address (column email)", "bad.csv:3:2", "nothing was taken over"}},
			{[]string{"people", "import", file("bad.csv", "staff;email\n1;x\n"), "--dry-run"}, []string{"bad.csv:2:2: "}},
			{[]string{"people", "import", people, "--map", "Nr."}, []string{"heading=field"}},
			{[]string{"people", "import", people, "--kind", "cats"}, []string{"kind is one of people"}},
			{[]string{"people", "split", merge}, []string{"undone already"}},
			{[]string{"people", "match", "nobody", "mbox|mailto:a@example.org"}, []string{"nothing of that id"}},
		} {
			r := p.run(t, "", bad.args...)
			if r.code != 1 {
				t.Errorf("%v: exit code %d", bad.args, r.code)
			}
			contains(t, r.err, bad.want...)
		}
	})
}
