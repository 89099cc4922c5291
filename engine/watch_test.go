package engine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// states collects what OnState was told.
type states struct {
	mu   sync.Mutex
	seen []bool
}

func (s *states) add(up bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, up)
}

func (s *states) get() []bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.seen)
}

// killChild kills the child and waits until another one answers.
func killChild(t *testing.T, e *Engine) {
	t.Helper()
	pid, restarts := e.PID(), e.Restarts()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, time.Minute, "a new child answers", func() bool {
		return e.Restarts() > restarts && e.Up() && e.PID() != 0 && e.PID() != pid
	})
}

func TestRestartKeepsDataAndAddress(t *testing.T) {
	t.Parallel()
	var seen states
	o := options(t, t.TempDir())
	o.OnState = seen.add
	e := start(t, o)
	dsn := e.DSN()
	conn := connect(t, dsn, nil)
	mustExec(t, conn, "CREATE TABLE kept (n UInt64) ENGINE = MergeTree ORDER BY n SETTINGS fsync_after_insert = 1, fsync_part_directory = 1")
	for i := range 3 {
		mustExec(t, conn, fmt.Sprintf("INSERT INTO kept SELECT number FROM numbers(%d, 100)", 100*i))
		killChild(t, e)
		eventually(t, time.Minute, "the pool of connections has recovered", func() bool { return conn.Ping(t.Context()) == nil })
		if got, want := count(t, conn, "SELECT count() FROM kept"), uint64(100*(i+1)); got != want {
			t.Errorf("after restart %d there are %d rows, want %d", i+1, got, want)
		}
	}
	if e.Restarts() != 3 || e.DSN() != dsn {
		t.Errorf("restarts %d, want 3; address unchanged: %v", e.Restarts(), e.DSN() == dsn)
	}
	stop(t, e)
	if want := []bool{true, false, true, false, true, false, true, false}; !slices.Equal(seen.get(), want) {
		t.Errorf("states %v, want %v", seen.get(), want)
	}
}

// Anybody on the machine can have a login refused, which ends the engine of this
// release. It must come back by itself, and nothing may be lost.
func TestFailedLoginsUnderLoad(t *testing.T) {
	t.Parallel()
	e := start(t, options(t, t.TempDir()))
	conn := connect(t, e.DSN(), nil)
	mustExec(t, conn, "CREATE TABLE kept (n UInt64) ENGINE = MergeTree ORDER BY n SETTINGS fsync_after_insert = 1, fsync_part_directory = 1")
	var written atomic.Uint64
	ctx, cancel := context.WithCancel(t.Context())
	var load sync.WaitGroup
	load.Go(func() {
		for n := uint64(0); ctx.Err() == nil; { // a row that may not have arrived is sent again
			if conn.Exec(ctx, "INSERT INTO kept VALUES (?)", n) == nil {
				n++
				written.Store(n)
			}
		}
	})
	wrong := []func(*clickhouse.Options){
		func(o *clickhouse.Options) { o.Auth.Password = "wrong" },
		func(o *clickhouse.Options) { o.Auth.Username = "nobody" },
		func(o *clickhouse.Options) { o.Auth.Database = "missing" },
	}
	for i := range 20 {
		if bad := connect(t, e.DSN(), wrong[i%len(wrong)]); bad.Ping(t.Context()) == nil {
			t.Fatalf("wrong login %d was granted", i)
		}
		before := written.Load()
		eventually(t, time.Minute, "queries go on after a refused login", func() bool { return written.Load() > before+1 })
	}
	cancel()
	load.Wait()
	want := written.Load()
	eventually(t, time.Minute, "the engine answers", func() bool { return conn.Ping(t.Context()) == nil })
	if got := count(t, conn, "SELECT uniqExact(n) FROM kept"); got < want {
		t.Errorf("%d of %d acknowledged rows are there", got, want)
	}
	t.Logf("20 refused logins, %d restarts, %d rows", e.Restarts(), want)
}

// Whoever reaches the port can be `default`.
func TestDefaultUserCanDoNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e := start(t, options(t, dir))
	ours := connect(t, e.DSN(), nil)
	mustExec(t, ours, "CREATE TABLE secret (n UInt64) ENGINE = MergeTree ORDER BY n")
	mustExec(t, ours, "INSERT INTO secret VALUES (1)")
	conn := connect(t, e.DSN(), func(o *clickhouse.Options) {
		o.Auth = clickhouse.Auth{Database: "default", Username: "default"}
	})
	if err := conn.Ping(t.Context()); err != nil {
		t.Fatalf("the login as default: %v", err)
	}
	for _, query := range []string{
		"SELECT * FROM lernspur.secret",
		"SELECT * FROM merge('lernspur', 'secret')",
		"INSERT INTO lernspur.secret VALUES (2)",
		"DROP TABLE lernspur.secret",
		"DROP DATABASE lernspur",
		"ALTER TABLE lernspur.secret DELETE WHERE 1",
		"OPTIMIZE TABLE lernspur.secret",
		"CREATE TABLE default.t (n UInt64) ENGINE = MergeTree ORDER BY n",
		"CREATE DATABASE d",
		"SELECT * FROM file('" + filepath.Join(dir, "run", "users.xml") + "', 'LineAsString')",
		"SELECT * FROM file('x', 'LineAsString')",
		"INSERT INTO FUNCTION file('x.csv', 'CSV', 'n UInt64') SELECT 1",
		"SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
		"SELECT * FROM s3('http://127.0.0.1:1/b/k', 'CSV', 'n UInt64')",
		"SELECT * FROM remote('127.0.0.1', 'lernspur', 'secret')",
		"SELECT * FROM executable('/bin/true', 'CSV', 'n UInt64')",
		"CREATE USER u",
		"GRANT SELECT ON *.* TO default",
		"BACKUP DATABASE lernspur TO File('/tmp/b')",
		"SYSTEM SHUTDOWN",
		"SYSTEM DROP MARK CACHE",
		"KILL QUERY WHERE 1",
		"SET max_memory_usage = 0",
	} {
		if err := conn.Exec(t.Context(), query); err == nil {
			t.Errorf("granted: %s", query)
		}
	}
	for _, query := range []string{
		"SELECT count() FROM system.tables WHERE database = 'lernspur'",
		"SELECT count() FROM system.parts",
		"SELECT count() FROM system.processes WHERE user = 'lernspur'",
	} {
		var n uint64
		if err := conn.QueryRow(t.Context(), query).Scan(&n); err == nil && n != 0 {
			t.Errorf("%s: sees %d", query, n)
		}
	}
	if got := count(t, ours, "SELECT sum(n) FROM secret"); got != 1 {
		t.Errorf("sum %d, want 1", got)
	}
	if e.Restarts() != 0 {
		t.Errorf("%d restarts", e.Restarts())
	}
}

func TestLostPortIsReopened(t *testing.T) {
	t.Parallel()
	e := start(t, options(t, t.TempDir()))
	conn := connect(t, e.DSN(), func(o *clickhouse.Options) {
		o.Auth = clickhouse.Auth{Database: "default", Username: "default"}
	})
	mustExec(t, conn, "SYSTEM STOP LISTEN TCP")
	eventually(t, time.Minute, "the engine is back", func() bool { return e.Restarts() == 1 && e.Up() })
	count(t, connect(t, e.DSN(), nil), "SELECT count() FROM system.one")
}

// guard connects and hangs up; that must not count as a refused login.
func TestHangingUpIsHarmless(t *testing.T) {
	t.Parallel()
	e := start(t, options(t, t.TempDir()))
	for range 200 {
		hangUp(t, e.addr(), "")
	}
	count(t, connect(t, e.DSN(), nil), "SELECT count() FROM system.one")
	if e.Restarts() != 0 {
		t.Errorf("%d restarts", e.Restarts())
	}
}

// What is no ClickHouse protocol may end this release's engine, as a refused
// login does; then it has to come back.
func TestGarbageOnThePort(t *testing.T) {
	t.Parallel()
	for name, say := range map[string]string{
		"HTTP": "GET / HTTP/1.1\r\n\r\n", "half a packet": "\x00\x05abc", "noise": strings.Repeat("\xff", 5000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := start(t, options(t, t.TempDir()))
			conn := connect(t, e.DSN(), nil)
			hangUp(t, e.addr(), say)
			time.Sleep(100 * time.Millisecond) // let it take effect
			eventually(t, time.Minute, "the engine answers", func() bool { return conn.Ping(t.Context()) == nil })
			t.Logf("%d restarts", e.Restarts())
		})
	}
}

func TestSeveralEnginesAtOnce(t *testing.T) {
	t.Parallel()
	var engines [4]*Engine
	var starts sync.WaitGroup
	for i := range engines {
		o := options(t, t.TempDir())
		starts.Go(func() {
			e, err := Start(t.Context(), o)
			if err != nil {
				t.Error(err)
				return
			}
			t.Cleanup(func() { stop(t, e) })
			engines[i] = e
		})
	}
	starts.Wait()
	for i, e := range engines {
		if e == nil {
			t.Fatal("not all have started")
		}
		conn := connect(t, e.DSN(), nil)
		mustExec(t, conn, fmt.Sprintf("CREATE TABLE own%d (n UInt64) ENGINE = MergeTree ORDER BY n", i))
		if got := count(t, conn, "SELECT count() FROM system.tables WHERE database = 'lernspur'"); got != 1 {
			t.Errorf("engine %d has %d tables", i, got)
		}
	}
}

func TestStopOfAPausedChildKillsIt(t *testing.T) {
	t.Parallel()
	e, err := Start(t.Context(), options(t, t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	pid := e.PID()
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	wantError(t, e.Stop(ctx), nil, "killed")
	if alive(pid) {
		t.Error("the child is still there")
	}
}

func TestStopWhileItCannotStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := options(t, dir)
	o.Binary = script(t, `[ -e "$(dirname "$0")/broken" ] && exit 1; exec `+os.Args[0]+` "$@"`)
	e := start(t, o)
	if err := os.WriteFile(filepath.Join(filepath.Dir(o.Binary), "broken"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_ = syscall.Kill(e.PID(), syscall.SIGKILL)
	eventually(t, time.Minute, "it has tried a few times", func() bool { return e.Restarts() >= 3 })
	if e.Up() {
		t.Error("up, while no child starts")
	}
	stop(t, e)
}

func TestMemoryLimitFailsTheQueryOnly(t *testing.T) {
	t.Parallel()
	o := options(t, t.TempDir())
	o.MemoryBytes = MinMemory
	e := start(t, o)
	conn := connect(t, e.DSN(), nil)
	err := conn.Exec(t.Context(), "SELECT groupArray(toString(number)) FROM numbers(100000000) FORMAT Null")
	wantError(t, err, nil, "code: 241")
	count(t, conn, "SELECT count() FROM system.one")
	if e.Restarts() != 0 {
		t.Errorf("%d restarts", e.Restarts())
	}
	if peak, ok := peakMemory(e.PID()); ok && peak > MinMemory {
		t.Errorf("the child took %d MiB of %d MiB", peak>>20, MinMemory>>20)
	}
}

func TestServerSettings(t *testing.T) {
	t.Parallel()
	e := start(t, options(t, t.TempDir()))
	conn := connect(t, e.DSN(), nil)
	for query, want := range map[string]uint64{
		"SELECT toUInt64(value) FROM system.server_settings WHERE name = 'max_server_memory_usage'":       testMemory - 400<<20,
		"SELECT toUInt64(value) FROM system.server_settings WHERE name = 'mark_cache_size'":               64 << 20,
		"SELECT toUInt64(value) FROM system.server_settings WHERE name = 'index_mark_cache_size'":         64 << 20,
		"SELECT toUInt64(value) FROM system.server_settings WHERE name = 'primary_index_cache_size'":      64 << 20,
		"SELECT toUInt64(value) FROM system.server_settings WHERE name = 'background_schedule_pool_size'": 8,
		"SELECT toUInt64(value) FROM system.settings WHERE name = 'async_insert'":                         0,
	} {
		if got := count(t, conn, query); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
}

func TestNothingIsReadableForOthers(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	e := start(t, options(t, dir))
	for path, want := range map[string]os.FileMode{
		"": os.ModeDir | 0o700, "run": os.ModeDir | 0o700, "clickhouse": os.ModeDir | 0o700,
		"run/config.xml": 0o600, "run/users.xml": 0o600, "lock": 0o600, "version": 0o600,
	} {
		info, err := os.Stat(filepath.Join(dir, path))
		if err != nil || info.Mode() != want {
			t.Errorf("%s: %v, %v; want %v", path, info.Mode(), err, want)
		}
	}
	for _, name := range []string{"run/config.xml", "run/users.xml"} {
		if b, _ := os.ReadFile(filepath.Join(dir, name)); strings.Contains(string(b), e.password) {
			t.Errorf("%s holds the password", name)
		}
	}
	if b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", e.PID())); strings.Contains(string(b), e.password) {
		t.Error("the command line holds the password")
	}
	mine, ok := readInt("/proc/self/oom_score_adj")
	theirs, _ := readInt(fmt.Sprintf("/proc/%d/oom_score_adj", e.PID()))
	if ok && theirs <= mine && mine < 1000 {
		t.Errorf("oom_score_adj of the child is %d, ours %d", theirs, mine)
	}
}
