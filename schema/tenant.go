package schema

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/xeipuuv/gojsonschema"
)

// RuleTenantSchema is the rule id of a violation that a tenant's own schema
// found. It is no rule of xAPI, so the registry of package statements does not
// hold it.
const RuleTenantSchema = "tenant-schema"

// Limits of a tenant's schemas. They are generous for hand-written profiles
// and bound what a hostile schema can cost per statement.
const (
	MaxSchemas     = 200      // of one tenant, over all three maps
	MaxSchemaBytes = 64 << 10 // of one schema
	MaxSchemaDepth = 32       // nesting of one schema's JSON
	// MaxSchemaNodes counts the subschemas of one schema with every $ref
	// replaced by what it names.
	MaxSchemaNodes = 4000
)

// TenantSchemas are the schemas of one tenant, each JSON Schema draft-07.
type TenantSchemas struct {
	// Extensions: extension IRI to the schema of its value, wherever the
	// extension stands (result, context, activity definition, also inside a
	// SubStatement).
	Extensions map[string]json.RawMessage
	// ActivityTypes: activity type IRI to the schema of every Activity object
	// whose definition has that type.
	ActivityTypes map[string]json.RawMessage
	// Profiles: Activity id to the schema of every statement that names it in
	// contextActivities.category.
	Profiles map[string]json.RawMessage
}

// Extensions are the compiled schemas of one tenant. They never change, and
// may be used by many goroutines. A nil *Extensions finds nothing.
type Extensions struct {
	extensions, types, profiles map[string]*gojsonschema.Schema
}

// CompileExtensions compiles a tenant's schemas. The error is a *SchemaError
// that names the first schema, in order of its name, that cannot be used.
// Nothing is ever loaded: a $ref must stay inside its schema ("#…").
func CompileExtensions(set TenantSchemas) (*Extensions, error) {
	if n := len(set.Extensions) + len(set.ActivityTypes) + len(set.Profiles); n > MaxSchemas {
		return nil, &SchemaError{Reason: fmt.Sprintf("there are %d schemas, at most %d are allowed", n, MaxSchemas)}
	}
	e := &Extensions{}
	groups := []struct {
		kind    string
		sources map[string]json.RawMessage
		into    *map[string]*gojsonschema.Schema
	}{
		{"extension", set.Extensions, &e.extensions},
		{"activity type", set.ActivityTypes, &e.types},
		{"profile", set.Profiles, &e.profiles},
	}
	for _, g := range groups {
		*g.into = make(map[string]*gojsonschema.Schema, len(g.sources))
		for _, name := range slices.Sorted(maps.Keys(g.sources)) {
			compiled, err := compileTenant(g.sources[name])
			if err != nil {
				return nil, &SchemaError{Kind: g.kind, Name: name, Reason: err.Error()}
			}
			(*g.into)[name] = compiled
		}
	}
	return e, nil
}

// SchemaError tells why a tenant's schema is refused.
type SchemaError struct {
	Kind   string // "extension", "activity type" or "profile"; "" for the set as a whole
	Name   string // the IRI it was given for
	Reason string
}

func (e *SchemaError) Error() string {
	if e.Kind == "" {
		return "tenant schemas: " + e.Reason
	}
	return fmt.Sprintf("schema of %s %s: %s", e.Kind, e.Name, e.Reason)
}

// Empty tells whether there is nothing to check.
func (e *Extensions) Empty() bool {
	return e == nil || len(e.extensions)+len(e.types)+len(e.profiles) == 0
}
