package verify_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lernspur/statements"
	"lernspur/store"
	"lernspur/store/storetest"
	"lernspur/verify"
)

// TestDamagedRepairs damages what is kept beside a repaired statement, one thing
// at a time.
func TestDamagedRepairs(t *testing.T) {
	at := int64(firstStored)
	update := func(column, value string) string {
		return fmt.Sprintf("ALTER TABLE repairs UPDATE %s = %s WHERE stored = %d", column, value, at)
	}
	for _, tt := range []struct {
		name, sql string
		want      []string
	}{
		{"nothing", "SELECT 1", nil},
		{"inserted twice", "INSERT INTO repairs SELECT * FROM repairs", nil},
		{"timestamp", update("timestamp", "0"), []string{"repair-column"}},
		{"activity", update("activity", "''"), []string{"repair-column"}},
		{"courses", update("courses", "[]"), []string{"repair-column"}},
		{"original", update("original", "'{'"), []string{"repair-column"}},
		{"repairs", update("repairs", "[]"), []string{"repair-column"}},
		{"id", update("id", "toUUID('00000000-0000-4000-8000-000000000009')"), []string{"repair-orphan"}},
		{"another row", fmt.Sprintf("INSERT INTO repairs SELECT * REPLACE (%d AS stored) FROM repairs", at+9), []string{"repair-orphan"}},
		{"another tenant's", "INSERT INTO repairs SELECT * REPLACE ('village' AS tenant) FROM repairs", []string{"repair-orphan"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := storetest.Open(t)
			insert(t, s, "a", "town", firstStored+1, texts[1:]...)
			st, err := statements.ParseOne([]byte(texts[0]), statements.Options{Edition: statements.V1, Authority: []byte(authority)})
			if err != nil {
				t.Fatal(err)
			}
			r := statements.Repaired{Repairs: []statements.Repair{{Rule: "verb-text", Pointer: "/verb"}}, Original: []byte(`{"verb":"passed"}`)}
			if st.Repairs, err = r.Encode(); err != nil {
				t.Fatal(err)
			}
			st.Stamp(at)
			if err := s.Insert(t.Context(), "b", []store.Row{{Tenant: "town", Statement: st}}); err != nil {
				t.Fatal(err)
			}
			exec(t, s.Conn(), tt.sql)
			report := run(t, s, verify.Options{})
			var got []string
			for _, d := range report.First {
				got = append(got, string(d.Kind))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got\n%s%+v", diff, report.First)
			}
			if n := report.Tenants[0].Repairs; n == 0 {
				t.Error("no repairs were looked at")
			}
		})
	}
}
