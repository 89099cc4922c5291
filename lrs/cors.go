package lrs

import (
	"net/http"
	"slices"
)

// What browsers may send and read across origins.
const (
	corsHeaders = "Authorization, Content-Type, Content-Encoding, Accept-Language, If-Match, If-None-Match, " +
		headerVersion + ", " + headerRequestID
	corsExposed = "ETag, Last-Modified, Content-Length, Retry-After, " +
		headerVersion + ", " + headerConsistent + ", " + headerRequestID
)

// cors lets the configured origins in. It tells whether the request was a
// preflight, which is answered without credentials. Credentials mode stays
// off: the Authorization header is the content's own, never the browser's.
func (a *API) cors(h http.Header, r *http.Request, allow string) (preflight bool) {
	if len(a.opts.CORSOrigins) == 0 && a.opts.ContentOrigin == "" {
		return false
	}
	h.Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	if origin == "" {
		return false
	}
	switch {
	case slices.Contains(a.opts.CORSOrigins, "*"):
		h.Set("Access-Control-Allow-Origin", "*")
	case origin == a.opts.ContentOrigin, slices.Contains(a.opts.CORSOrigins, origin):
		h.Set("Access-Control-Allow-Origin", origin)
	default:
		return false
	}
	h.Set("Access-Control-Expose-Headers", corsExposed)
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	h.Set("Access-Control-Allow-Methods", allow)
	h.Set("Access-Control-Allow-Headers", corsHeaders)
	h.Set("Access-Control-Max-Age", "86400")
	return true
}

// crossSite tells pages of other origins from those that are let in.
func crossSite(origins []string) *http.CrossOriginProtection {
	c := http.NewCrossOriginProtection()
	for _, origin := range origins {
		_ = c.AddTrustedOrigin(origin) // "*" is none: it lets in nobody's remembered credentials
	}
	return c
}
