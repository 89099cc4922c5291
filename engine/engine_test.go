package engine

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"go.uber.org/zap/zaptest"
)

func TestMain(m *testing.M) {
	MaybeMain()
	maybeParent()
	os.Exit(m.Run())
}

// testMemory keeps several engines side by side on a small machine.
const testMemory = 1 << 30

func options(t *testing.T, dir string) Options {
	t.Helper()
	return Options{DataDir: dir, MemoryBytes: testMemory, Logger: zaptest.NewLogger(t)}
}

// start runs an engine for one test. A missing library fails the test.
func start(t *testing.T, o Options) *Engine {
	t.Helper()
	e, err := Start(t.Context(), o)
	if err != nil {
		t.Fatalf("%v\n(the tests need the library: `make engine` fetches it)", err)
	}
	t.Cleanup(func() { stop(t, e) })
	return e
}

func stop(t *testing.T, e *Engine) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := e.Stop(ctx); err != nil {
		t.Errorf("stop: %v", err)
	}
}

func connect(t *testing.T, dsn string, change func(*clickhouse.Options)) driver.Conn {
	t.Helper()
	o, err := clickhouse.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(o)
	}
	conn, err := clickhouse.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// eventually polls until check is content, and fails after the bound.
func eventually(t *testing.T, bound time.Duration, what string, check func() bool) {
	t.Helper()
	for deadline := time.Now().Add(bound); !check(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", bound, what)
		}
	}
}

func mustExec(t *testing.T, conn driver.Conn, query string) {
	t.Helper()
	if err := conn.Exec(t.Context(), query); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func count(t *testing.T, conn driver.Conn, query string) (n uint64) {
	t.Helper()
	if err := conn.QueryRow(t.Context(), query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func TestStartAndStopKeepsData(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	e := start(t, options(t, dir))
	if !e.Up() || e.PID() == 0 || e.Restarts() != 0 {
		t.Errorf("after start: up %v, pid %d, restarts %d", e.Up(), e.PID(), e.Restarts())
	}
	conn := connect(t, e.DSN(), nil)
	if got := count(t, conn, "SELECT count() FROM system.databases WHERE name = 'lernspur' AND engine = 'Atomic'"); got != 1 {
		t.Errorf("the database lernspur is not there as Atomic")
	}
	mustExec(t, conn, "CREATE TABLE kept (n UInt64) ENGINE = MergeTree ORDER BY n SETTINGS fsync_after_insert = 1, fsync_part_directory = 1")
	mustExec(t, conn, "INSERT INTO kept SELECT number FROM numbers(1000)")
	pid := e.PID()
	stop(t, e)
	if e.Up() || e.PID() != 0 || alive(pid) {
		t.Errorf("after stop: up %v, pid %d, child alive %v", e.Up(), e.PID(), alive(pid))
	}
	select {
	case <-e.Done():
	default:
		t.Error("Done is open after Stop")
	}
	again := start(t, options(t, dir))
	if got := count(t, connect(t, again.DSN(), nil), "SELECT sum(n) FROM kept"); got != 499500 {
		t.Errorf("after the second start the sum is %d, want 499500", got)
	}
	if again.password == e.password {
		t.Error("the password is the same for two starts")
	}
}

// hangUp connects, says something that is no login, and closes.
func hangUp(t *testing.T, addr, say string) {
	t.Helper()
	conn, err := net.Dial("tcp4", addr)
	if err != nil {
		t.Errorf("dial: %v", err)
		return
	}
	_, _ = conn.Write([]byte(say)) // refused is fine
	conn.Close()
}

// peakMemory is the most that a process has had resident, in bytes.
func peakMemory(pid int) (int64, bool) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			var kib int64
			_, err := fmt.Sscanf(rest, "%d", &kib)
			return kib << 10, err == nil
		}
	}
	return 0, false
}
