package scenario

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"sync"
	"time"

	"lernspur/bench/load"
	"lernspur/bench/proc"
	"lernspur/bench/result"
	"lernspur/bench/scorm"
)

const (
	// scormPause is the time between two commits of a learner: that of the run-time
	// page, too, when content sets something and commits nothing itself.
	scormPause = 10 * time.Second
	// scormSteps is how many commits a session has before the learner ends the part
	// and opens it again: ten minutes.
	scormSteps = 60
)

// scorm measures what learners cost who play SCORM at one time.
func (e *Env) scorm(ctx context.Context, learners int, duration time.Duration, r *result.Run) error {
	if err := e.settle(ctx, time.Minute); err != nil {
		return err
	}
	place := &scorm.Place{URL: "http://" + e.server.Addr, Key: key, Secret: secret,
		Client: &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: learners}}}
	course, err := place.Upload(ctx)
	if err != nil {
		return err
	}
	rng := rand.New(rand.NewPCG(e.opts.Seed, 4))
	c := &classroom{late: make([]time.Duration, learners), left: make([]int, learners)}
	for i := range learners {
		l, err := place.Learner(ctx, course, fmt.Sprintf("learner-%d-%d", e.nextRun(), i))
		if err != nil {
			return err
		}
		c.learners = append(c.learners, l)
		// They are anywhere within their sessions, and between two commits.
		c.late[i], c.left[i] = time.Duration(rng.Int64N(int64(scormPause))), 1+rng.IntN(scormSteps)
	}
	e.logf("%d learners have opened a launch", learners)
	// The warm-up is one round: everybody opens the part.
	playing, stop := context.WithTimeout(ctx, scormPause+duration)
	defer stop()
	c.measured = time.Now().Add(scormPause)
	var all sync.WaitGroup
	for i := range c.learners {
		all.Go(func() { c.play(playing, i) })
	}
	time.Sleep(time.Until(c.measured))
	server, engine, client, busy, began := proc.CPUOf(e.server.PID()), proc.CPUOf(e.engine.PID()), proc.CPUOf(os.Getpid()), proc.Busy(), time.Now()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(duration):
	}
	took := time.Since(began).Seconds()
	s := result.Scorm{Learners: learners, PauseSeconds: scormPause.Seconds(), Seconds: took,
		ServerCPU: (proc.CPUOf(e.server.PID()) - server).Seconds() / took,
		EngineCPU: (proc.CPUOf(e.engine.PID()) - engine).Seconds() / took,
		ClientCPU: (proc.CPUOf(os.Getpid()) - client).Seconds() / took}
	s.Others = max(0, (proc.Busy()-busy).Seconds()/took-s.ServerCPU-s.EngineCPU-s.ClientCPU)
	all.Wait()
	s.Commits, s.Latency, s.Opened, s.Opening = c.commits, c.commit.Summary(), c.opened, c.opening.Summary()
	s.Server = proc.MemoryOf(e.server.PID())
	r.Scorm = append(r.Scorm, s)
	if c.failed > 0 {
		return fmt.Errorf("%d requests of learners failed, the first with: %w", c.failed, c.first)
	}
	e.logf("%d learners: %.1f commits/s, p50 %.1f ms, p99 %.1f ms, server %.2f cores, engine %.2f", learners,
		float64(s.Commits)/took, s.Latency.P50, s.Latency.P99, s.ServerCPU, s.EngineCPU)
	return nil
}

// classroom are learners who play, and what their requests took.
type classroom struct {
	learners []*scorm.Learner
	late     []time.Duration // of the first commit
	left     []int           // commits until the end of the session
	measured time.Time       // what begins before counts nowhere

	mu              sync.Mutex
	commit, opening load.Histogram
	commits, opened int
	failed          int
	first           error
}

// play lets one learner play until ctx ends, at an even pace.
func (c *classroom) play(ctx context.Context, i int) {
	l, open := c.learners[i], false
	next := time.Now().Add(c.late[i])
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Until(next)):
		}
		next = next.Add(scormPause)
		began := time.Now()
		var err error
		switch {
		case !open:
			if _, err = l.Open(ctx); err == nil {
				c.note(began, nil, &c.opening, &c.opened, ctx)
				began = time.Now()
				err = l.Begin(ctx)
			}
			open = true
		case c.left[i] <= 1:
			err = l.End(ctx)
			open, c.left[i] = false, scormSteps
		default:
			err = l.Next(ctx)
		}
		c.left[i]--
		c.note(began, err, &c.commit, &c.commits, ctx)
	}
}

func (c *classroom) note(began time.Time, err error, h *load.Histogram, n *int, ctx context.Context) {
	took := time.Since(began)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case ctx.Err() != nil: // the end came in between
	case err != nil:
		if c.failed++; c.first == nil {
			c.first = err
		}
	case began.After(c.measured):
		h.Record(took)
		*n++
	}
}
