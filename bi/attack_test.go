package bi

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// attempt is something that a tool of the town tries. It is refused with an error of
// this code, or (0) answered with what is published and nothing else.
type attempt struct {
	what       string
	sql        string
	code       string // of ClickHouse; "" is answered; "*" is whatever
	parameters url.Values
}

// attempts are all that we could think of. docs/bi.md lists them.
var attempts = []attempt{
	{"read tables of the server", "SELECT * FROM statements", "60", nil},
	{"read tables of the server by database", "SELECT * FROM lernspur.statements", "60", nil},
	{"read people", "SELECT * FROM persons", "60", nil},
	{"read rows of other tenants behind a view", "SELECT * FROM bi_course_rows", "60", nil},
	{"read a table that is being loaded", "SELECT * FROM bi_courses_new", "*", nil},
	{"name another tenant in a condition", "SELECT * FROM bi_courses WHERE course LIKE '%village%'", "", nil},
	{"ask for a small course by name", "SELECT * FROM bi_courses WHERE course = '" + tiny + "'", "", nil},
	{"ask for a small course by an error", "SELECT throwIf(course = '" + tiny + "') FROM bi_courses", "", nil},
	{"ask for what is NULL", "SELECT ifNull(started, -1), assumeNotNull(started), toString(started), dumpColumnStructure(started) FROM bi_months ORDER BY month", "", nil},
	{"reckon a small month from the total", "SELECT (SELECT any(started) FROM bi_courses) - sum(started) FROM bi_months", "", nil},
	{"reckon a small unit from the one above", "SELECT anyIf(learners, unit = 'a') - sumIf(learners, parent = 'a') FROM bi_units", "", nil},
	{"unfold arrays", "SELECT arrayJoin(suppressed), * FROM bi_months", "", nil},
	{"read through subqueries", "SELECT * FROM (SELECT * FROM (SELECT course FROM bi_courses)) UNION ALL SELECT question FROM bi_questions", "", nil},
	{"read virtual columns", "SELECT _table, _database FROM bi_courses", "*", nil},
	{"set settings in the query", "SELECT * FROM bi_courses SETTINGS max_result_rows = 0", "164", nil},
	{"end being read-only in the query", "SELECT * FROM bi_courses SETTINGS readonly = 0", "164", nil},
	{"lift the limit of time", "SELECT 1 SETTINGS max_execution_time = 0", "452", nil},
	{"raise the limit of time", "SELECT 1 SETTINGS max_execution_time = 3600", "452", nil},
	{"filter tables by a setting", "SELECT * FROM bi_courses SETTINGS additional_table_filters = {'bi_courses': '1'}", "164", nil},
	{"set settings in the address", "SELECT value FROM system.settings WHERE name IN ('readonly', 'max_result_rows') FORMAT TSV", "", url.Values{"readonly": {"0"}, "max_result_rows": {"0"}}},
	{"take a role in the address", "SELECT currentUser()", "", url.Values{"role": {"default"}, "user": {"default"}, "password": {""}}},
	{"choose a database in the address", "SELECT currentDatabase()", "", url.Values{"database": {"system"}}},
	{"open a session in the address", "SELECT 1", "", url.Values{"session_id": {"x"}, "session_check": {"1"}}},
	{"SET", "SET readonly = 0", "164", nil},
	{"several queries in one", "SELECT 1; SELECT * FROM system.users", "*", nil},
	{"write", "INSERT INTO bi_courses (course) VALUES ('x')", "164", nil},
	{"make a table", "CREATE TABLE x (a Int8) ENGINE = Memory", "164", nil},
	{"make a temporary table", "CREATE TEMPORARY TABLE x (a Int8)", "164", nil},
	{"make a function", "CREATE FUNCTION f AS (x) -> x", "164", nil},
	{"make a user", "CREATE USER x", "164", nil},
	{"drop", "DROP TABLE bi_courses", "164", nil},
	{"alter", "ALTER TABLE bi_courses DELETE WHERE 1", "164", nil},
	{"optimize", "OPTIMIZE TABLE bi_courses", "164", nil},
	{"SYSTEM", "SYSTEM STOP LISTEN TCP", "164", nil},
	{"SYSTEM behind a comment", "/* SELECT */ SYSTEM SHUTDOWN", "164", nil},
	{"write behind a WITH", "WITH 1 AS x INSERT INTO bi_courses (course) SELECT 'x'", "*", nil},
	{"explain a write", "EXPLAIN AST DROP TABLE bi_courses", "*", nil},
	{"KILL", "KILL QUERY WHERE 1", "164", nil},
	{"ATTACH", "ATTACH TABLE statements", "164", nil},
	{"BACKUP", "BACKUP DATABASE lernspur TO Disk('default', 'x')", "164", nil},
	{"write a file", "SELECT * FROM bi_courses INTO OUTFILE '/tmp/x'", "*", nil},
	{"read a file", "SELECT * FROM file('../../engine/run/users.xml', 'LineAsString')", "*", nil},
	{"read a file by a function", "SELECT file('users.xml')", "*", nil},
	{"ask the network", "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')", "*", nil},
	{"ask another server", "SELECT * FROM remote('127.0.0.1', system.one)", "*", nil},
	{"ask a cluster", "SELECT * FROM cluster('default', system.one)", "*", nil},
	{"ask S3", "SELECT * FROM s3('http://127.0.0.1:1/x', 'LineAsString')", "*", nil},
	{"ask MySQL", "SELECT * FROM mysql('127.0.0.1:1', 'a', 'b', 'c', 'd')", "*", nil},
	{"ask PostgreSQL", "SELECT * FROM postgresql('127.0.0.1:1', 'a', 'b', 'c', 'd')", "*", nil},
	{"ask SQLite", "SELECT * FROM sqlite('x', 'y')", "*", nil},
	{"ask MongoDB", "SELECT * FROM mongodb('127.0.0.1:1', 'a', 'b', 'c', 'd', 'a Int8')", "*", nil},
	{"run a program", "SELECT * FROM executable('id', 'LineAsString', 'a String')", "*", nil},
	{"read many tables at once", "SELECT * FROM merge('lernspur', '.*')", "*", nil},
	{"read many tables of the system at once", "SELECT * FROM merge('system', '.*')", "*", nil},
	{"read a dictionary", "SELECT dictGet('x', 'y', 1)", "*", nil},
	{"read a dictionary as a table", "SELECT * FROM dictionary('x')", "*", nil},
	{"join by a function", "SELECT joinGet('lernspur.persons', 'name', 'x')", "*", nil},
	{"read parts of a table", "SELECT * FROM mergeTreeIndex('lernspur', 'statements')", "*", nil},
	{"read users", "SELECT * FROM system.users", "497", nil},
	{"read grants", "SELECT * FROM system.grants", "497", nil},
	{"read queries that run", "SELECT * FROM system.processes", "497", nil},
	{"read queries that ran", "SELECT * FROM system.query_log", "*", nil},
	{"read parts", "SELECT * FROM system.parts", "497", nil},
	{"read disks", "SELECT * FROM system.disks", "497", nil},
	{"read the configuration", "SELECT * FROM system.server_settings", "497", nil},
	{"read macros", "SELECT * FROM system.macros", "497", nil},
	{"read stacks", "SELECT * FROM system.stack_trace", "*", nil},
	{"read numbers without end", "SELECT * FROM system.numbers", "497", nil},
	{"show users", "SHOW USERS", "*", nil},
	{"show who may do what", "SHOW GRANTS FOR lernspur", "*", nil},
	{"show how a user is made", "SHOW CREATE USER lernspur", "*", nil},
	{"show access", "SHOW ACCESS", "*", nil},
	{"show row policies", "SHOW ROW POLICIES", "*", nil},
	{"show queries that run", "SHOW PROCESSLIST", "*", nil},
	{"show databases", "SHOW DATABASES", "", nil},
	{"show tables", "SHOW TABLES", "", nil},
	{"show tables of the system", "SHOW TABLES FROM system LIKE '%users%'", "", nil},
	{"list all tables", "SELECT database, name, total_rows, create_table_query FROM system.tables", "", nil},
	{"list all columns", "SELECT database, table, name FROM system.columns WHERE database != 'system'", "", nil},
	{"describe a table of the server", "DESCRIBE TABLE lernspur.statements", "497", nil},
	{"see whether a table is there", "EXISTS TABLE lernspur.statements", "*", nil},
	{"explain", "EXPLAIN PIPELINE SELECT * FROM bi_courses", "", nil},
	{"explain how much is read", "EXPLAIN ESTIMATE SELECT * FROM bi_courses", "*", nil},
	{"explain the syntax of another table", "EXPLAIN QUERY TREE SELECT * FROM lernspur.statements", "*", nil},
	{"make numbers without end", "SELECT count() FROM numbers(1000000000000)", "*", nil},
	{"make numbers by an array", "SELECT sum(x) FROM (SELECT arrayJoin(range(1000000000)) AS x)", "*", nil},
	{"make much memory", "SELECT length(repeat('x', 1000000000))", "*", nil},
	{"make much memory from rows", "SELECT groupArray(a.course || b.course) FROM bi_months a, bi_months b, bi_months c, bi_months d, bi_months e, bi_months f, bi_months g, bi_months h, bi_months i, bi_months j, bi_months k, bi_months l, bi_months m, bi_months n, bi_months o, bi_months p", "*", nil},
	{"make many rows", "SELECT a.* FROM bi_months a, bi_months b, bi_months c, bi_months d, bi_months e, bi_months f, bi_months g, bi_months h, bi_months i, bi_months j", "396", nil},
	{"sleep", "SELECT sleep(3), sleepEachRow(3)", "*", nil},
	{"sleep for each row", "SELECT sum(sleepEachRow(1)) FROM bi_months a, bi_months b, bi_months c", "*", nil},
	{"recurse without end", "WITH RECURSIVE x AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM x) SELECT count() FROM x", "*", nil},
	{"nest without end", "SELECT " + strings.Repeat("(", 2000) + "1" + strings.Repeat(")", 2000), "*", nil},
	{"many columns", "SELECT " + strings.Repeat("1,", 30_000) + "1", "*", nil},
	{"look into memory", "SELECT addressToLine(1), demangle('x')", "*", nil},
	{"look around the machine", "SELECT getServerPort('tcp_port'), getMacro('x')", "*", nil},
	{"read the environment", "SELECT getOSKernelVersion()", "*", nil},
}

// markers are what no answer may have.
var markers = []string{"tiny-secret", "alien-secret", "village", "mbox", "password_sha256", "root:", "lernspur_bi", "persons"}

// TestAttacks: whatever a tool of the town tries, it is answered with what is published for the town,
// or refused; and the engine goes on.
func TestAttacks(t *testing.T) {
	t.Parallel()
	s := serve(t, world(), "town", "village")
	for _, a := range attempts {
		t.Run(a.what, func(t *testing.T) {
			began := time.Now()
			status, text := s.query("town", a.sql, a.parameters)
			if took := time.Since(began); took > 8*time.Second {
				t.Errorf("it took %s", took)
			}
			refused := status != http.StatusOK
			switch a.code {
			case "*":
			case "":
				if refused {
					t.Errorf("refused: %d %s", status, text)
				}
			default:
				if !refused || !strings.Contains(text, "Code: "+a.code+".") {
					t.Errorf("answered %d %.300s, want code %s", status, text, a.code)
				}
			}
			if refused {
				return // errors repeat the query; what they know beyond it is asked for below
			}
			for _, marker := range markers {
				if strings.Contains(text, marker) {
					t.Errorf("the answer has %q:\n%.600s", marker, text)
				}
			}
			s.wait("town")
		})
	}
	if got := s.must("town", "SELECT course FROM bi_courses FORMAT TSV"); got != safety+"\n" {
		t.Errorf("in the end the town has %q", got)
	}
	if got := s.must("village", "SELECT course FROM bi_courses FORMAT TSV"); got != alien+"\n" {
		t.Errorf("in the end the village has %q", got)
	}
	for _, u := range s.users {
		if n := u.mirror.engine.Restarts(); n > 0 {
			t.Logf("the engine of %s was started anew %d times", u.tenant, n)
		}
	}
	s.nothingElse(t)
}

// nothingElse: the tables that there are, and what of the system can be read.
func (s *served) nothingElse(t *testing.T) {
	got := s.must("town", "SELECT database || '.' || name FROM system.tables WHERE database NOT IN ('system', 'INFORMATION_SCHEMA', 'information_schema') ORDER BY name FORMAT TSV")
	want := ""
	for _, name := range []string{"bi_about", "bi_courses", "bi_hours", "bi_months", "bi_questions", "bi_units"} {
		want += "lernspur." + name + "\n"
	}
	if got != want {
		t.Errorf("there are\n%s", got)
	}
	system := s.must("town", "SELECT DISTINCT name FROM system.tables WHERE database = 'system' FORMAT TSV")
	for name := range strings.FieldsSeq(system) {
		if status, text := s.query("town", "SELECT count() FROM system."+name, nil); status == http.StatusOK && !strings.Contains(" "+strings.Join(readable, " ")+" ", " "+name+" ") {
			t.Errorf("system.%s can be read: %s", name, text)
		}
	}
	if got := s.must("town", "SELECT value FROM system.settings WHERE name = 'readonly' FORMAT TSV"); got != "1\n" {
		t.Errorf("readonly is %s", got)
	}
}

// readable are the tables of the system that say nothing of anybody: how queries are written, and what
// there is for whom asks.
var readable = []string{
	"aggregate_function_combinators", "build_options", "collations", "columns", "contributors", "data_type_families", "database_engines", "databases", "formats",
	"functions", "licenses", "one", "settings", "table_engines", "table_functions", "tables", "time_zones",
}

// TestWhoMayAsk: nobody without the secret of a tenant, in whatever place it is sent.
func TestWhoMayAsk(t *testing.T) {
	t.Parallel()
	s := serve(t, world(), "town")
	secret := s.secrets["town"]
	send := func(change func(*http.Request)) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/?query=SELECT+course+FROM+bi_courses", nil)
		if err != nil {
			t.Fatal(err)
		}
		change(r)
		return s.send(r)
	}
	basic := func(name, secret string) func(*http.Request) {
		return func(r *http.Request) { r.SetBasicAuth(name, secret) }
	}
	header := func(name, secret string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Set("X-ClickHouse-User", name)
			r.Header.Set("X-ClickHouse-Key", secret)
		}
	}
	address := func(name, secret string) func(*http.Request) {
		return func(r *http.Request) {
			r.URL.RawQuery += "&" + url.Values{"user": {name}, "password": {secret}}.Encode()
		}
	}
	for name, way := range map[string]func(name, secret string) func(*http.Request){"basic": basic, "header": header, "address": address} {
		if status, text := send(way("bi_town", secret)); status != http.StatusOK || text != safety+"\n" {
			t.Errorf("%s: %d %s", name, status, text)
		}
		for _, wrong := range [][2]string{{"bi_town", "guess"}, {"bi_town", ""}, {"bi_village", secret}, {"town", secret}, {"default", ""}, {"reader", ""}, {"lernspur", ""}, {"", secret}, {"bi_", ""}} {
			if status, text := send(way(wrong[0], wrong[1])); status != http.StatusForbidden || !strings.Contains(text, "Code: 516.") {
				t.Errorf("%s as %q: %d %s", name, wrong, status, text)
			}
		}
	}
	// Another secret: the one before is worth nothing.
	fresh, err := s.Rotate(t.Context(), "town")
	if err != nil {
		t.Fatal(err)
	}
	if status, _ := send(basic("bi_town", secret)); status != http.StatusForbidden {
		t.Errorf("the secret before: %d", status)
	}
	if status, _ := send(basic("bi_town", fresh)); status != http.StatusOK {
		t.Errorf("the new secret: %d", status)
	}
	if again, err := s.Enable(t.Context(), "town"); err != nil || again != "" {
		t.Errorf("enabled again: a secret %t, %v", again != "", err)
	}
	folder := s.users["bi_town"].mirror.dir
	if err := s.Disable(t.Context(), "town"); err != nil {
		t.Fatal(err)
	}
	if status, _ := send(basic("bi_town", fresh)); status != http.StatusForbidden {
		t.Errorf("disabled: %d", status)
	}
	if st, err := s.Status(t.Context(), "town"); err != nil || st.Enabled || !st.Published.IsZero() {
		t.Errorf("disabled: %+v, %v", st, err)
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(folder); os.IsNotExist(err) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the engine's folder stays")
		}
	}
	if _, err := s.Rotate(t.Context(), "town"); err != ErrDisabled {
		t.Errorf("rotated what is disabled: %v", err)
	}
}

// TestAttemptsAreDocumented: docs/bi.md has the list.
func TestAttemptsAreDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "docs", "bi.md"))
	if err != nil {
		t.Fatal(err)
	}
	var list strings.Builder
	for _, a := range attempts {
		outcome := "refused"
		switch a.code {
		case "":
			outcome = "what is published"
		case "*":
			outcome = "refused, or nothing of anybody"
		}
		sql := a.sql
		if len(sql) > 90 {
			sql = sql[:90] + "…"
		}
		fmt.Fprintf(&list, "| %s | `%s` | %s |\n", a.what, strings.ReplaceAll(sql, "|", `\|`), outcome)
	}
	if !strings.Contains(string(page), list.String()) {
		t.Errorf("docs/bi.md lacks this table:\n%s", list.String())
	}
}
