package lrs

import (
	"net/http"
	"strconv"
	"time"

	"lernspur/lenient"
	"lernspur/statements"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are what the endpoint counts. Labels come from closed lists: the
// template of the route, never a path; never an actor or an activity.
type metrics struct {
	duration *prometheus.HistogramVec // path, method, status
	received *prometheus.CounterVec   // path
	sent     *prometheus.CounterVec   // path
	accepted prometheus.Counter
	rejected *prometheus.CounterVec // rule
	repaired *prometheus.CounterVec // repair

	attachments     prometheus.Counter
	attachmentBytes prometheus.Counter
}

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "lernspur_http_request_duration_seconds",
			Help:    "Time from the first byte of a request to the last byte of its answer.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"path", "method", "status"}),
		received: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lernspur_http_received_bytes_total", Help: "Bytes of request bodies as they came.",
		}, []string{"path"}),
		sent: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lernspur_http_sent_bytes_total", Help: "Bytes of answers' bodies as they went.",
		}, []string{"path"}),
		accepted: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "lernspur_statements_accepted_total", Help: "Statements acknowledged, repeated ones too.",
		}),
		rejected: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lernspur_statements_rejected_total", Help: "Broken rules of statements that were rejected, by the first rule that each breaks.",
		}, []string{"rule"}),
		repaired: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lernspur_statement_repairs_total", Help: "Repairs of statements that came to the lenient endpoint and were valid then.",
		}, []string{"repair"}),
		attachments: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "lernspur_attachments_received_total", Help: "Parts with attachments that were kept, also when their statements were refused afterwards.",
		}),
		attachmentBytes: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "lernspur_attachments_received_bytes_total", Help: "Bytes of these attachments.",
		}),
	}
	for _, rule := range lenient.Rules {
		m.repaired.WithLabelValues(rule.ID) // 0 is an answer too
	}
	if reg != nil {
		reg.MustRegister(m.duration, m.received, m.sent, m.accepted, m.rejected, m.repaired, m.attachments, m.attachmentBytes)
	}
	return m
}

// counters are the metrics of one path, looked up once.
type counters struct {
	duration       prometheus.ObserverVec // method, status
	received, sent prometheus.Counter
}

func (m *metrics) of(path string) counters {
	return counters{
		duration: m.duration.MustCurryWith(prometheus.Labels{"path": path}),
		received: m.received.WithLabelValues(path), sent: m.sent.WithLabelValues(path),
	}
}

// request counts one request.
func (c *counters) request(method string, status int, took time.Duration, received, sent int64) {
	c.duration.WithLabelValues(methodLabel(method), statusLabel(status)).Observe(took.Seconds())
	if received > 0 {
		c.received.Add(float64(received))
	}
	if sent > 0 {
		c.sent.Add(float64(sent))
	}
}

// reject counts what the strict pass found.
func (m *metrics) reject(violations []statements.Violation) {
	for _, v := range violations {
		rule := v.Rule
		if _, known := statements.LookupRule(rule); !known && !isRequestRule(rule) {
			rule = "other"
		}
		m.rejected.WithLabelValues(rule).Inc()
	}
}

// methodLabel keeps the methods that clients invent out of labels and logs.
func methodLabel(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions:
		return method
	default:
		return "other"
	}
}

// statusLabel spares the hot statuses an allocation.
func statusLabel(status int) string {
	switch status {
	case http.StatusOK:
		return "200"
	case http.StatusNoContent:
		return "204"
	default:
		return strconv.Itoa(status)
	}
}

// attached counts an attachment that was kept.
func (m *metrics) attached(size int64) {
	m.attachments.Inc()
	m.attachmentBytes.Add(float64(size))
}
