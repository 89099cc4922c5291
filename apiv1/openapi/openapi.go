// Package openapi describes our own interface, all of it, in OpenAPI 3.1, and
// answers the description. The packages that serve resources hold what they answer
// against it in their tests; it knows nothing of them.
//
// openapi.yaml is one document. Who serves a resource adds its paths under a tag
// of the package's name, and the shapes of its answers to components; what all
// have in common (Problem, credentials, headers) is there already.
package openapi

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/mux"
)

// Path is where the description is answered, to everybody.
const Path = "/api/v1/openapi.yaml"

//go:embed openapi.yaml
var description string

// YAML is the description.
func YAML() string { return description }

// Register adds the description to a router.
func Register(r *mux.Router) {
	sum := sha256.Sum256([]byte(description))
	etag := `"` + hex.EncodeToString(sum[:16]) + `"`
	r.HandleFunc(Path, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/yaml")
		w.Header().Set("ETag", etag)
		w.Header().Set("Cache-Control", "no-cache")
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(description))
	}).Methods(http.MethodGet, http.MethodHead)
}
