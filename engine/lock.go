package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// lock is our own lock on a data folder. The child inherits the open file, so
// the folder stays locked until the last of the two processes is gone; the file
// names both, for the message.
type lock struct{ file *os.File }

const (
	// graceOwner is how long a live owner of the folder is waited for: it may be
	// on its way out.
	graceOwner = time.Second
	// graceOrphan is how long a child whose parent was killed is waited for. It
	// ends itself at once, unless it is paused or hangs.
	graceOrphan = 5 * time.Second
)

// lockDir takes the lock on dir. While a child is left over from a server that
// was killed, it waits for that to end, and ends it when it does not.
// Error: ErrInUse.
func lockDir(ctx context.Context, dir string) (*lock, error) {
	path := filepath.Join(dir, "lock")
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("engine: data folder: %w", err)
	}
	l := &lock{file: f}
	if err := l.acquire(ctx, dir); err != nil {
		f.Close()
		return nil, err
	}
	if err := l.note(0); err != nil {
		l.release()
		return nil, err
	}
	return l, nil
}

func (l *lock) acquire(ctx context.Context, dir string) error {
	begin := time.Now()
	for {
		err := syscall.Flock(int(l.file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return fmt.Errorf("engine: cannot lock %s: %w", l.file.Name(), err)
		}
		owner, child := l.pids()
		waited := time.Since(begin)
		switch {
		case alive(owner) && waited > graceOwner:
			return fmt.Errorf("engine: %w: %s belongs to process %d; stop it, or use another data folder",
				ErrInUse, dir, owner)
		case !alive(owner) && waited > graceOrphan && isEngineOf(child, dir):
			_ = syscall.Kill(child, syscall.SIGKILL) // the next round sees whether it helped
		case waited > 2*graceOrphan:
			return fmt.Errorf("engine: %w: %s is held by process %d, which was left over by process %d and does not end; kill it",
				ErrInUse, dir, child, owner)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("engine: waiting for %s: %w", dir, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// note writes into the lock file who has the folder: this process, and its child
// (0: none yet).
func (l *lock) note(child int) error {
	text := fmt.Sprintf("%d %d\n", os.Getpid(), child)
	if err := l.file.Truncate(0); err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	if _, err := l.file.WriteAt([]byte(text), 0); err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	return nil
}

// pids reads the two process numbers; 0 for what is not there.
func (l *lock) pids() (owner, child int) {
	b := make([]byte, 64)
	n, _ := l.file.ReadAt(b, 0) // short: the file is shorter than that
	fields := strings.Fields(string(b[:n]))
	if len(fields) == 2 {
		owner, _ = strconv.Atoi(fields[0])
		child, _ = strconv.Atoi(fields[1])
	}
	return owner, child
}

// release gives up this process's share of the lock.
func (l *lock) release() { l.file.Close() }

// alive says whether there is a process with this number.
func alive(pid int) bool {
	if pid <= 0 {
		return false
	}
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}

// isEngineOf says whether a process is an engine on this data folder; numbers
// are reused, so the one in the lock file alone is no ground to kill.
func isEngineOf(pid int, dir string) bool {
	if !alive(pid) {
		return false
	}
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		line, err = exec.Command("ps", "-ww", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	}
	return err == nil && strings.Contains(string(line), "--path="+storePath(dir))
}
