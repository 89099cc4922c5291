package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	room   = "https://example.org/ext/room"
	course = "http://adlnet.gov/expapi/activities/course"
	cmi5   = "https://w3id.org/xapi/cmi5/context/categories/cmi5"
)

// one makes a set with one schema for the extension room.
func one(schema string) TenantSchemas {
	return TenantSchemas{Extensions: map[string]json.RawMessage{room: json.RawMessage(schema)}}
}

func TestTenantSchemasCheck(t *testing.T) {
	set := TenantSchemas{
		Extensions: map[string]json.RawMessage{room: json.RawMessage(
			`{"type":"object","required":["number"],"properties":{"number":{"type":"integer","minimum":1},"floor":{"$ref":"#/definitions/floor"}},
			  "additionalProperties":false,"definitions":{"floor":{"enum":["cellar","ground",1e0]}}}`)},
		ActivityTypes: map[string]json.RawMessage{course: json.RawMessage(
			`{"properties":{"definition":{"required":["name"],"properties":{"name":{"required":["de"]}}}}}`)},
		Profiles: map[string]json.RawMessage{cmi5: json.RawMessage(
			`{"properties":{"context":{"required":["registration"]}}}`)},
	}
	e, err := CompileExtensions(set)
	if err != nil {
		t.Fatal(err)
	}
	statement := func(rest string) string {
		return strings.TrimSuffix(goodStatement, "}") + "," + rest + "}"
	}
	tests := []struct {
		name, statement string
		want            []string
	}{
		{"nothing of the tenant's", goodStatement, nil},
		{"extension kept", statement(`"context":{"extensions":{"` + room + `":{"number":2,"floor":"cellar"}}}`), nil},
		{"number by another spelling", statement(`"context":{"extensions":{"` + room + `":{"number":2.0,"floor":1.00}}}`), nil},
		{"extension in a context", statement(`"context":{"extensions":{"` + room + `":{"number":0}}}`),
			[]string{"7 /context/extensions/https:~1~1example.org~1ext~1room/number tenant-schema"}},
		{"extension in a result", statement(`"result":{"extensions":{"` + room + `":null}}`),
			[]string{"7 /result/extensions/https:~1~1example.org~1ext~1room tenant-schema"}},
		{"unknown property of an extension", statement(`"result":{"extensions":{"` + room + `":{"number":1,"x/y":1}}}`),
			[]string{"7 /result/extensions/https:~1~1example.org~1ext~1room/x~1y tenant-schema"}},
		{"extension of a definition, in a SubStatement",
			strings.Replace(goodStatement, `{"id":"http://example.org/a"}`, `{"objectType":"SubStatement",`+strings.Replace(goodStatement[1:],
				`{"id":"http://example.org/a"}`, `{"id":"http://example.org/a","definition":{"extensions":{"`+room+`":{}}}}`, 1), 1),
			[]string{"7 /object/object/definition/extensions/https:~1~1example.org~1ext~1room tenant-schema"}},
		{"activity type of the object", strings.Replace(goodStatement, `"http://example.org/a"`, `"http://example.org/a","definition":{"type":"`+course+`"}`, 1),
			[]string{"7 /object/definition tenant-schema"}},
		{"activity type, one Activity as parent", statement(`"context":{"contextActivities":{"parent":{"id":"urn:x","definition":{"type":"` + course + `","name":{"en":"x"}}}}}`),
			[]string{"7 /context/contextActivities/parent/definition/name tenant-schema"}},
		{"activity type, in a list", statement(`"context":{"contextActivities":{"other":[{"id":"urn:x"},{"id":"urn:y","definition":{"type":"` + course + `"}}]}}`),
			[]string{"7 /context/contextActivities/other/1/definition tenant-schema"}},
		{"profile", statement(`"context":{"contextActivities":{"category":[{"id":"` + cmi5 + `"}]}}`), []string{"7 /context tenant-schema"}},
		{"profile kept", statement(`"context":{"registration":"6690e6c9-3ef0-4ed3-8b37-7f3964730bee","contextActivities":{"category":{"id":"` + cmi5 + `"}}}`), nil},
		{"huge numbers", statement(`"result":{"extensions":{"` + room + `":{"number":1e999999999}}}`), nil},
		{"huge number where values are listed", statement(`"result":{"extensions":{"` + room + `":{"number":1,"floor":-1e-999999999}}}`),
			[]string{"7 /result/extensions/https:~1~1example.org~1ext~1room/floor tenant-schema"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, lines(e.Check(7, []byte(tt.statement)))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTenantSchemaWords(t *testing.T) {
	e, err := CompileExtensions(one(`{"type":["object","array"]}`))
	if err != nil {
		t.Fatal(err)
	}
	list := e.Check(0, []byte(`{"result":{"extensions":{"`+room+`":5}}}`))
	want := "The schema of your organisation for the extension " + room +
		" asks otherwise: an array [ … ] or an object { … } was expected, not a whole number."
	if len(list) != 1 || list[0].Message != want {
		t.Errorf("got %+v, want the message %q", list, want)
	}
}

func TestTenantSchemaIsBounded(t *testing.T) {
	e, err := CompileExtensions(one(`{"items":{"type":"string"}}`))
	if err != nil {
		t.Fatal(err)
	}
	extension := func(iri string, n int) string {
		return `{"result":{"extensions":{"` + iri + `":[` + strings.Repeat("1,", n-1) + `1]}}}`
	}
	if list := e.Check(0, []byte(extension("urn:of-nobody", 100_000))); list != nil {
		t.Errorf("an extension without a schema: %+v", list)
	}
	list := e.Check(0, []byte(extension(room, 100_000)))
	if len(list) != 1 || !strings.Contains(list[0].Message, "20000 values at most, not at 100001") {
		t.Errorf("100,000 bad elements: %d violations, %+v", len(list), list[0])
	}
	if list := e.Check(0, []byte(extension(room, 1000))); len(list) != MaxViolations {
		t.Errorf("1,000 bad elements: %d violations, want %d", len(list), MaxViolations)
	}
}

func TestNoTenantSchemas(t *testing.T) {
	var none *Extensions
	if !none.Empty() || none.Check(0, []byte(goodStatement)) != nil {
		t.Error("nil has something to check")
	}
	e, err := CompileExtensions(TenantSchemas{})
	if err != nil || !e.Empty() {
		t.Errorf("an empty set: %v, empty %v", err, e.Empty())
	}
}

func TestTenantSchemasRefused(t *testing.T) {
	wide := make([]string, 70)
	for i := range wide {
		wide[i] = `{"$ref":"#/definitions/a"}`
	}
	bomb := `{"definitions":{"a":{"anyOf":[{},{},{},{},{},{},{},{},{},{}]},"b":{"anyOf":[` + strings.Join(wide, ",") + `]},
		"c":{"anyOf":[` + strings.ReplaceAll(strings.Join(wide, ","), "/a", "/b") + `]}},"$ref":"#/definitions/c"}`
	tests := []struct{ name, schema, want string }{
		{"no JSON", `{`, "not JSON"},
		{"no schema", `5`, "expected"},
		{"unknown type", `{"type":"text"}`, `at "/type"`},
		{"definitions that are no object", `{"definitions":true}`, `at "/definitions"`},
		{"bad pattern", `{"pattern":"("}`, "pattern"},
		{"other draft", `{"$schema":"https://json-schema.org/draft/2020-12/schema"}`, "$schema must be"},
		{"reference to the web", `{"$ref":"http://example.org/schema.json"}`, "leads out of the schema"},
		{"reference to a file", `{"properties":{"a":{"$ref":"file:///etc/passwd"}}}`, "leads out of the schema"},
		{"relative reference", `{"items":{"$ref":"other.json#/a"}}`, "leads out of the schema"},
		{"reference to the metaschema", `{"not":{"$ref":"http://json-schema.org/draft-07/schema#"}}`, "leads out of the schema"},
		{"reference hidden behind a base", `{"$id":"http://example.org/","$ref":"#"}`, "$id is not supported"},
		{"base in a definition", `{"definitions":{"a":{"$id":"http://example.org/a"}}}`, "$id is not supported"},
		{"reference to nothing", `{"$ref":"#/definitions/none"}`, "names nothing"},
		{"reference by name", `{"$ref":"#name"}`, "no JSON pointer"},
		{"reference to itself", `{"$ref":"#"}`, "comes back to itself"},
		{"recursion through a property", `{"properties":{"a":{"$ref":"#"}}}`, "comes back to itself"},
		{"recursion between two", `{"definitions":{"a":{"$ref":"#/definitions/b"},"b":{"items":{"$ref":"#/definitions/a"}}},"$ref":"#/definitions/a"}`, "comes back to itself"},
		{"much from little", bomb, "more than 4000 subschemas"},
		{"too deep", strings.Repeat(`{"not":`, 40) + "{}" + strings.Repeat("}", 40), "nests 41 deep"},
		{"too long", `{"description":"` + strings.Repeat("x", MaxSchemaBytes) + `"}`, "at most 65536"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := CompileExtensions(one(tt.schema))
			var refused *SchemaError
			if !errors.As(err, &refused) {
				t.Fatalf("not refused: %v", err)
			}
			if refused.Name != room || !strings.Contains(refused.Reason, tt.want) {
				t.Errorf("got %q, want something with %q", err, tt.want)
			}
		})
	}
}

func TestTenantSchemasAreCounted(t *testing.T) {
	set := TenantSchemas{Extensions: map[string]json.RawMessage{}}
	for i := range MaxSchemas + 1 {
		set.Extensions[fmt.Sprint("urn:x:", i)] = json.RawMessage(`true`)
	}
	if _, err := CompileExtensions(set); err == nil || !strings.Contains(err.Error(), "at most 200") {
		t.Errorf("201 schemas: %v", err)
	}
}

// TestNothingIsLoaded puts a server and a file where references could lead,
// and demands that neither is touched, even by the loader behind the checks.
func TestNothingIsLoaded(t *testing.T) {
	touched := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { touched = true }))
	defer server.Close()
	file := filepath.Join(t.TempDir(), "schema.json")
	if err := os.WriteFile(file, []byte(`{}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, ref := range []string{server.URL + "/schema.json", "file://" + file} {
		if _, err := CompileExtensions(one(`{"allOf":[{"$ref":"` + ref + `"}]}`)); err == nil {
			t.Errorf("$ref to %s was accepted", ref)
		}
		if doc, err := (sealedFactory{}).New(ref).LoadJSON(); err == nil {
			t.Errorf("the loader gave %v for %s", doc, ref)
		}
	}
	if touched {
		t.Error("the server was asked")
	}
}

// FuzzTenantSchema looks for schemas that end the process or never end: every
// schema is refused or can be used.
func FuzzTenantSchema(f *testing.F) {
	for _, schema := range []string{
		`true`, `{"type":"integer","multipleOf":0.1}`, `{"enum":[1e3,"a",null,{"a":[1.0]}]}`, `{"uniqueItems":true,"items":[{},{"const":1}],"additionalItems":false}`,
		`{"definitions":{"a":{"minimum":0}},"properties":{"x":{"$ref":"#/definitions/a"}},"dependencies":{"x":["y"]}}`,
		`{"if":{"minLength":2},"then":{"format":"date-time"},"else":{"pattern":"^a+$"}}`, `{"patternProperties":{"^x":{"contains":{"exclusiveMaximum":5}}},"propertyNames":{"maxLength":3}}`,
		`{"$ref":"#/definitions/a~1b%25","definitions":{"a/b%":{"oneOf":[{"type":"string"},{"minProperties":1}]}}}`,
	} {
		for _, value := range []string{`1e999`, `[1,1.0,"a"]`, `{"x":-0.1,"y":[1e-400]}`, `"aaa"`, `null`} {
			f.Add([]byte(schema), []byte(value))
		}
	}
	f.Fuzz(func(t *testing.T, schema, value []byte) {
		e, err := CompileExtensions(one(string(schema)))
		if err != nil || len(value) > 1<<12 {
			return
		}
		e.Check(0, []byte(`{"result":{"extensions":{"`+room+`":`+string(value)+`}}}`))
	})
}
