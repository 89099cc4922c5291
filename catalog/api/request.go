package api

import (
	"net/http"
	"net/url"

	"github.com/google/uuid"

	"lernspur/apiv1"
)

// What requests have in common with those of all other resources, under the names
// of this package.
type (
	page[T any] = apiv1.Page[T]
	instant     = apiv1.Instant
)

func parameters(r *http.Request, allowed ...string) (url.Values, error) {
	return apiv1.Parameters(r, allowed...)
}

func body(w http.ResponseWriter, r *http.Request, v any) error { return apiv1.Body(w, r, v) }

func limit(values url.Values) (int, error) { return apiv1.Limit(values) }

func cursor(values url.Values) ([]string, error) { return apiv1.Cursor(values) }

func id(name, value string) (uuid.UUID, error) { return apiv1.UUID(name, value) }

func (a *API) next(r *http.Request, parts ...string) string {
	return apiv1.Next(a.opts.PathPrefix, r, parts...)
}
