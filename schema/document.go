package schema

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/xeipuuv/gojsonschema"
)

// Document is a JSON Schema (draft-07) of our own for something that people
// write by hand, such as the definition of a report.
type Document struct {
	compiled *gojsonschema.Schema
}

// DocumentFault is something about a document that its schema does not allow.
type DocumentFault struct {
	// Path leads to what is at fault: keys, and indices as numbers. Where a property is
	// missing, it leads to the object that lacks it.
	Path []string
	// Message says what is wrong, as a sentence without a full stop.
	Message string
}

// CompileDocument compiles a schema that the program brings along.
func CompileDocument(source []byte) (*Document, error) {
	registerFormats()
	loader := gojsonschema.NewSchemaLoader()
	loader.AutoDetect, loader.Draft = false, gojsonschema.Draft7
	compiled, err := loader.Compile(sealedLoader{gojsonschema.NewBytesLoader(source)})
	if err != nil {
		return nil, fmt.Errorf("the schema does not compile: %w", err)
	}
	return &Document{compiled}, nil
}

// Check holds a decoded document (numbers as json.Number) against the schema. Faults come in
// the order of their paths, each place and message once.
func (d *Document) Check(value any) []DocumentFault {
	result, err := d.compiled.Validate(gojsonschema.NewRawLoader(value))
	if err != nil {
		return []DocumentFault{{Message: "this cannot be read: " + err.Error()}}
	}
	var found []DocumentFault
	for _, e := range result.Errors() {
		if summaries[e.Type()] && len(result.Errors()) > 1 {
			continue
		}
		f := DocumentFault{Path: contextTokens(e), Message: describeDocument(e)}
		if property, ok := e.Details()["property"].(string); ok && e.Type() != "required" {
			f.Path = append(f.Path, property)
		}
		found = append(found, f)
	}
	slices.SortFunc(found, func(a, b DocumentFault) int {
		return cmp.Or(slices.Compare(a.Path, b.Path), strings.Compare(a.Message, b.Message))
	})
	return slices.CompactFunc(found, func(a, b DocumentFault) bool {
		return a.Message == b.Message && slices.Equal(a.Path, b.Path)
	})
}

// describeDocument is describe with advice for whoever writes by hand.
func describeDocument(e gojsonschema.ResultError) string {
	d := e.Details()
	switch e.Type() {
	case "required":
		return fmt.Sprintf("%q is missing", d["property"])
	case "additional_property_not_allowed":
		return fmt.Sprintf("there is no %q here", d["property"])
	case "invalid_type":
		given := fmt.Sprint(d["given"])
		if d["expected"] == "string" && (given == "number" || given == "integer" || given == "boolean") {
			return "this must be a text: put it in quotes"
		}
		if given == "null" {
			return "there is nothing here"
		}
		return fmt.Sprintf("this must be %s", documentTypes[fmt.Sprint(d["expected"])])
	case "enum":
		return fmt.Sprintf("this must be one of %s", d["allowed"])
	case "pattern":
		return "this is not written in the form that is asked for"
	case "number_gte":
		return fmt.Sprintf("this must be at least %v", number(d["min"]))
	case "number_gt":
		return fmt.Sprintf("this must be more than %v", number(d["min"]))
	case "number_lte":
		return fmt.Sprintf("this must be at most %v", number(d["max"]))
	case "string_gte":
		return "this must not be empty"
	case "string_lte":
		return fmt.Sprintf("this is longer than %v characters", d["max"])
	case "array_min_items":
		return fmt.Sprintf("there must be at least %v of these", d["min"])
	case "array_max_items":
		return fmt.Sprintf("there must be at most %v of these", d["max"])
	case "array_min_properties":
		return fmt.Sprintf("there must be at least %v of the names that can stand here", d["min"])
	case "array_max_properties":
		return fmt.Sprintf("there must be at most %v of the names that can stand here", d["max"])
	case "unique":
		return "no two of these may be the same"
	case "number_one_of", "number_any_of":
		return "this must be given in exactly one of the ways that there are"
	}
	return describe(e)
}

// number writes a bound of a schema as people do.
func number(v any) string {
	if r, ok := v.(interface{ FloatString(int) string }); ok {
		return strings.TrimSuffix(strings.TrimRight(r.FloatString(6), "0"), ".")
	}
	return fmt.Sprint(v)
}

// documentTypes are the types in the words of somebody who writes YAML.
var documentTypes = map[string]string{
	"object": "a group of names and values", "array": "a list", "string": "a text",
	"number": "a number", "integer": "a whole number", "boolean": "true or false",
}
