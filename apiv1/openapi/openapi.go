// Package openapi describes our own interface, all of it, in OpenAPI 3.1, and
// answers the description. The packages that serve resources hold what they answer
// against it in their tests; it knows nothing of them.
//
// The description is in parts that are put together: openapi.yaml has what all
// resources have in common (Problem, credentials, paging) and progress, the other files the
// paths of one tag each, with the shapes of their answers. Who serves a new
// resource adds its paths to a part, or a part: every *.yaml here is one. A test in package app
// fails for a route that no part has, and every answer that its tests get is held against the
// description (package openapitest).
package openapi

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/mux"
	"go.yaml.in/yaml/v3"
)

// Path and PathJSON are where the description is answered, to everybody.
const (
	Path     = "/api/v1/openapi.yaml"
	PathJSON = "/api/v1/openapi.json"
)

//go:embed *.yaml
var parts embed.FS

// described is the whole description.
var described = sync.OnceValues(func() (map[string]any, error) {
	whole := make(map[string]any)
	names, err := fs.Glob(parts, "*.yaml")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		text, err := parts.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var part map[string]any
		if err := yaml.Unmarshal(text, &part); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if err := join(whole, part, 0); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return whole, nil
})

// join adds a part: lists follow each other, paths and components are those of both. Nothing may be
// there twice.
func join(whole, part map[string]any, depth int) error {
	for key, value := range part {
		there, twice := whole[key]
		if !twice {
			whole[key] = value
			continue
		}
		switch v := value.(type) {
		case []any:
			list, ok := there.([]any)
			if !ok || depth > 0 {
				return fmt.Errorf("%s is there twice", key)
			}
			whole[key] = append(append([]any{}, list...), v...)
		case map[string]any:
			m, ok := there.(map[string]any)
			if !ok || depth > 1 {
				return fmt.Errorf("%s is there twice", key)
			}
			m = maps.Clone(m)
			if err := join(m, v, depth+1); err != nil {
				return err
			}
			whole[key] = m
		default:
			return fmt.Errorf("%s is there twice", key)
		}
	}
	return nil
}

// YAML is the description.
func YAML() string { return string(texts()[Path]) }

// JSON is the same.
func JSON() []byte { return texts()[PathJSON] }

// texts are the description in both forms. The parts are ours, and a test reads them, so
// that they cannot be wrong here.
var texts = sync.OnceValue(func() map[string][]byte {
	whole, err := described()
	if err != nil {
		panic(err)
	}
	asYAML, err := yaml.Marshal(whole)
	if err != nil {
		panic(err)
	}
	asJSON, err := json.Marshal(whole)
	if err != nil {
		panic(err)
	}
	return map[string][]byte{Path: asYAML, PathJSON: asJSON}
})

// Register adds the description to a router.
func Register(r *mux.Router) {
	for path, contentType := range map[string]string{Path: "application/yaml", PathJSON: "application/json"} {
		r.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			text := texts()[path]
			sum := sha256.Sum256(text)
			w.Header().Set("Content-Type", contentType)
			w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:16])+`"`)
			w.Header().Set("Cache-Control", "no-cache")
			http.ServeContent(w, r, "", time.Time{}, strings.NewReader(string(text)))
		}).Methods(http.MethodGet, http.MethodHead)
	}
}
