package figures_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"lernspur/progress"
	"lernspur/report/definition"
	"lernspur/report/figures"
	"lernspur/report/inputs"
	"lernspur/report/reading"
	"lernspur/report/recounttest"
	"lernspur/report/result"
	"lernspur/statements"
	"lernspur/store"
	"lernspur/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

const (
	base  = "https://lernen.stadt.example/"
	verbs = "http://adlnet.gov/expapi/verbs/"
	// firstStored is 2026-10-01.
	firstStored = 1790812800_000000
)

// town is a tenant with made-up statements, and what a recount knows of it.
type town struct {
	t      *testing.T
	store  *store.Store
	reader *reading.Reader
	random *rand.Rand
	stored int64
	recounttest.Town
	rows  *store.DirectoryRows
	lines []string // statements on their way
	ids   []string
}

type object = map[string]any

func newTown(t *testing.T, seed uint64) *town {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	w := &town{t: t, store: storetest.Open(t), random: rand.New(rand.NewPCG(seed, 1)), stored: firstStored, rows: store.NewDirectoryRows()}
	w.Town = recounttest.Town{
		From: time.Date(2025, 10, 1, 0, 0, 0, 0, berlin), To: time.Date(2026, 10, 1, 0, 0, 0, 0, berlin), Zone: berlin,
		CoreDays: []string{"mon", "tue", "wed", "thu", "fri"}, CoreFrom: "08:00", CoreTo: "17:00",
		Person: map[string]string{}, UnitOf: map[string]string{}, Budget: 120000, Spent: 111550.5, PerDay: 210,
		Surveys: []recounttest.Survey{{Activity: base + "umfrage", Lowest: 1, Highest: 5}, {Activity: base + "umfrage-2", Lowest: 1, Highest: 5}},
		Checks:  [][2]string{{base + "check-vorher", base + "check-nachher"}, {base + "check-2-vorher", base + "check-2-nachher"}},
	}
	for i := range 6 {
		kind := "further_training"
		if i < 2 {
			kind = "induction"
		}
		w.Courses = append(w.Courses, recounttest.Course{ID: fmt.Sprintf("%skurs-%d?a=1&b='x'", base, i), Kind: kind})
	}
	projector := progress.New(progress.Dependencies{Conn: w.store.Conn(), Watermark: func() int64 { return w.stored }})
	if err := projector.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(projector.Stop)
	w.reader = &reading.Reader{Conn: w.store.Conn(), Facts: projector}
	return w
}

// directory makes units and people: an empty unit, one of one person, and people who belong to none.
func (w *town) directory() {
	unit := func(id, parent string, headcount int) {
		w.Units = append(w.Units, recounttest.Unit{ID: id, Parent: parent, Headcount: float64(headcount)})
		path := id
		if parent != "" {
			path = parent + "/" + id
		}
		w.rows.Tree[store.UnitSpan{Unit: id}] = store.UnitRow{Code: id, Name: "Amt " + id, Kind: "amt", Path: path}
		w.rows.Headcounts[store.UnitYear{Unit: id, Year: 2026}] = headcount
	}
	unit("d1", "", 90)
	unit("d3", "", 60)
	unit("d6", "", 70)
	unit("d9", "", 10) // nobody
	unit("a11", "d1", 50)
	unit("a12", "d1", 35)
	unit("a60", "d6", 40)
	unit("a61", "d6", 1)
	homes := []string{"d1", "d3", "a11", "a12", "a60", "d6", "a11", "d3", "a12", ""}
	for i := range 120 {
		person := fmt.Sprintf("p-%03d", i)
		home := homes[i%len(homes)]
		if i == 0 {
			home = "a61"
		}
		for _, identifier := range w.identifiers(i) {
			w.Person[identifier] = person
			w.rows.Persons[identifier] = store.PersonRow{Person: person, Name: "N", Unit: home}
		}
		if home == "" {
			continue
		}
		w.UnitOf[person] = home
		w.rows.Units[store.PersonSpan{Person: person}] = store.PersonUnit{Unit: home, Path: w.rows.Tree[store.UnitSpan{Unit: home}].Path}
	}
	if err := w.store.PutDirectoryRows(w.t.Context(), "town", 1, w.rows, store.NewDirectoryRows()); err != nil {
		w.t.Fatal(err)
	}
}

// identifiers of the i-th person; every fourth one has two.
func (w *town) identifiers(i int) []string {
	list := []string{fmt.Sprintf("mbox|mailto:p%d@stadt.example", i)}
	if i%4 == 0 {
		list = append(list, fmt.Sprintf("account|https://lms.stadt.example|p%d", i))
	}
	return list
}

func (w *town) actor(i int) object {
	if i%4 == 0 && w.random.IntN(2) == 0 {
		return object{"account": object{"homePage": "https://lms.stadt.example", "name": fmt.Sprintf("p%d", i)}}
	}
	return object{"mbox": fmt.Sprintf("mailto:p%d@stadt.example", i)}
}

// say adds a statement of somebody.
func (w *town) say(i int, verb, activity string, at time.Time, more object) {
	id := uuid.UUID{}
	for j := range id {
		id[j] = byte(w.random.IntN(256))
	}
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	st := object{"id": id.String(), "actor": w.actor(i), "verb": object{"id": verbs + verb}, "object": object{"id": activity}, "timestamp": at.UTC().Format(time.RFC3339)}
	for k, v := range more {
		st[k] = v
	}
	w.line(st)
	w.ids = append(w.ids, id.String())
}

func (w *town) line(st object) {
	text, err := json.Marshal(st)
	if err != nil {
		w.t.Fatal(err)
	}
	w.lines = append(w.lines, string(text))
}

// void voids a statement.
func (w *town) void(id string) {
	w.line(object{"actor": object{"mbox": "mailto:admin@stadt.example"}, "verb": object{"id": verbs + "voided"}, "object": object{"objectType": "StatementRef", "id": id},
		"timestamp": "2026-09-30T12:00:00Z"})
}

// flush stores what was said.
func (w *town) flush() {
	for len(w.lines) > 0 {
		n := min(2000, len(w.lines))
		sts, err := statements.Parse([]byte("["+strings.Join(w.lines[:n], ",")+"]"), statements.Options{Edition: statements.V1,
			Authority: []byte(`{"mbox":"mailto:lrs@stadt.example"}`), AuthorityIdentifier: "mbox|mailto:lrs@stadt.example", Limits: statements.Limits{MaxStatements: 5000}})
		if err != nil {
			w.t.Fatal(err)
		}
		rows := make([]store.Row, len(sts))
		for i, st := range sts {
			st.Stamp(w.stored + int64(i) + 1)
			rows[i] = store.Row{Tenant: "town", Statement: st}
		}
		if err := w.store.Insert(w.t.Context(), fmt.Sprintf("%s-%d", strings.ReplaceAll(w.t.Name(), "/", "-"), w.stored), rows); err != nil {
			w.t.Fatal(err)
		}
		w.stored += int64(len(sts))
		w.lines = w.lines[n:]
	}
}

// learn makes up what people do. Some of it lies outside of the period, some is of who is
// not in the directory.
func (w *town) learn(people int) {
	r := w.random
	for i := range people {
		for _, c := range w.Courses {
			if r.IntN(10) < 4 {
				continue
			}
			w.attempt(i, c.ID)
		}
		for j, survey := range w.Surveys {
			if r.IntN(3+j) == 0 {
				w.rate(i, survey)
			}
		}
		for _, check := range w.Checks {
			for k, activity := range check {
				if r.IntN(4) > 0 {
					w.say(i, "scored", activity, w.someday(), object{"result": object{"score": object{"scaled": float64(r.IntN(60)+k*20) / 100}}})
				}
			}
		}
	}
	for range len(w.ids) / 40 {
		w.void(w.ids[r.IntN(len(w.ids))])
	}
}

// someday is mostly in the period.
func (w *town) someday() time.Time {
	return w.From.AddDate(0, 0, w.random.IntN(380)-8).Add(time.Duration(6*3600+w.random.IntN(14*3600)) * time.Second)
}

func (w *town) rate(i int, survey recounttest.Survey) {
	n := 1 + w.random.IntN(6) // 6 is outside of the scale
	result := object{"response": fmt.Sprint(n)}
	switch w.random.IntN(3) {
	case 0:
		result = object{"score": object{"raw": n, "min": 1, "max": 6}}
	case 1:
		result = object{"score": object{"scaled": 0.5}}
	}
	w.say(i, "responded", survey.Activity, w.someday(), object{"result": result})
}

func (w *town) attempt(i int, course string) {
	r := w.random
	at := w.someday()
	parent := object{"contextActivities": object{"grouping": []object{{"id": course}}}}
	if r.IntN(8) == 0 {
		w.say(i, "assigned", course, at.Add(-time.Hour), nil)
	}
	w.say(i, "initialized", course, at, nil)
	for q := range 3 {
		at = at.Add(time.Duration(20+r.IntN(900)) * time.Second)
		more := object{"context": parent}
		switch r.IntN(5) {
		case 0:
			more["result"] = object{"score": object{"raw": r.IntN(11), "min": 0, "max": 10}}
		case 1:
			more["result"] = object{"response": "x"}
		default:
			more["result"] = object{"success": r.IntN(4) > q, "response": "y"}
		}
		w.say(i, "answered", fmt.Sprintf("%s/frage-%d", course, q), at, more)
	}
	if r.IntN(3) > 0 {
		w.say(i, "terminated", course, at.Add(time.Minute), object{"result": object{"duration": fmt.Sprintf("PT%dM%dS", r.IntN(50), r.IntN(60))}})
	}
	if at = at.AddDate(0, 0, r.IntN(30)); r.IntN(3) > 0 {
		score := float64(r.IntN(101)) / 100
		verb := "failed"
		if score >= 0.5 {
			verb = "passed"
		}
		w.say(i, verb, course, at, object{"result": object{"score": object{"scaled": score}}})
	}
	if r.IntN(3) > 0 {
		w.say(i, "completed", course, at, nil)
	}
}

// definition is that of the town's report.
func (w *town) definition(k int) *definition.Definition {
	var b strings.Builder
	fmt.Fprintf(&b, "version: 1\ntitle: Bericht\ntenant: town\nk: %d\nperiod: {from: 2025-10-01, to: 2026-09-30}\n", k)
	b.WriteString("targets:\n  - figure: reach\n    green: {at_least: 0.4}\n    amber: {at_least: 0.25}\n  - figure: completion_rate\n    green: {at_least: 0.99}\n    amber: {at_least: 0.98}\n")
	b.WriteString("recommendations:\n  - consequence: extend\n    when: [{figure: completion_rate, at_least: 0.99}]\n  - consequence: continue\n    when: [{figure: reach, at_least: 0.1}]\n  - consequence: end\n")
	b.WriteString("cost:\n  budget: 120000\n  attendance_per_day: 210\n  items:\n    - {name: Betrieb, amount: 61400.50}\n    - {name: Kurse, amount: 38250}\n    - {name: Schulung, amount: 11900}\n")
	b.WriteString("courses:\n")
	for _, c := range w.Courses {
		fmt.Fprintf(&b, "  - {id: \"%s\", name: Kurs, kind: %s, format: scorm}\n", c.ID, c.Kind)
	}
	b.WriteString("surveys:\n")
	for _, s := range w.Surveys {
		fmt.Fprintf(&b, "  - {activity: \"%s\", name: Umfrage, lowest: 1, highest: 5}\n", s.Activity)
	}
	b.WriteString("competence_checks:\n")
	for _, c := range w.Checks {
		fmt.Fprintf(&b, "  - {name: Check, before: \"%s\", after: \"%s\"}\n", c[0], c[1])
	}
	d, err := definition.Read([]byte(b.String()))
	if err != nil {
		w.t.Fatal(err)
	}
	return d
}

func (w *town) read(d *definition.Definition, asOf int64) *inputs.Inputs {
	w.t.Helper()
	in, err := w.reader.Read(w.t.Context(), d, asOf, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return in
}

// export is what an export of the tenant has.
func (w *town) export() []byte {
	var b bytes.Buffer
	for st, err := range w.store.Rows(context.Background(), "town", 0, w.stored) {
		if err != nil {
			w.t.Fatal(err)
		}
		b.Write(st.Raw)
		b.WriteByte('\n')
	}
	return b.Bytes()
}

func (w *town) recount(asOf int64) recounttest.Figures {
	w.t.Helper()
	list, err := recounttest.Read(w.export(), time.UnixMicro(asOf))
	if err != nil {
		w.t.Fatal(err)
	}
	return recounttest.Count(&w.Town, list)
}

// compare holds a report against a recount: every number that the recount knows, and every
// one of the report that the recount ought to know. It answers how many were equal, and how many hidden.
func compare(t *testing.T, r *result.Report, want recounttest.Figures) (equal, hidden int) {
	t.Helper()
	hold := func(name string, cell result.Cell) {
		w, ok := want[name]
		switch {
		case cell.State == result.Suppressed:
			hidden++
		case cell.Value == nil && ok && w != 0:
			t.Errorf("%s is missing (%s), and the recount has %v", name, cell.Reason, w)
		case cell.Value == nil:
		case !ok && cell.Value.Units != 0:
			t.Errorf("%s is %s, and the recount has none", name, cell.Value)
		case strings.HasSuffix(name, "/share") && math.Abs(cell.Value.Float()-w) < 0.001: // they add up, so one or the other is not the nearest
			equal++
		case ok && math.Abs(cell.Value.Float()-w) > 0.5/math.Pow10(cell.Value.Places)+1e-6:
			t.Errorf("%s is %s, and the recount has %v", name, cell.Value, w)
		default:
			equal++
		}
	}
	skip := map[string]bool{"offer.kinds": true, "offer.use": true, "vouchers.members": true, "cost.items": true}
	for _, f := range r.Figures() {
		if _, ok := want[f.Name]; ok {
			hold(f.Name, result.Cell{State: f.State, Value: f.Value, Reason: f.Reason})
		} else if f.Value != nil && f.Value.Units != 0 && !strings.HasPrefix(f.Name, "quality.") && f.Name != "reach.departments" && f.Name != "offer.used" {
			t.Errorf("the recount does not know %s (%s)", f.Name, f.Value)
		}
	}
	for _, table := range r.Tables() {
		if skip[table.Name] || strings.HasPrefix(table.Name, "quality.") {
			continue
		}
		for _, row := range table.Rows {
			for i, column := range table.Columns {
				if table.Name == "satisfaction.surveys" && i > 1 || table.Name == "satisfaction.ratings" && i == 1 {
					continue
				}
				hold(table.Name+"/"+row.Key+"/"+column.Name, row.Cells[i])
			}
		}
	}
	return equal, hidden
}

// TestRecount: every figure equals what plain Go makes of the exported statements, before
// suppression, and those that are shown after it; as of now and as of an earlier instant.
func TestRecount(t *testing.T) {
	w := newTown(t, 7)
	w.directory()
	w.learn(132) // 12 are not in the directory
	w.flush()
	early := w.stored
	// What comes later, and voids what came before.
	for range 60 {
		w.void(w.ids[w.random.IntN(len(w.ids))])
	}
	for i := range 40 {
		w.attempt(i, w.Courses[i%3].ID)
	}
	w.flush()
	for _, c := range []struct {
		name string
		asOf int64
	}{{"now", w.stored}, {"earlier", early}} {
		t.Run(c.name, func(t *testing.T) {
			w.t = t
			d := w.definition(5)
			in := w.read(d, c.asOf)
			want := w.recount(c.asOf)
			bare, err := figures.Bare(d, in)
			if err != nil {
				t.Fatal(err)
			}
			equal, hidden := compare(t, bare, want)
			if hidden != 0 || equal < 300 {
				t.Errorf("bare: %d equal, %d hidden", equal, hidden)
			}
			began := time.Now()
			r, _, err := figures.Compute(d, in, figures.Options{})
			if err != nil {
				t.Fatal(err)
			}
			equal, hidden = compare(t, r, want)
			t.Logf("%d figures shown, %d hidden, decided in %s", equal, hidden, time.Since(began))
			if hidden == 0 || equal < 150 {
				t.Errorf("%d equal, %d hidden", equal, hidden)
			}
			valid(t, r)
			noFew(t, r)
		})
	}
}

// noFew: no number of people, or of participations, is one of fewer than k.
func noFew(t *testing.T, r *result.Report) {
	t.Helper()
	hold := func(name string, unit result.Unit, v *result.Number) {
		if v != nil && (unit == result.People || unit == result.Participations) && v.Units > 0 && v.Units < int64(r.Head.K) {
			t.Errorf("%s shows %s", name, v)
		}
	}
	for _, f := range r.Figures() {
		hold(f.Name, f.Unit, f.Value)
		if f.Population != nil {
			n := result.Whole(*f.Population)
			hold("the population of "+f.Name, f.PopulationUnit, &n)
		}
	}
	for _, table := range r.Tables() {
		for _, row := range table.Rows {
			for i, column := range table.Columns {
				if column.Name != "entitled" {
					hold(table.Name+"/"+row.Key+"/"+column.Name, column.Unit, row.Cells[i].Value)
				}
			}
		}
	}
}
