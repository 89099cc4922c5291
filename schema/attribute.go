package schema

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/xeipuuv/gojsonschema"
)

// keyRules is the annotation of our schemas: an object that gives, for a
// keyword beside it, the id of the rule that the keyword states. "required"
// may be narrowed to one property as "required/name".
const keyRules = "x-rules"

// contextSeparator parts the tokens of a gojsonschema context. No decoded JSON
// string contains it, since it is not UTF-8.
const contextSeparator = "\xff"

// keywords tells which keyword of a schema raises a type of gojsonschema
// error. Types that are missing here only repeat what a deeper error says.
var keywords = map[string]string{
	"required":                        "required",
	"missing_dependency":              "dependencies",
	"number_all_of":                   "allOf",
	"multiple_of":                     "multipleOf",
	"invalid_type":                    "type",
	"number_any_of":                   "anyOf",
	"number_one_of":                   "oneOf",
	"number_not":                      "not",
	"const":                           "const",
	"enum":                            "enum",
	"array_min_items":                 "minItems",
	"array_max_items":                 "maxItems",
	"unique":                          "uniqueItems",
	"contains":                        "contains",
	"array_min_properties":            "minProperties",
	"array_max_properties":            "maxProperties",
	"additional_property_not_allowed": "additionalProperties",
	"invalid_property_name":           "propertyNames",
	"string_gte":                      "minLength",
	"string_lte":                      "maxLength",
	"pattern":                         "pattern",
	"format":                          "format",
	"number_gte":                      "minimum",
	"number_gt":                       "exclusiveMinimum",
	"number_lte":                      "maximum",
	"number_lt":                       "exclusiveMaximum",
}

// fault is one failed keyword of one of our schemas: where, and which rule it
// states.
type fault struct {
	rule    string
	keyword string
	tokens  []string // of the instance: the value at fault
	// property is the key that is missing, unknown or badly formed below
	// tokens; "" for other keywords.
	property string
	node     map[string]any // the schema that holds the keyword
	err      gojsonschema.ResultError
}

// attribute finds the keywords that raised err by walking root along the path
// of the error, and from their annotations the rules. Errors that no annotated
// keyword accounts for (the branches of an anyOf, the summary of an if) are
// noise: the answer is empty.
func attribute(root map[string]any, instance any, err gojsonschema.ResultError) (faults []fault) {
	keyword, known := keywords[err.Type()]
	if !known {
		return nil
	}
	f := fault{keyword: keyword, err: err, tokens: contextTokens(err)}
	f.property, _ = err.Details()["property"].(string)

	w := walker{root: root}
	nodes := w.expand(nil, root, instance)
	for _, token := range f.tokens {
		var next []map[string]any
		below := child(instance, token)
		for _, node := range nodes {
			for _, sub := range w.step(node, instance, token) {
				next = w.expand(next, sub, below)
			}
		}
		nodes, instance = next, below
	}
	for _, node := range nodes {
		if rule := ruleOf(node, keyword, err, f.property); rule != "" && w.fails(node, keyword, instance) {
			f.rule, f.node = rule, node
			faults = append(faults, f)
		}
	}
	return faults
}

// contextTokens splits the context of an error into the keys and indices that
// lead to the value; empty for the whole document.
func contextTokens(err gojsonschema.ResultError) []string {
	return strings.Split(err.Context().String(contextSeparator), contextSeparator)[1:]
}

// ruleOf reads the annotation of node for a keyword; "" when node does not
// hold the keyword, or not the one that raised err.
func ruleOf(node map[string]any, keyword string, err gojsonschema.ResultError, property string) string {
	if _, has := node[keyword]; !has {
		return ""
	}
	rules, _ := node[keyRules].(map[string]any)
	switch keyword {
	case "type":
		if err.Details()["given"] == "null" {
			return "null-value"
		}
		return "type-" + node[keyword].(string)
	case "additionalProperties":
		return "unknown-property"
	case "required":
		list, _ := node[keyword].([]any)
		if !slices.Contains(list, any(property)) {
			return ""
		}
		if rule, ok := rules["required/"+property].(string); ok {
			return rule
		}
	case "format", "pattern":
		if node[keyword] != fmt.Sprint(err.Details()[keyword]) {
			return ""
		}
	}
	rule, _ := rules[keyword].(string)
	return rule
}

// child gives the value of node below a key or index; nil when there is none.
func child(node any, token string) any {
	switch v := node.(type) {
	case map[string]any:
		return v[token]
	case []any:
		i := 0
		for _, c := range token {
			i = i*10 + int(c-'0')
		}
		if i < len(v) {
			return v[i]
		}
	}
	return nil
}

// walker walks the subset of JSON Schema that our own schemas use.
type walker struct{ root map[string]any }

// expand adds to into the schema itself and all that apply to the same value:
// references, allOf, and the branch that an if chooses.
func (w walker) expand(into []map[string]any, schema map[string]any, instance any) []map[string]any {
	if ref, ok := schema["$ref"].(string); ok {
		return w.expand(into, w.resolve(ref), instance)
	}
	into = append(into, schema)
	if all, ok := schema["allOf"].([]any); ok {
		for _, sub := range all {
			into = w.expand(into, sub.(map[string]any), instance)
		}
	}
	if cond, ok := schema["if"].(map[string]any); ok {
		branch := "else"
		if w.holds(cond, instance) {
			branch = "then"
		}
		if sub, ok := schema[branch].(map[string]any); ok {
			into = w.expand(into, sub, instance)
		}
	}
	return into
}

// step gives the schemas that node applies to the value below token.
func (w walker) step(node map[string]any, instance any, token string) []map[string]any {
	var out []map[string]any
	if _, isArray := instance.([]any); isArray {
		if items, ok := node["items"].(map[string]any); ok {
			out = append(out, items)
		}
		return out
	}
	if props, ok := node["properties"].(map[string]any); ok {
		if sub, ok := props[token].(map[string]any); ok {
			return append(out, sub)
		}
	}
	if sub, ok := node["additionalProperties"].(map[string]any); ok {
		out = append(out, sub)
	}
	return out
}

// resolve follows a reference inside the document: "#" or "#/definitions/name".
func (w walker) resolve(ref string) map[string]any {
	node := w.root
	for _, token := range strings.Split(ref, "/")[1:] {
		node = node[token].(map[string]any)
	}
	return node
}

// fails tells whether an anyOf or not of node fails, since several may stand at
// one place. Other keywords are told apart by what their error says.
func (w walker) fails(node map[string]any, keyword string, instance any) bool {
	switch keyword {
	case "anyOf", "not":
		return !w.holds(map[string]any{keyword: node[keyword]}, instance)
	}
	return true
}

// holds evaluates the keywords that stand in our conditions.
func (w walker) holds(cond map[string]any, instance any) bool {
	for keyword, value := range cond {
		if !w.keyword(keyword, value, instance) {
			return false
		}
	}
	return true
}

// keyword evaluates one keyword of a condition.
func (w walker) keyword(keyword string, value, instance any) bool {
	object, isObject := instance.(map[string]any)
	array, isArray := instance.([]any)
	switch keyword {
	case "$ref":
		return w.holds(w.resolve(value.(string)), instance)
	case "type":
		return value == "object" && isObject || value == "array" && isArray
	case "required":
		return !isObject || !slices.ContainsFunc(value.([]any), func(name any) bool {
			_, has := object[name.(string)]
			return !has
		})
	case "properties":
		for name, sub := range value.(map[string]any) {
			if below, has := object[name]; has && !w.holds(sub.(map[string]any), below) {
				return false
			}
		}
	case "minItems":
		return !isArray || len(array) >= integer(value)
	case "maxItems":
		return !isArray || len(array) <= integer(value)
	case "const":
		return scalarIn([]any{value}, instance)
	case "enum":
		return scalarIn(value.([]any), instance)
	case "not":
		return !w.holds(value.(map[string]any), instance)
	case "anyOf":
		return slices.ContainsFunc(value.([]any), func(sub any) bool {
			return w.holds(sub.(map[string]any), instance)
		})
	default:
		panic("schema: a condition has the keyword " + keyword + ", which holds does not know")
	}
	return true
}

// integer reads a whole number of a schema.
func integer(value any) int {
	n, _ := value.(json.Number).Int64()
	return int(n)
}

// scalarIn tells whether a list of scalars holds value.
func scalarIn(list []any, value any) bool {
	switch value.(type) {
	case map[string]any, []any:
		return false
	}
	return slices.Contains(list, value)
}
