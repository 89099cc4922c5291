package schema

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"lernspur/statements"
)

// TestEveryKeywordIsNeeded takes every keyword out of the schemas, one at a
// time, and demands that the corpus notices. So each place where a rule holds
// is covered, not only each rule.
func TestEveryKeywordIsNeeded(t *testing.T) {
	shared := embedded("xapi/shared.json")["definitions"].(map[string]any)
	for _, ed := range []statements.Edition{statements.V1, statements.V2} {
		cases := decodedCorpus(t, ed)
		root := document(ed)
		if failed := firstFailure(root, cases); failed != "" {
			t.Fatalf("edition %d: the schema as it is fails on %s", ed, failed)
		}
		total := 0
		for _, m := range mutants(root, "#") {
			name, _, _ := strings.Cut(strings.TrimPrefix(m.at, "#/definitions/"), "/")
			if _, isShared := shared[name]; isShared && ed == statements.V1 {
				continue // looked at under 2.0
			}
			total++
			restore := m.apply()
			if firstFailure(root, cases) == "" {
				t.Errorf("edition %d: %s can be taken out without anything failing", ed, m.at)
			}
			restore()
		}
		t.Logf("edition %d: %d keywords taken out", ed, total)
	}
}

// decodedCase is a corpus entry that the schemas alone decide.
type decodedCase struct {
	name string
	rule string // "" when valid
	entry
	tree any
}

func decodedCorpus(t *testing.T, ed statements.Edition) (list []decodedCase) {
	t.Helper()
	files := corpus(t)
	for _, id := range slices.Sorted(maps.Keys(files)) {
		rule, _ := statements.LookupRule(id)
		add := func(entries []entry, broken string) {
			for _, e := range entries {
				if rule.GoOnly || !slices.Contains(e.editions(), ed) {
					continue
				}
				if tree, err := decode(e.bytes(t)); err == nil {
					if _, batch := tree.([]any); !batch {
						list = append(list, decodedCase{id + "/" + e.Name, broken, e, tree})
					}
				}
			}
		}
		add(files[id].Invalid, id)
		add(files[id].Valid, "")
	}
	for i, text := range examples(t) {
		tree, err := decode(text)
		if _, batch := tree.([]any); err == nil && !batch && (ed == statements.V2 || i != 1 && i != 2) {
			list = append(list, decodedCase{name: fmt.Sprint("example ", i), tree: tree})
		}
	}
	return list
}

// firstFailure names the first entry that a schema judges differently.
func firstFailure(root map[string]any, cases []decodedCase) string {
	v := compile(root)
	for _, c := range cases {
		list := v.judge(c.Index, c.tree, nil)
		if c.rule == "" && len(list) > 0 || c.rule != "" && only(list, c.rule, c.entry) != nil {
			return c.name
		}
	}
	return ""
}

// mutant is one way to take a keyword out of a schema.
type mutant struct {
	at    string
	apply func() (restore func())
}

// assertions are the keywords that can be taken out as they are.
var assertions = []string{"type", "additionalProperties", "enum", "const", "pattern", "format", "minimum", "maximum", "multipleOf",
	"minItems", "maxItems", "propertyNames", "anyOf", "not", "dependencies", "then", "else"}

// mutants lists the ways to take one keyword out below a schema. Conditions
// (if, and what stands in not and anyOf) are taken as a whole.
func mutants(node map[string]any, at string) (list []mutant) {
	for _, key := range assertions {
		if old, has := node[key]; has {
			list = append(list, mutant{at + "/" + key, func() func() {
				delete(node, key)
				return func() { node[key] = old }
			}})
		}
	}
	if required, ok := node["required"].([]any); ok {
		for i := range required {
			list = append(list, mutant{fmt.Sprintf("%s/required/%s", at, required[i]), func() func() {
				node["required"] = slices.Delete(slices.Clone(required), i, i+1)
				return func() { node["required"] = required }
			}})
		}
	}
	for _, key := range []string{"properties", "definitions"} {
		group, _ := node[key].(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(group)) {
			sub := group[name].(map[string]any)
			if _, isRef := sub["$ref"]; isRef {
				list = append(list, emptied(group, name, at+"/"+key+"/"+name))
			}
			list = append(list, mutants(sub, at+"/"+key+"/"+name)...)
		}
	}
	for _, key := range []string{"items", "then", "else"} {
		if sub, ok := node[key].(map[string]any); ok {
			list = append(list, emptied(node, key, at+"/"+key))
			list = append(list, mutants(sub, at+"/"+key)...)
		}
	}
	all, _ := node["allOf"].([]any)
	for i, sub := range all {
		place := fmt.Sprintf("%s/allOf/%d", at, i)
		list = append(list, mutant{place, func() func() {
			all[i] = map[string]any{}
			return func() { all[i] = sub }
		}})
		list = append(list, mutants(sub.(map[string]any), place)...)
	}
	return list
}

// emptied replaces a subschema by one that accepts everything.
func emptied(holder map[string]any, key, at string) mutant {
	old := holder[key]
	return mutant{at, func() func() {
		holder[key] = map[string]any{}
		return func() { holder[key] = old }
	}}
}

// TestSourceIsASchema holds our own schemas against the schema of schemas.
func TestSourceIsASchema(t *testing.T) {
	for _, ed := range []statements.Edition{statements.V1, statements.V2} {
		var tree any
		if err := json.Unmarshal(Source(ed), &tree); err != nil {
			t.Fatal(err)
		}
		if err := checkMeta(tree); err != nil {
			t.Errorf("edition %d: %v", ed, err)
		}
	}
}
