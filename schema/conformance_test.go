package schema

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"lernspur/statements"
)

var update = flag.Bool("update", false, "write docs/conformance.md anew")

const conformancePath = "../docs/conformance.md"

// goOnlyRules is the closed list of rules that no JSON Schema expresses. A
// rule enters it only with a reason in docs/conformance.md.
var goOnlyRules = map[string]string{
	"json-syntax":                     "about the text, which a schema never sees",
	"utf8":                            "about the text, which a schema never sees",
	"duplicate-key":                   "about the text; a decoded object has each key once",
	"limit-bytes":                     "about the text and the configuration",
	"limit-depth":                     "about the text and the configuration",
	"limit-statements":                "about the request and the configuration",
	"limit-number":                    "about what a column can hold, not about xAPI",
	"id-parameter":                    "compares with a parameter of the request",
	"id-duplicate-in-batch":           "compares statements with each other",
	"interaction-component-id-unique": "uniqueItems compares whole elements, not one property of them",
	"score-raw-range":                 "compares values with each other",
	"score-min-below-max":             "compares values with each other",
}

func TestGoOnlyListIsClosed(t *testing.T) {
	for _, rule := range statements.Rules() {
		if _, listed := goOnlyRules[rule.ID]; listed != rule.GoOnly {
			t.Errorf("rule %s: GoOnly is %v in the registry, but on the closed list: %v", rule.ID, rule.GoOnly, listed)
		}
	}
	annotated := map[string]bool{}
	for _, ed := range []statements.Edition{statements.V1, statements.V2} {
		collectRules(document(ed), annotated)
	}
	for _, rule := range statements.Rules() {
		if rule.GoOnly && annotated[rule.ID] {
			t.Errorf("rule %s is Go-only, yet a keyword of the schemas states it", rule.ID)
		}
		if !rule.GoOnly && !annotated[rule.ID] {
			t.Errorf("rule %s is not Go-only, but no keyword of the schemas states it", rule.ID)
		}
		delete(annotated, rule.ID)
	}
	for id := range annotated {
		t.Errorf("the schemas name the rule %s, which does not exist", id)
	}
}

// collectRules gathers the rules that the keywords of a schema state.
func collectRules(node any, into map[string]bool) {
	switch v := node.(type) {
	case map[string]any:
		if kind, ok := v["type"].(string); ok {
			into["type-"+kind], into["null-value"] = true, true
		}
		if v["additionalProperties"] == false {
			into["unknown-property"] = true
		}
		for key, child := range v {
			if rules, ok := child.(map[string]any); ok && key == keyRules {
				for _, rule := range rules {
					into[rule.(string)] = true
				}
				continue
			}
			collectRules(child, into)
		}
	case []any:
		for _, child := range v {
			collectRules(child, into)
		}
	}
}

// TestConformancePage holds the part of docs/conformance.md that is about rules
// against the registry. Run it with -update after a rule has changed.
func TestConformancePage(t *testing.T) {
	want := conformancePage(corpus(t))
	page, err := os.ReadFile(conformancePath)
	if err != nil {
		t.Fatal(err)
	}
	// What stands before is written by lrs/conformance.
	before, _, ok := strings.Cut(string(page), conformanceTitle)
	if !ok {
		t.Fatalf("%s has no place for the rules", conformancePath)
	}
	want = before + want
	if *update {
		if err := os.WriteFile(conformancePath, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		page = []byte(want)
	}
	if string(page) != want {
		t.Errorf("%s is not what the rules say; run: go test ./schema -run TestConformancePage -update", conformancePath)
	}
}

func conformancePage(files map[string]ruleFile) string {
	var b strings.Builder
	rules := statements.Rules()
	goOnly := slices.DeleteFunc(slices.Clone(rules), func(r statements.Rule) bool { return !r.GoOnly })
	fmt.Fprintf(&b, conformanceHead, len(rules), len(rules)-len(goOnly), len(goOnly))
	b.WriteString("| rule | what it asks | 1.0.3 | 2.0 | held by | corpus |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, r := range rules {
		by := "schema"
		if r.GoOnly {
			by = "Go only"
		}
		f := files[r.ID]
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %d / %d |\n", r.ID, markdown(r.Summary),
			section(r, statements.V1, r.Section10), section(r, statements.V2, r.Section20), by, len(f.Invalid), len(f.Valid))
	}
	fmt.Fprintf(&b, conformanceGoOnly, len(goOnly))
	for i, r := range goOnly {
		fmt.Fprintf(&b, "%d. `%s`: %s.\n", i+1, r.ID, goOnlyRules[r.ID])
	}
	return b.String()
}

// section is where an edition asks for a rule.
func section(r statements.Rule, ed statements.Edition, text string) string {
	switch {
	case !r.In(ed):
		return "not a rule"
	case text == "-":
		return "ours"
	}
	return text
}

// markdown escapes a text for a cell of a table.
func markdown(text string) string {
	return strings.NewReplacer("\\", "\\\\", "|", "\\|", "`", "\\`", "*", "\\*", "_", "\\_", "<", "\\<", ">", "\\>",
		"[", "\\[", "]", "\\]").Replace(text)
}

const conformanceTitle = "## The rules for statements\n"

const conformanceHead = conformanceTitle + `
Written by ` + "`go test ./schema -run TestConformancePage -update`" + ` from the registry in ` + "`statements/rules_table.go`" + `; do not edit.

Every statement that Lernspur accepts keeps the %d rules below. Two validators know them: the strict pass of
package ` + "`statements`" + `, which decides, and the JSON Schemas of package ` + "`schema`" + `, which explain a rejection. %d rules stand in
both; %d are Go functions that both call, since no JSON Schema can say them. A violation names its rule by the id
in the first column.

For each rule ` + "`schema/testdata/rules/<rule>.json`" + ` has at least two statements per edition that break only that rule, and a
valid near miss (the last column counts invalid and valid ones). Tests hold both validators against them (verdict, rule and
place), switch off each rule in turn, take every keyword out of the schemas in turn, and a fuzz test looks for bodies
on which the two differ.

1.0.3 is the xAPI specification 1.0.3: "Data" is Part Two, "Comm" Part Three. 2.0 is IEEE 9274.1.1-2023. "ours" means that
the edition does not ask for it, but this server does.

* **IRI**: a scheme (a letter, then letters, digits, +, . or -), a colon, and at least one more character, none of which is a
  control character (U+0000 to U+0020, U+007F to U+009F) or one of ` + "`< > \" { } | \\ ^`" + ` or a backtick. Nothing else is checked:
  the specification allows best effort, and content in the field has unusual IRIs.
* **UUID**: 8-4-4-4-12 hexadecimal digits of either case.
* **Agent places**: actor, object with the objectType Agent or Group, authority, context.instructor, context.team, members of
  Groups, contextAgents.agent and contextGroups.group, in SubStatements too.
* A rule about the type of a value comes first: a null outside extensions breaks ` + "`null-value`" + ` alone, a value of another wrong
  type breaks the type rule alone, and only a value of the right type is held against the other rules.

`

const conformanceGoOnly = `
### The rules that only Go knows

%d, a closed list: a test fails when one is added or when a schema states one of them. The schemas' side calls the
same code as the strict pass, with every other rule switched off.

`
