//go:build linux

package faults

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"lernspur/internal/failpoint"
)

// inRename kills the engine, or both, while strace holds it in the rename that
// makes a part of an INSERT visible, or in the fsync before that.
func inRename(victim string) fault {
	return fault{name: "rename/" + victim, missing: noStrace, run: func(r *round) error {
		for range r.kills {
			if err := r.killInRename(victim); err != nil {
				return err
			}
			if err := r.recover(); err != nil {
				return err
			}
			time.Sleep(r.between(200*time.Millisecond, 500*time.Millisecond))
		}
		return nil
	}}
}

func noStrace() string {
	if _, err := exec.LookPath("strace"); err != nil {
		return "strace is not installed"
	}
	// The kernel may not let us trace.
	if out, err := exec.Command("strace", "-qq", "-o", "/dev/null", "true").CombinedOutput(); err != nil {
		return "strace does not work here: " + strings.TrimSpace(string(out))
	}
	return ""
}

// longest is the longest time for which strace holds a system call. There is one
// rename for a part, and fsyncs are many: an INSERT has to end before it times
// out.
const longest = 400 * time.Millisecond

// traced are the system calls that are held, in turns.
var traced = []struct {
	calls, when string
	delay       time.Duration
}{
	{"rename,renameat,renameat2", "delay_enter", longest},
	{"rename,renameat,renameat2", "delay_exit", longest},
	{"fsync,fdatasync", "delay_enter", 30 * time.Millisecond},
}

func (r *round) killInRename(victim string) error {
	pid, err := r.server.awaitEngine(0, 20*time.Second)
	if err != nil {
		return err
	}
	turn := traced[r.rng.IntN(len(traced))]
	if r.rng.IntN(2) == 0 {
		turn = traced[0]
	}
	out := filepath.Join(r.series.dir, fmt.Sprintf("strace-%03d-%d.txt", r.n, pid))
	tracer := exec.Command("strace", "-f", "-qq", "-y", "-s", "300", "-o", out, "-p", strconv.Itoa(pid), "-e", "trace="+turn.calls,
		"-e", fmt.Sprintf("inject=%s:%s=%d", turn.calls, turn.when, turn.delay.Microseconds()))
	if err := tracer.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() {
		_ = tracer.Wait() // it ends with what it traces, or below
		close(ended)
	}()
	defer endTracer(tracer, ended)
	if err := awaitTraced(pid); err != nil {
		return err
	}
	place := []string{failpoint.LookedUp, failpoint.Answered}[r.rng.IntN(2)]
	if err := r.server.control.Arm(place, hold); err != nil {
		return err
	}
	if !r.server.control.Await(30 * time.Second) {
		return fmt.Errorf("nothing passed the place %q within 30 s", place)
	}
	if err := r.server.control.Release(); err != nil {
		return err
	}
	time.Sleep(r.between(20*time.Millisecond, longest+100*time.Millisecond))
	if err := r.strike(victim, func() { endTracer(tracer, ended) }); err != nil {
		return err
	}
	r.kill("under strace")
	b, err := os.ReadFile(out)
	if err != nil {
		return err
	}
	if held := heldAtDeath(string(b)); held != "" {
		r.count("kills in "+held+" of an INSERT's part", 1)
	}
	return nil
}

// endTracer ends strace. It may wait for ever for threads that it has stopped
// itself; they die with it.
func endTracer(tracer *exec.Cmd, ended <-chan struct{}) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		_ = tracer.Process.Signal(signal) // gone already is as good
		select {
		case <-ended:
			return
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// awaitTraced waits until strace has all threads of a process.
func awaitTraced(pid int) error {
	for begun := time.Now(); time.Since(begun) < 20*time.Second; time.Sleep(20 * time.Millisecond) {
		tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
		if err != nil || len(tasks) == 0 {
			return fmt.Errorf("the engine %d is gone", pid)
		}
		all := true
		for _, path := range tasks {
			b, err := os.ReadFile(path)
			all = all && (err != nil || !strings.Contains(string(b), "TracerPid:\t0\n"))
		}
		if all {
			return nil
		}
	}
	return fmt.Errorf("strace did not get hold of the engine %d", pid)
}

// heldAtDeath tells which system call about a part of an INSERT ("tmp_insert_…")
// had begun and not come back when the process died: "" if none.
func heldAtDeath(trace string) string {
	open := map[string]string{} // by thread
	for line := range strings.SplitSeq(trace, "\n") {
		thread, rest, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok {
			continue
		}
		rest = strings.TrimSpace(rest)
		name, _, _ := strings.Cut(rest, "(")
		switch {
		case strings.HasPrefix(rest, "<... "):
			if !strings.HasSuffix(rest, "= ?") && !strings.Contains(rest, "= ? ") {
				delete(open, thread)
			}
		case !strings.Contains(rest, "tmp_insert_"):
		case strings.Contains(rest, "<unfinished ...>"), strings.HasSuffix(rest, "= ?"), strings.HasSuffix(rest, "(DELAYED)") && strings.Contains(rest, "= ?"):
			open[thread] = name
		}
	}
	for _, name := range open {
		return name
	}
	return ""
}
