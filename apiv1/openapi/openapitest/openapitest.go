// Package openapitest holds answers of our own interface against its description,
// in tests.
package openapitest

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"lernspur/apiv1/openapi"
)

const (
	address = "https://lernspur.example/openapi.json"
	base    = "/api/v1/"
	// most is how much of an answer is looked at.
	most = 4 << 20
)

// Description is the description, ready to judge answers.
type Description struct {
	doc      map[string]any
	compiler *jsonschema.Compiler
	paths    []path

	mu       sync.Mutex
	compiled map[string]*jsonschema.Schema
	seen     map[string]bool
}

// path is one of the description. Those with the fewest parameters come first, as one
// without is meant when it matches.
type path struct {
	template string
	matches  *regexp.Regexp
	methods  map[string]any
}

// Read reads the description.
func Read() (*Description, error) {
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(openapi.JSON()))
	if err != nil {
		return nil, err
	}
	d := &Description{doc: parsed.(map[string]any), compiler: jsonschema.NewCompiler(), compiled: make(map[string]*jsonschema.Schema), seen: make(map[string]bool)}
	d.compiler.AssertFormat()
	if err := d.compiler.AddResource(address, d.doc); err != nil {
		return nil, err
	}
	parameter := regexp.MustCompile(`\\\{\w+\\\}`)
	for template, methods := range d.doc["paths"].(map[string]any) {
		expression, err := regexp.Compile("^" + parameter.ReplaceAllString(regexp.QuoteMeta(template), "[^/]+") + "$")
		if err != nil {
			return nil, err
		}
		d.paths = append(d.paths, path{template, expression, methods.(map[string]any)})
	}
	slices.SortFunc(d.paths, func(a, b path) int {
		if n := strings.Count(a.template, "{") - strings.Count(b.template, "{"); n != 0 {
			return n
		}
		return strings.Compare(a.template, b.template)
	})
	return d, nil
}

// Methods are the methods of a path, in capitals and sorted; nil: it is not described.
func (d *Description) Methods(template string) []string {
	methods, ok := d.doc["paths"].(map[string]any)[template].(map[string]any)
	if !ok {
		return nil
	}
	list := []string{}
	for name := range methods {
		if name != "parameters" {
			list = append(list, strings.ToUpper(name))
		}
	}
	slices.Sort(list)
	return list
}

// Templates are all paths.
func (d *Description) Templates() []string {
	list := make([]string, len(d.paths))
	for i, p := range d.paths {
		list[i] = p.template
	}
	return list
}

// Answered are the operations, "GET /api/v1/people", of which successes were looked at.
func (d *Description) Answered(operation string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.seen[operation]
}

// Check holds an answer against the description. escapedPath is that of the request.
func (d *Description) Check(method, escapedPath string, status int, contentType string, body []byte) error {
	mediaType, _, _ := mime.ParseMediaType(contentType)
	if status >= 400 {
		return d.problem(escapedPath, status, mediaType, method, body)
	}
	i := slices.IndexFunc(d.paths, func(p path) bool { return p.matches.MatchString(escapedPath) })
	if i < 0 {
		return fmt.Errorf("%s is answered %d and not described", escapedPath, status)
	}
	p, name := d.paths[i], strings.ToLower(method)
	if method == http.MethodHead {
		name = "get"
	}
	operation, ok := p.methods[name].(map[string]any)
	if !ok {
		return fmt.Errorf("%s %s is answered %d and not described", method, p.template, status)
	}
	response, ok := operation["responses"].(map[string]any)[strconv.Itoa(status)].(map[string]any)
	if !ok {
		return fmt.Errorf("%s %s: %d is not described", method, p.template, status)
	}
	d.mu.Lock()
	d.seen[strings.ToUpper(name)+" "+p.template] = true
	d.mu.Unlock()
	if len(body) == 0 || status == http.StatusNotModified {
		return nil
	}
	content, _ := response["content"].(map[string]any)
	if _, ok := content[mediaType]; content != nil && !ok {
		return fmt.Errorf("%s %s: the type %s is not described", method, p.template, mediaType)
	}
	if mediaType != "application/json" || content == nil {
		return nil
	}
	pointer := "/paths/" + escape(p.template) + "/" + name + "/responses/" + strconv.Itoa(status) + "/content/application~1json/schema"
	if err := d.validate(pointer, body); err != nil {
		return fmt.Errorf("%s %s: %d is not as described: %w\n%.2000s", method, p.template, status, err, body)
	}
	return nil
}

// problem judges an answer that is no success.
func (d *Description) problem(path string, status int, mediaType, method string, body []byte) error {
	if method == http.MethodHead {
		return nil
	}
	if mediaType != "application/problem+json" {
		return fmt.Errorf("%s %s: %d is %s and no problem document: %.500s", method, path, status, mediaType, body)
	}
	if err := d.validate("/components/schemas/Problem", body); err != nil {
		return fmt.Errorf("%s %s: %d is not the problem that is described: %w\n%.500s", method, path, status, err, body)
	}
	return nil
}

func (d *Description) validate(pointer string, body []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	schema := d.compiled[pointer]
	if schema == nil {
		if schema, err = d.compiler.Compile(address + "#" + pointer); err != nil {
			return err
		}
		d.compiled[pointer] = schema
	}
	return schema.Validate(value)
}

// escape is a path as a part of a JSON pointer in an address.
func escape(path string) string {
	return strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(path)
}

// Transport sends requests by another one and judges what is answered below /api/v1. A
// client that gets something else than is described gets an error in its place.
type Transport struct {
	*Description
	Inner http.RoundTripper
	// Ignore are answers that are not ours to judge; nil: none.
	Ignore func(*http.Request, *http.Response) bool
}

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := t.Inner.RoundTrip(r)
	if err != nil || !strings.HasPrefix(r.URL.Path, base) {
		return answer, err
	}
	if t.Ignore != nil && t.Ignore(r, answer) {
		return answer, nil
	}
	mediaType, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type"))
	var body []byte
	if strings.HasSuffix(mediaType, "json") && mediaType != "application/x-ndjson" && answer.ContentLength < most {
		if body, err = io.ReadAll(answer.Body); err != nil {
			answer.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), broken{err}))
			return answer, nil
		}
		answer.Body.Close()
		answer.Body = io.NopCloser(bytes.NewReader(body))
	}
	if err := t.Check(r.Method, r.URL.EscapedPath(), answer.StatusCode, answer.Header.Get("Content-Type"), body); err != nil {
		answer.Body.Close()
		return nil, err
	}
	return answer, nil
}

// broken is a body that ends early.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }
