package schema

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/xeipuuv/gojsonschema"

	"lernspur/statements"
)

// Check validates one statement that package statements has accepted against
// the tenant's schemas. index is its place in the request, for the violations;
// there are at most MaxViolations. Numbers keep 60 digits and lie within
// 10^±300 for this purpose.
func (e *Extensions) Check(index int, raw []byte) []statements.Violation {
	if e.Empty() {
		return nil
	}
	tree, err := decode(raw)
	if err != nil {
		return []statements.Violation{{Statement: index, Rule: RuleTenantSchema, Message: "The statement is not JSON: " + err.Error()}}
	}
	c := &tenantCheck{Extensions: e, index: index}
	root, _ := tree.(map[string]any)
	c.statement(root, nil)
	sortViolations(c.found)
	return c.found[:min(len(c.found), MaxViolations)]
}

// tenantCheck is one run of Check: what it looks for, and what it found.
type tenantCheck struct {
	*Extensions
	index int
	found []statements.Violation
}

// statement checks a statement or SubStatement, and the places in it where
// extensions and Activities stand.
func (c *tenantCheck) statement(st map[string]any, at []string) {
	result, _ := st["result"].(map[string]any)
	c.extensionsOf(result, below(at, "result"))

	context, _ := st["context"].(map[string]any)
	c.extensionsOf(context, below(at, "context"))
	related, _ := context["contextActivities"].(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(related)) {
		atKey := below(at, "context", "contextActivities", key)
		if single, ok := related[key].(map[string]any); ok {
			c.activity(single, atKey)
		}
		list, _ := related[key].([]any)
		for i := range list {
			activity, _ := list[i].(map[string]any)
			c.activity(activity, below(atKey, strconv.Itoa(i)))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(categories(related["category"]))) {
		c.validate(c.profiles[id], st, at, "profile "+id)
	}

	object, _ := st["object"].(map[string]any)
	switch object["objectType"] {
	case nil, "Activity":
		c.activity(object, below(at, "object"))
	case "SubStatement":
		c.statement(object, below(at, "object"))
	}
}

// activity checks an Activity object by its type, and its extensions.
func (c *tenantCheck) activity(activity map[string]any, at []string) {
	definition, _ := activity["definition"].(map[string]any)
	if kind, ok := definition["type"].(string); ok {
		c.validate(c.types[kind], activity, at, "activity type "+kind)
	}
	c.extensionsOf(definition, below(at, "definition"))
}

// extensionsOf checks the extensions of the object that holds them.
func (c *tenantCheck) extensionsOf(holder map[string]any, at []string) {
	extensions, _ := holder["extensions"].(map[string]any)
	for _, iri := range slices.Sorted(maps.Keys(extensions)) {
		c.validate(c.extensions[iri], extensions[iri], below(at, "extensions", iri), "extension "+iri)
	}
}

// validate runs one schema, if there is one, over the value at a place.
func (c *tenantCheck) validate(s *gojsonschema.Schema, value any, at []string, whose string) {
	if s == nil || len(c.found) >= MaxViolations {
		return
	}
	if n := values(value, true); n > maxValues {
		c.found = append(c.found, statements.Violation{
			Statement: c.index, Pointer: pointer(at), Rule: RuleTenantSchema,
			Message: fmt.Sprintf("The schema of your organisation for the %s can look at %d values at most, not at %d.", whose, maxValues, n),
		})
		return
	}
	result, err := s.Validate(gojsonschema.NewRawLoader(value))
	if err != nil {
		return // NewRawLoader never fails
	}
	seen := map[statements.Violation]bool{}
	for _, e := range result.Errors() {
		if summaries[e.Type()] && len(result.Errors()) > 1 {
			continue
		}
		place := below(at, contextTokens(e)...)
		if property, ok := e.Details()["property"].(string); ok && e.Type() != "required" {
			place = below(place, property)
		}
		v := statements.Violation{
			Statement: c.index,
			Pointer:   pointer(place),
			Rule:      RuleTenantSchema,
			Message:   "The schema of your organisation for the " + whose + " asks otherwise: " + describe(e) + ".",
		}
		if !seen[v] {
			seen[v] = true
			c.found = append(c.found, v)
		}
	}
}

// summaries are the types of errors that only say that a deeper one, which is
// reported beside it, exists.
var summaries = map[string]bool{
	"number_all_of": true, "number_any_of": true, "number_one_of": true,
	"condition_then": true, "condition_else": true, "contains": true, "invalid_property_name": true,
}

// categories gives the ids of the Activities in contextActivities.category.
func categories(value any) map[string]bool {
	ids := map[string]bool{}
	list, isList := value.([]any)
	if !isList {
		list = []any{value}
	}
	for _, entry := range list {
		activity, _ := entry.(map[string]any)
		if id, ok := activity["id"].(string); ok {
			ids[id] = true
		}
	}
	return ids
}

// below gives a place further down; the slice is always a new one.
func below(at []string, tokens ...string) []string {
	return slices.Concat(at, tokens)
}
