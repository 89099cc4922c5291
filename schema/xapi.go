package schema

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"sync"

	"github.com/xeipuuv/gojsonschema"

	"lernspur/statements"
)

//go:embed xapi/*.json
var sources embed.FS

// Source is the whole JSON Schema (draft-07) for one statement of an edition,
// its shared definitions included. It can be used with any validator that
// ignores unknown keywords; formats beginning with xapi- are described in
// formats.go.
func Source(ed statements.Edition) []byte {
	text, err := json.MarshalIndent(document(ed), "", "  ")
	if err != nil {
		panic(fmt.Sprintf("schema: %v", err)) // what was decoded can be encoded
	}
	return text
}

// document is the decoded schema of an edition, freshly made.
func document(ed statements.Edition) map[string]any {
	name := "xapi/statement-1.0.3.json"
	if ed == statements.V2 {
		name = "xapi/statement-2.0.json"
	}
	root := embedded(name)
	maps.Copy(root["definitions"].(map[string]any), embedded("xapi/shared.json")["definitions"].(map[string]any))
	return root
}

// embedded decodes an embedded file. These are part of the program, so errors
// are bugs that the first test finds.
func embedded(name string) map[string]any {
	text, err := sources.ReadFile(name)
	if err != nil {
		panic(fmt.Sprintf("schema: %v", err))
	}
	tree, err := decode(text)
	if err != nil {
		panic(fmt.Sprintf("schema: %s: %v", name, err))
	}
	return tree.(map[string]any)
}

// validator is the compiled schema of one edition beside its document, in
// which the rule of a failed keyword is looked up.
type validator struct {
	root     map[string]any
	compiled *gojsonschema.Schema
}

var (
	validator1 = sync.OnceValue(func() *validator { return compile(document(statements.V1)) })
	validator2 = sync.OnceValue(func() *validator { return compile(document(statements.V2)) })
)

// validatorFor compiles the schema of an edition on first use.
func validatorFor(ed statements.Edition) *validator {
	if ed == statements.V2 {
		return validator2()
	}
	return validator1()
}

// compile makes a validator of one of our own documents.
func compile(root map[string]any) *validator {
	registerFormats()
	// gojsonschema writes into the tree it compiles, so it gets its own.
	text, err := json.Marshal(root)
	if err != nil {
		panic(fmt.Sprintf("schema: %v", err))
	}
	loader := gojsonschema.NewSchemaLoader()
	loader.AutoDetect, loader.Draft = false, gojsonschema.Draft7
	compiled, err := loader.Compile(sealedLoader{gojsonschema.NewBytesLoader(text)})
	if err != nil {
		panic(fmt.Sprintf("schema: our own schema does not compile: %v", err))
	}
	return &validator{root: root, compiled: compiled}
}

// faults holds one decoded statement against the schema. valid is the verdict
// of gojsonschema itself; faults are its errors as far as they state a rule.
func (v *validator) faults(tree any) (found []fault, valid bool) {
	result, err := v.compiled.Validate(gojsonschema.NewRawLoader(tree))
	if err != nil {
		panic(fmt.Sprintf("schema: %v", err)) // NewRawLoader never fails
	}
	for _, e := range result.Errors() {
		found = append(found, attribute(v.root, tree, e)...)
	}
	return found, result.Valid()
}
