package forward

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// The states of a target.
const (
	StatePaused  = "paused"  // somebody said so
	StateHalted  = "halted"  // too much was refused; somebody has to look
	StateFailing = "failing" // the other side cannot be reached now, or does not take anything
	StateSending = "sending" // there is something to send
	StateCurrent = "current" // everything was sent
)

// Status is a target with how far it is.
type Status struct {
	Target *Target
	State  string
	// Cursor is the stored instant up to which everything is settled.
	Cursor                 int64
	Delivered, Aside, Last int64
	Lag                    time.Duration // since the oldest statement that waits was stored
	Waiting                int64         // statements; -1: not known now
	Problem                string        // what went wrong last
	ProblemAt, NextTry     time.Time
	Failures               int
}

// countTime bounds counting what waits.
const countTime = 3 * time.Second

// status asks how a target is.
func (s *Service) status(ctx context.Context, r *runner) Status {
	r.mu.Lock()
	st := Status{Target: r.target, State: r.state(), Cursor: max(r.kept.Cursor, r.read), Delivered: r.kept.Delivered, Aside: r.kept.Aside, Last: r.kept.Last,
		Lag: r.lag(), Problem: r.problem, ProblemAt: r.problemAt, NextTry: r.nextTry, Failures: r.failures}
	if r.kept.Halted != "" {
		st.Problem = r.kept.Halted
	}
	read := r.read
	r.mu.Unlock()
	if st.State == StateCurrent {
		return st
	}
	ctx, cancel := context.WithTimeout(ctx, countTime)
	defer cancel()
	var err error
	if st.Waiting, err = s.opts.Feed.Count(ctx, r.tenant, st.Target.Filter, read, s.opts.Feed.Watermark()); err != nil {
		st.Waiting = -1
	}
	return st
}

// state is a word for how the runner is, with the lock held.
func (r *runner) state() string {
	switch {
	case r.target.Paused:
		return StatePaused
	case r.kept.Halted != "":
		return StateHalted
	case r.failures > 0:
		return StateFailing
	case r.oldest != 0 || r.retrying:
		return StateSending
	}
	return StateCurrent
}

// lag is for how long the oldest statement waits that is not settled, with the lock
// held. Of a target that does not read on it is not known which one that is: then
// it is the stored time that was not read.
func (r *runner) lag() time.Duration {
	since := r.oldest
	if stands := r.target.Paused || r.kept.Halted != "" || r.failures > 0; since == 0 && stands && r.s.opts.Feed.Watermark() > r.read {
		since = r.read
	}
	if since == 0 {
		return 0
	}
	return max(0, r.s.opts.Now().Sub(time.UnixMicro(since)))
}

// observe registers the metrics. Targets are few: tenants make them by hand, up to a
// bound.
func (s *Service) observe(to prometheus.Registerer) {
	s.counted = prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "lernspur", Subsystem: "forward", Name: "statements_total",
		Help: "Statements that were forwarded, by target and by what became of them: delivered, refused (set aside), failed (counts tries)."}, []string{"tenant", "target", "outcome"})
	if to != nil {
		to.MustRegister(s.counted, lags{s})
	}
}

// lags are the metrics of how far targets are behind.
type lags struct{ s *Service }

var (
	lagDesc = prometheus.NewDesc("lernspur_forward_lag_seconds", "For how long the oldest statement waits that a target does not have; 0 when it has all.", []string{"tenant", "target"}, nil)
	upDesc  = prometheus.NewDesc("lernspur_forward_up", "1 while a target takes what is sent; 0 when it is failing, has halted or is paused.", []string{"tenant", "target"}, nil)
)

// Describe implements prometheus.Collector.
func (l lags) Describe(to chan<- *prometheus.Desc) { to <- lagDesc; to <- upDesc }

// Collect implements prometheus.Collector.
func (l lags) Collect(to chan<- prometheus.Metric) {
	l.s.mu.Lock()
	var list []*runner
	for _, tenant := range l.s.runners {
		for _, r := range tenant {
			list = append(list, r)
		}
	}
	l.s.mu.Unlock()
	for _, r := range list {
		r.mu.Lock()
		lag, state := r.lag().Seconds(), r.state()
		r.mu.Unlock()
		up := 0.0
		if state == StateSending || state == StateCurrent {
			up = 1
		}
		to <- prometheus.MustNewConstMetric(lagDesc, prometheus.GaugeValue, lag, r.tenant, r.id)
		to <- prometheus.MustNewConstMetric(upDesc, prometheus.GaugeValue, up, r.tenant, r.id)
	}
}

// forget removes the counts of a target that is gone.
func (s *Service) forget(r *runner) {
	s.counted.DeletePartialMatch(prometheus.Labels{"tenant": r.tenant, "target": r.id})
}
