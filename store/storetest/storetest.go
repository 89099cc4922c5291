// Package storetest gives each test a fresh database on a real engine, one
// engine for all tests of a process. A missing engine fails the test.
//
// A test package that uses it calls Main from its TestMain.
package storetest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"lernspur/engine"
	"lernspur/store"
)

var (
	once    sync.Once
	shared  *engine.Engine
	failure error
	dir     string
	counter atomic.Int64
)

// Main runs the tests of a package and stops the engine afterwards. It is
// also what the engine's child process runs.
func Main(m *testing.M) {
	engine.MaybeMain()
	code := m.Run()
	if shared != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := shared.Stop(ctx); err != nil {
			fmt.Fprintln(os.Stderr, "stopping the engine:", err)
		}
	}
	if dir != "" {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

// Engine is the engine that all tests of the process share.
func Engine(t testing.TB) *engine.Engine {
	t.Helper()
	once.Do(func() {
		if dir, failure = os.MkdirTemp("", "lernspur-test-"); failure != nil {
			return
		}
		shared, failure = engine.Start(context.Background(), engine.Options{DataDir: filepath.Join(dir, "engine"), SearchDirs: SearchDirs(), MemoryBytes: 2 << 30})
	})
	if failure != nil {
		t.Fatalf("the engine does not start (make engine fetches it): %v", failure)
	}
	return shared
}

// SearchDirs is where the library lies in the source tree.
func SearchDirs() []string {
	_, file, _, _ := runtime.Caller(0)
	modules := filepath.Join(filepath.Dir(file), "..", "..", "engine", "lib", "node_modules", "@chdb")
	dirs, _ := filepath.Glob(filepath.Join(modules, "*"))
	return append(dirs, engine.DefaultSearchDirs()...)
}

// DSN is the address of a fresh database, which is dropped when the test ends.
func DSN(t testing.TB) string {
	t.Helper()
	e := Engine(t)
	name := fmt.Sprintf("test_%d_%d", os.Getpid(), counter.Add(1))
	exec(t, e.DSN(), fmt.Sprintf("CREATE DATABASE %s ENGINE = Atomic", name))
	t.Cleanup(func() { exec(t, e.DSN(), fmt.Sprintf("DROP DATABASE %s", name)) })
	dsn, err := url.Parse(e.DSN())
	if err != nil {
		t.Fatal(err)
	}
	dsn.Path = "/" + name
	return dsn.String()
}

// Settle waits until the engine answers again after a process that spoke to it
// was killed: the reset of its connections may have ended the engine, which is
// started anew then.
func Settle(t testing.TB) {
	t.Helper()
	e := Engine(t)
	// A reset ends the engine when it next looks at the connection.
	time.Sleep(300 * time.Millisecond)
	for deadline := time.Now().Add(time.Minute); !e.Up(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the engine does not come back")
		}
	}
	exec(t, e.DSN(), "SELECT 1")
}

// Open is a store on a fresh database.
func Open(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), DSN(t), nil)
	if err != nil {
		t.Fatalf("the store does not open: %v", err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func exec(t testing.TB, dsn, sql string) {
	t.Helper()
	opts, err := clickhouse.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := clickhouse.Open(opts)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := conn.Exec(ctx, sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}
