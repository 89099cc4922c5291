package conformance

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lernspur/statements"
)

var update = flag.Bool("update", false, "write the table of docs/conformance.md anew")

const (
	pagePath = "../../docs/conformance.md"
	begin    = "<!-- begin: requirements -->\n"
	end      = "<!-- end: requirements -->\n"
)

// requirement is one line of the specification, in our words.
type requirement struct {
	id         string
	in         editions
	ofV1, ofV2 string // the sections; "-" where an edition does not ask for it
	says       string
	rules      string // that hold it, of docs/conformance.md; separated by spaces
}

func requirements() []requirement {
	return slices.Concat(dataRequirements, statementRequirements, otherRequirements, attachmentRequirements, documentRequirements)
}

// elsewhere names tests of other packages that hold a requirement, as
// package.Test.
var elsewhere = map[string][]string{
	"OWN-PAGING-WHILE-WRITING": {"lrs.TestPagingWhileOthersWrite"},
	"OWN-TAIL-BY-SINCE":        {"lrs.TestTailBySinceMissesNothing"},
	"OWN-READ-YOUR-WRITES":     {"lrs.TestReadsSeeWhatWasAcknowledged"},
	"OWN-SAME-ID-AT-ONCE":      {"lrs.TestSameIDAtTheSameTime"},
	"OWN-SLOW-BODY":            {"lrs.TestSlowClientsAreCut"},
	"OWN-REF-CHAINS":           {"lrs.TestStatementRefs", "lrs.TestStatementRefsInACircle"},
	"OWN-VOIDING-RIGHTS":       {"lrs.TestWhoMayVoid"},
	"OWN-SCOPES":               {"lrs.TestEveryRouteRefuses"},
	"XAPI-00328":               {"lrs.TestSizes", "lrs.TestBodyLimits"},
}

// holders lists for every requirement what holds it, in words for the page,
// and for which editions.
func holders(t *testing.T) (names map[string][]string, in map[string]editions) {
	t.Helper()
	names, in = map[string][]string{}, map[string]editions{}
	for _, r := range requirements() {
		for _, rule := range strings.Fields(r.rules) {
			names[r.id] = append(names[r.id], "rule `"+rule+"`")
			for _, ed := range both.split() {
				if registered(t, rule).In(statementsEdition(ed)) {
					in[r.id] |= ed
				}
			}
		}
		for _, name := range elsewhere[r.id] {
			names[r.id] = append(names[r.id], "`"+name+"`")
		}
	}
	for _, g := range groups() {
		for _, tc := range g.cases {
			for _, id := range strings.Fields(tc.covers) {
				names[id] = append(names[id], g.name+": "+tc.name)
				in[id] |= tc.in
			}
		}
	}
	return names, in
}

func registered(t *testing.T, id string) statements.Rule {
	t.Helper()
	for _, rule := range statements.Rules() {
		if rule.ID == id {
			return rule
		}
	}
	t.Fatalf("there is no rule %s", id)
	return statements.Rule{}
}

// TestRequirements fails when a requirement has no case, in each of its
// editions, or the page does not show the cases that there are.
func TestRequirements(t *testing.T) {
	names, in := holders(t)
	known := map[string]bool{}
	for _, r := range requirements() {
		if known[r.id] {
			t.Errorf("%s is listed twice", r.id)
		}
		known[r.id] = true
		if len(names[r.id]) == 0 {
			t.Errorf("nothing holds %s: %s", r.id, r.says)
		}
		if missing := r.in &^ in[r.id]; missing != 0 && len(elsewhere[r.id]) == 0 {
			t.Errorf("nothing holds %s under %s", r.id, missing.split()[0].version())
		}
	}
	for id := range names {
		if !known[id] {
			t.Errorf("cases cover %s, which is not listed", id)
		}
	}
	for _, g := range groups() {
		seen := map[string]bool{}
		for _, tc := range g.cases {
			if seen[tc.name] || tc.covers == "" {
				t.Errorf("%s: %q is there twice, or covers nothing", g.name, tc.name)
			}
			seen[tc.name] = true
		}
	}
	if !t.Failed() {
		checkPage(t, table(names))
	}
}

// TestElsewhere finds the tests of other packages that the page names.
func TestElsewhere(t *testing.T) {
	for id, list := range elsewhere {
		for _, name := range list {
			pkg, test, _ := strings.Cut(name, ".")
			if !hasTest(t, filepath.Join("../..", pkg), test) {
				t.Errorf("%s: there is no test %s", id, name)
			}
		}
	}
}

func hasTest(t *testing.T, dir, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for lines := bufio.NewScanner(f); lines.Scan(); {
			if strings.HasPrefix(lines.Text(), "func "+name+"(") {
				return true
			}
		}
	}
	return false
}

// table is the part of the page that this package writes.
func table(names map[string][]string) string {
	var b strings.Builder
	b.WriteString("| requirement | what it asks | 1.0.3 | 2.0 | held by |\n| --- | --- | --- | --- | --- |\n")
	for _, r := range requirements() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", r.id, r.says, r.ofV1, r.ofV2, strings.Join(names[r.id], "; "))
	}
	return b.String() + droppedText()
}

func checkPage(t *testing.T, want string) {
	t.Helper()
	page, err := os.ReadFile(pagePath)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok1 := strings.Cut(string(page), begin)
	got, after, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatalf("%s has no place for the requirements", pagePath)
	}
	if *update && got != want {
		if err := os.WriteFile(pagePath, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		got = want
	}
	if got != want {
		t.Errorf("%s does not show these cases; run: go test ./lrs/conformance -run TestRequirements -update", pagePath)
	}
}
