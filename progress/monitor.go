package progress

import "github.com/prometheus/client_golang/prometheus"

// monitor is what an operator watches of the projection.
type monitor struct {
	cycle      prometheus.Histogram
	statements prometheus.Counter
	failures   prometheus.Counter
}

// newMonitor registers the metrics. behind is how far the projection is behind the
// watermark, in seconds of stored time.
func newMonitor(r prometheus.Registerer, behind func() float64) *monitor {
	opts := func(name, help string) prometheus.Opts {
		return prometheus.Opts{Namespace: "lernspur", Subsystem: "progress", Name: name, Help: help}
	}
	m := &monitor{
		cycle: prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: "lernspur", Subsystem: "progress", Name: "cycle_seconds",
			Help: "Time that one cycle of the projection of progress took.", Buckets: prometheus.ExponentialBuckets(0.01, 2, 12)}),
		statements: prometheus.NewCounter(prometheus.CounterOpts(opts("statements_total", "Statements folded into states of progress."))),
		failures:   prometheus.NewCounter(prometheus.CounterOpts(opts("failures_total", "Cycles of the projection of progress that failed."))),
	}
	gauge := prometheus.NewGaugeFunc(prometheus.GaugeOpts(opts("behind_seconds",
		"Stored time between the watermark of the statements and that of progress; 0 when it has caught up.")), behind)
	r.MustRegister(m.cycle, m.statements, m.failures, gauge)
	return m
}
