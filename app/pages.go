package app

import (
	"net/http"
	"net/url"
	"strings"
)

// The values of headers that all answers of the pages' origin share; nobody changes
// them.
var (
	nosniff    = []string{"nosniff"}
	sameOrigin = []string{"same-origin"}
	denyFrames = []string{"DENY"}
)

// fenced keeps the origin of the pages and the interface apart from what else runs
// in a browser, content above all: nobody frames it, nobody who opened a window of
// it or was opened by one holds on to that, and nobody takes its answers for a
// script or a picture. What is answered may set more, or other values.
//
// Pages that are asked for under the host name of content are sent to their own:
// a cookie that was set there would be content's to read, as cookies know no ports.
func fenced(handler http.Handler, pages, base string) *fence {
	f := &fence{inner: handler, pages: pages}
	if p, err := url.Parse(pages); err == nil && p.Hostname() != "" {
		if c, err := url.Parse(base); err == nil && c.Hostname() != p.Hostname() {
			f.content = c.Hostname()
		}
	}
	return f
}

// fence is a handler behind what fenced says.
type fence struct {
	inner   http.Handler
	pages   string // their public address
	content string // host name of content; empty when it is not known, or the same
}

// ServeHTTP implements http.Handler.
func (f *fence) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h["X-Content-Type-Options"] = nosniff
	h["X-Frame-Options"] = denyFrames
	h["Cross-Origin-Opener-Policy"] = sameOrigin
	h["Cross-Origin-Resource-Policy"] = sameOrigin
	if f.content != "" && isPage(r.URL.Path) && (&url.URL{Host: r.Host}).Hostname() == f.content {
		elsewhere(w, r, f.pages)
		return
	}
	f.inner.ServeHTTP(w, r)
}

// isPage tells pages, which have cookies, from what programs ask for.
func isPage(path string) bool {
	for _, prefix := range [...]string{"/xapi", "/api/", "/cmi5/", "/healthz", "/readyz", "/metrics"} {
		if strings.HasPrefix(path, prefix) {
			return false
		}
	}
	return true
}

// elsewhere sends a request to the origin that it belongs to.
func elsewhere(w http.ResponseWriter, r *http.Request, base string) {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		http.Redirect(w, r, base+r.URL.RequestURI(), http.StatusTemporaryRedirect)
		return
	}
	http.Error(w, "this is served under another host name: "+base, http.StatusMisdirectedRequest)
}
