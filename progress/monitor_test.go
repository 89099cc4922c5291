package progress

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
)

func TestMetrics(t *testing.T) {
	w := newWorld(t)
	registry := prometheus.NewRegistry()
	w.Projector = New(Dependencies{Conn: w.store.Conn(), Watermark: w.mark.Load, Metrics: registry})
	w.post("town", statement("a", adl+"passed", c1, "2026-01-05T08:00:00Z", nil), statement("b", adl+"passed", c1, "2026-01-05T08:00:00Z", nil))
	w.project()
	w.stored += 2_999_999 // what is posted next is stored 3 seconds after
	w.post("town", statement("c", adl+"passed", c1, "2026-01-05T08:00:00Z", nil))
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]float64)
	for _, f := range families {
		m := f.GetMetric()[0]
		got[f.GetName()] = m.GetCounter().GetValue() + m.GetGauge().GetValue()
	}
	want := map[string]float64{"lernspur_progress_behind_seconds": 3, "lernspur_progress_cycle_seconds": 0,
		"lernspur_progress_failures_total": 0, "lernspur_progress_statements_total": 2}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := w.Courses(context.Background(), "town", Filter{}); err == nil {
		t.Error("a page without a limit is accepted")
	}
}
