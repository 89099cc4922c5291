package store_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"lernspur/statements"
	"lernspur/store"
	"lernspur/store/storetest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) {
	flag.Parse()
	store.TestStore = storetest.Open
	storetest.Main(m)
}

// golden compares got with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got, -update writes it anew):\n%s", path, diff)
	}
}

func TestTables(t *testing.T) {
	s := storetest.Open(t)
	ctx := context.Background()
	rows, err := s.Conn().Query(ctx, `SELECT name FROM system.tables WHERE database = currentDatabase() AND engine != 'View' ORDER BY name`)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, name := range names {
		var ddl, database string
		if err := s.Conn().QueryRow(ctx, "SELECT create_table_query, database FROM system.tables WHERE database = currentDatabase() AND name = '"+name+"'").Scan(&ddl, &database); err != nil {
			t.Fatal(err)
		}
		// Without these an acknowledged row can be lost when the machine loses
		// power: by the INSERT, by a merge, or by a merge's clean-up.
		for _, setting := range []string{"fsync_after_insert = 1", "fsync_part_directory = 1", "min_compressed_bytes_to_fsync_after_merge = 1", "old_parts_lifetime = 60"} {
			if !strings.Contains(ddl, setting) {
				t.Errorf("table %s lacks %s", name, setting)
			}
		}
		ddl = strings.ReplaceAll(ddl, database+".", "")
		for _, clause := range []string{" ENGINE = ", " ORDER BY ", " SETTINGS ", ", `"} {
			ddl = strings.ReplaceAll(ddl, clause, strings.Replace(clause, " ", "\n", 1))
		}
		all.WriteString(ddl + ";\n\n")
	}
	golden(t, "tables.sql", all.String())
}

func TestOpenTwiceChangesNothing(t *testing.T) {
	dsn := storetest.DSN(t)
	for range 2 {
		s, err := store.Open(context.Background(), dsn, nil)
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
	}
}

// TestOpenAfterAnInterruptedStart: the database has no transactions for tables, so
// a process that dies while it makes them leaves some, and none of what says
// which. Every step of every migration can be done again.
func TestOpenAfterAnInterruptedStart(t *testing.T) {
	for _, tt := range []struct{ name, left string }{
		{"every table, and nothing noted", "ALTER TABLE goose_db_version DELETE WHERE version_id > 0 SETTINGS mutations_sync = 2"},
		{"a list of migrations that nobody has written to yet", "TRUNCATE TABLE goose_db_version"},
		{"no list of migrations", "DROP TABLE goose_db_version SYNC"},
		{"the last ones not noted", "ALTER TABLE goose_db_version DELETE WHERE version_id > 5 SETTINGS mutations_sync = 2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dsn, ctx := storetest.DSN(t), context.Background()
			s, err := store.Open(ctx, dsn, nil)
			if err != nil {
				t.Fatal(err)
			}
			err = s.Conn().Exec(ctx, tt.left)
			s.Close()
			if err != nil {
				t.Fatal(err)
			}
			if s, err = store.Open(ctx, dsn, nil); err != nil {
				t.Fatal(err)
			}
			s.Close()
		})
	}
}

func TestOpenHidesThePassword(t *testing.T) {
	_, err := store.Open(context.Background(), "clickhouse://user:geheim@host:port:port/", nil)
	if err == nil || strings.Contains(err.Error(), "geheim") {
		t.Errorf("the error is %v", err)
	}
}

// parse makes a stamped row of a statement's JSON.
func parse(t testing.TB, tenant, body string, stored int64) store.Row {
	t.Helper()
	sts, err := statements.Parse([]byte(body), statements.Options{Edition: statements.V2,
		Authority: []byte(`{"account":{"homePage":"http://lernspur.test","name":"key"}}`), AuthorityIdentifier: "account|http://lernspur.test|key"})
	if err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	sts[0].Stamp(stored)
	return store.Row{Tenant: tenant, Statement: sts[0]}
}

func id(n int) uuid.UUID { return uuid.MustParse(fmt.Sprintf("00000000-0000-4000-8000-%012d", n)) }

func simple(n int) string {
	return fmt.Sprintf(`{"id":%q,"actor":{"mbox":"mailto:anna@stadt.example"},"verb":{"id":"http://example.com/read"},"object":{"id":"http://example.com/kurs"}}`, id(n))
}

func insert(t testing.TB, s *store.Store, rows ...store.Row) {
	t.Helper()
	if err := s.Insert(context.Background(), "test-"+uuid.NewString(), rows); err != nil {
		t.Fatal(err)
	}
}

func TestInsertAndReadBack(t *testing.T) {
	s := storetest.Open(t)
	ctx := context.Background()
	a, b := parse(t, "town", simple(1), 1000), parse(t, "town", simple(2), 1001)
	other := parse(t, "other", simple(1), 1002)
	insert(t, s, a, b, other)

	found, voided, ok, err := s.Get(ctx, "town", id(2), 2000)
	if err != nil || !ok || voided {
		t.Fatalf("found %v, voided %v: %v", ok, voided, err)
	}
	if string(found.Raw) != string(b.Raw) || found.Stored != 1001 || found.ID != id(2) {
		t.Errorf("read %s stored at %d, not what was written", found.Raw, found.Stored)
	}
	if _, _, ok, _ := s.Get(ctx, "town", id(2), 1000); ok {
		t.Error("a statement above the watermark is seen")
	}
	if _, _, ok, _ := s.Get(ctx, "third", id(1), 2000); ok {
		t.Error("another tenant's statement is seen")
	}

	present, err := s.Present(ctx, 1000, 1001)
	if err != nil || len(present) != 2 {
		t.Errorf("present: %v, %v", present, err)
	}
	if _, ok := present[store.Place{Tenant: "town", Stored: 1001}]; !ok {
		t.Errorf("present: %v lacks town's 1001", present)
	}
	known, err := s.Known(ctx, "town", []uuid.UUID{id(1), id(9)})
	if err != nil || len(known) != 1 || known[id(1)] != a.Digest {
		t.Errorf("known: %v, %v", known, err)
	}
	ids := make(map[string]int)
	err = s.IDs(ctx, func(tenant string, id uuid.UUID) { ids[tenant+" "+id.String()]++ })
	want := map[string]int{"town " + id(1).String(): 1, "town " + id(2).String(): 1, "other " + id(1).String(): 1}
	if diff := cmp.Diff(want, ids); err != nil || diff != "" {
		t.Errorf("ids: %v (-want +got)\n%s", err, diff)
	}
	if last, err := s.LastStored(ctx); err != nil || last != 1002 {
		t.Errorf("last stored %d, %v", last, err)
	}
}

func TestColumnsOfAResult(t *testing.T) {
	s := storetest.Open(t)
	insert(t, s, parse(t, "town", `{"actor":{"mbox":"mailto:anna@stadt.example"},"verb":{"id":"http://adlnet.gov/expapi/verbs/passed"},
		"object":{"id":"http://example.com/seite"},"timestamp":"2026-03-01T10:00:00+01:00",
		"result":{"success":true,"score":{"scaled":0.5,"raw":5,"min":0,"max":10},"duration":"PT1M2.345S"},
		"context":{"registration":"ec531277-b57b-4c15-8d91-d292c5b2b8f7","contextActivities":{"grouping":[{"id":"http://example.com/kurs"}]}}}`, 1000))
	var got string
	err := s.Conn().QueryRow(context.Background(), `SELECT concat(toString(timestamp_at), ' ', toString(success), ' ', toString(completion), ' ', toString(score_scaled), ' ',
		toString(score_max), ' ', toString(duration), ' ', toString(registration), ' ', arrayStringConcat(courses, ',')) FROM statements`).Scan(&got)
	if err != nil {
		t.Fatal(err)
	}
	want := "2026-03-01 09:00:00.000000 1 -1 0.5 10 6234 ec531277-b57b-4c15-8d91-d292c5b2b8f7 http://example.com/kurs"
	if got != want {
		t.Errorf("columns %q, not %q", got, want)
	}
}

func TestKillEndsNothingThatIsNotThere(t *testing.T) {
	s := storetest.Open(t)
	if err := s.Kill(context.Background(), "lernspur-nobody-"); err != nil {
		t.Fatal(err)
	}
}
