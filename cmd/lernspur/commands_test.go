package main_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"lernspur/verify"
)

// both runs a test of commands twice: beside a running server, and without one.
func both(t *testing.T, test func(t *testing.T, p *place)) {
	t.Run("beside a server", func(t *testing.T) {
		p, _ := newSharedPlace(t)
		p.serve(t)
		test(t, p)
	})
	t.Run("without a server", func(t *testing.T) {
		p, _ := newSharedPlace(t)
		p.must(t, "keys", "create")
		test(t, p)
	})
}

var created = regexp.MustCompile(`(?m)^key +(\S+)\nsecret +(\S{43})$`)

func TestKeys(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		out := p.must(t, "keys", "create", "--tenant", "town", "--label", "H5P", "--scope", "statements/write", "--scope", "statements/read/mine")
		m := created.FindStringSubmatch(out)
		if m == nil {
			t.Fatalf("no key and secret in:\n%s", out)
		}
		list := p.must(t, "keys", "list", "--tenant", "town")
		contains(t, list, m[1], "town", "statements/write statements/read/mine", "H5P")
		if strings.Contains(list, m[2]) {
			t.Error("the list shows a secret")
		}
		if strings.Count(list, "\n") != 2 {
			t.Errorf("the list has other tenants' keys:\n%s", list)
		}
		contains(t, p.must(t, "keys", "revoke", m[1]), "revoked "+m[1])
		if list := p.must(t, "keys", "list", "--tenant", "town"); regexp.MustCompile(m[1] + `.* - `).MatchString(list) {
			t.Errorf("the key is not revoked:\n%s", list)
		}
		for _, bad := range []struct {
			args []string
			want string
		}{
			{[]string{"keys", "revoke", "nobody"}, "no such key: nobody"},
			{[]string{"keys", "create", "--scope", "everything"}, "everything"},
			{[]string{"keys", "create", "--authority", `{"name":"x"}`}, "authority"},
			{[]string{"keys", "create", "--actor", `{"name":"x"}`}, "actor"},
			{[]string{"keys", "create", "--registration", "x"}, "registration"},
			{[]string{"keys", "create", "--activity-prefix", "x"}, "activity prefix"},
			{[]string{"keys", "create", "--origin", "x"}, "origin"},
			{[]string{"keys", "create", "--expires", "soon"}, "--expires"},
			{[]string{"keys", "create", "--expires", "2020-01-01T00:00:00Z"}, "over already"},
		} {
			r := p.run(t, "", bad.args...)
			if r.code != 1 {
				t.Errorf("%v: exit code %d", bad.args, r.code)
			}
			contains(t, r.err, bad.want)
		}
	})
}

// TestBoundKeys makes keys with every flag and uses them.
func TestBoundKeys(t *testing.T) {
	p, _ := newSharedPlace(t)
	s := p.serve(t)
	const registration = "3b2b5b0e-8d3c-4a30-9a5c-7f8f9d7a0001"
	out := p.must(t, "keys", "create", "--scope", "statements/write,statements/read", "--actor", `{"mbox":"mailto:ada@example.org"}`,
		"--registration", registration, "--activity-prefix", "http://example.org/course/", "--expires", "30d")
	bindings := []string{`actor {"mbox":"mailto:ada@example.org"}`, "registration " + registration, "activities http://example.org/course/", "until 20"}
	for _, b := range bindings {
		contains(t, out, "bound   "+b)
	}
	m := created.FindStringSubmatch(out)
	s.key, s.secret = m[1], m[2]
	contains(t, p.must(t, "keys", "list"), strings.Join(bindings, ", "))
	body := func(actor, registration, activity string) string {
		return `{"actor":{"mbox":"mailto:` + actor + `@example.org"},"verb":{"id":"http://example.org/v"},"object":{"id":"http://example.org/` + activity +
			`"},"context":{"registration":"` + registration + `"}}`
	}
	for _, c := range []struct {
		body   string
		status int
	}{
		{body("ada", registration, "course/1"), 200},
		{body("bob", registration, "course/1"), 403},
		{body("ada", "3b2b5b0e-8d3c-4a30-9a5c-7f8f9d7a0002", "course/1"), 403},
		{body("ada", registration, "test"), 403},
	} {
		if status, text := s.request(t, "POST", "/xapi/statements", c.body); status != c.status {
			t.Errorf("%s: %d, want %d: %s", c.body, status, c.status, text)
		}
	}
	m = created.FindStringSubmatch(p.must(t, "keys", "create", "--expires", "1s", "--origin", "https://content.example"))
	s.key, s.secret = m[1], m[2]
	if status, _ := s.request(t, "GET", "/xapi/statements", ""); status != 403 && status != 401 {
		t.Errorf("without the origin: %d", status)
	}
	time.Sleep(1100 * time.Millisecond)
	if status, _ := s.request(t, "GET", "/xapi/statements", ""); status != 401 {
		t.Errorf("past its time: %d", status)
	}
}

// TestRevokedKeyIsRefusedAtOnce: a command beside a server acts on it.
func TestRevokedKeyIsRefusedAtOnce(t *testing.T) {
	p, _ := newSharedPlace(t)
	s := p.serve(t)
	m := created.FindStringSubmatch(p.must(t, "keys", "create"))
	s.key, s.secret = m[1], m[2]
	if status, _ := s.request(t, "GET", "/xapi/statements", ""); status != 200 {
		t.Errorf("a new key is answered %d", status)
	}
	p.must(t, "keys", "revoke", m[1])
	if status, _ := s.request(t, "GET", "/xapi/statements", ""); status != 401 {
		t.Errorf("a revoked key is answered %d", status)
	}
}

const filterFile = `{"id":"00000000-0000-4000-8000-000000000001","actor":{"mbox":"mailto:ada@example.org"},"verb":{"id":"http://example.org/a"},"object":{"id":"http://example.org/x"},"context":{"registration":"99999999-0000-4000-8000-000000000000"}}
{"id":"00000000-0000-4000-8000-000000000002","actor":{"mbox":"mailto:bob@example.org"},"verb":{"id":"http://example.org/b"},"object":{"id":"http://example.org/y"},"context":{"instructor":{"mbox":"mailto:ada@example.org"},"contextActivities":{"parent":{"id":"http://example.org/x"}}}}
{"id":"00000000-0000-4000-8000-000000000003","actor":{"mbox":"mailto:bob@example.org"},"verb":{"id":"http://example.org/a"},"object":{"id":"http://example.org/y"}}
{"id":"00000000-0000-4000-8000-000000000004","actor":{"mbox":"mailto:bob@example.org"},"verb":{"id":"http://adlnet.gov/expapi/verbs/voided"},"object":{"objectType":"StatementRef","id":"00000000-0000-4000-8000-000000000003"}}
`

func TestExport(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		if r := p.run(t, filterFile, "import", "-"); r.code != 0 {
			t.Fatalf("import: %+v", r)
		}
		all := exported(t, p.must(t, "export", "--voided"))
		stored := func(n int) string { return all[n].Stored }
		tests := []struct {
			args string
			want string // last digits of the ids
		}{
			{"", "1 2 4"},
			{"--voided", "1 2 3 4"},
			{"--agent mailto:ada@example.org", "1"},
			{`--agent {"mbox":"mailto:ada@example.org"} --related-agents`, "1 2"},
			{"--verb http://example.org/a", "1 4"}, // 4 refers to 3
			{"--activity http://example.org/x", "1"},
			{"--activity http://example.org/x --related-activities", "1 2"},
			{"--registration 99999999-0000-4000-8000-000000000000", "1"},
			{"--since " + stored(0), "2 4"},
			{"--until " + stored(1), "1 2"},
			{"--voided --since " + stored(1) + " --until " + stored(2), "3"},
			{"--tenant nobody", ""},
		}
		for _, test := range tests {
			args := append([]string{"export"}, strings.Fields(test.args)...)
			var got []string
			for _, e := range exported(t, p.must(t, args...)) {
				got = append(got, e.ID[len(e.ID)-1:])
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("export %s: %v, want %s", test.args, got, test.want)
			}
		}
		for args, want := range map[string]string{
			"--registration x":             "registration: expected a UUID",
			"--since yesterday":            "since: expected a time",
			"--agent {}":                   "agent: expected the JSON of an Agent",
			"--voided --verb http://x.org": "only since and until",
		} {
			r := p.run(t, "", append([]string{"export"}, strings.Fields(args)...)...)
			if r.code != 1 || r.out != "" {
				t.Errorf("export %s: exit code %d, output %q", args, r.code, r.out)
			}
			contains(t, r.err, want)
		}
	})
}

type line struct{ ID, Stored string }

// exported reads NDJSON.
func exported(t *testing.T, text string) []line {
	t.Helper()
	var list []line
	for l := range strings.Lines(text) {
		var e line
		if err := json.Unmarshal([]byte(l), &e); err != nil {
			t.Fatalf("%q: %v", l, err)
		}
		list = append(list, e)
	}
	return list
}

func TestExportToAFile(t *testing.T) {
	p, _ := newSharedPlace(t)
	p.serve(t)
	// A statement that was sent over several lines is one line.
	if r := p.run(t, strings.ReplaceAll(statement(1), ",", "\r\n,\n"), "import", "-"); r.code != 0 {
		t.Fatalf("import: %+v", r)
	}
	file := filepath.Join(t.TempDir(), "out.ndjson")
	if out := p.must(t, "export", "-o", file); out != "" {
		t.Errorf("output %q", out)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(exported(t, string(b))) != 1 {
		t.Errorf("the file holds %q", b)
	}
	missing := filepath.Join(t.TempDir(), "no", "folder", "out")
	if r := p.run(t, "", "export", "-o", missing); r.code != 1 || !strings.Contains(r.err, missing) {
		t.Errorf("%+v", r)
	}
}

// TestVerifyFindsDamage goes through the command; each kind of damage is a
// matter of package verify.
func TestVerifyFindsDamage(t *testing.T) {
	tests := []struct{ name, sql, want string }{
		{"look-up", "DELETE FROM lookups WHERE kind = 5 AND stored = (SELECT min(stored) FROM statements)", "lookup-missing"},
		{"column", "ALTER TABLE statements UPDATE verb = 'x' WHERE stored = (SELECT min(stored) FROM statements) SETTINGS mutations_sync = 1", "column verb is x, the statement says http://adlnet.gov/expapi/verbs/completed"},
		{"repeated row", "INSERT INTO statements SELECT * FROM statements WHERE stored = (SELECT min(stored) FROM statements)", "repeated-row"},
		{"progress", "INSERT INTO progress SELECT * REPLACE ('http://example.org/courses/none' AS course) FROM progress LIMIT 1", "http://example.org/courses/none"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, dsn := newSharedPlace(t)
			s := p.serve(t)
			for n := range 3 {
				if status, answer := s.request(t, "POST", "/xapi/statements", statement(n)); status != 200 {
					t.Fatalf("%d %s", status, answer)
				}
			}
			contains(t, p.must(t, "verify"), "default  3", "everything fits together")
			damage(t, dsn, test.sql)
			r := p.run(t, "", "verify")
			if r.code != 1 {
				t.Errorf("exit code %d", r.code)
			}
			contains(t, r.out, test.want, "tenant default")
			r = p.run(t, "", "verify", "--json", "--max", "1")
			var report verify.Report
			if err := json.Unmarshal([]byte(r.out), &report); err != nil || r.code != 1 {
				t.Fatalf("exit code %d, %v\n%s", r.code, err, r.out)
			}
			if report.Differences == 0 || len(report.First) != 1 || report.Tenants[0].Statements < 3 {
				t.Errorf("%+v", report)
			}
			// Only damage to progress is mended by computing it anew.
			r = p.run(t, "", "verify", "--rebuild-progress")
			if mended := test.name == "progress"; mended != (r.code == 0) || mended != strings.Contains(r.out, "everything fits together") {
				t.Errorf("after computing progress anew: exit code %d\n%s%s", r.code, r.out, r.err)
			}
			if test.name == "progress" {
				damage(t, dsn, test.sql)
			}
			s.stop(t)
			if r := p.run(t, "", "verify"); r.code != 1 || !strings.Contains(r.out, test.want) {
				t.Errorf("without a server: exit code %d\n%s", r.code, r.out)
			}
		})
	}
}

func damage(t *testing.T, dsn, sql string) {
	t.Helper()
	opts, err := clickhouse.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := clickhouse.Open(opts)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func TestConfig(t *testing.T) {
	p := newPlace(t, "LERNSPUR_KEY=town", "LERNSPUR_SECRET=never-to-be-shown")
	out := p.must(t, "config", "--log-level", "debug")
	for _, want := range []string{`(?m)^log\.level +debug +flag`, `(?m)^data +` + regexp.QuoteMeta(p.dir) + ` +environment +LERNSPUR_DATA`, `(?m)^log\.format +console +default`} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("%s does not match\n%s", want, out)
		}
	}
	if strings.Contains(out, "never-to-be-shown") {
		t.Error("the secret is shown")
	}
	if _, err := os.Stat(p.dir); !os.IsNotExist(err) {
		t.Errorf("config makes a data folder: %v", err)
	}
}

func TestVersion(t *testing.T) {
	p := newPlace(t)
	for _, args := range [][]string{{"version"}, {"--version"}} {
		contains(t, p.must(t, args...), "lernspur", "development")
	}
}

func TestCommandsOnNoDataSaySo(t *testing.T) {
	p := newPlace(t)
	for _, args := range [][]string{{"export"}, {"verify"}, {"report"}, {"keys", "list"}, {"keys", "revoke", "x"}} {
		r := p.run(t, "", args...)
		if r.code != 1 {
			t.Errorf("%v: exit code %d", args, r.code)
		}
		contains(t, r.err, "there is no data in "+p.dir)
		if _, err := os.Stat(p.dir); !os.IsNotExist(err) {
			t.Errorf("%v makes a data folder: %v", args, err)
		}
	}
}

// TestTwoCommandsAtOnce: without a server the second one is told who has the
// folder.
func TestTwoCommandsAtOnce(t *testing.T) {
	p, _ := newSharedPlace(t)
	p.must(t, "keys", "create")
	cmd := p.command(t, "import", "-")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		stdin.Close()
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}()
	var r result
	for range 100 { // until the import has the folder
		if r = p.run(t, "", "keys", "list"); r.code != 0 {
			break
		}
	}
	contains(t, r.err, "in use", fmt.Sprintf("process %d (lernspur import)", cmd.Process.Pid))
}

func TestReport(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		var statements strings.Builder
		for n := range 12 {
			text := strings.ReplaceAll(statement(n), fmt.Sprintf("courses/%d", n%7), "courses/first-aid")
			if n%2 == 1 {
				text = strings.ReplaceAll(text, "verbs/completed", "verbs/initialized")
			}
			statements.WriteString(text + "\n")
		}
		if r := p.run(t, statements.String(), "import", "-"); r.code != 0 {
			t.Fatalf("%+v", r)
		}
		args := []string{"report", "--from", "2026-01-01", "--to", "2026-01-01"}
		figures := p.must(t, append(args, "--format", "json")...)
		var got struct {
			AsOf    string `json:"as_of"`
			Summary struct{ Learners, Completed *int }
		}
		if err := json.Unmarshal([]byte(figures), &got); err != nil {
			t.Fatal(err)
		}
		if got.Summary.Learners == nil || *got.Summary.Learners != 12 || got.Summary.Completed == nil || *got.Summary.Completed != 6 {
			t.Errorf("6 of 12 learners have completed:\n%s", figures)
		}
		if r := p.run(t, strings.ReplaceAll(statement(99), "courses/1", "courses/first-aid"), "import", "-"); r.code != 0 {
			t.Fatalf("%+v", r)
		}
		if again := p.must(t, append(args, "--format", "json", "--as-of", got.AsOf)...); again != figures {
			t.Errorf("the same report again is\n%s\nwas\n%s", again, figures)
		}
		contains(t, p.must(t, args...), `<html lang="de">`, "http://example.org/courses/first-aid")
		contains(t, p.must(t, append(args, "--language", "en")...), `<html lang="en">`)
		for want, bad := range map[string][]string{
			"expected html or json": {"--format", "pdf"}, "expected de or en": {"--language", "fr"}, "from: expected a day": {"--from", "x"},
		} {
			r := p.run(t, "", append([]string{"report"}, bad...)...)
			if r.code != 1 {
				t.Errorf("%v: exit code %d", bad, r.code)
			}
			contains(t, r.err, want)
		}
	})
}
