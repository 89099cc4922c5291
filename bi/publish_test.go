package bi

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"lernspur/store/storetest"
)

// TestViews: the migration makes what the package describes.
func TestViews(t *testing.T) {
	t.Parallel()
	conn := storetest.Open(t).Conn()
	for _, v := range views {
		for _, table := range []string{v.name, v.rows} {
			rows, err := conn.Query(t.Context(), "SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = '"+table+"' AND name NOT IN ('tenant', 'published') ORDER BY position")
			if err != nil {
				t.Fatal(err)
			}
			var got, want []string
			for rows.Next() {
				var name, kind string
				if err := rows.Scan(&name, &kind); err != nil {
					t.Fatal(err)
				}
				got = append(got, name+" "+kind)
			}
			for _, c := range v.columns {
				want = append(want, c.name+" "+types[c.kind])
			}
			if strings.Join(got, ", ") != strings.Join(want, ", ") {
				t.Errorf("%s has %v, want %v", table, got, want)
			}
		}
	}
}

// rowsOf are the published rows of a view, readable.
func rowsOf(p publication, name string) string {
	var b strings.Builder
	for _, r := range p.rows[name] {
		for i, value := range r {
			if i > 0 {
				b.WriteString(" ")
			}
			switch v := value.(type) {
			case *uint64:
				b.WriteString(orNull(v))
			case *float64:
				b.WriteString(orNull(v))
			case time.Time:
				b.WriteString(v.Format(time.DateOnly))
			case *time.Time:
				if v == nil {
					b.WriteString("-")
				} else {
					b.WriteString(v.Format(time.DateOnly))
				}
			default:
				fmt.Fprint(&b, v)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

func orNull[T any](v *T) string {
	if v == nil {
		return "-"
	}
	return fmt.Sprint(*v)
}

// TestCompute: what is published of a hand-made town. In March 3 started, which is not shown; with the
// 38 of all months it would be known, so another month is not shown either. In April and March
// nobody completed, which is not shown; that is two months already.
func TestCompute(t *testing.T) {
	t.Parallel()
	p, err := compute(t.Context(), world(), "town", time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"bi_about":     "2026-05-01 2026-03-31 5 Europe/Berlin\n",
		"bi_courses":   safety + " 40 38 20 20 10 8 0.526316 0.666667 0.7 1200.5 86400 2026-04-30 []\n",
		"bi_hours":     safety + " 1 9 120 12 []\n" + safety + " 1 10 90 9 []\n",
		"bi_questions": safety + " q1 30 30 18 0.6 0.61 0.3 []\n",
	} {
		got := rowsOf(p, name)
		if name == "bi_courses" { // which of the counts goes with the months is the plan's decision
			if !strings.HasPrefix(got, safety+" 40 ") {
				t.Errorf("%s:\n%s", name, got)
			}
			continue
		}
		if got != want {
			t.Errorf("%s:\n%swant\n%s", name, got, want)
		}
	}
	if strings.Contains(fmt.Sprint(p.rows), "tiny") {
		t.Error("a course of few is published")
	}
	course := p.rows["bi_courses"][0]
	started := []*uint64{course[2].(*uint64)}
	for _, m := range p.rows["bi_months"] {
		started = append(started, m[2].(*uint64))
	}
	if known(started, 38, 20, 8, 3, 7) {
		t.Errorf("3 people can be reckoned from what is published: %s%s", rowsOf(p, "bi_courses"), rowsOf(p, "bi_months"))
	}
}

// known tells whether all but one of a total and its parts are shown, so that the one follows.
func known(shown []*uint64, are ...uint64) bool {
	hidden := 0
	for i, v := range shown {
		switch {
		case v == nil:
			hidden++
		case *v != are[i]:
			return true // it is wrong
		}
	}
	return hidden == 1
}

// TestUnits: 2 people belong to a itself. What is shown of a, a1 and a2 must not tell how
// many.
func TestUnits(t *testing.T) {
	t.Parallel()
	p, err := compute(t.Context(), world(), "town", time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	shown := make(map[string]*uint64)
	for _, r := range p.rows["bi_units"] {
		shown[r[0].(string)] = r[6].(*uint64)
		if r[0] == "a1" && (r[1] != "a" || r[2] != uint32(2) || r[3] != "A1" || r[4] != "10.1") {
			t.Errorf("a1 is %v", r)
		}
	}
	if len(shown) == 0 || shown["b"] == nil || *shown["b"] != 10 {
		t.Errorf("learners: %s", rowsOf(p, "bi_units"))
	}
	if shown["a"] != nil && shown["a1"] != nil && shown["a2"] != nil {
		t.Errorf("%d - %d - %d people can be reckoned", *shown["a"], *shown["a1"], *shown["a2"])
	}
}

// TestEvaluationOff: what a tenant does not have evaluated is not there, and nothing fails.
func TestEvaluationOff(t *testing.T) {
	t.Parallel()
	w := world()
	delete(w.answers, "town courses/"+url.PathEscape(safety)+"/hours")
	delete(w.answers, "town units")
	p, err := compute(t.Context(), w, "town", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if len(p.rows["bi_hours"]) != 0 || len(p.rows["bi_units"]) != 0 || len(p.rows["bi_courses"]) != 1 {
		t.Errorf("%v", p.rows)
	}
}

// TestWriteAndRead: a publication comes back as it was, one replaces the other, and tenants have their own.
func TestWriteAndRead(t *testing.T) {
	t.Parallel()
	conn := storetest.Open(t).Conn()
	w := world()
	at := time.Date(2026, 5, 1, 12, 0, 0, 123456000, time.UTC)
	texts := make(map[string]string)
	for _, tenant := range []string{"town", "village"} {
		for _, now := range []time.Time{at.Add(-time.Hour), at} {
			p, err := compute(t.Context(), w, tenant, now)
			if err == nil {
				err = write(t.Context(), conn, tenant, p)
			}
			if err != nil {
				t.Fatal(err)
			}
			texts[tenant] = asJSON(t, p)
		}
	}
	for tenant, want := range texts {
		if got, err := newest(t.Context(), conn, tenant); err != nil || !got.Equal(at) {
			t.Fatalf("newest of %s is %v, %v", tenant, got, err)
		}
		p, err := read(t.Context(), conn, tenant, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := asJSON(t, p); got != want {
			t.Errorf("%s: read\n%s\nwritten\n%s", tenant, got, want)
		}
		if old, err := read(t.Context(), conn, tenant, at.Add(-time.Hour)); err != nil || len(old.rows["bi_courses"]) != 0 {
			t.Errorf("what was published before is there: %v, %v", old, err)
		}
	}
	// The views, for tools that connect to a server themselves.
	var courses uint64
	if err := conn.QueryRow(t.Context(), "SELECT count() FROM bi_courses").Scan(&courses); err != nil || courses != 2 {
		t.Errorf("bi_courses has %d rows, %v; want one of each tenant", courses, err)
	}
	if err := forget(t.Context(), conn, "town", at.UnixMicro()+1); err != nil {
		t.Fatal(err)
	}
	if got, err := newest(t.Context(), conn, "town"); err != nil || !got.IsZero() {
		t.Errorf("what was taken away is of %v, %v", got, err)
	}
}

func asJSON(t *testing.T, p publication) string {
	t.Helper()
	var lines []string
	for name, rows := range p.rows {
		for _, r := range rows {
			text, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			lines = append(lines, name+" "+string(text))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
