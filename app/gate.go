package app

import (
	"net/http"
	"sync/atomic"
)

// gate answers in place of a handler until that is there, so that probes and
// clients get a clear word while the server starts and while it stops.
type gate struct {
	inner atomic.Pointer[http.Handler]
}

// open lets requests through to h; nil closes the gate.
func (g *gate) open(h http.Handler) {
	if h == nil {
		g.inner.Store(nil)
		return
	}
	g.inner.Store(&h)
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h := g.inner.Load(); h != nil {
		(*h).ServeHTTP(w, r)
		return
	}
	head := w.Header()
	head.Set("Cache-Control", "no-store")
	if r.URL.Path == "/healthz" {
		head.Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte("ok\n"))
		return
	}
	head.Set("Retry-After", "2")
	if r.URL.Path == "/readyz" {
		head.Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte("not ready: the server is starting or stopping\n"))
		return
	}
	head.Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = w.Write([]byte(`{"error":"the server is starting or stopping"}` + "\n"))
}
