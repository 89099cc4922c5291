package verify_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/go-cmp/cmp"

	"lernspur/statements"
	"lernspur/store"
	"lernspur/store/storetest"
	"lernspur/verify"
)

func TestMain(m *testing.M) { storetest.Main(m) }

const authority = `{"account":{"homePage":"http://example.org","name":"key"}}`

// texts are six statements: a score, a registration, a reference to the first,
// a voiding of the second, a reference whose target never comes.
var texts = []string{
	`{"id":"00000000-0000-4000-8000-000000000001","actor":{"mbox":"mailto:ada@example.org"},"verb":{"id":"http://example.org/passed"},
	  "object":{"id":"http://example.org/course"},"result":{"success":true,"completion":true,"score":{"scaled":0.5,"raw":5,"min":0,"max":10},"duration":"PT1M"},
	  "context":{"contextActivities":{"grouping":[{"id":"http://example.org/programme"}]}}}`,
	`{"id":"00000000-0000-4000-8000-000000000002","actor":{"mbox":"mailto:bob@example.org"},"verb":{"id":"http://example.org/answered"},
	  "object":{"id":"http://example.org/question"},"context":{"registration":"99999999-0000-4000-8000-000000000000","instructor":{"mbox":"mailto:eve@example.org"}}}`,
	`{"id":"00000000-0000-4000-8000-000000000003","actor":{"mbox":"mailto:eve@example.org"},"verb":{"id":"http://example.org/commented"},
	  "object":{"objectType":"StatementRef","id":"00000000-0000-4000-8000-000000000001"}}`,
	`{"id":"00000000-0000-4000-8000-000000000004","actor":{"mbox":"mailto:eve@example.org"},"verb":{"id":"http://adlnet.gov/expapi/verbs/voided"},
	  "object":{"objectType":"StatementRef","id":"00000000-0000-4000-8000-000000000002"}}`,
	`{"id":"00000000-0000-4000-8000-000000000005","actor":{"mbox":"mailto:eve@example.org"},"verb":{"id":"http://example.org/commented"},
	  "object":{"objectType":"StatementRef","id":"00000000-0000-4000-8000-0000000000ff"}}`,
	`{"id":"00000000-0000-4000-8000-000000000006","actor":{"mbox":"mailto:ada@example.org"},"verb":{"id":"http://example.org/liked"},
	  "object":{"objectType":"Agent","mbox":"mailto:bob@example.org"}}`,
}

// firstStored is that of the first of texts; the others follow by one.
const firstStored = 1_700_000_000_000_000

func insert(t *testing.T, s *store.Store, attempt, tenant string, stored int64, texts ...string) {
	t.Helper()
	var rows []store.Row
	for i, text := range texts {
		st, err := statements.ParseOne([]byte(text), statements.Options{Edition: statements.V1, Authority: []byte(authority)})
		if err != nil {
			t.Fatal(err)
		}
		st.Stamp(stored + int64(i))
		rows = append(rows, store.Row{Tenant: tenant, Statement: st})
	}
	if err := s.Insert(t.Context(), attempt, rows); err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, s *store.Store, opts verify.Options) *verify.Report {
	t.Helper()
	if opts.Upto == 0 {
		opts.Upto = firstStored + 1000
	}
	report, err := verify.Run(t.Context(), s, opts)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestCleanStore(t *testing.T) {
	s := storetest.Open(t)
	insert(t, s, "a", "town", firstStored, texts...)
	insert(t, s, "b", "other", firstStored, texts[0])
	for _, window := range []int{1, 2, 4, 100} {
		report := run(t, s, verify.Options{Window: window})
		if !report.Clean() {
			t.Fatalf("window %d: %+v", window, report.First)
		}
		var got []string
		for _, tenant := range report.Tenants {
			got = append(got, fmt.Sprintf("%s %d %d", tenant.Tenant, tenant.Statements, tenant.References))
		}
		// Two of the three references have a target.
		if diff := cmp.Diff([]string{"other 1 0", "town 6 2"}, got); diff != "" {
			t.Errorf("window %d: -want +got\n%s", window, diff)
		}
	}
	if report := run(t, s, verify.Options{Tenants: []string{"other"}}); len(report.Tenants) != 1 || report.Tenants[0].Statements != 1 {
		t.Errorf("only one tenant: %+v", report.Tenants)
	}
	if report := run(t, s, verify.Options{Upto: firstStored + 1, Tenants: []string{"town"}}); report.Tenants[0].Statements != 2 || !report.Clean() {
		t.Errorf("up to the second statement: %+v", report)
	}
}

func TestEmptyStore(t *testing.T) {
	if report := run(t, storetest.Open(t), verify.Options{}); !report.Clean() || len(report.Tenants) != 0 {
		t.Errorf("%+v", report)
	}
}

// TestEveryDamageIsFound damages one thing at a time.
func TestEveryDamageIsFound(t *testing.T) {
	id := func(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-00000000000%d", n) }
	at := func(n int) int64 { return firstStored + int64(n) - 1 }
	update := func(column, value string, n int) string {
		return fmt.Sprintf("ALTER TABLE statements UPDATE %s = %s WHERE stored = %d", column, value, at(n))
	}
	copied := func(columns string) string {
		return fmt.Sprintf(`INSERT INTO statements SELECT * REPLACE (%s) FROM (SELECT * FROM statements WHERE stored = %d)`, columns, at(1))
	}
	tests := []struct {
		name, sql string
		want      []string // kind and id of what is found
	}{
		{"a look-up row is gone", fmt.Sprintf("DELETE FROM lookups WHERE kind = 2 AND stored = %d", at(1)), []string{"lookup-missing " + id(1)}},
		{"all look-up rows of a statement are gone", fmt.Sprintf("DELETE FROM lookups WHERE stored = %d", at(6)),
			slices.Repeat([]string{"lookup-missing " + id(6)}, 5)},
		{"a look-up row too many", fmt.Sprintf("INSERT INTO lookups SELECT tenant, 7, key, stored, verb FROM lookups WHERE kind = 2 AND stored = %d", at(1)),
			[]string{"lookup-extra " + id(1)}},
		{"a look-up row with another verb", fmt.Sprintf("ALTER TABLE lookups UPDATE verb = 'x' WHERE kind = 2 AND stored = %d", at(1)),
			[]string{"lookup-extra " + id(1), "lookup-missing " + id(1)}},
		{"a statement is gone", fmt.Sprintf("DELETE FROM statements WHERE stored = %d", at(6)), []string{"lookup-orphan "}},
		{"a statement is there twice", copied("tenant AS tenant"), []string{"repeated-id " + id(1), "repeated-row " + id(1)}},
		{"an id is there twice", copied(fmt.Sprintf("%d AS stored, %d AS timestamp", at(9), at(9))),
			append(slices.Repeat([]string{"lookup-missing " + id(1)}, 6), "repeated-id "+id(1))},
		{"actor", update("actor", "'mbox|mailto:eve@example.org'", 1), []string{"column " + id(1)}},
		{"verb", update("verb", "'http://example.org/failed'", 1), []string{"column " + id(1)}},
		{"object", update("object", "'http://example.org/other'", 1), []string{"column " + id(1)}},
		{"object_kind", update("object_kind", "3", 6), []string{"column " + id(6)}},
		{"authority", update("authority", "'x'", 1), []string{"column " + id(1)}},
		{"version", update("version", "'2.0.0'", 1), []string{"column " + id(1)}},
		{"timestamp", update("timestamp", "timestamp + 1", 1), []string{"column " + id(1)}},
		{"success", update("success", "0", 1), []string{"column " + id(1)}},
		{"completion", update("completion", "-1", 1), []string{"column " + id(1)}},
		{"score", update("score_scaled", "0.75", 1), []string{"column " + id(1)}},
		{"score that was not sent", update("score_raw", "0", 2), []string{"column " + id(2)}},
		{"duration", update("duration", "1", 1), []string{"column " + id(1)}},
		{"courses", update("courses", "['http://example.org/other']", 1), []string{"column " + id(1)}},
		{"voiding", update("voiding", "0", 4), []string{"column " + id(4)}},
		{"ref", update("ref", "'"+id(6)+"'", 3), []string{"column " + id(3), "ref-extra " + id(3)}},
		{"raw", update("raw", "'{'", 1), []string{"unreadable " + id(1)}},
		{"raw says something else", update("raw", "replaceOne(raw, 'passed', 'failed')", 1),
			append(slices.Repeat([]string{"lookup-extra " + id(1), "lookup-missing " + id(1)}, 5), "column "+id(1))},
		{"a reference is gone", fmt.Sprintf("DELETE FROM refs WHERE referrer = %d", at(3)), []string{"ref-missing " + id(3)}},
		{"a reference too many", fmt.Sprintf("INSERT INTO refs VALUES ('town', %d, %d)", at(6), at(3)), []string{"ref-extra " + id(3)}},
		{"a reference to nothing", fmt.Sprintf("INSERT INTO refs VALUES ('town', %d, %d)", at(100), at(5)), []string{"ref-extra " + id(5)}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := storetest.Open(t)
			insert(t, s, "a", "town", firstStored, texts...)
			exec(t, s.Conn(), test.sql)
			report := run(t, s, verify.Options{})
			got := map[string]int{}
			for _, d := range report.First {
				got[string(d.Kind)+" "+d.ID]++
				if d.Tenant != "town" || d.Text == "" {
					t.Errorf("a difference does not say where: %+v", d)
				}
			}
			want := map[string]int{}
			for _, w := range test.want {
				want[w]++
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got\n%s%+v", diff, report.First)
			}
			if report.Differences != len(test.want) || report.Clean() {
				t.Errorf("%d differences are counted, want %d", report.Differences, len(test.want))
			}
		})
	}
}

func exec(t *testing.T, conn driver.Conn, sql string) {
	t.Helper()
	if strings.HasPrefix(sql, "ALTER") {
		sql += " SETTINGS mutations_sync = 1"
	}
	if err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// TestDifferencesAreCountedBeyondThoseShown also holds aggregates and progress.
func TestDifferencesAreCountedBeyondThoseShown(t *testing.T) {
	s := storetest.Open(t)
	insert(t, s, "a", "town", firstStored, texts...)
	exec(t, s.Conn(), "ALTER TABLE statements UPDATE version = 'x' WHERE 1")
	var steps []string
	report := run(t, s, verify.Options{
		MaxDifferences: 2,
		Aggregates: func(_ context.Context, tenant string, upto int64, differ func(string)) (int, error) {
			differ("the sum is wrong")
			return 3, nil
		},
		Progress: func(p verify.Progress) { steps = append(steps, p.Step) },
	})
	if len(report.First) != 2 || report.Differences != len(texts)+1 || report.Tenants[0].Aggregates != 3 {
		t.Errorf("%+v", report)
	}
	if diff := cmp.Diff([]string{"statements and look-ups", "references", "repairs", "ids", "documents", "aggregates"}, steps); diff != "" {
		t.Errorf("steps: -want +got\n%s", diff)
	}
}

func TestReadingFailsWithAnError(t *testing.T) {
	s := storetest.Open(t)
	insert(t, s, "a", "town", firstStored, texts...)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := verify.Run(ctx, s, verify.Options{Upto: firstStored + 10}); err == nil {
		t.Error("a verification that read nothing is no error")
	}
}
