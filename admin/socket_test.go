package admin

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// answering serves a fixed text on a socket in dir.
func answering(t *testing.T, dir, text string) {
	t.Helper()
	l, err := Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) })}
	go func() { _ = server.Serve(l) }() // ends with Close
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(filepath.Join(dir, SocketName)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the socket is left over: %v", err)
		}
	})
}

func TestSocket(t *testing.T) {
	long := strings.Repeat("a-folder-with-a-name-of-forty-characters", 4)
	for name, sub := range map[string]string{"short path": "d", "path beyond the kernel's limit": long} {
		t.Run(name, func(t *testing.T) {
			if sub == long && runtime.GOOS != "linux" {
				t.Skip("only Linux can do it")
			}
			dir := filepath.Join(t.TempDir(), sub)
			if err := os.MkdirAll(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			if _, err := Connect(t.Context(), dir); !errors.Is(err, ErrNoServer) {
				t.Errorf("without a socket: %v", err)
			}
			answering(t, dir, `{"version":"v","pid":7}`)
			info, err := os.Stat(filepath.Join(dir, SocketName))
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("mode %v, %v", info.Mode(), err)
			}
			c, err := Connect(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if s, err := c.Status(t.Context()); err != nil || s != (Status{"v", 7}) {
				t.Errorf("%+v, %v", s, err)
			}
		})
	}
}

// TestSocketLeftOver: after a kill the file is there and nobody behind it.
func TestSocketLeftOver(t *testing.T) {
	dir := t.TempDir()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, SocketName), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
	if _, err := Connect(t.Context(), dir); !errors.Is(err, ErrNoServer) {
		t.Errorf("a socket without a server: %v", err)
	}
	answering(t, dir, `{}`)
	c, err := Connect(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

// TestLocalIsClosed: a client of this process ends with what it started.
func TestLocalIsClosed(t *testing.T) {
	hanging := make(chan struct{})
	c := Local(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(hanging)
		<-r.Context().Done()
	}))
	asked := make(chan error, 1)
	go func() {
		_, err := c.Status(context.Background())
		asked <- err
	}()
	<-hanging
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if err := <-asked; err == nil {
		t.Error("a request was answered after the end")
	}
	if _, err := c.Status(t.Context()); err == nil {
		t.Error("a closed client answers")
	}
}
