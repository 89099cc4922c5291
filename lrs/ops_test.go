package lrs

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/mux"
	"github.com/prometheus/client_golang/prometheus"
)

func TestOps(t *testing.T) {
	var ready error
	router := mux.NewRouter()
	registry := prometheus.NewRegistry()
	RegisterOps(router, registry, func(context.Context) error { return ready })
	New(Options{Writer: &double{}, Reader: &double{}, Keys: testKeys{}, Registerer: registry}).Register(router)
	get := func(path string) *httptest.ResponseRecorder {
		rec := httptest.NewRecorder()
		router.ServeHTTP(rec, httptest.NewRequest("GET", path, nil))
		return rec
	}
	if a := get("/healthz"); a.Code != 200 || a.Body.String() != "ok\n" {
		t.Errorf("healthz %d %q", a.Code, a.Body)
	}
	if a := get("/readyz"); a.Code != 200 {
		t.Errorf("readyz %d", a.Code)
	}
	ready = errors.New("the engine is starting")
	if a := get("/readyz"); a.Code != 503 || !strings.Contains(a.Body.String(), "the engine is starting") {
		t.Errorf("readyz %d %q", a.Code, a.Body)
	}
	if a := get("/healthz"); a.Code != 200 {
		t.Errorf("healthz while not ready: %d", a.Code)
	}
	get("/xapi/about")
	if a := get("/metrics"); a.Code != 200 || !strings.Contains(a.Body.String(), `lernspur_http_request_duration_seconds_count{method="GET",path="/xapi/about",status="200"} 1`) {
		t.Errorf("metrics %d %s", a.Code, a.Body)
	}
}
