package engine

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// parentEnv makes the test binary a server process in miniature: it starts an
// engine on the folder that the variable names, prints the child's number, and
// waits to be killed.
const parentEnv = "ENGINE_TEST_PARENT_OF"

func maybeParent() {
	dir := os.Getenv(parentEnv)
	if dir == "" {
		return
	}
	e, err := Start(context.Background(), Options{DataDir: dir, MemoryBytes: testMemory})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	fmt.Println("child", e.PID(), e.DSN())
	select {}
}

// parent starts such a process and returns it with its child's number and DSN.
func parent(t *testing.T, dir string) (cmd *exec.Cmd, child int, dsn string) {
	t.Helper()
	cmd = exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), parentEnv+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, _ := bufio.NewReader(out).ReadString('\n')
	fields := strings.Fields(line)
	if len(fields) != 3 || fields[0] != "child" {
		t.Fatalf("the parent says %q", line)
	}
	child, err = strconv.Atoi(fields[1])
	if err != nil {
		t.Fatal(err)
	}
	return cmd, child, fields[2]
}

// kill ends the parent without a chance to clean up, and reaps it, so that its
// number is free as it would be under init.
func kill(cmd *exec.Cmd) {
	_ = cmd.Process.Signal(syscall.SIGKILL)
	_ = cmd.Wait()
}

func TestNoOrphanWhenTheParentIsKilled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cmd, child, dsn := parent(t, dir)
	conn := connect(t, dsn, nil)
	mustExec(t, conn, "CREATE TABLE kept (n UInt64) ENGINE = MergeTree ORDER BY n SETTINGS fsync_after_insert = 1, fsync_part_directory = 1")
	mustExec(t, conn, "INSERT INTO kept SELECT number FROM numbers(1000)")
	kill(cmd)
	eventually(t, 30*time.Second, "the child is gone", func() bool { return !alive(child) })
	e := start(t, options(t, dir))
	if got := count(t, connect(t, e.DSN(), nil), "SELECT sum(n) FROM kept"); got != 499500 {
		t.Errorf("sum %d, want 499500", got)
	}
}

func TestStartRightAfterTheParentWasKilled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for range 3 {
		cmd, _, _ := parent(t, dir)
		kill(cmd)
	}
	start(t, options(t, dir)) // waits for the child that is left, and does not refuse
}

// A paused child cannot notice that its parent is gone.
func TestPausedOrphanIsEndedByTheNextStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cmd, child, _ := parent(t, dir)
	if err := syscall.Kill(child, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	kill(cmd)
	start(t, options(t, dir))
	eventually(t, 30*time.Second, "the old child is gone", func() bool { return !alive(child) })
}

func TestFolderInUseByAnotherProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cmd, _, dsn := parent(t, dir)
	_, err := Start(t.Context(), options(t, dir))
	wantError(t, err, ErrInUse, dir, fmt.Sprintf("process %d", cmd.Process.Pid))
	count(t, connect(t, dsn, nil), "SELECT count() FROM system.one") // unharmed
}
