package scenario

import (
	"context"
	"fmt"
	"slices"
	"time"

	"lernspur/bench/load"
	"lernspur/bench/proc"
	"lernspur/bench/result"
)

const (
	batchConns  = 16
	batchSize   = 50
	singleConns = 256
)

// batch posts 50 statements at a time over 16 connections and watches the log
// meanwhile.
func (e *Env) batch(ctx context.Context, duration time.Duration) (result.Throughput, error) {
	plan := load.Plan{Addr: e.server.Addr, Conns: batchConns, Duration: duration, Warmup: e.warmup(),
		Source: e.pools(batchConns, 32, batchSize)}
	r, log, err := e.watched(ctx, plan)
	if err != nil {
		return r, err
	}
	// The warm-up is watched too, but is not part of the run.
	skip := min(int(plan.Warmup/time.Second), max(0, len(log.Queue)-2))
	during := log.Queue[skip:]
	slope := trend(during)
	r.Through = r.PerSecond - slope
	log.Trend = slope / max(r.PerSecond, 1)
	r.Log = log
	e.logf("batch: %.0f/s acknowledged, %.0f/s into the tables, p50 %.1f ms, p99 %.1f ms, queue drained in %.1f s, failed %d",
		r.PerSecond, r.Through, r.Latency.P50, r.Latency.P99, log.Drain, r.Failed)
	return r, nil
}

func (e *Env) warmup() time.Duration {
	if e.opts.Quick {
		return time.Second
	}
	return 5 * time.Second
}

// watched runs a plan against the server, reads the log's gauges once a second
// meanwhile, and waits for the queue to empty afterwards.
func (e *Env) watched(ctx context.Context, plan load.Plan) (result.Throughput, *result.Log, error) {
	log := &result.Log{}
	stop, stopped := make(chan struct{}), make(chan error, 1)
	go func() { stopped <- e.watch(log, stop) }()
	serverCPU, engineCPU, busy := proc.CPUOf(e.server.PID()), proc.CPUOf(e.engine.PID()), proc.Busy()
	began := time.Now()
	r, err := load.Run(ctx, plan)
	took := time.Since(began).Seconds()
	close(stop)
	if watchErr := <-stopped; err == nil {
		err = watchErr
	}
	if err != nil {
		return result.Throughput{}, nil, err
	}
	t := throughput(r, took)
	t.ServerCPU = (proc.CPUOf(e.server.PID()) - serverCPU).Seconds() / took
	t.EngineCPU = (proc.CPUOf(e.engine.PID()) - engineCPU).Seconds() / took
	t.Others = max(0, (proc.Busy()-busy).Seconds()/took-t.ServerCPU-t.EngineCPU-t.ClientCPU)
	if r.Failed > 0 {
		return t, log, fmt.Errorf("%d requests failed, the first with: %s", r.Failed, r.FirstError)
	}
	log.Drain, err = e.drain(ctx, 2*time.Minute)
	return t, log, err
}

// throughput puts a run into figures; took is its time with the warm-up.
func throughput(r *load.Result, took float64) result.Throughput {
	t := result.Throughput{PerSecond: r.PerSec(), Latency: r.Latency.Summary(), Refused: r.Refused, Failed: r.Failed,
		Seconds: r.Elapsed.Seconds(), ClientCPU: r.ClientCPU.Seconds() / took}
	if whole := r.PerSecond; len(whole) > 1 {
		whole = whole[:len(whole)-1] // the last second is not whole
		t.Lowest, t.Highest = slices.Min(whole), slices.Max(whole)
	}
	return t
}

// watch reads the log's gauges once a second until stop is closed.
func (e *Env) watch(log *result.Log, stop <-chan struct{}) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return nil
		case <-tick.C:
		}
		for name, into := range map[string]*[]float64{
			"lernspur_commit_log_bytes":        &log.Bytes,
			"lernspur_commit_queue_bytes":      &log.QueueBytes,
			"lernspur_commit_queue_statements": &log.Queue,
		} {
			v, err := e.metric(name)
			if err != nil {
				return fmt.Errorf("watching the log: %w", err)
			}
			*into = append(*into, v)
		}
	}
}

// drain waits until the tables have everything and returns how many seconds
// that took.
func (e *Env) drain(ctx context.Context, within time.Duration) (float64, error) {
	for began := time.Now(); ; {
		queue, err := e.metric("lernspur_commit_queue_statements")
		if err != nil {
			return 0, err
		}
		took := time.Since(began)
		if queue == 0 {
			return took.Seconds(), nil
		}
		if took > within {
			return 0, fmt.Errorf("the queue still holds %.0f statements after %v", queue, within)
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// trend is the slope of the least-squares line through figures taken at equal
// distances, per distance.
func trend(figures []float64) float64 {
	n := float64(len(figures))
	if n < 2 {
		return 0
	}
	var sx, sy, sxx, sxy float64
	for i, y := range figures {
		x := float64(i)
		sx, sy, sxx, sxy = sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}
