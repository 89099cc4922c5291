package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/xeipuuv/gojsonschema"
)

// draft07 is the only $schema that a tenant may name.
const draft07 = "http://json-schema.org/draft-07/schema"

// metaSchema is the schema of schemas, from gojsonschema's own copy.
var metaSchema = sync.OnceValues(func() (*gojsonschema.Schema, error) {
	return gojsonschema.NewSchema(gojsonschema.NewReferenceLoader(draft07))
})

// compileTenant compiles one schema of a tenant after making sure that it is
// bounded and asks for nothing from outside.
func compileTenant(source json.RawMessage) (compiled *gojsonschema.Schema, err error) {
	// gojsonschema panics on some malformed schemas; the metaschema refuses
	// those that are known, this refuses the rest.
	defer func() {
		if r := recover(); r != nil {
			compiled, err = nil, fmt.Errorf("the schema cannot be compiled: %v", r)
		}
	}()
	if len(source) > MaxSchemaBytes {
		return nil, fmt.Errorf("it has %d bytes, at most %d are allowed", len(source), MaxSchemaBytes)
	}
	if !json.Valid(source) {
		return nil, errors.New("it is not JSON")
	}
	if d := depth(source); d > MaxSchemaDepth {
		return nil, fmt.Errorf("it nests %d deep, at most %d are allowed", d, MaxSchemaDepth)
	}
	tree, err := decode(source)
	if err != nil {
		return nil, err
	}
	if err := checkMeta(tree); err != nil {
		return nil, err
	}
	b := &bounder{root: tree, known: map[string]int{}, open: map[string]bool{}}
	if _, err := b.count(tree, "#"); err != nil {
		return nil, err
	}
	loader := gojsonschema.NewSchemaLoader()
	loader.AutoDetect, loader.Draft = false, gojsonschema.Draft7
	return loader.Compile(sealedLoader{gojsonschema.NewRawLoader(tree)})
}

// checkMeta holds a schema against the schema of schemas.
func checkMeta(tree any) error {
	if m, ok := tree.(map[string]any); ok {
		if s, has := m["$schema"]; has && s != draft07 && s != draft07+"#" {
			return fmt.Errorf("$schema must be %q or absent", draft07+"#")
		}
	}
	meta, err := metaSchema()
	if err != nil {
		return err
	}
	result, err := meta.Validate(gojsonschema.NewRawLoader(tree))
	if err != nil {
		return err
	}
	for _, e := range result.Errors() {
		if !summaries[e.Type()] {
			return fmt.Errorf("at %q: %s", pointer(contextTokens(e)), describe(e))
		}
	}
	if !result.Valid() {
		return errors.New("it is not a JSON Schema of draft-07")
	}
	return nil
}

// sealedLoader refuses every attempt of gojsonschema to load something else.
type sealedLoader struct{ gojsonschema.JSONLoader }

func (sealedLoader) LoaderFactory() gojsonschema.JSONLoaderFactory { return sealedFactory{} }

type sealedFactory struct{}

// New gives a loader that only fails.
func (sealedFactory) New(source string) gojsonschema.JSONLoader {
	return refusingLoader{JSONLoader: gojsonschema.NewRawLoader(nil), source: source}
}

type refusingLoader struct {
	gojsonschema.JSONLoader
	source string
}

func (l refusingLoader) LoadJSON() (any, error) {
	return nil, fmt.Errorf("$ref %q leads out of the schema; only \"#…\" is allowed", l.source)
}

// bounder counts what a schema amounts to with its references followed. It
// refuses references that leave the schema or come back to themselves: a
// recursive schema can cost exponential time or all of the stack.
type bounder struct {
	root  any
	known map[string]int  // $ref to the count of what it names
	open  map[string]bool // $refs being followed
}

// single, lists and named are the keywords that hold subschemas: one, a list
// (or one), and by name.
var (
	single = []string{"additionalItems", "additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "then"}
	lists  = []string{"allOf", "anyOf", "items", "oneOf"}
	named  = []string{"definitions", "dependencies", "patternProperties", "properties"}
)

// count gives the number of subschemas of node, itself included.
func (b *bounder) count(node any, at string) (int, error) {
	m, ok := node.(map[string]any)
	if !ok {
		return 1, nil
	}
	for _, key := range []string{"$id", "id"} {
		if _, has := m[key].(string); has {
			return 0, fmt.Errorf("at %q: %s is not supported, leave it out", at, key)
		}
	}
	if ref, has := m["$ref"]; has {
		return b.follow(ref, at)
	}
	total := 1
	add := func(sub any, at string) error {
		n, err := b.count(sub, at)
		total += n
		if err == nil && total > MaxSchemaNodes {
			err = fmt.Errorf("with every $ref followed it has more than %d subschemas", MaxSchemaNodes)
		}
		return err
	}
	for _, key := range single {
		if sub, has := m[key].(map[string]any); has {
			if err := add(sub, at+"/"+key); err != nil {
				return 0, err
			}
		}
	}
	for _, key := range lists {
		list, _ := m[key].([]any)
		for i, sub := range list {
			if err := add(sub, at+"/"+key+"/"+strconv.Itoa(i)); err != nil {
				return 0, err
			}
		}
	}
	for _, key := range named {
		group, _ := m[key].(map[string]any)
		for name, sub := range group {
			if err := add(sub, at+"/"+key+"/"+name); err != nil {
				return 0, err
			}
		}
	}
	return total, nil
}

// follow counts what a reference names, once.
func (b *bounder) follow(value any, at string) (int, error) {
	ref, ok := value.(string)
	if !ok || !strings.HasPrefix(ref, "#") {
		return 0, fmt.Errorf("at %q: $ref %q leads out of the schema; only \"#…\" is allowed", at, value)
	}
	if n, ok := b.known[ref]; ok {
		return n, nil
	}
	if b.open[ref] {
		return 0, fmt.Errorf("at %q: $ref %q comes back to itself; recursive schemas are not supported", at, ref)
	}
	target, err := b.lookup(ref)
	if err != nil {
		return 0, fmt.Errorf("at %q: %w", at, err)
	}
	b.open[ref] = true
	n, err := b.count(target, ref)
	delete(b.open, ref)
	b.known[ref] = n
	return n, err
}

// lookup finds what a reference inside the schema names.
func (b *bounder) lookup(ref string) (any, error) {
	fragment, err := url.PathUnescape(strings.TrimPrefix(ref, "#"))
	if err != nil || (fragment != "" && fragment[0] != '/') {
		return nil, fmt.Errorf("$ref %q is no JSON pointer", ref)
	}
	node := b.root
	if fragment == "" {
		return node, nil
	}
	for _, token := range strings.Split(fragment[1:], "/") {
		token = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
		switch v := node.(type) {
		case map[string]any:
			node = v[token]
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(v) {
				return nil, fmt.Errorf("$ref %q names nothing", ref)
			}
			node = v[i]
		default:
			node = nil
		}
		if node == nil {
			return nil, fmt.Errorf("$ref %q names nothing", ref)
		}
	}
	return node, nil
}
