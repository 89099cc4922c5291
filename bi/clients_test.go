package bi

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// TestGrafana: its plugin speaks through clickhouse-go, packed, with settings of its own in
// the address; the example dashboard's queries are answered.
func TestGrafana(t *testing.T) {
	t.Parallel()
	s := serve(t, world(), "town")
	address, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	for _, method := range []clickhouse.CompressionMethod{clickhouse.CompressionNone, clickhouse.CompressionLZ4, clickhouse.CompressionGZIP} {
		conn, err := clickhouse.Open(&clickhouse.Options{
			Protocol: clickhouse.HTTP, Addr: []string{address.Host},
			Auth:        clickhouse.Auth{Database: "lernspur", Username: "bi_town", Password: s.secrets["town"]},
			Settings:    clickhouse.Settings{"max_execution_time": 60},
			Compression: &clickhouse.Compression{Method: method},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if err := conn.Ping(t.Context()); err != nil {
			t.Fatalf("%v: %v", method, err)
		}
		var learners *uint64
		if err := conn.QueryRow(t.Context(), "SELECT learners FROM bi_courses WHERE course = {course:String}", clickhouse.Named("course", safety)).Scan(&learners); err != nil || learners == nil || *learners != 40 {
			t.Errorf("%v: %v, %v", method, learners, err)
		}
		var exception *clickhouse.Exception
		if err := conn.QueryRow(t.Context(), "SELECT nothing FROM bi_courses").Err(); err == nil || !strings.Contains(err.Error(), "nothing") {
			t.Errorf("%v: an error of a query is %v (%v)", method, err, exception)
		}
		var list []string
		rows, err := conn.Query(t.Context(), "SELECT database, table, name, type, comment FROM system.columns WHERE (database = currentDatabase() AND table IN ('bi_units')) ORDER BY database, table, position")
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var database, table, name, kind, comment string
			if err := rows.Scan(&database, &table, &name, &kind, &comment); err != nil {
				t.Fatal(err)
			}
			if comment == "" {
				t.Errorf("%s has no comment", name)
			}
			list = append(list, name)
		}
		if strings.Join(list, " ") != "unit parent level name code headcount learners started completed active at_risk average_score last_activity suppressed" {
			t.Errorf("columns: %v", list)
		}
	}
	for title, sql := range dashboard(t) {
		if got := s.must("town", sql+"\nFORMAT JSONCompact"); !strings.Contains(got, `"rows":`) {
			t.Errorf("%s: %s", title, got)
		}
	}
}

// dashboard are the queries of the example, by the titles of their panels.
func dashboard(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "docs", "examples", "grafana-dashboard.json"))
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		Panels []struct {
			Title   string
			Targets []struct {
				RawSQL string `json:"rawSql"`
			}
		}
		Templating struct {
			List []struct{ Name, Query string }
		}
	}
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	queries := make(map[string]string)
	for _, p := range d.Panels {
		for _, target := range p.Targets {
			queries[p.Title] = strings.ReplaceAll(target.RawSQL, "${course:sqlstring}", "'"+safety+"'")
		}
	}
	for _, v := range d.Templating.List {
		if v.Query != "" && v.Name == "course" {
			queries["variable "+v.Name] = v.Query
		}
	}
	used := regexp.MustCompile(`bi_\w+`).FindAllString(strings.Join(values(queries), " "), -1)
	for _, v := range views {
		if !strings.Contains(" "+strings.Join(used, " ")+" ", " "+v.name+" ") {
			t.Errorf("the example does not use %s", v.name)
		}
	}
	if len(queries) < 8 || strings.Contains(strings.Join(values(queries), " "), "$") {
		t.Errorf("queries: %v", queries)
	}
	return queries
}

func values(m map[string]string) (list []string) {
	for _, v := range m {
		list = append(list, v)
	}
	return list
}

// TestSuperset: what clickhouse-connect asks when it connects, and what Superset asks then.
// Its settings in the address are of no effect, its session as well.
func TestSuperset(t *testing.T) {
	t.Parallel()
	s := serve(t, world(), "town")
	parameters := url.Values{"database": {"lernspur"}, "session_id": {"5b1c"}, "enable_http_compression": {"1"}, "wait_end_of_query": {"1"},
		"send_progress_in_http_headers": {"1"}, "client_protocol_version": {"54405"}, "query_id": {"abc"}}
	for _, c := range []struct{ sql, want string }{
		{"SELECT version(), timezone()", "26."},
		{"SELECT name, value, readonly as readonly FROM system.settings LIMIT 10000 FORMAT TSV", "max_execution_time\t2\t"},
		{"SELECT 1 AS check FORMAT Native", "check"},
		{"SHOW DATABASES FORMAT TSV", "lernspur"},
		{"SHOW TABLES FROM `lernspur` FORMAT TSV", "bi_courses"},
		{"SELECT name FROM system.tables WHERE database = 'lernspur' AND engine LIKE '%View' FORMAT TSV", ""},
		{"DESCRIBE TABLE `lernspur`.`bi_courses` FORMAT TSV", "learners\tNullable(UInt64)"},
		{"EXISTS TABLE `lernspur`.`bi_courses` FORMAT TSV", "1"},
		{"SELECT course, sum(learners) AS n FROM `lernspur`.`bi_courses` GROUP BY course ORDER BY n DESC LIMIT 1000 FORMAT TSV", safety + "\t40"},
		{"SELECT toStartOfMonth(toDateTime(month)) AS __timestamp, SUM(active) FROM `lernspur`.`bi_months` WHERE month >= toDate('2026-01-01') GROUP BY __timestamp FORMAT TSV", "2026-02-01\t30"},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/?"+parameters.Encode(), strings.NewReader(c.sql))
		if err != nil {
			t.Fatal(err)
		}
		r.SetBasicAuth("bi_town", s.secrets["town"])
		r.Header.Set("Accept-Encoding", "gzip")
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err == nil && answer.Header.Get("Content-Encoding") == "gzip" {
			var unpack *gzip.Reader
			if unpack, err = gzip.NewReader(bytes.NewReader(body)); err == nil {
				body, err = io.ReadAll(unpack)
			}
		}
		if err != nil || answer.StatusCode != http.StatusOK || !strings.Contains(string(body), c.want) {
			t.Errorf("%s: %d %.300s %v", c.sql, answer.StatusCode, body, err)
		}
		if answer.Header.Get("X-ClickHouse-Summary") == "" || answer.Header.Get("X-ClickHouse-Query-Id") == "abc" {
			t.Errorf("%s: headers %v", c.sql, answer.Header)
		}
	}
}

// TestMetabase: what its JDBC driver asks.
func TestMetabase(t *testing.T) {
	t.Parallel()
	s := serve(t, world(), "town")
	for _, sql := range []string{
		"select currentUser() user, timezone() timezone, version() version, toInt8(ifnull((select value from system.settings where name = 'readonly'), '0')) as readonly FORMAT RowBinaryWithNamesAndTypes",
		"SELECT 1 FORMAT RowBinaryWithNamesAndTypes",
		"SELECT name AS TABLE_SCHEM, null AS TABLE_CATALOG FROM system.databases ORDER BY name FORMAT RowBinaryWithNamesAndTypes",
		"SELECT t.database AS TABLE_SCHEM, t.name AS TABLE_NAME, t.engine, t.comment AS REMARKS FROM system.tables t LEFT JOIN system.databases d ON t.database = d.name WHERE t.database = 'lernspur' FORMAT RowBinaryWithNamesAndTypes",
		"SELECT database, table, name, type, position, comment FROM system.columns WHERE database LIKE 'lernspur' AND table LIKE 'bi_units' FORMAT RowBinaryWithNamesAndTypes",
		"SELECT * FROM information_schema.columns WHERE table_schema = 'lernspur' FORMAT RowBinaryWithNamesAndTypes",
		"SELECT `lernspur`.`bi_courses`.`course` AS `course`, `lernspur`.`bi_courses`.`learners` AS `learners` FROM `lernspur`.`bi_courses` LIMIT 2000 FORMAT RowBinaryWithNamesAndTypes",
		"SELECT table_engines.name FROM system.table_engines LIMIT 1 FORMAT RowBinaryWithNamesAndTypes",
		"-- Metabase:: userID: 1\nSELECT count(*) FROM `lernspur`.`bi_units` FORMAT RowBinaryWithNamesAndTypes",
	} {
		s.must("town", sql)
	}
	if status, text := s.query("town", "SELECT 1", url.Values{"default_format": {"JSONEachRow"}}); status != http.StatusOK || text != "{\"1\":1}\n" {
		t.Errorf("a format in the address: %d %q", status, text)
	}
	if status, text := s.query("town", "SELECT {n:UInt8} + 1", url.Values{"param_n": {"41"}}); status != http.StatusOK || text != "42\n" {
		t.Errorf("a parameter in the address: %d %q", status, text)
	}
}

// TestRestart: an engine that dies is started anew with what it had; others do not notice.
func TestRestart(t *testing.T) {
	t.Parallel()
	s := serve(t, world(), "town")
	u := s.users["bi_town"]
	process, err := os.FindProcess(u.mirror.engine.PID())
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Kill(); err != nil {
		t.Fatal(err)
	}
	for u.mirror.engine.Restarts() == 0 {
		if status, text := s.query("town", "SELECT course FROM bi_courses", nil); status == http.StatusOK && text != safety+"\n" {
			t.Fatalf("half an answer: %q", text)
		}
	}
	s.wait("town")
	if got := s.must("town", "SELECT course FROM bi_courses"); got != safety+"\n" {
		t.Errorf("after the restart: %q", got)
	}
	if n := s.Figures.(*canned).asked; n > 100 {
		t.Errorf("figures were asked for %d times", n)
	}
}

// TestLimits: too many queries at once wait, and those of one tenant do not keep others from theirs;
// too long ones, packed ones and other methods are refused.
func TestLimits(t *testing.T) {
	t.Parallel()
	s := serve(t, world(), "town")
	var wait sync.WaitGroup
	for range 6 {
		wait.Go(func() {
			if status, text := s.query("town", "SELECT sleep(0.2)", nil); status != http.StatusOK {
				t.Errorf("one of six: %d %s", status, text)
			}
		})
	}
	wait.Wait()
	if status, _ := s.query("town", "SELECT '"+strings.Repeat("x", maxQuery)+"'", nil); status != http.StatusRequestEntityTooLarge {
		t.Errorf("a long query: %d", status)
	}
	if status, text := s.query("town", "SELECT repeat('x', 100) FROM bi_hours a, bi_hours b, bi_hours c, bi_hours d, bi_hours e, bi_hours f, bi_hours g, bi_hours h, bi_hours i, bi_hours j, bi_hours k, bi_hours l, bi_hours m, bi_hours n, bi_hours o", nil); status == http.StatusOK || !strings.Contains(text, "Code: 396.") {
		t.Errorf("32,768 rows: %d %.200s", status, text)
	}
	for what, change := range map[string]func(*http.Request){
		"another method": func(r *http.Request) { r.Method = http.MethodPut },
		"another path":   func(r *http.Request) { r.URL.Path = "/play" },
		"a packed query": func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") },
		"no query":       func(r *http.Request) { r.URL.RawQuery = "" },
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/?query=SELECT+1", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.SetBasicAuth("bi_town", s.secrets["town"])
		change(r)
		if status, text := s.send(r); status == http.StatusOK {
			t.Errorf("%s: %d %s", what, status, text)
		}
	}
	for _, path := range []string{"/ping", "/"} {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
		if status, text := s.send(r); status != http.StatusOK || text != "Ok.\n" {
			t.Errorf("%s: %d %q", path, status, text)
		}
	}
	// A tool that goes away in the middle of an answer does not end the engine.
	for range 5 {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/?query="+url.QueryEscape("SELECT sleepEachRow(0.05), repeat('x', 1000000) FROM bi_months"), nil)
		r.SetBasicAuth("bi_town", s.secrets["town"])
		if answer, err := http.DefaultClient.Do(r); err == nil {
			answer.Body.Close()
		}
	}
	s.must("town", "SELECT 1")
	if n := s.users["bi_town"].mirror.engine.Restarts(); n != 0 {
		t.Errorf("the engine was started anew %d times", n)
	}
}

func TestReads(t *testing.T) {
	t.Parallel()
	for sql, want := range map[string]bool{
		"SELECT 1": true, "select 1": true, " \n(SELECT 1)": true, "with x as (select 1) select 1": true, "-- a\nSELECT 1": true, "/* a */ /* b */\tSHOW TABLES": true,
		"# a\nDESC x": true, "EXPLAIN SELECT 1": true, "exists table x": true,
		"": false, "--": false, "/*": false, "-- SELECT 1": false, "/* SELECT */ DROP TABLE x": false, "INSERT INTO x SELECT 1": false, "SELECTX": false, "select_": true, "SYSTEM SHUTDOWN": false, "SET a = 1": false, "USE x": false, "(((": false,
	} {
		if got := reads(sql); got != want {
			t.Errorf("%q: %t", sql, got)
		}
	}
}

// TestStatements: what the administrator of a server is given cannot be bent by the name of a
// tenant.
func TestStatements(t *testing.T) {
	t.Parallel()
	list := Statements("town`db", `o'ne\`, strings.Repeat("0", 64), Limits{Time: 1e10, Rows: 5, Queries: 2})
	text := strings.Join(list, "\n")
	for _, want := range []string{
		"CREATE USER OR REPLACE `bi_o'ne\\\\` IDENTIFIED WITH sha256_hash BY '0000", "DEFAULT DATABASE `town\\`db`", "max_execution_time = 10 READONLY", "max_result_rows = 5 READONLY",
		"CREATE ROW POLICY OR REPLACE `bi_o'ne\\\\` ON `town\\`db`.bi_course_rows USING tenant = 'o\\'ne\\\\' TO `bi_o'ne\\\\`",
		"GRANT SELECT ON `town\\`db`.bi_courses TO `bi_o'ne\\\\`",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	for _, v := range views {
		if strings.Count(text, "."+v.rows+" ") != 2 || strings.Count(text, "."+v.name+" ") != 1 {
			t.Errorf("%s has no filter or cannot be read", v.name)
		}
	}
	if got := len(Withdrawals("d", "t")); got != 1+len(views) {
		t.Errorf("%d withdrawals", got)
	}
}
