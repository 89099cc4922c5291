package lrs

import (
	"context"
	"net/http"
	"time"

	"github.com/gorilla/mux"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// readyPatience is how long a probe waits for its answer.
const readyPatience = 2 * time.Second

// RegisterOps adds what an operator's tools ask for: /healthz (the process
// runs), /readyz (ready returns nil; otherwise 503 with the error's text) and
// /metrics. None of them asks for credentials.
func RegisterOps(router *mux.Router, gatherer prometheus.Gatherer, ready func(ctx context.Context) error) {
	get := func(path string, h http.Handler) {
		router.Handle(path, h).Methods(http.MethodGet, http.MethodHead)
	}
	get("/healthz", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok") }))
	get("/readyz", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), readyPatience)
		defer cancel()
		if err := ready(ctx); err != nil {
			plain(w, http.StatusServiceUnavailable, "not ready: "+err.Error())
			return
		}
		plain(w, http.StatusOK, "ready")
	}))
	get("/metrics", promhttp.HandlerFor(gatherer, promhttp.HandlerOpts{}))
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text + "\n"))
}
