package app

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// ErrInUse says that another process has the data folder.
var ErrInUse = errors.New("the data folder is in use")

// lockPatience is how long an owner is waited for that may be on its way out.
const lockPatience = 2 * time.Second

// lockDir takes the data folder for this process; purpose says for what, to
// whoever comes next. The lock ends with the process, however it ends.
// Error: ErrInUse.
func lockDir(dir, purpose string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lernspur.lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the data folder: %w", err)
	}
	for begun := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			break
		}
		busy := errors.Is(err, syscall.EWOULDBLOCK) || errors.Is(err, syscall.EINTR)
		if busy && time.Since(begun) < lockPatience {
			continue
		}
		defer f.Close()
		if !busy {
			return nil, fmt.Errorf("locking the data folder %s: %w", dir, err)
		}
		owner, _ := io.ReadAll(io.LimitReader(f, 200)) // only for the message
		return nil, fmt.Errorf("%w: %s belongs to %s; stop that first, or use another data folder",
			ErrInUse, dir, strings.TrimSpace(string(owner)))
	}
	err = f.Truncate(0)
	if err == nil {
		_, err = f.WriteAt(fmt.Appendf(nil, "process %d (lernspur %s)\n", os.Getpid(), purpose), 0)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("the data folder: %w", err)
	}
	return f, nil
}

// privateDir makes a folder that only this user can look into. One that is
// there already is closed to others.
func privateDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	return os.Chmod(dir, 0o700)
}
