package commit

import "github.com/prometheus/client_golang/prometheus"

// metrics are what an operator watches of the commit path. Times are in
// seconds.
type metrics struct {
	groupRows  prometheus.Histogram
	commitWait prometheus.Histogram
	logSync    prometheus.Histogram
	logBytes   prometheus.Gauge
	queueRows  prometheus.Gauge
	queueBytes prometheus.Gauge
	flushRows  prometheus.Histogram
	insert     prometheus.Histogram
	retries    prometheus.Counter
	readWait   prometheus.Histogram
	idLookups  prometheus.Counter
	watermark  prometheus.Gauge

	documents     prometheus.Counter
	documentWait  prometheus.Histogram
	documentReads *prometheus.CounterVec // from
	queueDocs     prometheus.Gauge
}

func newMetrics(r prometheus.Registerer) *metrics {
	histogram := func(name, help string, buckets []float64) prometheus.Histogram {
		h := prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: "lernspur", Subsystem: "commit", Name: name, Help: help, Buckets: buckets})
		r.MustRegister(h)
		return h
	}
	gauge := func(name, help string) prometheus.Gauge {
		g := prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "lernspur", Subsystem: "commit", Name: name, Help: help})
		r.MustRegister(g)
		return g
	}
	counter := func(name, help string) prometheus.Counter {
		c := prometheus.NewCounter(prometheus.CounterOpts{Namespace: "lernspur", Subsystem: "commit", Name: name, Help: help})
		r.MustRegister(c)
		return c
	}
	seconds := prometheus.ExponentialBuckets(0.0005, 2, 16)
	rows := prometheus.ExponentialBuckets(1, 4, 9)
	reads := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "lernspur", Subsystem: "commit", Name: "document_reads_total",
		Help: "Documents that were looked at, by where they were found."}, []string{"from"})
	r.MustRegister(reads)
	for _, from := range []string{"memory", "log", "database"} {
		reads.WithLabelValues(from)
	}
	return &metrics{
		documents:     counter("documents_total", "Versions of documents made durable, deletions too."),
		documentWait:  histogram("document_wait_seconds", "Time from a change of documents to its verdict.", seconds),
		documentReads: reads,
		queueDocs:     gauge("queue_documents", "Versions of documents in the log that the database does not have yet."),

		groupRows:  histogram("group_statements", "Statements made durable by one fsync.", rows),
		commitWait: histogram("wait_seconds", "Time from a parsed request to its verdict.", seconds),
		logSync:    histogram("log_sync_seconds", "Time to write and sync one group.", seconds),
		logBytes:   gauge("log_bytes", "Size of the log on disk."),
		queueRows:  gauge("queue_statements", "Statements in the log that the database does not have yet."),
		queueBytes: gauge("queue_bytes", "Bytes in the log that the database does not have yet."),
		flushRows:  histogram("flush_statements", "Statements of one INSERT.", rows),
		insert:     histogram("insert_seconds", "Time of one INSERT, look-ups included.", seconds),
		retries:    counter("insert_retries_total", "INSERTs whose outcome was unknown and had to be found out."),
		readWait:   histogram("read_wait_seconds", "Time that readers waited for the database to have what was acknowledged.", seconds),
		idLookups:  counter("id_lookups_total", "Ids that had to be looked up in the database."),
		watermark:  gauge("watermark_seconds", "Stored instant up to which everything is visible, in seconds since 1970."),
	}
}
