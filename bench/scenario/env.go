package scenario

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"go.uber.org/zap"

	"lernspur/bench/gen"
	"lernspur/bench/proc"
	"lernspur/bench/result"
	"lernspur/engine"
)

// Options say what is measured with.
type Options struct {
	Server  string // the server's binary; "" starts none, which is enough for the ceilings
	Library string // libchdb; "" looks where the server looks
	Dir     string // data folder, on the disk that is to be measured
	Seed    uint64
	Quick   bool // small sizes, to see that everything works
	Log     func(format string, args ...any)
}

// Env is a running engine and a server on it.
type Env struct {
	opts   Options
	gen    *gen.Generator
	engine *engine.Engine
	admin  driver.Conn
	server *proc.Process
	head   string // of every request, from Host on, without the empty line
	runs   uint64 // numbers the runs, so that each has ids of its own
}

const (
	key    = "bench"
	secret = "bench-secret-of-a-throwaway-database"
)

// Open starts an engine and a server on a data folder.
func Open(ctx context.Context, o Options) (*Env, error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, err
	}
	e := &Env{opts: o, gen: gen.New(gen.Config{Seed: o.Seed}), runs: uint64(time.Now().UnixNano())}
	var err error
	e.engine, err = engine.Start(ctx, engine.Options{Library: o.Library, DataDir: filepath.Join(o.Dir, "clickhouse"), Logger: zap.NewNop()})
	if err != nil {
		return nil, fmt.Errorf("starting the engine: %w", err)
	}
	if e.admin, err = e.connect("", "none", 4); err == nil && o.Server != "" {
		err = e.serve(ctx)
	}
	if err != nil {
		e.Close()
		return nil, err
	}
	return e, nil
}

// serve starts the server under test.
func (e *Env) serve(ctx context.Context) error {
	addr, err := proc.FreeAddr()
	if err != nil {
		return err
	}
	content, err := proc.FreeAddr()
	if err != nil {
		return err
	}
	e.server, err = proc.Start(ctx, addr, "/readyz", []string{
		"LERNSPUR_ADDR=" + addr, "LERNSPUR_CONTENT_ADDR=" + content,
		"LERNSPUR_DATA=" + filepath.Join(e.opts.Dir, "server"),
		"LERNSPUR_CLICKHOUSE_DSN=" + e.engine.DSN(),
		"LERNSPUR_KEY=" + key, "LERNSPUR_SECRET=" + secret,
	}, e.opts.Server, "serve")
	if err != nil {
		return err
	}
	e.head = "Host: " + addr + "\r\nX-Experience-API-Version: 1.0.3\r\nAuthorization: Basic " +
		base64.StdEncoding.EncodeToString([]byte(key+":"+secret)) + "\r\n"
	return nil
}

// Close stops the server, then the engine. The data folder stays.
func (e *Env) Close() error {
	var err error
	if e.server != nil {
		err = e.server.Stop(60 * time.Second)
	}
	if e.admin != nil {
		e.admin.Close()
	}
	if e.engine != nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if stopErr := e.engine.Stop(ctx); err == nil {
			err = stopErr
		}
	}
	return err
}

// connect opens a pool of connections to a database of the engine; "" is the
// server's own.
func (e *Env) connect(database, compression string, conns int) (driver.Conn, error) {
	o, err := clickhouse.ParseDSN(e.engine.DSN())
	if err != nil {
		return nil, fmt.Errorf("the engine's address cannot be parsed")
	}
	if database != "" {
		o.Auth.Database = database
	}
	if compression == "lz4" {
		o.Compression = &clickhouse.Compression{Method: clickhouse.CompressionLZ4}
	} else {
		o.Compression = nil
	}
	o.MaxOpenConns, o.MaxIdleConns = conns, conns
	o.ReadTimeout = 10 * time.Minute
	return clickhouse.Open(o)
}

// nextRun numbers a run or a connection of it.
func (e *Env) nextRun() uint64 {
	e.runs++
	return e.runs
}

func (e *Env) logf(format string, args ...any) {
	if e.opts.Log != nil {
		e.opts.Log(format, args...)
	}
}

// memory reads what the server and the engine take now.
func (e *Env) memory(when string) result.Memory {
	return result.Memory{When: when, Server: proc.MemoryOf(e.server.PID()), Engine: proc.MemoryOf(e.engine.PID())}
}

// metric reads one gauge of the server.
func (e *Env) metric(name string) (float64, error) {
	text, err := e.server.Get("/metrics")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			return strconv.ParseFloat(strings.TrimSpace(rest), 64)
		}
	}
	return 0, fmt.Errorf("the server has no metric %s", name)
}

// settle waits until the log is empty, progress has caught up and the engine
// merges nothing, or until the time is over: a measurement should not pay for
// the one before.
func (e *Env) settle(ctx context.Context, within time.Duration) error {
	quiet := 0
	for end := time.Now().Add(within); time.Now().Before(end) && quiet < 3; {
		var queue, behind float64
		if e.server != nil {
			var err error
			if queue, err = e.metric("lernspur_commit_queue_statements"); err != nil {
				return err
			}
			if behind, err = e.metric("lernspur_progress_behind_seconds"); err != nil {
				return err
			}
		}
		var merges uint64
		if err := e.admin.QueryRow(ctx, "SELECT count() FROM system.merges").Scan(&merges); err != nil {
			return fmt.Errorf("asking for merges: %w", err)
		}
		quiet++
		if queue > 0 || behind > 0 || merges > 0 {
			quiet = 0
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
	}
	return nil
}

// dropCaches empties what the engine and the system hold of the tables. It
// reports whether the system's page cache was dropped too, which takes root.
func (e *Env) dropCaches(ctx context.Context) (bool, error) {
	for _, cache := range []string{"MARK", "UNCOMPRESSED", "INDEX MARK", "INDEX UNCOMPRESSED", "PRIMARY INDEX", "QUERY CONDITION", "QUERY"} {
		if err := e.admin.Exec(ctx, "SYSTEM DROP "+cache+" CACHE"); err != nil {
			return false, fmt.Errorf("dropping the %s cache: %w", cache, err)
		}
	}
	return proc.DropPageCache(), nil
}
