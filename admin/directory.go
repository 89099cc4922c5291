package admin

import (
	"context"
	"io"
	"net/http"
	"net/url"

	"lernspur/directory"
)

// directory passes a request on to the interface on people, as a tenant's.
func (h *handler) directory(w http.ResponseWriter, r *http.Request) {
	tenant := r.PathValue("tenant")
	if err := directory.CheckTenant(tenant); err != nil {
		h.shell(func(http.ResponseWriter, *http.Request) error { return err }).ServeHTTP(w, r)
		return
	}
	if h.services.Directory == nil {
		h.shell(func(http.ResponseWriter, *http.Request) error { return badRequest("no people are kept here") }).ServeHTTP(w, r)
		return
	}
	inner := r.Clone(r.Context())
	inner.URL.Path, inner.URL.RawPath = "/api/v1/"+r.PathValue("rest"), ""
	h.services.Directory(tenant).ServeHTTP(w, inner)
}

// Directory asks the interface on people of a tenant: path is what follows /api/v1/
// there. ask is sent as JSON and the answer read into answer, each unless it is
// nil. An ask that is an io.Reader is sent as a file.
func (c *Client) Directory(ctx context.Context, tenant, method, path string, query url.Values, ask, answer any) error {
	path = "/v1/directory/" + url.PathEscape(tenant) + "/" + path
	file, ok := ask.(io.Reader)
	if !ok {
		return c.call(ctx, method, path, query, ask, answer)
	}
	return c.ask(ctx, method, path, query, "application/octet-stream", file, answer)
}
