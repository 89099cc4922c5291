package engine

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"go.uber.org/zap"
)

// Back-off between restarts: nothing before the first, then from minDelay
// doubling to maxDelay; a run of at least steady starts afresh. One that came up
// and died soon is tried again after deadDelay at the latest, so that refused
// logins do not keep it away for long.
const (
	minDelay  = 100 * time.Millisecond
	deadDelay = time.Second
	maxDelay  = 5 * time.Second
	steady    = 10 * time.Second
)

// guardEvery is how often the port of a running child is tried.
const guardEvery = 2 * time.Second

// Engine is a running embedded ClickHouse. Its child may die and is started
// again; address and password stay the same until Stop. Methods may be called
// from any goroutine.
type Engine struct {
	opts     Options
	config   string
	port     int
	password string
	lock     *lock

	readerPort     int // 0: there is no Reader
	readerPassword string

	restarts atomic.Int64
	up       atomic.Bool
	pid      atomic.Int64

	stop     context.CancelCauseFunc
	stopping context.Context
	hurry    chan struct{} // closed: do not wait for an orderly stop any longer
	hurried  sync.Once
	done     chan struct{}
	stopErr  error // valid once done is closed
}

// Start starts the engine on a data folder and returns when it answers and the
// database exists. The context bounds the start only.
//
// Errors: ErrLibraryMissing, ErrWrongPlatform, ErrInUse, ErrNewerData, and
// whatever else keeps the child from answering, with its last words.
func Start(ctx context.Context, o Options) (*Engine, error) {
	if err := o.fill(); err != nil {
		return nil, err
	}
	if err := privateDir(o.DataDir); err != nil {
		return nil, err
	}
	held, err := lockDir(ctx, o.DataDir)
	if err != nil {
		return nil, err
	}
	e := &Engine{opts: o, lock: held, password: rand.Text(), readerPassword: rand.Text(), hurry: make(chan struct{}), done: make(chan struct{})}
	e.stopping, e.stop = context.WithCancelCause(context.Background())
	p, err := e.first(ctx)
	if err != nil {
		held.release()
		return nil, err
	}
	e.state(true)
	go e.watch(p)
	return e, nil
}

// first writes the configuration and starts the child for the first time, on
// another port if the chosen one was snatched away.
func (e *Engine) first(ctx context.Context) (*process, error) {
	run := filepath.Join(e.opts.DataDir, "run")
	files := filepath.Join(e.opts.DataDir, "user_files")
	for _, dir := range []string{run, files, storePath(e.opts.DataDir)} {
		if err := privateDir(dir); err != nil {
			return nil, err
		}
	}
	var err error
	e.config, err = settings{
		UserFiles: files + "/", MemoryBytes: e.opts.MemoryBytes, User: user, Digest: digest(e.password),
		Reader: e.opts.Reader, ReaderUser: readerUser, ReaderDigest: digest(e.readerPassword), Database: Database,
	}.write(run)
	if err != nil {
		return nil, err
	}
	var p *process
	for range 5 {
		if e.port, err = freePort(); err != nil {
			return nil, err
		}
		if e.opts.Reader != nil {
			if e.readerPort, err = freePort(); err != nil {
				return nil, err
			}
		}
		if p, err = e.launch(ctx); !errors.Is(err, errPortTaken) {
			break
		}
	}
	return p, err
}

// launch starts the child once and waits until it answers.
func (e *Engine) launch(ctx context.Context) (*process, error) {
	ctx, cancel := context.WithTimeout(ctx, e.opts.StartTimeout)
	defer cancel()
	written, err := readVersion(e.opts.DataDir)
	if err != nil {
		return nil, err
	}
	p, err := spawn(&e.opts, e.config, e.port, e.readerPort, written, e.lock.file)
	if err != nil {
		return nil, err
	}
	e.pid.Store(int64(p.cmd.Process.Pid))
	if err = e.lock.note(p.cmd.Process.Pid); err == nil {
		err = e.ready(ctx, p, written)
	}
	if err != nil {
		_ = p.stop(ctx, e.opts.StopTimeout) // err says more
		e.pid.Store(0)
		return nil, err
	}
	e.opts.Logger.Info("clickhouse is up", zap.String("version", p.libraryVersion()),
		zap.Int("pid", p.cmd.Process.Pid), zap.Int("port", e.port))
	return p, nil
}

// ready waits until the child answers, makes sure that the database is there,
// and notes the version in the data folder.
func (e *Engine) ready(ctx context.Context, p *process, written string) error {
	if err := p.bound(ctx); err != nil {
		if errors.Is(err, ErrNewerData) {
			return fmt.Errorf("%w: %s was written by ClickHouse %s, this one is %s; run the newer release of Lernspur on it",
				err, e.opts.DataDir, written, p.libraryVersion())
		}
		return err
	}
	// `default` exists from the first moment on. A login into a database that
	// does not would be refused, and that ends the engine.
	conn, err := clickhouse.Open(&clickhouse.Options{
		Addr:        []string{e.addr()},
		Auth:        clickhouse.Auth{Database: "default", Username: user, Password: e.password},
		DialTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		MaxOpenConns: 1, MaxIdleConns: 1,
	})
	if err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	defer conn.Close()
	if err := conn.Exec(ctx, "CREATE DATABASE IF NOT EXISTS "+Database+" ENGINE = Atomic"); err != nil {
		select {
		case <-p.done:
			return p.failure()
		default:
			return fmt.Errorf("engine: first query: %w%s", err, p.tail())
		}
	}
	if v := p.libraryVersion(); v != written && v != "" {
		return writeVersion(e.opts.DataDir, v)
	}
	return nil
}

// watch keeps a child running until Stop.
func (e *Engine) watch(p *process) {
	defer close(e.done)
	defer e.lock.release()
	delay := time.Duration(0)
	for {
		began := time.Now()
		go e.guard(p)
		select {
		case <-p.done:
		case <-e.stopping.Done():
			e.state(false)
			e.stopErr = e.end(p)
			return
		}
		e.state(false)
		e.opts.Logger.Warn("clickhouse has ended and is started again",
			zap.Stringer("state", p.cmd.ProcessState), zap.Duration("ran", time.Since(began)))
		delay = min(delay, deadDelay)
		if time.Since(began) >= steady {
			delay = 0
		}
		if p, delay = e.again(delay); p == nil {
			return
		}
		e.state(true)
	}
}

// guard kills a child that has lost its port and yet lives: the user default,
// whom anybody on the machine can be, has to have the right to open the listener
// and with it the right to close it. A child that is merely slow is left alone;
// the system goes on taking connections for it.
func (e *Engine) guard(p *process) {
	tick := time.NewTicker(guardEvery)
	defer tick.Stop()
	for refused := 0; refused < 2; {
		select {
		case <-p.done:
			return
		case <-e.stopping.Done():
			return
		case <-tick.C:
		}
		conn, err := net.DialTimeout("tcp4", e.addr(), guardEvery)
		switch {
		case err == nil:
			conn.Close()
			refused = 0
		case errors.Is(err, syscall.ECONNREFUSED):
			refused++
		}
	}
	e.opts.Logger.Error("clickhouse has lost its port and is killed", zap.Int("pid", p.cmd.Process.Pid))
	_ = p.cmd.Process.Kill() // gone already is as good
}

// again starts the child anew, with back-off, until it answers or Stop is called
// (nil then). It returns the delay to begin with next time.
func (e *Engine) again(delay time.Duration) (*process, time.Duration) {
	for {
		select {
		case <-time.After(delay):
		case <-e.stopping.Done():
			return nil, 0
		}
		delay = min(max(2*delay, minDelay), maxDelay)
		e.restarts.Add(1)
		p, err := e.launch(e.stopping)
		if err == nil {
			return p, delay
		}
		if e.stopping.Err() != nil {
			return nil, 0
		}
		e.opts.Logger.Error("clickhouse does not start", zap.Error(err), zap.Duration("next_try_in", delay))
	}
}

// end stops the last child, in order unless Stop's context has run out.
func (e *Engine) end(p *process) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-e.hurry:
			cancel()
		case <-ctx.Done():
		}
	}()
	err := p.stop(ctx, e.opts.StopTimeout)
	e.pid.Store(0)
	return err
}

func (e *Engine) state(up bool) {
	if !up {
		e.pid.Store(0)
	}
	e.up.Store(up)
	e.opts.OnState(up)
}

// Stop ends the engine in order and waits for it. When the context ends first,
// or Options.StopTimeout, the child is killed and an error says so; either way
// no process is left. More calls wait for the same end.
func (e *Engine) Stop(ctx context.Context) error {
	e.stop(errors.New("the engine was stopped"))
	select {
	case <-e.done:
		return e.stopErr
	case <-ctx.Done():
		e.hurried.Do(func() { close(e.hurry) })
		<-e.done
		return e.stopErr
	}
}

func (e *Engine) addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(e.port)) }

// DSN is the address for clickhouse-go, with a password: never log it. It stays
// the same over restarts of the child.
func (e *Engine) DSN() string {
	return fmt.Sprintf("clickhouse://%s:%s@%s/%s", user, e.password, e.addr(), Database)
}

// Up says whether the engine answered when it was last looked at.
func (e *Engine) Up() bool { return e.up.Load() }

// Restarts counts how often the child was started again after it had died.
func (e *Engine) Restarts() int { return int(e.restarts.Load()) }

// PID is the child's process number, 0 while there is none.
func (e *Engine) PID() int { return int(e.pid.Load()) }

// Done is closed when the engine was stopped and its child is gone.
func (e *Engine) Done() <-chan struct{} { return e.done }
