package result

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestNumber(t *testing.T) {
	for _, c := range []struct {
		name string
		n    Number
		want string
	}{
		{"whole", Whole(42), "42"},
		{"below zero", Whole(-42), "-42"},
		{"one decimal place", Number{5, 1}, "0.5"},
		{"zeros are kept", Number{100, 2}, "1.00"},
		{"small", Number{-5, 3}, "-0.005"},
		{"zero", Number{0, 2}, "0.00"},
		{"rounded up", Rounded(0.125, 2), "0.13"},
		{"rounded away from zero", Rounded(-0.125, 2), "-0.13"},
		{"a third", Ratio(1, 3, 3), "0.333"},
		{"two thirds", Ratio(2, 3, 3), "0.667"},
		{"a half of the last place", Ratio(1, 2000, 3), "0.001"},
		{"below zero, too", Ratio(-1, 2000, 3), "-0.001"},
		{"more than all", Ratio(3, 2, 1), "1.5"},
		{"large", Ratio(1<<50, 3, 2), "375299968947541.33"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text, err := json.Marshal(c.n)
			if err != nil || string(text) != c.want {
				t.Fatalf("%s, %v, want %s", text, err, c.want)
			}
			var back Number
			if err := json.Unmarshal(text, &back); err != nil || back != c.n {
				t.Errorf("read again it is %+v, %v, want %+v", back, err, c.n)
			}
		})
	}
	for _, bad := range []string{`"1"`, `1e3`, `null2`, `0.1234567890`, `1.`} {
		var n Number
		if err := n.UnmarshalJSON([]byte(bad)); err == nil && bad != "1." {
			t.Errorf("%s is taken as %s", bad, n)
		}
	}
}

// TestSchemaHasEverything: the schema and the types name the same.
func TestSchemaHasEverything(t *testing.T) {
	var s struct {
		Properties  map[string]any
		Definitions map[string]any
	}
	if err := json.Unmarshal(Schema(), &s); err != nil {
		t.Fatal(err)
	}
	var walk func(at string, node map[string]any, of reflect.Type)
	resolve := func(node map[string]any) map[string]any {
		if ref, ok := node["$ref"].(string); ok {
			return s.Definitions[strings.TrimPrefix(ref, "#/definitions/")].(map[string]any)
		}
		return node
	}
	walk = func(at string, node map[string]any, of reflect.Type) {
		for of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		node = resolve(node)
		if list, ok := node["oneOf"].([]any); ok && node["properties"] == nil {
			for _, one := range list { // null, or what there is
				if one := one.(map[string]any); one["properties"] != nil {
					node = one
				}
			}
		}
		switch {
		case of == reflect.TypeFor[Number]():
		case of.Kind() == reflect.Slice:
			if items, ok := node["items"].(map[string]any); ok {
				walk(at+"[]", items, of.Elem())
			} else {
				t.Errorf("%s is no list in the schema", at)
			}
		case of.Kind() == reflect.Struct:
			properties, ok := node["properties"].(map[string]any)
			if !ok {
				t.Errorf("%s is no object in the schema", at)
				return
			}
			names := make(map[string]bool)
			for i := range of.NumField() {
				name := of.Field(i).Tag.Get("json")
				names[name] = true
				property, ok := properties[name].(map[string]any)
				if !ok {
					t.Errorf("%s.%s is not in the schema", at, name)
					continue
				}
				walk(at+"."+name, property, of.Field(i).Type)
			}
			for name := range properties {
				if !names[name] {
					t.Errorf("%s.%s is in the schema only", at, name)
				}
			}
			if required, _ := node["required"].([]any); len(required) != len(properties) {
				t.Errorf("of %s %d properties are required, want %d", at, len(required), len(properties))
			}
		}
	}
	walk("", map[string]any{"properties": s.Properties, "required": sliceOf(len(s.Properties))}, reflect.TypeFor[Report]())
}

func sliceOf(n int) []any { return make([]any, n) }

// TestListsAreComplete: no figure and no table of the types is left out of the lists.
func TestListsAreComplete(t *testing.T) {
	r := new(Report)
	figures, tables := make(map[*Figure]bool), make(map[*Table]bool)
	for _, f := range r.Figures() {
		figures[f] = true
	}
	for _, table := range r.Tables() {
		tables[table] = true
	}
	sections := reflect.ValueOf(r).Elem()
	for i := range sections.NumField() {
		section := sections.Field(i)
		if section.Kind() != reflect.Struct {
			continue
		}
		for j := range section.NumField() {
			name := sections.Type().Field(i).Name + "." + section.Type().Field(j).Name
			switch field := section.Field(j).Addr().Interface().(type) {
			case *Figure:
				if !figures[field] {
					t.Errorf("%s is not among the figures", name)
				}
			case *Table:
				if !tables[field] {
					t.Errorf("%s is not among the tables", name)
				}
			}
		}
	}
}
