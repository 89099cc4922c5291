package progress

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
)

// ErrStopped is what waiters get when the projector stops.
var ErrStopped = errors.New("the projection of progress has been stopped")

// Dependencies are what a Projector needs.
type Dependencies struct {
	// Conn is the database with the tables of package store.
	Conn driver.Conn
	// Watermark is the instant up to which every statement is visible,
	// microseconds since the Unix epoch. It never falls.
	Watermark func() int64
	// Interval is the least time between two cycles when nobody waits. Zero
	// means 800 ms, which keeps the projection less than a second behind.
	Interval time.Duration
	// Zone is where days and hours begin; nil means Europe/Berlin.
	Zone *time.Location
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Logger may be nil.
	Logger *zap.Logger
	// Metrics may be nil: then nobody watches.
	Metrics prometheus.Registerer
}

// Projector keeps the table progress up to date and answers from it. A database
// has one.
type Projector struct {
	conn      driver.Conn
	watermark func() int64
	interval  time.Duration
	logger    *zap.Logger
	monitor   *monitor
	maxChunk  int64 // statements in one cycle
	// background says whether the database lets cycles stand back; nil until asked.
	background atomic.Pointer[bool]

	now      func() time.Time
	zone     *time.Location // of days and hours
	born     int64          // tells revisions of this process from others'
	revision atomic.Int64   // rises when figures may have changed

	reached reached
	kept    kept
	hurry   chan struct{} // somebody waits

	// cycle is held while the table changes: by cycles, Check and Rebuild.
	cycle    sync.Mutex
	version  int64         // of the cursor's row in force
	emptying bool          // a rebuild has begun whose emptying has not succeeded yet
	width    int64         // of the span that the next cycle tries
	chunk    int64         // what of maxChunk the database could take lately
	took     time.Duration // the last cycle
	// generation is the highest that was given to learners.
	generation int64
	// touched is how far a cycle has come that may not have ended: up to there the tables
	// may hold more than reached says.
	touched int64

	settings sync.Mutex // held while settings of courses change
	settled  settled

	stop context.CancelFunc
	done sync.WaitGroup
}

// New makes a Projector that does nothing yet.
func New(d Dependencies) *Projector {
	if d.Logger == nil {
		d.Logger = zap.NewNop()
	}
	if d.Interval <= 0 {
		d.Interval = 800 * time.Millisecond
	}
	if d.Zone == nil {
		d.Zone = defaultZone()
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Metrics == nil {
		d.Metrics = prometheus.NewRegistry()
	}
	p := &Projector{
		conn: d.Conn, watermark: d.Watermark, interval: d.Interval, logger: d.Logger,
		maxChunk: 500_000, chunk: 500_000, width: time.Minute.Microseconds(),
		hurry: make(chan struct{}, 1),
		now:   d.Now, zone: d.Zone, born: d.Now().UnixNano(),
		settled: settled{piece: settlePiece, busy: settleBusy},
	}
	p.monitor = newMonitor(d.Metrics, func() float64 {
		reached, target := p.Watermark(), p.watermark()
		if reached == 0 || reached >= target {
			return 0
		}
		return float64(target-reached) / 1e6
	})
	return p
}

// defaultZone is that of the administrations this is made for.
func defaultZone() *time.Location {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return time.UTC
	}
	return zone
}

// Start reads the cursor and goes on from there until Stop. ctx bounds the
// reading only.
func (p *Projector) Start(ctx context.Context) error {
	if err := p.load(ctx); err != nil {
		return err
	}
	if err := p.tidy(ctx); err != nil {
		return err
	}
	running, stop := context.WithCancel(context.Background())
	p.stop = stop
	p.done.Go(func() { p.run(running) })
	p.done.Go(func() { p.settleLoop(running) })
	return nil
}

// Stop ends the cycle that runs, which is safe at any point, and answers all
// waiters. It does nothing when the projector was not started.
func (p *Projector) Stop() {
	if p.stop == nil {
		return
	}
	p.stop()
	p.done.Wait()
}

// Watermark is how far the projection has come: every statement with
// stored <= Watermark is in it. It may already hold some later ones.
func (p *Projector) Watermark() int64 { return p.reached.value() }

// Wait returns when the projection has come to upto, which it hurries for, with
// the error of ctx when that ends first, or with ErrStopped. upto must not lie
// beyond the watermark of the statements.
func (p *Projector) Wait(ctx context.Context, upto int64) error {
	return p.reached.wait(ctx, upto, func() {
		select {
		case p.hurry <- struct{}{}:
		default:
		}
	})
}

// run is the loop of cycles.
func (p *Projector) run(ctx context.Context) {
	defer p.reached.close()
	var pause pause
	for {
		if !p.sleep(ctx, pause) {
			return
		}
		if p.watermark() <= p.reached.value() {
			pause = pauseAfter(p.interval, 0, false)
			continue
		}
		more, err := p.catchUp(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			p.monitor.failures.Inc()
			p.logger.Warn("progress is not brought up to date, trying again", zap.Error(err))
			pause = pauseAfterError
		default:
			pause = pauseAfter(p.interval, p.took, more)
		}
	}
}

// sleep waits as long as pause says and tells whether to go on. Who waits cuts
// the pause short.
func (p *Projector) sleep(ctx context.Context, pause pause) bool {
	began := time.Now()
	timer := time.NewTimer(pause.normal)
	defer timer.Stop()
	if p.reached.waited() {
		timer.Reset(pause.hurried)
	}
	for {
		select {
		case <-ctx.Done():
			return false
		case <-timer.C:
			return true
		case <-p.hurry:
			timer.Reset(max(0, pause.hurried-time.Since(began)))
		}
	}
}

// pause is how long to do nothing after a cycle.
type pause struct {
	normal  time.Duration
	hurried time.Duration // when somebody waits
}

// leastPause keeps who waits for what is not there yet from making the loop spin.
const leastPause = 5 * time.Millisecond

var pauseAfterError = pause{time.Second, time.Second}

// pauseAfter follows a cycle that took some time. A tenth of the time is what
// the projection takes from ingestion, and half when it is far behind (more) or
// somebody waits.
func pauseAfter(interval, took time.Duration, more bool) pause {
	hurried := max(leastPause, took)
	if more {
		return pause{hurried, hurried}
	}
	return pause{max(interval, 10*took), hurried}
}

const (
	// cycleTimeout bounds a cycle. The driver's own read time-out is one for the whole
	// of a query, and too short for a cycle after a long absence; a deadline
	// takes its place.
	cycleTimeout = 3 * time.Minute
	// minChunk is how small a cycle gets when cycles fail.
	minChunk = 10_000
)

// catchUp runs one cycle. more tells that it did not reach the watermark.
func (p *Projector) catchUp(ctx context.Context) (more bool, err error) {
	p.cycle.Lock()
	defer p.cycle.Unlock()
	ctx, cancel := context.WithTimeout(ctx, cycleTimeout)
	defer cancel()
	if p.emptying {
		if err := p.empty(ctx); err != nil {
			return false, err
		}
	}
	began := time.Now()
	target := p.watermark()
	s, f, err := p.next(ctx, target)
	n, voiding := f.n, f.voiding
	if err != nil {
		return false, fmt.Errorf("looking for new statements: %w", err)
	}
	if n > 0 {
		p.touched = max(p.touched, s.upto)
		if err := p.exec(ctx, foldSQL(s, n, voiding)); err != nil {
			// It may have been too much at once.
			p.chunk = max(minChunk, n/2)
			return false, fmt.Errorf("folding statements into states: %w", err)
		}
		if err := p.addFacts(ctx, s, f); err != nil {
			p.chunk = max(minChunk, n/2)
			return false, err
		}
		p.chunk = min(2*p.chunk, p.maxChunk)
		if err := p.save(ctx, s.upto); err != nil {
			return false, err
		}
	}
	p.took = time.Since(began)
	p.monitor.cycle.Observe(p.took.Seconds())
	p.monitor.statements.Add(float64(n))
	if n > 0 {
		p.revision.Add(1)
	}
	p.reached.set(s.upto)
	p.logger.Debug("progress brought up to date", zap.Int64("statements", n), zap.Bool("voiding", voiding),
		zap.Int64("stored", s.upto), zap.Duration("took", p.took))
	return s.upto < target, nil
}

// found is what a span holds: so many statements, and whether there are voiding ones
// and answers among them.
type found struct {
	n                int64
	voiding, answers bool
}

// next chooses the span of the next cycle so that it holds as many statements
// as a cycle may have at most, and tells what it holds.
func (p *Projector) next(ctx context.Context, target int64) (s span, f found, err error) {
	s.from = p.reached.value()
	for {
		s.upto = min(target, s.from+p.width)
		var all, voids, answers uint64
		if err = p.conn.QueryRow(ctx, countSQL(s)).Scan(&all, &voids, &answers); err != nil {
			return s, f, err
		}
		n := int64(all)
		switch {
		case n > p.chunk && s.upto-s.from > 1:
			p.width = (s.upto - s.from) / 2
			continue
		case n == 0 && s.upto < target:
			var first int64
			if err = p.conn.QueryRow(ctx, firstSQL(span{s.upto, target})).Scan(&first); err != nil {
				return s, f, err
			}
			if s.upto = first - 1; first == 0 {
				s.upto = target
			}
		case n < p.chunk/4 && s.upto < target:
			p.width *= 2
		}
		return s, found{n, voids > 0, answers > 0}, nil
	}
}
