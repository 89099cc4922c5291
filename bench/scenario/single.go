package scenario

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"lernspur/bench/load"
	"lernspur/bench/proc"
	"lernspur/bench/result"
)

// BareCommand is the argument that turns the measuring program into the bare
// handler; the address follows it.
const BareCommand = "bare-handler"

// Bare serves a handler that reads the body and answers, and nothing else: the
// most that a server of net/http can take on this machine. It does not return.
func Bare(addr string) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ready", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("POST /xapi/statements", func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			w.WriteHeader(http.StatusBadRequest)
		}
	})
	server := http.Server{Addr: addr, Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	return server.ListenAndServe()
}

// single posts one statement at a time over 256 connections.
func (e *Env) single(ctx context.Context, duration time.Duration) (result.Throughput, error) {
	r, _, err := e.watched(ctx, load.Plan{Addr: e.server.Addr, Conns: singleConns, Duration: duration, Warmup: e.warmup(),
		Source: e.pools(singleConns, 40, 1)})
	if err == nil {
		e.logf("single: %.0f/s, p50 %.1f ms, p99 %.1f ms, refused %d", r.PerSecond, r.Latency.P50, r.Latency.P99, r.Refused)
	}
	return r, err
}

// bare does the same against the bare handler, in a process of its own.
func (e *Env) bare(ctx context.Context, duration time.Duration) (result.Throughput, error) {
	addr, err := proc.FreeAddr()
	if err != nil {
		return result.Throughput{}, err
	}
	self, err := os.Executable()
	if err != nil {
		return result.Throughput{}, err
	}
	p, err := proc.Start(ctx, addr, "/ready", nil, self, BareCommand, addr)
	if err != nil {
		return result.Throughput{}, err
	}
	defer p.Stop(5 * time.Second) // ends by a signal, which is no error here
	cpu, busy, began := proc.CPUOf(p.PID()), proc.Busy(), time.Now()
	r, err := load.Run(ctx, load.Plan{Addr: addr, Conns: singleConns, Duration: duration, Warmup: e.warmup(),
		Source: e.pools(singleConns, 40, 1)})
	if err != nil {
		return result.Throughput{}, err
	}
	took := time.Since(began).Seconds()
	t := throughput(r, took)
	t.ServerCPU = (proc.CPUOf(p.PID()) - cpu).Seconds() / took
	t.Others = max(0, (proc.Busy()-busy).Seconds()/took-t.ServerCPU-t.ClientCPU)
	if r.Failed > 0 {
		return t, fmt.Errorf("%d requests to the bare handler failed, the first with: %s", r.Failed, r.FirstError)
	}
	e.logf("bare handler: %.0f/s, p50 %.1f ms, p99 %.1f ms", t.PerSecond, t.Latency.P50, t.Latency.P99)
	return t, nil
}
