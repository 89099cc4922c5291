package bi

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"go.uber.org/zap"

	"lernspur/engine"
)

// mirror is the engine that answers the tools of one tenant: a process of its own,
// with the rows of the tenant's publication and nothing else.
type mirror struct {
	tenant string
	dir    string // its own, so that one that is stopped takes nothing from the next
	engine *engine.Engine
	conn   driver.Conn
	slots  chan struct{} // one for each query that may run
	log    *zap.Logger

	loading sync.Mutex
	mu      sync.Mutex
	shown   publication // what it was given last
	answers time.Time   // of the publication that it answers with; zero: none
	states  int         // how often it came and went
	again   chan struct{}
	stop    context.CancelFunc
	done    chan struct{}
}

var errWentAway = errors.New("the engine ended while figures were loaded")

// startMirror starts a tenant's engine in a new folder below dir.
func startMirror(ctx context.Context, tenant, dir string, o engine.Options, l Limits, log *zap.Logger) (_ *mirror, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if dir, err = os.MkdirTemp(dir, ""); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	m := &mirror{tenant: tenant, dir: dir, slots: make(chan struct{}, l.Queries), log: log, again: make(chan struct{}, 1), done: make(chan struct{})}
	o.DataDir, o.Logger = dir, log
	o.Reader = &engine.Reader{Tables: viewNames(), Time: l.Time, Rows: l.Rows, Queries: l.Queries + 1}
	o.OnState = m.state
	if m.engine, err = engine.Start(ctx, o); err != nil {
		return nil, err
	}
	opts, err := clickhouse.ParseDSN(m.engine.DSN())
	if err == nil {
		opts.MaxOpenConns, opts.MaxIdleConns = 2, 1
		opts.DialTimeout, opts.ReadTimeout = 5*time.Second, time.Minute
		m.conn, err = clickhouse.Open(opts)
	}
	if err != nil {
		return nil, errors.Join(err, m.engine.Stop(ctx))
	}
	running, stop := context.WithCancel(context.Background())
	m.stop = stop
	go m.reload(running)
	return m, nil
}

// state hears of the engine: one that was started anew has nothing.
func (m *mirror) state(up bool) {
	m.mu.Lock()
	m.answers = time.Time{}
	m.states++
	m.mu.Unlock()
	if up {
		select {
		case m.again <- struct{}{}:
		default:
		}
	}
}

// reload gives the engine what it had, whenever it was started anew.
func (m *mirror) reload(ctx context.Context) {
	defer close(m.done)
	for {
		select {
		case <-ctx.Done():
			return
		case <-m.again:
		}
		m.mu.Lock()
		p, needed := m.shown, m.answers.IsZero() && m.shown.rows != nil
		m.mu.Unlock()
		if !needed {
			continue
		}
		if err := m.load(ctx, p); err != nil && ctx.Err() == nil {
			m.log.Warn("published figures could not be loaded", zap.String("tenant", m.tenant), zap.Error(err))
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
				return
			}
			m.state(true)
		}
	}
}

// load replaces all that the engine has. Until everything is there it answers with what it had; where
// tables of two publications are left beside each other, with nothing.
func (m *mirror) load(ctx context.Context, p publication) error {
	m.loading.Lock()
	defer m.loading.Unlock()
	m.mu.Lock()
	m.shown = p
	states := m.states
	m.mu.Unlock()
	// It is not ended with ctx: a connection that is cut off may end the engine.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTime)
	defer cancel()
	for _, v := range views {
		if err := m.fill(ctx, v, p.rows[v.name]); err != nil {
			return fmt.Errorf("%s: %w", v.name, err)
		}
	}
	err := m.exchange(ctx)
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case err != nil:
		m.answers = time.Time{}
	case m.states != states: // one that was started anew has nothing
		err = errWentAway
	default:
		m.answers = p.at
	}
	return err
}

// fill makes the table of a view beside the one that answers.
func (m *mirror) fill(ctx context.Context, v view, rows []row) error {
	fresh := v.name + "_new"
	for _, sql := range []string{"DROP TABLE IF EXISTS " + fresh + " SYNC", v.create(fresh)} {
		if err := m.conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return insert(ctx, m.conn, fresh, v, rows)
}

// exchange has what was filled answer.
func (m *mirror) exchange(ctx context.Context) error {
	for _, v := range views {
		for _, sql := range []string{v.createIfMissing(), "EXCHANGE TABLES " + v.name + " AND " + v.name + "_new", "DROP TABLE " + v.name + "_new SYNC"} {
			if err := m.conn.Exec(ctx, sql); err != nil {
				return fmt.Errorf("%s: %w", v.name, err)
			}
		}
	}
	return nil
}

// ready tells whether there is something to answer with.
func (m *mirror) ready() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return !m.answers.IsZero()
}

// has tells whether it answers with the publication of an instant.
func (m *mirror) has(at time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.answers.Equal(at)
}

// close stops the engine. Nobody may have a query under way.
func (m *mirror) close(ctx context.Context) error {
	m.stop()
	<-m.done
	return errors.Join(m.conn.Close(), m.engine.Stop(ctx))
}
