package admin

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// SocketName is the socket's file in the data folder.
const SocketName = "lernspur.sock"

// maxSocketPath is the longest path that every system takes for a socket: the
// kernel's field has 104 bytes on macOS and 108 on Linux, one of them for the
// zero at the end.
const maxSocketPath = 103

// ErrNoServer says that nobody listens on the data folder's socket.
var ErrNoServer = errors.New("no server is running on this data folder")

// Listen opens the socket in a data folder, with mode 0600. The caller owns
// the folder (it holds its lock), so a socket that is there already was left
// over and is replaced.
func Listen(dataDir string) (net.Listener, error) {
	path := filepath.Join(dataDir, SocketName)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("removing the socket that was left over: %w", err)
	}
	short, done, err := shortPath(dataDir)
	if err != nil {
		return nil, err
	}
	defer done()
	inner, err := net.ListenUnix("unix", &net.UnixAddr{Name: short, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("opening the socket %s: %w", path, err)
	}
	inner.SetUnlinkOnClose(false) // by the short path it would miss
	if err := os.Chmod(path, 0o600); err != nil {
		inner.Close()
		return nil, err
	}
	return &listener{inner, path}, nil
}

// listener removes its file when it closes.
type listener struct {
	*net.UnixListener
	path string
}

func (l *listener) Close() error {
	err := l.UnixListener.Close()
	if removeErr := os.Remove(l.path); removeErr != nil && !errors.Is(removeErr, fs.ErrNotExist) {
		err = errors.Join(err, removeErr)
	}
	return err
}

// dial connects to the socket in a data folder. Error: ErrNoServer.
func dial(ctx context.Context, dataDir string) (net.Conn, error) {
	if _, err := os.Stat(filepath.Join(dataDir, SocketName)); errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoServer
	}
	short, done, err := shortPath(dataDir)
	if err != nil {
		return nil, err
	}
	defer done()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", short)
	switch {
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ENOENT):
		return nil, ErrNoServer
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("the socket %s belongs to another user: run this command as the user that runs the server",
			filepath.Join(dataDir, SocketName))
	}
	return conn, err
}

// shortPath is a path to the socket that fits into the kernel's field. done
// ends its validity.
func shortPath(dataDir string) (path string, done func(), err error) {
	path = filepath.Join(dataDir, SocketName)
	if len(path) <= maxSocketPath {
		return path, func() {}, nil
	}
	if runtime.GOOS != "linux" {
		return "", nil, fmt.Errorf("the path of the socket, %s, has %d characters, and this system takes %d: use a data folder with a shorter path",
			path, len(path), maxSocketPath)
	}
	// An open folder has a short name of its own there.
	dir, err := os.Open(dataDir)
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("/proc/self/fd/%d/%s", dir.Fd(), SocketName), func() { dir.Close() }, nil
}
