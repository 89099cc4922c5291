package figures_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"lernspur/progress"
	"lernspur/report/definition"
	"lernspur/report/figures"
	"lernspur/report/inputs"
	"lernspur/report/reading"
	"lernspur/report/recounttest"
	"lernspur/store"
)

// TestLarge says how long a report takes of as many statements as LERNSPUR_REPORT_LARGE
// says; without it there are few. 20,000 people (or one for each 500 statements) take ten of
// twenty courses, in 64 offices of eight departments.
func TestLarge(t *testing.T) {
	n := 20_000
	if text := os.Getenv("LERNSPUR_REPORT_LARGE"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	people := max(40, n/500)
	w := newTown(t, 3)
	w.fill(n, people)
	d, err := definition.Read([]byte("version: 1\ntitle: Bericht\ntenant: town\nperiod: {from: 2025-10-01, to: 2026-09-30}\n" +
		"targets:\n  - {figure: reach, green: {at_least: 0.4}}\nrecommendations:\n  - consequence: end\n"))
	if err != nil {
		t.Fatal(err)
	}
	w.stored = firstStored + int64(n)
	began := time.Now()
	if err := w.reader.Facts.AsOf(t.Context(), "town", 0, nil, func(context.Context, *progress.Facts) error { return nil }); err != nil {
		t.Fatal(err)
	}
	t.Logf("progress caught up in %s", time.Since(began))
	for _, c := range []struct {
		name string
		asOf int64
	}{{"now", 0}, {"earlier", w.stored - int64(n/10)}} {
		began := time.Now()
		last, step := began, ""
		in, err := w.reader.Read(t.Context(), d, c.asOf, func(s reading.Step) {
			if s.Name != step {
				t.Logf("  %s: %s", step, time.Since(last))
				last, step = time.Now(), s.Name
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: read in %s", c.name, time.Since(began))
		began = time.Now()
		r, _, err := figures.Compute(d, in, figures.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("computed in %s: %s shown, %s suppressed", time.Since(began), r.Quality.Shown.Value, r.Quality.Suppressed.Value)
		began = time.Now()
		text, err := in.Encode()
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("written in %s: %d bytes", time.Since(began), len(text))
		began = time.Now()
		if _, err := inputs.Decode(text); err != nil {
			t.Fatal(err)
		}
		t.Logf("read again in %s", time.Since(began))
		if c.asOf == 0 && told(figure(t, r, "reach.active")) != strconv.Itoa(people) {
			t.Errorf("%s are active, want %d", told(figure(t, r, "reach.active")), people)
		}
	}
}

// fill makes statements without their texts.
func (w *town) fill(n, people int) {
	for i := range 8 {
		top := fmt.Sprintf("d%d", i)
		w.rows.Tree[store.UnitSpan{Unit: top}] = store.UnitRow{Code: top, Name: "Dezernat " + top, Path: top}
		for j := range 8 {
			id := fmt.Sprintf("%sa%d", top, j)
			w.rows.Tree[store.UnitSpan{Unit: id}] = store.UnitRow{Code: id, Name: "Amt " + id, Path: top + "/" + id}
		}
		w.rows.Headcounts[store.UnitYear{Unit: top, Year: 2026}] = people/4 + 10
	}
	for i := range people {
		person, unit := fmt.Sprintf("p%d", i), fmt.Sprintf("d%da%d", i%8, i/8%8)
		w.rows.Persons["mbox|mailto:"+person+"@stadt.example"] = store.PersonRow{Person: person}
		w.rows.Units[store.PersonSpan{Person: person}] = store.PersonUnit{Unit: unit, Path: w.rows.Tree[store.UnitSpan{Unit: unit}].Path}
	}
	if err := w.store.PutDirectoryRows(w.t.Context(), "town", 1, w.rows, store.NewDirectoryRows()); err != nil {
		w.t.Fatal(err)
	}
	w.Courses = []recounttest.Course{}
	const chunk = 1_000_000
	for from := 0; from < n; from += chunk {
		sql := fmt.Sprintf(`INSERT INTO statements (tenant, stored, id, timestamp, version, authority, actor, verb, object_kind, object, registration, courses, success, completion, score_scaled, score_raw, score_min, score_max, duration, raw)
SELECT 'town', %[1]d + number, generateUUIDv4(),
  toInt64(1759300000 + cityHash64(person, course) %% 300 * 86400 + intDiv(j, 17) * 86400 + j %% 17 * 240 + cityHash64(course, person) %% 40000) * 1000000 AS at,
  '1.0.3', 'mbox|mailto:lrs@stadt.example', 'mbox|mailto:p' || toString(person) || '@stadt.example',
  'http://adlnet.gov/expapi/verbs/' || multiIf(j = 0, 'initialized', j <= 20, 'answered', j = 47, 'terminated', j = 48, if(cityHash64(person, course) %% 5 = 0, 'failed', 'passed'), j = 49 AND cityHash64(person, course) %% 3 > 0, 'completed', 'experienced'),
  1, if(j BETWEEN 1 AND 20, id_of || '/frage-' || toString(j), id_of), toUUID('00000000-0000-0000-0000-000000000000'), [id_of],
  if(j BETWEEN 1 AND 20, toInt8(cityHash64(person, j) %% 4 > 0), -1), -1, if(j = 48, cityHash64(person, course) %% 101 / 100, nan), nan, nan, nan, if(j = 47, 90000, -1), '{}'
FROM (SELECT number, number %% %[4]d AS person, intDiv(number, %[4]d) AS seq, seq %% 50 AS j, (person + intDiv(seq, 50)) %% 20 AS course, 'https://a.example/kurs-' || toString(course) AS id_of
  FROM numbers(%[2]d, %[3]d)) SETTINGS max_threads = 2, max_insert_threads = 1`, firstStored+1, from, min(chunk, n-from), people)
		if err := w.store.Conn().Exec(w.t.Context(), sql); err != nil {
			w.t.Fatal(err)
		}
	}
}
