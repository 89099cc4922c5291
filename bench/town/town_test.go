package town

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"lernspur/report/definition"
	"lernspur/statements"
)

// golden are what two towns are, to the byte. Whoever changes the town changes them.
var golden = map[int]string{
	20: "295a72dafe9da0c23339451cd909bf73ef1d17e258782c7364ea810347f36300",
	1:  "bb1ae7b9993cecf02772ea45f8bdbab91317b0410d2f87734fb6247783dc464d",
}

// TestSame: the same seed makes the same town, on every machine, and another one
// another.
func TestSame(t *testing.T) {
	for cut, want := range golden {
		if got := New(Config{Seed: 1, Cut: cut}).Sum(); got != want {
			t.Errorf("cut %d times: %s, want %s", cut, got, want)
		}
	}
	if New(Config{Seed: 2, Cut: 20}).Sum() == golden[20] {
		t.Error("another seed makes the same town")
	}
}

// TestStatements holds every statement of the whole year against the rules of the
// product, in both editions.
func TestStatements(t *testing.T) {
	town := New(Config{Seed: 1})
	if n := town.Len(); n < 90_000 || n > 250_000 {
		t.Errorf("%d statements", n)
	}
	ids, twice := map[string]bool{}, 0
	first, last := date(-40), date(days+3)
	for s := range town.Statements() {
		edition := statements.V1
		if len(ids)%2 == 1 {
			edition = statements.V2
		}
		st, err := statements.ParseOne(s.Raw, statements.Options{Edition: edition})
		if err != nil {
			t.Fatalf("%v: %s", err, s.Raw)
		}
		if at := time.UnixMicro(st.Timestamp); at.Before(first) || at.After(last) {
			t.Fatalf("at %v: %s", at, s.Raw)
		}
		if ids[s.ID] {
			twice++
		}
		ids[s.ID] = true
		for _, part := range strings.Split(string(s.Raw), "mailto:")[1:] {
			if address, _, _ := strings.Cut(part, `"`); !strings.HasSuffix(address, ".example") {
				t.Fatalf("an address that could be somebody's: %s", address)
			}
		}
		if !strings.Contains(string(s.Raw), Platform) && !strings.Contains(string(s.Raw), "voided") {
			t.Fatalf("does not say that it is made up: %s", s.Raw)
		}
	}
	if twice < 200 || twice > 2000 {
		t.Errorf("%d statements arrive twice", twice)
	}
}

// TestTown counts what can be counted by hand in the list of units.
func TestTown(t *testing.T) {
	town := New(Config{Seed: 1})
	if len(town.People) != 3200 || len(courses) != 40 {
		t.Errorf("%d people, %d courses", len(town.People), len(courses))
	}
	departments := map[string]int{"D-I": 420, "D-II": 760, "D-III": 290, "D-IV": 640, "D-V": 610, "D-VI": 480, "51": 380, "47": 4}
	for code, want := range departments {
		if got := town.Headcount(code); got != want {
			t.Errorf("%s has %d people, want %d", code, got, want)
		}
	}
	learners, mails, formats, seen := map[string]int{}, map[string]bool{}, map[Format]int{}, map[int]bool{}
	for _, e := range town.events {
		seen[int(e.who)] = true
	}
	for i, p := range town.People {
		if mails[p.Mail] || strings.ContainsFunc(p.Mail, func(r rune) bool { return r > 127 }) {
			t.Errorf("the address %s", p.Mail)
		}
		mails[p.Mail] = true
		if seen[i] {
			learners[p.Unit]++
		}
	}
	for _, c := range courses {
		formats[c.Format]++
	}
	if fmt.Sprint(formats) != "map[attendance:4 cmi5:8 h5p:7 scorm-1.2:9 scorm-2004:8 tincan:4]" {
		t.Error(formats)
	}
	if learners["47"] == 0 || learners["47"] > 4 {
		t.Errorf("of the archive %d learn", learners["47"])
	}
	all := 0
	for _, n := range learners {
		all += n
	}
	if all < 1350 || all > 1750 {
		t.Errorf("%d learn", all)
	}
}

// TestShape: the year looks like one.
func TestShape(t *testing.T) {
	town := New(Config{Seed: 1})
	months, kinds := map[string]int{}, map[kind]int{}
	finished := map[string]int{}
	outside, all := 0, 0
	ratings, n := 0, 0
	for _, e := range town.events {
		at := time.UnixMilli(e.at).In(Zone)
		months[at.Format("2006-01")]++
		kinds[e.kind]++
		if int(e.who) < len(town.People) && e.kind == completed {
			finished[town.People[e.who].Unit]++
		}
		if w := at.Weekday(); e.kind == seen {
			if all++; w == time.Saturday || w == time.Sunday || at.Hour() < 8 || at.Hour() >= 17 {
				outside++
			}
		}
		if e.kind == rated {
			ratings, n = ratings+int(e.value), n+1
		}
	}
	t.Log(months, kinds, finished, "outside", outside*100/all, "rating", float64(ratings)/float64(n))
	if months["2025-10"] < 2*months["2026-05"] || months["2026-07"]*3 > 2*months["2026-05"] || months["2025-12"]*2 > months["2025-11"] {
		t.Errorf("no wave, no gap, no dip: %v", months)
	}
	if share := outside * 100 / all; share < 15 || share > 35 {
		t.Errorf("%d%% of the work is done outside of core hours", share)
	}
	if finished["23"] != 0 || finished["33"] < 200 {
		t.Errorf("the property office has completed %d courses, the citizens' office %d", finished["23"], finished["33"])
	}
	for k := range voided + 1 {
		if kinds[k] < 30 {
			t.Errorf("%d events of kind %d", kinds[k], k)
		}
	}
}

// TestExample: the definition of the example report is about this town.
func TestExample(t *testing.T) {
	text, err := os.ReadFile("../../docs/examples/wiesbaden-pilot.yaml")
	if err != nil {
		t.Fatal(err)
	}
	d, err := definition.Read(text)
	if err != nil {
		t.Fatal(err)
	}
	town := New(Config{Seed: 1})
	if d.Tenant != Tenant || d.Period.From != FirstDay || d.Period.To != LastDay {
		t.Errorf("%s from %s to %s", d.Tenant, d.Period.From, d.Period.To)
	}
	for _, h := range d.Headcounts {
		at := slices.IndexFunc(town.Units, func(u Unit) bool { return u.Name == h.Unit })
		if at < 0 || town.Headcount(town.Units[at].Code) != int(h.Entitled) {
			t.Errorf("%+v", h)
		}
	}
	if len(d.Headcounts) != 6 || len(d.Courses) != len(courses) {
		t.Errorf("%d headcounts, %d courses", len(d.Headcounts), len(d.Courses))
	}
	formats := map[Format]string{SCORM12: "scorm", SCORM2004: "scorm", CMI5: "cmi5", TinCan: "tincan", H5P: "h5p", Attendance: "attendance"}
	kinds := map[string]string{Induction: "induction", Further: "further_training"}
	for i, c := range d.Courses {
		if of := courses[i]; c != (definition.Course{ID: of.ID(), Name: of.Name, Kind: kinds[of.Kind], Format: formats[of.Format]}) {
			t.Errorf("%+v is not %+v", c, of.Slug)
		}
	}
	if len(d.Surveys) != 1 || d.Surveys[0].Activity != Survey || len(d.Checks) != 1 || d.Checks[0].Before != CheckBefore || d.Checks[0].After != CheckAfter {
		t.Errorf("%+v %+v", d.Surveys, d.Checks)
	}
}

// TestTables: what is imported can be read again, and refers to what is there.
func TestTables(t *testing.T) {
	town := New(Config{Seed: 1, Cut: 20})
	staff := map[string]bool{}
	for _, line := range strings.Split(strings.TrimSpace(town.PeopleCSV()), "\n")[1:] {
		cells := strings.Split(line, ";")
		if len(cells) != 9 || staff[cells[0]] {
			t.Errorf("%s", line)
		}
		staff[cells[0]] = true
	}
	for _, line := range strings.Split(strings.TrimSpace(town.GroupsCSV()), "\n")[1:] {
		if cells := strings.Split(line, ";"); len(cells) != 5 || !staff[cells[4]] {
			t.Errorf("%s", line)
		}
	}
	for s := range town.Statements() {
		var m struct{ Timestamp string }
		if json.Unmarshal(s.Raw, &m) != nil || m.Timestamp == "" {
			t.Errorf("%s", s.Raw)
		}
	}
}
