package lrs

import (
	"maps"
	"net/http"
	"slices"
)

// Routes lists every method of every resource that an API registers, as
// "METHOD path", and whether it asks for credentials.
func (a *API) Routes() map[string]bool {
	list := map[string]bool{}
	for _, res := range a.resources() {
		for _, method := range slices.Sorted(maps.Keys(res.methods)) {
			credentials := res.methods[method].access != accessOpen
			list[method+" "+res.path] = credentials
			if method == http.MethodGet { // Register does the same
				list[http.MethodHead+" "+res.path] = credentials
			}
		}
	}
	return list
}
