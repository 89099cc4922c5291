package load

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Source makes the requests of one connection.
type Source interface {
	// Next is the next request, whole, and how many statements are in it. It
	// stays valid until the next call.
	Next() (request []byte, statements int)
}

// Plan is one run: some connections, each sending its next request when it
// has the answer to the last.
type Plan struct {
	Addr  string
	Conns int
	// Duration ends the run; zero means that only Count does.
	Duration time.Duration
	// Count is how many requests there will be at most; 0 means no bound. One
	// of Duration and Count must be set.
	Count int64
	// Warmup is how long is sent before anything is counted.
	Warmup time.Duration
	// Rate, in requests per second over all connections, paces the run; 0
	// sends as fast as answers come. In a paced run a latency counts from
	// when the request was due, so that a stall shows in every request that
	// it held up.
	Rate float64
	// Resend sends a request again until it is not refused with 503 any more, for
	// runs that must bring every statement in.
	Resend bool
	// Source makes the source of a connection.
	Source func(conn int) Source
}

// Result is what a run saw.
type Result struct {
	Requests   int64 // answered with a status of 200 to 299
	Statements int64 // in those
	Refused    int64 // answered with 503
	Failed     int64 // answered otherwise, or not at all
	FirstError string
	Elapsed    time.Duration
	Latency    *Histogram // of those answered with 200 to 299
	PerSecond  []int64    // statements acknowledged in each second
	// ClientCPU is the processor time that this process used.
	ClientCPU time.Duration
}

// PerSec is statements acknowledged per second.
func (r *Result) PerSec() float64 { return float64(r.Statements) / r.Elapsed.Seconds() }

// maxWait bounds how long a connection waits after a 503, whatever the answer
// says.
const maxWait = time.Second

// CPUTime is the processor time that this process has used, in user and
// kernel mode.
func CPUTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// worker is one connection of a run.
type worker struct {
	run       *running
	conn      *Conn
	source    Source
	interval  time.Duration
	due       time.Time
	latency   Histogram
	result    Result
	perSecond []int64
}

type running struct {
	plan  Plan
	start time.Time // of what is counted
	end   time.Time
	left  atomic.Int64
}

// Run does a plan to its end or until the context ends. The error says why
// not even one connection could be made; what goes wrong later is counted.
func Run(ctx context.Context, p Plan) (*Result, error) {
	if p.Duration <= 0 && p.Count <= 0 {
		return nil, fmt.Errorf("load: a run needs an end")
	}
	run := &running{plan: p}
	workers := make([]*worker, p.Conns)
	for i := range workers {
		conn, err := Dial(ctx, p.Addr)
		if err != nil {
			return nil, err
		}
		defer conn.Close()
		workers[i] = &worker{run: run, conn: conn, source: p.Source(i)}
	}
	run.left.Store(p.Count)
	began := time.Now()
	run.start = began.Add(p.Warmup)
	if p.Duration > 0 {
		run.end = run.start.Add(p.Duration)
	}
	var wg sync.WaitGroup
	cpu := CPUTime()
	for i, w := range workers {
		if p.Rate > 0 {
			w.interval = time.Duration(float64(time.Second) * float64(p.Conns) / p.Rate)
			w.due = began.Add(w.interval * time.Duration(i) / time.Duration(p.Conns))
		}
		wg.Go(func() { w.loop(ctx) })
	}
	wg.Wait()
	total := collect(workers)
	total.Elapsed = time.Since(run.start)
	total.ClientCPU = CPUTime() - cpu
	return total, nil
}

func collect(workers []*worker) *Result {
	total := &Result{Latency: &Histogram{}}
	for _, w := range workers {
		r := &w.result
		total.Requests += r.Requests
		total.Statements += r.Statements
		total.Refused += r.Refused
		total.Failed += r.Failed
		if total.FirstError == "" {
			total.FirstError = r.FirstError
		}
		total.Latency.Add(&w.latency)
		for len(total.PerSecond) < len(w.perSecond) {
			total.PerSecond = append(total.PerSecond, 0)
		}
		for i, n := range w.perSecond {
			total.PerSecond[i] += n
		}
	}
	return total
}

// loop sends until the run ends.
func (w *worker) loop(ctx context.Context) {
	for ctx.Err() == nil {
		if w.run.plan.Count > 0 && w.run.left.Add(-1) < 0 {
			return
		}
		began := time.Now()
		if w.interval > 0 {
			if wait := w.due.Sub(began); wait > 0 {
				time.Sleep(wait)
			}
			began = w.due
			w.due = w.due.Add(w.interval)
		}
		if !w.run.end.IsZero() && began.After(w.run.end) {
			return
		}
		request, statements := w.source.Next()
		if w.interval == 0 {
			began = time.Now()
		}
		for refused := true; refused && ctx.Err() == nil; {
			response, err := w.conn.Do(request)
			w.count(began, statements, response, err)
			if response.Status == 503 {
				time.Sleep(min(max(response.RetryAfter, 10*time.Millisecond), maxWait))
			}
			refused = w.run.plan.Resend && response.Status == 503
		}
	}
}

// count books one answer, if it came after the warm-up and before the end.
func (w *worker) count(began time.Time, statements int, response Response, err error) {
	now := time.Now()
	if now.Before(w.run.start) || (!w.run.end.IsZero() && now.After(w.run.end)) {
		return
	}
	r := &w.result
	switch {
	case err != nil:
		r.fail(err.Error())
	case response.Status == 503:
		r.Refused++
	case response.Status < 200 || response.Status > 299:
		r.fail(fmt.Sprintf("status %d: %.300s", response.Status, response.Body))
	default:
		r.Requests++
		r.Statements += int64(statements)
		w.latency.Record(now.Sub(began))
		second := int(now.Sub(w.run.start) / time.Second)
		for len(w.perSecond) <= second {
			w.perSecond = append(w.perSecond, 0)
		}
		w.perSecond[second] += int64(statements)
	}
}

func (r *Result) fail(why string) {
	r.Failed++
	if r.FirstError == "" {
		r.FirstError = why
	}
}
